"""Before the old company's term is over the estate settles whether it stays (manual §3.4; 民法典 947, 948)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import jobs
from engine.carry import casefile, run
from engine.errors import NotPermitted
from engine.store import Store, pending
from engine.store.rows import Timer
from engine.use_cases import onboarding
from engine.use_cases.library import Library

CASES = Path(__file__).parents[1] / "cases"
CHINA = ZoneInfo("Asia/Shanghai")
CADRE, STREET = "周敏", "陈立"
#: 180, 90 and 60 days before are 16 February, 17 May and 16 June.
ENDS = date(2026, 8, 15)
DIAGNOSED = date(2026, 1, 30)
DECISION = {"company_position": "WILLING", "decision": "RENEW", "reason": "愿意改签", "minutes_ref": "会纪 9 号"}


def carry(opened: Store, library: Library, case: str, contract_end: date, until: str = "") -> None:
    """Carry a case up to its step ``until``, under a contract of the old company with that last day."""
    read = casefile.read(CASES / f"{case}.yaml")
    steps = list(read.steps)
    if until:
        steps = steps[: next(number for number, step in enumerate(steps) if step.task == until)]
    term = {"contract_type": "OWNERS_ASSEMBLY", "contract_end": contract_end.isoformat()}
    under = [
        replace(step, answers={**step.answers, **term}, stated=step.stated | set(term))
        if step.task == "submit_application"
        else step
        for step in steps
    ]
    run.replay(replace(read, steps=tuple(under)), opened, library, run.Options(person_key=b"a key"), lambda line: None)


def said(opened: Store, kind: str) -> list[dict[str, Any]]:
    with opened.work(jobs.ACTOR, datetime.max.replace(tzinfo=UTC)) as work:
        return [event for event in work.log(1) if event["kind"] == kind]


def running(opened: Store) -> dict[str, Timer]:
    """The timers that run of the renewal, by name."""
    with opened.work(jobs.ACTOR, datetime.max.replace(tzinfo=UTC)) as work:
        watching = {one.id for one in work.instances(1) if one.process_id == "renewal"}
        return {timer.name: timer for timer in pending.timers(work, estate_id=1) if timer.instance_id in watching}


def open_tasks(opened: Store) -> set[str]:
    with opened.work(jobs.ACTOR, datetime.max.replace(tzinfo=UTC)) as work:
        return {task.name for task in work.open_tasks(1)}


def interrupt(opened: Store, library: Library, on: date, **kind: str) -> None:
    answers = {"decided_on": on.isoformat(), "reason": "街道决定", "minutes_ref": "会纪 7 号", **kind}
    with opened.work(STREET, run.morning(on)) as work:
        onboarding.interrupt(work, library, 1)
    with opened.work(STREET, run.morning(on)) as work:
        onboarding.complete_task(work, library, 1, "decide_interruption", answers)
    jobs.drain(opened, library, 1, jobs.requested)


def begins(day: date) -> str:
    """When a day begins, as a timer row keeps it."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC).isoformat()


@pytest.mark.parametrize(
    "contract_end, asked",
    [(date(2026, 1, 30), False), (date(2026, 1, 31), True)],
    ids=["over on the day of the diagnosis", "over a day later"],
)
def test_the_question_is_asked_only_while_the_end_is_ahead(
    opened: Store, library: Library, contract_end: date, asked: bool
) -> None:
    carry(opened, library, "reference", contract_end, until="verify_owners_body")
    assert bool(said(opened, "RenewalOpened")) is asked


def test_an_estate_that_is_suitable_knows_what_is_due_and_until_the_first_day_has_no_task_of_it(
    opened: Store, library: Library
) -> None:
    carry(opened, library, "reference", ENDS, until="verify_owners_body")
    [known] = said(opened, "RenewalOpened")
    assert known["at"].startswith(DIAGNOSED.isoformat())
    assert (known["ends_on"], known["start_on"], known["company_notice_on"], known["last_on"]) == (
        "2026-08-15", "2026-02-16", "2026-05-17", "2026-06-16",
    )  # fmt: skip
    assert {name: timer.due for name, timer in running(opened).items()} == {
        "wait_for_renewal": begins(date(2026, 2, 16))
    }
    assert "decide_renewal" not in open_tasks(opened)


def test_the_day_of_the_companys_notice_belongs_to_it_and_the_last_call_comes_in_the_morning(
    opened: Store, library: Library
) -> None:
    carry(opened, library, "reference", ENDS, until="verify_owners_body")
    jobs.advance(opened, library, 1, run.morning(date(2026, 2, 16)))
    assert {name: timer.due for name, timer in running(opened).items()} == {
        "company_notice_due": begins(date(2026, 5, 18)),
        "renewal_last_due": begins(date(2026, 6, 16)),
    }


def test_a_term_that_is_nearly_over_asks_at_once(opened: Store, library: Library) -> None:
    carry(opened, library, "reference", date(2026, 2, 15), until="talk_to_key_persons")
    assert [event["timer"] for event in said(opened, "TimerFired") if event["due"] < begins(DIAGNOSED)] == [
        "wait_for_renewal", "company_notice_due", "renewal_last_due",
    ]  # fmt: skip
    assert "decide_renewal" in open_tasks(opened)


def test_a_withdrawn_estate_is_not_asked_any_more(opened: Store, library: Library) -> None:
    carry(opened, library, "reference", date(2026, 5, 1), until="talk_to_key_persons")
    assert running(opened)
    interrupt(opened, library, date(2026, 2, 3), kind="WITHDRAW", withdrawn_by="COMMUNITY")
    assert open_tasks(opened) == set()
    assert running(opened) == {}


def test_an_old_term_runs_on_while_the_estate_is_suspended_and_the_answer_waits(
    opened: Store, library: Library
) -> None:
    carry(opened, library, "reference", ENDS, until="talk_to_key_persons")
    suspended, resumed = date(2026, 2, 10), date(2026, 3, 22)
    interrupt(opened, library, suspended, kind="SUSPEND")
    jobs.advance(opened, library, 1, run.morning(date(2026, 3, 1)))
    assert said(opened, "TimerFired")[-1]["at"].startswith("2026-02-15T16:00"), "16 February begins, suspended or not"
    answers = {**DECISION, "decided_on": "2026-03-01"}
    with pytest.raises(NotPermitted, match="已暂停"), opened.work(CADRE, run.morning(date(2026, 3, 1))) as work:
        onboarding.complete_task(work, library, 1, "decide_renewal", answers)
    before = running(opened)
    with opened.work(STREET, run.morning(resumed)) as work:
        given = {"resumed_on": resumed.isoformat(), "reason": "抢修完成"}
        onboarding.complete_task(work, library, 1, "resume_estate", given)
    jobs.drain(opened, library, 1, jobs.requested)
    assert running(opened) == before, "the contract ends on its day, not forty days later"
    with opened.work(CADRE, run.morning(resumed)) as work:
        onboarding.complete_task(work, library, 1, "decide_renewal", answers)
    assert running(opened) == {}


def test_a_diagnosis_held_again_asks_anew_and_once(opened: Store, library: Library) -> None:
    carry(opened, library, "support-exhausted", date(2027, 3, 31))
    asked = len(said(opened, "RenewalOpened"))
    suitable = [event for event in said(opened, "GateDecided") if event["outcome"] == "SUITABLE"]
    assert asked == len(suitable)
    assert len(running(opened)) == 1


def test_a_vote_that_is_held_again_asks_again_while_no_new_contract_is_signed(opened: Store, library: Library) -> None:
    carry(opened, library, "revoked", date(2027, 3, 31))
    assert [event["kind"] for event in sorted(
        [*said(opened, "RenewalOpened"), *said(opened, "RenewalClosed"), *said(opened, "VoteReopened")],
        key=lambda event: event["no"],
    )] == ["RenewalOpened", "RenewalClosed", "VoteReopened", "RenewalOpened"]  # fmt: skip


def test_a_vote_that_is_held_again_before_any_diagnosis_asks_nothing(opened: Store, library: Library) -> None:
    carry(opened, library, "reference", ENDS, until="compute_ledgers")
    given = {"revoked_by": "COURT", "revoked_decision": "2025 年选聘的决定"}
    interrupt(opened, library, date(2026, 1, 23), kind="REVOKE", **given)
    assert said(opened, "VoteReopened")
    assert said(opened, "RenewalOpened") == []


def test_an_estate_that_is_not_onboarded_is_not_asked_any_more(opened: Store, library: Library) -> None:
    carry(opened, library, "vote-withdrawn", date(2027, 3, 31))
    assert said(opened, "EstateEnded")
    assert len(said(opened, "RenewalClosed")) == 1
    assert running(opened) == {}
