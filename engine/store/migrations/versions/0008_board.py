"""What the board, the lists and the exports go by: where an estate stands, when a task is due, views that are saved."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the table that everything points to.
_ADDED = {
    "estate": (
        "type VARCHAR(40) DEFAULT '' NOT NULL",
        "batch VARCHAR(40) DEFAULT '' NOT NULL",
        "paused_for TEXT DEFAULT '' NOT NULL",
        "stage VARCHAR(80) DEFAULT '' NOT NULL",
        "stage_from VARCHAR(10) DEFAULT '' NOT NULL",
        "lawful_on VARCHAR(10)",
        "amber_on VARCHAR(10) DEFAULT '' NOT NULL",
        "red_on VARCHAR(10) DEFAULT '' NOT NULL",
    ),
    "task": ("due VARCHAR(40)",),
    "stay": ("paused INTEGER DEFAULT 0 NOT NULL",),
}
_INDEXES = {
    "ix_estate_standing": (
        "estate", ["node_id", "status", "stage", "red_on", "amber_on", "type", "batch", "lawful_on"]
    ),
    "ix_estate_stage_from": ("estate", ["stage", "stage_from", "node_id", "status"]),
    "ix_estate_name": ("estate", ["name"]),
    "ix_task_listed": ("task", ["estate_id", "status", "lane", "due", "opened_at"]),
    "ix_person_in_lane_name": ("person_in_lane", ["name", "estate_id", "lane"]),
}  # fmt: skip
#: Nobody looks for a lane's tasks everywhere, and databases were misled by that index; the other one grew.
_REPLACED = {"ix_task_lane_status": ["lane", "status"], "ix_task_estate_id_status": ["estate_id", "status"]}
_DUE = """
UPDATE task SET due = coalesce(
  (SELECT min(timer.due) FROM timer WHERE timer.fired_for = task.id),
  (SELECT min(timer.due) FROM timer WHERE timer.instance_id = task.instance_id AND timer.attached_to = task.name
     AND timer.status = 'running'))
WHERE status = 'open'
"""


def upgrade() -> None:
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for name, (table, indexed) in _INDEXES.items():
        op.create_index(name, table, indexed)
    done, by = sa.text("completed_by IS NOT NULL"), ["completed_by", "completed_at"]
    op.create_index("ix_task_completed_by", "task", by, sqlite_where=done, postgresql_where=done)
    for name in _REPLACED:
        op.drop_index(name, "task")
    op.execute(_DUE)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared_at", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_view_account_id")),
        sa.ForeignKeyConstraint(["shared_at"], ["node.id"], name=op.f("fk_saved_view_shared_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("account_id", "page", "name", name=op.f("uq_saved_view_account_id_page_name")),
    )
    op.create_index("ix_saved_view_shared_at", "saved_view", ["shared_at"])
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_export_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )


def downgrade() -> None:
    op.drop_table("export")
    op.drop_table("saved_view")
    op.drop_index("ix_task_completed_by", "task")
    for name, before in _REPLACED.items():
        op.create_index(name, "task", before)
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
    for table, columns in _ADDED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
