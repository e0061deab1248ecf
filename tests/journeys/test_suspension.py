"""A suspension stops the programme's clock, never the law's (decisions 2)."""

from pathlib import Path
from typing import Any

import orjson

from engine.carry import casefile, run
from engine.use_cases.library import Library

CASES = Path(__file__).parents[1] / "cases"


def timeline(name: str, out: Path, library: Library) -> list[dict[str, Any]]:
    options = run.Options(again=True, synchronous="OFF", person_key=b"a key for tests")
    run.carry(casefile.read(CASES / f"{name}.yaml"), out, library, options, lambda line: None)
    events: list[dict[str, Any]] = orjson.loads((out / "timeline.json").read_bytes())
    return events


def position(events: list[dict[str, Any]], kind: str, **fields: str) -> int:
    (found,) = [
        number
        for number, event in enumerate(events)
        if event["kind"] == kind and all(event[name] == value for name, value in fields.items())
    ]
    return found


def test_the_vote_closes_on_its_day_while_the_estate_is_suspended(tmp_path: Path, library: Library) -> None:
    events = timeline("suspended", tmp_path, library)
    closed = position(events, "TimerFired", timer="wait_for_close")
    assert position(events, "EstateSuspended") < closed < position(events, "EstateResumed")
    # the last day of the period belongs to it
    assert events[closed]["at"] == "2026-04-29T00:00:00+08:00"
    assert events[position(events, "EstateResumed")]["days"] == 40


def test_a_programme_deadline_moves_by_the_days_of_the_suspension(tmp_path: Path, library: Library) -> None:
    events = timeline("suspended-while-planning", tmp_path, library)
    fired = position(events, "TimerFired", timer="draft_plan_due")
    assert fired > position(events, "EstateResumed")
    # 31 March and the 40 days
    assert events[fired]["at"] == "2026-05-10T00:00:00+08:00"


def test_a_vote_that_closed_during_the_suspension_cannot_be_extended(tmp_path: Path, library: Library) -> None:
    events = timeline("extension-too-late", tmp_path, library)
    assert events[position(events, "GateDecided", gate="participation")]["outcome"] == "PROCEED"
    assert events[position(events, "GateDecided", gate="vote")]["outcome"] == "NO_QUORUM"
