"""A random sample of answered doors for call-backs 抽查回访: how many, which, and what it says of the support rate.

Everything is exact: households are drawn without replacement, so that the number found follows the hypergeometric
distribution, and the interval is that of Clopper and Pearson for it (Clopper, Pearson, Biometrika 26 (1934) 404; for
finite populations Wendell, Schmee, Technometrics 38 (1996)): all numbers of supporters for which what was found, or
anything more extreme on that side, has a chance of more than half the doubt that is allowed.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import comb

from engine.rules.exact import Ratio


class Heard(StrEnum):
    """What a household said when it was called back; ``AWAY`` nobody could be reached."""

    SUPPORT = "SUPPORT"
    OTHER = "OTHER"
    NEVER = "NEVER"
    AWAY = "AWAY"


WORDS = {Heard.SUPPORT: "支持", Heard.OTHER: "不支持或者没想好", Heard.NEVER: "没有人来问过", Heard.AWAY: "联系不上"}


@dataclass(frozen=True)
class Interval:
    """Between how many of ``whole`` households support, with the doubt that was allowed; both ends included."""

    least: int
    most: int
    whole: int

    @property
    def width(self) -> int:
        """How many numbers lie between the ends."""
        return self.most - self.least

    @property
    def says(self) -> str:
        """The interval in percent of the households, the lower end cut off and the upper one raised."""
        raised = -(-1000 * self.most // self.whole) if self.whole else 0
        return f"{Ratio(self.least, self.whole).percent()}%–{raised // 10}.{raised % 10}%"


def interval(whole: int, drawn: int, found: int, doubt: Fraction, away: int = 0) -> Interval:
    """How many of ``whole`` support, where ``found`` of ``drawn`` said so and ``away`` could not be reached.

    Who was not reached counts against at the lower end and for at the upper one, so that nothing is gained by it.
    """
    if not 0 <= found + away <= drawn <= whole or found < 0 or away < 0:
        raise ValueError(f"{found} and {away} of {drawn} of {whole}")
    half = doubt / 2
    low, high = found, whole - (drawn - found - away)
    least = _first(low, high, lambda k: _upper(whole, k, drawn, found) > half)
    most = whole - _first(whole - high, whole - low, lambda k: _upper(whole, k, drawn, drawn - found - away) > half)
    return Interval(least, most, whole)


def _upper(whole: int, marked: int, drawn: int, found: int) -> Fraction:
    """The chance to draw at least ``found`` of ``marked`` among ``drawn`` of ``whole``."""
    top = min(marked, drawn)
    chances = (comb(marked, one) * comb(whole - marked, drawn - one) for one in range(found, top + 1))
    return Fraction(sum(chances), comb(whole, drawn))


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number from ``low`` to ``high`` for which ``holds``, which from there on it always does."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def size(whole: int, supporting: int, margin: Fraction, doubt: Fraction) -> int:
    """How many to draw: the fewest whose interval reaches no further than ``margin`` from the claimed rate.

    That is where the sample shows what is claimed: the nearer the claim is to all or to none, the fewer it takes.
    """
    if not 0 <= supporting <= whole:
        raise ValueError(f"{supporting} of {whole}")

    def close(drawn: int) -> bool:
        found = drawn * supporting // whole
        told = interval(whole, drawn, found, doubt)
        claimed, reach = Fraction(supporting, whole), margin * whole
        return told.most - claimed * whole <= reach and claimed * whole - told.least <= reach

    if not whole:
        return 0
    # whole numbers make it jump a little: after halving, step back over what still does
    drawn = _first(1, whole, close)
    while drawn > 1 and close(drawn - 1):
        drawn -= 1
    return drawn


def digest(units: Iterable[str]) -> str:
    """What names a set of doors: anybody who has the register can work it out again."""
    return hashlib.sha256("\n".join(sorted(units)).encode()).hexdigest()


def draw(units: Iterable[str], drawn: int, seed: str) -> list[str]:
    """The doors drawn: those whose SHA-256 of seed and number comes first, which anybody can work out again."""
    return sorted(units, key=lambda unit: (hashlib.sha256(f"{seed}|{unit}".encode()).hexdigest(), unit))[:drawn]


@dataclass(frozen=True)
class Result:
    """What came of a sample: how many said what so far, and the interval; ``open`` have not been called yet."""

    drawn: int
    heard: dict[str, int]
    open: int
    interval: Interval
    claimed: Ratio

    @property
    def done(self) -> bool:
        """Whether everybody drawn was called, or tried."""
        return not self.open

    @property
    def holds(self) -> bool:
        """Whether what was claimed lies within the interval."""
        return self.interval.least <= self.claimed.numerator <= self.interval.most


def result(whole: int, supporting: int, heard: Sequence[str], drawn: int, doubt: Fraction) -> Result:
    """What the calls so far say; who has not been called counts as not reached."""
    said = {str(one): sum(each == one for each in heard) for one in Heard}
    waiting = drawn - len(heard)
    told = interval(whole, drawn, said[Heard.SUPPORT], doubt, away=said[Heard.AWAY] + waiting)
    return Result(drawn, said, waiting, told, Ratio(supporting, whole))
