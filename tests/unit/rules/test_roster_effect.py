"""What an item needs of all owners, at the boundary that the count itself keeps (law §3.5)."""

from hypothesis import given
from hypothesis import strategies as st

from engine.rules.count import Count, Item, Share, Thresholds
from engine.rules.roster_effect import needs

_SOME = st.integers(1, 10**8)
_NONE = Share(0, 0)


def _counted(item: Item, total: Share, took_part: Share, approving: Share) -> Count:
    return Count(item, total, took_part, approving, _NONE, _NONE, Thresholds())


@given(_SOME, _SOME, st.integers(1, 9))
def test_what_is_needed_passes_and_one_less_of_anything_does_not(area: int, persons: int, kind: int) -> None:
    total, item = Share(area, persons), Item(1, kind)
    (one,) = needs([item], total, Thresholds())
    assert _counted(item, total, one.take_part, one.approve).passed
    for fewer in (
        Share(one.take_part.area - 1, one.take_part.persons),
        Share(one.take_part.area, one.take_part.persons - 1),
    ):
        assert not _counted(item, total, fewer, fewer).quorum
    for fewer in (Share(one.approve.area - 1, one.approve.persons), Share(one.approve.area, one.approve.persons - 1)):
        assert not _counted(item, total, one.take_part, fewer).passed


def test_nine_hundred_owners_of_ninety_thousand_metres() -> None:
    ordinary, special = needs([Item(1, 4), Item(2, 8)], Share(90_000_00, 900), Thresholds())
    assert ordinary.take_part == special.take_part == Share(60_000_00, 600)
    assert ordinary.approve == Share(30_000_01, 301)
    assert special.approve == Share(45_000_00, 450)
