"""Carries each case once in a run of the tests, and the library's own workflow beside every instance of ours."""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.carry import casefile, run
from engine.process import instance
from engine.process.definitions import Definition
from engine.process.instance import WaitState
from engine.use_cases.library import Library
from tests.unit.process.oracle import Oracle, Sharing, ours

CASES = Path(__file__).parent / "cases"
NAMES = sorted(case.stem for case in CASES.glob("*.yaml"))


@dataclass(frozen=True)
class Carried:
    """The cases carried so far, whichever worker came first.  ``folder`` is shared by the workers."""

    folder: Path
    library: Library

    def out(self, case: str) -> Path:
        """What ``daoru carry`` left of a case; the library stood beside it at every step."""
        flows = self.folder / f"{case}.flows"
        with (self.folder / f"{case}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not flows.exists():
                with _beside_the_library() as beside:
                    carry(CASES / f"{case}.yaml", self.folder / case, self.library)
                flows.write_text("\n".join(sorted(beside.flows)))
        return self.folder / case

    def flows(self, case: str) -> set[str]:
        """The sequence flows that a case took."""
        self.out(case)
        return set((self.folder / f"{case}.flows").read_text().split())


def carry(case: Path, out: Path, library: Library) -> None:
    """Carry a case into the folder ``out``."""
    options = run.Options(
        again=True, synchronous="OFF", person_key=b"a key for tests", public_url="https://daoru.example.cn"
    )
    run.carry(casefile.read(case), out, library, options, lambda line: None)


class Beside:
    """For each state that an instance of ours reached, the library's workflow that made the same steps."""

    def __init__(self) -> None:
        self.oracles: dict[tuple[str, bytes], Oracle] = {}
        self.flows: set[str] = set()
        self._real = {name: getattr(instance, name) for name in ("start", *_MOVES)}

    def start(self, definition: Definition, **given: Any) -> WaitState:
        """Start both."""
        oracle = Sharing(definition, given["deadlines"], given["now"], given.get("data"))
        return self._agree(definition, oracle, self._real["start"](definition, **given), given)

    def move(self, name: str, definition: Definition, state: bytes, *told: Any, **given: Any) -> WaitState:
        """Move both; a move that ours refuses is not made by the other."""
        wait: WaitState = self._real[name](definition, state, *told, **given)
        oracle = self.oracles.pop((definition.version, state))
        before = _AGREED.get((definition.version, state, wait.state))
        if before is not None:
            oracle.resume(zlib.decompress(before).decode())
            return self._rest(definition, oracle, wait)
        oracle.deadlines = given["deadlines"]
        if name == "shift_timers":
            oracle.shift({_name(ref) for ref in told[0]}, told[1])
        elif name == "fire_due":
            [ref] = given["refs"]
            oracle.step(_name(ref), {}, given["now"])
        else:
            oracle.step(_name(told[0]), told[1], given["now"])
        self._agree(definition, oracle, wait, given)
        _AGREED[definition.version, state, wait.state] = zlib.compress(oracle.state.encode(), 1)
        return wait

    def _agree(self, definition: Definition, oracle: Oracle, wait: WaitState, given: dict[str, Any]) -> WaitState:
        assert ours(definition, wait.state, given["deadlines"], given["now"]) == oracle.waiting()
        assert wait.finished == oracle.finished
        return self._rest(definition, oracle, wait)

    def _rest(self, definition: Definition, oracle: Oracle, wait: WaitState) -> WaitState:
        self.oracles[definition.version, wait.state] = oracle
        self.flows |= _taken(definition, wait)
        return wait


#: What the library's workflow came to, packed, by version and the states before and after a step: most cases begin as
#: the reference case, and what was once compared is not walked again.
_AGREED: dict[tuple[str, bytes, bytes], bytes] = {}
_MOVES = ("complete", "complete_job", "fire_due", "receive", "shift_timers")


@contextmanager
def _beside_the_library() -> Iterator[Beside]:
    """After every step the library waits for the same tasks and timers, with the same values."""
    beside = Beside()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(instance, "start", beside.start)
        for name in _MOVES:
            patched.setattr(instance, name, _moving(beside, name))
        yield beside


def _taken(definition: Definition, wait: WaitState) -> set[str]:
    """The flows by which nodes were reached: those of a join all, for it passes when each has arrived."""
    joins = {passed.name for passed in wait.passed if passed.kind == "parallelGateway"}
    resting = {waiting.name for waiting in wait.waits.values()}
    arrived = {flow for (_, target), flow in definition.flows.items() if target in joins | resting}
    return arrived | {passed.flow for passed in wait.passed if passed.flow}


def _moving(beside: Beside, name: str) -> Any:
    def move(definition: Definition, state: bytes, *told: Any, **given: Any) -> WaitState:
        return beside.move(name, definition, state, *told, **given)

    return move


def _name(ref: str) -> str:
    return ref.rpartition("-")[0]
