"""In which state each ballot is, who took it to the door, and what two people read off it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the tables.
_ADDED = (
    ("ballot", "state VARCHAR(16) DEFAULT 'IN_HAND' NOT NULL"),
    ("ballot", "issued_to TEXT"),
    ("ballot", "proof TEXT"),
    ("ballot_history", "note TEXT DEFAULT '' NOT NULL"),
)
#: What the register says of ballots from before: the later statement counts.
_STATES = (
    "UPDATE ballot SET state = 'DELIVERED' WHERE delivered_on IS NOT NULL",
    "UPDATE ballot SET state = 'UNDELIVERABLE' WHERE delivery_mode = 'POSTED'",
    "UPDATE ballot SET state = 'RECONCILED' WHERE id IN (SELECT ballot_id FROM ballot_return)",
    "UPDATE ballot SET state = 'SPOILED' WHERE spoiled_on IS NOT NULL",
)


def upgrade() -> None:
    for table, column in _ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for statement in _STATES:
        op.execute(statement)
    op.create_table(
        "ballot_entry",
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("marks", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_entry_ballot_id")),
        sa.PrimaryKeyConstraint("ballot_id", "turn", name=op.f("pk_ballot_entry")),
        sa.UniqueConstraint("ballot_id", "actor", name=op.f("uq_ballot_entry_ballot_id_actor")),
    )


def downgrade() -> None:
    op.drop_table("ballot_entry")
    for table, column in reversed(_ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
