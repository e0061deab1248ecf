"""What was signed, refused and sent at a handover, and the revision of each row of its list and of its ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = ("handover_item", "prepaid_balance")


def upgrade() -> None:
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN revision INTEGER DEFAULT 0 NOT NULL")
    op.create_table(
        "handover_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_handover_act_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_act")),
    )
    op.create_index("ix_handover_act_estate_id", "handover_act", ["estate_id"])


def downgrade() -> None:
    op.drop_table("handover_act")
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN revision")
