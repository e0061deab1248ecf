"""The board: where each estate stands, why its light is what it is, and the lists that share its filters."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.rules import lights
from engine.store import standings as places
from engine.store import tables
from engine.use_cases import onboarding, standings
from engine.use_cases.dossier import Dossier
from tests.district import CASE, District

ZONE = ZoneInfo("Asia/Shanghai")


def _row(district: District, estate: int) -> Any:
    with district.opened.work("测试", district.clock.now) as work:
        return work.connection.execute(sa.select(tables.estate).where(tables.estate.c.id == estate)).one()


def _worked_out(district: District, estate: int) -> lights.Turns:
    """The turning days by the rule, from the register of stays and timers as they are now."""
    with district.opened.work("测试", district.clock.now) as work:
        dossier, known = Dossier(work, district.library, estate), places.known(work, estate)
        here = standings.stay_shown(known.stays, district.library.definition("onboarding").stages)
        assert here is not None
        standing = standings.standing_in(here, known.lawful_due, ZONE)
        return lights.turns(standing, lights.measure(dossier.pack, here.stage, known.type), district.library.calendar)


def test_an_estate_that_was_just_entered_stands_in_the_first_stage_from_today(district: District) -> None:
    row = _row(district, district.enter())
    assert (row.stage, row.stage_from, row.red_on) == ("intake", "2026-01-04", "2026-01-26")


def test_type_and_batch_are_taken_from_plan_and_application_and_the_stage_moves_on(district: District) -> None:
    row = _row(district, district.replay("canvass_households"))
    assert (row.type, row.batch) == ("SEMI_NEW", "FIRST")
    assert row.stage == "consent"


def test_the_row_says_what_the_rule_says_of_stays_and_timers_whatever_the_journey_has_come_through(
    district: District,
) -> None:
    for before in ("deliver_ballots", "inspect_and_list", "archive_onboarding"):
        estate = district.replay(before)
        row, turns = _row(district, estate), _worked_out(district, estate)
        assert (row.amber_on, row.red_on) == (turns.amber_on.isoformat(), turns.red_on.isoformat()), before


def test_days_of_a_suspension_do_not_count_and_law_goes_on(district: District) -> None:
    estate = district.replay("canvass_households")
    before = _row(district, estate)
    with district.opened.work(CASE.people["街道"], district.clock.now) as work:
        onboarding.interrupt(work, district.library, estate)
    decided = {
        "kind": "SUSPEND", "decided_on": _today(district), "reason": "等候改造完工", "minutes_ref": "纪要 3 号",
    }  # fmt: skip
    _complete(district, estate, "decide_interruption", decided)
    assert (_row(district, estate).status, _row(district, estate).paused_for) == ("suspended", "等候改造完工")
    district.clock.pass_by(days=10)
    _complete(district, estate, "resume_estate", {"resumed_on": _today(district), "reason": "改造已完工"})
    after = _row(district, estate)
    assert (after.status, after.paused_for) == ("running", "")
    moved = [date.fromisoformat(row.stage_from) for row in (before, after)]
    assert (moved[1] - moved[0]).days == 10


def _today(district: District) -> str:
    return district.clock.now.astimezone(ZONE).date().isoformat()


def _complete(district: District, estate: int, task: str, answers: dict[str, Any]) -> None:
    with district.opened.work(CASE.people["街道"], district.clock.now) as work:
        onboarding.complete_task(work, district.library, estate, task, answers)
    district.work_on(estate)


def test_what_a_new_calendar_or_an_older_version_left_wrong_is_put_right_once(district: District) -> None:
    district.replay("deliver_ballots")
    right = _row(district, 1)
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(sa.update(tables.estate).values(stage="", stage_from="", amber_on="", red_on="", lawful_on=None))
    refreshed = [standings.refresh(district.opened, district.library, "导入台", district.clock.now) for _ in range(2)]
    assert refreshed == [1, 0]
    assert _row(district, 1) == right


def test_a_deadline_of_a_task_stands_on_its_row(district: District) -> None:
    district.replay("canvass_households")
    with district.opened.work("测试", district.clock.now) as work:
        timer, task = tables.timer, tables.task
        open_tasks = work.connection.execute(sa.select(task).where(task.c.status == "open")).all()
        for row in open_tasks:
            due = work.connection.execute(
                sa.select(sa.func.min(timer.c.due)).where(
                    (timer.c.instance_id == row.instance_id) & (timer.c.attached_to == row.name)
                )
            ).scalar()
            assert row.due == due
        assert any(row.due for row in open_tasks)
        assert datetime.fromisoformat(max(row.due for row in open_tasks if row.due)) > district.clock.now
