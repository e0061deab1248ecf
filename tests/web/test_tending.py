"""The job loop beside the pages: it hurries only for what can be done, and one estate does not stop the others."""

from typing import Any

import pytest

from engine import jobs
from engine.errors import Conflict
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
        assert work.estates_with_work(district.clock.now) == [1]
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
    monkeypatch.setattr("engine.store.unit_of_work.UnitOfWork.estates_with_work", lambda work, now: [first, first + 1])
    tending = Tending(district.opened, district.library)
    assert tending.round(district.clock.now) == 1
    assert tending.round(district.clock.now) == 1
    assert done == [first + 1] * 2
