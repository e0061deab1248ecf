"""An intention is counted on stated bases, and never becomes a vote."""

import ast
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from engine.errors import InvalidAnswers
from engine.rules import ballot_box, canvass, tally, tally_question
from engine.rules.canvass import Attitude, Household, Targets, Visit
from engine.rules.exact import Ratio

TARGETS = Targets(coverage_min=80, response_min=67, support_min=95, rounds_max=3)
DAY = date(2027, 3, 1)


def houses(count: int, area: int = 100_00) -> list[Household]:
    return [Household(f"{n:04d}", area, f"p{n}") for n in range(count)]


def visits(met: int, answered: int, supporting: int) -> list[Visit]:
    against, silent = answered - supporting, met - answered
    attitudes = [Attitude.SUPPORT] * supporting + [Attitude.OPPOSE] * against + [None] * silent
    return [Visit(f"{n:04d}", attitude, DAY, 1) for n, attitude in enumerate(attitudes)]


@pytest.mark.vector("MV15")
def test_each_share_stands_on_its_own_base():
    meter = canvass.coverage(houses(782), visits(met=640, answered=600, supporting=570))
    assert (meter.coverage.units, meter.response.units) == (Ratio(640, 782), Ratio(600, 782))
    assert (meter.support.units, meter.support_of_all.units) == (Ratio(570, 600), Ratio(570, 782))
    shown = [m.units.percent(2) for m in (meter.coverage, meter.response, meter.support, meter.support_of_all)]
    assert shown == ["81.84", "76.72", "95.00", "72.89"], "floored (decisions 17), so 76.7263 shows as 76.72"
    assert canvass.consent(meter, TARGETS, round=1).name == "REACHED"


@pytest.mark.parametrize(
    "met, answered, supporting, name",
    [
        (80, 67, 64, "REACHED"),
        (79, 67, 64, "NOT_REACHED"),
        (80, 66, 63, "NOT_REACHED"),
        (100, 100, 95, "REACHED"),
        (100, 100, 94, "NOT_REACHED"),
    ],
    ids=["all just reached", "coverage one short", "response one short", "support exactly 95 %", "support one short"],
)
def test_each_target_counts_at_its_line(met, answered, supporting, name):
    meter = canvass.coverage(houses(100), visits(met, answered, supporting))
    assert canvass.consent(meter, TARGETS, round=1).name == name


@pytest.mark.parametrize("round, name", [(2, "NOT_REACHED"), (3, "EXHAUSTED")])
def test_after_the_last_round_the_canvass_is_exhausted(round, name):
    meter = canvass.coverage(houses(100), visits(100, 100, 94))
    assert canvass.consent(meter, TARGETS, round).name == name


def test_a_canvass_of_nobody_reaches_nothing():
    assert canvass.consent(canvass.coverage([], []), TARGETS, 1).name == "NOT_REACHED"
    assert canvass.coverage(houses(3), []).support.units.percent() == "—"


def test_the_latest_answer_counts_whatever_the_order_of_entry():
    first = Visit("0000", Attitude.OPPOSE, date(2027, 3, 1), 1)
    second = Visit("0000", Attitude.STRONG_SUPPORT, date(2027, 3, 9), 2)
    for entered in ([first, second], [second, first]):
        assert canvass.coverage(houses(1), entered).support.units == Ratio(1, 1)


@pytest.mark.parametrize(
    "first, second, supporting",
    [
        (("09:30", Attitude.OPPOSE), ("19:05", Attitude.SUPPORT), 1),
        (("19:05", Attitude.SUPPORT), ("09:30", Attitude.OPPOSE), 1),
        (("19:05", Attitude.SUPPORT), ("19:05", Attitude.OPPOSE), 0),
        (("19:05", Attitude.SUPPORT), ("", Attitude.OPPOSE), 0),
        (("", Attitude.OPPOSE), ("09:30", Attitude.SUPPORT), 1),
    ],
    ids=["later in the day", "entered the other way round", "the same minute", "not noted", "not noted before"],
)
def test_of_two_answers_on_a_day_the_later_counts_and_without_a_time_the_one_entered_last(first, second, supporting):
    entered = [Visit("0000", attitude, DAY, 1, time=time) for time, attitude in (first, second)]
    assert canvass.coverage(houses(1), entered).support.units == Ratio(supporting, 1)


def test_finding_an_opponent_out_does_not_remove_the_opposition():
    entered = [Visit("0000", Attitude.OPPOSE, DAY, 1), Visit("0000", Attitude.NOT_MET, date(2027, 3, 9), 2)]
    meter = canvass.coverage(houses(1), entered)
    assert (meter.coverage.units, meter.support.units) == (Ratio(1, 1), Ratio(0, 1))


def test_heads_and_area_stand_beside_units():
    listed = [Household("A", 80_00, "x"), Household("B", 120_00, "x"), Household("C", 50_00, "y")]
    entered = [
        Visit("A", Attitude.SUPPORT, DAY, 1, ("FEE_RISE", "FEE_RISE")),
        Visit("B", Attitude.OPPOSE, DAY, 1, ("FEE_RISE",)),
        Visit("C", Attitude.SUPPORT, DAY, 1),
    ]
    meter = canvass.coverage(listed, entered)
    assert meter.support.units == Ratio(2, 3)
    assert meter.support.heads == Ratio(1, 2), "a person of two minds does not support"
    assert meter.support.area == Ratio(130_00, 250_00)
    assert meter.concerns == {"FEE_RISE": 2}
    figures = canvass.consent(meter, TARGETS, 1).figures
    assert figures["support_of_all_area"] == [130_00, 250_00]
    assert figures["label"] == canvass.LABEL


def test_the_next_round_visits_all_who_do_not_yet_support():
    entered = [
        Visit("0000", Attitude.SUPPORT, DAY, 1),
        Visit("0001", Attitude.NEUTRAL, DAY, 1),
        Visit("0002", None, DAY, 1),
        Visit("0003", Attitude.NOT_MET, DAY, 1),
    ]
    assert canvass.to_visit_again(houses(5), entered) == ("0001", "0002", "0003", "0004")


def test_a_visit_to_an_unknown_unit_is_refused_by_name():
    with pytest.raises(InvalidAnswers) as refused:
        canvass.coverage(houses(1), [Visit("9-9-909", Attitude.SUPPORT, DAY, 1)])
    assert "visits[0].unit_no" in str(refused.value)
    assert "9-9-909" in str(refused.value)


def test_a_unit_listed_twice_is_refused():
    with pytest.raises(InvalidAnswers, match="房号有重复"):
        canvass.coverage([Household("A", 1, "x"), Household("A", 1, "y")], [])


def test_a_target_may_be_any_exact_percentage():
    assert Ratio(2, 3).reaches(Fraction(200, 3))
    assert not Ratio(6_666_666, 10_000_000).reaches(Fraction(200, 3))


def test_support_is_no_ballot_and_the_two_rules_know_nothing_of_each_other():
    sources = {module: ast.parse(Path(module.__file__).read_text()) for module in (canvass, tally, ballot_box)}
    for module, tree in sources.items():
        others = {"engine.rules.tally", "engine.rules.ballot_box"} if module is canvass else {"engine.rules.canvass"}
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not imported & others
    visit = {"unit_no": "1", "attitude": "STRONG_SUPPORT", "on": "2026-02-20"}
    with pytest.raises(InvalidAnswers, match=r"ballots\[0\]\.attitude"):
        tally_question.answer(
            {
                "units": [{"unit_no": "1", "area": "80"}],
                "items": [{"no": 1, "item_class": 4}],
                "ballots": [visit],
            }
        )
