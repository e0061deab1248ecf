"""Lists of owners on their way into the register, what headings mean, what was decided; which versions were undone."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the table.
_ADDED = ("undone_at VARCHAR(40)", "undone_by TEXT", "sha256 VARCHAR(64)")


def upgrade() -> None:
    for column in _ADDED:
        op.execute(f"ALTER TABLE roster_version ADD COLUMN {column}")
    op.create_table(
        "roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.String(length=40), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mended", sa.LargeBinary(), nullable=True),
        sa.Column("found", sa.LargeBinary(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_roster_import_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    op.create_index("ix_roster_import_estate_id", "roster_import", ["estate_id"])
    op.create_index("ix_roster_import_status", "roster_import", ["status"])
    op.create_table(
        "roster_heading",
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=80), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("node_id", "heading", name=op.f("pk_roster_heading")),
    )
    op.create_table(
        "roster_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_roster_decision_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_decision")),
    )
    op.create_index("ix_roster_decision_estate_id", "roster_decision", ["estate_id"])


def downgrade() -> None:
    op.drop_table("roster_decision")
    op.drop_table("roster_heading")
    op.drop_table("roster_import")
    for column in reversed(_ADDED):
        op.execute(f"ALTER TABLE roster_version DROP COLUMN {column.split()[0]}")
