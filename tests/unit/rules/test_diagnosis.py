"""Three ledgers give three lights, and the lights bound the conclusion."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.errors import InvalidAnswers
from engine.rules import diagnosis
from engine.rules.diagnosis import Economy, Ledgers, Light, Lines, Opinion, Timing
from engine.rules.exact import share_of
from engine.rules.remuneration import Base, Remuneration

LINES = Lines(gap_yellow_max=10, support_green_min=70, support_yellow_min=50, window_days=180)
TODAY = date(2027, 1, 1)
ECONOMY = Economy(
    fee_receivable=Decimal("100000"),
    expected_rate=80,
    common_income=Decimal("15000"),
    subsidy=Decimal("5000"),
    basic_service_cost=Decimal("92000"),
    remuneration=Remuneration(Base.RECEIVED_FEE, ratio=10),
)
GOOD = Ledgers(
    ECONOMY,
    Opinion(asked=100, supporting=70, strongly_opposing=5, key_person_ready=True),
    Timing(TODAY, contract_end=date(2027, 6, 30), company_agrees=False, renovation=False),
    LINES,
)


def costing(amount: str) -> Ledgers:
    return replace(GOOD, economy=replace(ECONOMY, basic_service_cost=Decimal(amount)))


def asking(asked: int, supporting: int) -> Ledgers:
    return replace(GOOD, opinion=Opinion(asked, supporting, 0, True))


@pytest.mark.vector("MV12")
def test_receivable_received_and_remuneration_of_the_received():
    receivable = diagnosis.fee_by_unit(Decimal("15"), units=408)
    received = share_of(receivable, 85)
    assert (receivable, received) == (Decimal("73440.00"), Decimal("62424.00"))
    remuneration = Remuneration(Base.RECEIVED_FEE, ratio=10)
    assert remuneration.of(received, received, Decimal(0)) == Decimal("6242.40")


@pytest.mark.vector("MV13")
def test_receivable_by_area_is_rounded_half_up_only_at_the_end():
    receivable = diagnosis.fee_by_area(Decimal("0.80"), area=83_404_00)
    assert receivable == Decimal("800678.40")
    assert share_of(receivable, 92) == Decimal("736624.13")


def test_the_economic_ledger_adds_up():
    assert ECONOMY.saturated_income == Decimal("115000.00")
    assert ECONOMY.expected_income == Decimal("100000.00")
    assert ECONOMY.expected_remuneration == Decimal("8000.00")
    assert ECONOMY.gap == Decimal("0.00")


@pytest.mark.parametrize(
    "cost, light",
    [("92000.00", "GREEN"), ("92000.01", "YELLOW"), ("102000.00", "YELLOW"), ("102000.01", "RED")],
    ids=["no gap", "one cent of gap", "exactly 10 %", "one cent over 10 %"],
)
def test_the_economic_light_turns_at_its_lines(cost, light):
    assert costing(cost).economic_light == Light(light)


@pytest.mark.parametrize(
    "asked, supporting, light",
    [(1000, 700, "GREEN"), (1000, 699, "YELLOW"), (1000, 500, "YELLOW"), (1000, 499, "RED"), (0, 0, "RED")],
)
def test_the_opinion_light_turns_at_its_lines(asked, supporting, light):
    assert asking(asked, supporting).opinion_light == Light(light)


@pytest.mark.parametrize(
    "end, agrees, renovation, light, window",
    [
        (date(2027, 6, 30), False, False, "GREEN", ("CONTRACT_ENDING",)),
        (date(2027, 7, 1), False, False, "RED", ()),
        (date(2027, 7, 1), True, False, "GREEN", ("COMPANY_AGREES",)),
        (date(2027, 7, 1), False, True, "GREEN", ("RENOVATION",)),
        (date(2027, 1, 1), False, False, "GREEN", ("CONTRACT_ENDING",)),
        (date(2026, 12, 31), False, False, "YELLOW", ()),
        (None, False, False, "YELLOW", ()),
    ],
    ids=["day 180", "day 181", "company agrees", "renovation", "ends today", "ended yesterday", "no term"],
)
def test_the_timing_light_looks_for_a_reason(end, agrees, renovation, light, window):
    ledgers = replace(GOOD, timing=Timing(TODAY, end, agrees, renovation))
    assert (ledgers.timing_light, ledgers.window) == (Light(light), window)


@pytest.mark.parametrize(
    "remuneration, rate",
    [
        (Remuneration(Base.RECEIVED_FEE, ratio=10), Fraction(80)),
        (Remuneration(Base.RECEIVED_ALL, ratio=8), Fraction(80)),
        (Remuneration(Base.EXECUTED_EXPENSE, ratio=Fraction(800, 92)), Fraction(80)),
        (Remuneration(Base.FIXED, fixed=Decimal("8000")), Fraction(80)),
    ],
    ids=lambda value: value.base.value if isinstance(value, Remuneration) else "",
)
def test_at_the_break_even_rate_the_gap_is_closed_on_every_base(remuneration, rate):
    economy = replace(ECONOMY, remuneration=remuneration)
    assert economy.break_even_rate() == rate
    assert replace(economy, expected_rate=rate).gap == 0
    assert replace(economy, expected_rate=rate - 1).gap > 0


def test_break_even_is_nought_when_other_income_pays_and_unknown_without_any_fee():
    assert replace(ECONOMY, basic_service_cost=Decimal("20000")).break_even_rate() == 0
    assert replace(ECONOMY, fee_receivable=Decimal(0)).break_even_rate() is None


def test_suitable_stands_on_green_lights_and_carries_its_figures():
    outcome = diagnosis.conclude(GOOD, "SUITABLE", gap_funded=False, nurture_round=0, nurture_max=3)
    assert (outcome.name, outcome.rules) == ("SUITABLE", ("G3",))
    assert outcome.figures["break_even_rate"] == "80.00"
    assert outcome.figures["pre_support"] == [70, 100]
    assert outcome.figures["days_to_contract_end"] == 180
    assert outcome.figures["window_score"] == 1


def test_a_red_economy_is_suitable_only_with_a_funded_gap():
    red = costing("102000.01")
    with pytest.raises(InvalidAnswers, match="经济账为红灯"):
        diagnosis.conclude(red, "SUITABLE", gap_funded=False, nurture_round=0, nurture_max=3)
    assert diagnosis.conclude(red, "SUITABLE", gap_funded=True, nurture_round=0, nurture_max=3).name == "SUITABLE"


def test_a_red_opinion_is_never_suitable():
    [problem] = diagnosis.problems(asking(100, 49), "SUITABLE", True, 0, 3)
    assert problem.field == "conclusion"
    assert "抽样 100 人，支持 49 人" in problem.message


@pytest.mark.parametrize("done, allowed", [(2, True), (3, False)])
def test_an_estate_is_nurtured_at_most_as_often_as_the_pack_says(done, allowed):
    found = diagnosis.problems(asking(100, 49), "NURTURE", False, done, 3)
    assert (not found) is allowed
    if allowed:
        assert diagnosis.conclude(GOOD, "NURTURE", False, done, 3).figures["nurture_round"] == done + 1


def test_a_sample_cannot_hold_more_answers_than_people():
    overfull = replace(GOOD, opinion=Opinion(asked=100, supporting=90, strongly_opposing=11, key_person_ready=True))
    [problem] = diagnosis.problems(overfull, "SUITABLE", False, 0, 3)
    assert problem.field == "supporting_heads"


@pytest.mark.parametrize("charged, fields", [(210_000, []), (210_001, ["charged_area"])])
def test_a_fee_is_charged_on_no_more_area_than_there_is(charged, fields):
    assert [problem.field for problem in diagnosis.area_problems(charged, 210_000)] == fields


def test_not_now_may_always_be_concluded():
    outcome = diagnosis.conclude(asking(100, 0), "NOT_NOW", False, 3, 3)
    assert (outcome.name, outcome.figures["nurture_round"]) == ("NOT_NOW", 3)


def test_an_unknown_conclusion_is_refused_by_name():
    with pytest.raises(InvalidAnswers, match="MAYBE"):
        diagnosis.conclude(GOOD, "MAYBE", False, 0, 3)
