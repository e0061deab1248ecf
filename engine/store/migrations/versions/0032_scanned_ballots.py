"""Scanned ballots: batches as they were brought, each page with the ballot that it turned out to be."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ballot_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.Integer(), nullable=False),
        sa.Column("brought_at", sa.String(length=40), nullable=False),
        sa.Column("brought_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_ballot_batch_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_batch")),
    )
    op.create_index("ix_ballot_batch_estate_id", "ballot_batch", ["estate_id"])
    op.create_table(
        "ballot_scan",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.Column("ballot_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=10), server_default="", nullable=False),
        sa.Column("says", sa.Text(), server_default="", nullable=False),
        sa.Column("settled_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_scan_ballot_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["ballot_batch.id"], name=op.f("fk_ballot_scan_batch_id")),
        sa.ForeignKeyConstraint(["picture"], ["file.sha256"], name=op.f("fk_ballot_scan_picture")),
        sa.ForeignKeyConstraint(["source"], ["file.sha256"], name=op.f("fk_ballot_scan_source")),
        sa.PrimaryKeyConstraint("batch_id", "no", name=op.f("pk_ballot_scan")),
        sa.UniqueConstraint("ballot_id", "side", name=op.f("uq_ballot_scan_ballot_id_side")),
    )
    op.create_index("ix_ballot_scan_verdict", "ballot_scan", ["verdict"])


def downgrade() -> None:
    op.drop_table("ballot_scan")
    op.drop_table("ballot_batch")
