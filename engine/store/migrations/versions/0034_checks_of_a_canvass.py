"""Days of visits that are looked into, samples for call-backs, and where a phone was at a visit."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # a column by itself; a batch would copy the table
    op.execute("ALTER TABLE visit ADD COLUMN latitude INTEGER")
    op.execute("ALTER TABLE visit ADD COLUMN longitude INTEGER")
    op.create_table(
        "canvass_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("on", sa.String(length=10), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_canvass_review_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canvass_review")),
    )
    op.create_index("ix_canvass_review_estate_id_round", "canvass_review", ["estate_id", "round"])
    op.create_table(
        "call_back_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("units", sa.LargeBinary(), nullable=False),
        sa.Column("units_digest", sa.String(length=64), nullable=False),
        sa.Column("supporting", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.String(length=40), nullable=False),
        sa.Column("drawn_by", sa.Text(), server_default="", nullable=False),
        sa.Column("drawn_at", sa.String(length=40), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_call_back_sample_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back_sample")),
        sa.UniqueConstraint("estate_id", "round", "no", name=op.f("uq_call_back_sample_estate_id_round_no")),
    )
    op.create_table(
        "call_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.String(length=60), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("heard", sa.String(length=10), server_default="", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=40), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_call_back_estate_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["call_back_sample.id"], name=op.f("fk_call_back_sample_id")),
        sa.ForeignKeyConstraint(["review_id"], ["canvass_review.id"], name=op.f("fk_call_back_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back")),
    )
    op.create_index("ix_call_back_estate_id_round", "call_back", ["estate_id", "round"])


def downgrade() -> None:
    for table in ("call_back", "call_back_sample", "canvass_review"):
        op.drop_table(table)
    op.execute("ALTER TABLE visit DROP COLUMN longitude")
    op.execute("ALTER TABLE visit DROP COLUMN latitude")
