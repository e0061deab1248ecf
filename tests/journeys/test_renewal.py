"""The old company's term in the cases: who is reminded when, and what ends the reminding."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from tests.carrying import Carried

CHINA = ZoneInfo("Asia/Shanghai")
TIMERS = ("wait_for_renewal", "company_notice_due", "renewal_last_due")


def log(carried: Carried, case: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = orjson.loads((carried.out(case) / "timeline.json").read_bytes())
    return events


def fired(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The day on which each reminder came."""
    return [
        (event["timer"], datetime.fromisoformat(event["at"]).astimezone(CHINA).date().isoformat())
        for event in events
        if event.get("timer") in TIMERS
    ]


def test_half_a_year_three_months_and_two_months_before_the_end_somebody_is_reminded(carried: Carried) -> None:
    events = log(carried, "renewal-called")
    assert fired(events) == [
        ("wait_for_renewal", "2026-02-16"), ("company_notice_due", "2026-05-18"), ("renewal_last_due", "2026-06-16"),
    ]  # fmt: skip
    assert events[-1]["task"] == "decide_renewal"
    assert not [event for event in events if event["kind"] == "RenewalClosed"], "it was answered, not dropped"


def test_a_term_that_ends_within_half_a_year_is_asked_about_at_the_diagnosis(carried: Carried) -> None:
    events = log(carried, "hangzhou-semi-new")
    assert fired(events) == [("wait_for_renewal", "2026-01-30"), ("company_notice_due", "2026-04-21")]


@pytest.mark.parametrize("case", ["hangzhou-resettlement", "hangzhou-targeted-sale", "dismissed-within-term"])
def test_a_vote_that_is_carried_before_the_first_day_leaves_nothing_to_ask(case: str, carried: Carried) -> None:
    events = log(carried, case)
    assert fired(events) == []
    kinds = [(event["kind"], event.get("stage")) for event in events]
    closed, signing = kinds.index(("RenewalClosed", None)), kinds.index(("StageEntered", "signing"))
    assert events[closed]["at"] == events[signing]["at"]


@pytest.mark.parametrize("case", ["reference", "no-old-company", "survey-without-company", "not-now"])
def test_without_a_company_a_term_or_a_suitable_estate_nothing_is_asked(case: str, carried: Carried) -> None:
    assert not [event for event in log(carried, case) if event["kind"].startswith("Renewal")]
