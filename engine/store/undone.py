"""Undoing in the database: what a move brought about, and what an undo leaves of it.

Nothing is deleted that people did: a task that was undone keeps its answers, a paper its number with the reason.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Table

from engine.store import registers, tables
from engine.store.ballot_scans import ballot_batch

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

#: What becomes of a row of each kind: one that was waited for is called off, one that came about is undone.
_ENDS: Mapping[str, tuple[Table, Mapping[str, str]]] = {
    "task": (tables.task, {"open": "cancelled", "completed": "undone"}),
    "job": (tables.job, {"waiting": "cancelled", "done": "undone"}),
    "timer": (tables.timer, {"running": "cancelled", "over": "undone"}),
    "message": (tables.awaited_message, {"awaited": "cancelled", "over": "undone"}),
}


@dataclass(frozen=True)
class Done:
    """A task of an instance in whatever status, and who completed it when."""

    id: int
    estate_id: int
    instance_id: int
    ref: str
    name: str
    title: str
    lane: str
    stage: str
    status: str
    opened_at: str
    completed_at: str | None
    completed_by: str | None


@dataclass(frozen=True)
class Thing:
    """A job, timer or message of an instance; ``title`` says of a timer what it is for, of a job what it does."""

    kind: str
    id: int
    ref: str
    name: str
    status: str
    title: str
    due: str


@dataclass(frozen=True)
class Paper:
    """A document that a job asked for; ``issued`` when it was written, ``taken`` when somebody has fetched it."""

    id: int
    job_id: int
    kind: str
    number: str
    title: str
    issued: bool
    taken: bool


@dataclass(frozen=True)
class Posted:
    """A notice that a task said was posted, on so many boards and with so many photos."""

    id: int
    task: str
    subject: str
    posted_on: str
    boards: int
    photos: int


@dataclass(frozen=True)
class Votes:
    """The ballots of a meeting: how many there are, how many were handed out, how many came back."""

    meeting: int
    printed: int
    delivered: int
    returned: int


def tasks(work: "UnitOfWork", instance_id: int) -> list[Done]:
    """Every task of an instance, open or over, in order of completion, open ones last."""
    table = tables.task
    chosen = _done().where(table.c.instance_id == instance_id)
    found = work.connection.execute(chosen.order_by(table.c.completed_at.is_(None), table.c.completed_at, table.c.id))
    return [Done(*row) for row in found]


def task(work: "UnitOfWork", task_id: int) -> Done | None:
    """One task."""
    row = work.connection.execute(_done().where(tables.task.c.id == task_id)).first()
    return Done(*row) if row else None


def tasks_of(work: "UnitOfWork", task_ids: Collection[int]) -> list[Done]:
    """These tasks, in the order in which they were opened."""
    chosen = _done().where(tables.task.c.id.in_(list(task_ids))).order_by(tables.task.c.id)
    return [Done(*row) for row in work.connection.execute(chosen)]


def _done() -> sa.Select[Any]:
    return sa.select(*(tables.task.c[name] for name in Done.__dataclass_fields__))


def things(work: "UnitOfWork", instance_id: int) -> list[Thing]:
    """Every job, timer and message of an instance, whether it is over or not."""
    job, timer, message = tables.job, tables.timer, tables.awaited_message
    empty = sa.literal("")
    columns = {
        "job": (job, job.c.operation, empty),
        "timer": (timer, timer.c.title, timer.c.due),
        "message": (message, message.c.name, empty),
    }
    return [
        Thing(kind, *row)
        for kind, (table, title, due) in columns.items()
        for row in work.connection.execute(
            sa.select(table.c.id, table.c.ref, table.c.name, table.c.status, title, due)
            .where(table.c.instance_id == instance_id)
            .order_by(table.c.id)
        )
    ]


def papers(work: "UnitOfWork", jobs: Collection[int]) -> list[Paper]:
    """The documents that these jobs asked for and that still stand, in order of their numbers."""
    table, version = tables.document, tables.document_version
    issued = sa.select(version.c.document_id).where(version.c.document_id == table.c.id).exists()
    columns = (table.c.id, table.c.job_id, table.c.kind, table.c.number, table.c.title)
    chosen = sa.select(*columns, issued, table.c.taken_at.is_not(None))
    chosen = chosen.where(table.c.job_id.in_(list(jobs)) & table.c.void_reason.is_(None))
    return [Paper(*row) for row in work.connection.execute(chosen.order_by(table.c.id))]


def printed(work: "UnitOfWork", documents: Collection[int]) -> dict[int, dict[str, bytes]]:
    """What each of these papers printed, by name; what it says of itself and of other papers is left out.

    So are the serials of ballots, which go on from one print to the next.
    """
    table = tables.fact
    chosen = sa.select(table.c.document_id, table.c.name, table.c.printed).where(
        table.c.document_id.in_(list(documents))
    )
    found: dict[int, dict[str, bytes]] = {key: {} for key in documents}
    for row in work.connection.execute(chosen):
        if row.name.partition(".")[0] not in {"document", "issued"} and row.name != "ballots[].serial":
            found[row.document_id][row.name] = bytes(row.printed)
    return found


def issued(work: "UnitOfWork", estate_id: int, documents: Collection[int] = ()) -> dict[str, tuple[int, str]]:
    """Id and title of the latest paper of each kind that still stands, or is among these."""
    table, version = tables.document, tables.document_version
    which = table.c.id.in_(list(documents)) if documents else table.c.void_reason.is_(None)
    written = table.c.id.in_(sa.select(version.c.document_id))
    chosen = sa.select(table.c.kind, table.c.id, table.c.title).where(
        (table.c.estate_id == estate_id) & which & written
    )
    return {row.kind: (row.id, row.title) for row in work.connection.execute(chosen.order_by(table.c.id))}


def moves(work: "UnitOfWork", instance_id: int, since: int) -> list[tuple[int, str, str]]:
    """Version, moment and actor of the moves of an instance from the one of that version on."""
    table = tables.move
    chosen = sa.select(table.c.version, table.c.at, table.c.actor)
    chosen = chosen.where((table.c.instance_id == instance_id) & (table.c.version >= since)).order_by(table.c.version)
    return [(row.version, row.at, row.actor) for row in work.connection.execute(chosen)]


def replaced(work: "UnitOfWork", done: Done) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Moves that may have completed a task: version, the state before, and the state after unless it is the present."""
    table, after = tables.move, tables.move.alias()
    next_one = (after.c.instance_id == table.c.instance_id) & (after.c.version == table.c.version + 1)
    chosen = (
        sa.select(table.c.version, table.c.replaced, after.c.replaced)
        .outerjoin(after, next_one)
        .where(table.c.instance_id == done.instance_id)
        .where((table.c.at == done.completed_at) & (table.c.actor == done.completed_by))
        .order_by(table.c.version)
    )
    for version, before, then in work.connection.execute(chosen):
        yield version, bytes(before), None if then is None else bytes(then)


def posted(work: "UnitOfWork", filed_by: Collection[int]) -> list[Posted]:
    """The notices that these tasks filed."""
    notice, posting, proof = registers.notice, registers.posting, registers.proof
    photos = sa.func.count(proof.c.sha256)
    chosen = (
        sa.select(
            notice.c.id,
            notice.c.task,
            notice.c.subject,
            notice.c.posted_on,
            sa.func.count(posting.c.id.distinct()),
            photos,
        )
        .outerjoin(posting, posting.c.notice_id == notice.c.id)
        .outerjoin(proof, proof.c.posting_id == posting.c.id)
        .where(notice.c.task_id.in_(list(filed_by)))
        .group_by(notice.c.id, notice.c.task, notice.c.subject, notice.c.posted_on)
        .order_by(notice.c.id)
    )
    return [Posted(*row) for row in work.connection.execute(chosen)]


def votes(work: "UnitOfWork", estate_id: int, meetings: Collection[int]) -> list[Votes]:
    """What there is of the ballots of these meetings."""
    ballot, back = registers.ballot, registers.ballot_return
    chosen = (
        sa.select(
            ballot.c.meeting,
            sa.func.count(ballot.c.id.distinct()),
            sa.func.count(sa.case((ballot.c.delivered_on.is_not(None), ballot.c.id)).distinct()),
            sa.func.count(back.c.ballot_id.distinct()),
        )
        .outerjoin(back, back.c.ballot_id == ballot.c.id)
        .where((ballot.c.estate_id == estate_id) & ballot.c.meeting.in_(list(meetings)))
        .group_by(ballot.c.meeting)
        .order_by(ballot.c.meeting)
    )
    return [Votes(*row) for row in work.connection.execute(chosen)]


def note_taken(work: "UnitOfWork", number: str) -> None:
    """In the commit, note that a paper was fetched: from then on it may hang on a wall."""
    table = tables.document
    first = (table.c.number == number) & table.c.taken_at.is_(None)
    if work.connection.execute(sa.select(table.c.id).where(first)).first():
        work.execute(sa.update(table).where(first).values(taken_at=work.at))


def end(connection: sa.Connection, ids: Mapping[str, Collection[int]]) -> None:
    """Call off what was waited for and undo what came about, of each kind."""
    for kind, (table, changes) in _ENDS.items():
        of = table.c.id.in_(list(ids.get(kind, ())))
        # all at once: what has just become "cancelled" must not be taken for something else
        status = sa.case(changes, value=table.c.status, else_=table.c.status)
        if ids.get(kind):
            connection.execute(sa.update(table).where(of).values(status=status))
    timer = tables.timer
    if ids.get("timer"):
        # who is late is told by the timer that runs again
        connection.execute(sa.update(timer).where(timer.c.id.in_(list(ids["timer"]))).values(fired_for=None))


def revive(connection: sa.Connection, instance_id: int, refs: Collection[str]) -> None:
    """Let an instance that was closed from outside wait again for what it waited for."""
    for table, changes in _ENDS.values():
        waits = next(iter(changes))
        closed = (table.c.instance_id == instance_id) & (table.c.status == "cancelled") & table.c.ref.in_(list(refs))
        connection.execute(sa.update(table).where(closed).values(status=waits))
    instance = tables.instance
    revived = sa.update(instance).where(instance.c.id == instance_id)
    connection.execute(revived.values(finished=0, version=instance.c.version + 1))


def void(work: "UnitOfWork", documents: Collection[int], reason: str) -> None:
    """In the commit, say of documents why they do not stand any more; their numbers and bytes stay."""
    table = tables.document
    if documents:
        work.execute(sa.update(table).where(table.c.id.in_(list(documents))).values(void_reason=reason))


def unmake_votes(work: "UnitOfWork", estate_id: int, meetings: Collection[int], printed: Collection[int]) -> None:
    """In the commit, take votes, and the ballots of those in ``printed``, out of the count; every row stays."""
    meeting, ballot, version = registers.meeting, registers.ballot, registers.roster_version

    def write(connection: sa.Connection) -> None:
        for number in sorted({*meetings, *printed}):
            below = _below_zero(connection, estate_id)
            for table in (ballot, registers.choice, registers.count_act, ballot_batch):
                of = (table.c.estate_id == estate_id) & (table.c.meeting == number)
                connection.execute(sa.update(table).where(of).values(meeting=below))
            if number in meetings:
                held = (meeting.c.estate_id == estate_id) & (meeting.c.number == number)
                connection.execute(sa.update(meeting).where(held).values(number=below))
        still = sa.select(meeting.c.roster).where((meeting.c.estate_id == estate_id) & (meeting.c.number > 0))
        thawed = (version.c.estate_id == estate_id) & version.c.version.not_in(
            still.where(meeting.c.roster.is_not(None))
        )
        connection.execute(sa.update(version).where(thawed).values(frozen_on=None))

    if meetings or printed:
        work.later(write)


def _below_zero(connection: sa.Connection, estate_id: int) -> int:
    """A number for a vote that does not count any more."""
    taken = [
        connection.execute(sa.select(sa.func.min(column)).where(of == estate_id)).scalar() or 0
        for column, of in (
            (registers.meeting.c.number, registers.meeting.c.estate_id),
            (registers.ballot.c.meeting, registers.ballot.c.estate_id),
        )
    ]
    return min(0, *taken) - 1


def stay_back(work: "UnitOfWork", estate_id: int, fell: Iterable[Mapping[str, Any]]) -> None:
    """In the commit, take back what fallen events did to the stays in stages, the latest first."""
    table = tables.stay
    for event in sorted(fell, key=lambda one: -one["no"]):
        of = (table.c.estate_id == estate_id) & (table.c.stage == event.get("stage"))
        if event["kind"] == "StageEntered":
            work.execute(sa.delete(table).where(of & (table.c.entered_at == event["at"])))
        elif event["kind"] == "StageLeft":
            last = sa.select(sa.func.max(table.c.id)).where(of & (table.c.left_at == event["at"])).scalar_subquery()
            work.execute(sa.update(table).where(table.c.id == last).values(left_at=None))


def last_answers(work: "UnitOfWork", estate_id: int, name: str) -> Mapping[str, Any]:
    """What a task was last answered with, if that was undone and nobody has answered it since; else nothing."""
    table = tables.task
    of = (table.c.estate_id == estate_id) & (table.c.name == name) & table.c.status.in_(("completed", "undone"))
    chosen = sa.select(table.c.answers, table.c.status).where(of)
    row = work.connection.execute(chosen.order_by(table.c.completed_at.desc(), table.c.id.desc()).limit(1)).first()
    given: Mapping[str, Any] = orjson.loads(row.answers or b"{}") if row and row.status == "undone" else {}
    return given


def answers_of(work: "UnitOfWork", task_id: int) -> Mapping[str, Any]:
    """What a task was answered with."""
    chosen = sa.select(tables.task.c.answers).where(tables.task.c.id == task_id)
    given: Mapping[str, Any] = orjson.loads(work.connection.execute(chosen).scalar() or b"{}")
    return given


def untouched(work: "UnitOfWork", name: str, of: Collection[int]) -> set[int]:
    """Those of these tasks that are the last that was done in their instance, and were done by ``name``."""
    mine, later = tables.task, tables.task.alias()
    after = (later.c.completed_at > mine.c.completed_at) | (
        (later.c.completed_at == mine.c.completed_at) & (later.c.id > mine.c.id)
    )
    followed = sa.select(later.c.id).where(
        (later.c.instance_id == mine.c.instance_id) & (later.c.status == "completed") & after
    )
    last = mine.c.id.in_(list(of)) & (mine.c.status == "completed") & (mine.c.completed_by == name)
    return set(work.connection.execute(sa.select(mine.c.id).where(last & ~followed.exists())).scalars())


def completed_at(work: "UnitOfWork", estate_id: int, moments: Collection[str]) -> list[Done]:
    """The completed tasks of an estate that were completed at these moments."""
    table = tables.task
    of = (table.c.estate_id == estate_id) & (table.c.status == "completed") & table.c.completed_at.in_(list(moments))
    return [Done(*row) for row in work.connection.execute(_done().where(of).order_by(table.c.id))]


def last_job(work: "UnitOfWork", instance_id: int, operations: Collection[str]) -> str:
    """When the last job that did one of these was asked for by an instance, empty for none."""
    job = tables.job
    of = (job.c.instance_id == instance_id) & (job.c.status == "done") & job.c.operation.in_(list(operations))
    return work.connection.execute(sa.select(sa.func.max(job.c.requested_at)).where(of)).scalar() or ""


def steps(work: "UnitOfWork", estate_id: int, page: int, size: int) -> tuple[list[Done], int]:
    """A page of the completed tasks of an estate, the latest first, and how many there are."""
    table = tables.task
    of = (table.c.estate_id == estate_id) & (table.c.status == "completed")
    chosen = _done().where(of).order_by(table.c.completed_at.desc(), table.c.id.desc())
    found = work.connection.execute(chosen.limit(size).offset((page - 1) * size))
    total = work.connection.execute(sa.select(sa.func.count()).select_from(table).where(of)).scalar_one()
    return [Done(*row) for row in found], int(total)
