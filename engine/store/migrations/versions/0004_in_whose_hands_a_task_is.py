"""In whose hands a task is: owner, delegate and hold of a task; urges, open pages, leaves; drafts count by task."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

_OF_TASK = (
    "owner TEXT",
    "delegate TEXT",
    "handed_at VARCHAR(40)",
    "held_until VARCHAR(40)",
    "held_why TEXT",
    "handled INTEGER DEFAULT 0 NOT NULL",
)


def upgrade() -> None:
    for column in _OF_TASK:
        op.execute(f"ALTER TABLE task ADD COLUMN {column}")
    op.execute(
        "UPDATE draft SET revision = (SELECT count(*) FROM draft AS other WHERE other.task_id = draft.task_id "
        "AND (other.at < draft.at OR (other.at = draft.at AND other.account_id <= draft.account_id)))"
    )
    op.create_index("uq_draft_task_id_revision", "draft", ["task_id", "revision"], unique=True)
    op.create_table(
        "urge",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_urge_task_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_urge_account_id")),
        sa.PrimaryKeyConstraint("task_id", "account_id", "day", name=op.f("pk_urge")),
    )
    op.create_table(
        "open_page",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("fills", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_open_page_task_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_open_page_account_id")),
        sa.PrimaryKeyConstraint("task_id", "account_id", name=op.f("pk_open_page")),
    )
    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_leave_account_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_leave_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index("ix_leave_account_id_last_day", "leave", ["account_id", "last_day"])
    op.create_index("ix_leave_deputy_id_last_day", "leave", ["deputy_id", "last_day"])


def downgrade() -> None:
    for table in ("leave", "open_page", "urge"):
        op.drop_table(table)
    op.drop_index("uq_draft_task_id_revision", "draft")
    for column in _OF_TASK:
        op.execute(f"ALTER TABLE task DROP COLUMN {column.split()[0]}")
