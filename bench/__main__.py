"""Measure, and write ``bench/RESULTS.md``."""

import platform
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import documents, stepping
from engine.carry import casefile, run
from engine.use_cases.library import shipped

_ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Measure everything once; the report names what was measured and on what machine."""
    lines = ["# Speed", "", _machine(), "", "## Stepping the shipped process", ""]
    steps = stepping.measure()
    stock = next(rate for name, rate in steps if name.startswith("stock"))
    hand = next(rate for name, rate in steps if name.startswith("hand"))
    lines += ["| way | steps/s | × stock | × hand-written |", "|---|---|---|---|"]
    lines += [f"| {name} | {rate:,.0f} | {rate / stock:.1f} | {rate / hand:.2f} |" for name, rate in steps]
    lines += ["", "## Documents", "", "| what | figure |", "|---|---|"]
    lines += [f"| {name} | {figure} |" for name, figure in documents.measure()]
    lines += ["", "## Whole journeys", "", "| case | seconds |", "|---|---|"]
    lines += [f"| {name} | {_journey(name):.2f} |" for name in ("reference", "large") if _case(name).exists()]
    report = "\n".join(lines) + "\n"
    (_ROOT / "bench" / "RESULTS.md").write_text(report, encoding="utf-8")
    print(report)
    return 0


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, two shared cores."


def _case(name: str) -> Path:
    return _ROOT / "tests" / "cases" / f"{name}.yaml"


def _journey(name: str) -> float:
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        options = run.Options(again=True, person_key=b"a key for the bench")
        run.carry(casefile.read(_case(name)), Path(folder) / "out", shipped(), options, lambda line: None)
        return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
