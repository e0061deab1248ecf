"""Where doors lie, what their calls leave, and which comes next."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import canvass, doors
from engine.rules.canvass import Attitude, Household, Visit
from engine.rules.doors import Call, Place, Result

DAY = date(2026, 2, 5)


def call(
    attitude: Attitude | None,
    day: int = 0,
    *,
    round: int = 1,
    follow_up: str = "",
    refused: bool = False,
    at: str = "1",
) -> Call:
    return Call(Visit("1-101", attitude, DAY + timedelta(days=day), round, (), "19:00"), follow_up, refused, at)


@pytest.mark.parametrize("unit_no, building, expected", [
    ("1-0101", "1", Place("1", "", 1, "01")),
    ("1-101", "1", Place("1", "", 1, "01")),
    ("3-2-1204", "3", Place("3", "2", 12, "04")),
    ("3-2-1204", "3栋", Place("3栋", "2", 12, "04")),
    ("12栋2单元1204A", "12", Place("12", "2", 12, "04A")),
    ("B-07", "B", Place("B", "", None, "07")),
    ("商铺-3", "临街", Place("临街", "", None, "3")),
    ("车位", "", Place("", "", None, "车位")),
    ("1-0001", "1", Place("1", "", None, "0001")),
])  # fmt: skip
def test_a_door_lies_where_its_number_says(unit_no: str, building: str, expected: Place) -> None:
    assert doors.place(unit_no, building) == expected


def test_doors_are_walked_entrance_by_entrance_from_the_top_floor_down_and_ten_comes_after_two() -> None:
    numbers = ["10-1-201", "2-1-101", "2-1-202", "2-1-201", "2-2-301", "2-商铺"]
    places = {no: doors.place(no, no.partition("-")[0]) for no in numbers}
    assert doors.walk(places) == ["2-商铺", "2-1-201", "2-1-202", "2-1-101", "2-2-301", "10-1-201"]


@pytest.mark.parametrize("calls, shows, missed, settled, due_today, due_tomorrow", [
    ([], None, 0, False, True, True),
    ([call(Attitude.SUPPORT)], Result.SUPPORT, 0, True, False, False),
    ([call(Attitude.STRONG_OPPOSE)], Result.AGAINST, 0, True, False, False),
    ([call(Attitude.NOT_MET)], Result.NOBODY, 1, False, False, True),
    ([call(Attitude.NOT_MET, -1), call(Attitude.NOT_MET)], Result.NOBODY, 2, False, False, True),
    ([call(None, follow_up="2026-02-06")], Result.CALL_BACK, 0, False, False, True),
    ([call(Attitude.NEUTRAL, follow_up="2026-02-05")], Result.HESITANT, 0, False, True, True),
    ([call(Attitude.OPPOSE, -1), call(Attitude.NOT_MET)], Result.AGAINST, 1, False, False, True),
    ([call(None, refused=True)], Result.REFUSED, 0, True, False, False),
])  # fmt: skip
def test_a_door_shows_its_answer_and_is_knocked_at_until_there_is_one(
    calls: list[Call], shows: Result | None, missed: int, settled: bool, due_today: bool, due_tomorrow: bool
) -> None:
    found = doors.door(calls)
    assert (found.shows, found.missed, found.settled(1)) == (shows, missed, settled)
    assert (found.due(DAY, 1), found.due(DAY + timedelta(days=1), 1)) == (due_today, due_tomorrow)


def test_a_second_round_goes_to_whoever_does_not_support_yet() -> None:
    assert doors.door([call(Attitude.SUPPORT)]).settled(2)
    assert doors.door([call(Attitude.OPPOSE)]).due(DAY, 2)
    assert doors.door([call(Attitude.OPPOSE), call(Attitude.OPPOSE, 3, round=2)]).settled(2)


def test_a_refusal_stands_until_a_lead_opens_the_door_and_a_later_one_stands_again() -> None:
    first, again = call(None, refused=True, at="2026-02-05T10"), call(None, 2, refused=True, at="2026-02-07T10")
    assert doors.door([first]).refused
    assert not doors.door([first], "2026-02-06T10").refused
    assert doors.door([first, again], "2026-02-06T10").refused
    # an answer that was given before does not open it
    assert not doors.door([call(Attitude.SUPPORT), first]).due(DAY + timedelta(days=5), 2)


@pytest.mark.parametrize("here, wanted, expected", [
    ("b", {"a", "c"}, "c"),
    ("c", {"a", "b"}, "a"),
    ("b", {"b"}, None),
    ("b", set(), None),
    ("", {"b", "c"}, "b"),
])  # fmt: skip
def test_the_next_door_is_the_next_one_that_is_wanted(here: str, wanted: set[str], expected: str | None) -> None:
    assert doors.next_door(["a", "b", "c"], here, frozenset(wanted)) == expected


ATTITUDES = st.sampled_from([*Attitude, None])
CALLS = st.lists(
    st.builds(
        call, ATTITUDES, st.integers(0, 9), round=st.integers(1, 3), refused=st.booleans(), follow_up=st.just("")
    ),
    max_size=6,
)


@given(st.lists(CALLS, min_size=1, max_size=5))
def test_the_figure_that_follows_each_call_is_the_meter_of_all(of_doors: list[list[Call]]) -> None:
    """What a card is moved by, call after call, comes to what the canvass counts at the end."""
    part = whole = 0
    visits = []
    for number, calls in enumerate(of_doors):
        for upto in range(len(calls)):
            before, after = doors.stands(calls[:upto]), doors.stands(calls[: upto + 1])
            part, whole = part + after[0] - before[0], whole + after[1] - before[1]
        visits += [
            Visit(str(number), one.visit.attitude, one.visit.on, one.visit.round, (), one.visit.time) for one in calls
        ]
    households = [Household(str(number), 100, str(number)) for number in range(len(of_doors))]
    support = canvass.coverage(households, visits).support.units
    assert (part, whole) == (support.numerator, support.denominator)


@given(CALLS)
def test_a_door_that_refused_is_never_due_and_one_that_is_due_is_not_settled(calls: list[Call]) -> None:
    found = doors.door(calls)
    for day in range(12):
        for round in (1, 2, 3):
            due = found.due(DAY + timedelta(days=day), round)
            assert not (due and (found.refused or found.settled(round)))


@pytest.mark.parametrize("result", Result)
def test_a_result_reads_back_as_it_was_said(result: Result) -> None:
    for firm in (False, True):
        kept = call(doors.attitude_of(result, firm=firm), refused=result is Result.REFUSED)
        assert kept.result is result


def test_where_some_are_still_needed_the_easiest_to_reach_come_first_whatever_anybody_thinks() -> None:
    known = {
        "missed twice": doors.door([call(Attitude.NOT_MET, 0), call(Attitude.NOT_MET, 1)]),
        "missed once": doors.door([call(Attitude.NOT_MET)]),
        "against before": doors.door([call(Attitude.OPPOSE)]),
        "new": doors.Door(),
        "agreed today": doors.door([call(None, follow_up="2026-02-07")]),
        "agreed yesterday": doors.door([call(None, follow_up="2026-02-06")]),
        "agreed later": doors.door([call(None, follow_up="2026-02-08")]),
    }
    assert doors.by_need(known, list(known), DAY + timedelta(2)) == [
        "agreed yesterday", "agreed today", "against before", "new", "agreed later", "missed once", "missed twice",
    ]  # fmt: skip


def test_a_packet_is_an_entrance_and_a_large_one_is_parted_by_floors() -> None:
    numbers = [f"3-2-{floor}0{room}" for floor in range(1, 6) for room in range(1, 5)] + ["3-1-101", "商铺-3"]
    places = {no: doors.place(no, no.partition("-")[0]) for no in numbers}
    made = doors.packets(doors.walk(places), places, 8)
    assert [(one.building, one.entrance, one.floors, len(one.units)) for one in made] == [
        ("3", "1", None, 1), ("3", "2", (5, 5), 4), ("3", "2", (4, 4), 4), ("3", "2", (3, 3), 4), ("3", "2", (2, 2), 4),
        ("3", "2", (1, 1), 4), ("商铺", "", None, 1),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 30), st.integers(1, 9)), unique=True), st.integers(1, 60))
def test_every_door_lies_in_one_packet_and_none_is_larger_than_asked_unless_its_floor_is(
    lying: list[tuple[int, int, int]], most: int
) -> None:
    numbers = [f"{building}-{floor}0{room}" for building, floor, room in lying]
    places = {no: doors.place(no, no.partition("-")[0]) for no in numbers}
    order = doors.walk(places)
    made = doors.packets(order, places, most)
    assert [unit for one in made for unit in one.units] == order
    for one in made:
        assert len(one.units) <= most or len({places[unit].floor for unit in one.units}) == 1
