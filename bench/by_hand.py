"""A state machine written by hand, the limit to aim at: no engine, no SQL toolkit, only the rows.

It loads and checks its state, takes one transition from a table, and writes what our store writes for that step:
the same rows in the same tables under the same indexes and settings, on the bare driver.
"""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from bench import ours, walk
from bench.ours import Begun
from bench.walk import Step
from engine import store
from engine.process.definitions import Definition
from engine.process.instance import Awaited, Job, Task, Timer, Wait

_TABLES = {Task: "task", Job: "job", Timer: "timer", Awaited: "awaited_message"}
_OVER = {Task: "cancelled", Job: "done", Timer: "over", Awaited: "over"}
_INSERTS = {
    Task: "INSERT INTO task (estate_id, instance_id, ref, name, title, lane, stage, status, opened_at, due) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)",
    Job: "INSERT INTO job (estate_id, instance_id, ref, name, operation, parameters, stage, status, requested_at, "
    "fence, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, 0, 0)",
    Timer: "INSERT INTO timer (estate_id, instance_id, ref, name, title, due, expression, clock, stage, attached_to, "
    "status) VALUES (?, ?, ?, ?, ?, ?, ?, 'programme', ?, ?, 'running')",
    Awaited: "INSERT INTO awaited_message (estate_id, instance_id, ref, name, status) VALUES (?, ?, ?, ?, 'awaited')",
}


@dataclass(frozen=True)
class Transition:
    """What one step does: the table that a hand would have typed."""

    ref: str
    now: str
    values: Mapping[str, Any]
    completes: bool
    closes: Sequence[tuple[str, str, str]]
    opens: Sequence[tuple[str, str, tuple[Any, ...]]]
    happened: Sequence[tuple[str, bytes]]
    left: Sequence[str]
    entered: Sequence[str]
    finished: int


def rate(definition: Definition, steps: Sequence[Step], estates: int = 5) -> float:
    """Steps a second; the last estate is compared, row by row, with one that our own store has carried."""
    table = [_transition(step) for step in steps]
    with TemporaryDirectory() as folder:
        opened = store.open(f"sqlite:///{folder}/hand.db", files=Path(folder), synchronous="NORMAL")
        model = ours.begin(opened, definition)
        ours.carry(opened, definition, model, steps, warm=True)
        connection = _open(f"{folder}/hand.db")
        took: list[float] = []
        for _ in range(estates):
            begun = ours.begin(opened, definition)
            took += _carry(connection, begun, table)
            _compare(connection, model, begun)
        connection.close()
        opened.close()
    return len(took) / sum(took)


def _open(path: str) -> sqlite3.Connection:
    """The bare driver on a database that our store has made, with the settings of our store."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _carry(connection: sqlite3.Connection, begun: Begun, table: Sequence[Transition]) -> list[float]:
    first = orjson.dumps({"open": [table[0].ref], "data": {}})
    connection.execute("UPDATE instance SET state = ? WHERE id = ?", (first, begun.instance))
    return [_take(connection, begun.estate, begun.instance, transition) for transition in table]


def _compare(connection: sqlite3.Connection, model: Begun, copy: Begun) -> None:
    """Raises AssertionError unless both have the same rows; keys and states are their own."""
    own = {"id", "estate_id", "instance_id", "replaced", "state"}
    for table, key in (
        ("task", 1),
        ("job", 1),
        ("timer", 1),
        ("awaited_message", 1),
        ("move", 1),
        ("event", 0),
        ("stay", 0),
        ("instance", 0),
    ):
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in own]
        which = ("estate_id", "instance_id")[key]
        chosen = f"SELECT {', '.join(names)} FROM {table} WHERE {which} = ? ORDER BY 1, 2, 3"
        ours_, theirs = (connection.execute(chosen, (begun[key],)).fetchall() for begun in (model, copy))
        assert ours_ == theirs, f"the hand-written machine writes other rows into {table}"


def _take(connection: sqlite3.Connection, estate: int, instance: int, step: Transition) -> float:
    started = time.perf_counter()
    execute = connection.execute
    state, version = execute("SELECT state, version FROM instance WHERE id = ?", (instance,)).fetchone()
    machine = orjson.loads(state)
    if step.ref not in machine["open"]:
        raise LookupError(step.ref)
    closed = {ref for _, ref, _ in step.closes}
    machine["open"] = [ref for ref in machine["open"] if ref not in closed] + [ref for _, ref, _ in step.opens]
    machine["data"].update(step.values)
    execute("BEGIN IMMEDIATE")
    moved = execute(
        "UPDATE instance SET state = ?, version = version + 1, finished = ? WHERE id = ? AND version = ?",
        (orjson.dumps(machine), step.finished, instance, version),
    )
    if moved.rowcount != 1:
        raise LookupError(version)
    execute(
        "INSERT INTO move (instance_id, version, at, actor, replaced) VALUES (?, ?, ?, 'bench', ?)",
        (instance, version, step.now, state),
    )
    _rows(connection, estate, instance, step)
    execute("COMMIT")
    return time.perf_counter() - started


def _rows(connection: sqlite3.Connection, estate: int, instance: int, step: Transition) -> None:
    execute = connection.execute
    for table, ref, status in step.closes:
        if ref == step.ref and step.completes:
            execute(
                "UPDATE task SET status = 'completed', completed_at = ?, completed_by = 'bench', answers = ? "
                "WHERE instance_id = ? AND ref = ?",
                (step.now, orjson.dumps(walk.ANSWERS), instance, ref),
            )
        else:
            execute(f"UPDATE {table} SET status = ? WHERE instance_id = ? AND ref = ?", (status, instance, ref))
    for insert, _, values in step.opens:
        execute(insert, (estate, instance, *values))
    for stage in step.left:
        ended = "UPDATE stay SET left_at = ? WHERE estate_id = ? AND stage = ? AND left_at IS NULL"
        execute(ended, (step.now, estate, stage))
    for stage in step.entered:
        execute("INSERT INTO stay (estate_id, stage, entered_at) VALUES (?, ?, ?)", (estate, stage, step.now))
    counted = "UPDATE estate SET events = events + ? WHERE id = ? RETURNING events"
    [[last]] = execute(counted, (len(step.happened), estate)).fetchall()
    for number, (kind, content) in enumerate(step.happened, last - len(step.happened) + 1):
        execute(
            "INSERT INTO event (estate_id, number, at, actor, kind, content) VALUES (?, ?, ?, 'bench', ?, ?)",
            (estate, number, step.now, kind, content),
        )


def _transition(step: Step) -> Transition:
    before, after = step.reached.before, step.reached.waits
    gone = [wait for ref, wait in before.items() if ref not in after]
    fresh = [wait for ref, wait in after.items() if ref not in before]
    stages = [("StageLeft", stage) for stage in step.reached.left]
    stages += [("StageEntered", stage) for stage in step.reached.entered]
    happened = [(step.happened.kind, orjson.dumps(step.happened.content()))]
    return Transition(
        ref=step.waited.ref,
        now=_moment(step.now),
        values={name: str(value) for name, value in step.values.items()},
        completes=bool(step.completed),
        closes=[(_TABLES[type(wait)], wait.ref, _OVER[type(wait)]) for wait in gone],
        opens=[(_INSERTS[type(wait)], wait.ref, _columns(wait, step.reached.timers)) for wait in fresh],
        happened=happened + [(kind, orjson.dumps({"stage": stage})) for kind, stage in stages],
        left=step.reached.left,
        entered=step.reached.entered,
        finished=int(step.reached.finished),
    )


def _columns(wait: Wait, timers: Sequence[Timer]) -> tuple[Any, ...]:
    match wait:
        case Task():
            due = min((_due(timer) for timer in timers if timer.attached_to == wait.name), default=None)
            return wait.ref, wait.name, wait.title, wait.lane, wait.stage, _moment(wait.opened_at), due
        case Job():
            asked = orjson.dumps(dict(wait.parameters))
            return wait.ref, wait.name, wait.operation, asked, wait.stage, _moment(wait.requested_at)
        case Timer():
            return wait.ref, wait.name, wait.title, _due(wait), wait.expression, wait.stage, wait.attached_to
        case Awaited():
            return wait.ref, wait.name


def _due(timer: Timer) -> str:
    return timer.due.astimezone(UTC).isoformat()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
