"""Leave: the deputy sees and completes the tasks as 乙 代 甲, on these days only, never against a conflict rule."""

import re
from datetime import UTC, datetime

import pytest

from engine.use_cases import accounts
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District, posted
from tests.web.test_handing import _has, _task

PLAN = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
DAYS = {"first": "2026-01-05", "last": "2026-01-06"}


def _add(district: District, login: str, name: str, *roles: str, place: str = COMMUNITY) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, login, name, PASSWORD, place, roles)


def _away(browser: Browser, deputy: str, **given: str) -> str:
    answer = browser.post("/me/leave", {**DAYS, "deputy": deputy, **given})
    assert answer.status_code == 302, answer.text
    return browser.get("/me/leave").text


def _at(district: District, moment: str) -> None:
    district.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.fixture
def staffed(district: District) -> District:
    """An estate whose plan is to be made, and a second person at the district's bureau."""
    district.enter()
    _add(district, "second", "孙波", "区住建")
    return district


@pytest.mark.parametrize(
    "moment, sees",
    [
        ("2026-01-04T15:59:59", False),
        ("2026-01-04T16:00:00", True),
        ("2026-01-06T15:59:59", True),
        ("2026-01-06T16:00:00", False),
    ],
    ids=["the evening before", "when the first day begins", "at the end of the last day", "the day after"],
)
def test_a_deputy_has_the_tasks_on_these_days(staffed: District, moment: str, sees: bool) -> None:
    _away(staffed.browser("区住建"), "孙波")
    _at(staffed, moment)
    deputy = staffed.browser_of("second")
    assert ("列入年度计划" in deputy.get("/").text) is sees
    assert (deputy.post("/tasks/1", {"do": "save", "revision": "0"}).status_code == 200) is sees


def test_what_a_deputy_completes_is_on_record_as_for_whom(staffed: District) -> None:
    _away(staffed.browser("区住建"), "孙波")
    _at(staffed, "2026-01-05T01:00:00")
    deputy = staffed.browser_of("second")
    assert "代 蒋涛" in deputy.get("/").text
    assert "蒋涛请假，您代为办理" in deputy.get("/tasks/1").text
    assert deputy.post("/tasks/1", {"do": "complete", **PLAN}).status_code == 302
    done = next(event for event in staffed.log(1) if event["kind"] == "TaskCompleted")
    assert (done["actor"], done["on_behalf"]) == ("孙波", "蒋涛")
    assert "孙波 代 蒋涛<" in staffed.browser("街道").get("/estates/1/log").text
    assert "列入年度计划" in deputy.get("/?tab=done").text


def test_what_its_own_person_completes_says_nothing_of_others(staffed: District) -> None:
    staffed.browser("区住建").post("/tasks/1", {"do": "complete", **PLAN})
    done = next(event for event in staffed.log(1) if event["kind"] == "TaskCompleted")
    assert "on_behalf" not in done


def test_a_deputy_hands_on_for_the_person_on_leave(staffed: District) -> None:
    _add(staffed, "third", "钱敏", "区住建", place="钟楼区")
    _away(staffed.browser("区住建"), "孙波")
    _at(staffed, "2026-01-05T01:00:00")
    deputy = staffed.browser_of("second")
    deputy.post("/tasks/1/transfer", {"name": "钱敏", "reason": "我也没空"})
    assert "孙波 代 蒋涛 把“列入年度计划”由蒋涛转给钱敏" in staffed.browser("街道").get("/estates/1/log").text


def test_a_leave_that_was_ended_gives_the_tasks_to_nobody(staffed: District) -> None:
    housing = staffed.browser("区住建")
    page = _away(housing, "孙波")
    ended = re.search(r'action="(/me/leave/\d+/end)"', page)
    assert ended is not None
    assert staffed.browser_of("second").post(ended[1], {}, "/me/leave").status_code == 404
    assert housing.post(ended[1], {}, "/me/leave").status_code == 302
    _at(staffed, "2026-01-05T01:00:00")
    assert "列入年度计划" not in staffed.browser_of("second").get("/").text


@pytest.mark.parametrize(
    "given, said",
    [
        ({"deputy": ""}, "没有选代办人"),
        ({"deputy": "陈立"}, "他没有您的角色"),
        ({"first": "2026-01-03"}, "从今天起"),
        ({"first": "2026-01-07"}, "从哪天到哪天"),
        ({"last": "2027-01-07"}, "不超过一年"),
        ({"last": "五号"}, "请选两个日期"),
    ],
)
def test_a_wrong_leave_is_refused_with_what_was_typed(staffed: District, given: dict[str, str], said: str) -> None:
    answer = staffed.browser("区住建").post("/me/leave", {**DAYS, "deputy": "孙波", **given})
    assert answer.status_code == 422
    assert said in answer.text
    assert "我的请假" not in answer.text


def test_leaves_of_one_person_do_not_overlap_and_a_deputy_is_there_himself(staffed: District) -> None:
    housing, second = staffed.browser("区住建"), staffed.browser_of("second")
    _away(housing, "孙波")
    again = housing.post("/me/leave", {"first": "2026-01-06", "last": "2026-01-09", "deputy": "孙波"})
    assert "已经请过假" in again.text
    away = second.post("/me/leave", {**DAYS, "deputy": "蒋涛"})
    assert away.status_code == 422
    assert "自己请假" in away.text


def test_a_leave_that_is_sent_twice_is_noted_once(staffed: District) -> None:
    housing = staffed.browser("区住建")
    given = {**DAYS, "deputy": "孙波", "once": "the same form"}
    assert housing.post("/me/leave", given).status_code == 302
    assert housing.post("/me/leave", given).status_code == 302
    assert housing.get("/me/leave").text.count("由 孙波 代办") == 1


def test_who_must_be_somebody_else_is_no_deputy_there(district: District) -> None:
    district.replay("submit_application")
    # the street's officer is a cadre too, but this estate's application is his to examine
    _add(district, "both", "两头干", "社区干部", "街道")
    street = district.browser("街道")
    street.post(f"/estates/1/lanes/{list(CASE.people).index('街道')}", {"name": "两头干", "reason": "换人"})
    refused = district.browser("社区干部").post("/me/leave", {**DAYS, "deputy": "两头干"})
    assert refused.status_code == 422
    assert "初审和验收要由另外的人来做" in refused.text


def test_a_deputy_who_comes_to_act_against_a_rule_has_the_tasks_no_more(district: District) -> None:
    district.replay("submit_application")
    _add(district, "both", "两头干", "社区干部", "街道")
    _away(district.browser("社区干部"), "两头干")
    _at(district, "2026-01-05T01:00:00")
    deputy = district.browser_of("both")
    task = _task(deputy)
    assert _has(deputy, "mine")
    street = district.browser("街道")
    street.post(f"/estates/1/lanes/{list(CASE.people).index('街道')}", {"name": "两头干", "reason": "换人"})
    assert not _has(deputy, "mine")
    assert deputy.post(task, {"do": "save", "revision": "0"}).status_code == 403


def test_a_cadre_stands_in_for_a_grid_worker_and_enters_his_visits(district: District) -> None:
    estate = district.replay("visits")
    sheet = f"/estates/{estate}/registers/visits"
    _add(district, "cadre", "刘洋", "社区干部")
    deputy = district.browser_of("cadre")
    assert deputy.post(sheet, {"do": "enter"}).status_code == 403
    day = district.clock.now.date().isoformat()
    _away(district.browser("网格员"), "刘洋", first=day, last=day)
    assert "入户征集意愿" in deputy.get("/").text
    assert deputy.post(sheet, {"do": "enter"}).status_code == 422
