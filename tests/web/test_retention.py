"""How long data of owners are kept: due by the pack's rule, let go when somebody confirms, never under a hold."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine import cli, store
from engine.cli import retaining
from engine.rules import retention as rules
from engine.rules.jurisdiction import Parameter
from engine.store import backups, data_requests, documents, identities, paper_sheets, registers, retention, rosters
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.library import Library
from tests import photographs, postgresql
from tests.district import Browser, District
from tests.web.test_data_requests import ask, photo, step
from tests.web.test_disclosures import ROSTER
from tests.web.test_vault import keep

ROOT = "/estates/1/privacy/retention"
_YEAR = Parameter("identity_retention", "", 1, "years", "", "programme", "max", "民法典 280", "inferred")


@pytest.mark.parametrize(
    ("closed", "goes"), [("2026-04-20", "2027-04-21"), ("2028-02-29", "2029-03-01"), ("", "")], ids=["", "leap", "open"]
)
def test_a_kind_goes_on_the_day_after_its_time(closed: str, goes: str, library: Library) -> None:
    since = date.fromisoformat(closed) if closed else None
    found = rules.goes_on(_YEAR, since, library.calendar)
    assert (found.isoformat() if found else "") == goes


@pytest.fixture
def voted(district: District) -> District:
    """The reference estate once its vote was counted and announced."""
    district.replay("sign_contract")
    return district


def act(browser: Browser, do: str, **given: Any) -> Any:
    return browser.post(ROOT, {"do": do, **given})


def later(district: District) -> Browser:
    """The cadre, more than a year after the vote closed."""
    district.clock.now += timedelta(days=420)
    return district.browser("社区干部")


def purge(browser: Browser, kind: str, **given: Any) -> Any:
    return act(browser, "purge", **{"kind": kind, "reason": "期满，已核对无争议", "confirmed": "1", **given})


def filled_in(district: District) -> str:
    """A page of a form that was filled in at the doors; the SHA-256 of its photo."""
    with district.opened.work("吴倩", district.clock.now) as work:
        said = {"estate_id": 1, "number": "n", "token": "t", "kind": paper_sheets.PACKET, "packet": "p", "title": ""}
        table, page = paper_sheets.paper_sheet, paper_sheets.paper_sheet_page
        made = {"round": 1, "version": "", "content": b"[]", "printed_at": work.at, "printed_by": "吴倩"}
        sheet = work.at_once(sa.insert(table).values(**said, **made).returning(table.c.id)).scalar_one()
        digest = documents.keep(work, photographs.photo() + b"form")
        brought = {"part": 0, "screen": digest, "brought_at": work.at, "brought_by": "吴倩"}
        work.insert(page, [{"sheet_id": sheet, "sha256": digest, **brought}])
    return digest


def test_what_is_over_goes_when_somebody_confirms_and_the_vote_keeps_its_evidence(voted: District) -> None:
    cadre = voted.browser("社区干部")
    assert keep(cadre).status_code == 302
    digest, form = photo(voted), filled_in(voted)
    with voted.opened.work("测试", voted.clock.now) as work:
        before, frozen = rosters.digest(work, 1, 1), work.ballots(1, 1)
        attitudes = [row.attitude for row in work.register(registers.visit, 1)]
    page = cadre.get(ROOT).text
    assert "到期，" not in page
    assert purge(cadre, "canvass").status_code == 403
    cadre = later(voted)
    assert "到期，1 条" in cadre.get(ROOT).text
    unsure = purge(cadre, "canvass", confirmed="")
    assert (unsure.status_code, "没有勾选" in unsure.text, "期满，已核对无争议" in unsure.text) == (422, True, True)
    assert purge(cadre, "canvass").status_code == 302
    assert purge(cadre, "identity").status_code == 302
    again = purge(cadre, "identity")
    assert again.status_code == 403
    with voted.opened.work("测试", voted.clock.now) as work:
        visits = work.register(registers.visit, 1)
        assert {row.note for row in visits} <= {"", "已删除"}
        assert {row.concerns for row in visits} == {""}
        assert [row.attitude for row in visits] == attitudes
        assert work.register(registers.visit_photo, 1) == []
        assert not work.files.path(digest).exists()
        assert not work.files.path(form).exists()
        assert len(work.register(paper_sheets.paper_sheet, 1)) == 1
        [number] = work.connection.execute(sa.select(identities.identity_number)).all()
        assert (number.sealed, number.purged_by) == (None, "周敏")
        assert (rosters.digest(work, 1, 1), work.ballots(1, 1)) == (before, frozen)
        assert [row.kind for row in retention.purges(work, 1)] == ["identity", "canvass"]
    assert [event["what"] for event in voted.log(1) if event["kind"] == "DataPurged"] == [
        "走访的备注、疑虑、位置和照片", "保险库里的完整证件号",
    ]  # fmt: skip
    assert "民法典 280" in cadre.get(ROOT).text


def test_nothing_goes_under_a_hold_or_while_something_is_in_dispute(voted: District) -> None:
    assert keep(voted.browser("社区干部")).status_code == 302
    cadre = later(voted)
    assert act(cadre, "hold", reason="").status_code == 422
    assert act(cadre, "hold", reason="撤销之诉，（2027）苏0404民初1号").status_code == 302
    refused = purge(cadre, "identity")
    assert (refused.status_code, "保全：撤销之诉" in refused.text) == (403, True)
    assert ask(voted, cadre, "DELETE").status_code == 302
    step(cadre, "prove", proof="SEEN")
    held = step(cadre, "decide", chosen=["vault"], reason="按业主要求删除")
    assert (held.status_code, "正在保全" in held.text) == (403, True)
    assert act(cadre, "lift", id="1", reason="判决已生效").status_code == 302
    waits = purge(cadre, "identity")
    assert (waits.status_code, "1 项个人信息请求没有办结" in waits.text) == (403, True)
    assert step(cadre, "decide", outcome="REFUSED", ground="KEPT_BY_LAW", reason="期限没有届满").status_code == 302
    with voted.opened.work("测试", voted.clock.now) as work:
        assert data_requests.undecided(work, 1) == 0
        work.execute(sa.update(registers.ballot).where(registers.ballot.c.serial == 1).values(state="DISPUTED"))
    assert "1 项表决票待裁" in purge(cadre, "identity").text
    assert voted.browser("街道").get(ROOT).status_code == 200
    assert purge(voted.browser("街道"), "identity").status_code == 403
    with voted.opened.work("测试", voted.clock.now) as work:
        assert identities.marks(work)


def test_the_commands_list_what_is_due_and_let_it_go(
    voted: District, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keep(voted.browser("社区干部")).status_code == 302
    monkeypatch.setenv("DAORU_HOME", str(voted.home))
    monkeypatch.setenv("DAORU_DATABASE_URL", voted.opened.engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(retaining, "_now", voted.clock)
    asked = ["retention", "purge", "1", "identity", "--by", "周敏", "--reason", "期满，已核对无争议"]
    assert cli.main(["retention", "due"]) == 0
    assert "没有到期要清除的" in capsys.readouterr().out
    assert cli.main(asked) == 2
    later(voted)
    assert cli.main(["retention", "due"]) == 0
    assert "identity：保险库里的完整证件号 1 条" in capsys.readouterr().out
    assert cli.main(asked) == 0
    assert "已清除 1 条" in capsys.readouterr().out
    with voted.opened.work("测试", voted.clock.now) as work:
        assert not identities.marks(work)
        assert [row.actor for row in retention.purges(work, 1)] == ["周敏"]


def test_what_was_purged_stays_on_record(voted: District) -> None:
    with voted.opened.work("周敏", voted.clock.now) as work:
        retention.note(work, 1, kind="identity", rows=1, due_on="2027-04-21", source="", reason="")
    for statement in (sa.update(retention.purge).values(rows=0), sa.delete(retention.purge)):
        with voted.opened.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(statement)


@dataclass(frozen=True)
class Backup:
    """A backup of the district's store, as its documentation says to make one, and the store that comes out of it."""

    of: District
    copy: Path
    home: Path
    address: str

    def make(self) -> None:
        """Copy the store while it is in use."""
        if self.of.opened.engine.dialect.name == "sqlite":
            backups.back_up(self.of.home, self.copy)
            return
        self.copy.mkdir()
        run("pg_dump", "-Fc", "-f", str(self.copy / "dump"), postgres_url(self.of.opened.engine.url))
        shutil.copytree(self.of.home / "files", self.copy / "files")

    def restore(self) -> None:
        """Make a store out of the copy; its command goes on to what was purged since."""
        if not self.address:
            assert cli.main(["restore", str(self.copy)]) == 0
            return
        run("pg_restore", "--no-owner", "-d", postgres_url(sa.make_url(self.address)), str(self.copy / "dump"))
        shutil.copytree(self.copy / "files", self.home / "files")


def postgres_url(url: sa.URL) -> str:
    return url.set(drivername="postgresql").difference_update_query(["options"]).render_as_string(hide_password=False)


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def backup(
    voted: District, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Backup]:
    """A backup of each kind of database, and an empty place to restore it to, which the commands then mean."""
    home = tmp_path / "again"
    home.mkdir()
    monkeypatch.setattr(retaining, "_now", voted.clock)
    monkeypatch.setenv("DAORU_HOME", str(home))
    monkeypatch.delenv("DAORU_DATABASE_URL", raising=False)
    if voted.opened.engine.dialect.name == "sqlite":
        yield Backup(voted, tmp_path / "copy", home, "")
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        monkeypatch.setenv("DAORU_DATABASE_URL", url)
        yield Backup(voted, tmp_path / "copy", home, url)


def test_what_was_purged_after_a_backup_goes_again_when_it_is_restored(
    voted: District, backup: Backup, capsys: pytest.CaptureFixture[str]
) -> None:
    cadre = voted.browser("社区干部")
    assert keep(cadre).status_code == 302
    digest, form = photo(voted), filled_in(voted)
    backup.make()
    assert ask(voted, cadre, "DELETE").status_code == 302
    step(cadre, "prove", proof="SEEN")
    step(cadre, "decide", chosen=["phone", "vault"], reason="按业主要求删除")
    cadre = later(voted)
    assert purge(cadre, "canvass").status_code == 302
    journal = voted.home / "purges.jsonl"
    acts = [orjson.loads(line) for line in journal.read_bytes().splitlines()]
    assert [one["kind"] for one in acts] == ["request", "canvass"]
    assert ROSTER[1][ROSTER[0].index("产权人")] not in journal.read_text()
    backup.restore()
    capsys.readouterr()
    assert (held(backup, digest, form), retaining.unheeded()) == ((True, True, True), "")
    shutil.copy(journal, backup.home / "purges.jsonl")
    assert "清除日志里有 2 条，数据库里还没有清除" in retaining.unheeded()
    (backup.home / "purges.jsonl").unlink()
    assert cli.main(["retention", "again", str(journal)]) == 0
    assert "清除日志 2 条；备份里还没有清除的 2 条已重新清除" in capsys.readouterr().out
    assert cli.main(["retention", "again"]) == 0
    assert "备份里还没有清除的 0 条" in capsys.readouterr().out
    assert (held(backup, digest, form), retaining.unheeded()) == ((False, False, False), "")
    with restored(backup) as work:
        phones = sa.select(registers.owner.c.phone).join(registers.unit).where(registers.unit.c.unit_no == ROSTER[1][0])
        assert set(work.connection.execute(phones).scalars()) == {""}
        assert {(row.kind, row.actor) for row in retention.purges(work, 1)} == {
            ("canvass", "周敏"),
            ("request", "周敏"),
        }


def test_a_backup_that_is_restored_beside_its_journal_lets_go_by_itself(
    voted: District, backup: Backup, capsys: pytest.CaptureFixture[str]
) -> None:
    if backup.address:
        pytest.skip("PostgreSQL 的备份由 pg_restore 恢复，随后运行 daoru retention again")
    assert keep(voted.browser("社区干部")).status_code == 302
    digest, form = photo(voted), filled_in(voted)
    backup.make()
    assert purge(later(voted), "canvass").status_code == 302
    shutil.copy(voted.home / "purges.jsonl", backup.home / "purges.jsonl")
    backup.restore()
    assert "清除日志 1 条；备份里还没有清除的 1 条已重新清除" in capsys.readouterr().out
    assert held(backup, digest, form) == (True, False, False)


@contextmanager
def restored(backup: Backup) -> Iterator[UnitOfWork]:
    address = backup.address or f"sqlite:///{backup.home / 'daoru.db'}"
    opened = store.open(address, files=backup.home / "files", synchronous="NORMAL")
    with opened.work("测试", backup.of.clock.now) as work:
        yield work
    opened.close()


def held(backup: Backup, *digests: str) -> tuple[bool, ...]:
    """Whether the restored store still has the sealed number, and these files."""
    with restored(backup) as work:
        [number] = work.connection.execute(sa.select(identities.identity_number)).all()
        return (number.sealed is not None, *(work.files.path(digest).exists() for digest in digests))


def test_a_file_that_is_no_journal_purges_nothing(
    voted: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAORU_HOME", str(voted.home))
    monkeypatch.setenv("DAORU_DATABASE_URL", voted.opened.engine.url.render_as_string(hide_password=False))
    other = tmp_path / "other"
    other.write_text("{}\n")
    assert cli.main(["retention", "again", str(other)]) == 2
    assert "不是清除日志" in capsys.readouterr().err
    assert cli.main(["retention", "again", str(tmp_path / "nowhere")]) == 2
