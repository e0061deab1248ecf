"""A day of visits asks for a question exactly where it goes beyond what the pack thinks plausible, and never before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from engine.rules import honesty, oddness
from engine.rules.honesty import Day, Finding, Kind, Knock, Limits
from engine.use_cases.library import shipped
from trials import honesty as measured
from trials import unseen_visit_logs, visit_logs

LIMITS = Limits.of(next(pack for pack in shipped().packs if pack.place == "changzhou-zhonglou"))


def knock(number: int, minute: int | None = None, **more: Any) -> Knock:
    at = {"building": "1", "entrance": "1", "step": number, "entered": None, "answer": "SUPPORT", "met": True}
    return Knock(f"1-1-{number:04d}", minute=minute, **(at | more))


def day(knocks: Sequence[Knock], person: str = "甲") -> Day:
    return Day.of(person, "2026-02-06", knocks)


def kinds(found: Finding | None) -> str:
    return str(found.kind) if found else ""


@pytest.mark.parametrize("talks, asked", [(6, False), (7, True)], ids=["six in ten minutes", "seven"])
def test_more_talks_in_ten_minutes_than_can_be_had_ask_for_a_question(talks: int, asked: bool) -> None:
    within = [knock(number, 18 * 60 + number) for number in range(talks)]
    assert bool(honesty.speed(day(within), LIMITS)) is asked
    # the next one comes when ten minutes are over
    assert not honesty.speed(day([*within[:6], knock(9, 18 * 60 + 10)]), LIMITS)


@pytest.mark.parametrize("apart, asked", [(2, True), (3, False)], ids=["thirty in the hour", "twenty"])
def test_so_do_more_talks_in_an_hour(apart: int, asked: bool) -> None:
    talks = [knock(number, 17 * 60 + number * apart) for number in range(40)]
    assert bool(honesty.speed(day(talks), LIMITS)) is asked


def test_doors_where_nobody_opened_take_no_time() -> None:
    assert not honesty.speed(day([knock(number, 18 * 60, met=False) for number in range(60)]), LIMITS)


def test_a_run_of_equal_answers_is_held_against_how_common_they_are_among_others() -> None:
    run = [knock(number, 18 * 60 + 5 * number) for number in range(16)]
    usual = [day([knock(n, met=n % 2 == 0, answer="SUPPORT" if n % 2 == 0 else "NOT_MET") for n in range(100)], "乙")]
    found = honesty.same(day(run), usual, LIMITS)
    assert found
    assert "连着 16 户" in found.says
    assert "占 50%" in found.says
    assert not honesty.same(day(run[:11]), usual, LIMITS)
    # where nearly everybody is at home and in favour, the same run says nothing
    eager = [day([knock(number) for number in range(120)], "乙")]
    assert not honesty.same(day(run), eager, LIMITS)
    # one door at which nobody opens ends a run
    cut = [*run[:8], knock(99, 18 * 60 + 38, met=False, answer="NOT_MET"), *run[8:]]
    assert not honesty.same(day(cut), usual, LIMITS)


HERE = (3_178_000, 11_997_000)


@pytest.mark.parametrize(
    "knocks, asked",
    [
        ([knock(n, spot=HERE) for n in range(30)], False),
        ([knock(n, spot=HERE, entrance=str(n % 2)) for n in range(8)], True),
        ([knock(n, spot=HERE, entrance=str(n % 2)) for n in range(7)], False),
        ([knock(n, spot=(HERE[0] + n, HERE[1]), building=str(n % 3)) for n in range(9)], True),
        ([knock(n, spot=(HERE[0] + 40 * (n % 3), HERE[1]), building=str(n % 3)) for n in range(9)], False),
    ],
    ids=["one entrance by its radio", "two entrances", "too few", "three buildings close", "three buildings apart"],
)
def test_one_position_for_doors_that_lie_apart_asks_for_a_question(knocks: list[Knock], asked: bool) -> None:
    assert bool(honesty.spot(day(knocks), [], LIMITS)) is asked


def test_a_position_outside_the_estate_does_too_once_three_others_tell_where_it_is() -> None:
    others = [day([knock(n, spot=HERE) for n in range(5)], person) for person in "乙丙丁"]
    away = day([knock(n, spot=(HERE[0] + 800 + n, HERE[1])) for n in range(8)])
    assert "800 米以上" in (honesty.spot(away, others, LIMITS) or Finding(Kind.ODD, "", ())).says
    assert not honesty.spot(away, others[:2], LIMITS)


def test_a_metre_is_a_metre_to_the_north_and_to_the_east() -> None:
    assert honesty.metres(HERE, (HERE[0] + 1000, HERE[1])) == 1113
    # at 31 degrees of latitude, where 0.01 degrees of longitude are 954 m
    assert honesty.metres(HERE, (HERE[0], HERE[1] + 1000)) == 953


@pytest.mark.parametrize("minute, asked", [(21 * 60 + 59, False), (22 * 60, True), (6 * 60 + 59, True), (420, False)])
def test_calls_by_night_ask_for_a_question(minute: int, asked: bool) -> None:
    assert bool(honesty.night(day([knock(number, minute) for number in range(5)]), LIMITS)) is asked


def test_a_phone_that_sends_an_evening_at_once_by_night_does_not_but_typing_it_in_does() -> None:
    sent = [knock(number, 18 * 60 + number * 5, entered=23 * 60) for number in range(20)]
    assert not honesty.night(day(sent), LIMITS)
    typed = [replace(one, entered=23 * 60 + number) for number, one in enumerate(sent)]
    found = honesty.night(day(typed), LIMITS)
    assert found
    assert "一条条补登" in found.says


def test_who_has_too_few_days_of_others_beside_him_is_not_compared() -> None:
    own, others = [day([knock(n, 18 * 60 + n) for n in range(30)])], [day([knock(n) for n in range(30)], "乙")] * 7
    assert oddness.odd(own, others, LIMITS) is None


def test_made_up_days_are_found_and_honest_ones_left_alone_on_a_few_rounds() -> None:
    """The figures of many more rounds: docs/reliability.md."""
    fakes = {"unseen": unseen_visit_logs.walked_past, **visit_logs.FAKES}
    del fakes["half true"]
    days = asked = 0
    for name, fake in fakes.items():
        honest, made_up = measured.measure(range(200, 203), LIMITS, fake)
        assert 10 * made_up.asked >= 9 * made_up.days > 0, name
        days, asked = days + honest.days, asked + honest.asked
    assert 20 * asked <= days
