"""Going back on the pages: what falls is shown first, who may is asked, and what was written stands ready again."""

import re
from typing import Any

import pytest

from engine.use_cases import accounts
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District, posted


def open_id(district: District, name: str) -> int:
    """The id of the open task of that name."""
    with district.opened.work("测试", district.clock.now) as work:
        return work.task(1, name).id


def done_id(district: District, name: str) -> int:
    """The id of the latest completion of that task that counts."""
    with district.opened.work("测试", district.clock.now) as work:
        return [done.task_id for done in work.answered(1) if done.name == name][-1]


def press(browser: Browser, address: str, **given: Any) -> Any:
    """Open a preview and press its button."""
    page = browser.get(address)
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return browser.post(address, {**hidden, **given})


def step(name: str) -> Any:
    """The case's step that completes a task."""
    return next(one for one in CASE.steps if one.task == name)


def complete(district: District, lane: str, name: str) -> Any:
    """Complete an open task as its case says, and let the job loop do what follows."""
    answer = district.browser(lane).post(
        f"/tasks/{open_id(district, name)}", {"do": "complete", **posted(dict(step(name).answers))}
    )
    district.work_on(1)
    return answer


def test_the_street_undoes_a_step_and_its_answers_stand_ready_again(district: District) -> None:
    district.replay("set_up_team")
    street = district.browser("街道")
    key = done_id(district, "submit_application")
    assert "撤回到这一步" in street.get("/estates/1/steps").text
    shown = street.get(f"/tasks/{key}/undo")
    assert "撤回到“提交导入申请”" in shown.text
    assert "这些步骤不再算办结" in shown.text
    assert "这些文书作废" in shown.text
    assert "XQ0001-D-03-2026-001" in shown.text
    answer = press(street, f"/tasks/{key}/undo", reason="面积填错")
    assert answer.status_code == 302, answer.text
    assert "↩ 撤回到“提交导入申请”" in street.get("/estates/1/log").text
    assert "已作废" in street.get("/estates/1/papers").text
    cadre = district.browser("社区干部").get(f"/tasks/{open_id(district, 'submit_application')}").text
    assert "面积填错" in cadre
    assert f'value="{step("submit_application").answers["households"]}"' in cadre
    assert "后来撤回，不再算数" in street.get(f"/tasks/{key}").text


def test_what_is_undone_is_done_again_and_goes_on(district: District) -> None:
    district.replay("set_up_team")
    street = district.browser("街道")
    press(street, f"/tasks/{done_id(district, 'submit_application')}/undo", reason="面积填错")
    assert complete(district, "社区干部", "submit_application").status_code == 302
    assert complete(district, "街道", "screen_eligibility").status_code == 302
    with district.opened.work("测试", district.clock.now) as work:
        numbers = [paper.number for paper in work.documents(1) if not paper.void_reason]
        assert {task.name for task in work.open_tasks(1)} == {"set_up_team"}
    assert "XQ0001-D-03-2026-001" not in numbers
    assert "XQ0001-D-03-2026-002" in numbers


@pytest.mark.parametrize("given, status, said", [({}, 422, "要写明理由"), ({"reason": "x" * 501}, 422, "要写明理由")])
def test_a_reason_is_asked_and_nothing_changes_without(
    district: District, given: dict[str, str], status: int, said: str
) -> None:
    district.replay("set_up_team")
    street = district.browser("街道")
    before = district.log(1)
    answer = press(street, f"/tasks/{done_id(district, 'submit_application')}/undo", **given)
    assert answer.status_code == status
    assert said in answer.text
    assert district.log(1) == before


def test_a_preview_that_grew_old_undoes_nothing(district: District) -> None:
    district.replay("screen_eligibility")
    street = district.browser("街道")
    key = done_id(district, "submit_application")
    page = street.get(f"/tasks/{key}/undo").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    complete(district, "街道", "screen_eligibility")
    before = district.log(1)
    answer = street.post(f"/tasks/{key}/undo", {"seen": seen[1], "reason": "面积填错"}, "/estates")
    assert answer.status_code == 409
    assert "重新核对会失效的内容" in answer.text
    assert "面积填错" in answer.text  # what was typed stays, below what falls by now
    assert district.log(1) == before


def test_a_form_that_is_sent_twice_undoes_once(district: District) -> None:
    district.replay("set_up_team")
    street = district.browser("街道")
    key = done_id(district, "submit_application")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', street.get(f"/tasks/{key}/undo").text))
    for _ in range(2):
        answer = street.post(f"/tasks/{key}/undo", {**hidden, "reason": "面积填错"}, "/estates")
        assert answer.status_code == 302
    assert [event["kind"] for event in district.log(1)].count("MoveUndone") == 1


def test_the_author_takes_the_last_step_back_until_somebody_takes_up_what_follows(district: District) -> None:
    district.replay("submit_application")
    cadre = district.browser("社区干部")
    answer = cadre.post(
        f"/tasks/{open_id(district, 'submit_application')}",
        {"do": "complete", **posted(dict(step("submit_application").answers))},
    )
    assert answer.status_code == 302
    key = done_id(district, "submit_application")
    assert f"/tasks/{key}/take-back" in cadre.get(answer.location).text
    assert f"/tasks/{key}/take-back" in cadre.get("/?tab=done").text
    assert press(cadre, f"/tasks/{key}/take-back").status_code == 302
    assert district.log(1)[-1]["reason"] == "本人拿回"
    complete(district, "社区干部", "submit_application")
    again = done_id(district, "submit_application")
    follows = open_id(district, "screen_eligibility")
    district.browser("街道").post(f"/tasks/{follows}", {"do": "save", "opinion": "在看"})
    refused = cadre.get(f"/tasks/{again}/take-back")
    assert refused.status_code == 403
    assert "已有人在填写" in refused.text


def test_a_step_is_not_taken_back_while_somebody_has_what_follows_open_or_has_claimed_it(district: District) -> None:
    district.replay("screen_eligibility")
    cadre, street = district.browser("社区干部"), district.browser("街道")
    key, follows = done_id(district, "submit_application"), f"/tasks/{open_id(district, 'screen_eligibility')}"
    take_back = f"/tasks/{key}/take-back"
    # somebody who only looks on takes nothing up
    district.browser("法律顾问").get(follows)
    assert cadre.get(take_back).status_code == 200
    street.get(follows)
    refused = cadre.get(take_back)
    assert refused.status_code == 403
    assert "陈立正打开着填写" in refused.text
    district.clock.pass_by(minutes=2)
    assert cadre.get(take_back).status_code == 200
    street.post(f"{follows}/release", {}, follows)
    street.post(f"{follows}/claim", {}, follows)
    district.clock.pass_by(minutes=2)
    claimed = cadre.get(take_back)
    assert claimed.status_code == 403
    assert "陈立已经接手" in claimed.text


def test_a_row_of_the_log_leads_to_undoing_that_very_step_where_it_is_lawful(district: District) -> None:
    district.replay("set_up_team")
    key = done_id(district, "submit_application")
    street = district.browser("街道").get("/estates/1/log").text
    [row] = [one for one in street.split("<li") if "社区干部办结：提交导入申请" in one]
    assert f'href="/tasks/{key}/undo"' in row
    last = done_id(district, "screen_eligibility")
    assert f'href="/tasks/{last}/take-back"' not in street
    assert "/undo" not in district.browser("社区干部").get("/estates/1/log").text
    with district.opened.work("测试", district.clock.now) as work:
        work.set_status(1, "suspended", suspended_at=work.at)
    assert "/undo" not in district.browser("街道").get("/estates/1/log").text


def test_a_paper_that_was_fetched_is_not_taken_back(district: District) -> None:
    district.replay("screen_eligibility")
    key = done_id(district, "submit_application")
    number = "XQ0001-D-03-2026-001"
    assert district.browser("街道").get(f"/papers/{number}").status_code == 200
    refused = district.browser("社区干部").get(f"/tasks/{key}/take-back")
    assert refused.status_code == 403
    assert "已经有人取走" in refused.text
    assert "已有人下载" in district.browser("街道").get(f"/tasks/{key}/undo").text


def test_only_the_author_takes_back(district: District) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "刘洋", PASSWORD, COMMUNITY, ["社区干部"])
    district.replay("screen_eligibility")
    key = done_id(district, "submit_application")
    assert district.browser_of("second").get(f"/tasks/{key}/take-back").status_code == 403
    assert district.browser_of("elsewhere").get(f"/tasks/{key}/take-back").status_code == 404


def test_a_return_asks_how_to_go_on_and_shows_its_reason_on_the_task(district: District) -> None:
    district.replay("screen_eligibility")
    street = district.browser("街道")
    source, target = open_id(district, "screen_eligibility"), done_id(district, "submit_application")
    assert f"/tasks/{source}/return/{target}" in street.get(f"/tasks/{source}/return").text
    address = f"/tasks/{source}/return/{target}"
    refused = press(street, address, reason="户数与清册不符")
    assert refused.status_code == 422
    assert "没有选择改正后怎么走" in refused.text
    assert "户数与清册不符" in refused.text
    assert press(street, address, reason="户数与清册不符", policy="redo").status_code == 302
    cadre = district.browser("社区干部")
    page = cadre.get(f"/tasks/{open_id(district, 'submit_application')}").text
    assert "退回：</strong>户数与清册不符" in page
    assert "退回：提交导入申请" in cadre.get("/alerts").text


def test_nobody_returns_what_they_do_not_hold(district: District) -> None:
    district.replay("screen_eligibility")
    source, target = open_id(district, "screen_eligibility"), done_id(district, "submit_application")
    for lane, wanted in (("社区干部", 403), ("法律顾问", 403)):
        assert district.browser(lane).get(f"/tasks/{source}/return/{target}").status_code == wanted
    assert district.browser_of("elsewhere").get(f"/tasks/{source}/return/{target}").status_code == 404


def test_what_was_posted_and_voted_is_said_to_stay_with_what_to_do(district: District) -> None:
    district.replay("count_votes")
    page = district.browser("街道").get(f"/tasks/{done_id(district, 'resolve_agenda')}/undo").text
    for said in (
        "已经发生、收不回来的事",
        "会议公告已于 2026-03-26 张贴 3 处",
        "业主名册公示已于",
        "第 1 次表决的票已送达 151 张、收回 126 张",
        "票号不再使用",
        "判定能否开票：可以开票",
        "唱票计票",
    ):
        assert said in page, said
