"""Carry estates through the shipped process with our engine and store, and note what each step took."""

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import walk
from bench.walk import Step
from engine import store
from engine.process import instance
from engine.process.definitions import Definition
from engine.store import Store


class Begun(NamedTuple):
    """An estate at its first task, and the instance that carries it."""

    estate: int
    instance: int


def rate(definition: Definition, steps: Sequence[Step], *, warm: bool, synchronous: str = "NORMAL") -> float:
    """Steps a second on a new SQLite database."""
    with TemporaryDirectory() as folder:
        return rate_at(f"sqlite:///{folder}/ours.db", definition, steps, warm=warm, synchronous=synchronous)


def rate_at(
    url: str, definition: Definition, steps: Sequence[Step], *, warm: bool, synchronous: str = "FULL", estates: int = 5
) -> float:
    """Steps a second on the database at ``url``, one estate after the other."""
    with TemporaryDirectory() as folder:
        opened = store.open(url, files=Path(folder), synchronous=synchronous)
        took: list[float] = []
        for _ in range(estates):
            took += carry(opened, definition, begin(opened, definition), steps, warm=warm)
        opened.close()
    return len(took) / sum(took)


def carry(opened: Store, definition: Definition, begun: Begun, steps: Sequence[Step], *, warm: bool) -> list[float]:
    """Take an estate that has just begun along the steps; the seconds of each, from the read to the commit."""
    return [_take(opened, definition, begun.instance, step, warm) for step in steps]


def begin(opened: Store, definition: Definition) -> Begun:
    """Enter an estate and start its journey."""
    with opened.work("bench", walk.START) as work:
        estate_id = work.enter_estate("测速小区", "bench", ("v1", ""), {})
        work.start(estate_id, definition, walk.begin(definition), clock)
    with opened.work("bench", walk.START) as work:
        return Begun(estate_id, work.instances(estate_id)[0].id)


def clock(expression: str) -> str:
    """Every timer runs on the programme's clock."""
    return "programme"


def _take(opened: Store, definition: Definition, instance_id: int, step: Step, warm: bool) -> float:
    if not warm:
        instance.forget_warm()
    started = time.perf_counter()
    with opened.work("bench", step.now) as work:
        at_rest = work.instance(instance_id)
        wait = walk.move(definition, at_rest.state, step)
        answers = walk.ANSWERS if step.completed else None
        work.record(at_rest, wait, clock, step.happened, completed=step.completed, answers=answers)
    return time.perf_counter() - started
