"""By whom a ballot was delivered, and a photo of it."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the table.
_ADDED = ("delivered_by TEXT", "proof_file VARCHAR(64)", "proof_screen VARCHAR(64)")


def upgrade() -> None:
    for column in _ADDED:
        op.execute(f"ALTER TABLE ballot ADD COLUMN {column}")


def downgrade() -> None:
    for column in reversed(_ADDED):
        op.execute(f"ALTER TABLE ballot DROP COLUMN {column.split()[0]}")
