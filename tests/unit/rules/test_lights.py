"""The lights of the board, on both sides of each line."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import resources
from engine.rules import jurisdiction, lights
from engine.rules.deadlines import WEEKENDS_ONLY, Calendar
from engine.rules.lights import AMBER, GREEN, GREY, RED, Measure, Standing

ENTERED = date(2026, 3, 2)
TWENTY = Measure(20, Fraction(4, 5), 3)
#: A Friday; three working days before it is the Tuesday.
FRIDAY = date(2026, 3, 13)


def _light(standing: Standing, today: date, by: Measure = TWENTY, *, suspended: bool = False) -> tuple[str, ...]:
    found = lights.light(standing, by, today, WEEKENDS_ONLY, suspended=suspended)
    return found.name, *found.rules


@pytest.mark.parametrize(
    "days, expected",
    [
        (0, (GREEN, lights.BY_TARGET, lights.BY_LAW)),
        (16, (GREEN, lights.BY_TARGET, lights.BY_LAW)),
        (17, (AMBER, lights.BY_TARGET)),
        (20, (AMBER, lights.BY_TARGET)),
        (21, (RED, lights.BY_TARGET)),
    ],
    ids=["on the first day", "at 80 %", "beyond 80 %", "at the target", "beyond the target"],
)
def test_days_in_the_stage_against_the_target(days: int, expected: tuple[str, ...]) -> None:
    assert _light(Standing(ENTERED), ENTERED + timedelta(days)) == expected


@pytest.mark.parametrize("days, expected", [(16, GREEN), (17, AMBER), (21, AMBER), (22, RED)])
def test_eighty_per_cent_of_a_target_that_five_does_not_divide_is_not_rounded(days: int, expected: str) -> None:
    assert _light(Standing(ENTERED), ENTERED + timedelta(days), Measure(21, Fraction(4, 5), 3))[0] == expected


@pytest.mark.parametrize(
    "today, expected",
    [
        (date(2026, 3, 9), (GREEN, lights.BY_TARGET, lights.BY_LAW)),
        (date(2026, 3, 10), (AMBER, lights.BY_LAW)),
        (FRIDAY, (AMBER, lights.BY_LAW)),
        (date(2026, 3, 14), (RED, lights.BY_LAW)),
    ],
    ids=["four working days before", "three working days before", "on its last day", "the day after"],
)
def test_a_lawful_date_warns_three_working_days_ahead_and_is_missed_the_day_after(
    today: date, expected: tuple[str, ...]
) -> None:
    assert _light(Standing(ENTERED, lawful_on=FRIDAY), today) == expected


def test_working_days_are_the_calendars() -> None:
    holidays = frozenset({date(2026, 3, 11), date(2026, 3, 12)})
    calendar = Calendar(holidays, frozenset({date(2026, 3, 8)}), frozenset({2026}), frozenset())
    standing = Standing(ENTERED, lawful_on=FRIDAY)
    found = [lights.light(standing, TWENTY, date(2026, 3, day), calendar).name for day in (6, 7, 8)]
    assert found == [GREEN, GREEN, AMBER], "Sunday is worked, Wednesday and Thursday are not"


def test_both_reasons_are_named_where_both_hold() -> None:
    late = Standing(ENTERED, lawful_on=ENTERED + timedelta(20))
    assert _light(late, ENTERED + timedelta(21)) == (RED, lights.BY_TARGET, lights.BY_LAW)


def test_a_suspended_estate_is_grey_and_its_paused_days_do_not_count_afterwards() -> None:
    assert _light(Standing(ENTERED), ENTERED + timedelta(90), suspended=True) == (GREY, lights.SUSPENDED)
    resumed = Standing(ENTERED, paused=10)
    assert [_light(resumed, ENTERED + timedelta(days))[0] for days in (26, 27, 30, 31)] == [GREEN, AMBER, AMBER, RED]


def test_a_stage_without_a_target_goes_by_the_law_alone() -> None:
    none = Measure(None, Fraction(4, 5), 3)
    assert _light(Standing(ENTERED), ENTERED + timedelta(900), none)[0] == GREEN
    assert _light(Standing(ENTERED, lawful_on=FRIDAY), FRIDAY, none)[0] == AMBER


@given(
    st.integers(0, 60), st.none() | st.integers(-5, 90), st.none() | st.integers(0, 40),
    st.fractions(0, 1, max_denominator=9), st.integers(-1, 6), st.integers(0, 120),
)  # fmt: skip
def test_the_turning_days_say_in_advance_what_the_light_says_on_each_day(
    paused: int, lawful: int | None, target: int | None, share: Fraction, warning: int, day: int
) -> None:
    standing = Standing(ENTERED, paused, None if lawful is None else ENTERED + timedelta(lawful))
    by, today = Measure(target, share, warning), ENTERED + timedelta(day)
    turn = lights.turns(standing, by, WEEKENDS_ONLY)
    assert lights.on(turn, today, suspended=False) == lights.light(standing, by, today, WEEKENDS_ONLY).name


def test_the_shipped_packs_state_a_target_for_each_stage_and_their_own_for_a_single_building() -> None:
    for place in ("changzhou-zhonglou", "hangzhou"):
        text = resources.read("workflows/jurisdictions", f"{place}.toml")[f"{place}.toml"].decode()
        pack = jurisdiction.read(text, file=place)
        for stage in ("intake", "survey", "diagnosis", "owners_body", "consent"):
            assert lights.measure(pack, stage, "OLD").target
        general, single = (lights.measure(pack, "survey", kind).target or 0 for kind in ("OLD", "SCATTERED_BUILDING"))
        assert 0 < single < general
        assert lights.measure(pack, "survey", "").share == Fraction(4, 5)
        assert lights.measure(pack, "survey", "").warning == 3
