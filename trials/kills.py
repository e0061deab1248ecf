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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

CASE = Path(__file__).resolve().parents[1] / "tests" / "cases" / "reference.yaml"
_KEY = "00" * 32
_TRIES = 8
#: Tables that say nothing of the estate.
_NOT_COMPARED = frozenset({"alembic_version", "sqlite_sequence"})


@dataclass(frozen=True)
class Undisturbed:
    """A journey to compare with; ``lines`` of what it printed, by the stages that ran when it was printed."""

    left: "Left"
    stages: tuple[str, ...]
    lines: Mapping[str, range]


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
    done = subprocess.run(_command(out), env=_environment(folder), check=True, capture_output=True, text=True)
    stages, first, last = [], {}, {}
    for number, line in enumerate(done.stdout.splitlines(), start=1):
        if "▶ 进入阶段 " in line:
            stages.append(line.rpartition(" ")[2])
            first[stages[-1]] = number
        elif "◀ 离开阶段 " in line:
            last[line.rpartition(" ")[2]] = number
    return Undisturbed(_left(out), tuple(stages), {stage: range(first[stage], last[stage]) for stage in stages})


def kill_and_resume(seed: int, undisturbed: Undisturbed) -> Killed:
    """Kill a run at a random moment of the stage that the seed falls on, then resume it.

    A kill that met another stage, as the run had gone on, is tried again at another moment.
    """
    chance = random.Random(seed)
    stage = undisturbed.stages[seed % len(undisturbed.stages)]
    for _ in range(_TRIES):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            mid_run = _run_until(home, chance.choice(undisturbed.lines[stage]), chance.random() * 0.03)
            met, events = _met(home / "out")
            if mid_run and stage not in met:
                continue
            return Killed(stage, met, events, mid_run, _resume(home, undisturbed))
    return Killed(stage, frozenset(), 0, False, f"no kill met {stage} in {_TRIES} tries")


def _run_until(home: Path, line: int, pause: float) -> bool:
    """Kill the run a moment after it printed ``line`` lines; whether the signal was what ended it."""
    process = subprocess.Popen(_command(home / "out"), env=_environment(home), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for number, _ in enumerate(process.stdout, start=1):
        if number >= line:
            break
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def _met(out: Path) -> tuple[frozenset[str], int]:
    """The stages an estate was in when its run was killed, and how many events it had."""
    running: set[str] = set()
    connection = sqlite3.connect(out / "data" / "daoru.db")
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
