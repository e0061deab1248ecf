"""The register of ballots: each serial is somewhere, and what came back counts by who signed it and by what right."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import store
from engine.carry import casefile, run
from engine.errors import InvalidAnswers
from engine.store import Store, registers
from engine.use_cases import counting, registering
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from tests.carrying import CASES, Carried
from tests.documents import word

KEY = b"a key for tests"
TODAY = date(2026, 4, 25)


@pytest.fixture(scope="module")
def meeting(carried: Carried) -> Path:
    """The case in which a ballot is exchanged, and not everything that comes back is a ballot."""
    return carried.out("vote-meeting")


def asked(meeting: Path, question: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(meeting / "data" / "daoru.db")
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def printed(meeting: Path, kind: str) -> str:
    (paper,) = (meeting / "papers").glob(f"*-{kind}-*-001*.docx")
    return "\n".join(word.paragraphs(paper.read_bytes()))


def test_every_serial_is_returned_unreturned_or_spoiled(meeting: Path) -> None:
    spoiled = "SELECT serial, unit_no, spoiled_on, spoiled_why FROM ballot WHERE spoiled_on IS NOT NULL"
    assert asked(meeting, spoiled) == [(3, "1-0103", "2026-04-16", "票面漏印一项")]
    again = "SELECT serial, issue, delivered_on, receiver FROM ballot WHERE unit_no = '1-0103' ORDER BY issue"
    assert [row[:2] for row in asked(meeting, again)] == [(3, 1), (152, 2)]
    assert asked(meeting, again)[1][2:] == ("2026-04-16", "毛梅雨")
    back = "SELECT count(DISTINCT ballot_id) FROM ballot_return"
    assert (asked(meeting, "SELECT count(*) FROM ballot"), asked(meeting, back)) == ([(152,)], [(127,)])
    history = "SELECT what FROM ballot_history JOIN ballot ON ballot.id = ballot_id WHERE serial = 3 ORDER BY 1"
    assert asked(meeting, history) == [("DELIVERED",), ("SPOILED",)]


def test_a_replaced_ballot_is_printed_with_its_old_and_its_new_number(meeting: Path) -> None:
    said = "第000003号票（房号1-0103）2026年4月16日作废，原因：票面漏印一项；换发第000152号。"
    assert said in printed(meeting, "D-48")
    assert said in printed(meeting, "D-49")


def test_the_count_holds_two_ballots_that_differ_and_leaves_out_whoever_may_not_sign(meeting: Path) -> None:
    taken = "SELECT DISTINCT unit_no, area FROM ballot_return JOIN ballot ON ballot.id = ballot_id"
    areas = dict(asked(meeting, taken))
    assert {"1-0101", "1-0102", "1-0104", "1-0105"} <= areas.keys()
    del areas["1-0102"]  # its tenant signed; a proxy signed for 1-0101, and 1-0105 signed the second time
    log = json.loads((meeting / "timeline.json").read_text())
    first, second, *_ = next(event["figures"]["items"] for event in log if event.get("gate") == "vote")
    assert first["participating_area"] == second["participating_area"] == sum(areas.values())
    assert second["approving_area"] == sum(areas.values())
    assert first["approving_area"] == sum(areas.values()) - areas["1-0104"]
    assert first["participating_persons"] - first["approving_persons"] == 1


def test_what_is_no_ballot_is_printed_with_its_reasons(meeting: Path) -> None:
    said = "不计入参与2张（未签字1张；签名人无权表决1张）"
    assert f"127张，其中{said}" in printed(meeting, "D-49")
    assert f"收回的票中{said}" in printed(meeting, "D-50")
    assert "1张／2张（未签字1张；签名人无权表决1张）" in printed(meeting, "D-51")


@pytest.fixture
def voting(tmp_path: Path, library: Library) -> Iterator[Store]:
    """The reference estate while its vote runs: 126 of 151 ballots are back."""
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="OFF")
    _carry(opened, library, until="check_participation")
    yield opened
    opened.close()


def _carry(opened: Store, library: Library, until: str) -> None:
    case = casefile.read(CASES / "reference.yaml")
    steps = list(case.steps)
    steps = steps[: next(number for number, step in enumerate(steps) if step.task == until)]
    shortened = casefile.Case(case.file, case.name, case.title, case.place, case.people, tuple(steps), case.expect)
    run.replay(shortened, opened, library, run.Options(person_key=KEY), lambda line: None)


def enter(opened: Store, library: Library, what: str, *rows: Mapping[str, str], on: date = TODAY) -> None:
    with opened.work("吴倩", run.morning(on)) as work:
        registering.enter(work, library, 1, what, rows, KEY)


def out(opened: Store, library: Library) -> list[tuple[str, str]]:
    """The units whose ballot is not back, and their owners."""
    with opened.work("吴倩", run.morning(TODAY)) as work:
        dossier = Dossier(work, library, 1)
        back = {one.ballot_id for one in dossier.ballot_returns}
        units = dossier.electorate.units
        return [(no, units[no].owners[0].name) for no, one in dossier.ballot_of.items() if one.id not in back]


def test_whoever_holds_too_many_mandates_votes_for_as_many_as_the_pack_allows(voting: Store, library: Library) -> None:
    mandate = {"cast_by": "PROXY", "signed_by": "石磊", "matter": "业主大会会议表决", "scope": "全部事项"}
    period = {"valid_from": "2026-04-13", "valid_to": "2026-04-28", "mandate_signed": "是"}
    came = {"on": "2026-04-24", "marks": "1 1 1 1 1 1 1 1", "signed": "是", **mandate, **period}
    units = [no for no, _ in out(voting, library)][:5]
    enter(voting, library, "ballots", *[{**came, "unit_no": no} for no in units[:4]])
    enter(voting, library, "ballots", {**came, "unit_no": units[4], "valid_to": ""})
    with voting.work("吴倩", run.morning(TODAY)) as work:
        sifted = counting.sifted(Dossier(work, library, 1))
    assert [(one.unit_no, one.ground) for one in sifted.set_aside] == [
        (units[3], "TOO_MANY_MANDATES"),
        (units[4], "BAD_MANDATE"),
    ]
    assert len(sifted.ballots) == 126 + 3


@pytest.mark.parametrize(
    "row, said",
    [
        ({"signed_by": "石磊"}, "“石磊”不是这一户登记的业主"),
        ({"cast_by": "NEIGHBOUR"}, "没有“NEIGHBOUR”这种签名人"),
        ({"cast_by": "PROXY", "signed_by": ""}, "没有写受托人姓名"),
        ({"no": "2"}, "还没有登记过"),
        ({"serial": "000001"}, "第 000001 号已作废或不是这一户的"),
        ({"valid_to": "月底"}, "不是日期"),
    ],
)
def test_a_returned_ballot_that_does_not_fit_the_register_is_refused(
    row: dict[str, str], said: str, voting: Store, library: Library
) -> None:
    unit_no, owner = out(voting, library)[-1]
    whole = {"unit_no": unit_no, "on": "2026-04-24", "marks": "1 1 1 1 1 1 1 1", "signed": "是", "signed_by": owner}
    with pytest.raises(InvalidAnswers, match=said):
        enter(voting, library, "ballots", {**whole, **row})
    enter(voting, library, "ballots", whole)


@pytest.mark.parametrize(
    "row, said",
    [
        ({"replaces": "000150"}, "请核对原票号"),
        ({"reason": " "}, "没有写明原票为什么作废"),
        ({"unit_no": "1-0101", "replaces": "000001"}, "已经交回，不能换发"),
        ({"on": "2026-04-29"}, "截止后不能换发"),
    ],
)
def test_a_ballot_is_replaced_only_while_it_is_out_and_for_a_reason(
    row: dict[str, str], said: str, voting: Store, library: Library
) -> None:
    unit_no, owner = out(voting, library)[-1]
    with voting.work("吴倩", run.morning(TODAY)) as work:
        serial = Dossier(work, library, 1).ballot_of[unit_no].serial
    whole = {"unit_no": unit_no, "on": "2026-04-25", "mode": "VISIT", "receiver": owner, "reason": "遗失"}
    whole = {**whole, "replaces": str(serial)}
    with pytest.raises(InvalidAnswers, match=said):
        enter(voting, library, "deliveries", {**whole, **row}, on=date(2026, 4, 29))
    with pytest.raises(InvalidAnswers, match="一次只能换发一张"):
        enter(voting, library, "deliveries", whole, whole)
    enter(voting, library, "deliveries", whole)
    with pytest.raises(InvalidAnswers, match="现用的是第 000152 号票"):
        enter(voting, library, "deliveries", whole)


@pytest.mark.parametrize("column", ["signed", "proven", "designated", "objected", "is_copy", "mandate_signed"])
def test_a_yes_or_no_that_is_neither_is_refused_by_row_and_column(column: str, voting: Store, library: Library) -> None:
    unit_no, owner = out(voting, library)[-1]
    whole = {"unit_no": unit_no, "on": "2026-04-24", "marks": "1 1 1 1 1 1 1 1", "signed": "是", "signed_by": owner}
    before = kept(voting)
    with pytest.raises(InvalidAnswers, match=rf"ballots\[0\]\.{column}：“大概”既不是“是”也不是“否”；请只写是或否"):
        enter(voting, library, "ballots", {**whole, column: "大概"})
    assert kept(voting) == before
    enter(voting, library, "ballots", {**whole, column: "TRUE"})


def kept(opened: Store) -> list[Any]:
    """What the register of ballots holds, and its history."""
    with opened.engine.connect() as connection:
        tables = (registers.ballot, registers.ballot_return, registers.ballot_history)
        return [connection.execute(sa.select(table)).all() for table in tables]


@pytest.mark.parametrize(
    "row, said",
    [
        ({"mode": "鸽子"}, "“鸽子”不是会议公告写明的送达方式；请写 VISIT（上门送交并签收）、PICK_UP（到指定地点领取）"),
        ({"mode": "COURIER"}, "“COURIER”不是会议公告写明的送达方式"),
        ({"mode": ""}, "没有填写送达方式；请写 VISIT"),
        ({}, "号票已于 2026-04-1. 登记送达，不能再登记"),
        ({"mode": "POSTED"}, "号票已于 2026-04-1. 登记送达，不能再登记"),
    ],
)
def test_a_delivery_that_was_not_announced_or_was_made_before_is_refused(
    row: dict[str, str], said: str, voting: Store, library: Library
) -> None:
    unit_no, _ = out(voting, library)[-1]
    before = kept(voting)
    with pytest.raises(InvalidAnswers, match=said):
        enter(voting, library, "deliveries", {"unit_no": unit_no, "on": "2026-04-20", "mode": "VISIT", **row})
    assert kept(voting) == before


def test_a_ballot_announced_on_site_may_be_fetched_once_and_its_history_keeps_both(
    voting: Store, library: Library
) -> None:
    unit_no, owner = out(voting, library)[-1]
    with voting.engine.begin() as connection:
        undelivered = {"delivered_on": None, "delivery_mode": None, "receiver": None, "state": "IN_HAND"}
        connection.execute(sa.update(registers.ballot).where(registers.ballot.c.unit_no == unit_no).values(undelivered))
    announced = {"unit_no": unit_no, "on": "2026-04-16", "mode": "POSTED", "receiver": ""}
    fetched = {"unit_no": unit_no, "on": "2026-04-20", "mode": "PICK_UP", "receiver": owner}
    with pytest.raises(InvalidAnswers, match=r"deliveries\[1\]\.unit_no：.*与第 1 行重复：同一户一次只能"):
        enter(voting, library, "deliveries", announced, fetched)
    enter(voting, library, "deliveries", announced)
    enter(voting, library, "deliveries", fetched)
    with pytest.raises(InvalidAnswers, match="号票已于 2026-04-20 登记送达"):
        enter(voting, library, "deliveries", fetched)
    ballots, _, history = kept(voting)
    (ballot,) = [one for one in ballots if one.unit_no == unit_no]
    assert (ballot.delivered_on, ballot.delivery_mode, ballot.receiver) == ("2026-04-20", "PICK_UP", owner)
    assert [one.what for one in history if one.ballot_id == ballot.id] == ["DELIVERED", "ANNOUNCED", "DELIVERED"]
