"""Comments with whom they mention, Word files printed as PDF, and what estates and people are found by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from engine.store import terms

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _comments()
    _prints()
    _terms()
    op.create_index("ix_unit_unit_no", "unit", ["unit_no"])
    op.create_index("ix_owner_name", "owner", ["name"])


def downgrade() -> None:
    op.drop_index("ix_owner_name", "owner")
    op.drop_index("ix_unit_unit_no", "unit")
    for table in ("search_term", "printed", "mention", "comment"):
        op.drop_table(table)


def _comments() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_comment_account_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_comment_estate_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_comment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_estate_id", "comment", ["estate_id"])
    op.create_index("ix_comment_task_id", "comment", ["task_id"])
    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mention_account_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id")),
        sa.PrimaryKeyConstraint("comment_id", "account_id", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_account_id", "mention", ["account_id"])


def _prints() -> None:
    op.create_table(
        "printed",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_printed_sha256")),
        sa.ForeignKeyConstraint(["source"], ["file.sha256"], name=op.f("fk_printed_source")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_printed")),
    )


def _terms() -> None:
    """Let the estates and people that there are be found as those that come."""
    text = sa.String(60).with_variant(postgresql.VARCHAR(60, collation="C"), "postgresql")
    op.create_table(
        "search_term",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("term", text, nullable=False),
        sa.Column("target", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "term", "target", name=op.f("pk_search_term")),
    )
    connection = op.get_bind()
    for kind, table in ((terms.ESTATE, "estate"), (terms.PERSON, "account")):
        named = sa.table(table, sa.column("id"), sa.column("name"))
        for row in connection.execute(sa.select(named.c.id, named.c.name)).all():
            terms.write(connection, kind, row.id, row.name)
