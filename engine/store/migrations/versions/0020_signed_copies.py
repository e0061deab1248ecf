"""Signed copies of documents, page by page as they were scanned."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signed_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("brought_at", sa.String(length=40), nullable=False),
        sa.Column("brought_by", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.String(length=40), nullable=True),
        sa.Column("settled_by", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_signed_copy_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_copy")),
    )
    op.create_index("ix_signed_copy_document_id", "signed_copy", ["document_id"])
    op.create_index("ix_signed_copy_status", "signed_copy", ["status"])
    op.create_table(
        "signed_page",
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), server_default="0", nullable=False),
        sa.Column("height", sa.Integer(), server_default="0", nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=10), server_default="", nullable=False),
        sa.Column("says", sa.Text(), server_default="", nullable=False),
        sa.Column("doubts", sa.Text(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["signed_copy.id"], name=op.f("fk_signed_page_copy_id")),
        sa.ForeignKeyConstraint(["source"], ["file.sha256"], name=op.f("fk_signed_page_source")),
        sa.ForeignKeyConstraint(["picture"], ["file.sha256"], name=op.f("fk_signed_page_picture")),
        sa.PrimaryKeyConstraint("copy_id", "no", name=op.f("pk_signed_page")),
    )


def downgrade() -> None:
    op.drop_table("signed_page")
    op.drop_table("signed_copy")
