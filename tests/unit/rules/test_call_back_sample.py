"""A sample of call-backs: its interval holds the truth as often as it says, and its size is what the claim needs."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import call_back_sample as rules
from engine.rules.call_back_sample import Heard

DOUBT, MARGIN = Fraction(5, 100), Fraction(5, 100)


def chance(whole: int, marked: int, drawn: int, found: int) -> Fraction:
    return Fraction(comb(marked, found) * comb(whole - marked, drawn - found), comb(whole, drawn))


@given(st.integers(1, 24), st.data())
def test_the_interval_is_that_of_every_number_for_which_neither_side_is_too_unlikely(
    whole: int, data: st.DataObject
) -> None:
    drawn = data.draw(st.integers(1, whole))
    found = data.draw(st.integers(0, drawn))
    told = rules.interval(whole, drawn, found, DOUBT)

    def stands(marked: int) -> bool:
        more = sum(chance(whole, marked, drawn, one) for one in range(found, drawn + 1))
        fewer = sum(chance(whole, marked, drawn, one) for one in range(found + 1))
        return more > DOUBT / 2 and fewer > DOUBT / 2

    possible = [marked for marked in range(found, whole - drawn + found + 1) if stands(marked)]
    assert (told.least, told.most) == (possible[0], possible[-1])


@given(st.integers(2, 40), st.data())
def test_it_misses_the_truth_no_more_often_than_the_doubt_allows(whole: int, data: st.DataObject) -> None:
    marked, drawn = data.draw(st.integers(0, whole)), data.draw(st.integers(1, whole))
    missed = Fraction(0)
    for found in range(max(0, drawn - whole + marked), min(marked, drawn) + 1):
        told = rules.interval(whole, drawn, found, DOUBT)
        missed += 0 if told.least <= marked <= told.most else chance(whole, marked, drawn, found)
    assert missed <= DOUBT


@pytest.mark.parametrize(
    "drawn, found, low, high",
    [(20, 18, "0.683", "0.988"), (100, 95, "0.887", "0.984"), (59, 59, "0.939", "1.000")],
)
def test_of_very_many_it_is_the_interval_of_clopper_and_pearson(drawn: int, found: int, low: str, high: str) -> None:
    """Values of the exact binomial interval as tables have them."""
    told = rules.interval(1_000_000, drawn, found, DOUBT)
    assert abs(Fraction(told.least, told.whole) - Fraction(low)) < Fraction(1, 1000)
    assert abs(Fraction(told.most, told.whole) - Fraction(high)) < Fraction(1, 1000)


@pytest.mark.parametrize("whole, supporting", [(151, 144), (151, 100), (20, 19), (3_000, 2_850), (1, 1), (0, 0)])
def test_the_sample_is_as_small_as_the_margin_allows(whole: int, supporting: int) -> None:
    drawn = rules.size(whole, supporting, MARGIN, DOUBT)

    def close(number: int) -> bool:
        told = rules.interval(whole, number, number * supporting // whole, DOUBT)
        reach = MARGIN * whole
        return told.most - supporting <= reach and supporting - told.least <= reach

    assert drawn <= whole
    if whole:
        assert close(drawn)
        assert drawn == 1 or not close(drawn - 1)


def test_a_claim_near_all_takes_fewer_than_one_near_the_middle() -> None:
    near, middle = (rules.size(600, supporting, MARGIN, DOUBT) for supporting in (588, 330))
    assert near < middle


def test_who_is_not_reached_helps_neither_end() -> None:
    reached, away = rules.interval(151, 60, 55, DOUBT), rules.interval(151, 60, 55, DOUBT, away=5)
    assert away.least == reached.least
    assert away.most == 151 > reached.most


def test_the_seed_alone_decides_who_is_drawn_whatever_the_order_of_the_list() -> None:
    units = [f"1-{number:04d}" for number in range(151)]
    first = rules.draw(units, 60, "a1")
    assert first == rules.draw(reversed(units), 60, "a1")
    assert len(set(first)) == 60
    assert first != rules.draw(units, 60, "a2")
    assert rules.digest(units) == rules.digest(reversed(units))


def test_the_result_says_how_many_said_what_and_whether_the_claim_holds() -> None:
    heard = [Heard.SUPPORT] * 40 + [Heard.NEVER] * 15 + [Heard.AWAY] * 2
    found = rules.result(151, 144, heard, 60, DOUBT)
    assert (found.open, found.heard["NEVER"], found.heard["AWAY"], found.done) == (3, 15, 2, False)
    assert not found.holds
    assert rules.result(151, 144, [Heard.SUPPORT] * 57 + [Heard.OTHER] * 3, 60, DOUBT).holds
