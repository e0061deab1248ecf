"""Who has a task: claimed by one of two, handed on, delegated and given back, put aside, urged; each on record."""

import re
import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from engine.errors import Conflict
from engine.store import hands
from engine.use_cases import accounts, desk, handing
from engine.use_cases.accounts import Member
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District, posted
from web.forms import Posted

APPLICATION = "提交导入申请"


@pytest.fixture
def staffed(district: District) -> District:
    """The district with a second cadre at the community and one at the street; an application is to be made."""
    district.replay("submit_application")
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "刘洋", PASSWORD, COMMUNITY, ["社区干部"])
        accounts.add(work, "third", "高远", PASSWORD, "钟楼区/永红街道", ["社区干部"])
    return district


def _task(browser: Browser, tab: str = "mine") -> str:
    found = re.search(r'href="(/tasks/\d+)"', browser.get(f"/?tab={tab}").text)
    assert found is not None, f"nothing under {tab}"
    return found[1]


def _has(browser: Browser, tab: str) -> bool:
    rows = re.search(r'<ul class="rows">.*</ul>', browser.get(f"/?tab={tab}").text, re.DOTALL)
    return bool(rows and APPLICATION in rows[0])


def _log(district: District, *kinds: str) -> list[str]:
    return [event["kind"] for event in district.log(1) if event["kind"] in kinds]


def test_a_task_that_was_put_back_is_claimed_by_another_holder_of_the_role(staffed: District) -> None:
    cadre, second, street = staffed.browser("社区干部"), staffed.browser_of("second"), staffed.browser("街道")
    task = _task(cadre)
    assert cadre.post(f"{task}/release", {}, task).location == task
    assert not _has(cadre, "mine")
    assert _has(cadre, "claimable")
    assert _has(staffed.browser_of("third"), "claimable")
    assert not _has(street, "claimable")
    assert second.post(f"{task}/claim", {}, task).location == task
    assert _has(second, "mine")
    assert 'name="do" value="complete"' in second.get(task).text
    assert not _has(cadre, "claimable")
    assert "刘洋认领：提交导入申请" in street.get("/estates/1/log").text


def test_whoever_is_too_late_reads_who_claimed_it_and_when(staffed: District) -> None:
    cadre, second, third = staffed.browser("社区干部"), staffed.browser_of("second"), staffed.browser_of("third")
    task = _task(cadre)
    cadre.post(f"{task}/release", {}, task)
    second.post(f"{task}/claim", {}, task)
    staffed.clock.pass_by(minutes=3)
    late = third.post(f"{task}/claim", {}, task)
    assert late.status_code == 409
    assert "刘洋 3分钟前已认领" in late.text
    assert _log(staffed, "TaskClaimed") == ["TaskClaimed"]


def test_of_two_who_claim_at_the_same_moment_one_has_the_task(staffed: District) -> None:
    cadre = staffed.browser("社区干部")
    task = _task(cadre)
    cadre.post(f"{task}/release", {}, task)
    members = [_member(staffed, login) for login in ("user0", "second", "third")]
    ready, said = threading.Barrier(len(members)), list[str]()

    def claim(member: Member) -> None:
        ready.wait()
        try:
            handing.settle(
                staffed.opened,
                member,
                staffed.clock.now,
                lambda work: handing.claim(work, member, int(task.rsplit("/", 1)[1])),
            )
            said.append("")
        except Conflict as error:
            said.append(str(error))

    threads = [threading.Thread(target=claim, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("") == 1
    assert all("刚刚已认领" in one for one in said if one)
    assert _log(staffed, "TaskClaimed") == ["TaskClaimed"]


def _member(district: District, login: str) -> Member:
    with district.opened.work("测试", district.clock.now) as work:
        known = accounts.accounts.by_login(work, login)
        assert known is not None
        return accounts.member(work, known)


def test_what_was_typed_goes_along_with_the_task(staffed: District) -> None:
    cadre, second = staffed.browser("社区干部"), staffed.browser_of("second")
    task = _task(cadre)
    cadre.post(task, {"do": "save", "revision": "0", "address": "甲先填的"})
    cadre.post(f"{task}/transfer", {"name": "刘洋", "reason": "由他跟进"})
    page = second.get(task).text
    assert "甲先填的" in page
    assert 'name="revision" value="1"' in page
    assert second.post(task, {"do": "save", "revision": "1", "address": "乙接着填"}).status_code == 200
    assert "乙接着填" in second.get(task).text


@pytest.mark.parametrize(
    "given, said",
    [
        ({"name": "", "reason": "换人"}, "没有选人"),
        ({"name": "周敏", "reason": "换人"}, "已经由周敏办理"),
        ({"name": "吴倩", "reason": "换人"}, "吴倩不能办理"),
        ({"name": "外人", "reason": "换人"}, "没有这个小区的“社区干部”角色"),
        ({"name": "刘洋", "reason": " "}, "转办要写明理由"),
        ({"name": "刘洋", "reason": "长" * 201}, "1–200 个字"),
    ],
)
def test_a_wrong_hand_over_of_one_task_is_refused_with_what_was_typed(
    staffed: District, given: dict[str, str], said: str
) -> None:
    cadre = staffed.browser("社区干部")
    task = _task(cadre)
    answer = cadre.post(f"{task}/transfer", given)
    assert answer.status_code == 422
    assert said in answer.text
    assert _log(staffed, "TaskTransferred") == []
    assert _has(cadre, "mine")


def test_the_street_hands_one_task_on_and_the_lane_stays(staffed: District) -> None:
    street, second = staffed.browser("街道"), staffed.browser_of("second")
    task = _task(street, "scope")
    assert street.post(f"{task}/transfer", {"name": "刘洋", "reason": "周敏开会"}).location == task
    assert _has(second, "mine")
    assert not _has(staffed.browser("社区干部"), "mine")
    assert "陈立把“提交导入申请”由周敏转给刘洋：周敏开会" in street.get("/estates/1/log").text
    with staffed.opened.work("测试", staffed.clock.now) as work:
        assert work.people(1)["社区干部"] == "周敏"


def test_a_hand_over_that_is_sent_twice_is_on_record_once(staffed: District) -> None:
    street = staffed.browser("街道")
    task = _task(street, "scope")
    given = {"name": "刘洋", "reason": "周敏开会", "once": "the same form"}
    assert street.post(f"{task}/transfer", given).status_code == 302
    assert street.post(f"{task}/transfer", given).location == task
    assert "已经提交过" in street.get(task).text
    assert _log(staffed, "TaskTransferred") == ["TaskTransferred"]


def test_handing_the_lane_over_takes_along_what_its_person_claimed(staffed: District) -> None:
    cadre, street = staffed.browser("社区干部"), staffed.browser("街道")
    task = _task(cadre)
    cadre.post(f"{task}/release", {}, task)
    cadre.post(f"{task}/claim", {}, task)
    street.post("/estates/1/lanes/0", {"name": "刘洋", "reason": "周敏调走"})
    assert _has(staffed.browser_of("second"), "mine")
    assert not _has(cadre, "mine")


def test_a_delegate_fills_in_and_the_owner_submits(staffed: District) -> None:
    cadre, second = staffed.browser("社区干部"), staffed.browser_of("second")
    task = _task(cadre)
    cadre.post(f"{task}/delegate", {"name": "刘洋", "reason": "他去现场"})
    assert not _has(cadre, "mine")
    assert _has(cadre, "out")
    page = second.get(task).text
    assert "办好，交回" in page
    assert 'value="complete"' not in page
    assert cadre.post(task, {"do": "complete"}).status_code == 403
    refused = second.post(task, {"do": "complete"})
    assert refused.status_code == 403
    assert "交回以后由周敏提交" in refused.text
    answer = second.post(task, {"do": "give_back", "revision": _revision(second, task), "address": "乙填的"})
    assert answer.location == task
    assert "乙填的" in cadre.get(task).text
    assert _has(cadre, "mine")
    assert not _has(second, "mine")
    told = staffed.browser("街道").get("/estates/1/log").text
    assert "周敏把“提交导入申请”委派给刘洋：他去现场" in told
    assert "刘洋办好“提交导入申请”，交回周敏" in told


def _revision(browser: Browser, task: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', browser.get(task).text)
    assert found is not None
    return found[1]


def test_its_owner_takes_a_delegated_task_back(staffed: District) -> None:
    cadre, second = staffed.browser("社区干部"), staffed.browser_of("second")
    task = _task(cadre)
    cadre.post(f"{task}/delegate", {"name": "刘洋", "reason": "他去现场"})
    assert second.post(f"{task}/recall", {}, task).status_code == 403
    assert cadre.post(f"{task}/recall", {}, task).location == task
    assert _has(cadre, "mine")
    assert second.post(task, {"do": "save", "revision": "0"}).status_code == 403


@pytest.mark.parametrize("moment, tab", [("2026-01-09T15:59:59", "held"), ("2026-01-09T16:00:00", "mine")])
def test_a_task_put_aside_comes_back_by_itself_when_its_day_begins(staffed: District, moment: str, tab: str) -> None:
    cadre = staffed.browser("社区干部")
    task = _task(cadre)
    assert cadre.post(f"{task}/hold", {"until": "2026-01-10", "reason": "等房管所答复"}).location == task
    assert not _has(cadre, "mine")
    assert "等房管所答复" in cadre.get("/?tab=held").text
    staffed.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert _has(staffed.browser("社区干部"), tab)
    assert not _has(staffed.browser("社区干部"), "mine" if tab == "held" else "held")


@pytest.mark.parametrize(
    "given, said",
    [
        ({"until": "", "reason": "等"}, "哪天恢复"),
        ({"until": "2026-01-05", "reason": "等"}, "从明天起"),
        ({"until": "2027-01-07", "reason": "等"}, "一年以内"),
        ({"until": "明天", "reason": "等"}, "请选一个日期"),
        ({"until": "2026-01-10", "reason": ""}, "挂起要写明理由"),
    ],
)
def test_a_wrong_hold_is_refused(staffed: District, given: dict[str, str], said: str) -> None:
    staffed.clock.now = datetime(2026, 1, 5, 2, tzinfo=UTC)
    cadre = staffed.browser("社区干部")
    answer = cadre.post(f"{_task(cadre)}/hold", given)
    assert answer.status_code == 422
    assert said in answer.text
    assert _log(staffed, "TaskHeld") == []


def test_a_deadline_shows_and_warns_while_the_task_is_put_aside(district: District) -> None:
    estate = district.replay("canvass_households")
    grid = district.browser("网格员")
    task = _task(grid)
    far = (district.clock.now.replace(tzinfo=UTC)).date().replace(month=12).isoformat()
    grid.post(f"{task}/hold", {"until": far, "reason": "等名册"})
    assert "期限在那之前到" in grid.get(task).text
    district.clock.pass_by(days=60)
    district.work_on(estate)
    grid = district.browser("网格员")
    assert "已过期" in grid.get("/?tab=held").text
    assert "挂起的任务里有 1 项临期或已过期" in grid.get("/").text


def test_a_task_is_taken_up_again_before_its_day(staffed: District) -> None:
    cadre = staffed.browser("社区干部")
    task = _task(cadre)
    cadre.post(f"{task}/hold", {"until": "2026-02-10", "reason": "等房管所答复"})
    cadre.post(f"{task}/take_up", {}, task)
    assert _has(cadre, "mine")
    assert _log(staffed, "TaskHeld", "TaskTakenUp") == ["TaskHeld", "TaskTakenUp"]


def test_the_street_urges_once_a_day_and_the_mark_is_seen(staffed: District) -> None:
    street, cadre, grid = staffed.browser("街道"), staffed.browser("社区干部"), staffed.browser("网格员")
    task = _task(cadre)
    assert street.post(f"{task}/urge", {}, task).location == task
    assert "催 1" in cadre.get("/").text
    again = street.post(f"{task}/urge", {}, task)
    assert again.status_code == 409
    assert "明天可以再催" in again.text
    assert grid.post(f"{task}/urge", {}, task).status_code == 403
    assert cadre.post(f"{task}/urge", {}, task).status_code == 403
    staffed.clock.pass_by(days=1)
    staffed.browser("街道").post(f"{task}/urge", {}, task)
    assert "催 2" in staffed.browser("社区干部").get("/").text
    assert _log(staffed, "TaskUrged") == ["TaskUrged", "TaskUrged"]


def test_who_has_the_page_open_is_shown_for_a_minute(staffed: District) -> None:
    cadre, street = staffed.browser("社区干部"), staffed.browser("街道")
    task = _task(cadre)
    assert "正在填写" not in cadre.get(task).text
    assert "周敏 正在填写" in street.get(task).text
    assert "陈立 正在看" in cadre.post(f"{task}/here", {}, task).json["others"]  # type: ignore[index]
    staffed.clock.pass_by(seconds=61)
    assert cadre.post(f"{task}/here", {}, "/").json == {"others": ""}


def test_a_page_asked_for_again_at_once_writes_no_second_sign(staffed: District) -> None:
    cadre, street = staffed.browser("社区干部"), staffed.browser("街道")
    task = _task(cadre)
    cadre.get(task)
    first = _signs(staffed)
    staffed.clock.pass_by(seconds=5)
    cadre.get(task)
    assert _signs(staffed) == first
    staffed.clock.pass_by(seconds=6)
    cadre.post(f"{task}/here", {}, task)
    assert _signs(staffed) > first
    staffed.clock.pass_by(seconds=55)
    assert "周敏 正在填写" in street.get(task).text


def _signs(district: District) -> list[str]:
    with district.opened.work("测试", district.clock.now) as work:
        return sorted(work.connection.execute(sa.select(hands.open_page.c.at)).scalars())


def test_a_page_left_open_does_not_keep_somebody_signed_in(staffed: District) -> None:
    cadre = staffed.browser("社区干部")
    task = _task(cadre)
    token = re.search(r'data-token="([^"]+)"', cadre.get(task).text)
    assert token is not None
    for _ in range(2):
        staffed.clock.pass_by(hours=1, minutes=30)
        answer = cadre.client.post(f"{task}/here", headers={"X-CSRFToken": token[1]})
    assert answer.status_code == 302


def test_what_was_handed_on_while_its_form_was_sent_is_not_completed(staffed: District) -> None:
    staffed.enter("另一个苑")
    with staffed.opened.work("测试", staffed.clock.now) as work:
        accounts.add(work, "bureau", "孙波", PASSWORD, COMMUNITY, ["区住建"])
    task = int(_task(staffed.browser("区住建")).rsplit("/", 1)[1])
    plan = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
    values = Posted(MultiDict(plan), MultiDict(), lambda content: "").answers(staffed.library.form("set_annual_plan"))
    with pytest.raises(Conflict), staffed.opened.work("蒋涛", staffed.clock.now) as work:
        desk.complete(work, staffed.library, _member(staffed, "user8"), task, values)
        with staffed.opened.work("陈立", staffed.clock.now) as quicker:
            handing.transfer(quicker, _member(staffed, "user7"), task, "孙波", "蒋涛出差")
    assert _log_of(staffed, 2) == ["TaskTransferred"]


def _log_of(district: District, estate: int) -> list[str]:
    return [event["kind"] for event in district.log(estate) if event["kind"].startswith("Task")]


def test_several_tasks_are_handed_on_and_each_row_says_what_came_of_it(staffed: District) -> None:
    staffed.enter("另一个苑")
    street, second = staffed.browser("街道"), staffed.browser_of("second")
    tasks = re.findall(r'name="task" value="(\d+)"', street.get("/?tab=scope").text)
    assert len(tasks) == 2
    asked = street.post("/tasks/several", {"do": "transfer:ask", "task": tasks}, "/")
    assert asked.text.count("checked") == 2
    given = {"do": "transfer", "task": [*tasks, "99999"], "name": "刘洋", "reason": "统一由他办"}
    answer = street.post("/tasks/several", given, "/")
    assert "1 项成功，2 项失败" in answer.text
    assert "刘洋不能办理“列入年度计划”" in answer.text
    assert "没有找到这项任务" in answer.text
    assert answer.text.count("checked") == 2
    assert _has(second, "mine")


def test_several_tasks_are_claimed_and_urged_at_once(staffed: District) -> None:
    cadre, second, street = staffed.browser("社区干部"), staffed.browser_of("second"), staffed.browser("街道")
    task = _task(cadre)
    cadre.post(f"{task}/release", {}, task)
    key = task.rsplit("/", 1)[1]
    assert "1 项成功，0 项失败" in second.post("/tasks/several", {"do": "claim", "task": key}, "/").text
    assert "1 项成功" in street.post("/tasks/several", {"do": "urge", "task": [key, key]}, "/").text
    assert "今天" in street.post("/tasks/several", {"do": "urge", "task": key}, "/").text
    assert "没有选中任务" in street.post("/tasks/several", {"do": "urge"}, "/").text


def test_what_lies_outside_the_scope_does_not_exist(staffed: District) -> None:
    cadre, outside = staffed.browser("社区干部"), staffed.browser_of("elsewhere")
    task = _task(cadre)
    cadre.post(f"{task}/release", {}, task)
    assert not _has(outside, "claimable")
    for what in ("claim", "release", "transfer", "delegate", "give_back", "recall", "hold", "take_up", "urge", "here"):
        assert outside.post(f"{task}/{what}", {}, "/").status_code == 404, what
    rows = outside.post("/tasks/several", {"do": "claim", "task": task.rsplit("/", 1)[1]}, "/").text
    assert "没有找到这项任务" in rows
    assert APPLICATION not in rows
    assert _log(staffed, "TaskClaimed") == []


def test_nobody_claims_what_must_be_in_other_hands(staffed: District) -> None:
    with staffed.opened.work("测试", staffed.clock.now) as work:
        accounts.add(work, "both", "两头干", PASSWORD, COMMUNITY, ["社区干部", "物业企业"])
    street = staffed.browser("街道")
    lane = list(CASE.people).index("物业企业")
    assert street.post(f"/estates/1/lanes/{lane}", {"name": "两头干", "reason": "换人"}).status_code == 302
    cadre, both = staffed.browser("社区干部"), staffed.browser_of("both")
    task = _task(cadre)
    cadre.post(f"{task}/release", {}, task)
    refused = both.post(f"{task}/claim", {}, task)
    assert refused.status_code == 403
    assert "受托人" in refused.text
    street.get("/")
    assert "两头干" not in street.get(f"{task}/transfer").text


def test_the_board_knows_in_whose_hands_a_task_is(staffed: District) -> None:
    street = staffed.browser("街道")
    task = _task(street, "scope")
    assert "周敏" in street.get("/board/1").text
    street.post(f"{task}/transfer", {"name": "刘洋", "reason": "开会"})
    street.get(task)
    page = street.get("/board/1").text
    assert "刘洋" in page
    assert "周敏" not in page
