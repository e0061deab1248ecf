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
    with op.batch_alter_table("examination") as examination:
        examination.add_column(sa.Column("grounds", sa.LargeBinary(), nullable=True))
        examination.add_column(sa.Column("opinion_id", sa.Integer(), nullable=True))
        examination.create_foreign_key("fk_examination_opinion_id", "document", ["opinion_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("examination") as examination:
        examination.drop_constraint("fk_examination_opinion_id", type_="foreignkey")
        examination.drop_column("opinion_id")
        examination.drop_column("grounds")
    op.execute("DELETE FROM fact WHERE document_id IN (SELECT id FROM document WHERE job_id IS NULL)")
    op.execute("DELETE FROM document_version WHERE document_id IN (SELECT id FROM document WHERE job_id IS NULL)")
    op.execute("DELETE FROM document WHERE job_id IS NULL")
    with op.batch_alter_table("document") as document:
        document.alter_column("job_id", existing_type=sa.Integer(), nullable=False)
