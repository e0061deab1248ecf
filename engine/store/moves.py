"""Write a move of an instance: the rows that its wait state projects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine import events
from engine.errors import Conflict
from engine.process.definitions import Definition
from engine.process.instance import WaitState
from engine.store import rows, tables

Clock = Callable[[str], str]


@dataclass(frozen=True)
class Done:
    """The user task that a move completed, if any; when and by whom."""

    ref: str
    at: str
    actor: str
    answers: Mapping[str, Any] | None


def stage_events(wait: WaitState) -> list[events.Event]:
    """What a wait state says of stages and of the end."""
    happened: list[events.Event] = [events.StageLeft(stage) for stage in wait.left]
    return happened + [events.StageEntered(stage) for stage in wait.entered]


def begin(connection: sa.Connection, estate_id: int, definition: Definition, wait: WaitState, clock: Clock) -> None:
    """Insert an instance and everything it waits for."""
    made = sa.insert(tables.instance).values(
        estate_id=estate_id,
        process_id=definition.process_id,
        definition_version=definition.version,
        version=1,
        finished=int(wait.finished),
        state=wait.state,
    )
    key = connection.execute(made.returning(tables.instance.c.id)).scalar_one()
    _open(connection, estate_id, key, wait, clock, {})


def advance(connection: sa.Connection, instance: rows.Instance, wait: WaitState, clock: Clock, done: Done) -> None:
    """Replace the state of an instance and bring its rows up to it.  Raises Conflict when it moved meanwhile."""
    table = tables.instance
    moved = (
        sa.update(table)
        .where((table.c.id == instance.id) & (table.c.version == instance.version))
        .values(state=wait.state, version=instance.version + 1, finished=int(wait.finished))
    )
    if connection.execute(moved).rowcount != 1:
        raise Conflict
    replaced = {
        "instance_id": instance.id,
        "version": instance.version,
        "at": done.at,
        "actor": done.actor,
        "replaced": instance.state,
    }
    connection.execute(sa.insert(tables.move), replaced)
    known = {name: _waiting(connection, name, instance.id) for name in _WAITING}
    _close(connection, known, wait, done)
    _open(connection, instance.estate_id, instance.id, wait, clock, known)


def end(connection: sa.Connection, instance_id: int) -> None:
    """Cancel whatever an instance still waits for, and finish it."""
    for table, waiting, _ in _WAITING.values():
        still = (table.c.instance_id == instance_id) & (table.c.status == waiting)
        connection.execute(sa.update(table).where(still).values(status="cancelled"))
    connection.execute(sa.update(tables.instance).where(tables.instance.c.id == instance_id).values(finished=1))


#: Register of waiting rows by the part of the wait state that they project, with the status they wait in.
_WAITING: Mapping[str, tuple[sa.Table, str, str]] = {
    "tasks": (tables.task, "open", "cancelled"),
    "jobs": (tables.job, "waiting", "done"),
    "timers": (tables.timer, "running", "over"),
    "messages": (tables.awaited_message, "awaited", "over"),
}


def _waiting(connection: sa.Connection, name: str, instance_id: int) -> dict[str, Any]:
    table, status, _ = _WAITING[name]
    chosen = sa.select(table.c.id, table.c.ref, *([table.c.due] if name == "timers" else []))
    found = connection.execute(chosen.where((table.c.instance_id == instance_id) & (table.c.status == status)))
    return {row.ref: row for row in found}


def _close(connection: sa.Connection, known: Mapping[str, Mapping[str, Any]], wait: WaitState, done: Done) -> None:
    for name, (table, _, over) in _WAITING.items():
        still = {thing.ref for thing in getattr(wait, name)}
        for ref, row in known[name].items():
            if ref in still:
                continue
            values: dict[str, Any] = {"status": over}
            if name == "tasks" and ref == done.ref:
                answers = orjson.dumps(done.answers or {})
                values = {
                    "status": "completed",
                    "completed_at": done.at,
                    "completed_by": done.actor,
                    "answers": answers,
                }
            connection.execute(sa.update(table).where(table.c.id == row.id).values(**values))


def _open(
    connection: sa.Connection,
    estate_id: int,
    instance_id: int,
    wait: WaitState,
    clock: Clock,
    known: Mapping[str, Mapping[str, Any]],
) -> None:
    common = {"estate_id": estate_id, "instance_id": instance_id}
    for name, (table, status, _) in _WAITING.items():
        before = known.get(name, {})
        fresh = [thing for thing in getattr(wait, name) if thing.ref not in before]
        if fresh:
            values = [{**common, "status": status, **_row(thing, name, clock)} for thing in fresh]
            connection.execute(sa.insert(table), values)
    for timer in wait.timers:
        row = known.get("timers", {}).get(timer.ref)
        due = timer.due.astimezone(UTC).isoformat()
        if row is not None and row.due != due:
            connection.execute(sa.update(tables.timer).where(tables.timer.c.id == row.id).values(due=due))


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "tasks": ("ref", "name", "title", "lane", "stage"),
    "jobs": ("ref", "name", "operation", "stage"),
    "timers": ("ref", "name", "title", "expression", "stage", "attached_to"),
    "messages": ("ref", "name"),
}


def _row(thing: Any, name: str, clock: Clock) -> dict[str, Any]:
    row = {field: getattr(thing, field) for field in _FIELDS[name]}
    if name == "tasks":
        row["opened_at"] = _moment(thing.opened_at)
    if name == "jobs":
        row |= {"parameters": orjson.dumps(dict(thing.parameters)), "requested_at": _moment(thing.requested_at)}
        row |= {"fence": 0, "attempts": 0}
    if name == "timers":
        row |= {"due": thing.due.astimezone(UTC).isoformat(), "clock": clock(thing.expression)}
    return row


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
