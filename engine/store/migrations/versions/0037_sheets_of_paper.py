"""Sheets of paper that are filled in by hand, and their pages that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("packet", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("printed_at", sa.String(length=40), nullable=False),
        sa.Column("printed_by", sa.Text(), nullable=False),
        sa.Column("typed_at", sa.String(length=40), server_default="", nullable=False),
        sa.Column("typed_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_paper_sheet_estate_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_paper_sheet_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_sheet_number")),
        sa.UniqueConstraint("token", name=op.f("uq_paper_sheet_token")),
    )
    op.create_index("ix_paper_sheet_estate_id", "paper_sheet", ["estate_id"])
    op.create_table(
        "paper_sheet_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("brought_at", sa.String(length=40), nullable=False),
        sa.Column("brought_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["paper_sheet.id"], name=op.f("fk_paper_sheet_page_sheet_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_paper_sheet_page_sha256")),
        sa.ForeignKeyConstraint(["screen"], ["file.sha256"], name=op.f("fk_paper_sheet_page_screen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet_page")),
        sa.UniqueConstraint("sheet_id", "sha256", "part", name=op.f("uq_paper_sheet_page_sheet_id_sha256_part")),
    )


def downgrade() -> None:
    op.drop_table("paper_sheet_page")
    op.drop_table("paper_sheet")
