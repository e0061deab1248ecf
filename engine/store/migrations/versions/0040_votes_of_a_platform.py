"""On which way a vote came back: on paper, or from a platform."""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE ballot_return ADD COLUMN channel VARCHAR(10) DEFAULT 'PAPER' NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE ballot_return DROP COLUMN channel")
