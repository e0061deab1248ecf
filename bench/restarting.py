"""How soon the application answers again after one of its two processes was killed."""

import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Figure
from tests.serving import Served, serve, wait_until

_ROUNDS, _PATIENCE = 3, 30.0


def measure() -> list[Figure]:
    """The longest of several kills of the pages' process and of the job loop, in seconds."""
    with TemporaryDirectory() as folder, serve(Path(folder)) as served:
        took = [_back(served, which) for which in [0, 1] * _ROUNDS]
    return [Figure("a killed process is back, s at most", max(took), at_most=3)]


def _back(served: Served, which: int) -> float:
    killed = served.children()[which]
    os.kill(killed, signal.SIGKILL)
    return wait_until(
        lambda: killed not in served.children() and len(served.children()) == 2 and served.answers(), _PATIENCE
    )
