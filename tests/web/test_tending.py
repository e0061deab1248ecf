"""The job loop beside the pages: it hurries only for what can be done, and one estate does not stop the others."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import jobs
from engine.errors import Conflict
from engine.store import pending, queue, tables
from engine.use_cases import onboarding
from engine.worker import Tending
from tests.district import District


def _with_a_timer_due(district: District, status: str) -> Tending:
    estate = district.replay("canvass_households")
    tending = Tending(district.opened, district.library)
    while tending.round(district.clock.now):
        pass
    with district.opened.work("测试", district.clock.now) as work:
        work.set_status(estate, status, suspended_at=work.at)
    district.clock.pass_by(days=400)
    return tending


def test_a_programme_timer_of_a_suspended_estate_waits_without_keeping_the_loop_busy(district: District) -> None:
    tending = _with_a_timer_due(district, "suspended")
    while tending.round(district.clock.now) and district.log(1)[-1]["kind"] == "TimerFired":
        pass
    with district.opened.work("测试", district.clock.now) as work:
        assert pending.estates_with_work(work, district.clock.now) == [1]
    assert tending.round(district.clock.now) == 0


def test_a_step_taken_at_the_same_moment_does_not_make_an_estate_wait(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    tending = _with_a_timer_due(district, "running")
    fire = onboarding.fire

    def beaten(*given: Any) -> None:
        monkeypatch.setattr(onboarding, "fire", fire)
        raise Conflict

    monkeypatch.setattr(onboarding, "fire", beaten)
    assert tending.round(district.clock.now) == 0
    assert tending.round(district.clock.now) == 1


def test_an_estate_whose_job_fails_is_tried_later_and_the_others_go_on(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = district.enter()
    done: list[int] = []

    def perform(store: Any, library: Any, estate_id: int, until: Any) -> int:
        if estate_id == first:
            raise ZeroDivisionError
        done.append(estate_id)
        return 1

    monkeypatch.setattr(jobs, "advance", perform)
    monkeypatch.setattr("engine.store.pending.estates_with_work", lambda work, now: [first, first + 1])
    tending = Tending(district.opened, district.library)
    assert tending.round(district.clock.now) == 1
    assert tending.round(district.clock.now) == 1
    assert done == [first + 1] * 2


def test_a_job_that_failed_and_rests_holds_up_no_period_where_workers_share_the_work(district: District) -> None:
    estate = district.replay("canvass_households")
    district.work_on(estate)
    district.clock.pass_by(days=400)
    now, failed = district.clock.now, tables.job
    with district.opened.work("测试", now) as work:
        newest = sa.select(sa.func.max(failed.c.id)).scalar_subquery()
        rests = {"status": "waiting", "failure": "磁盘满了", "retry_at": "9999-12-31T00:00:00+00:00"}
        work.execute(sa.update(failed).where(failed.c.id == newest).values(**rests))
    shared = jobs.Shared(now, timedelta(minutes=1))
    while jobs.advance(district.opened, district.library, estate, now, shared):
        pass
    assert "TimerFired" in [event["kind"] for event in district.log(estate)]
    with district.opened.work("测试", now) as work:
        assert estate not in queue.waiting(work, now)
