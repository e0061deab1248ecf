"""The store, on SQLite and PostgreSQL alike."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine import events, store
from engine.errors import Conflict, NotFound
from engine.store import Store, tables
from tests import postgresql
from trials import races

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def estate(opened: Store) -> int:
    with opened.work("周敏", NOW) as work:
        return work.enter_estate("桂语苑", "test", ("v1", "text"), {"街道": "陈立"})


def test_events_are_numbered_without_gaps_and_read_back(opened: Store, estate: int) -> None:
    for round in range(3):
        with opened.work("周敏", NOW) as work:
            work.append(estate, events.VisitsRecorded(round), events.BallotsReturned(round))
    with opened.work("周敏", NOW) as work:
        log = work.log(estate)
    assert [event["no"] for event in log] == [1, 2, 3, 4, 5, 6]
    assert log[-1]["kind"] == "BallotsReturned"
    assert log[-1]["ballots"] == 2


def test_an_event_can_be_neither_changed_nor_deleted(opened: Store, estate: int) -> None:
    with opened.work("周敏", NOW) as work:
        work.append(estate, events.VisitsRecorded(1))
    for statement in (sa.update(tables.event).values(actor="x"), sa.delete(tables.event)):
        with opened.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(statement)


def test_a_unit_that_fails_keeps_nothing(opened: Store, estate: int) -> None:
    with pytest.raises(RuntimeError), opened.work("周敏", NOW) as work:
        work.append(estate, events.VisitsRecorded(1))
        raise RuntimeError
    with opened.work("周敏", NOW) as work:
        assert work.log(estate) == []


def test_a_receipt_is_given_once(opened: Store, estate: int) -> None:
    with opened.work("周敏", NOW) as work:
        work.sign("key")
    with pytest.raises(Conflict), opened.work("周敏", NOW) as work:
        work.append(estate, events.VisitsRecorded(1))
        work.sign("key")
    with opened.work("周敏", NOW) as work:
        assert work.has_receipt("key")
        assert work.log(estate) == []


def test_numbers_have_no_gap_when_a_unit_fails(opened: Store, estate: int) -> None:
    with opened.work("周敏", NOW) as work:
        assert work.next_number(estate, "ballot", 2026) == 1
    with pytest.raises(RuntimeError), opened.work("周敏", NOW) as work:
        assert work.next_number(estate, "ballot", 2026) == 2
        raise RuntimeError
    with opened.work("周敏", NOW) as work:
        assert work.next_number(estate, "ballot", 2026) == 2
        assert work.next_number(estate, "notice", 2026) == 1
        assert work.next_number(estate, "ballot", 2027) == 1


def test_two_units_cannot_take_the_same_number(opened: Store, estate: int) -> None:
    with opened.work("周敏", NOW) as work:
        work.next_number(estate, "ballot", 2026)
    with pytest.raises(Conflict), opened.work("周敏", NOW) as slow:
        slow.next_number(estate, "ballot", 2026)
        with opened.work("吴倩", NOW) as quick:
            quick.next_number(estate, "ballot", 2026)


def test_a_file_is_kept_by_its_content(opened: Store) -> None:
    digest = opened.files.keep("内容".encode())
    assert opened.files.keep("内容".encode()) == digest
    assert opened.files.read(digest) == "内容".encode()
    with pytest.raises(NotFound):
        opened.files.read("0" * 64)


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'daoru.db'}"
    first = store.open(url, files=tmp_path / "files")
    with first.work("周敏", NOW) as work:
        work.enter_estate("桂语苑", "test", ("v1", "text"), {})
    first.close()
    second = store.open(url, files=tmp_path / "files")
    with second.work("周敏", NOW) as work:
        assert work.estate(1).name == "桂语苑"
    second.close()


def test_two_processes_race_for_a_task_and_one_wins(tmp_path: Path) -> None:
    result = races.run(f"sqlite:///{tmp_path / 'races.db'}", tmp_path / "files", 20)
    assert result.clean, result


@pytest.mark.postgresql
def test_two_processes_race_on_postgresql_and_one_wins(postgresql_server: str, tmp_path: Path) -> None:
    with postgresql.database(postgresql_server) as url:
        result = races.run(url, tmp_path / "files", 20)
    assert result.clean, result
