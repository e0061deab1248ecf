"""Templates that a district changed, and the papers of their specimens."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "template_version",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("faults", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.String(length=10), nullable=True),
        sa.Column("stopped_on", sa.String(length=10), nullable=True),
        sa.Column("stopped_by", sa.Text(), nullable=True),
        sa.Column("stopped_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_template_version_sha256")),
        sa.PrimaryKeyConstraint("kind", "version", name=op.f("pk_template_version")),
    )
    op.create_table(
        "template_specimen",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("paper", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["file.sha256"], name=op.f("fk_template_specimen_paper")),
        sa.UniqueConstraint("sha256", "title", name=op.f("uq_template_specimen_sha256_title")),
    )


def downgrade() -> None:
    op.drop_table("template_specimen")
    op.drop_table("template_version")
