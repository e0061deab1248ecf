"""A backup taken while people work is whole, and nothing is ever restored over something."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import store
from engine.errors import Conflict, DamagedState, NotFound
from engine.store import backups, documents
from engine.use_cases import onboarding
from engine.use_cases.library import Library
from tests.district import CASE

NOW = datetime(2026, 1, 4, 1, tzinfo=UTC)


def _open(home: Path) -> store.Store:
    return store.open(f"sqlite:///{home / 'daoru.db'}", files=home / "files", synchronous="NORMAL")


def _enter(opened: store.Store, library: Library, name: str) -> None:
    with opened.work("测试", NOW) as work:
        onboarding.open_estate(work, library, name, CASE.place, CASE.people)
        documents.keep(work, name.encode())


def test_a_backup_while_estates_are_entered_is_whole_and_restores_to_the_same(tmp_path: Path, library: Library) -> None:
    home, copy, again = tmp_path / "home", tmp_path / "copy", tmp_path / "again"
    home.mkdir()
    opened, ending = _open(home), threading.Event()

    def people_work() -> None:
        number = 0
        while not ending.is_set():
            number += 1
            _enter(opened, library, f"小区{number}")

    at_work = threading.Thread(target=people_work)
    at_work.start()
    try:
        while not (copied := backups.back_up(home, copy)).estates:
            copy = copy.with_name(copy.name + "x")
    finally:
        ending.set()
        at_work.join()
    assert copied.files == copied.estates
    assert backups.restore(copy, again) == copied
    restored = _open(again)
    with restored.work("测试", NOW) as work:
        assert work.estate(copied.estates).name == f"小区{copied.estates}"
        assert len(work.open_tasks(1)) == 1
    restored.close()
    opened.close()


def test_nothing_is_copied_over_what_is_there(tmp_path: Path, library: Library) -> None:
    opened = _open(tmp_path)
    _enter(opened, library, "原有苑")
    opened.close()
    backups.back_up(tmp_path, tmp_path / "copy")
    before = (tmp_path / "daoru.db").read_bytes()
    with pytest.raises(Conflict, match="已有数据"):
        backups.restore(tmp_path / "copy", tmp_path)
    with pytest.raises(Conflict, match="已有数据"):
        backups.back_up(tmp_path, tmp_path / "copy")
    assert (tmp_path / "daoru.db").read_bytes() == before


def test_a_store_whose_file_is_missing_or_changed_gives_no_backup(tmp_path: Path, library: Library) -> None:
    opened = _open(tmp_path)
    _enter(opened, library, "残缺苑")
    opened.close()
    [kept] = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    kept.write_bytes(b"other")
    with pytest.raises(DamagedState, match="与登记的不同"):
        backups.back_up(tmp_path, tmp_path / "one")
    assert not (tmp_path / "one" / "daoru.db").exists()
    kept.unlink()
    with pytest.raises(DamagedState, match="缺少文件"):
        backups.back_up(tmp_path, tmp_path / "two")


def test_where_there_is_no_store_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        backups.back_up(tmp_path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
