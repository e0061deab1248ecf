"""Two processes race for one task: one wins, the other gets a Conflict, nothing is doubled."""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine import store
from engine.errors import Conflict, NotFound
from engine.process import definitions, instance
from engine.process.waiting import WithoutPack
from engine.store import Store

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
_LOOP = Path(__file__).resolve().parents[1] / "tests" / "diagrams" / "mech_loop.bpmn"


@dataclass(frozen=True)
class Races:
    """What a number of races came to; every race must have one winner and one task the more completed."""

    rounds: int
    won: int
    lost: int
    moves: int
    completed: int

    @property
    def clean(self) -> bool:
        """Whether each race had exactly one winner and was recorded once."""
        return self.won == self.lost == self.moves == self.completed == self.rounds


def run(url: str, files: Path, rounds: int) -> Races:
    """Let two processes race ``rounds`` times for the one open task of an instance."""
    opened = store.open(url, files=files, synchronous="NORMAL")
    _begin(opened)
    context = multiprocessing.get_context("spawn")
    barrier, tally = context.Barrier(2), context.Queue()
    racers = [context.Process(target=_racer, args=(url, files, rounds, barrier, tally)) for _ in range(2)]
    for racer in racers:
        racer.start()
    results = [tally.get(timeout=600) for _ in racers]
    for racer in racers:
        racer.join()
    with store_work(opened) as work:
        moves = work.instance(1).version - 1
        completed = len(work.answered(1))
    opened.close()
    won = sum(result[0] for result in results)
    lost = sum(result[1] for result in results)
    return Races(rounds, won, lost, moves, completed)


def store_work(opened: Store) -> Any:
    """A unit of work of a racer."""
    return opened.work(f"racer {os.getpid()}", NOW)


def _definition() -> definitions.Definition:
    return definitions.load({_LOOP.name: _LOOP.read_bytes()}, _LOOP.stem)


def _clock(expression: str) -> str:
    return "programme"


def _begin(opened: Store) -> None:
    with store_work(opened) as work:
        estate_id = work.enter_estate("竞争小区", "test", ("v1", ""), {})
        definition = _definition()
        work.start(estate_id, definition, instance.start(definition, deadlines=WithoutPack(), now=NOW), _clock)


def _racer(url: str, files: Path, rounds: int, barrier: Any, tally: Any) -> None:
    opened = store.open(url, files=files, synchronous="NORMAL")
    definition = _definition()
    won = lost = 0
    for _ in range(rounds):
        step = _prepared(opened, definition, barrier)
        try:
            step()
            won += 1
        except (Conflict, NotFound):
            lost += 1
    opened.close()
    tally.put((won, lost))


def _prepared(opened: Store, definition: definitions.Definition, barrier: Any) -> Callable[[], None]:
    """Both read the same open task before either writes."""
    unit = opened.work(f"racer {os.getpid()}", NOW + timedelta(seconds=1))
    work = unit.__enter__()
    task = work.task(1, "try_again")
    at_rest = work.instance(task.instance_id)
    wait = instance.complete(
        definition, at_rest.state, task.ref, {"enough": False}, deadlines=WithoutPack(), now=work.now
    )
    work.record(at_rest, wait, _clock, completed=task.ref, answers={"enough": False})
    barrier.wait()

    def finish() -> None:
        try:
            unit.__exit__(None, None, None)
        finally:
            barrier.wait()

    return finish
