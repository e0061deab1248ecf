"""A vote that does not go straight: extended or not, contested, begun anew; each page says what it came to and why."""

import html
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.carry import casefile, run
from engine.carry.casefile import Case
from engine.store import tables
from engine.use_cases import count_results
from tests.district import CASE, District, posted
from tests.voting import BODY, CADRE, Voting

CASES = Path(__file__).parents[1] / "cases"
ROOT = "/estates/1/ballots"
EXTENDED, CONTESTED, VOID, NOT_OPENED = (
    casefile.read(CASES / f"{name}.yaml")
    for name in ("no-quorum-extended", "vote-contested-passed", "vote-void-count", "vote-void-opening")
)
COUNSEL = "法律顾问"


def done(district: District, case: Case, name: str, lane: str, **given: str) -> Any:
    """Submit a step as the case answers it the first time, some of it otherwise."""
    step = next(step for step in case.steps if step.task == name)
    district.clock.now = run.morning(step.on) + timedelta(hours=1)
    district.work_on(1)
    stated = {key: step.on.isoformat() if value == "=on" else value for key, value in step.answers.items()}
    with district.opened.work("测试", district.clock.now) as work:
        of = (tables.task.c.estate_id == 1) & (tables.task.c.name == name)
        key = work.connection.execute(sa.select(sa.func.max(tables.task.c.id)).where(of)).scalar_one()
    answer = district.browser(lane).post(f"/tasks/{key}", posted({"do": "complete", **stated, **given}))
    district.work_on(1)
    return answer


def opened(district: District) -> set[str]:
    with district.opened.work("测试", district.clock.now) as work:
        return {task.name for task in work.open_tasks(1)}


OBJECTED = "1-0103：与隔壁合并登记的面积重复计算，成立，名册的面积或人数须更正。"
FLAWED = "表决期与张贴记录不符"


def test_a_vote_that_did_not_open_says_why_on_its_pages_and_beside_its_step(district: District) -> None:
    district.replay("settle_roster_objections", NOT_OPENED)
    flawed = {"flaw_found": "SHORT_NOTICE", "flaw_note": FLAWED}
    assert done(district, NOT_OPENED, "settle_roster_objections", CADRE, **flawed).status_code == 302
    assert opened(district) & {"declare_vote_void", "deliver_ballots"} == {"declare_vote_void"}
    browser, pages = district.browser(CADRE), {}
    for name, page in (("ballots", ROOT), ("register", f"{ROOT}/register"), ("estate", "/estates/1")):
        pages[name] = html.unescape(browser.get(page).text)
    said = f"表决没有开始：{FLAWED}；{OBJECTED}由召集人宣布作废、更正后重新公告。"
    for name in ("ballots", "register"):
        assert said in pages[name], name
    assert "objections：" not in pages["estate"] + pages["ballots"]
    assert "flaw_found：" not in pages["estate"]
    assert done(district, NOT_OPENED, "declare_vote_void", BODY).status_code == 302
    page = html.unescape(district.browser(CADRE).get(ROOT).text)
    assert ("这次表决已宣布作废" in page, said in page) == (True, False)


def test_an_extension_that_the_notice_allowed_is_to_be_posted(district: District) -> None:
    district.replay("check_participation", EXTENDED)
    assert done(district, EXTENDED, "check_participation", BODY).status_code == 302
    assert "post_extension_notice" in opened(district)


def test_once_the_extension_is_posted_the_pages_say_until_when(district: District) -> None:
    district.replay("close_voting", EXTENDED)
    assert "表决期已公告延长一次，到 2026-05-08 截止" in district.browser(CADRE).get(ROOT).text


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"ballots_unopened": ""}, "表决票已经开封；开封后不能延长"),
        ({"extended_to": "2026-04-27"}, "延长后的截止日须晚于 2026-04-28"),
    ],
)
def test_a_wish_to_extend_that_is_not_given_is_told_with_its_reason(
    changed: dict[str, str], said: str, district: District
) -> None:
    district.replay("check_participation", EXTENDED)
    answer = done(district, EXTENDED, "check_participation", BODY, **changed)
    if answer.status_code == 302:
        assert "post_extension_notice" not in opened(district)
        assert f"没有延长表决期：{said}" in district.browser(CADRE).get(ROOT).text
    else:
        assert said in answer.text


def test_what_hangs_on_a_reading_goes_to_counsel_whose_reason_stands_beside_the_result(district: District) -> None:
    district.replay("count_votes", CONTESTED)
    assert done(district, CONTESTED, "count_votes", BODY).status_code == 302
    assert {"advise_on_contested_vote"} & opened(district)
    assert "announce_result" not in opened(district)
    shown = district.browser(CADRE).get(f"{ROOT}/result").text
    assert "有争议，由法律顾问出具意见" in shown
    assert "结果取决于：空白、多选的是否计入参与（涉及 6 户）" in shown
    assert "此前不公告通过" in shown
    told = done(district, CONTESTED, "advise_on_contested_vote", COUNSEL, opinion="")
    assert told.status_code == 422
    assert done(district, CONTESTED, "advise_on_contested_vote", COUNSEL).status_code == 302
    assert "announce_result" in opened(district)
    shown = district.browser(CADRE).get(f"{ROOT}/result").text
    assert "法律顾问的意见：通过。议事规则第十二条写明该项空白视为未就该项表决" in shown


def test_a_vote_with_a_flaw_says_which_and_is_begun_anew_with_other_ballots(district: District) -> None:
    district.replay("count_votes", VOID)
    assert done(district, VOID, "count_votes", BODY).status_code == 302
    shown = district.browser(CADRE).get(f"{ROOT}/result").text
    assert "程序有瑕疵，不产生结果" in shown
    assert "程序瑕疵：" in shown
    assert "总面积与不动产登记不符" in shown
    assert "announce_result" not in opened(district)
    assert done(district, VOID, "declare_vote_void", BODY).status_code == 302
    assert "宣布作废" in district.browser(CADRE).get(ROOT).text


def test_a_vote_that_was_void_is_counted_anew_from_other_ballots(district: District) -> None:
    district.replay("announce_result", VOID)
    with Voting(district).at_work() as vote:
        serials = {one.serial for one in vote.dossier.ballots}
        assert count_results.result(vote) is not None
    assert min(serials) > 151  # the old ones stay void, and no serial is given twice
    shown = district.browser(CADRE).get(f"{ROOT}/result").text
    assert "程序瑕疵" not in shown
    assert "第 2 次计票" not in shown  # what was void was no count


def test_the_box_is_not_closed_on_its_page_while_a_ballot_is_missing(district: District) -> None:
    district.replay("close_voting")
    answer = done(district, CASE, "close_voting", CADRE, returned="125")
    assert answer.status_code == 422
    assert "填写 125 张，登记簿为 126 张；请逐号核对登记簿后改正" in answer.text
    assert "close_voting" in opened(district)
