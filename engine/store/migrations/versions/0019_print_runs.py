"""Print runs: papers of many copies made into PDF in parts, each kept as it is finished."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "print_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("begun_at", sa.String(length=40), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["file.sha256"], name=op.f("fk_print_run_source")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_print_run_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
        sa.UniqueConstraint("source", name=op.f("uq_print_run_source")),
    )
    op.create_index("ix_print_run_status", "print_run", ["status"])
    op.create_table(
        "print_part",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_print_part_run_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_print_part_sha256")),
        sa.PrimaryKeyConstraint("run_id", "no", name=op.f("pk_print_part")),
    )


def downgrade() -> None:
    op.drop_table("print_part")
    op.drop_table("print_run")
