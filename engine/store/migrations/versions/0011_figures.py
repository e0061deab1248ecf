"""The one figure of an estate on its card, beside the stage that it tells of."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the table that everything points to.
_ADDED = (
    "figure_of VARCHAR(80) DEFAULT '' NOT NULL",
    "figure_part INTEGER DEFAULT 0 NOT NULL",
    "figure_whole INTEGER DEFAULT 0 NOT NULL",
)


def upgrade() -> None:
    for column in _ADDED:
        op.execute(f"ALTER TABLE estate ADD COLUMN {column}")


def downgrade() -> None:
    for column in _ADDED:
        op.execute(f"ALTER TABLE estate DROP COLUMN {column.split()[0]}")
