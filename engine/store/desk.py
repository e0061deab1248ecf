"""What the screens list: tasks and estates within somebody's scope, a page of 50 at a time (decisions 34)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import orjson
import sqlalchemy as sa

from engine.store import accounts, hands
from engine.store.hands import Viewer
from engine.store.tables import document, document_version, estate, event, job, node, person_in_lane, task, timer
from engine.store.unit_of_work import UnitOfWork

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """A task as a list shows it; ``due`` is its earliest deadline, passed or to come, ``who`` works on it.

    ``owner`` has to complete it; ``held_until`` and ``held_why`` say that it was put aside.
    """

    id: int
    estate_id: int
    estate: str
    name: str
    title: str
    lane: str
    stage: str
    status: str
    opened_at: str
    completed_at: str | None
    completed_by: str | None
    estate_status: str
    who: str | None
    due: str | None
    drafted_at: str | None
    owner: str | None
    delegate: str | None
    handed_at: str | None
    held_until: str | None
    held_why: str | None
    handled: int
    urged: int
    node_id: int


@dataclass(frozen=True)
class EstateListed:
    """An estate as a list shows it; ``open`` counts its open tasks."""

    id: int
    name: str
    status: str
    entered_at: str
    node_id: int | None
    open: int


@dataclass(frozen=True)
class Holder:
    """Somebody with a role."""

    name: str
    role: str


def _in_scope(nodes: Iterable[int]) -> sa.ColumnElement[bool]:
    return estate.c.node_id.in_(accounts.below(nodes))


@cache
def _listed() -> sa.Select[Any]:
    drafted = sa.select(sa.func.max(accounts.draft.c.at)).where(accounts.draft.c.task_id == task.c.id)
    return (
        sa.select(
            task.c.id, task.c.estate_id, estate.c.name, task.c.name, task.c.title, task.c.lane, task.c.stage,
            task.c.status, task.c.opened_at, task.c.completed_at, task.c.completed_by, estate.c.status,
            hands.holder, task.c.due, drafted.scalar_subquery(), hands.owner, task.c.delegate, task.c.handed_at,
            task.c.held_until, task.c.held_why, task.c.handled, hands.URGED, estate.c.node_id,
        )
        .join(estate, estate.c.id == task.c.estate_id)
        .outerjoin(person_in_lane, hands.OF_LANE)
    )  # fmt: skip


#: The tabs of the inbox: what somebody has to do, may claim, put aside or gave to others to work on; what there is
#: to do in the scope; what somebody has done.
TABS = ("mine", "claimable", "held", "out", "scope", "done")


@lru_cache(maxsize=64)
def _tabs(viewer: Viewer) -> dict[str, sa.ColumnElement[bool]]:
    """What stands under each tab for somebody."""
    is_open, awake, mine = task.c.status == "open", hands.awake(viewer), hands.in_hands_of(viewer)
    return {
        "mine": is_open & awake & mine,
        "claimable": is_open & hands.claimable_by(viewer),
        "held": is_open & ~awake & mine,
        "out": is_open & hands.delegated_by(viewer),
        "scope": is_open,
        "done": (task.c.status == "completed") & (task.c.completed_by == viewer.name),
    }


#: In which order open tasks may come: what is over, what is due next, the rest the newest first; or as it says.
SORTS: Mapping[str, Sequence[sa.ColumnElement[Any]]] = {
    "due": (task.c.due.is_(None), task.c.due, task.c.opened_at.desc()),
    "newest": (task.c.opened_at.desc(),),
    "oldest": (task.c.opened_at,),
    "estate": (estate.c.name, task.c.due.is_(None), task.c.due),
}
_DONE = (task.c.completed_at.desc(),)
Conditions = Iterable[sa.ColumnElement[bool]]


def _within(nodes: Iterable[int], viewer: Viewer, tab: str, conditions: Conditions) -> Any:
    """The tasks under ``tab``, joined with their estates, and with their lanes where the tab asks whose they are."""
    joined = task.join(estate, estate.c.id == task.c.estate_id)
    if tab not in ("scope", "done"):
        joined = joined.outerjoin(person_in_lane, hands.OF_LANE)
    return lambda chosen: chosen.select_from(joined).where(_tabs(viewer)[tab], _in_scope(nodes), *conditions)


def tasks(
    work: UnitOfWork,
    nodes: Iterable[int],
    viewer: Viewer,
    tab: str,
    page: int,
    conditions: Conditions = (),
    sort: str = "due",
    size: int = PAGE,
) -> list[Listed]:
    """A page of the tasks under ``tab``, open ones ordered by ``sort``, completed ones the latest first."""
    order = (*(_DONE if tab == "done" else SORTS[sort]), task.c.id)
    # what a row shows besides is read for the page alone
    picked = _within(nodes, viewer, tab, conditions)(sa.select(task.c.id)).order_by(*order)
    picked = picked.limit(size).offset((page - 1) * PAGE).subquery()
    chosen = _listed().join(picked, picked.c.id == task.c.id).order_by(*order)
    return [Listed(*row) for row in work.connection.execute(chosen)]


def counted(work: UnitOfWork, nodes: Iterable[int], viewer: Viewer, tab: str, conditions: Conditions = ()) -> int:
    """How many tasks there are under ``tab``."""
    chosen = _within(nodes, viewer, tab, conditions)(sa.select(sa.func.count()))
    return int(work.connection.execute(chosen).scalar_one())


def counts(work: UnitOfWork, nodes: Iterable[int], viewer: Viewer, conditions: Conditions = ()) -> dict[str, int]:
    """How many tasks there are under each tab; those that are open are gone through once."""
    still = {tab: under for tab, under in _tabs(viewer).items() if tab != "done"}
    each = (sa.func.coalesce(sa.func.sum(sa.case((under, 1), else_=0)), 0) for under in still.values())
    joined = task.join(estate, estate.c.id == task.c.estate_id).outerjoin(person_in_lane, hands.OF_LANE)
    chosen = sa.select(*each).select_from(joined).where(task.c.status == "open", _in_scope(nodes), *conditions)
    found = work.connection.execute(chosen).one()
    return {**dict(zip(still, map(int, found), strict=True)), "done": counted(work, nodes, viewer, "done", conditions)}


def held_due(work: UnitOfWork, nodes: Iterable[int], viewer: Viewer, by: str) -> int:
    """How many of the tasks that somebody put aside are due by then."""
    return counted(work, nodes, viewer, "held", [task.c.due <= by])


def task_in_scope(work: UnitOfWork, nodes: Iterable[int], task_id: int) -> Listed | None:
    """One task, or nothing when it lies outside the scope."""
    row = work.connection.execute(_listed().where((task.c.id == task_id) & _in_scope(nodes))).first()
    return Listed(*row) if row else None


def open_tasks(work: UnitOfWork, estate_id: int) -> list[Listed]:
    """The open tasks of an estate, oldest first."""
    chosen = _listed().where((task.c.estate_id == estate_id) & (task.c.status == "open"))
    return [Listed(*row) for row in work.connection.execute(chosen.order_by(task.c.opened_at, task.c.id))]


_ESTATE = (estate.c.id, estate.c.name, estate.c.status, estate.c.entered_at, estate.c.node_id)


def _estates() -> sa.Select[Any]:
    opened = sa.select(sa.func.count()).where((task.c.estate_id == estate.c.id) & (task.c.status == "open"))
    return sa.select(*_ESTATE, opened.scalar_subquery())


def estate_in_scope(work: UnitOfWork, nodes: Iterable[int], estate_id: int) -> EstateListed | None:
    """One estate, or nothing when it lies outside the scope."""
    row = work.connection.execute(_estates().where((estate.c.id == estate_id) & _in_scope(nodes))).first()
    return EstateListed(*row) if row else None


def estate_named(work: UnitOfWork, nodes: Iterable[int], name: str) -> EstateListed | None:
    """The estate of that name in a scope; the first entered, should there be several."""
    row = work.connection.execute(_estates().where((estate.c.name == name) & _in_scope(nodes)).order_by(estate.c.id))
    found = row.first()
    return EstateListed(*found) if found else None


def marks(work: UnitOfWork, estate_id: int) -> dict[str, str]:
    """Each step of an estate by its BPMN id.

    ``now`` while it is open or its job waits, ``wait`` while a moment is waited for, ``done`` once it was done or
    its moment came.
    """
    states = {"completed": "done", "done": "done", "open": "now", "waiting": "now", "running": "wait"}
    fired = sa.select(event.c.content).where((event.c.estate_id == estate_id) & (event.c.kind == "TimerFired"))
    found = {orjson.loads(content)["timer"]: "done" for content in work.connection.execute(fired).scalars()}
    for table in (task, job, timer):
        chosen = sa.select(table.c.name, table.c.status).where(table.c.estate_id == estate_id).distinct()
        for name, status in work.connection.execute(chosen):
            if status in states and found.get(name, "done") == "done":
                found[name] = states[status]
    return found


@dataclass(frozen=True)
class Issued:
    """The newest version of a document: the SHA-256 of its Word file, the estate it belongs to, when it was issued.

    ``void_reason`` says why it does not stand any more.
    """

    number: str
    kind: str
    title: str
    sha256: str
    issued_at: str
    estate_id: int
    estate: str
    void_reason: str | None = None


def document_in_scope(work: UnitOfWork, nodes: Iterable[int], number: str) -> Issued | None:
    """The newest version of a document, or nothing when its estate lies outside the scope."""
    d, version = document.c, document_version.c
    columns = (d.number, d.kind, d.title, version.sha256, version.issued_at)
    chosen = (
        sa.select(*columns, estate.c.id, estate.c.name, d.void_reason)
        .join(document_version, document_version.c.document_id == document.c.id)
        .join(estate, estate.c.id == document.c.estate_id)
        .where((document.c.number == number) & _in_scope(nodes))
        .order_by(document_version.c.version.desc())
    )
    row = work.connection.execute(chosen).first()
    return Issued(*row) if row else None


@dataclass(frozen=True)
class Revised:
    """A paper with several versions: its estate and where that lies, the files of the first and the newest version."""

    number: str
    estate: str
    place: str
    first: str
    newest: str
    version: int


def revised(work: UnitOfWork, nodes: Iterable[int], kind: str, most: int) -> list[Revised]:
    """The papers of a kind that have several versions, the last changed first."""
    of = document_version.c
    span = sa.select(of.document_id, sa.func.min(of.version).label("first"), sa.func.max(of.version).label("last"))
    spans = span.group_by(of.document_id).having(sa.func.max(of.version) > sa.func.min(of.version)).subquery()
    first, last = document_version.alias(), document_version.alias()
    chosen = (
        sa.select(document.c.number, estate.c.name, estate.c.place, first.c.sha256, last.c.sha256, last.c.version)
        .select_from(first)
        .join(spans, (spans.c.document_id == first.c.document_id) & (spans.c.first == first.c.version))
        .join(last, (last.c.document_id == spans.c.document_id) & (last.c.version == spans.c.last))
        .join(document, document.c.id == spans.c.document_id)
        .join(estate, estate.c.id == document.c.estate_id)
        .where((document.c.kind == kind) & document.c.void_reason.is_(None) & _in_scope(nodes))
        .order_by(last.c.issued_at.desc(), document.c.id)
        .limit(most)
    )
    return [Revised(*row) for row in work.connection.execute(chosen)]


def holders(work: UnitOfWork, nodes: Iterable[int]) -> list[Holder]:
    """Every role held at one of these nodes by an account in use, by role and name."""
    account, held = accounts.account, accounts.role_held
    chosen = (
        sa.select(account.c.name, held.c.role)
        .join(held, held.c.account_id == account.c.id)
        .where(account.c.disabled_at.is_(None) & held.c.node_id.in_(list(nodes)))
        .order_by(held.c.role, account.c.name)
    )
    return [Holder(*row) for row in work.connection.execute(chosen)]


def node_of(work: UnitOfWork, estate_id: int) -> int | None:
    """At which node of the organisation an estate lies."""
    return work.connection.execute(sa.select(estate.c.node_id).where(estate.c.id == estate_id)).scalar()


def scope(work: UnitOfWork, nodes: Iterable[int]) -> set[int]:
    """The ids of these nodes and of everything below them."""
    return set(work.connection.execute(accounts.below(nodes)).scalars())


def above(work: UnitOfWork, key: int) -> list[int]:
    """A node and all those above it, from itself upwards."""
    parents = {row.id: row.parent_id for row in work.connection.execute(sa.select(node.c.id, node.c.parent_id))}
    found = [key]
    while (parent := parents[found[-1]]) is not None:
        found.append(parent)
    return found
