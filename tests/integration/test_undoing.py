"""Going back before a step: what is shown is what falls, what was given stays, and the journey goes on to its end."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import jobs
from engine.carry import casefile, run
from engine.errors import Conflict, NotPermitted
from engine.store import Store, registers, returns, tables, undone
from engine.use_cases import onboarding, undoing
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from tests import going_back
from tests.carrying import CASES

REFERENCE = casefile.read(CASES / "reference.yaml")
CADRE, STREET = REFERENCE.people["社区干部"], REFERENCE.people["街道"]


@pytest.mark.parametrize("seed, case", [(104, "body-stands"), (124, "late-start"), (140, "dates-out-of-order")])
def test_what_falls_is_what_was_shown_and_the_journey_comes_to_the_same_end(
    seed: int, case: str, library: Library, address: str, tmp_path: Path
) -> None:
    walked = going_back.walk(seed, [case], library, address, tmp_path / "files", on=True)
    assert walked.fell >= 1
    assert walked.finished


def carried(opened: Store, library: Library, until: str, case: str = "reference") -> datetime:
    """Carry a case up to a step; returns an hour after the step before it."""
    read = casefile.read(CASES / f"{case}.yaml")
    steps = read.steps[: next(step.number for step in read.steps if step.task == until) - 1]
    run.replay(replace(read, steps=steps), opened, library, going_back.KEY, lambda line: None)
    return run.morning(steps[-1].on) + timedelta(hours=1)


def done(opened: Store, name: str) -> int:
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        return [one.task_id for one in work.answered(1) if one.name == name][-1]


def open_task(opened: Store, name: str) -> int:
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        return work.task(1, name).id


def undo(opened: Store, library: Library, member: Member, name: str, now: datetime, manner: str, **given: str) -> None:
    """Look at what falls, and do it."""
    key, source = done(opened, name), int(given.get("source", "0"))
    with opened.work(member.name, now) as work:
        seen = undoing.preview(work, library, member, key, manner, source).instance.version
    with opened.work(member.name, now) as work:
        undoing.go_back(work, library, member, key, manner, {"seen": str(seen), "reason": "核对有误", **given})


def complete(opened: Store, library: Library, by: str, name: str, now: datetime, **changed: Any) -> None:
    step = next(step for step in REFERENCE.steps if step.task == name)
    with opened.work(by, now) as work:
        onboarding.complete_task(work, library, 1, name, {**step.answers, **changed})
    jobs.drain(opened, library, 1, lambda job: now)


def log(opened: Store) -> list[dict[str, Any]]:
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        return work.log(1)


def returned(opened: Store, library: Library, now: datetime) -> None:
    """The street, about to set up the team, returns the matter to the application and wants it straight back."""
    holder = replace(going_back.district(opened, REFERENCE.people["街道"]))
    source = open_task(opened, "set_up_team")
    undo(opened, library, holder, "submit_application", now, "return", source=str(source), policy="straight")


def test_after_a_correction_that_touches_nothing_the_matter_comes_straight_back(
    opened: Store, library: Library
) -> None:
    now = carried(opened, library, "set_up_team")
    returned(opened, library, now)
    complete(opened, library, CADRE, "submit_application", now + timedelta(hours=1))
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        assert {task.name for task in work.open_tasks(1)} == {"set_up_team"}, log(opened)[-1]["why"]
        assert work.answered(1)[-1].by == STREET
    fresh = [event["kind"] for event in log(opened)]
    assert fresh.count("TaskReplayed") == 1
    assert fresh.count("GateDecided") == 2  # it was really decided again


def test_a_step_whose_paper_changed_stops_for_its_own_person_with_the_answers_kept(
    opened: Store, library: Library
) -> None:
    now = carried(opened, library, "set_up_team")
    returned(opened, library, now)
    complete(opened, library, CADRE, "submit_application", now + timedelta(hours=1), households="150", residents="260")
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        [task] = work.open_tasks(1)
        noted = returns.noted(work, task.id)
        kept = undone.last_answers(work, 1, task.name)
    assert task.name == "screen_eligibility"
    assert noted is not None
    assert "内容变了" in noted.stopped
    assert kept["note"] == "符合导入条件。"
    assert log(opened)[-1]["kind"] == "ReplayStopped"


def test_a_gate_that_decides_otherwise_leads_where_it_says(opened: Store, library: Library) -> None:
    now = carried(opened, library, "set_up_team")
    returned(opened, library, now)
    complete(opened, library, CADRE, "submit_application", now + timedelta(hours=1), households="150", residents="260")
    complete(opened, library, STREET, "screen_eligibility", now + timedelta(hours=2), result="RETURN")
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        assert {task.name for task in work.open_tasks(1)} == {"submit_application"}


@pytest.mark.parametrize("undoing_wins", [True, False])
def test_who_comes_second_gets_a_conflict_and_nothing_is_half_done(
    opened: Store, library: Library, undoing_wins: bool
) -> None:
    now = carried(opened, library, "set_up_team")
    street, key = going_back.district(opened, STREET), done(opened, "screen_eligibility")
    step = next(step for step in REFERENCE.steps if step.task == "set_up_team")

    def undoes() -> None:
        with opened.work(STREET, now) as work:
            seen = undoing.preview(work, library, street, key, "undo").instance.version
            undoing.go_back(work, library, street, key, "undo", {"seen": str(seen), "reason": "核对有误"})
            between()

    def completes() -> None:
        with opened.work(STREET, now) as work:
            onboarding.complete_task(work, library, 1, "set_up_team", step.answers)
            between()

    second, first = (completes, undoes) if undoing_wins else (undoes, completes)
    turns = iter([first, lambda: None])

    def between() -> None:
        next(turns)()

    with pytest.raises(Conflict):
        second()
    kinds = [event["kind"] for event in log(opened)]
    assert ("MoveUndone" in kinds) == undoing_wins
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        assert {task.name for task in work.open_tasks(1)} == ({"screen_eligibility"} if undoing_wins else set())
        assert ("set_up_team" in {one.name for one in work.answered(1)}) != undoing_wins


def test_a_vote_that_was_cast_is_kept_and_counts_no_more(opened: Store, library: Library) -> None:
    now = carried(opened, library, "count_votes")
    street = going_back.district(opened, STREET)
    with opened.work(STREET, now) as work:
        before = work.connection.execute(sa.select(sa.func.count()).select_from(registers.ballot_return)).scalar_one()
        fall = undoing.preview(work, library, street, done(opened, "freeze_roster"), "undo")
    assert fall.public
    assert fall.meetings == [1]
    assert fall.ballots[0].returned > 0
    undo(opened, library, street, "freeze_roster", now, "undo")
    with opened.work(STREET, now) as work:
        dossier = Dossier(work, library, 1)
        assert (dossier.round, dossier.ballots) == (0, [])
        after = work.connection.execute(sa.select(sa.func.count()).select_from(registers.ballot_return)).scalar_one()
        [numbers] = work.connection.execute(sa.select(registers.ballot.c.meeting).distinct())
    assert after == before
    assert numbers.meeting < 0


def test_a_renewal_that_a_carried_vote_ended_is_asked_again(opened: Store, library: Library) -> None:
    now = carried(opened, library, "finalise_contract", "hangzhou-semi-new")
    street = going_back.district(opened, STREET)
    with opened.work(STREET, now) as work:
        renewals = {one.id: one.finished for one in work.instances(1) if one.process_id == "renewal"}
    assert set(renewals.values()) == {True}
    undo(opened, library, street, "announce_result", now, "undo")
    with opened.work(STREET, now) as work:
        again = {one.id: one.finished for one in work.instances(1) if one.process_id == "renewal"}
    assert again == dict.fromkeys(renewals, False)


def test_an_estate_that_rests_goes_back_only_when_it_goes_on(opened: Store, library: Library) -> None:
    now = carried(opened, library, "resume_estate", "suspended")
    street = going_back.district(opened, STREET)
    with opened.work(STREET, now) as work, pytest.raises(NotPermitted, match="已暂停"):
        undoing.preview(work, library, street, done(opened, "submit_application"), "undo")


def test_a_carried_vote_leaves_the_estate_in_its_new_stage_when_it_ends_the_renewal(
    opened: Store, library: Library
) -> None:
    carried(opened, library, "finalise_contract", "hangzhou-semi-new")
    with opened.work(jobs.ACTOR, going_back.LATER) as work:
        stay = tables.stay
        stands = work.connection.execute(sa.select(stay.c.stage).where(stay.c.left_at.is_(None))).scalars()
        assert "signing" in set(stands)
