"""Write a move of an instance: its state, and of the rows that project it those that changed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine import events
from engine.errors import Conflict
from engine.process.definitions import Definition
from engine.process.instance import Awaited, Job, Task, Timer, Wait, WaitState
from engine.store import rows, tables, undone
from engine.store.statements import Statement

Clock = Callable[[str], str]


@dataclass(frozen=True)
class Done:
    """The user task that a move completed, if any; when and by whom; how often it had changed hands before."""

    ref: str
    at: str
    actor: str
    answers: Mapping[str, Any] | None
    handled: int = 0


class _Register:
    """A table with a row for each thing of one kind that instances wait for, or waited for."""

    def __init__(self, table: sa.Table, waits: str, over: str, own: Callable[[Any], dict[str, Any]], *names: str):
        self.table, self.waits, self.over, self.own = table, waits, over, own
        self.insert = Statement(sa.insert(table), "estate_id", "instance_id", "ref", "name", "status", *names)
        self.close = Statement(_update(table), "status")


def _update(table: sa.Table) -> sa.Update:
    """Change the row of a ref; the unique index finds it."""
    return sa.update(table).where(table.c.instance_id == sa.bindparam("of"), table.c.ref == sa.bindparam("named"))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _due(timer: Timer) -> str:
    return timer.due.astimezone(UTC).isoformat()


def _first_due(task: Task, wait: WaitState) -> str | None:
    """The earliest deadline attached to a task."""
    return min((_due(timer) for timer in wait.timers if timer.attached_to == task.name), default=None)


def _task(task: Task) -> dict[str, Any]:
    return {"title": task.title, "lane": task.lane, "stage": task.stage, "opened_at": _moment(task.opened_at)}


def _job(job: Job) -> dict[str, Any]:
    requested = {"parameters": orjson.dumps(dict(job.parameters)), "requested_at": _moment(job.requested_at)}
    return {"operation": job.operation, "stage": job.stage, "fence": 0, "attempts": 0, **requested}


def _timer(timer: Timer) -> dict[str, Any]:
    drawn = {"title": timer.title, "expression": timer.expression, "attached_to": timer.attached_to}
    return {"due": _due(timer), "stage": timer.stage, **drawn}


_REGISTERS: Mapping[type[Wait], _Register] = {
    Task: _Register(tables.task, "open", "cancelled", _task, "title", "lane", "stage", "opened_at", "due"),
    Job: _Register(
        tables.job, "waiting", "done", _job,
        "operation", "parameters", "stage", "requested_at", "fence", "attempts",
    ),
    Timer: _Register(
        tables.timer, "running", "over", _timer,
        "title", "due", "expression", "clock", "stage", "attached_to",
    ),
    Awaited: _Register(tables.awaited_message, "awaited", "over", lambda message: {}),
}  # fmt: skip
_instance = tables.instance
_BEGIN = Statement(
    sa.insert(_instance).returning(_instance.c.id),
    "estate_id", "process_id", "definition_version", "version", "finished", "state",
)  # fmt: skip
_ADVANCE = Statement(
    sa.update(_instance)
    .where(_instance.c.id == sa.bindparam("of"), _instance.c.version == sa.bindparam("seen"))
    .values(version=_instance.c.version + sa.literal_column("1")),
    "state", "finished",
)  # fmt: skip
_KEEP = Statement(sa.insert(tables.move), *tables.move.c.keys())
_COMPLETE = Statement(
    _update(tables.task).where(tables.task.c.handled == sa.bindparam("seen")),
    "status", "completed_at", "completed_by", "answers",
)  # fmt: skip
_ENTER = Statement(sa.insert(tables.stay), "estate_id", "stage", "entered_at")
_LEAVE = Statement(
    sa.update(tables.stay).where(
        tables.stay.c.estate_id == sa.bindparam("of"),
        tables.stay.c.stage == sa.bindparam("named"),
        tables.stay.c.left_at.is_(None),
    ),
    "left_at",
)
_SHIFT = Statement(_update(tables.timer), "due")
# a deadline that has passed stays; one to come moves
_POSTPONE = Statement(
    sa.update(tables.task).where(
        tables.task.c.instance_id == sa.bindparam("of"),
        tables.task.c.ref == sa.bindparam("named"),
        ~sa.exists().where(tables.timer.c.fired_for == tables.task.c.id),
    ),
    "due",
)


def stage_events(wait: WaitState) -> list[events.Event]:
    """What a wait state says of stages and of the end."""
    happened: list[events.Event] = [events.StageLeft(stage) for stage in wait.left]
    return happened + [events.StageEntered(stage) for stage in wait.entered]


def begin(connection: sa.Connection, estate_id: int, definition: Definition, wait: WaitState, clock: Clock) -> None:
    """Insert an instance and everything it waits for."""
    begun = {"process_id": definition.process_id, "definition_version": definition.version, "version": 1}
    values = {"estate_id": estate_id, **begun, "finished": int(wait.finished), "state": wait.state}
    [key] = _BEGIN.run(connection, values).fetchone()
    _open(connection, estate_id, key, wait, clock)


def advance(connection: sa.Connection, instance: rows.Instance, wait: WaitState, clock: Clock, done: Done) -> None:
    """Replace the state of an instance and bring its rows up to it.  Raises Conflict when it moved meanwhile."""
    _replace(connection, instance, wait, done)
    _close(connection, instance.id, wait, done)
    _open(connection, instance.estate_id, instance.id, wait, clock)


def restore(
    connection: sa.Connection,
    instance: rows.Instance,
    wait: WaitState,
    clock: Clock,
    done: Done,
    fell: Mapping[str, Collection[int]],
) -> None:
    """Bring an instance back to an earlier state; ``fell`` are the ids of the rows that fall with what came after.

    Raises Conflict when it moved meanwhile.
    """
    _replace(connection, instance, wait, done)
    undone.end(connection, fell)
    _open(connection, instance.estate_id, instance.id, wait, clock)


def _replace(connection: sa.Connection, instance: rows.Instance, wait: WaitState, done: Done) -> None:
    moved = {"of": instance.id, "seen": instance.version, "state": wait.state, "finished": int(wait.finished)}
    _ADVANCE.run_on_one(connection, moved)
    kept = {"instance_id": instance.id, "version": instance.version, "replaced": instance.state}
    _KEEP.run(connection, {**kept, "at": done.at, "actor": done.actor})


def stay(connection: sa.Connection, estate_id: int, wait: WaitState, at: str) -> None:
    """End the stays in the stages that a move left, and begin those in the stages it entered."""
    for stage in wait.left:
        _LEAVE.run(connection, {"of": estate_id, "named": stage, "left_at": at})
    for stage in wait.entered:
        _ENTER.run(connection, {"estate_id": estate_id, "stage": stage, "entered_at": at})


def end(connection: sa.Connection, instance: rows.Instance) -> None:
    """Cancel whatever an instance still waits for, and finish it.  Raises Conflict when it moved meanwhile."""
    seen = (_instance.c.id == instance.id) & (_instance.c.version == instance.version)
    # a step that somebody is taking at this moment must find that the instance is not what it was
    finished = sa.update(_instance).where(seen).values(finished=1, version=instance.version + 1)
    if connection.execute(finished).rowcount != 1:
        raise Conflict
    for register in _REGISTERS.values():
        table = register.table
        still = (table.c.instance_id == instance.id) & (table.c.status == register.waits)
        connection.execute(sa.update(table).where(still).values(status="cancelled"))


def _close(connection: sa.Connection, instance_id: int, wait: WaitState, done: Done) -> None:
    for ref, thing in wait.before.items():
        which = {"of": instance_id, "named": ref}
        if ref in wait.waits:
            continue
        if ref == done.ref:
            given = {"completed_at": done.at, "completed_by": done.actor, "answers": orjson.dumps(done.answers or {})}
            seen = {"status": "completed", "seen": done.handled}
            _COMPLETE.run_on_one(connection, {**which, **seen, **given})
        else:
            register = _REGISTERS[type(thing)]
            register.close.run(connection, {**which, "status": register.over})


def _open(connection: sa.Connection, estate_id: int, instance_id: int, wait: WaitState, clock: Clock) -> None:
    fresh: dict[type[Wait], list[dict[str, Any]]] = {}
    for ref, thing in wait.waits.items():
        before = wait.before.get(ref)
        if before is None:
            fresh.setdefault(type(thing), []).append(_row(estate_id, instance_id, thing, clock, wait))
        elif isinstance(thing, Timer) and thing != before:
            _SHIFT.run(connection, {"of": instance_id, "named": ref, "due": _due(thing)})
            for task in (task for task in wait.tasks if task.name == thing.attached_to):
                _POSTPONE.run(connection, {"of": instance_id, "named": task.ref, "due": _first_due(task, wait)})
    for kind, values in fresh.items():
        _REGISTERS[kind].insert.run_all(connection, values)


def _row(estate_id: int, instance_id: int, thing: Wait, clock: Clock, wait: WaitState) -> dict[str, Any]:
    register = _REGISTERS[type(thing)]
    row = {"estate_id": estate_id, "instance_id": instance_id, "ref": thing.ref, "name": thing.name}
    row |= {"status": register.waits, **register.own(thing)}
    if isinstance(thing, Timer):
        row["clock"] = clock(thing.expression)
    elif isinstance(thing, Task):
        row["due"] = _first_due(thing, wait)
    return row
