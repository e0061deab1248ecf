"""The votes of a platform are entered from its file, beside paper: equal ones count once, differing ones are held."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from engine.rules.ballot_life import State
from engine.store import tables
from engine.use_cases import ballot_entry, ballots, counting
from engine.use_cases.stages import owners_vote
from tests.district import Browser, District
from tests.voting import BODY, CADRE, GRID, Voting

ROOT = "/estates/1/ballots"
FOR, AGAINST = "同意", "反对"
ALL_FOR, LAST_AGAINST = "1 1 1 1 1 1 1 1", "1 1 1 1 1 1 1 2"


@pytest.fixture
def going(district: District) -> Voting:
    """The reference estate with its 151 ballots printed, on a day of its vote."""
    return Voting.begin(district)


def line(unit: str, last: str = FOR, at: str = "2026-04-15 20:11:03", status: str = "有效") -> dict[str, str]:
    marks = {f"事项{no}": FOR for no in range(1, 8)}
    return {"房号": unit, "投票时间": at, "状态": status, **marks, "事项8": last}


def sent(browser: Browser, lines: Iterable[dict[str, str]]) -> Any:
    written, given = io.StringIO(), list(lines)
    writer = csv.DictWriter(written, list(given[0]))
    writer.writeheader()
    writer.writerows(given)
    file = (io.BytesIO(written.getvalue().encode()), "表决结果.csv")
    return browser.post(f"{ROOT}/evotes", {"sheet": file}, f"{ROOT}/evotes")


def participating(going: Voting) -> tuple[int, int, int]:
    """Of the last item: how many took part, and how many were for it and against it."""
    with going.at_work() as vote:
        last = counting.envelopes(vote.dossier)[-1].count
    return last.participating.persons, last.approving.persons, last.against.persons


def test_a_file_is_entered_once_and_its_votes_count(district: District, going: Voting) -> None:
    units, cadre = going.units(), district.browser(CADRE)
    assert "登记平台的电子票" in cadre.get(ROOT).text
    lines = [
        line(units[1]), line(units[2], AGAINST), line(units[3], status="撤回"), line(units[4], at="2026-05-01"),
    ]  # fmt: skip
    assert sent(cadre, lines).status_code == 302
    assert "已登记电子票 2 户" in cadre.get(f"{ROOT}/evotes").text
    assert [going.states()[serial] for serial in (1, 2, 3, 4)] == [
        State.RECONCILED, State.RECONCILED, State.IN_HAND, State.IN_HAND,
    ]  # fmt: skip
    assert participating(going) == (2, 1, 1)
    sent(cadre, lines)
    assert "没有登记的：登记过 2、表决期外 1、平台标为无效 1" in cadre.get(f"{ROOT}/evotes").text
    assert participating(going) == (2, 1, 1)
    told = district.log(1)[-2]
    assert {name: told[name] for name in ("kind", "votes", "beside", "outside", "void")} == {
        "kind": "EvotesEntered", "votes": 2, "beside": 0, "outside": 1, "void": 1,
    }  # fmt: skip
    assert "反对" not in json.dumps(told, ensure_ascii=False)
    before = going.states()
    for wrong, said in (
        (line(units[1], AGAINST), "的电子票登记过，内容不同"), (line("测试账号"), "不在冻结的名册里；是测试账号"),
        (line(units[5], "看情况"), "写的是“看情况”"),
    ):  # fmt: skip
        answer = sent(cadre, [line(units[6]), wrong])
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert going.states() == before
    assert sent(district.browser("法律顾问"), lines).status_code == 403


@pytest.mark.parametrize("paper_first", [True, False])
def test_paper_and_platform_of_one_unit_count_once_when_equal_and_are_held_when_not(
    paper_first: bool, district: District, going: Voting
) -> None:
    units, cadre = going.units(), district.browser(CADRE)

    def platform() -> None:
        assert sent(cadre, [line(units[1]), line(units[2])]).status_code == 302

    if not paper_first:
        platform()
    for serial, marks in ((1, ALL_FOR), (2, LAST_AGAINST)):
        if paper_first:
            going.out_and_back(serial)
        else:
            assert "又收回纸质票" in cadre.get(f"{ROOT}/{serial}").text
            with going.at_work(GRID) as vote:
                ballots.take(vote, serial, {"signed": "是"})
        assert going.states()[serial] == State.RETURNED
        for lane in (CADRE, GRID):
            with going.at_work(lane) as vote:
                ballot_entry.enter(vote, serial, marks)
    if paper_first:
        platform()
    assert {going.states()[serial] for serial in (1, 2)} == {State.RECONCILED}
    # the second unit differs on the last item: in the participation, neither for nor against
    assert participating(going) == (2, 1, 0)
    with going.at_work(BODY) as vote:
        ballot_entry.objected(vote, 2, "第八项录错")
    with going.at_work("监察人") as vote:
        ballot_entry.rule(vote, 2, ALL_FOR, "原票有业主签名")
    assert participating(going) == (2, 2, 0)


def agreed(district: District, **answers: str) -> None:
    """Have the agenda say more, as somebody would have answered."""
    told = (tables.task.c.name == "resolve_agenda") & (tables.task.c.status == "completed")
    with district.opened.work("测试", district.clock.now) as work:
        was = orjson.loads(work.connection.execute(sa.select(tables.task.c.answers).where(told)).scalar_one())
        work.execute(sa.update(tables.task).where(told).values(answers=orjson.dumps({**was, **answers})))


def both_ways(district: District, going: Voting) -> None:
    """The second unit votes for all on the platform, and against the last item on paper."""
    going.out_and_back(2)
    for lane in (CADRE, GRID):
        with going.at_work(lane) as vote:
            ballot_entry.enter(vote, 2, LAST_AGAINST)
    units = going.units()
    assert sent(district.browser(CADRE), [line(units[1]), line(units[2])]).status_code == 302


@pytest.mark.parametrize(
    "rule, counted, said",
    [
        ("PAPER", (2, 1, 1), "以纸质票为准"), ("ELECTRONIC", (2, 2, 0), "以电子票为准"),
        ("LAST", (2, 1, 1), "以后投的为准"), ("FIRST", (2, 2, 0), "以先投的为准"),
    ],
)  # fmt: skip
def test_rules_adopted_before_say_which_of_paper_and_platform_counts(
    rule: str, counted: tuple[int, int, int], said: str, district: District, going: Voting
) -> None:
    source = {"duplicate_source": "《业主大会议事规则》第二十一条", "duplicate_adopted_on": "2021-05-20"}
    agreed(district, duplicate_rule=rule, **source)
    both_ways(district, going)
    # by paper on the 16th, on the platform the evening before
    assert participating(going) == counted
    shown = district.browser(CADRE).get(ROOT).text
    assert said in shown
    assert "《业主大会议事规则》第二十一条（2021-05-20 通过）" in shown


SUMS = [{"no": no, "approve": 2, "against": 0, "abstain": 0, "blank": 0} for no in range(1, 9)]


@pytest.mark.parametrize(
    "changed, fields",
    [
        ({}, []),
        ({"items": None}, []),
        ({"electronic": 1, "paper": 2, "items": None}, ["electronic", "paper"]),
        ({"paper": 0, "duplicates": 0}, ["paper", "duplicates"]),
        ({"items": SUMS[:7]}, ["items"]),
        ({"items": [*SUMS[:7], SUMS[0]]}, ["items"]),
        ({"items": [*SUMS[:7], {**SUMS[7], "approve": 1, "against": 1}]}, ["items"]),
        ({"items": [*SUMS[:7], {**SUMS[7], "approve": 1}]}, ["items"]),
        ({"electronic": 1, "paper": 3, "duplicates": 2, "items": None}, ["duplicates"]),
    ],
)
def test_what_the_platform_reports_is_compared_by_channel_and_by_item_and_tells_no_figure_of_ours(
    changed: dict[str, Any], fields: list[str], district: District, going: Voting
) -> None:
    both_ways(district, going)
    answers = {"electronic": 2, "paper": 1, "duplicates": 1, "items": SUMS, **changed}
    with going.at_work() as vote:
        found = owners_vote.CHECKS["record_evote_result"](vote.dossier, answers)
    assert [one.field for one in found] == fields
    if fields == ["items"] and len(changed["items"]) == 8 and changed["items"][7]["no"] == 8:
        whole = sum(changed["items"][7].values()) - 8 == 2
        said = "第 8 项平台报出的票数与导入的逐户票数不一致" if whole else "第 8 项四栏合计 1 户，电子票填的是 2 户"
        assert found[0].message.startswith(said)


@pytest.mark.parametrize(
    "changed, fields",
    [
        ({}, []),
        ({"items": SUMS[:7]}, ["items"]),
        ({"items": [*SUMS[:7], {**SUMS[7], "blank": 1}]}, ["items"]),
        ({"electronic": 1, "paper": 3, "duplicates": 2, "items": None}, ["duplicates"]),
        ({"paper": 1}, ["electronic"]),
    ],
)
def test_without_a_file_what_the_platform_reports_has_to_add_up(
    changed: dict[str, Any], fields: list[str], going: Voting
) -> None:
    for serial in (1, 2):
        going.out_and_back(serial)
    answers = {"electronic": 2, "paper": 0, "duplicates": 0, "items": SUMS, **changed}
    with going.at_work() as vote:
        found = owners_vote.CHECKS["record_evote_result"](vote.dossier, answers)
    assert [one.field for one in found] == fields
