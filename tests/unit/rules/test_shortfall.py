"""What is lacking is counted in whole units, never rounded towards having enough."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import shortfall

TWO_THIRDS, HALF = Fraction(2, 3), Fraction(1, 2)


@pytest.mark.parametrize("some, every, lacking", [(600, 900, 0), (599, 900, 1), (66_666_66, 100_000_00, 1), (0, 0, 0)])
def test_what_lacks_until_two_thirds_are_reached(some: int, every: int, lacking: int) -> None:
    assert shortfall.to_reach(some, every, TWO_THIRDS) == lacking


@pytest.mark.parametrize("some, every, lacking", [(50, 100, 1), (51, 100, 0), (50, 101, 1), (51, 101, 0)])
def test_half_is_not_more_than_half(some: int, every: int, lacking: int) -> None:
    assert shortfall.to_exceed(some, every, HALF) == lacking


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.fractions(0, 1))
def test_with_what_lacks_it_is_enough_and_with_one_less_it_is_not(some: int, every: int, bound: Fraction) -> None:
    lacking = shortfall.to_reach(some, every, bound)
    assert Fraction(some + lacking) >= bound * every
    assert lacking == 0 or Fraction(some + lacking - 1) < bound * every
    more = shortfall.to_exceed(some, every, bound)
    assert Fraction(some + more) > bound * every
    assert more == 0 or Fraction(some + more - 1) <= bound * every
