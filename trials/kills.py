"""kill -9 ``daoru carry`` at seeded moments, resume, and compare with an undisturbed journey."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

CASE = Path(__file__).resolve().parents[1] / "tests" / "cases" / "reference.yaml"
_KEY = "00" * 32


@dataclass(frozen=True)
class Undisturbed:
    """A journey to compare with; ``lines`` is how many lines it printed."""

    timeline: bytes
    summary: bytes
    lines: int


@dataclass(frozen=True)
class Killed:
    """One kill: after which line it came, whether that was mid-run, and whether the end is the same."""

    line: int
    mid_run: bool
    same: bool
    difference: str


def carry_undisturbed(folder: Path) -> Undisturbed:
    """Carry the reference case without a kill."""
    out = folder / "out"
    done = subprocess.run(_command(out), env=_environment(folder), check=True, capture_output=True, text=True)
    return Undisturbed(
        (out / "timeline.json").read_bytes(), (out / "summary.json").read_bytes(), len(done.stdout.splitlines())
    )


def kill_and_resume(seed: int, kills: int, undisturbed: Undisturbed) -> Killed:
    """Kill the run in the ``seed``-th of ``kills`` equal parts of its progress, then resume it."""
    chance = random.Random(seed)
    width = undisturbed.lines / kills
    line = max(2, int(width * (seed % kills) + chance.random() * width))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        mid_run = _run_until(home, line, chance.random() * 0.04)
        resumed = subprocess.run(
            [*_command(home / "out"), "--resume"], env=_environment(home), capture_output=True, text=True
        )
        if resumed.returncode != 0:
            return Killed(line, mid_run, False, resumed.stderr[-2000:])
        timeline = (home / "out" / "timeline.json").read_bytes()
        summary = (home / "out" / "summary.json").read_bytes()
    same = timeline == undisturbed.timeline and summary == undisturbed.summary
    return Killed(line, mid_run, same, "" if same else _difference(timeline, undisturbed.timeline))


def _run_until(home: Path, line: int, pause: float) -> bool:
    """Kill the run a moment after it printed ``line`` lines; whether it was still running then."""
    process = subprocess.Popen(_command(home / "out"), env=_environment(home), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for number, _ in enumerate(process.stdout, start=1):
        if number >= line:
            break
    time.sleep(pause)
    running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return running and process.returncode == -signal.SIGKILL


def _command(out: Path) -> list[str]:
    return [sys.executable, "-u", "-m", "engine.cli", "carry", str(CASE), "--out", str(out)]


def _environment(home: Path) -> dict[str, str]:
    # the disk is not pulled here, only the process killed: what it wrote is with the system
    return {
        **os.environ, "DAORU_HOME": str(home), "DAORU_PERSON_KEY": _KEY, "DAORU_SYNCHRONOUS": "OFF",
        "PYTHONPATH": str(CASE.parents[2]),
    }  # fmt: skip


def _difference(ours: bytes, theirs: bytes) -> str:
    first: list[Any] = orjson.loads(ours)
    second: list[Any] = orjson.loads(theirs)
    for one, other in zip(first, second, strict=False):
        if one != other:
            return f"{one}\n{other}"
    return f"{len(first)} events, {len(second)} undisturbed"
