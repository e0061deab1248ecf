"""In whose hands a task is, as SQL: its owner, its delegate, what is put aside; urges, open pages and leaves.

A task belongs to the person of its lane unless ``task.owner`` names another one, empty for nobody.  Its delegate
works on it until it goes back.  Whoever changes this counts ``task.handled`` up, so that of two only one succeeds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import Conflict
from engine.process.lint import LANES
from engine.rules import apart
from engine.store import accounts
from engine.store.tables import estate, metadata, person_in_lane, task
from engine.store.unit_of_work import UnitOfWork

#: Who urged a task 催办, at most once a legal day.
urge = Table(
    "urge",
    metadata,
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", String(40), nullable=False),
    PrimaryKeyConstraint("task_id", "account_id", "day"),
)
#: Who had the page of a task open at ``at``, and whether to fill it in; old rows mean nothing.
open_page = Table(
    "open_page",
    metadata,
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("fills", Integer, nullable=False),
    PrimaryKeyConstraint("task_id", "account_id"),
)
#: A leave 请假: ``deputy_id`` stands in from the first to the last legal day, unless it ended before.
leave = Table(
    "leave",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("deputy_id", ForeignKey("account.id"), nullable=False),
    Column("first_day", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("ended_at", String(40)),
    Index("ix_leave_account_id_last_day", "account_id", "last_day"),
    Index("ix_leave_deputy_id_last_day", "deputy_id", "last_day"),
)

#: Who owns a task, NULL for nobody; wherever ``person_in_lane`` is joined by :data:`OF_LANE`.
owner = sa.case((task.c.owner.is_not(None), sa.func.nullif(task.c.owner, "")), else_=person_in_lane.c.name)
#: Who works on it now.
holder = sa.func.coalesce(task.c.delegate, owner)
OF_LANE = (person_in_lane.c.estate_id == task.c.estate_id) & (person_in_lane.c.lane == task.c.lane)
#: How often it was urged.
URGED = sa.select(sa.func.count()).where(urge.c.task_id == task.c.id).scalar_subquery()


#: The roles of somebody, each with the node at which he holds it.
Roles = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Viewer:
    """Who looks at a list, at ``at``: his roles by node, and those on leave for whom he stands in."""

    id: int
    name: str
    held: Roles
    principals: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Leave:
    """A leave with the names of both; ``ended_at`` is when it was ended early."""

    id: int
    name: str
    deputy: str
    first_day: str
    last_day: str
    ended_at: str | None


def awake(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What is not put aside: a hold ends by itself when its day begins."""
    return task.c.held_until.is_(None) | (task.c.held_until <= viewer.at)


def in_hands_of(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What this person works on, and what those on leave work on for whom he may stand in there."""
    return _in_hands_of(viewer.name, viewer.held, viewer.principals)


@lru_cache(maxsize=1024)
def _in_hands_of(name: str, held: Roles, principals: tuple[str, ...]) -> sa.ColumnElement[bool]:
    # asked by every page, and a condition takes longer to build than to check
    mine: sa.ColumnElement[bool] = holder == name
    if not principals:
        return mine
    roles = {role for _, role in held}
    for lane in LANES:
        if roles.intersection(apart.roles_for(lane)):
            mine |= (task.c.lane == lane) & holder.in_(principals) & ~_acts_in(name, lane)
    return mine


def _acts_in(name: str, lane: str) -> sa.ColumnElement[bool]:
    """Whether somebody acts for the task's estate in a lane that must be apart from ``lane``."""
    forbidden, held, done = list(apart.apart_from(lane)), person_in_lane.alias(), task.alias()
    holds = sa.exists().where(
        (held.c.estate_id == task.c.estate_id) & (held.c.name == name) & held.c.lane.in_(forbidden)
    )
    of_estate = (done.c.estate_id == task.c.estate_id) & (done.c.status == "completed")
    did = sa.exists().where(of_estate & (done.c.completed_by == name) & done.c.lane.in_(forbidden))
    return holds | did


def claimable_by(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What belongs to nobody, of lanes whose role this person holds at the estate's node or above it."""
    return _claimable_by(viewer.held)


@lru_cache(maxsize=1024)
def _claimable_by(held: Roles) -> sa.ColumnElement[bool]:
    reaching: dict[str, set[int]] = {}
    for node, role in held:
        reaching.setdefault(role, set()).add(node)
    places: dict[frozenset[int], list[str]] = {}
    for role, nodes in reaching.items():
        places.setdefault(frozenset(nodes), []).append(role)
    reached = [
        task.c.lane.in_(roles) & estate.c.node_id.in_(accounts.below(nodes, f"reach_{number}"))
        for number, (nodes, roles) in enumerate(places.items())
    ]
    return owner.is_(None) & sa.or_(sa.false(), *reached)


def delegated_by(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What somebody else works on for this person."""
    return task.c.delegate.is_not(None) & (owner == viewer.name)


def acts_in(work: UnitOfWork, estate_id: int) -> dict[str, set[str]]:
    """In which lanes of an estate each person acts: those he holds, and those of the tasks he completed."""
    held = sa.select(person_in_lane.c.name, person_in_lane.c.lane).where(person_in_lane.c.estate_id == estate_id)
    of_estate = (task.c.estate_id == estate_id) & (task.c.status == "completed")
    done = sa.select(task.c.completed_by, task.c.lane).where(of_estate)
    found: dict[str, set[str]] = {}
    for name, lane in work.connection.execute(held.union(done)):
        found.setdefault(name, set()).add(lane)
    return found


def at_work(work: UnitOfWork, estate_id: int, names: Iterable[str]) -> list[tuple[str, str]]:
    """Which of these people has an open task of which lane of an estate, as its owner or its delegate."""
    known = list(names)
    found: set[tuple[str, str]] = set()
    for has in (owner, task.c.delegate):
        theirs = (task.c.estate_id == estate_id) & (task.c.status == "open") & has.in_(known)
        chosen = sa.select(has, task.c.lane).outerjoin(person_in_lane, OF_LANE).where(theirs).distinct()
        found.update((name, lane) for name, lane in work.connection.execute(chosen))
    return sorted(found)


@dataclass(frozen=True)
class Single:
    """An open task that somebody has though its lane is another one's: as its owner, or its delegate.

    ``person`` has its lane, if anybody; ``handled`` is what :func:`put` asks for.
    """

    id: int
    estate_id: int
    estate: str
    name: str
    title: str
    lane: str
    person: str | None
    owner: str | None
    delegate: str | None
    handled: int


def singles(work: UnitOfWork, name: str) -> list[Single]:
    """The open tasks that somebody claimed, was handed or works on for another, by estate."""
    columns: tuple[Any, ...] = (
        task.c.id, task.c.estate_id, estate.c.name, task.c.name, task.c.title, task.c.lane, person_in_lane.c.name,
        owner, task.c.delegate, task.c.handled,
    )  # fmt: skip
    chosen = sa.select(*columns).join(estate, estate.c.id == task.c.estate_id).outerjoin(person_in_lane, OF_LANE)
    theirs = (task.c.status == "open") & sa.or_(task.c.owner == name, task.c.delegate == name)
    found = work.connection.execute(chosen.where(theirs).order_by(estate.c.name, task.c.id))
    return [Single(*row) for row in found]


def put(work: UnitOfWork, task_id: int, seen: int, values: Mapping[str, Any]) -> None:
    """In the commit, change in whose hands an open task is.  Raises Conflict when somebody did since ``seen``."""
    unchanged = (task.c.id == task_id) & (task.c.status == "open") & (task.c.handled == seen)
    changed = sa.update(task).where(unchanged).values(handled=seen + 1, **values)

    def write(connection: sa.Connection) -> None:
        if connection.execute(changed).rowcount != 1:
            raise Conflict

    work.later(write)


def follow(work: UnitOfWork, estate_id: int, lane: str, name: str) -> None:
    """In the commit, let the open tasks that somebody has of a lane belong to whoever has the lane."""
    theirs = (task.c.estate_id == estate_id) & (task.c.lane == lane) & (task.c.status == "open")
    changed = sa.update(task).where(theirs & (task.c.owner == name))
    work.execute(changed.values(owner=None, handed_at=work.at, handled=task.c.handled + 1))


def before(work: UnitOfWork, task_id: int) -> str:
    """Who completed the step after which a task opened, empty when it was the first."""
    done = task.alias()
    chosen = (
        sa.select(done.c.completed_by)
        .join(task, task.c.instance_id == done.c.instance_id)
        .where((task.c.id == task_id) & (done.c.status == "completed") & (done.c.completed_at <= task.c.opened_at))
        .order_by(done.c.completed_at.desc(), done.c.id.desc())
    )
    return work.connection.execute(chosen.limit(1)).scalar() or ""


def last_urged(work: UnitOfWork, task_id: int, account_id: int, day: str) -> str | None:
    """When somebody urged a task that day."""
    same = (urge.c.task_id == task_id) & (urge.c.account_id == account_id) & (urge.c.day == day)
    return work.connection.execute(sa.select(urge.c.at).where(same)).scalar()


def note_urge(work: UnitOfWork, task_id: int, account_id: int, day: str) -> None:
    """In the commit, note that somebody urged a task; a second time on one day is a Conflict."""
    work.insert(urge, [{"task_id": task_id, "account_id": account_id, "day": day, "at": work.at}])


def note_page(work: UnitOfWork, task_id: int, account_id: int, *, fills: bool, since: str) -> None:
    """In the commit, note that somebody has the page of a task open, and forget who had it open before ``since``."""
    work.execute(sa.delete(open_page).where((open_page.c.task_id == task_id) & (open_page.c.at < since)))
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    seen = {"at": work.at, "fills": int(fills)}
    noted = insert(open_page).values(task_id=task_id, account_id=account_id, **seen)
    work.execute(noted.on_conflict_do_update(index_elements=["task_id", "account_id"], set_=seen))


class Sign(NamedTuple):
    """A sign that somebody has the page of a task open."""

    account_id: int
    name: str
    at: str
    fills: bool


def signs(work: UnitOfWork, task_id: int, since: str) -> list[Sign]:
    """The last sign of each who has had the page of a task open since then, by name."""
    account = accounts.account
    chosen = sa.select(account.c.id, account.c.name, open_page.c.at, open_page.c.fills)
    recent = chosen.join(open_page, open_page.c.account_id == account.c.id).where(
        (open_page.c.task_id == task_id) & (open_page.c.at >= since)
    )
    found = work.connection.execute(recent.order_by(account.c.name, account.c.id))
    return [Sign(account_id, name, at, bool(fills)) for account_id, name, at, fills in found]


def taken_up(work: UnitOfWork, tasks: Iterable[int], by_others_than: str, since: str) -> list[tuple[str, str, bool]]:
    """Who else has taken up some of these open tasks: title, person, and whether it was claimed or handed on.

    Else they have had its page open since then, to fill it in.
    """
    account, wanted = accounts.account, task.c.id.in_(list(tasks)) & (task.c.status == "open")
    has = sa.func.coalesce(task.c.delegate, sa.func.nullif(task.c.owner, ""))
    claimed = sa.select(task.c.title, has, sa.true()).where(wanted & (has != by_others_than))
    opened = (
        sa.select(task.c.title, account.c.name, sa.false())
        .join(open_page, open_page.c.task_id == task.c.id)
        .join(account, account.c.id == open_page.c.account_id)
        .where(wanted & (account.c.name != by_others_than) & (open_page.c.at >= since) & (open_page.c.fills == 1))
    )
    found = [row for chosen in (claimed, opened) for row in work.connection.execute(chosen.order_by(task.c.id))]
    return [(title, name, bool(theirs)) for title, name, theirs in found]


def principals(work: UnitOfWork, deputy: str, day: str) -> tuple[str, ...]:
    """Those on leave that day for whom somebody stands in."""
    of, stands_in = accounts.account.alias(), accounts.account.alias()
    chosen = (
        sa.select(of.c.name)
        .join(leave, leave.c.account_id == of.c.id)
        .join(stands_in, stands_in.c.id == leave.c.deputy_id)
        .where((stands_in.c.name == deputy) & (leave.c.first_day <= day) & (leave.c.last_day >= day))
        .where(leave.c.ended_at.is_(None))
    )
    return tuple(work.connection.execute(chosen.distinct().order_by(of.c.name)).scalars())


def leaves(work: UnitOfWork, account_id: int, day: str) -> list[Leave]:
    """The leaves not over by ``day`` in which somebody is away or stands in, the next first."""
    of, stands_in = accounts.account.alias(), accounts.account.alias()
    chosen = (
        sa.select(leave.c.id, of.c.name, stands_in.c.name, leave.c.first_day, leave.c.last_day, leave.c.ended_at)
        .join(of, of.c.id == leave.c.account_id)
        .join(stands_in, stands_in.c.id == leave.c.deputy_id)
        .where(((leave.c.account_id == account_id) | (leave.c.deputy_id == account_id)) & (leave.c.last_day >= day))
        .where(leave.c.ended_at.is_(None))
    )
    return [Leave(*row) for row in work.connection.execute(chosen.order_by(leave.c.first_day, leave.c.id))]


def add_leave(work: UnitOfWork, account_id: int, deputy: str, first_day: str, last_day: str) -> None:
    """In the commit, note a leave."""
    deputy_id = sa.select(accounts.account.c.id).where(accounts.account.c.name == deputy).scalar_subquery()
    days = {"first_day": first_day, "last_day": last_day, "made_at": work.at}
    work.execute(sa.insert(leave).values(account_id=account_id, deputy_id=deputy_id, **days))


def end_leave(work: UnitOfWork, leave_id: int) -> None:
    """In the commit, end a leave early."""
    work.execute(sa.update(leave).where((leave.c.id == leave_id) & leave.c.ended_at.is_(None)).values(ended_at=work.at))


def end_standing_in(work: UnitOfWork, account_id: int) -> None:
    """In the commit, end every leave in which somebody stands in."""
    theirs = (leave.c.deputy_id == account_id) & leave.c.ended_at.is_(None)
    work.execute(sa.update(leave).where(theirs).values(ended_at=work.at))


def away(work: UnitOfWork, name: str, first_day: str, last_day: str) -> Leave | None:
    """The first leave of somebody within these days."""
    account = accounts.account
    chosen = (
        sa.select(leave.c.id, account.c.name, sa.literal(""), leave.c.first_day, leave.c.last_day, leave.c.ended_at)
        .join(account, account.c.id == leave.c.account_id)
        .where((account.c.name == name) & (leave.c.first_day <= last_day) & (leave.c.last_day >= first_day))
        .where(leave.c.ended_at.is_(None))
        .order_by(leave.c.first_day)
    )
    row = work.connection.execute(chosen.limit(1)).first()
    return Leave(*row) if row else None


def lanes_of(work: UnitOfWork, name: str) -> list[tuple[int, str, str]]:
    """The lanes somebody holds in estates on their way: the estate's id and name, and the lane."""
    chosen = sa.select(estate.c.id, estate.c.name, person_in_lane.c.lane).join(
        person_in_lane, person_in_lane.c.estate_id == estate.c.id
    )
    going_on = estate.c.status.in_(("running", "suspended", "operating"))
    found = work.connection.execute(chosen.where(going_on & (person_in_lane.c.name == name)).order_by(estate.c.id))
    return [(row[0], row[1], row[2]) for row in found]
