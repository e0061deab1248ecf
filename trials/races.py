"""Two processes race for one task: one wins, the other gets a Conflict, nothing is doubled."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import connection
from multiprocessing.process import BaseProcess
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
    """What a number of races came to; every race must have one winner and one task the more completed.

    ``died`` holds the exit codes of racers that did not come to their end; the races end with the first of them.
    """

    rounds: int
    won: int
    lost: int
    moves: int
    completed: int
    died: tuple[int, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether each race had exactly one winner and was recorded once."""
        return not self.died and self.won == self.lost == self.moves == self.completed == self.rounds


def run(url: str, files: Path, rounds: int, racer: Callable[..., None] | None = None) -> Races:
    """Let two processes race ``rounds`` times for the one open task of an instance."""
    opened = store.open(url, files=files, synchronous="NORMAL")
    _begin(opened)
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    tallies = [context.Pipe(duplex=False) for _ in range(2)]
    racers = [context.Process(target=racer or race, args=(url, files, rounds, barrier, tally)) for _, tally in tallies]
    for one in racers:
        one.start()
    died = awaited(racers)
    results = [tally.recv() for tally, _ in tallies if tally.poll()]
    with store_work(opened) as work:
        moves = work.instance(1).version - 1
        completed = len(work.answered(1))
    opened.close()
    won = sum(result[0] for result in results)
    lost = sum(result[1] for result in results)
    return Races(rounds, won, lost, moves, completed, died)


def awaited(racers: Sequence[BaseProcess]) -> tuple[int, ...]:
    """Wait until all racers have ended; when one dies the other would wait for it for ever, and is ended too.

    Returns the exit codes of those that died of themselves.
    """
    running = {racer.sentinel: racer for racer in racers}
    while running:
        ended = [running.pop(sentinel) for sentinel in connection.wait(list(running)) if isinstance(sentinel, int)]
        for racer in ended:
            racer.join()
        died = tuple(racer.exitcode for racer in ended if racer.exitcode)
        if died:
            for racer in running.values():
                racer.kill()
                racer.join()
            return died
    return ()


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


def race(url: str, files: Path, rounds: int, barrier: Any, tally: Any) -> None:
    """Race against the other process behind ``barrier``, and send to ``tally`` how often it was won and lost."""
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
    tally.send((won, lost))


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
