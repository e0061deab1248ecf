"""The new service starts when the old one is over, the money has arrived and the safety posts are filled (LC-11)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from engine.rules import entry
from engine.rules.entry import Entry
from engine.rules.handover import Safety

START, OLD_END = date(2026, 7, 20), date(2026, 7, 19)
FILLED = {"GUARD": 3, "FIRE_CONTROL": 4, "LIFT_SAFETY": 1, "ELECTRICIAN": 1}
READY = Entry(START, OLD_END, False, date(2026, 5, 19), Decimal("140000.00"), Decimal("140000.00"), FILLED)


def test_everything_in_place_lets_the_service_start():
    assert entry.decide(READY, frozenset(Safety)).name == "READY"


@pytest.mark.parametrize(
    "change",
    [
        {"old_end": START},
        {"account_open_on": date(2026, 7, 21)},
        {"balance": Decimal("139999.99")},
        {"filled": {**FILLED, "GUARD": 0}},
        {"filled": {**FILLED, "FIRE_CONTROL": 0}},
    ],
    ids=["old contract a day too long", "account a day late", "a cent short", "no guard", "nobody in fire control"],
)
def test_one_thing_missing_holds_it_back_and_is_named(change):
    found = entry.decide(replace(READY, **change), frozenset(Safety))
    assert found.name == "NOT_READY"
    assert len(found.figures["blocked_by"]) == 1


def test_a_preliminary_contract_may_end_on_the_very_day():
    assert entry.decide(replace(READY, old_end=START, same_day=True), ()).name == "READY"


def test_an_estate_without_a_lift_needs_nobody_for_it():
    without = replace(READY, old_end=None, filled={"GUARD": 1})
    assert entry.decide(without, ()).name == "READY"
    assert entry.decide(without, {Safety.LIFT}).name == "NOT_READY"


@pytest.mark.parametrize(
    "entered_on, account_open_on, refused",
    [
        (date(2026, 7, 19), date(2026, 5, 19), "不能提前进场"),
        (date(2026, 7, 20), date(2026, 7, 21), "才启用"),
        (date(2026, 7, 20), date(2026, 7, 20), ""),
    ],
)
def test_nobody_enters_before_the_service_starts_or_the_account_is_open(entered_on, account_open_on, refused):
    found = entry.problems(entered_on, START, account_open_on)
    assert [problem.field for problem in found] == (["entered_on"] if refused else [])
    assert all(refused in problem.message for problem in found)
