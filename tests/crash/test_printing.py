"""A print run whose process is killed in the middle goes on with what is left, and makes no part twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import pdf, store
from engine.carry import casefile, run
from engine.store import print_runs
from engine.store.print_runs import Run
from engine.use_cases.library import Library
from tests.serving import ROOT, wait_until

CASE = casefile.read(ROOT / "tests/cases/reference.yaml")
AT_ONCE = 25


@pytest.mark.skipif(not pdf.available(), reason="没有 LibreOffice")
def test_a_print_run_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path, library: Library) -> None:
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
    begun = next(step.number for step in CASE.steps if "deliveries" in step.rows)
    short = casefile.Case(CASE.file, CASE.name, CASE.title, CASE.place, CASE.people, CASE.steps[: begun - 1], {})
    run.replay(short, opened, library, run.Options(person_key=b"k"), lambda line: None)
    now = run.morning(CASE.steps[begun].on)
    with opened.work("测试", now) as work:
        ballots = next(paper for paper in work.documents(1) if paper.kind == "ballot")
        parts = [(first, min(first + AT_ONCE - 1, 149)) for first in range(1, 150, AT_ONCE)]
        print_runs.begin(work, 1, ballots.number, ballots.sha256, parts)

    def found() -> Run:
        with opened.work("测试", now) as work:
            made = print_runs.of(work, ballots.sha256)
        assert made is not None
        return made

    worker = _worker(tmp_path)
    wait_until(lambda: found().made >= 2 * AT_ONCE, 120)
    worker.kill()
    worker.wait()
    killed = found()
    assert killed.status == print_runs.RUNNING
    assert killed.made < killed.copies
    before = _kept(opened)
    worker = _worker(tmp_path)
    try:
        wait_until(lambda: found().status == print_runs.DONE, 180)
    finally:
        worker.kill()
        worker.wait()
    after = _kept(opened)
    assert {no: after[no] for no in before} == before
    assert found().made == 149
    opened.close()


def _kept(opened: store.Store) -> dict[int, tuple[str, str]]:
    part = print_runs.print_part.c
    with opened.engine.connect() as connection:
        rows = connection.execute(sa.select(part.no, part.sha256, part.at).where(part.sha256.is_not(None)))
        return {row.no: (row.sha256, row.at) for row in rows}


def _worker(home: Path) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if key != "DAORU_DATABASE_URL"}
    variables = {"DAORU_HOME": str(home), "DAORU_SYNCHRONOUS": "NORMAL"}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", "engine.worker"], cwd=ROOT, env={**environment, **variables}, stdout=quiet, stderr=quiet
    )
