"""What the desk lists by: the organisation's tree, accounts, sessions, drafts; stays in stages; which task is late.

A visit has a time of day."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _organisation()
    _sessions()
    _drafts()
    _stays()
    # one statement that both databases take; a batch would copy the table that everything points to
    op.execute("ALTER TABLE estate ADD COLUMN node_id INTEGER CONSTRAINT fk_estate_node_id REFERENCES node (id)")
    op.create_index("ix_estate_node_id", "estate", ["node_id"])
    op.execute("ALTER TABLE timer ADD COLUMN fired_for INTEGER CONSTRAINT fk_timer_fired_for REFERENCES task (id)")
    op.create_index("ix_timer_fired_for", "timer", ["fired_for"])
    op.create_index("ix_timer_estate_id_status", "timer", ["estate_id", "status"])
    op.execute("ALTER TABLE visit ADD COLUMN time VARCHAR(5)")


def downgrade() -> None:
    op.execute("ALTER TABLE visit DROP COLUMN time")
    op.drop_index("ix_timer_estate_id_status", "timer")
    op.drop_index("ix_timer_fired_for", "timer")
    op.execute("ALTER TABLE timer DROP COLUMN fired_for")
    op.drop_index("ix_estate_node_id", "estate")
    op.execute("ALTER TABLE estate DROP COLUMN node_id")
    for table in ("stay", "draft", "sign_in_failure", "session", "role_held", "account", "node"):
        op.drop_table(table)


def _organisation() -> None:
    op.create_table(
        "node",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["node.id"], name=op.f("fk_node_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_node_parent_id_name")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        sa.Column("disabled_at", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "role_held",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_held_account_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_role_held_node_id")),
        sa.UniqueConstraint("account_id", "node_id", "role", name=op.f("uq_role_held_account_id_node_id_role")),
    )


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.String(length=40), nullable=False),
        sa.Column("seen_at", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_login_at", "sign_in_failure", ["login", "at"])


def _drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_draft_task_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.PrimaryKeyConstraint("task_id", "account_id", name=op.f("pk_draft")),
    )


def _stays() -> None:
    stay = op.create_table(
        "stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.String(length=40), nullable=False),
        sa.Column("left_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_stay_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
    )
    op.create_index("ix_stay_estate_id_left_at", "stay", ["estate_id", "left_at"])
    logged = sa.text(
        "SELECT estate_id, at, kind, content FROM event WHERE kind IN ('StageEntered', 'StageLeft', 'VoteReopened') "
        "ORDER BY estate_id, number"
    )
    for estate_id, at, kind, content in op.get_bind().execute(logged).all():
        stage = json.loads(bytes(content)).get("stage")
        if kind == "StageEntered":
            values = {"estate_id": estate_id, "stage": stage, "entered_at": at}
            op.get_bind().execute(sa.insert(stay).values(**values))
        else:
            of = (stay.c.estate_id == estate_id) & stay.c.left_at.is_(None)
            of = of & (stay.c.stage == stage) if stage else of
            op.get_bind().execute(sa.update(stay).where(of).values(left_at=at))
