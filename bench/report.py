"""Figures beside their targets, and the machine and commit that they belong to."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Rate:
    """Steps a second of one way of stepping, and its ratio to two of the others."""

    name: str
    steps: float
    by_stock: float
    by_hand: float


@dataclass(frozen=True)
class Figure:
    """What was measured, and the bound that it has to keep, if any; ``detail`` is what it was made of."""

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    detail: str = ""

    @property
    def target(self) -> str:
        """The bound as it is printed."""
        if self.at_least is not None:
            return f"≥ {self.at_least:,g}"
        return f"≤ {self.at_most:,g}" if self.at_most is not None else ""

    @property
    def kept(self) -> bool:
        """Whether the bound holds."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


def rates(found: Iterable[Rate]) -> list[str]:
    """A table of rates."""
    rows = [f"| {one.name} | {one.steps:,.0f} | {one.by_stock:.1f} | {one.by_hand:.2f} |" for one in found]
    return ["| way | steps/s | × stock | × hand-written |", "|---|---|---|---|", *rows]


def figures(found: Iterable[Figure]) -> list[str]:
    """A table of figures beside their targets."""
    rows = [f"| {one.name} | {_number(one.value)} | {one.target} | {_verdict(one)} | {one.detail} |" for one in found]
    return ["| figure | measured | target | | |", "|---|---|---|---|---|", *rows]


def circumstances() -> list[str]:
    """Machine, versions, commit, and how busy the machine was."""
    load = os.getloadavg()
    return [
        f"- {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, commit {_commit()}",
        f"- load when it began: {load[0]:.1f} (1 min), {load[1]:.1f} (5 min)",
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _verdict(figure: Figure) -> str:
    return "" if not figure.target else "kept" if figure.kept else "**missed**"


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no", ":!bench/RESULTS.md") else ""
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + changed
