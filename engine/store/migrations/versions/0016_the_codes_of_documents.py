"""The codes of documents, and how often somebody asks by them."""

import base64
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE document ADD COLUMN token VARCHAR(26)")
    connection = op.get_bind()
    set_token = sa.text("UPDATE document SET token = :token WHERE id = :id")
    # papers printed before carry no code; those that wait to be printed will
    for key in connection.execute(sa.text("SELECT id FROM document")).scalars().all():
        connection.execute(set_token, {"id": key, "token": _token()})
    op.create_index("ix_document_token", "document", ["token"], unique=True)
    op.create_table(
        "public_asking",
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.String(length=16), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_public_asking")),
    )


def downgrade() -> None:
    op.drop_table("public_asking")
    op.drop_index("ix_document_token", "document")
    op.execute("ALTER TABLE document DROP COLUMN token")


def _token() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
