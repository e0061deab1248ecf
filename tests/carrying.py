"""Carries each case once in a run of the tests, and the library's own workflow beside every instance of ours."""

import fcntl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine import store
from engine.carry import casefile, run, specimens
from engine.process import instance
from engine.process.definitions import Definition
from engine.process.instance import WaitState
from engine.store.unit_of_work import Public
from engine.use_cases.library import Library
from tests.unit.process.oracle import Sharing, ours

CASES = Path(__file__).parent / "cases"
#: Where documents of the cases are asked for, and the key that tokens and the places of choices follow from.
PUBLIC = Public("https://daoru.example.cn", specimens.KEY)
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
        again=True,
        synchronous="OFF",
        person_key=specimens.KEY,
        public_url="https://daoru.example.cn",
        noting=case.stem in specimens.CASES,
    )
    run.carry(casefile.read(case), out, library, options, lambda line: None)


def opened(data: Path) -> store.Store:
    """The store that a case was carried in, with the key by which what ballots say is found."""
    return store.open(f"sqlite:///{data / 'daoru.db'}", files=data / "files", synchronous="OFF", public=PUBLIC)


@dataclass
class _Walk:
    """The library's workflow beside an instance, and the moves that it has still to make."""

    oracle: Sharing
    behind: list[Callable[[], None]] = field(default_factory=list)
    compared: int = 0

    def catch_up(self) -> None:
        """Make the moves that were compared for another case."""
        for move in self.behind:
            move()
        self.behind.clear()

    def make(self, name: str, told: tuple[Any, ...], given: dict[str, Any]) -> None:
        """Make a move."""
        self.oracle.deadlines = given["deadlines"]
        if name == "shift_timers":
            self.oracle.shift({_name(ref) for ref in told[0]}, told[1])
        elif name == "fire_due":
            [ref] = given["refs"]
            self.oracle.step(_name(ref), {}, given["now"])
        else:
            self.oracle.step(_name(told[0]), told[1], given["now"])

    def stand_at(self, packed: bytes) -> None:
        """Stand where another came to."""
        self.oracle.state = zlib.decompress(packed).decode()
        self.behind.clear()

    def packed(self) -> bytes:
        """Where it stands, kept now and then only: what lies between is walked again faster than it is kept."""
        self.compared += 1
        return b"" if self.compared % _KEPT_EVERY else zlib.compress(self.oracle.state.encode(), 1)


class Beside:
    """For each state that an instance of ours reached, the library's workflow that made the same steps."""

    def __init__(self) -> None:
        self.walks: dict[tuple[str, bytes], _Walk] = {}
        self.flows: set[str] = set()
        self._real = {name: getattr(instance, name) for name in ("start", *_MOVES)}

    def start(self, definition: Definition, **given: Any) -> WaitState:
        """Start both."""
        oracle = Sharing(definition, given["deadlines"], given["now"], given.get("data"))
        return self._agree(definition, _Walk(oracle), self._real["start"](definition, **given), given)

    def move(self, name: str, definition: Definition, state: bytes, *told: Any, **given: Any) -> WaitState:
        """Move both; a move that ours refuses is not made by the other."""
        wait: WaitState = self._real[name](definition, state, *told, **given)
        walk = self.walks.pop((definition.version, state))
        walk.behind.append(partial(walk.make, name, told, given))
        step = definition.version, state, wait.state
        if step in _AGREED:
            if _AGREED[step]:
                walk.stand_at(_AGREED[step])
            return self._rest(definition, walk, wait)
        walk.catch_up()
        self._agree(definition, walk, wait, given)
        _AGREED[step] = walk.packed()
        return wait

    def _agree(self, definition: Definition, walk: _Walk, wait: WaitState, given: dict[str, Any]) -> WaitState:
        assert ours(definition, wait.state, given["deadlines"], given["now"]) == walk.oracle.waiting()
        assert wait.finished == walk.oracle.finished
        return self._rest(definition, walk, wait)

    def _rest(self, definition: Definition, walk: _Walk, wait: WaitState) -> WaitState:
        self.walks[definition.version, wait.state] = walk
        self.flows |= _taken(definition, wait)
        return wait


#: The steps at which both agreed, by version and the states before and after, with what the library's workflow came to
#: where it was kept: most cases begin as the reference case, and what was once compared is not compared again.
_AGREED: dict[tuple[str, bytes, bytes], bytes] = {}
_KEPT_EVERY = 12
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
