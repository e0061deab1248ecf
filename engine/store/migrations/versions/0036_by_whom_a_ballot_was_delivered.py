"""By whom a ballot was delivered, and a photo of it."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

#: Columns in statements that both databases take; a batch would copy the table.
_ADDED = (
    "delivered_by TEXT",
    "proof_file VARCHAR(64) CONSTRAINT fk_ballot_proof_file REFERENCES file (sha256)",
    "proof_screen VARCHAR(64) CONSTRAINT fk_ballot_proof_screen REFERENCES file (sha256)",
)


def upgrade() -> None:
    for column in _ADDED:
        op.execute(f"ALTER TABLE ballot ADD COLUMN {column}")


def downgrade() -> None:
    with op.batch_alter_table("ballot") as batch:
        for name in ("proof_screen", "proof_file", "delivered_by"):
            batch.drop_column(name)
