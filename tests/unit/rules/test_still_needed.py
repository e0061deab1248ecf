"""The fewest doors to a quorum are as few as trying every set of doors finds."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules import shortfall
from engine.rules.still_needed import Door, by_reach, fewest, still_needed
from engine.rules.tally import Share, Thresholds

PERSONS = "ABCDE"
COUNTED = frozenset("E")  # has returned another ballot already


@st.composite
def silent(draw: st.DrawFn) -> list[Door]:
    """A few doors; some belong to one person, some only bring area."""
    doors = []
    for number in range(draw(st.integers(0, 8))):
        person = draw(st.sampled_from(PERSONS))
        heads = draw(st.integers(0, 5)) > 0
        doors.append(Door(f"U{number}", draw(st.integers(1, 40)), person, person in COUNTED, heads))
    return doors


def brute(doors: list[Door], area: int, persons: int) -> int | None:
    """Try every set of doors, the small ones first."""
    for size in range(len(doors) + 1):
        for chosen in combinations(doors, size):
            met = {door.person for door in chosen if door.heads and not door.counted}
            if sum(door.area for door in chosen) >= area and len(met) >= persons:
                return size
    return None


@given(silent(), st.integers(0, 160), st.integers(0, 5))
@settings(max_examples=400, deadline=None)
def test_no_smaller_set_of_doors_does(doors: list[Door], area: int, persons: int) -> None:
    assert fewest(doors, area, persons) == brute(doors, area, persons)


@given(silent(), st.integers(0, 200), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_each_threshold_is_met_exactly_with_what_is_said_to_lack(doors: list[Door], area: int, persons: int) -> None:
    took = Share(area, persons)
    total = Share(area + sum(door.area for door in doors) + 50, persons + len(PERSONS))
    found = still_needed(took, total, Thresholds(), doors)
    bound = Fraction(2, 3)
    for needed, some, every in ((found.area, area, total.area), (found.persons, persons, total.persons)):
        assert 3 * (some + needed.lacking) >= 2 * every
        assert needed.lacking == 0 or 3 * (some + needed.lacking - 1) < 2 * every
        assert needed.lacking == shortfall.to_reach(some, every, bound)
    assert found.area.doors == brute(doors, found.area.lacking, 0)
    assert found.persons.doors == brute(doors, 0, found.persons.lacking)
    assert found.doors == brute(doors, found.area.lacking, found.persons.lacking)


def test_what_is_reached_needs_no_door() -> None:
    assert still_needed(Share(70, 7), Share(100, 10), Thresholds(), []).doors == 0


def test_doors_are_sorted_by_how_easily_they_are_reached() -> None:
    doors = [Door("3", 1, "a", reach=2), Door("1", 1, "b", reach=1), Door("2", 1, "c", reach=1)]
    assert [door.unit_no for door in by_reach(doors)] == ["1", "2", "3"]
