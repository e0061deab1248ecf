"""What an undo leaves: who, why, what was kept to be replayed; which task filed a row; who took a paper first."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
_FILED = ("notice", "objection", "contract_terms")


def upgrade() -> None:
    op.create_table(
        "undoing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("manner", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("back_to", sa.String(length=80), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("stopped", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_undoing_estate_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_undoing_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undoing")),
    )
    op.create_index("ix_undoing_task_id", "undoing", ["task_id"])
    op.create_index("ix_undoing_status", "undoing", ["status"])
    # one statement that both databases take; a batch would copy the table that others point to
    for table in _FILED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN task_id INTEGER CONSTRAINT fk_{table}_task_id REFERENCES task (id)")
    op.execute("ALTER TABLE document ADD COLUMN taken_at VARCHAR(40)")


def downgrade() -> None:
    op.execute("ALTER TABLE document DROP COLUMN taken_at")
    for table in _FILED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN task_id")
    op.drop_table("undoing")
