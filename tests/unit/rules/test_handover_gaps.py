"""A missing item climbs from demand to street to evidence by the pack's days, never out of turn."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import handover_gaps, handover_list
from engine.rules.deadlines import WEEKENDS_ONLY
from engine.rules.handover_gaps import Gap, Rung
from engine.use_cases.library import shipped

PACK = {rung: shipped().packs[0].parameter(key) for rung, key in handover_gaps.PERIODS.items()}
FOUND = date(2026, 7, 19)
GAP = Gap(1, "质保资料", "房屋质量保证书", FOUND)


def due(gap: Gap, ended_on: date | None = FOUND) -> handover_gaps.Due:
    return handover_gaps.next_step(gap, ended_on, PACK, WEEKENDS_ONLY)


def test_a_demand_follows_from_the_day_it_was_found_but_not_before_the_contract_ended() -> None:
    assert (due(GAP).rung, due(GAP).from_on) == (Rung.DEMAND, FOUND)
    assert due(GAP, date(2026, 8, 1)).from_on == date(2026, 8, 1)
    assert due(GAP, None).from_on == FOUND
    assert due(GAP, date(2026, 8, 1)).open(date(2026, 7, 31)) is False


def test_the_street_follows_once_the_days_of_the_demand_have_run_to_the_day() -> None:
    demanded = replace(GAP, taken={Rung.DEMAND: FOUND})
    assert PACK[Rung.REPORT].value == 7
    assert due(demanded).from_on == date(2026, 7, 27)
    assert due(demanded).open(date(2026, 7, 26)) is False
    assert due(demanded).open(date(2026, 7, 27)) is True
    assert due(demanded).late(date(2026, 7, 27)) is False
    assert due(demanded).late(date(2026, 7, 28)) is True
    assert handover_gaps.last_day(Rung.DEMAND, FOUND, PACK, WEEKENDS_ONLY) == date(2026, 7, 26)


def test_who_refused_before_witnesses_is_given_no_more_time() -> None:
    refused = replace(GAP, taken={Rung.DEMAND: FOUND}, refused=True)
    assert due(refused).from_on == FOUND


def test_nothing_is_left_once_the_pack_is_made_or_the_thing_was_handed_over() -> None:
    every = replace(GAP, taken=dict.fromkeys(Rung, FOUND))
    assert (due(every).rung, due(every).open(FOUND)) == (None, False)
    closed = replace(GAP, closed_on=FOUND)
    assert due(closed).rung is None
    assert handover_gaps.open_gaps([due(GAP), due(closed), due(every)], Rung.DEMAND, FOUND) == [GAP]


def test_every_group_names_the_article_by_which_it_is_owed() -> None:
    assert tuple(handover_gaps.BASIS) == handover_list.GROUPS
    assert all("条" in basis for basis in handover_gaps.BASIS.values())


@pytest.mark.parametrize("rung", list(Rung))
def test_each_period_is_a_parameter_with_a_source(rung: Rung) -> None:
    assert PACK[rung].source


@given(st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_no_step_comes_before_the_one_below_it(first: int, second: int, refused: bool) -> None:
    demanded = FOUND + timedelta(first)
    gap = replace(GAP, taken={Rung.DEMAND: demanded}, refused=refused)
    assert due(gap).from_on is not None
    assert due(gap).from_on >= demanded
    reported = due(gap).from_on + timedelta(second)
    later = replace(gap, taken={**gap.taken, Rung.REPORT: reported})
    assert due(later).rung == Rung.EVIDENCE
    assert due(later).from_on >= reported
