"""The library as it comes: its own serializer and step loop, the whole instance as JSON in one row, each step."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import walk
from bench.walk import Step
from engine.process.definitions import Definition
from tests.unit.process.oracle import Oracle


def rate(definition: Definition, steps: Sequence[Step]) -> float:
    """Steps a second: state read, one step, state written; neither tasks nor events are written at all."""
    with TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "stock.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE instance (id INTEGER PRIMARY KEY, version INTEGER, state TEXT)")
        oracle = Oracle(definition, walk.DEADLINES, walk.START)
        connection.execute("INSERT INTO instance VALUES (1, 1, ?)", (oracle.state,))
        started = time.perf_counter()
        for step in steps:
            [oracle.state] = connection.execute("SELECT state FROM instance WHERE id = 1").fetchone()
            oracle.step(step.node, step.values, step.now)
            connection.execute("UPDATE instance SET version = version + 1, state = ? WHERE id = 1", (oracle.state,))
        took = time.perf_counter() - started
        connection.close()
    return len(steps) / took
