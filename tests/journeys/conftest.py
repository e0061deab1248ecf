"""Carries the library's own workflow beside every instance of ours."""

from collections.abc import Iterator
from typing import Any

import pytest

from engine.process import instance
from engine.process.definitions import Definition
from engine.process.instance import WaitState
from tests.unit.process.oracle import Oracle, ours


class Beside:
    """For each state that an instance of ours reached, the library's workflow that made the same steps."""

    def __init__(self) -> None:
        self.oracles: dict[tuple[str, bytes], Oracle] = {}
        self.steps = 0
        self._real = {name: getattr(instance, name) for name in ("start", *_MOVES)}

    def start(self, definition: Definition, **given: Any) -> WaitState:
        """Start both."""
        oracle = Oracle(definition, given["deadlines"], given["now"], given.get("data"))
        return self._agree(definition, oracle, self._real["start"](definition, **given), given)

    def move(self, name: str, definition: Definition, state: bytes, *told: Any, **given: Any) -> WaitState:
        """Move both; a move that ours refuses is not made by the other."""
        wait: WaitState = self._real[name](definition, state, *told, **given)
        oracle = self.oracles.pop((definition.version, state))
        oracle.deadlines = given["deadlines"]
        if name == "shift_timers":
            oracle.shift({_name(ref) for ref in told[0]}, told[1])
        elif name == "fire_due":
            [ref] = given["refs"]
            oracle.step(_name(ref), {}, given["now"])
        else:
            oracle.step(_name(told[0]), told[1], given["now"])
        return self._agree(definition, oracle, wait, given)

    def _agree(self, definition: Definition, oracle: Oracle, wait: WaitState, given: dict[str, Any]) -> WaitState:
        assert ours(definition, wait.state, given["deadlines"], given["now"]) == oracle.waiting()
        assert wait.finished == oracle.finished
        self.oracles[definition.version, wait.state] = oracle
        self.steps += 1
        return wait


_MOVES = ("complete", "complete_job", "fire_due", "receive", "shift_timers")


@pytest.fixture
def beside_the_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    """After every step of the journey the library waits for the same tasks and timers, with the same values."""
    beside = Beside()
    monkeypatch.setattr(instance, "start", beside.start)
    for name in _MOVES:
        monkeypatch.setattr(instance, name, _moving(beside, name))
    yield beside
    assert beside.steps > 1


def _moving(beside: Beside, name: str) -> Any:
    def move(definition: Definition, state: bytes, *told: Any, **given: Any) -> WaitState:
        return beside.move(name, definition, state, *told, **given)

    return move


def _name(ref: str) -> str:
    return ref.rpartition("-")[0]
