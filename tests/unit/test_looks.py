"""A copy of a photo is known however it was sent on, and a photo that was taken anew is not taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import pictures
from engine.rules import posting
from tests import photographs


def looks(content: bytes) -> str:
    picture = pictures.read(content)
    assert picture is not None
    return picture.looks


@pytest.mark.parametrize("number", range(6))
def test_what_was_sent_on_looks_the_same_and_a_step_aside_does_not(number: int) -> None:
    original = looks(photographs.scene(number))
    for quality, share in ((92, 1.0), (40, 1.0), (75, 0.5), (55, 0.36), (30, 0.4)):
        sent = looks(photographs.sent_on(photographs.scene(number), quality, share))
        assert posting.same_picture(original, sent), (quality, share)
    assert not posting.same_picture(original, looks(photographs.scene(number, aside=24)))
    assert not posting.same_picture(original, looks(photographs.scene(number + 100)))


def test_fourteen_bits_apart_is_the_same_photo_and_fifteen_is_another() -> None:
    one = "0f" * 32
    other = int(one, 16)
    assert posting.same_picture(one, f"{other ^ (2**14 - 1):064x}")
    assert not posting.same_picture(one, f"{other ^ (2**15 - 1):064x}")


def test_a_photo_of_nothing_and_one_from_before_fingerprints_are_compared_with_none() -> None:
    dark, bare = "0" * 64, "f" * 64
    assert not any(posting.same_picture(one, one) for one in (dark, bare, "", f"{2**31 - 1:064x}"))
    assert posting.same_picture(f"{2**32 - 1:064x}", f"{2**32 - 1:064x}")


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 150))
def test_a_paper_shows_as_many_photos_of_each_board_as_fit_the_first_and_the_last_among_them(
    taken: list[int], most: int
) -> None:
    shown = posting.spread(taken, most)
    assert sum(map(len, shown)) <= most
    assert all(places == sorted(set(places)) for places in shown)
    for of, places in zip(taken, shown, strict=True):
        assert set(places) <= set(range(of))
        assert len(places) < 2 or (places[0], places[-1]) == (0, of - 1)
    if sum(taken) <= most:
        assert [len(places) for places in shown] == taken
