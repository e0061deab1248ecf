"""A job that fails says why, rests longer each time, and holds up neither its estate's other jobs nor its timers."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import InvalidDefinition
from engine.store import pending, running, tables
from engine.use_cases import accounts, onboarding, performing
from engine.worker import Tending
from tests.district import CASE, COMMUNITY, PASSWORD, District, posted


def _failing(district: District, monkeypatch: pytest.MonkeyPatch) -> int:
    """An estate whose first paper cannot be rendered."""
    estate = district.enter()

    def fail(dossier: Any, job: Any) -> Any:
        raise InvalidDefinition("records/annual_plan.docx", "estate.nmae", "没有这个事实；请核对名称")

    monkeypatch.setattr(performing, "OPERATIONS", {**performing.OPERATIONS, "render": fail})
    plan = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
    assert district.browser("区住建").post("/tasks/1", {"do": "complete", **plan}).status_code == 302
    return estate


def _round(district: District, tending: Tending) -> None:
    while tending.round(district.clock.now):
        pass


def test_the_reason_is_kept_and_each_pause_is_longer_until_an_administrator_is_asked(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate, waited = _failing(district, monkeypatch), []
    tending = Tending(district.opened, district.library)
    for _ in range(5):
        _round(district, tending)
        with district.opened.work("测试", district.clock.now) as work:
            [(key, retry_at)] = running.failures(work, estate).items()
            waited.append(running.attempts(work, key))
            assert pending.estates_with_work(work, district.clock.now) == []
        district.clock.pass_by(hours=5)
    assert waited == [1, 2, 3, 4, 5]
    assert retry_at is not None
    assert retry_at.startswith("9999")
    with district.opened.work("测试", district.clock.now) as work:
        assert "estate.nmae" in str(work.connection.execute(sa.select(tables.job.c.failure)).scalar())


def test_a_timer_that_fails_rests_with_its_reason_is_retried_and_holds_up_no_other(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate = district.replay("canvass_households")
    tending = Tending(district.opened, district.library)
    _round(district, tending)
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "admin", "孙宁", PASSWORD, COMMUNITY, ["管理员"])
        drawn = {"name": "x", "title": "坏了的期限", "expression": "", "attached_to": "", "stage": "consent"}
        row = {"ref": "x-1", "due": work.at, "clock": "programme", "status": "running", **drawn}
        work.insert(tables.timer, [{"estate_id": estate, "instance_id": work.instances(estate)[0].id, **row}])
    district.clock.pass_by(days=400)
    fire = onboarding.fire

    def fail(work: Any, library: Any, timer: Any) -> None:
        if timer.name == "x":
            raise InvalidDefinition("consent.bpmn", timer.name, "到期分支走不通；请核对流程图")
        fire(work, library, timer)

    monkeypatch.setattr(onboarding, "fire", fail)
    for tried in range(1, 6):
        _round(district, tending)
        assert _tried(district, estate) == tried
        district.clock.pass_by(hours=5)
    assert [event["kind"] for event in district.log(estate)].count("TimerFired") == 1
    admin = district.browser_of("admin")
    page = admin.get("/admin/jobs").text
    assert "到期分支走不通" in page
    assert "试过 5 次；已停止自动重试" in page
    _round(district, tending)
    assert _tried(district, estate) == 5
    [again] = re.findall(r'action="(/admin/timers/\d+)"', page)
    assert admin.post(again, {}, "/admin").status_code == 302
    _round(district, tending)
    assert _tried(district, estate) == 1


def _tried(district: District, estate: int) -> int:
    """How often the one timer that fails was tried; it leaves nothing for the loop to hurry for."""
    with district.opened.work("测试", district.clock.now) as work:
        assert estate not in pending.estates_with_work(work, district.clock.now)
        [(tried, _)] = running.timer_failures(work, estate).values()
    return tried


def test_a_failing_job_does_not_hold_up_the_timers_of_its_estate(district: District) -> None:
    estate = district.replay("canvass_households")
    tending = Tending(district.opened, district.library)
    _round(district, tending)
    with district.opened.work("测试", district.clock.now) as work:
        instance = work.instances(estate)[0].id
        missing = {"ref": "x-1", "name": "x", "operation": "render", "parameters": b'{"document": "nothing"}'}
        row = {**missing, "stage": "consent", "status": "waiting", "requested_at": work.at}
        work.insert(tables.job, [{"estate_id": estate, "instance_id": instance, **row}])
    district.clock.pass_by(days=400)
    before = len([event for event in district.log(estate) if event["kind"] == "TimerFired"])
    _round(district, tending)
    assert len([event for event in district.log(estate) if event["kind"] == "TimerFired"]) > before
    with district.opened.work("测试", district.clock.now) as work:
        [(_, failure)] = work.connection.execute(
            sa.select(tables.job.c.id, tables.job.c.failure).where(tables.job.c.ref == "x-1")
        )
    assert failure.startswith("程序出错：KeyError")
