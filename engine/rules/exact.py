"""Exact shares, percentages and yuan.  Nothing here is ever a float.

A percentage arrives as ``int``, ``Decimal`` or ``Fraction`` of a hundred (95 means 95 %) and is
compared by cross-multiplication; money is a ``Decimal`` of yuan at 0.01.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Percent = int | Decimal | Fraction

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Ratio:
    """Some out of all, both counts (units, persons) or areas in 0.01 m²."""

    numerator: int
    denominator: int

    def reaches(self, least: Percent) -> bool:
        """Whether this is at least ``least`` percent, inclusive (民法典 1259); no share of nothing reaches anything."""
        bound = Fraction(least)
        return self.denominator > 0 and self.numerator * 100 * bound.denominator >= bound.numerator * self.denominator

    def percent(self, places: int = 1) -> str:
        """The percentage as shown, floored to ``places`` decimals (never rounded up past a threshold)."""
        if self.denominator == 0:
            return "—"
        scale: int = 10**places
        whole, rest = divmod(self.numerator * 100 * scale // self.denominator, scale)
        return f"{whole}.{rest:0{places}d}" if places else str(whole)

    def pair(self) -> list[int]:
        """``[numerator, denominator]`` for the figures of an outcome."""
        return [self.numerator, self.denominator]


def signed_percent(percent: Fraction) -> str:
    """A percentage with its sign as a paper prints it, cut off towards zero after one decimal."""
    tenths = int(abs(percent) * 10)
    sign = "" if not tenths else "-" if percent < 0 else "+"
    return f"{sign}{tenths // 10}.{tenths % 10}"


def yuan(amount: int | Decimal | Fraction) -> Decimal:
    """An amount of yuan rounded half up to 0.01, exactly, however many digits it has."""
    exact = Fraction(amount) * 100
    cents = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    # written out, as arithmetic on decimals keeps 28 digits only
    return Decimal(f"{'-' if exact < 0 < cents else ''}{cents // 100}.{cents % 100:02d}")


def share_of(amount: int | Decimal | Fraction, percent: Percent) -> Decimal:
    """``percent`` percent of ``amount``, rounded half up to 0.01 yuan."""
    return yuan(Fraction(amount) * Fraction(percent) / 100)
