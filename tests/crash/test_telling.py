"""Nobody is told twice of one fact, whenever the sender is killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import clock, store
from engine.store.alerts import Setting
from engine.use_cases import accounts, alerts
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library
from tests import post_office
from tests.district import COMMUNITY, PASSWORD
from tests.serving import ROOT, wait_until

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)
PEOPLE = 12


@pytest.fixture
def told(tmp_path: Path, library: Library) -> Path:
    """The home of a store in which people wait to be told by mail of something."""
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
    for number in range(PEOPLE):
        with opened.work("测试", NOON) as work:
            accounts.add(work, f"user{number}", f"干部{number}", PASSWORD, COMMUNITY, ["社区干部"])
        with opened.work("测试", NOON) as work:
            mine = Member(number + 1, f"user{number}", f"干部{number}", ())
            given = {**vars(Setting()), "mail": f"user{number}@example.cn", "forward": ""}
            alerts.save_setting(work, mine, given)
            work.enter_estate(f"小区{number}", "test", ("v1", ""), {})
        with opened.work("陈立", NOON) as work:
            alerts.tell(work, f"干部{number}", "mentioned:1", "mentioned", estate_id=number + 1)
    opened.close()
    clock.set_to(tmp_path / "clock", NOON)
    return tmp_path


@contextmanager
def _worker(home: Path, **outgoing: str) -> Iterator[subprocess.Popen[bytes]]:
    variables = {"DAORU_HOME": str(home), "DAORU_CLOCK": str(home / "clock"), "DAORU_SYNCHRONOUS": "NORMAL"}
    environment = {key: value for key, value in os.environ.items() if key != "DAORU_DATABASE_URL"}
    with (home / "worker.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "engine.worker"], cwd=ROOT, env={**environment, **variables, **outgoing},
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def _statuses(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "daoru.db")) as connection:
        return [status for (status,) in connection.execute("SELECT status FROM dispatch ORDER BY id")]


def test_a_sender_killed_after_the_mail_went_out_sends_it_no_second_time(told: Path) -> None:
    with post_office.mail_server() as server:
        victims: list[int] = []

        def kill_the_sender() -> None:
            """The third mail is taken, and its sender dies before it hears so."""
            if len(server.arrived) == 3:
                os.kill(victims[0], signal.SIGKILL)

        server.before_answer = kill_the_sender
        with _worker(told, DAORU_SMTP_URL=server.address) as worker:
            victims.append(worker.pid)
            wait_until(lambda: worker.poll() is not None, 60)
        assert len(server.arrived) == 3
        # its lease is over: whoever comes next finds a mail of which nobody can know
        clock.set_to(told / "clock", NOON + timedelta(minutes=5))
        with _worker(told, DAORU_SMTP_URL=server.address):
            wait_until(lambda: len(ended := _statuses(told)) == PEOPLE and not {"waiting", "sending"} & {*ended}, 60)
    assert sorted(_statuses(told)) == ["sent"] * (PEOPLE - 1) + ["unsure"]
    addressed = sorted(line for mail in server.arrived for line in mail.split(b"\r\n") if line.startswith(b"To: "))
    assert addressed == sorted(f"To: user{number}@example.cn".encode() for number in range(PEOPLE))


def test_a_sender_killed_again_and_again_leaves_each_mail_once_in_the_outbox(told: Path) -> None:
    outbox = told / "outbox"
    for beyond in (1, 4, 7):
        with _worker(told) as worker:
            wait_until(lambda beyond=beyond: len(list(outbox.glob("*.eml"))) >= beyond, 60)  # type: ignore[misc]
            worker.kill()
        clock.set_to(told / "clock", NOON + timedelta(minutes=5 * beyond))
    with _worker(told):
        wait_until(lambda: _statuses(told) == ["sent"] * PEOPLE, 60)
    mails = [mail.read_bytes().decode() for mail in outbox.glob("*.eml")]
    assert len(mails) == PEOPLE
    assert len({line for mail in mails for line in mail.splitlines() if line.startswith("To: ")}) == PEOPLE
