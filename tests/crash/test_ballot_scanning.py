"""A heap of ballots whose reader is killed in the middle is read on: each page is filed once, and none is lost."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from engine import pages, store
from engine.carry import casefile, run
from engine.rules.ballot_scan import Verdict
from engine.store import ballot_scans, ballots
from engine.store.ballot_scans import Page
from engine.store.scans import Brought
from engine.use_cases import ballot_scans as use_cases
from engine.use_cases.library import Library
from tests.ballot_heaps import heap, printed_code, sheet
from tests.serving import ROOT, wait_until

CASE = casefile.read(ROOT / "tests/cases/reference.yaml")
SCANS = 30
KEY = b"k" * 32


@pytest.mark.skipif(not pages.available(), reason="没有 poppler-utils")
def test_a_heap_whose_reader_is_killed_in_the_middle_is_read_on_where_it_was(tmp_path: Path, library: Library) -> None:
    address, public = f"sqlite:///{tmp_path / 'daoru.db'}", store.Public(key=KEY)
    opened = store.open(address, files=tmp_path / "files", synchronous="NORMAL", public=public)
    begun = next(step.number for step in CASE.steps if "deliveries" in step.rows)
    short = casefile.Case(CASE.file, CASE.name, CASE.title, CASE.place, CASE.people, CASE.steps[: begun - 1], {})
    run.replay(short, opened, library, run.Options(), lambda line: None)
    now, seed = run.morning(CASE.steps[begun].on), random.Random(1)
    serials = list(range(1, SCANS + 1))
    seed.shuffle(serials)
    with opened.work("测试", now) as work:
        pdf = heap(sheet([printed_code(work, serial)], seed) for serial in serials)
        source = use_cases.keep(work, pdf)
        brought = [Brought("整叠.pdf", source, part) for part in range(1, SCANS + 1)]
        key = ballot_scans.bring(work, 1, 1, brought)

    def found() -> list[Page]:
        with opened.work("测试", now) as work:
            return ballot_scans.pages(work, key)

    def seen() -> dict[int, Page]:
        return {page.no: page for page in found() if page.verdict is not Verdict.WAITS}

    worker = _worker(tmp_path)
    wait_until(lambda: len(seen()) >= 3, 180)
    worker.kill()
    worker.wait()
    before = seen()
    assert len(before) < SCANS
    worker = _worker(tmp_path)
    try:
        wait_until(lambda: len(seen()) == SCANS, 240)
    finally:
        worker.kill()
        worker.wait()
    after = found()
    assert [(page.verdict, page.serial, page.side) for page in after] == [(Verdict.FILED, one, 1) for one in serials]
    assert {page.no: page for page in after if page.no in before} == before
    with opened.work("测试", now) as work:
        kept = [ballots.by_serial(work, 1, serial) for serial in serials]
        told = [[line.what for line in ballots.history(work, one[0].id)] for one in kept if one]
    assert told == [["SCANNED"]] * SCANS
    opened.close()


def _worker(home: Path) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if key != "DAORU_DATABASE_URL"}
    variables = {"DAORU_HOME": str(home), "DAORU_SYNCHRONOUS": "NORMAL", "DAORU_PERSON_KEY": KEY.hex()}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", "engine.worker"], cwd=ROOT, env={**environment, **variables}, stdout=quiet, stderr=quiet
    )
