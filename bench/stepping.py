"""Step the shipped process, each step committed: ours against the library's whole JSON and a hand-written machine."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from engine import store
from engine.process import instance
from engine.process.definitions import Definition
from engine.process.instance import WaitState
from engine.store import Store
from engine.use_cases.library import shipped
from tests.unit.process.oracle import Oracle

_NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
_ONWARD = {
    "intake": "ACCEPT", "survey": "COMPLETE", "diagnosis": "SUITABLE", "owners_body": "READY", "consent": "REACHED",
    "foundation": "READY",
    "plan": "CLEAR", "participation": "PROCEED", "vote": "PASSED", "supervisor": "ELIGIBLE", "signing": "READY",
    "handover": "COMPLETE", "acceptance": "PASS",
}  # fmt: skip
ROUNDS = 5


class TenDays:
    """Every period is ten days."""

    zone = ZoneInfo("Asia/Shanghai")

    def due(self, key: str, since: datetime) -> datetime:
        """Ten days later."""
        return since + timedelta(days=10)


def measure() -> list[tuple[str, float]]:
    """Steps a second of each way, medians of five interleaved rounds."""
    definition = shipped().definition("onboarding")
    ways: dict[str, Callable[[Definition], float]] = {
        "ours, cold, SQLite WAL NORMAL": lambda one: _ours(one, warm=False, synchronous="NORMAL"),
        "ours, warm, SQLite WAL NORMAL": lambda one: _ours(one, warm=True, synchronous="NORMAL"),
        "ours, warm, SQLite WAL FULL": lambda one: _ours(one, warm=True, synchronous="FULL"),
        "stock SpiffWorkflow, whole JSON, SQLite WAL NORMAL": _stock,
        "hand-written machine, the same rows, SQLite WAL NORMAL": _by_hand,
    }
    rounds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            rounds[name].append(way(definition))
    return [(name, statistics.median(found)) for name, found in rounds.items()]


Walk = Generator[tuple[str, str, str, dict[str, Any], datetime, WaitState], WaitState, None]


def _walk(definition: Definition) -> Walk:
    """The steps of the main path: what, ref, name, values, when, and the wait state reached; send the next in."""
    now = _NOW
    wait = instance.start(definition, deadlines=TenDays(), now=now)
    while not wait.finished:
        now += timedelta(days=1)
        what, ref, name, values = _next(definition, wait, now)
        if what == "timer":
            now = max(now, next(timer.due for timer in wait.timers if timer.ref == ref))
        wait = yield what, ref, name, values, now, wait


def _next(definition: Definition, wait: WaitState, now: datetime) -> tuple[str, str, str, dict[str, Any]]:
    if wait.jobs:
        job = wait.jobs[0]
        gate = job.parameters.get("gate", "")
        values: dict[str, Any] = {f"{gate}_outcome": _ONWARD[gate]} if gate else {}
        if gate == "participation":
            values["voting_closes_on"] = now.date()
        return "job", job.ref, job.name, values
    if wait.tasks:
        task = wait.tasks[0]
        names = definition.user_tasks[task.name].routing
        return "task", task.ref, task.name, {n: now.date() if n.endswith("_on") else "x" for n in names}
    timer = min(wait.timers, key=lambda one: one.due)
    return "timer", timer.ref, timer.name, {}


def _move(definition: Definition, state: bytes, what: str, ref: str, values: Any, now: datetime) -> WaitState:
    deadlines = TenDays()
    if what == "task":
        return instance.complete(definition, state, ref, values, deadlines=deadlines, now=now)
    if what == "job":
        return instance.complete_job(definition, state, ref, values, deadlines=deadlines, now=now)
    return instance.fire_due(definition, state, deadlines=deadlines, now=now, refs={ref})


def _ours(definition: Definition, *, warm: bool, synchronous: str) -> float:
    with TemporaryDirectory() as folder:
        opened = store.open(f"sqlite:///{folder}/bench.db", files=Path(folder) / "files", synchronous=synchronous)
        steps, seconds = _timed(opened, definition, warm)
        opened.close()
    return steps / seconds


def _timed(opened: Store, definition: Definition, warm: bool) -> tuple[int, float]:
    with opened.work("bench", _NOW) as work:
        estate_id = work.enter_estate("测速小区", "bench", ("v1", ""), {})
        work.start(
            estate_id, definition, instance.start(definition, deadlines=TenDays(), now=_NOW), lambda _: "programme"
        )
    walk = _walk(definition)
    what, ref, _, values, now, _ = next(walk)
    steps, started = 0, time.perf_counter()
    while True:
        if not warm:
            instance._warm.clear()
        with opened.work("bench", now) as work:
            at_rest = work.instance(1)
            wait = _move(definition, at_rest.state, what, ref, values, now)
            work.record(at_rest, wait, lambda _: "programme", completed=ref, answers=values and {"given": "x" * 400})
        steps += 1
        try:
            what, ref, _, values, now, _ = walk.send(wait)
        except StopIteration:
            return steps, time.perf_counter() - started


def _plain(folder: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{folder}/peer.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE instance (id INTEGER PRIMARY KEY, version INTEGER, state BLOB)")
    connection.execute("CREATE TABLE move (version INTEGER, replaced BLOB)")
    connection.execute("CREATE TABLE task (ref TEXT PRIMARY KEY, status TEXT, answers BLOB)")
    connection.execute("CREATE TABLE event (number INTEGER PRIMARY KEY, content BLOB)")
    connection.execute("INSERT INTO instance VALUES (1, 1, x'00')")
    return connection


def _stock(definition: Definition) -> float:
    with TemporaryDirectory() as folder:
        connection = _plain(folder)
        oracle = Oracle(definition, TenDays(), _NOW)
        walk = _walk(definition)
        what, ref, name, values, now, wait = next(walk)
        steps, seconds = 0, 0.0
        while True:
            started = time.perf_counter()
            oracle.step(name, values, now)
            connection.execute("UPDATE instance SET version = version + 1, state = ? WHERE id = 1", (oracle.state,))
            seconds += time.perf_counter() - started
            steps += 1
            try:
                wait = _move(definition, wait.state, what, ref, values, now)
                what, ref, name, values, now, wait = walk.send(wait)
            except StopIteration:
                connection.close()
                return steps / seconds


def _by_hand(definition: Definition) -> float:
    """A dictionary as the state, one transition a step: what nobody could be faster than with these rows."""
    with TemporaryDirectory() as folder:
        connection = _plain(folder)
        steps, started = 1_000, time.perf_counter()
        for number in range(steps):
            connection.execute("BEGIN IMMEDIATE")
            [(version, state)] = connection.execute("SELECT version, state FROM instance WHERE id = 1").fetchall()
            new = orjson.dumps({"at": number, "data": {"given": "x" * 300}})
            connection.execute(
                "UPDATE instance SET version = ?, state = ? WHERE id = 1 AND version = ?", (version + 1, new, version)
            )
            connection.execute("INSERT INTO move VALUES (?, ?)", (version, state))
            connection.execute("UPDATE task SET status = 'completed', answers = ? WHERE ref = ?", (new, f"t{number}"))
            connection.execute("INSERT INTO task VALUES (?, 'open', NULL)", (f"t{number + 1}",))
            connection.execute("INSERT INTO event VALUES (?, ?)", (number, new))
            connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        connection.close()
    return steps / seconds
