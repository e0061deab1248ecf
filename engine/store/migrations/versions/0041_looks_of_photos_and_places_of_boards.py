"""What a photo of a notice looks like, so that a copy of it is known, and where a board is."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the tables.
_ADDED = (
    ("proof", "looks VARCHAR(64) DEFAULT '' NOT NULL"),
    ("board", "latitude VARCHAR(12) DEFAULT '' NOT NULL"),
    ("board", "longitude VARCHAR(12) DEFAULT '' NOT NULL"),
)


def upgrade() -> None:
    for table, column in _ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    for table, column in reversed(_ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
