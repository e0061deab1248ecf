"""What people are told: once for each fact, in the bell and outside, and never in their quiet hours."""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import sqlalchemy as sa

from engine import channels, jobs
from engine.sending import AGAIN, Sender
from engine.settings import Outgoing
from engine.store import pending, tables
from engine.store.dispatches import dispatch
from engine.use_cases import accounts, alerts
from engine.use_cases.accounts import ADMINISTRATOR
from tests import post_office
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District, posted

PLAN = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
SETTING = {"mail": "jiang@example.cn", "mode": "now", "quiet_from": "21:00", "quiet_until": "08:00"}


def _lines(browser: Browser, tab: str = "unread") -> list[str]:
    page = browser.get(f"/alerts?tab={tab}").text
    return [line.strip() for line in re.findall(r'class="says">(?:<span class="light \w+"></span>)?([^<]+)', page)]


def _count(browser: Browser) -> int:
    found = re.search(r'class="count[^"]*">(\d+)<', browser.get("/board").text)
    assert found is not None
    return int(found[1])


def _first(browser: Browser, tab: str = "unread") -> str:
    found = re.search(r'action="(/alerts/\d+)"', browser.get(f"/alerts?tab={tab}").text)
    assert found is not None
    return found[1]


def _sender(district: District, **outgoing: Any) -> Sender:
    ways = channels.opened(Outgoing(district.home / "outbox", **outgoing))
    return Sender(district.opened, ways, "https://desk.example.cn")


def _statuses(district: District) -> list[tuple[str, str | None]]:
    with district.opened.work("测试", district.clock.now) as work:
        chosen = sa.select(dispatch.c.status, dispatch.c.failure).order_by(dispatch.c.id)
        return [(row.status, row.failure) for row in work.connection.execute(chosen)]


def test_whoever_has_a_new_task_is_told_once_and_what_is_done_is_settled(district: District) -> None:
    estate = district.enter()
    housing, cadre = district.browser("区住建"), district.browser("社区干部")
    assert _lines(housing) == ["新任务：列入年度计划（桂语苑）"]
    assert (_count(housing), _count(cadre)) == (1, 0)
    assert housing.post("/tasks/1", {"do": "complete", **PLAN}).status_code == 302
    assert _count(housing) == 0
    assert "没有未读的提醒" in housing.get("/alerts").text
    assert _lines(housing, "all") == ["新任务：列入年度计划（桂语苑）"]
    district.work_on(estate)
    assert _lines(cadre) == ["新任务：提交导入申请（桂语苑）"]


def test_opening_one_reads_it_and_leads_to_its_task(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    answer = housing.post(_first(housing), {}, "/alerts")
    assert (answer.status_code, answer.location) == (302, "/tasks/1")
    assert _count(housing) == 0
    # a second click leads there as well
    assert housing.post(_first(housing, "all"), {}, "/alerts").location == "/tasks/1"


def test_everything_can_be_read_at_once_and_nobody_reads_what_is_anothers(district: District) -> None:
    district.enter()
    housing, cadre = district.browser("区住建"), district.browser("社区干部")
    assert cadre.post(_first(housing), {}, "/alerts").status_code == 404
    assert cadre.post("/alerts/read", {}, "/alerts").status_code == 302
    assert _count(housing) == 1
    assert housing.post("/alerts/read", {}, "/alerts").status_code == 302
    assert _count(housing) == 0


def test_the_bell_answers_not_modified_until_something_changes_and_keeps_no_session_alive(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    first = housing.get("/alerts/count")
    assert first.json == {"unread": 1}
    again = housing.client.get("/alerts/count", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    housing.post("/alerts/read", {}, "/alerts")
    fresh = housing.client.get("/alerts/count", headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.json == {"unread": 0}
    for _ in range(3):
        district.clock.pass_by(minutes=50)
        answer = housing.get("/alerts/count")
    assert answer.status_code == 302


def test_the_next_holder_of_a_lane_is_told_and_the_one_before_has_nothing_left_to_read(district: District) -> None:
    estate = district.enter()
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "高远", PASSWORD, COMMUNITY, ["区住建"])
    street, housing = district.browser("街道"), district.browser("区住建")
    place = list(CASE.people).index("区住建")
    given = {"name": "高远", "reason": "休假"}
    answer = street.post(f"/estates/{estate}/lanes/{place}", given)
    assert answer.status_code == 302, answer.text
    assert _count(housing) == 0
    assert _lines(district.browser_of("second")) == ["陈立把“区住建”转给您办理（桂语苑）"]


def test_holders_are_reminded_seven_three_and_one_days_before_and_told_when_it_is_over(district: District) -> None:
    estate = district.replay("canvass_households")
    district.work_on(estate)
    due = _period_of(district, "canvass_households")
    sender = _sender(district)
    for days in (8, 7, 6, 3, 2, 1):
        for minutes in (60, 62):
            district.clock.now = due - timedelta(days=days, minutes=-minutes)
            sender.round(district.clock.now)
    district.clock.now = due + timedelta(minutes=1)
    for _ in range(2):
        district.work_on(estate)
        sender.round(district.clock.now)
    lines = [line for line in _lines(district.browser("网格员"), "all") if "入户征集意愿" in line]
    assert [line.partition("：")[0] for line in lines] == ["已过期", "快到期", "快到期", "快到期", "新任务"]
    assert lines[0] == "已过期：入户征集意愿，最后一天是 2026-03-04（周三）（桂语苑）"


def test_a_suspended_estate_reminds_of_the_laws_periods_only(district: District) -> None:
    estate = district.replay("canvass_households")
    district.work_on(estate)
    due = _period_of(district, "canvass_households")
    with district.opened.work("测试", district.clock.now) as work:
        work.set_status(estate, "suspended", suspended_at=work.at)
    for clock in ("programme", "statutory"):
        with district.opened.work("测试", district.clock.now) as work:
            work.execute(sa.update(tables.timer).values(clock=clock))
        alerts.remind(district.opened, jobs.ACTOR, due - timedelta(hours=12))
        told = [line for line in _lines(district.browser("网格员"), "all") if line.startswith("快到期")]
        assert bool(told) == (clock == "statutory")


def _period_of(district: District, task: str) -> datetime:
    with district.opened.work("测试", district.clock.now) as work:
        chosen = sa.select(tables.timer.c.due).where(tables.timer.c.attached_to == task)
        return datetime.fromisoformat(work.connection.execute(chosen).scalar_one())


def test_the_administrator_above_an_estate_is_told_once_of_a_job_that_failed(district: District) -> None:
    estate = district.enter()
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "admin", "罗静", PASSWORD, "钟楼区", [ADMINISTRATOR])
        accounts.add(work, "other", "别区管理员", PASSWORD, "另一个区", [ADMINISTRATOR])
    assert district.browser("区住建").post("/tasks/1", {"do": "complete", **PLAN}).status_code == 302
    with district.opened.work("测试", district.clock.now) as work:
        pending.leave(work, pending.jobs(work, estate)[0], "磁盘满了")
    for _ in range(2):
        alerts.remind(district.opened, jobs.ACTOR, district.clock.now)
    assert len(_lines(district.browser_of("admin"))) == 1
    assert _lines(district.browser_of("other")) == []


def test_a_fact_told_again_is_told_once_and_nobody_without_an_account_is_told(district: District) -> None:
    estate = district.enter()
    for _ in range(2):
        for person in ("周敏", "没有账号的人"):
            with district.opened.work("陈立", district.clock.now) as work:
                alerts.tell(work, person, "urged:1:1", "urged", estate_id=estate, task_id=1)
    assert _lines(district.browser("社区干部")) == ["陈立催办：列入年度计划（桂语苑）"]


@pytest.mark.parametrize(
    "given, said",
    [
        ({"mail": "不是邮箱"}, "邮箱地址读不懂"),
        ({"mail": "a@b\r\nBcc: c@d.cn"}, "邮箱地址读不懂"),
        ({"mode": "hourly"}, "没有选择怎样发送"),
        ({"quiet_from": "25:00"}, "时刻应写成"),
        ({"quiet_until": ""}, "时刻应写成"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_beside_its_field_and_keeps_what_was_typed(
    district: District, given: dict[str, str], said: str
) -> None:
    browser = district.browser("区住建")
    answer = browser.post("/alerts/settings", {**SETTING, **given})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="jiang@example.cn"' in answer.text or "mail" in given
    assert (
        'name="mail" type="email" inputmode="email" autocomplete="email" maxlength="254" value=""'
        in browser.get("/alerts/settings").text
    )


def test_a_mail_lies_in_the_outbox_once_however_often_the_sender_goes_round(district: District) -> None:
    housing = district.browser("区住建")
    assert housing.post("/alerts/settings", SETTING).status_code == 302
    district.enter()
    sender = _sender(district)
    while sender.round(district.clock.now):
        pass
    assert sender.round(district.clock.now + timedelta(minutes=2)) == 0
    [kept] = (district.home / "outbox").glob("*.eml")
    mail = message_from_bytes(kept.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("jiang@example.cn", "新任务：列入年度计划（桂语苑）")
    assert "https://desk.example.cn/alerts" in mail.get_content()
    assert _statuses(district) == [("sent", None)]


def test_what_comes_in_quiet_hours_leaves_in_the_morning_as_one_mail_without_what_was_read(district: District) -> None:
    housing = district.browser("区住建")
    housing.post("/alerts/settings", SETTING)
    district.clock.now = datetime(2026, 1, 4, 14, tzinfo=UTC)  # ten in the evening
    housing = district.browser("区住建")
    for name in ("桂语苑", "听涛居", "和平里"):
        district.enter(name)
    sender = _sender(district)
    while sender.round(district.clock.now):
        pass
    assert not (district.home / "outbox").exists()
    assert housing.post(_first(housing), {}, "/alerts").status_code == 302
    district.clock.now = datetime(2026, 1, 5, 0, 0, 1, tzinfo=UTC)
    sender.round(district.clock.now)
    [kept] = (district.home / "outbox").glob("*.eml")
    mail = message_from_bytes(kept.read_bytes(), policy=policy.default)
    assert mail["Subject"] == "导入台：2 条提醒"
    assert len(re.findall("新任务", mail.get_content())) == 2


def test_old_news_is_not_sent(district: District) -> None:
    district.browser("区住建").post("/alerts/settings", SETTING)
    district.enter()
    district.clock.pass_by(days=3)
    sender = _sender(district)
    while sender.round(district.clock.now):
        pass
    assert _statuses(district) == []
    assert not (district.home / "outbox").exists()


def test_a_webhook_that_fails_is_asked_again_later_with_the_same_key_and_a_signature(district: District) -> None:
    district.browser("区住建").post("/alerts/settings", {**SETTING, "mode": "none", "forward": "on"})
    district.enter()
    answers = iter(["500", None])
    with post_office.webhook() as hook:
        hook.before_answer = lambda: next(answers)
        sender = _sender(district, webhook=hook.address, webhook_key=b"secret")
        sender.round(district.clock.now)
        assert _statuses(district) == [("waiting", "对方回答 500")]
        sender.round(district.clock.now + AGAIN[0] - timedelta(seconds=1))
        assert len(hook.arrived) == 1
        sender.round(district.clock.now + AGAIN[0])
    assert _statuses(district) == [("sent", None)]
    one, two = (json.loads(body) for body in hook.arrived)
    assert one["id"] == two["id"] == hook.headers[0]["Idempotency-Key"] == hook.headers[1]["Idempotency-Key"]
    assert one["to"] == {"login": f"user{list(CASE.people).index('区住建')}", "name": "蒋涛"}
    assert one["lines"] == ["新任务：列入年度计划（桂语苑）"]
    for body, headers in zip(hook.arrived, hook.headers, strict=True):
        signed = hmac.new(b"secret", headers["X-Daoru-Timestamp"].encode() + b"." + body, hashlib.sha256)
        assert headers["X-Daoru-Signature"] == f"sha256={signed.hexdigest()}"


def test_a_webhook_that_goes_on_failing_is_given_up_with_its_reason(district: District) -> None:
    district.browser("区住建").post("/alerts/settings", {**SETTING, "mode": "none", "forward": "on"})
    district.enter()
    with post_office.webhook() as hook:
        hook.before_answer = lambda: "302"
        sender = _sender(district, webhook=hook.address, webhook_key=b"secret")
        for _ in range(8):
            sender.round(district.clock.now)
            district.clock.pass_by(hours=3)
    assert _statuses(district) == [("failed", "对方回答 302")]
    assert len(hook.arrived) == len(AGAIN) + 1


def test_a_mail_server_that_refuses_for_now_is_asked_again_and_one_that_refuses_for_good_is_not(
    district: District,
) -> None:
    district.browser("区住建").post("/alerts/settings", SETTING)
    district.enter()
    answers = iter(["451 later", "554 no"])
    with post_office.mail_server() as server:
        server.before_answer = lambda: next(answers)
        sender = _sender(district, smtp=server.address)
        sender.round(district.clock.now)
        assert _statuses(district) == [("waiting", "邮件服务器没有接受：451 later")]
        sender.round(district.clock.now + AGAIN[0])
        sender.round(district.clock.now + timedelta(hours=1))
    assert _statuses(district) == [("failed", "邮件服务器没有接受：554 no")]
    assert len(server.arrived) == 2


def test_what_others_ask_of_somebody_is_told_once_each(district: District) -> None:
    district.replay("submit_application")
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "刘洋", PASSWORD, COMMUNITY, ["社区干部"])
    cadre, street, second = district.browser("社区干部"), district.browser("街道"), district.browser_of("second")
    found = re.search(r'href="(/tasks/\d+)"', cadre.get("/").text)
    assert found is not None
    task, title = found[1], f"提交导入申请（{CASE.title}）"
    assert street.post(f"{task}/urge", {}, task).status_code == 302
    assert street.post(f"{task}/urge", {}, task).status_code == 409
    assert cadre.post(f"{task}/delegate", {"name": "刘洋", "reason": "现场"}).status_code == 302
    assert street.post(f"{task}/urge", {}, task).status_code == 409
    assert street.post("/estates/1/comments", {"once": "a", "text": "@刘洋 请看"}, "/estates/1").status_code == 302
    assert _lines(second) == [f"陈立在留言里提到您（{CASE.title}）", f"周敏委派给您：{title}"]
    assert f"陈立催办：{title}" in _lines(cadre)
    assert second.post(task, {"do": "give_back", "revision": "0"}, task).status_code == 302
    assert f"刘洋交回了：{title}" in _lines(cadre)
    assert cadre.post(f"{task}/transfer", {"name": "刘洋", "reason": "休假"}).status_code == 302
    assert _lines(second)[0] == f"周敏转办给您：{title}"


def test_an_administrator_sees_what_did_not_leave_and_why_and_nobody_is_told_twice_by_a_retry(
    district: District,
) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "district", "姜涛", PASSWORD, "钟楼区", ["管理员"])
    district.browser("区住建").post("/alerts/settings", SETTING)
    district.enter()
    answers = iter(["554 <jiang@example.cn> is unknown", None])
    with post_office.mail_server() as server:
        server.before_answer = lambda: next(answers)
        sender = _sender(district, smtp=server.address)
        sender.round(district.clock.now)
        admin = district.browser_of("district")
        page = admin.get("/admin/messages").text
        assert "蒋涛" in page
        assert "554 &lt;j**@example.cn&gt; is unknown" in page
        assert "试过 1 次；已停止自动重试" in page
        assert SETTING["mail"] not in page
        [one] = re.findall(r'action="(/admin/messages/\d+)"', page)
        for _ in range(2):
            assert admin.post(one, {}, "/admin/messages").status_code == 302
        sender.round(district.clock.now)
        assert _statuses(district) == [("sent", None)]
        assert "没有发不出去的消息" in admin.get("/admin/messages").text
        # what has left is not sent again, one by one or all at once
        assert admin.post(one, {}, "/admin/messages").status_code == 404
        assert admin.post("/admin/messages", {}).status_code == 302
        sender.round(district.clock.now)
        assert len(server.arrived) == 2
    assert "重发没有发出的消息" in admin.get("/admin/log").text


def test_what_may_have_arrived_is_shown_but_never_sent_again(district: District) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "district", "姜涛", PASSWORD, "钟楼区", ["管理员"])
    district.browser("区住建").post("/alerts/settings", SETTING)
    district.enter()
    with post_office.mail_server() as server:
        sender = _sender(district, smtp=server.address)
        sender.round(district.clock.now)
        with district.opened.work("测试", district.clock.now) as work:
            work.execute(sa.update(dispatch).values(status="unsure", failure="信已交出，邮件服务器没有回答"))
        admin = district.browser_of("district")
        page = admin.get("/admin/messages").text
        assert "为免重复不再发" in page
        assert 'action="/admin/messages/' not in page
        assert admin.post("/admin/messages/1", {}, "/admin/messages").status_code == 404
        assert admin.post("/admin/messages", {}).status_code == 302
        sender.round(district.clock.now)
        assert len(server.arrived) == 1
