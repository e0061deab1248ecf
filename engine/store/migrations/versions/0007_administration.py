"""Who runs the desk: second factor, one-time passwords, the log of administration, disclosures, failed jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ADDED = (
    ("account", "one_time_until", "VARCHAR(40)"),
    ("account", "totp_nonce", "VARCHAR(64)"),
    ("account", "totp_on_at", "VARCHAR(40)"),
    ("account", "totp_step", "INTEGER"),
    ("session", "pending", "INTEGER NOT NULL DEFAULT 0"),
    ("session", "device", "VARCHAR(80) NOT NULL DEFAULT ''"),
    ("definition_file", "kept_at", "VARCHAR(40)"),
    ("pack_text", "kept_at", "VARCHAR(40)"),
    ("job", "retry_at", "VARCHAR(40)"),
)
_GUARDED = ("administration", "disclosure")


def upgrade() -> None:
    for table, column, kind in _ADDED:
        # one statement that both databases take; a batch would copy tables that others point to
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_index("ix_instance_definition_version", "instance", ["definition_version"])
    _recovery_codes()
    _administration()
    _disclosures()
    for table in _GUARDED:
        _forbid_changes(table)


def downgrade() -> None:
    for table in ("disclosure", "administration", "recovery_code"):
        op.drop_table(table)
    op.drop_index("ix_instance_definition_version", "instance")
    op.drop_index("ix_session_account_id", "session")
    for table, column, _ in reversed(_ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _recovery_codes() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])


def _administration() -> None:
    op.create_table(
        "administration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_administration_node_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration")),
    )
    op.create_index("ix_administration_node_id", "administration", ["node_id"])


def _disclosures() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_disclosure_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_estate_id", "disclosure", ["estate_id"])


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )
