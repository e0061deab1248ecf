"""Photos and scans: what is on its way, what was kept, and the copies that others see."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.String(length=40), nullable=False),
        sa.Column("kept_at", sa.String(length=40), nullable=True),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("screen", sa.String(length=64), nullable=True),
        sa.Column("small", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.String(length=40), nullable=False),
        sa.Column("latitude", sa.String(length=12), nullable=False),
        sa.Column("longitude", sa.String(length=12), nullable=False),
        sa.Column("accuracy", sa.Integer(), nullable=True),
        sa.Column("located_by", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_photo_estate_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_photo_task_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_photo_account_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_photo_sha256")),
        sa.ForeignKeyConstraint(["screen"], ["file.sha256"], name=op.f("fk_photo_screen")),
        sa.ForeignKeyConstraint(["small"], ["file.sha256"], name=op.f("fk_photo_small")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_photo_account_id_key")),
    )
    op.create_index("ix_photo_task_id", "photo", ["task_id"])
    op.create_index("ix_photo_estate_id", "photo", ["estate_id"])


def downgrade() -> None:
    op.drop_table("photo")
