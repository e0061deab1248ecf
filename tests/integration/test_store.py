"""The store, on SQLite and PostgreSQL alike."""

import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from engine import events, store
from engine.errors import Conflict, NotFound
from engine.process import definitions, instance
from engine.process.waiting import WithoutPack
from engine.store import Store, database, pending, tables
from trials import numbers, races
from web import create_app

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
DIAGRAMS = Path(__file__).parents[1] / "diagrams"


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


def test_several_may_open_a_new_database_at_once(address: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: store.open(address, files=tmp_path / "files"), range(4)))
    for one in opened:
        with one.work("周敏", NOW) as work:
            assert work.receipts("") == []
        one.close()


def test_a_new_file_that_another_program_is_writing_is_waited_for(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "daoru.db", isolation_level=None, check_same_thread=False)) as another:
        another.execute("BEGIN IMMEDIATE")
        ended = Timer(0.2, another.execute, ["COMMIT"])
        ended.start()
        store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files").close()
        ended.join()


def test_what_is_entered_with_an_estate_is_lost_with_it(opened: Store) -> None:
    with pytest.raises(RuntimeError), opened.work("周敏", NOW) as work:
        work.enter_estate("桂语苑", "test", ("v1", "text"), {"街道": "陈立"})
        raise RuntimeError
    with opened.engine.connect() as connection:
        for table in (tables.estate, tables.person_in_lane, tables.pack_text):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0


def test_a_step_that_is_taken_while_its_journey_is_closed_is_refused(opened: Store, estate: int) -> None:
    diagram = (DIAGRAMS / "mech_loop.bpmn").read_bytes()
    definition = definitions.load({"mech_loop.bpmn": diagram}, "mech_loop")
    how: dict[str, Any] = {"deadlines": WithoutPack(), "now": NOW}
    wait = instance.start(definition, **how)
    with opened.work("周敏", NOW) as work:
        work.start(estate, definition, wait, lambda expression: "programme")
    [task] = wait.tasks
    answers = dict.fromkeys(definition.user_tasks[task.name].routing, True)
    with pytest.raises(Conflict), opened.work("周敏", NOW) as late:
        [at_rest] = late.instances(estate)
        with opened.work("陈立", NOW) as work:
            work.close(at_rest)
        moved = instance.complete(definition, at_rest.state, task.ref, answers, **how)
        late.record(at_rest, moved, lambda expression: "programme", completed=task.ref, answers={})
    with opened.work("周敏", NOW) as work:
        assert work.open_tasks(estate) == work.answered(estate) == pending.jobs(work, estate) == []
        assert [one.finished for one in work.instances(estate)] == [True]


def test_the_tables_are_those_that_the_migrations_make(opened: Store) -> None:
    assert create_app  # whoever imports the pages knows every table
    with opened.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_the_migrations_go_down_and_up_again(opened: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with opened.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = set(sa.inspect(connection).get_table_names())
    assert left == {"alembic_version"}
    database.migrate(opened.engine)
    with opened.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_the_data_model_stands() -> None:
    fixed = {
        "estate", "unit", "owner", "person", "roster_version", "visit", "promise", "meeting", "item", "ballot",
        "ballot_history", "notice", "posting", "proof", "objection", "file", "fact", "document", "document_version",
        "contract_terms", "handover_item", "prepaid_balance", "event", "instance", "task", "job", "timer",
    }  # fmt: skip
    assert fixed <= set(tables.metadata.tables)


def test_two_processes_race_for_a_task_and_one_wins(address: str, tmp_path: Path) -> None:
    result = races.run(address, tmp_path / "files", 20)
    assert result.clean, result


class _Fatal:
    """A barrier at which the one who comes for the sixth time is killed."""

    def __init__(self, barrier: Any) -> None:
        self.barrier, self.times = barrier, 0

    def wait(self) -> None:
        self.times += 1
        if self.times > 5:
            os.kill(os.getpid(), signal.SIGKILL)
        self.barrier.wait()


def dying(url: str, files: Path, rounds: int, barrier: Any, tally: Any) -> None:
    """Race, and be killed in the midst of it when one is the first to come."""
    try:
        (files.parent / "first").touch(exist_ok=False)
    except FileExistsError:
        races.race(url, files, rounds, barrier, tally)
    else:
        races.race(url, files, rounds, _Fatal(barrier), tally)


def test_races_end_and_say_so_when_a_racer_dies(address: str, tmp_path: Path) -> None:
    result = races.run(address, tmp_path / "files", 20, racer=dying)
    assert result.died == (-signal.SIGKILL,)
    assert not result.clean


def test_two_processes_ask_for_documents_and_no_number_is_left_out_or_given_twice(address: str, tmp_path: Path) -> None:
    result = numbers.run(address, tmp_path / "files", 20)
    assert result.clean, result
    assert len(result.sequences) == 2


def absent(url: str, files: Path, each: int, asker: int, barrier: Any) -> None:
    """Ask for documents, or die before the other one comes."""
    if asker == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    numbers.ask(url, files, each, asker, barrier)


def test_the_asking_for_numbers_ends_and_says_so_when_one_dies_before_it_begins(address: str, tmp_path: Path) -> None:
    result = numbers.run(address, tmp_path / "files", 20, asker=absent)
    assert result.died == (-signal.SIGKILL,)
    assert not result.clean
