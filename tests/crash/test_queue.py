"""The same work under Celery on a real Redis: whatever dies or is emptied, nothing is lost and nothing is doubled."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from engine import clock, store
from engine.carry import casefile, run
from engine.store import Store, pending, rows
from engine.store.tables import metadata
from engine.use_cases.library import Library
from tests import postgresql, redis_server
from tests.serving import ROOT, wait_until

CASE = casefile.read(ROOT / "tests/cases/reference.yaml")
OPTIONS = run.Options(person_key=b"k")
PUBLIC = store.Public(key=OPTIONS.person_key)
LEASE = 3


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """A Redis for the tests of this file."""
    if not redis_server.available():
        pytest.skip(redis_server.MISSING)
    with redis_server.server() as address:
        yield address


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """PostgreSQL, as several machines would use it; SQLite where there is none."""
    if not postgresql.available():
        yield f"sqlite:///{tmp_path / 'daoru.db'}"
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def opened(address: str, tmp_path: Path) -> Iterator[Store]:
    """An empty store with the workers' key, so that documents have the same tokens whoever asks for them."""
    made = store.open(address, files=tmp_path / "files", synchronous="NORMAL", public=PUBLIC)
    yield made
    made.close()


@dataclass
class Workers:
    """Workers in processes of their own, on the clock of a case; ``disturb`` is called while they work."""

    opened: Store
    home: Path
    disturb: Callable[[], None]

    def advance(self, estate_id: int, until: datetime) -> None:
        """Let time pass up to ``until``, and wait until nothing waits."""
        if self._rests(until):
            return
        clock.set_to(self.home / "clock", until)
        self.disturb()
        wait_until(lambda: self._rests(until), 60)

    def drain(self, estate_id: int, now: datetime) -> list[rows.Job]:
        """Wait until no job waits."""
        self.advance(estate_id, now)
        return []

    def _rests(self, until: datetime) -> bool:
        with self.opened.work("测试", until) as work:
            return not pending.estates_with_work(work, until)


@contextlib.contextmanager
def working(broker: str, home: Path, address: str) -> Iterator[int]:
    """``daoru worker`` as a person starts it; it must end in order.  Gives the number of its process."""
    variables = {"DAORU_HOME": str(home), "DAORU_DATABASE_URL": address, "DAORU_SYNCHRONOUS": "NORMAL"}
    variables["DAORU_PERSON_KEY"] = OPTIONS.person_key.hex()
    rehearsed = {**os.environ, **variables, "DAORU_CLOCK": str(home / "clock")}
    command = [sys.executable, "-m", "engine.cli", "worker", "--broker", broker, "--lease", str(LEASE)]
    with (home / "worker.log").open("ab") as log:
        parent = subprocess.Popen(command, cwd=ROOT, env=rehearsed, stdout=log, stderr=log)
    try:
        yield parent.pid
    finally:
        parent.terminate()
        assert parent.wait(20) == 0


def _below(process: int) -> list[int]:
    """The processes that a process started, and those that these started."""
    found = []
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        found += [int(child), *_below(int(child))]
    return found


def _kill(*parents: int, spared: bytes = b"nothing") -> None:
    for process in [process for parent in parents for process in _below(parent)]:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            if spared not in Path(f"/proc/{process}/cmdline").read_bytes():
                os.kill(process, signal.SIGKILL)


def _left(opened: Store, moment: datetime) -> tuple[list[dict[str, Any]], list[rows.Document], dict[str, int]]:
    """The log, the papers, and how many rows each table has."""
    with opened.work("测试", moment) as work:
        counted = {table.name: sa.select(sa.func.count()).select_from(table) for table in metadata.sorted_tables}
        counts = {name: work.connection.execute(chosen).scalar_one() for name, chosen in counted.items()}
        return work.log(1), work.documents(1), counts


def _undisturbed(library: Library, home: Path, case: casefile.Case) -> Any:
    alone = store.open(f"sqlite:///{home / 'alone.db'}", files=home / "alone", synchronous="OFF", public=PUBLIC)
    run.replay(case, alone, library, OPTIONS, lambda line: None)
    left = _left(alone, run.morning(case.steps[-1].on))
    alone.close()
    return left


def test_the_reference_journey_is_the_same_with_workers_killed_and_the_queue_emptied_midway(
    opened: Store, address: str, broker: str, library: Library, tmp_path: Path
) -> None:
    held, waits, lost = redis.Redis.from_url(broker), itertools.count(1), 0
    clock.set_to(tmp_path / "clock", run.morning(CASE.steps[0].on))
    with working(broker, tmp_path, address) as one, working(broker, tmp_path, address) as two:

        def disturb() -> None:
            """Kill whatever does the work, once with the relays, once with the queue emptied before it is back."""
            nonlocal lost
            number = next(waits)
            if number == 15:
                _kill(one, two)
            if number == 40:
                _kill(one, two, spared=b"relay")
                wait_until(lambda: bool(held.llen("daoru")), 10)
                lost += held.llen("daoru")
                held.flushall()

        workers = Workers(opened, tmp_path, disturb)
        run.replay(CASE, opened, library, OPTIONS, lambda line: None, working=workers)
    held.close()
    assert lost
    assert _left(opened, run.morning(CASE.steps[-1].on)) == _undisturbed(library, tmp_path, CASE)


@pytest.mark.parametrize(
    "given, said",
    [
        (["--broker", "redis://:secret@127.0.0.1:1/0"], "连不上 redis://127.0.0.1:1/0"),
        (["--broker", "amqp://127.0.0.1"], "应是 Redis 的地址"),
        ([], "应是 Redis 的地址"),
        (["--broker", "redis://127.0.0.1:1/0", "--workers", "0"], "应为 1–3600 的整数"),
    ],
)
def test_a_broker_that_cannot_be_used_is_refused_in_words(tmp_path: Path, given: list[str], said: str) -> None:
    command = [sys.executable, "-m", "engine.cli", "worker", *given]
    home = {**os.environ, "DAORU_HOME": str(tmp_path)}
    refused = subprocess.run(command, env=home, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "secret" not in refused.stderr
