"""Visits that phones record, whose door is whose, and who keeps which promise until when."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the tables.
_ADDED = (
    ("visit", "key VARCHAR(40)"),
    ("visit", "revision INTEGER DEFAULT 1 NOT NULL"),
    ("visit", "refused INTEGER DEFAULT 0 NOT NULL"),
    ("visit", "actor TEXT"),
    ("visit", "at VARCHAR(40)"),
    ("visit", "flag TEXT DEFAULT '' NOT NULL"),
    ("promise", "owner TEXT DEFAULT '' NOT NULL"),
    ("promise", "due VARCHAR(10)"),
    ("promise", "visit_key VARCHAR(40)"),
)


def upgrade() -> None:
    for table, column in _ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.drop_index("ix_visit_estate_id", table_name="visit")
    op.create_index("ix_visit_estate_id_unit_no", "visit", ["estate_id", "unit_no"])
    op.create_index("uq_visit_estate_id_key", "visit", ["estate_id", "key"], unique=True)
    op.create_table(
        "visit_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_visit_history_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_history")),
    )
    op.create_index("ix_visit_history_estate_id_key", "visit_history", ["estate_id", "key"])
    op.create_table(
        "canvass_door",
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.String(length=60), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("given_at", sa.String(length=40), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("reopened_at", sa.String(length=40), server_default="", nullable=False),
        sa.Column("reopened_why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_canvass_door_estate_id")),
        sa.PrimaryKeyConstraint("estate_id", "unit_no", name=op.f("pk_canvass_door")),
    )


def downgrade() -> None:
    op.drop_table("canvass_door")
    op.drop_table("visit_history")
    op.drop_index("uq_visit_estate_id_key", table_name="visit")
    op.drop_index("ix_visit_estate_id_unit_no", table_name="visit")
    op.create_index("ix_visit_estate_id", "visit", ["estate_id"])
    for table, column in reversed(_ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
