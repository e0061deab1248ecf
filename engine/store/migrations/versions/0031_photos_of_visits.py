"""Photos taken at visits."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.String(length=60), nullable=False),
        sa.Column("visit_key", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("small", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_visit_photo_estate_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_visit_photo_sha256")),
        sa.ForeignKeyConstraint(["screen"], ["file.sha256"], name=op.f("fk_visit_photo_screen")),
        sa.ForeignKeyConstraint(["small"], ["file.sha256"], name=op.f("fk_visit_photo_small")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint("estate_id", "key", name=op.f("uq_visit_photo_estate_id_key")),
    )
    op.create_index("ix_visit_photo_estate_id_visit_key", "visit_photo", ["estate_id", "visit_key"])


def downgrade() -> None:
    op.drop_table("visit_photo")
