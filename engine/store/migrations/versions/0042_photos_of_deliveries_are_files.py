"""The photo of a delivery refers to its file, so that the database itself lets nothing take it away."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_COLUMNS = ("proof_file", "proof_screen")


def upgrade() -> None:
    for column in _COLUMNS:
        _made_anew(column, f"VARCHAR(64) CONSTRAINT fk_ballot_{column} REFERENCES file (sha256)")


def downgrade() -> None:
    for column in _COLUMNS:
        _made_anew(column, "VARCHAR(64)")


def _made_anew(column: str, kind: str) -> None:
    """In statements that both databases take; a batch would copy a table that others refer to."""
    op.execute(f"ALTER TABLE ballot ADD COLUMN new_{column} {kind}")
    op.execute(f"UPDATE ballot SET new_{column} = nullif({column}, '')")  # noqa: S608 - two names of ours
    op.execute(f"ALTER TABLE ballot DROP COLUMN {column}")
    op.execute(f"ALTER TABLE ballot RENAME COLUMN new_{column} TO {column}")
