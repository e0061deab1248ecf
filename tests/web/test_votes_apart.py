"""What ballots say lies apart from whose they are: no table, page, export, archive or log joins the two by itself."""

import csv
import io
import re
import zipfile
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from engine import store
from engine.errors import DamagedState
from engine.rules.ballot_life import State
from engine.store import Public, Store, database, registers, tables, votes
from engine.store import undone as store_undone
from engine.use_cases import archiving, ballot_entry, counting
from tests.district import District
from tests.voting import BODY, CADRE, COUNTING, GRID, Voting, returned

ROOT = "/estates/1/ballots"
ALL_FOR, ONE_AGAINST, OTHER = "1 1 1 1 1 1 1 1", "1 1 1 1 1 1 2 1", "3 1 1 1 1 1 2 1"
#: What a ballot says, however it is written down.
_MARKS = re.compile(r"(?<!\d)[0-4]( [0-4]){7}(?!\d)|同意|反对|弃权")


def _cells(opened: Store, *leave: str) -> list[tuple[str, str]]:
    """Every cell of the database as text, by its table."""
    found = []
    with opened.engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name not in leave:
                found += [(table.name, str(cell)) for row in connection.execute(sa.select(table)) for cell in row]
    return found


@pytest.fixture
def counted(district: District) -> Voting:
    """The reference estate's vote after its count, in which some ballots are against something."""
    district.replay("announce_result")
    district.clock.now = COUNTING
    return Voting(district)


def test_two_readings_a_ruling_and_a_correction_are_kept_apart_under_keys_that_lead_nowhere(district: District) -> None:
    going = Voting.begin(district)
    for serial in (1, 2):
        going.out_and_back(serial)
    for lane, marks in ((CADRE, ONE_AGAINST), (GRID, OTHER)):
        with going.at_work(lane) as vote:
            ballot_entry.enter(vote, 1, marks)
    with going.at_work(BODY) as vote:
        ballot_entry.rule(vote, 1, ONE_AGAINST, "原票清楚")
    with going.at_work(GRID) as vote:
        ballot_entry.objected(vote, 1, "又看了一遍原票")
    with going.at_work(BODY) as vote:
        ballot_entry.rule(vote, 1, OTHER, "原票有两处改动，有签名")
    assert going.states()[1] == State.RECONCILED
    with going.at_work() as vote:
        back = vote.dossier.ballot_returns[0]
        told = vote.dossier.choices
        assert counting.said(vote.dossier, back) == OTHER
        assert told.of(votes.replaced(back.ballot_id, 2)) == ONE_AGAINST
        assert [told.of(votes.entered(back.ballot_id, turn)) for turn in (1, 2)] == [ONE_AGAINST, OTHER]
        work = vote.dossier.work
        kept = work.connection.execute(sa.select(registers.choice)).all()
        assert sorted((row.kind, row.marks) for row in kept) == [
            ("COUNTED", OTHER), ("READ", ONE_AGAINST), ("READ", ONE_AGAINST), ("READ", OTHER),
        ]  # fmt: skip
    everything = " ".join(cell for _, cell in _cells(district.opened, "choice"))
    assert not any(row.key in everything for row in kept)
    assert ONE_AGAINST not in everything
    assert OTHER not in everything


def test_with_another_key_nobody_finds_what_a_ballot_says(counted: Voting) -> None:
    opened = counted.district.opened
    stranger = Store(opened.engine, opened.files, Public(key=b"whoever stole a copy"))
    with stranger.work("外人", COUNTING) as work:
        told = votes.choices(work, 1, 1)
        ballots = work.ballots(1, 1)
        with pytest.raises(DamagedState, match="请管理员换回原来的"):
            told.of(votes.returned(ballots[0].id, 1))
    assert len(told.marks) == len(returned())


def test_no_table_beside_the_choices_holds_what_anybody_chose(counted: Voting) -> None:
    # papers and notices say how many were for and against, never who
    joined = [cell for name, cell in _cells(counted.district.opened, "choice") if re.search(r"\d( [0-4]){7}", cell)]
    assert joined == []


def test_the_log_of_a_contested_vote_counts_the_deciding_ballots_and_names_none(counted: Voting) -> None:
    with counted.at_work() as vote:
        dossier = vote.dossier
        blank = [one for one in dossier.ballot_returns if counting.said(dossier, one) == ALL_FOR][:30]
        for one in blank:
            votes.change(dossier.work, votes.returned(one.ballot_id, one.no), ALL_FOR, "4" + ALL_FOR[1:])
    with counted.at_work() as vote:
        told = counting.figures(vote.dossier)
    first = told["items"][0]
    assert (first["status"], first["questions"], first["deciding"]) == ("CONTESTED", ["blank_item"], len(blank))
    assert not set(counted.units().values()) & set(re.findall(r'"([^"]+)"', orjson.dumps(told).decode()))


def test_no_page_and_no_workbook_of_a_counted_vote_says_what_a_unit_chose(counted: Voting) -> None:
    district = counted.district
    cast, unit_of = returned(), counted.units()
    against = next(serial for serial, unit in unit_of.items() if 2 in cast.get(unit, []))
    for lane in (CADRE, GRID, BODY, "街道", "法律顾问"):
        browser = district.browser(lane)
        for address in (f"{ROOT}/{against}", f"{ROOT}/register", f"{ROOT}/register?page=2", "/estates/1/log"):
            shown = re.sub(r"<(script|style|select|option)[^>]*>.*?</\1>", "", browser.get(address).text, flags=re.S)
            assert not re.search(r"(?<!\d)[0-4]( [0-4]){7}(?!\d)|反对|弃权", shown), (lane, address)
    cadre = district.browser(CADRE)
    for what in ("ballots", "deliveries"):
        taken = cadre.post(f"/estates/1/registers/{what}.xlsx", {"purpose": "答复业主本人"}, "/estates/1/registers")
        if taken.status_code == 200:
            with zipfile.ZipFile(io.BytesIO(taken.data)) as workbook:
                assert not any(_MARKS.search(workbook.read(name).decode()) for name in workbook.namelist()
                               if name.endswith(".xml"))  # fmt: skip


def test_the_whole_archive_holds_the_choices_apart_from_the_ballots(counted: Voting, tmp_path: Path) -> None:
    path = tmp_path / "全本.zip"
    with counted.district.opened.work("测试", COUNTING) as work, path.open("w+b") as target:
        archiving.write(work, 1, target, public=False)
    with zipfile.ZipFile(path) as archive:
        sheets = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".csv")}
    [apart] = [name for name in sheets if "表决内容" in name]
    rows = list(csv.DictReader(io.StringIO(sheets.pop(apart))))
    assert sorted(row["各事项"] for row in rows) == sorted(" ".join(map(str, marks)) for marks in returned().values())
    assert [row["凭据"] for row in rows] == sorted(row["凭据"] for row in rows)
    for name, content in sheets.items():
        assert not re.search(r"(?<!\d)[0-4]( [0-4]){7}(?!\d)", content), name
        assert not any(row["凭据"] in content for row in rows), name


def test_the_choices_of_a_vote_that_is_undone_go_out_of_the_count_with_its_ballots(counted: Voting) -> None:
    with counted.district.opened.work("测试", COUNTING) as work:
        store_undone.unmake_votes(work, 1, [1], [1])
    with counted.district.opened.work("测试", COUNTING) as work:
        assert votes.choices(work, 1, 1).marks == {}
        assert len(votes.choices(work, 1, -1).marks) == len(returned())


def test_votes_from_before_are_put_apart_when_the_store_is_brought_up_to_date(counted: Voting, tmp_path: Path) -> None:
    opened = counted.district.opened
    with opened.work("测试", COUNTING) as work:
        before = {(one.ballot_id, one.no): votes.choices(work, 1, 1).of(votes.returned(one.ballot_id, one.no))
                  for one in work.ballot_returns(1, 1)}  # fmt: skip
        work.execute(sa.delete(registers.choice))
    some = min(before)[0]
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with opened.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0027")
        for (ballot, no), marks in before.items():
            told = {"marks": marks, "ballot": ballot, "no": no}
            connection.execute(
                sa.text("UPDATE ballot_return SET marks = :marks WHERE ballot_id = :ballot AND no = :no"), told
            )
        ruled = {"ballot": some, "at": "2026-04-28", "actor": "测试", "note": ""}
        for what, marks in (("RULED", OTHER), ("RULED", before[some, 1])):
            connection.execute(
                sa.text("INSERT INTO ballot_history (ballot_id, at, actor, what, marks, note) "
                        "VALUES (:ballot, :at, :actor, :what, :marks, :note)"),
                {**ruled, "what": what, "marks": marks},
            )  # fmt: skip
    with pytest.raises(DamagedState, match="和房号分开存放"):
        database.migrate(opened.engine)
    database.migrate(opened.engine, opened.public.key)
    with opened.work("测试", COUNTING) as work:
        told = votes.choices(work, 1, 1)
        assert {key: told.of(votes.returned(*key)) for key in before} == before
        assert told.of(votes.replaced(some, 2)) == OTHER
        assert all(one.settled for one in work.ballot_returns(1, 1))
    assert ONE_AGAINST not in " ".join(cell for _, cell in _cells(opened, "choice"))
