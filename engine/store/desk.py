"""What the screens list: tasks and estates within somebody's scope, a page of 50 at a time (decisions 34)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.store import accounts
from engine.store.tables import document, document_version, estate, job, node, person_in_lane, stay, task, timer
from engine.store.unit_of_work import UnitOfWork

PAGE = 50
#: So many cards a stage shows on the board before it points to the list.
COLUMN = 30


@dataclass(frozen=True)
class Listed:
    """A task as a list shows it; ``due`` is its earliest deadline, passed or to come, ``who`` holds its lane."""

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
class Card:
    """An estate on the board; ``of`` counts the estates in its stage, ``due`` is its earliest deadline."""

    id: int
    name: str
    status: str
    node_id: int | None
    stage: str
    entered_at: str
    of: int
    due: str | None


@dataclass(frozen=True)
class Holder:
    """Somebody with a role."""

    name: str
    role: str


def _in_scope(nodes: Iterable[int]) -> sa.ColumnElement[bool]:
    return estate.c.node_id.in_(accounts.below(nodes))


def _listed(account_id: int) -> sa.Select[Any]:
    held = (person_in_lane.c.estate_id == task.c.estate_id) & (person_in_lane.c.lane == task.c.lane)
    drafted = (accounts.draft.c.task_id == task.c.id) & (accounts.draft.c.account_id == account_id)
    fired = sa.select(sa.func.min(timer.c.due)).where(timer.c.fired_for == task.c.id)
    runs = (timer.c.instance_id == task.c.instance_id) & (timer.c.attached_to == task.c.name)
    running = sa.select(sa.func.min(timer.c.due)).where(runs & (timer.c.status == "running"))
    due = sa.func.coalesce(fired.scalar_subquery(), running.scalar_subquery())
    return (
        sa.select(
            task.c.id, task.c.estate_id, estate.c.name, task.c.name, task.c.title, task.c.lane, task.c.stage,
            task.c.status, task.c.opened_at, task.c.completed_at, task.c.completed_by, estate.c.status,
            person_in_lane.c.name, due, accounts.draft.c.at,
        )
        .join(estate, estate.c.id == task.c.estate_id)
        .outerjoin(person_in_lane, held)
        .outerjoin(accounts.draft, drafted)
    )  # fmt: skip


#: The tabs of the inbox: what somebody has to do, what others have to do in the scope, what somebody has done.
TABS = ("mine", "scope", "done")


def _under(tab: str, name: str) -> sa.ColumnElement[bool]:
    return {
        "mine": (task.c.status == "open") & (person_in_lane.c.name == name),
        "scope": task.c.status == "open",
        "done": (task.c.status == "completed") & (task.c.completed_by == name),
    }[tab]


def tasks(work: UnitOfWork, nodes: Iterable[int], account: tuple[int, str], tab: str, page: int) -> list[Listed]:
    """A page of the tasks under ``tab`` for an account ``(id, name)``.

    Open ones come by what is due first, then the oldest; completed ones the latest first.
    """
    key, name = account
    chosen = _listed(key).where(_under(tab, name) & _in_scope(nodes))
    due = chosen.selected_columns[13]
    order = [task.c.completed_at.desc()] if tab == "done" else [due.is_(None), due, task.c.opened_at]
    found = work.connection.execute(chosen.order_by(*order, task.c.id).limit(PAGE).offset((page - 1) * PAGE))
    return [Listed(*row) for row in found]


def counted(work: UnitOfWork, nodes: Iterable[int], name: str, tab: str) -> int:
    """How many tasks there are under ``tab``."""
    held = (person_in_lane.c.estate_id == task.c.estate_id) & (person_in_lane.c.lane == task.c.lane)
    joined = task.join(estate, estate.c.id == task.c.estate_id).outerjoin(person_in_lane, held)
    chosen = sa.select(sa.func.count()).select_from(joined).where(_under(tab, name) & _in_scope(nodes))
    return int(work.connection.execute(chosen).scalar_one())


def task_in_scope(work: UnitOfWork, nodes: Iterable[int], account_id: int, task_id: int) -> Listed | None:
    """One task, or nothing when it lies outside the scope."""
    row = work.connection.execute(_listed(account_id).where((task.c.id == task_id) & _in_scope(nodes))).first()
    return Listed(*row) if row else None


def open_tasks(work: UnitOfWork, account_id: int, estate_id: int) -> list[Listed]:
    """The open tasks of an estate, oldest first."""
    chosen = _listed(account_id).where((task.c.estate_id == estate_id) & (task.c.status == "open"))
    return [Listed(*row) for row in work.connection.execute(chosen.order_by(task.c.opened_at, task.c.id))]


_ESTATE = (estate.c.id, estate.c.name, estate.c.status, estate.c.entered_at, estate.c.node_id)


def _estates() -> sa.Select[Any]:
    opened = sa.select(sa.func.count()).where((task.c.estate_id == estate.c.id) & (task.c.status == "open"))
    return sa.select(*_ESTATE, opened.scalar_subquery())


def estates(work: UnitOfWork, nodes: Iterable[int], page: int, words: str = "") -> tuple[list[EstateListed], int]:
    """A page of the estates in a scope, by name, those whose name contains ``words``, and how many there are."""
    condition = _in_scope(nodes)
    if words:
        condition &= estate.c.name.contains(words, autoescape=True)
    chosen = _estates().where(condition).order_by(estate.c.name, estate.c.id)
    found = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    total = work.connection.execute(sa.select(sa.func.count()).select_from(estate).where(condition)).scalar_one()
    return [EstateListed(*row) for row in found], int(total)


def estate_in_scope(work: UnitOfWork, nodes: Iterable[int], estate_id: int) -> EstateListed | None:
    """One estate, or nothing when it lies outside the scope."""
    row = work.connection.execute(_estates().where((estate.c.id == estate_id) & _in_scope(nodes))).first()
    return EstateListed(*row) if row else None


def board(work: UnitOfWork, nodes: Iterable[int], stages: Sequence[str]) -> list[Card]:
    """Estates on their way, those longest in a stage first, at most :data:`COLUMN` of each stage.

    An estate in several stages stands in the earliest of ``stages`` (decisions 20).
    """
    early = sa.case({stage: place for place, stage in enumerate(stages)}, value=stay.c.stage)
    nth = sa.func.row_number().over(partition_by=stay.c.estate_id, order_by=early)
    stays = sa.select(stay.c.estate_id, stay.c.stage, stay.c.entered_at, nth.label("nth")).where(
        stay.c.left_at.is_(None)
    )
    first = stays.subquery()
    longest_first = (first.c.entered_at, estate.c.id)
    placed = (
        sa.select(
            estate.c.id, estate.c.name, estate.c.status, estate.c.node_id, first.c.stage, first.c.entered_at,
            sa.func.row_number().over(partition_by=first.c.stage, order_by=longest_first).label("place"),
            sa.func.count().over(partition_by=first.c.stage).label("of"),
        )
        .join(first, (first.c.estate_id == estate.c.id) & (first.c.nth == 1))
        .where(_in_scope(nodes) & estate.c.status.in_(("running", "suspended")))
        .subquery()
    )  # fmt: skip
    of_estate = timer.c.estate_id == placed.c.id
    late = timer.join(task, task.c.id == timer.c.fired_for)
    fired = sa.select(sa.func.min(timer.c.due)).select_from(late).where(of_estate & (task.c.status == "open"))
    running = sa.select(sa.func.min(timer.c.due)).where(of_estate & (timer.c.status == "running"))
    due = sa.func.coalesce(fired.scalar_subquery(), running.scalar_subquery())
    columns = ("id", "name", "status", "node_id", "stage", "entered_at", "of")
    chosen: sa.Select[Any] = sa.select(*(placed.c[name] for name in columns), due).where(placed.c.place <= COLUMN)
    found = work.connection.execute(chosen.order_by(placed.c.stage, placed.c.place))
    return [Card(*row) for row in found]


def marks(work: UnitOfWork, estate_id: int) -> dict[str, str]:
    """Each step of an estate by its BPMN id: ``now`` while it is open or waits, ``done`` once it was done."""
    states = {"completed": "done", "done": "done", "open": "now", "waiting": "now"}
    found: dict[str, str] = {}
    for table in (task, job):
        chosen = sa.select(table.c.name, table.c.status).where(table.c.estate_id == estate_id).distinct()
        for name, status in work.connection.execute(chosen):
            if status in states and found.get(name) != "now":
                found[name] = states[status]
    return found


def document_in_scope(work: UnitOfWork, nodes: Iterable[int], number: str) -> tuple[str, str] | None:
    """Title and SHA-256 of the newest version of a document, or nothing when its estate lies outside the scope."""
    chosen = (
        sa.select(document.c.title, document_version.c.sha256)
        .join(document_version, document_version.c.document_id == document.c.id)
        .join(estate, estate.c.id == document.c.estate_id)
        .where((document.c.number == number) & _in_scope(nodes))
        .order_by(document_version.c.version.desc())
    )
    row = work.connection.execute(chosen).first()
    return (row.title, row.sha256) if row else None


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
