"""What people are told: alerts, how each wants to be told, and the messages that carry them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _alerts()
    _settings()
    _dispatches()


def downgrade() -> None:
    for table in ("dispatched", "dispatch", "alert_setting", "alert"):
        op.drop_table(table)


def _alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("due", sa.String(length=40), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.String(length=40), nullable=True),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_alert_account_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_alert_estate_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_alert_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("account_id", "fact", name=op.f("uq_alert_account_id_fact")),
    )
    op.create_index("ix_alert_account_id_at", "alert", ["account_id", "at"])
    unread, unplanned = sa.text("read_at IS NULL"), sa.text("planned = 0")
    op.create_index("ix_alert_unread", "alert", ["account_id"], sqlite_where=unread, postgresql_where=unread)
    op.create_index("ix_alert_unread_estate", "alert", ["estate_id"], sqlite_where=unread, postgresql_where=unread)
    op.create_index("ix_alert_unplanned", "alert", ["id"], sqlite_where=unplanned, postgresql_where=unplanned)


def _settings() -> None:
    op.create_table(
        "alert_setting",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=False),
        sa.Column("quiet_until", sa.String(length=5), nullable=False),
        sa.Column("forward", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_alert_setting_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_alert_setting")),
    )


def _dispatches() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("due", sa.String(length=40), nullable=False),
        sa.Column("leased_until", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_dispatch_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("key", name=op.f("uq_dispatch_key")),
    )
    op.create_index("ix_dispatch_status_due", "dispatch", ["status", "due"])
    op.create_index("ix_dispatch_account_id", "dispatch", ["account_id"])
    op.create_table(
        "dispatched",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("dispatch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_dispatched_alert_id")),
        sa.ForeignKeyConstraint(["dispatch_id"], ["dispatch.id"], name=op.f("fk_dispatched_dispatch_id")),
        sa.PrimaryKeyConstraint("alert_id", "channel", name=op.f("pk_dispatched")),
    )
    op.create_index("ix_dispatched_dispatch_id", "dispatched", ["dispatch_id"])
