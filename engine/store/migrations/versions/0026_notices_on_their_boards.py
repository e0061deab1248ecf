"""Boards, what was found at them, whom a notice reached, and what owners said while it hung."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the tables.
_ADDED = (
    ("proof", "taken_at VARCHAR(40) DEFAULT '' NOT NULL"),
    ("proof", "doubt TEXT DEFAULT '' NOT NULL"),
    ("proof", "screen VARCHAR(64) CONSTRAINT fk_proof_screen REFERENCES file (sha256)"),
    ("proof", "small VARCHAR(64) CONSTRAINT fk_proof_small REFERENCES file (sha256)"),
    ("objection", "notice_id INTEGER CONSTRAINT fk_objection_notice_id REFERENCES notice (id)"),
    ("objection", "kind VARCHAR(12) DEFAULT '' NOT NULL"),
    ("objection", "unit_no VARCHAR(60) DEFAULT '' NOT NULL"),
    ("objection", "received_on VARCHAR(10)"),
    ("objection", "answered_by TEXT"),
)


def upgrade() -> None:
    for table, column in _ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.create_table(
        "board",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_board_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint("estate_id", "name", name=op.f("uq_board_estate_id_name")),
    )
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_sighting_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    op.create_index("ix_sighting_posting_id", "sighting", ["posting_id"])
    op.create_table(
        "arrival",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.String(length=60), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_arrival_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "unit_no", name=op.f("pk_arrival")),
    )


def downgrade() -> None:
    for table in ("arrival", "sighting", "board"):
        op.drop_table(table)
    for table, column in reversed(_ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
