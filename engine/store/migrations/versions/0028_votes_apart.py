"""What ballots say lies apart from whose they are, under keys made with the installation's."""

import hmac

import sqlalchemy as sa
from alembic import context, op

from engine.errors import DamagedState

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_MARKED = ("ballot_return", "ballot_history", "ballot_entry")
_INSERT = "INSERT INTO choice VALUES (:key, :estate_id, :meeting, :kind, :marks)"
_OF = "FROM {} AS a JOIN ballot AS b ON b.id = a.ballot_id WHERE a.marks <> ''"


def upgrade() -> None:
    op.create_table(
        "choice",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("marks", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_choice_estate_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_choice")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_choice_estate_id", "choice", ["estate_id", "meeting"])
    op.execute("ALTER TABLE ballot_return ADD COLUMN settled INTEGER DEFAULT 0 NOT NULL")
    op.execute("UPDATE ballot_return SET settled = 1 WHERE marks <> ''")
    _move()
    for table in _MARKED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN marks")


def _move() -> None:
    """Put every mark where the program now looks for it, in the order of the keys."""
    connection = op.get_bind()
    found: list[tuple[str, str, int, int, int, str]] = []
    for kind, place, table, number in (
        ("COUNTED", "return", "ballot_return", "a.no"),
        ("READ", "entry", "ballot_entry", "a.turn"),
    ):
        chosen = sa.text(f"SELECT b.estate_id, b.meeting, b.id, {number}, a.marks {_OF.format(table)}")
        found += [(kind, f"{place}:{row[3]}", *row[:3], row[4]) for row in connection.execute(chosen)]
    chosen = sa.text(
        f"SELECT b.estate_id, b.meeting, b.id, a.what, a.marks {_OF.format('ballot_history')} ORDER BY b.id, a.id"
    )
    rulings: dict[int, int] = {}
    before: dict[int, str] = {}
    for estate_id, meeting, ballot, what, marks in connection.execute(chosen):
        if what == "RETURNED" and ballot in before:
            continue  # the second paper of a unit, which no ruling changes
        rulings[ballot] = rulings.get(ballot, 0) + (what == "RULED")
        if what == "RULED" and ballot in before:
            found.append(("READ", f"before:{rulings[ballot]}", estate_id, meeting, ballot, before[ballot]))
        before[ballot] = marks
    if not found:
        return
    key = context.config.attributes.get("key")
    if key is None:
        raise DamagedState(
            "升级要把表决内容和房号分开存放，没有 person.key 不能进行，没有做任何改动。请带上密钥再升级。"
        )
    rows = [
        {
            "key": hmac.digest(key, f"vote:{ballot}:{place}".encode(), "sha256").hex(),
            "estate_id": estate_id, "meeting": meeting, "kind": kind, "marks": marks,
        }
        for kind, place, estate_id, meeting, ballot, marks in found
    ]  # fmt: skip
    insert = (
        "INSERT INTO choice (key, estate_id, meeting, kind, marks) VALUES (:key, :estate_id, :meeting, :kind, :marks)"
    )
    connection.execute(sa.text(insert), sorted(rows, key=lambda row: str(row["key"])))


def downgrade() -> None:
    kept = op.get_bind().execute(sa.text("SELECT count(*) FROM choice")).scalar_one()
    if kept:
        raise DamagedState("表决内容已经和房号分开存放，不能退回旧版本。请从升级前的备份恢复。")
    for table in _MARKED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN marks VARCHAR(200) DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE ballot_return DROP COLUMN settled")
    op.drop_table("choice")
