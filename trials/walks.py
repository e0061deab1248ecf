"""Random walks: cases cut at a random step, gone back before a random earlier one, then finished as they say."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.use_cases.library import Library
from tests import going_back
from tests.carrying import NAMES

#: Its thousands of units show nothing here that the small ones do not.
_CASES = [name for name in NAMES if name != "large"]


@dataclass(frozen=True)
class Walked:
    """One seed: the walk, or why it went wrong."""

    seed: int
    walk: going_back.Walk | None
    wrong: str


def run(seeds: Sequence[int], library: Library) -> list[Walked]:
    """Walk once for each seed; every other walk goes on to the end of its journey."""
    return [_walk(seed, library) for seed in seeds]


def _walk(seed: int, library: Library) -> Walked:
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/walk.db"
        try:
            done = going_back.walk(seed, _CASES, library, address, Path(folder) / "files", on=seed % 2 == 0)
        except Exception as error:
            return Walked(seed, None, f"{type(error).__name__}: {error}"[:400])
    return Walked(seed, done, "")
