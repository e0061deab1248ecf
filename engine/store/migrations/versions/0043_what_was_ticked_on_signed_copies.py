"""What each person ticked on a signed copy before it is filed."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signed_tick",
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["signed_copy.id"], name=op.f("fk_signed_tick_copy_id")),
        sa.PrimaryKeyConstraint("copy_id", "who", "what", name=op.f("pk_signed_tick")),
    )


def downgrade() -> None:
    op.drop_table("signed_tick")
