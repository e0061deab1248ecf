"""A signed copy whose reader is killed in the middle is read on, and no scan is lost or read twice."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from engine import pages, pdf, reading_scans, store
from engine.carry import casefile, run
from engine.store import documents, signed_copies, uploads
from engine.store.scans import Brought
from engine.store.signed_copies import MATCHED, READ, READING, WAITS, Copy
from engine.use_cases.library import Library
from tests.scans import scanned
from tests.serving import ROOT, wait_until

CASE = casefile.read(ROOT / "tests/cases/reference.yaml")
SCANS = 4


@pytest.mark.skipif(
    not (pdf.available() and pages.available() and reading_scans.available()),
    reason="没有 LibreOffice、poppler-utils 或 tesseract-ocr-chi-sim",
)
def test_a_copy_whose_reader_is_killed_in_the_middle_is_read_on_where_it_was(tmp_path: Path, library: Library) -> None:
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
    short = casefile.Case(CASE.file, CASE.name, CASE.title, CASE.place, CASE.people, CASE.steps[:3], {})
    run.replay(short, opened, library, run.Options(person_key=b"k"), lambda line: None)
    now, seed = run.morning(CASE.steps[3].on), random.Random(1)
    with opened.work("测试", now) as work:
        paper = next(one for one in work.documents(1) if one.kind == "application")
        content = work.files.read(paper.sha256)
    printed = pdf.convert(content, signed=True)
    assert isinstance(printed, bytes)
    page = reading_scans.drawn(printed, 1)
    scans = [scanned(page, seed) for _ in range(SCANS)]
    with opened.work("测试", now) as work:
        known = uploads.known(work, paper.number)
        assert known is not None
        brought = [Brought(f"{no}.jpg", documents.keep(work, scan), 1) for no, scan in enumerate(scans)]
        key = signed_copies.bring(work, known.id, 1, paper.sha256, brought)

    def copy() -> Copy:
        with opened.work("测试", now) as work:
            found = signed_copies.one(work, key)
        assert found is not None
        return found

    def seen() -> int:
        return sum(page.verdict != WAITS for page in copy().pages)

    worker = _worker(tmp_path)
    wait_until(lambda: seen() >= 1, 180)
    worker.kill()
    worker.wait()
    killed = copy()
    assert killed.status == READING
    before = {page.no: page for page in killed.pages if page.verdict != WAITS}
    assert 0 < len(before) < SCANS
    worker = _worker(tmp_path)
    try:
        wait_until(lambda: copy().status == READ, 240)
    finally:
        worker.kill()
        worker.wait()
    after = copy()
    assert [page.verdict for page in after.pages] == [MATCHED] * SCANS
    assert {page.no: page for page in after.pages if page.no in before} == before
    with opened.work("测试", now) as work:
        assert [work.files.read(page.source) for page in after.pages] == scans
    opened.close()


def _worker(home: Path) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if key != "DAORU_DATABASE_URL"}
    variables = {"DAORU_HOME": str(home), "DAORU_SYNCHRONOUS": "NORMAL"}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", "engine.worker"], cwd=ROOT, env={**environment, **variables}, stdout=quiet, stderr=quiet
    )
