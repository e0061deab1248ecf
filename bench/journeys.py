"""Carry whole cases from application to their end, with every document, as ``daoru carry`` does."""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import ROOT, Figure
from engine.carry import casefile, run
from engine.use_cases.library import shipped


def measure() -> list[Figure]:
    """Seconds of the reference case, and of the one with 3,000 units."""
    return [
        Figure("the reference case, s", _seconds("reference", 3), at_most=5),
        Figure("the case of 3,000 units, s", _seconds("large", 1), at_most=20),
    ]


def _seconds(name: str, times: int) -> float:
    return statistics.median(_carry(ROOT / "tests" / "cases" / f"{name}.yaml") for _ in range(times))


def _carry(case: Path) -> float:
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        options = run.Options(again=True, person_key=b"a key for the bench")
        run.carry(casefile.read(case), Path(folder) / "out", shipped(), options, lambda line: None)
        return time.perf_counter() - started
