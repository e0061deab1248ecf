"""kill -9 ``daoru carry`` at seeded moments of every stage, resume, and compare with an undisturbed journey."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

CASE = Path(__file__).resolve().parents[1] / "tests" / "cases" / "reference.yaml"
_KEY = "00" * 32
#: Seconds that a run goes on between two looks at it, once its event is near.
_SLICE = 0.001
#: How many events before its own a run is looked at closely; more than one step brings.
_NEAR = 20
#: How many slices beyond the chosen event a run may be killed, at first; fewer whenever that was too late.
_BEYOND = 24
#: Tables that say nothing of the estate.
_NOT_COMPARED = frozenset({"alembic_version", "sqlite_sequence"})


@dataclass(frozen=True)
class Undisturbed:
    """A journey to compare with; by stage the numbers of the ``events`` after which it ran."""

    left: "Left"
    stages: tuple[str, ...]
    events: Mapping[str, range]


@dataclass(frozen=True)
class Left:
    """What a journey leaves: events, stages and documents, the bytes of its papers, the rows of every table."""

    timeline: bytes
    summary: bytes
    papers: Mapping[str, str]
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Killed:
    """One kill: the stage it was meant for, the stages it met, whether it came mid-run, what was different after."""

    stage: str
    met: frozenset[str]
    events: int
    mid_run: bool
    difference: str

    @property
    def same(self) -> bool:
        """Whether the resumed journey left what the undisturbed one did."""
        return not self.difference


def carry_undisturbed(folder: Path) -> Undisturbed:
    """Carry the reference case without a kill."""
    out = folder / "out"
    subprocess.run(_command(out), env=_environment(folder), check=True, capture_output=True)
    left = _left(out)
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for event in orjson.loads(left.timeline):
        if event["kind"] == "StageEntered":
            first.setdefault(event["stage"], event["no"])
        elif event["kind"] == "StageLeft":
            last[event["stage"]] = event["no"]
    return Undisturbed(left, tuple(first), {stage: range(first[stage], last[stage]) for stage in first})


def kill_and_resume(seed: int, undisturbed: Undisturbed) -> Killed:
    """Kill a run at a random moment of the stage that the seed falls on, then resume it.

    The moment is some slices of time beyond a random event of the stage.  Where that was beyond the stage, the next
    run is killed sooner, in the end as soon as the event has happened.
    """
    chance = random.Random(seed)
    stage = undisturbed.stages[seed % len(undisturbed.stages)]
    within = undisturbed.events[stage]
    event, beyond = chance.choice(within), chance.randrange(_BEYOND)
    while True:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            mid_run = _run_until(home, event, beyond)
            met, events = _met(home / "out")
            if stage in met or not (mid_run and beyond):
                return Killed(stage, met, events, mid_run, _resume(home, undisturbed))
        beyond //= 2


def _run_until(home: Path, event: int, beyond: int) -> bool:
    """Kill a run ``beyond`` slices after an event; whether the signal was what ended it.

    From a little before the event on it runs in slices, and stands still while it is looked at.
    """
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(_command(home / "out"), env=_environment(home), stdout=quiet, stderr=quiet)
    with closing(_Log(home / "out")) as log:
        while process.poll() is None and log.events() < max(1, event - _NEAR):
            time.sleep(_SLICE)
        while process.poll() is None and (log.events() < event or beyond > 0):
            beyond -= log.events() >= event
            process.send_signal(signal.SIGCONT)
            time.sleep(_SLICE)
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


class _Log:
    """How many events a run has recorded, read beside it and without touching its database."""

    def __init__(self, out: Path) -> None:
        self.file = out / "data" / "daoru.db"
        self.connection: sqlite3.Connection | None = None

    def events(self) -> int:
        """The number of the latest event; 0 before there is one."""
        try:
            if self.connection is None:
                self.connection = sqlite3.connect(_read_only(self.file), uri=True)
            return int(self.connection.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()[0])
        except sqlite3.OperationalError:  # no file or no table yet
            self.close()
            return 0

    def close(self) -> None:
        """Let go of the database."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def _read_only(file: Path) -> str:
    # a connection that may write would tidy up behind the killed run when it closes
    return f"{file.as_uri()}?mode=ro"


def _met(out: Path) -> tuple[frozenset[str], int]:
    """The stages an estate was in when its run was killed, and how many events it had."""
    running: set[str] = set()
    connection = sqlite3.connect(_read_only(out / "data" / "daoru.db"), uri=True)
    try:
        events = connection.execute("SELECT kind, content FROM event ORDER BY number").fetchall()
    finally:
        connection.close()
    for kind, content in events:
        if kind == "StageEntered":
            running.add(orjson.loads(content)["stage"])
        elif kind == "StageLeft":
            running.discard(orjson.loads(content)["stage"])
    return frozenset(running), len(events)


def _resume(home: Path, undisturbed: Undisturbed) -> str:
    """Resume a killed run; what is different in the end, empty when nothing is."""
    out = home / "out"
    command = [*_command(out), "--resume"]
    resumed = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)
    if resumed.returncode != 0:
        return f"exit {resumed.returncode}: {resumed.stderr[-2000:]}"
    ours, theirs = _left(out), undisturbed.left
    if ours.timeline != theirs.timeline:
        return _first_difference(orjson.loads(ours.timeline), orjson.loads(theirs.timeline))
    return "; ".join(name for name in ("summary", "papers", "rows") if getattr(ours, name) != getattr(theirs, name))


def _left(out: Path) -> Left:
    papers = {paper.name: hashlib.sha256(paper.read_bytes()).hexdigest() for paper in (out / "papers").iterdir()}
    connection = sqlite3.connect(out / "data" / "daoru.db")
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in tables
            if name not in _NOT_COMPARED
        }
    finally:
        connection.close()
    return Left((out / "timeline.json").read_bytes(), (out / "summary.json").read_bytes(), papers, rows)


def _command(out: Path) -> list[str]:
    return [sys.executable, "-u", "-m", "engine.cli", "carry", str(CASE), "--out", str(out)]


def _environment(home: Path) -> dict[str, str]:
    # the disk is not pulled here, only the process killed: what it wrote is with the system
    return {
        **os.environ, "DAORU_HOME": str(home), "DAORU_PERSON_KEY": _KEY, "DAORU_SYNCHRONOUS": "OFF",
        "PYTHONPATH": str(CASE.parents[2]),
    }  # fmt: skip


def _first_difference(ours: list[Any], theirs: list[Any]) -> str:
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            return f"{one}\n{other}"
    return f"{len(ours)} events, {len(theirs)} undisturbed"
