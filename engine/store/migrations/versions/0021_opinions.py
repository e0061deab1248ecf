"""What a decision of an examination rests on, the opinion issued of it, and documents that no step renders."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("document") as document:
        document.alter_column("job_id", existing_type=sa.Integer(), nullable=True)
    op.add_column("examination", sa.Column("grounds", sa.LargeBinary(), nullable=True))
    op.create_table(
        "opinion",
        sa.Column("examination_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["examination_id"], ["examination.id"], name=op.f("fk_opinion_examination_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_opinion_document_id")),
        sa.PrimaryKeyConstraint("examination_id", name=op.f("pk_opinion")),
    )


def downgrade() -> None:
    op.drop_table("opinion")
    op.drop_column("examination", "grounds")
    # refused where an opinion was issued: what was issued stays
    with op.batch_alter_table("document") as document:
        document.alter_column("job_id", existing_type=sa.Integer(), nullable=False)
