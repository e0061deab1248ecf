"""An import whose process is killed while it reads or writes leaves no half roster, and goes on by itself."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from engine import sealing, store
from engine.carry import casefile, run
from engine.store import Store, registers, roster_imports
from engine.store.roster_imports import CHECKING, DONE, IMPORTING, REVIEW, Import
from engine.use_cases import importing, roster_reading
from engine.use_cases.library import Library
from tests.serving import ROOT, wait_until

CASE = casefile.read(ROOT / "tests/cases/reference.yaml")
KEY, ROWS = b"k" * 32, 30_000


def test_an_import_killed_while_reading_and_writing_leaves_nothing_half_and_goes_on(
    tmp_path: Path, library: Library
) -> None:
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
    before = next(step.number for step in CASE.steps if "roster" in step.rows)
    short = casefile.Case(CASE.file, CASE.name, CASE.title, CASE.place, CASE.people, CASE.steps[: before - 1], {})
    run.replay(short, opened, library, run.Options(person_key=KEY), lambda line: None)
    now = run.morning(CASE.steps[before].on)
    fields = ["building", "unit_no", "area", "owners"]
    lines = (f"{number // 100 + 1},{number % 100 + 101},89.97,王{number}" for number in range(ROWS))
    content = "\n".join(["楼号,室号,建筑面积,业主姓名", *lines]).encode()
    with opened.work(CASE.people["社区干部"], now) as work:
        roster_imports.begin(work, 1, "名册.csv", sealing.seal(KEY, importing.SEALED_FOR, content), {"sheet": 0})

    def found() -> Import:
        with opened.work("测试", now) as work:
            given = roster_imports.newest(work, 1)
        assert given is not None
        return given

    roster_reading.go_on(opened, library, KEY, found(), now)
    with opened.work(CASE.people["社区干部"], now) as work:
        given = found()
        assert given.setting["guess"] == fields
        setting = {**given.setting, "fields": fields, "units": {}}
        roster_imports.change(work, given, status=CHECKING, setting=setting)
    _killed_when(tmp_path, lambda: found().done >= 10_000)
    assert (found().status, _kept(opened)) == (CHECKING, (0, 0))
    roster_reading.go_on(opened, library, KEY, found(), now)
    assert found().status == REVIEW
    with opened.work(CASE.people["社区干部"], now) as work:
        roster_imports.change(work, found(), status=IMPORTING, done=0, total=ROWS)
    _killed_when(tmp_path, lambda: found().done >= ROWS)
    assert (found().status, _kept(opened)) == (IMPORTING, (0, 0))
    _killed_when(tmp_path, lambda: found().status == DONE)
    given = found()
    assert (given.version, given.content, given.mended, given.found) == (1, None, None, None)
    assert _kept(opened) == (1, ROWS)
    with opened.work("测试", now) as work:
        imported = [one for one in work.log(1) if one["kind"] == "RosterImported"]
    assert [(one["version"], one["units"], one["actor"]) for one in imported] == [(1, ROWS, CASE.people["社区干部"])]
    opened.close()


def _kept(opened: Store) -> tuple[int, int]:
    """How many versions of the roster there are, and units in all of them."""
    with opened.engine.connect() as connection:
        counted = (sa.select(sa.func.count()).select_from(of) for of in (registers.roster_version, registers.unit))
        versions, units = (connection.execute(one).scalar_one() for one in counted)
    return versions, units


def _killed_when(home: Path, there: Callable[[], bool]) -> None:
    """Let the job loop work until that is so, and kill it there."""
    environment = {key: value for key, value in os.environ.items() if key != "DAORU_DATABASE_URL"}
    variables = {"DAORU_HOME": str(home), "DAORU_SYNCHRONOUS": "NORMAL", "DAORU_PERSON_KEY": KEY.hex()}
    quiet = subprocess.DEVNULL
    worker = subprocess.Popen(
        [sys.executable, "-m", "engine.worker"], cwd=ROOT, env={**environment, **variables}, stdout=quiet, stderr=quiet
    )
    try:
        wait_until(there, 120)
    finally:
        worker.kill()
        worker.wait()
