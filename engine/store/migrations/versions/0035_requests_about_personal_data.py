"""Requests of owners about their personal data."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TEXTS = ("owner", "asked_by", "content")
_WITH_DEFAULT = ("proof", "reason", "chosen", "done_note")
_MOMENTS = ("proven", "decided", "done")


def upgrade() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("unit_no", sa.String(length=60), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("relation", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("taken_at", sa.String(length=40), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("proven", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in _WITH_DEFAULT),
        *(sa.Column(f"{name}_at", sa.String(length=40), nullable=True) for name in _MOMENTS),
        *(sa.Column(f"{name}_by", sa.Text(), nullable=True) for name in _MOMENTS),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("ground", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("decided_on", sa.String(length=10), nullable=True),
        sa.Column("roster", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_data_request_estate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_data_request_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index("ix_data_request_estate_id", "data_request", ["estate_id"])
    op.create_index("ix_data_request_open", "data_request", ["done_at", "due_on"])


def downgrade() -> None:
    op.drop_table("data_request")
