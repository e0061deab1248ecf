"""What people are told 提醒: a row for each person and fact, in words made when it is read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite

from engine.store import accounts, hands
from engine.store.accounts import account, role_held
from engine.store.tables import estate, job, metadata, person_in_lane, task, timer
from engine.store.unit_of_work import UnitOfWork

PAGE = 50
#: The bell counts no further.
MANY = 100

#: Nobody is told twice of a fact: ``fact`` names it, as ``task:17``.  Words are made from ``kind`` when it is read.
alert = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("fact", String(120), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("estate_id", ForeignKey("estate.id")),
    Column("task_id", ForeignKey("task.id")),
    Column("by", Text, nullable=False),
    Column("due", String(40)),
    Column("detail", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("read_at", String(40)),
    # whether it was seen to that it leaves the house, or that it does not
    Column("planned", Integer, nullable=False, default=0),
    UniqueConstraint("account_id", "fact"),
    Index("ix_alert_account_id_at", "account_id", "at"),
)
UNREAD, UNPLANNED = alert.c.read_at.is_(None), alert.c.planned == 0
Index("ix_alert_unread", alert.c.account_id, sqlite_where=UNREAD, postgresql_where=UNREAD)
Index("ix_alert_unread_estate", alert.c.estate_id, sqlite_where=UNREAD, postgresql_where=UNREAD)
Index("ix_alert_unplanned", alert.c.id, sqlite_where=UNPLANNED, postgresql_where=UNPLANNED)
#: How somebody wants to be told outside the desk; nobody who said nothing is.
alert_setting = Table(
    "alert_setting",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("mail", String(254), nullable=False),
    Column("mode", String(8), nullable=False),
    Column("quiet_from", String(5), nullable=False),
    Column("quiet_until", String(5), nullable=False),
    Column("forward", Integer, nullable=False),
)


@dataclass(frozen=True)
class Told:
    """Something a person is told; ``due`` is the end of a period, ``detail`` a lane or a job by name."""

    id: int
    kind: str
    at: str
    read_at: str | None
    estate_id: int | None
    estate: str | None
    task_id: int | None
    task: str | None
    by: str
    due: str | None
    detail: str


@dataclass(frozen=True)
class Setting:
    """How somebody wants to be told; ``mode`` is ``now``, ``daily`` or ``none``, quiet hours are ``HH:MM``."""

    mail: str = ""
    mode: str = "now"
    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    forward: bool = False


TOLD = (
    alert.c.id, alert.c.kind, alert.c.at, alert.c.read_at, alert.c.estate_id, estate.c.name, alert.c.task_id,
    task.c.title, alert.c.by, alert.c.due, alert.c.detail,
)  # fmt: skip
_WRITTEN = ("account_id", "fact", "kind", "estate_id", "task_id", "by", "due", "detail", "at", "planned")
IN_USE = account.c.disabled_at.is_(None)


def tell(work: UnitOfWork, person: str, fact: str, kind: str, **about: Any) -> None:
    """In the commit, tell the account of that name of a fact, unless it was told before."""
    values = (account.c.id, *(sa.literal(value) for value in (fact, kind)), *_about(work, **about))
    _once(work, sa.select(*values).where((account.c.name == person) & IN_USE))


def tell_opened(work: UnitOfWork, estate_id: int, refs: Collection[str]) -> None:
    """In the commit, tell whoever has them of the tasks that it opens."""
    values = (account.c.id, _fact("task", task.c.id), sa.literal("opened"), task.c.estate_id, task.c.id)
    chosen = sa.select(*values, *_about(work)[2:]).select_from(_held())
    opened = (task.c.estate_id == estate_id) & (task.c.status == "open") & task.c.ref.in_(list(refs))
    _once(work, chosen.where(opened & IN_USE))


def tell_late(work: UnitOfWork, timer_id: int) -> None:
    """In the commit, tell whoever has the task at which the timer fired that its period is over."""
    values = (account.c.id, _fact("timer", timer.c.id, timer.c.due, "late"), sa.literal("late"), task.c.estate_id)
    chosen = sa.select(*values, task.c.id, sa.literal(""), timer.c.due, *_about(work)[4:])
    joined = _held().join(timer, timer.c.fired_for == task.c.id)
    _once(work, chosen.select_from(joined).where((timer.c.id == timer_id) & IN_USE))


def tell_near(work: UnitOfWork, days: int, after: datetime, until: datetime, most: int) -> int:
    """In the commit, remind whoever has an open task whose period ends in the time given; returns of how many."""
    fact = _fact("timer", timer.c.id, timer.c.due, str(days))
    values = (account.c.id, fact, sa.literal("near"), task.c.estate_id, task.c.id, sa.literal(""), timer.c.due)
    attached = (timer.c.instance_id == task.c.instance_id) & (timer.c.attached_to == task.c.name)
    joined = _held().join(timer, attached).join(estate, estate.c.id == task.c.estate_id)
    due = (timer.c.status == "running") & (timer.c.due > at(after)) & (timer.c.due <= at(until))
    # a programme period stands still with its estate (decisions 2)
    runs = (estate.c.status != "suspended") | (timer.c.clock == "statutory")
    told = sa.exists().where((alert.c.account_id == account.c.id) & (alert.c.fact == fact))
    chosen = sa.select(*values, *_about(work)[4:]).select_from(joined)
    chosen = chosen.where(due & (task.c.status == "open") & runs & IN_USE & ~told).limit(most)
    found = [dict(zip(_WRITTEN, row, strict=True)) for row in work.connection.execute(chosen)]
    if found:
        work.later(lambda connection: _insert(connection, found))
    return len(found)


def failures(work: UnitOfWork, most: int) -> list[tuple[str, int, int, str]]:
    """Jobs that wait and timers that run with a failure of which nobody was told: fact, estate, its node, name."""
    chosen = []
    for kind, table, status in (("job", job, "waiting"), ("timer", timer, "running")):
        fact = _fact(kind, table.c.id)
        failed = (table.c.status == status) & table.c.failure.is_not(None) & estate.c.node_id.is_not(None)
        columns = sa.select(fact.label("fact"), table.c.estate_id, estate.c.node_id, table.c.name)
        untold = failed & ~sa.exists().where(alert.c.fact == fact)
        chosen.append(columns.join(estate, estate.c.id == table.c.estate_id).where(untold))
    found = work.connection.execute(chosen[0].union_all(chosen[1]).order_by("fact").limit(most))
    return [(row[0], row[1], row[2], row[3]) for row in found]


def holding(work: UnitOfWork, role: str, nodes: Iterable[int]) -> list[str]:
    """The names of those who hold a role at one of these nodes."""
    chosen = sa.select(account.c.name).join(role_held, role_held.c.account_id == account.c.id).distinct()
    here = (role_held.c.role == role) & role_held.c.node_id.in_(list(nodes)) & IN_USE
    return list(work.connection.execute(chosen.where(here).order_by(account.c.name)).scalars())


def settle(work: UnitOfWork, estate_id: int) -> None:
    """In the commit, count as read what was told of tasks that are no longer open."""
    over = sa.exists().where((task.c.id == alert.c.task_id) & (task.c.status != "open"))
    work.execute(sa.update(alert).where((alert.c.estate_id == estate_id) & UNREAD & over).values(read_at=work.at))


def settle_fact(work: UnitOfWork, estate_id: int, begins: str) -> None:
    """In the commit, count as read what was told of a fact whose name begins so."""
    of = (alert.c.estate_id == estate_id) & UNREAD & alert.c.fact.startswith(begins, autoescape=True)
    work.execute(sa.update(alert).where(of).values(read_at=work.at))


def was_told(work: UnitOfWork, fact: str) -> bool:
    """Whether anybody was told of a fact."""
    return work.connection.execute(sa.select(alert.c.id).where(alert.c.fact == fact).limit(1)).first() is not None


def settle_lane(work: UnitOfWork, estate_id: int, lane: str, person: str) -> None:
    """In the commit, count as read what a person was told of the tasks of a lane, which somebody else has now."""
    theirs = alert.c.account_id.in_(sa.select(account.c.id).where(account.c.name == person))
    of_lane = sa.exists().where((task.c.id == alert.c.task_id) & (task.c.lane == lane))
    chosen = (alert.c.estate_id == estate_id) & UNREAD & theirs & of_lane
    work.execute(sa.update(alert).where(chosen).values(read_at=work.at))


# what a person reads


def unread(work: UnitOfWork, account_id: int) -> int:
    """How much a person has not read, counted up to :data:`MANY`."""
    some = sa.select(alert.c.id).where((alert.c.account_id == account_id) & UNREAD).limit(MANY)
    return int(work.connection.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one())


def listed(
    work: UnitOfWork, nodes: Iterable[int], account_id: int, page: int, *, only_unread: bool
) -> tuple[list[Told], int]:
    """A page of what a person was told of their scope, the latest first, and how much there is."""
    seen = alert.c.estate_id.is_(None) | estate.c.node_id.in_(accounts.below(nodes))
    condition = (alert.c.account_id == account_id) & seen & (UNREAD if only_unread else sa.true())
    joined = told_of()
    chosen = sa.select(*TOLD).select_from(joined).where(condition).order_by(alert.c.at.desc(), alert.c.id.desc())
    found = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    total = work.connection.execute(sa.select(sa.func.count()).select_from(joined).where(condition)).scalar_one()
    return [Told(*row) for row in found], int(total)


def one(work: UnitOfWork, account_id: int, alert_id: int) -> Told | None:
    """Something that person was told."""
    mine = (alert.c.id == alert_id) & (alert.c.account_id == account_id)
    row = work.connection.execute(sa.select(*TOLD).select_from(told_of()).where(mine)).first()
    return Told(*row) if row else None


def read(work: UnitOfWork, account_id: int, alert_id: int | None = None) -> None:
    """In the commit, note that a person has read one thing, or everything."""
    mine = (alert.c.account_id == account_id) & UNREAD
    mine = mine if alert_id is None else mine & (alert.c.id == alert_id)
    work.execute(sa.update(alert).where(mine).values(read_at=work.at))


def setting_of(work: UnitOfWork, account_id: int) -> Setting:
    """How somebody wants to be told."""
    chosen = sa.select(*SETTING).where(alert_setting.c.account_id == account_id)
    return setting(work.connection.execute(chosen).first())


def save_setting(work: UnitOfWork, account_id: int, setting: Setting) -> None:
    """In the commit, keep how somebody wants to be told."""
    values = {**vars(setting), "forward": int(setting.forward)}
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    kept = insert(alert_setting).values(account_id=account_id, **values)
    work.execute(kept.on_conflict_do_update(index_elements=["account_id"], set_=values))


SETTING = tuple(alert_setting.c[name] for name in ("mail", "mode", "quiet_from", "quiet_until", "forward"))


def setting(row: Any) -> Setting:
    """The columns ``SETTING`` as a setting."""
    if row is None or row[1] is None:
        return Setting()
    mail, mode, quiet_from, quiet_until, forward = row
    return Setting(mail, mode, quiet_from, quiet_until, bool(forward))


def told_of() -> sa.Join:
    """What was told, with estate and task."""
    return alert.outerjoin(estate, estate.c.id == alert.c.estate_id).outerjoin(task, task.c.id == alert.c.task_id)


def _held() -> sa.Join:
    """Tasks with the account of whoever works on them now."""
    lane = (person_in_lane.c.estate_id == task.c.estate_id) & (person_in_lane.c.lane == task.c.lane)
    return task.outerjoin(person_in_lane, lane).join(account, account.c.name == hands.holder)


def _fact(kind: str, key: sa.ColumnElement[int], *more: Any) -> sa.ColumnElement[str]:
    named: sa.ColumnElement[str] = sa.literal(f"{kind}:") + sa.cast(key, sa.String)
    for part in more:
        named = named + ":" + part
    return named


def _about(
    work: UnitOfWork, *, estate_id: int | None = None, task_id: int | None = None, by: str = "",
    due: str | None = None, detail: str = "",
) -> tuple[sa.ColumnElement[Any], ...]:  # fmt: skip
    """The columns of a row after its kind."""
    numbers = (sa.cast(sa.literal(value, sa.Integer), sa.Integer) for value in (estate_id, task_id))
    texts = (sa.cast(sa.literal(value, sa.String), sa.String) for value in (by, due, detail, work.at))
    return (*numbers, *texts, sa.literal(0))


def _once(work: UnitOfWork, chosen: sa.Select[Any]) -> None:
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    work.execute(insert(alert).from_select(list(_WRITTEN), chosen).on_conflict_do_nothing())


def _insert(connection: sa.Connection, found: list[dict[str, Any]]) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(alert).on_conflict_do_nothing(), found)


def at(moment: datetime) -> str:
    """A moment as columns hold it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
