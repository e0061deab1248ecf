"""Codes by which owners look up their own entry of the roster; what was decided on an objection to it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE objection ADD COLUMN ruling VARCHAR(12) DEFAULT '' NOT NULL")
    op.create_table(
        "owner_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.String(length=60), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("kept", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_owner_code_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_code")),
        sa.UniqueConstraint("estate_id", "unit_no", name=op.f("uq_owner_code_estate_id_unit_no")),
    )
    op.create_index("ix_owner_code_kept", "owner_code", ["kept"], unique=True)


def downgrade() -> None:
    op.drop_table("owner_code")
    op.execute("ALTER TABLE objection DROP COLUMN ruling")
