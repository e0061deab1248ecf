"""What the pages of one estate show: stays, decisions, deadlines, completed tasks, papers, a page of its log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from engine.events import MoveUndone
from engine.store import registers
from engine.store.desk import PAGE
from engine.store.tables import (
    awaited_message,
    document,
    document_version,
    estate,
    event,
    instance,
    job,
    stay,
    task,
    timer,
)
from engine.store.unit_of_work import UnitOfWork

#: Jobs are looked at to say what the background does; an estate has few at a time.
_JOBS_SHOWN = 20
#: So many earlier steps of a stage stand beside a task.
_SAID_SHOWN = 8


@dataclass(frozen=True)
class Stay:
    """A stay in a stage, still going on while ``left_at`` is None."""

    stage: str
    entered_at: str
    left_at: str | None


@dataclass(frozen=True)
class Decided:
    """What a gate decided."""

    gate: str
    outcome: str
    figures: Mapping[str, Any]
    rules: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Deadline:
    """A running deadline; ``expression`` says where its length comes from, ``name`` is its BPMN id."""

    name: str
    title: str
    due: str
    clock: str
    expression: str
    attached_to: str


@dataclass(frozen=True)
class Pending:
    """A job that waits for the background; ``failure`` says why it could not be done."""

    name: str
    operation: str
    failure: str | None


@dataclass(frozen=True)
class Done:
    """A completed task."""

    id: int
    name: str
    title: str
    lane: str
    stage: str
    completed_at: str
    completed_by: str


@dataclass(frozen=True)
class Said:
    """What somebody answered in a completed task, as kept."""

    id: int
    name: str
    title: str
    lane: str
    by: str
    at: str
    answers: dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """An issued document; ``job`` is the BPMN id of the step that made it, ``asked_at`` when it was asked for.

    ``job`` and ``stage`` are empty where somebody asked for it beside the steps.

    ``void_reason`` says why it does not stand any more.
    """

    number: str
    title: str
    issued_at: str
    job: str
    stage: str
    asked_at: str
    void_reason: str | None


def version(work: UnitOfWork, estate_id: int) -> int:
    """How many events an estate has: what was worked out of it stands until the next one."""
    chosen = sa.select(estate.c.events).where(estate.c.id == estate_id)
    return int(work.connection.execute(chosen).scalar_one())


def completions(work: UnitOfWork, estate_id: int, names: Sequence[str]) -> list[str]:
    """Which of these tasks were completed, in order; without what they were answered."""
    of = (task.c.estate_id == estate_id) & (task.c.status == "completed") & task.c.name.in_(names)
    return list(
        work.connection.execute(sa.select(task.c.name).where(of).order_by(task.c.completed_at, task.c.id)).scalars()
    )


def definition_version(work: UnitOfWork, estate_id: int, process_id: str) -> str:
    """The version of the diagram on which the latest instance of a process runs, empty where there is none."""
    of = (instance.c.estate_id == estate_id) & (instance.c.process_id == process_id)
    chosen = sa.select(instance.c.definition_version).where(of).order_by(instance.c.id.desc()).limit(1)
    return work.connection.execute(chosen).scalar() or ""


def stays(work: UnitOfWork, estate_id: int) -> list[Stay]:
    """Every stay in a stage, in order."""
    chosen = sa.select(stay.c.stage, stay.c.entered_at, stay.c.left_at).where(stay.c.estate_id == estate_id)
    return [Stay(*row) for row in work.connection.execute(chosen.order_by(stay.c.id))]


def decisions(work: UnitOfWork, estate_id: int) -> dict[str, Decided]:
    """The latest decision of each gate of an estate."""
    chosen = sa.select(event.c.at, event.c.content)
    chosen = chosen.where((event.c.estate_id == estate_id) & (event.c.kind == "GateDecided"))
    found = {}
    for row in work.connection.execute(chosen.order_by(event.c.number)):
        said = orjson.loads(row.content)
        found[said["gate"]] = Decided(said["gate"], said["outcome"], said["figures"], tuple(said["rules"]), row.at)
    return found


def deadlines(work: UnitOfWork, estate_id: int) -> list[Deadline]:
    """The running deadlines of an estate, the earliest first."""
    columns = (timer.c.name, timer.c.title, timer.c.due, timer.c.clock, timer.c.expression, timer.c.attached_to)
    chosen = sa.select(*columns).where((timer.c.estate_id == estate_id) & (timer.c.status == "running"))
    return [Deadline(*row) for row in work.connection.execute(chosen.order_by(timer.c.due, timer.c.id))]


def pending(work: UnitOfWork, estate_id: int) -> list[Pending]:
    """The jobs that wait, oldest first."""
    chosen = sa.select(job.c.name, job.c.operation, job.c.failure)
    chosen = chosen.where((job.c.status == "waiting") & (job.c.estate_id == estate_id))
    return [Pending(*row) for row in work.connection.execute(chosen.order_by(job.c.id).limit(_JOBS_SHOWN))]


def awaited(work: UnitOfWork, estate_id: int) -> list[str]:
    """The messages from outside that an estate waits for."""
    table = awaited_message
    chosen = sa.select(table.c.name).where((table.c.estate_id == estate_id) & (table.c.status == "awaited"))
    return list(work.connection.execute(chosen.order_by(table.c.id)).scalars())


def answers(work: UnitOfWork, estate_id: int, *names: str) -> dict[str, dict[str, Any]]:
    """The latest answers, as kept, of those of these tasks that were completed."""
    chosen = sa.select(task.c.name, task.c.answers).where(
        (task.c.estate_id == estate_id) & (task.c.status == "completed") & task.c.name.in_(names)
    )
    found = work.connection.execute(chosen.order_by(task.c.completed_at, task.c.id))
    return {row.name: orjson.loads(row.answers or b"{}") for row in found}


def answers_elsewhere(work: UnitOfWork, estate_id: int, name: str) -> list[tuple[str, dict[str, Any]]]:
    """The latest answers, as kept, of a task in every other estate that completed it, with the estate's name."""
    done = (task.c.name == name) & (task.c.status == "completed") & (task.c.estate_id != estate_id)
    chosen = sa.select(estate.c.id, estate.c.name, task.c.answers).join(estate, estate.c.id == task.c.estate_id)
    found = work.connection.execute(chosen.where(done).order_by(task.c.completed_at, task.c.id))
    return [*{row.id: (row.name, orjson.loads(row.answers or b"{}")) for row in found}.values()]


def completed_at(work: UnitOfWork, estate_id: int, name: str) -> str:
    """When a task was completed last, empty when it never was."""
    chosen = sa.select(sa.func.max(task.c.completed_at))
    chosen = chosen.where((task.c.estate_id == estate_id) & (task.c.status == "completed") & (task.c.name == name))
    return work.connection.execute(chosen).scalar() or ""


def completed_after(work: UnitOfWork, estate_id: int, name: str, at: str) -> str:
    """When a task was completed the next time after ``at``, empty when it was not."""
    chosen = sa.select(sa.func.min(task.c.completed_at))
    again = (task.c.estate_id == estate_id) & (task.c.status == "completed") & (task.c.name == name)
    return work.connection.execute(chosen.where(again & (task.c.completed_at > at))).scalar() or ""


def last_completed_at(work: UnitOfWork, estate_id: int) -> str:
    """When a task of the estate was completed last, empty before the first."""
    chosen = sa.select(sa.func.max(task.c.completed_at))
    done = (task.c.estate_id == estate_id) & (task.c.status == "completed")
    return work.connection.execute(chosen.where(done)).scalar() or ""


def visited(work: UnitOfWork, estate_id: int) -> bool:
    """Whether a household of the estate was visited."""
    chosen = sa.select(registers.visit.c.id).where(registers.visit.c.estate_id == estate_id).limit(1)
    return work.connection.execute(chosen).first() is not None


def said_before(work: UnitOfWork, estate_id: int, stage: str, but: int, until: str) -> list[Said]:
    """The latest of what was answered in a stage up to ``until``, empty for now, in other tasks than ``but``."""
    condition = (task.c.estate_id == estate_id) & (task.c.status == "completed") & (task.c.stage == stage)
    condition &= task.c.id != but
    if until:
        condition &= task.c.completed_at <= until
    columns = (task.c.id, task.c.name, task.c.title, task.c.lane, task.c.completed_by, task.c.completed_at)
    chosen = sa.select(*columns, task.c.answers).where(condition)
    found = work.connection.execute(chosen.order_by(task.c.completed_at.desc(), task.c.id.desc()).limit(_SAID_SHOWN))
    return [Said(*row[:6], orjson.loads(row.answers or b"{}")) for row in found]


_DONE = (
    task.c.id, task.c.name, task.c.title, task.c.lane, task.c.stage, task.c.completed_at, task.c.completed_by,
)  # fmt: skip


def done(work: UnitOfWork, estate_id: int, page: int, name: str = "") -> tuple[list[Done], int]:
    """A page of the completed tasks, the latest first, of one step with ``name``; and how many there are."""
    condition = (task.c.estate_id == estate_id) & (task.c.status == "completed")
    if name:
        condition &= task.c.name == name
    chosen = sa.select(*_DONE).where(condition).order_by(task.c.completed_at.desc(), task.c.id.desc())
    found = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    total = work.connection.execute(sa.select(sa.func.count()).select_from(task).where(condition)).scalar_one()
    return [Done(*row) for row in found], int(total)


def papers(
    work: UnitOfWork, estate_id: int, page: int, jobs: Iterable[str] | None = None, since: str = "", before: str = ""
) -> tuple[list[Paper], int]:
    """A page of the issued documents, the latest first, and how many there are.

    Those of these steps with ``jobs``; asked for from ``since`` on, and not from ``before`` on.
    """
    condition = document.c.estate_id == estate_id
    if jobs is not None:
        condition &= job.c.name.in_(list(jobs))
    if since:
        condition &= job.c.requested_at >= since
    if before:
        condition &= job.c.requested_at < before
    first = (document_version.c.document_id == document.c.id) & (document_version.c.version == 1)
    joined = document.join(document_version, first).outerjoin(job, job.c.id == document.c.job_id)
    issued_at = document_version.c.issued_at
    columns = (
        document.c.number, document.c.title, issued_at, sa.func.coalesce(job.c.name, ""),
        sa.func.coalesce(job.c.stage, ""), sa.func.coalesce(job.c.requested_at, issued_at), document.c.void_reason,
    )  # fmt: skip
    chosen = sa.select(*columns).select_from(joined).where(condition).order_by(document.c.id.desc())
    found = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    total = work.connection.execute(sa.select(sa.func.count()).select_from(joined).where(condition)).scalar_one()
    return [Paper(*row) for row in found], int(total)


@dataclass(frozen=True)
class Sought:
    """Which events of a log are sought: of these kinds, from the one moment to before the other.

    ``actor`` is the number of an event by the person sought, 0 for everybody.
    """

    kinds: tuple[str, ...] = ()
    actor: int = 0
    since: str = ""
    before: str = ""

    def condition(self, estate_id: int) -> sa.ColumnElement[bool]:
        """As the database asks it."""
        found = event.c.estate_id == estate_id
        if self.kinds:
            found &= event.c.kind.in_(self.kinds)
        if self.actor:
            by = event.alias()
            named = (by.c.estate_id == estate_id) & (by.c.number == self.actor)
            found &= event.c.actor == sa.select(by.c.actor).where(named).scalar_subquery()
        if self.since:
            found &= event.c.at >= self.since
        if self.before:
            found &= event.c.at < self.before
        return found


def log(work: UnitOfWork, estate_id: int, sought: Sought, page: int | None) -> list[dict[str, Any]]:
    """A page of the events sought, the latest first; every one with page None."""
    chosen = sa.select(event).where(sought.condition(estate_id)).order_by(event.c.number.desc())
    if page is not None:
        chosen = chosen.limit(PAGE).offset((page - 1) * PAGE)
    return [
        {"no": row.number, "at": row.at, "actor": row.actor, "kind": row.kind, **orjson.loads(row.content)}
        for row in work.connection.execute(chosen)
    ]


def fallen(work: UnitOfWork, estate_id: int) -> frozenset[int]:
    """The numbers of the events of an estate that were undone."""
    undone = (event.c.estate_id == estate_id) & (event.c.kind == MoveUndone.__name__)
    found = work.connection.execute(sa.select(event.c.content).where(undone)).scalars()
    return frozenset(number for content in found for number in orjson.loads(content)["fell"])


def logged(work: UnitOfWork, estate_id: int, sought: Sought) -> int:
    """How many events are sought."""
    chosen = sa.select(sa.func.count()).select_from(event).where(sought.condition(estate_id))
    return int(work.connection.execute(chosen).scalar_one())


def actors(work: UnitOfWork, estate_id: int) -> list[tuple[int, str]]:
    """Everybody by whom the log of an estate has an event, by name, each with the number of the first."""
    first = sa.func.min(event.c.number)
    chosen = sa.select(first, event.c.actor).where(event.c.estate_id == estate_id).group_by(event.c.actor)
    return [(number, name) for number, name in work.connection.execute(chosen.order_by(event.c.actor))]
