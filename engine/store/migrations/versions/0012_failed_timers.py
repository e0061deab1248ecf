"""Timers that fail to fire keep their reason, how often they were tried, and until when they rest, as jobs do."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ADDED = ("failure TEXT", "attempts INTEGER DEFAULT 0 NOT NULL", "retry_at VARCHAR(40)")


def upgrade() -> None:
    for column in _ADDED:
        op.execute(f"ALTER TABLE timer ADD COLUMN {column}")


def downgrade() -> None:
    for column in reversed(_ADDED):
        op.drop_column("timer", column.split()[0])
