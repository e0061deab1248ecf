"""Findings of a contract's pre-review that the adviser let stand."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("contract", sa.String(length=64), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_review_waiver_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_waiver")),
    )
    op.create_index("ix_review_waiver_estate_id", "review_waiver", ["estate_id"])


def downgrade() -> None:
    op.drop_table("review_waiver")
