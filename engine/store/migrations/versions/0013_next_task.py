"""Whether the next task of somebody opens by itself when one was submitted."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE account ADD COLUMN opens_next INTEGER DEFAULT 0 NOT NULL")


def downgrade() -> None:
    op.drop_column("account", "opens_next")
