"""How much somebody's days of visits differ from those of others, in ways that nobody had to think of one by one.

Each trait of a day is a fraction.  Its distance from the median of the others is measured in their usual spread (the
median of their own distances).  What one person's days have in common stays when they are averaged, chance does not;
the squares of the averages then add up, so that a kind of log that no rule names still stands out by several traits,
each of which alone nobody would wonder at (Hawkins, Identification of Outliers, 1980).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from engine.rules.honesty import Day, Finding, Kind, Knock, Limits

#: Half of all distances lie within two thirds of a spread if nothing is odd: a spread is then one standard deviation.
_SPREAD = Fraction(3, 2)
#: The most spreads that one trait counts for: one alone does not make a day odd, however far it is.
_MOST = 5
#: Days at other hours find other people at home: those within so many hours are compared, if there are enough.
_HOURS = 3
#: So many traits are named, the oddest first.
_NAMED = 3


@dataclass(frozen=True)
class Trait:
    """A trait of a day: ``least`` is the smallest spread that counts, as days of few people can be all alike.

    ``side`` is 1 or -1 where only more or only less than usual says anything, as a long pause does not; else 0.
    """

    words: str
    of: Callable[[Day], Fraction | None]
    least: Fraction
    side: int = 0
    unit: str = "%"

    def said(self, value: Fraction) -> str:
        """The value for people, cut off."""
        times = 100 if self.unit == "%" else 10
        whole = value.numerator * times // value.denominator
        return f"{whole}%" if self.unit == "%" else f"{whole // 10}.{whole % 10} {self.unit}"


@dataclass(frozen=True)
class Distance:
    """A trait by which somebody stands out: the middle of their days and of others', and by how many spreads."""

    trait: Trait
    value: Fraction
    usual: Fraction
    spreads: Fraction

    @property
    def says(self) -> str:
        """It in words."""
        return f"{self.trait.words} {self.trait.said(self.value)}（别人一般 {self.trait.said(self.usual)}）"


def odd(days: Sequence[Day], others: Sequence[Day], limits: Limits) -> Finding | None:
    """Whether one person's days stand out as a whole; None where they, or those of others, are too few to tell."""
    own = [one for one in days if len(one.knocks) >= limits.odd_doors]
    beside = [one for one in others if len(one.knocks) >= limits.odd_doors]
    if not own or len(beside) < limits.odd_days:
        return None
    found = distances(own, beside, limits)
    if score(found) < limits.odd_score:
        return None
    told = sorted(found, key=lambda one: -one.spreads)[:_NAMED]
    says = f"{len(own)} 天的走访和本轮别人的放在一起看差得多：" + "；".join(one.says for one in told) + "。"
    return Finding(Kind.ODD, says, tuple(dict.fromkeys(one.unit_no for day in own for one in day.knocks)))


def score(found: Sequence[Distance]) -> Fraction:
    """The mean of the squared distances, in tenths: under 10 for somebody like others, if traits do not go together."""
    return 10 * sum((one.spreads**2 for one in found), Fraction(0)) / max(1, len(found))


def distances(days: Sequence[Day], others: Sequence[Day], limits: Limits) -> list[Distance]:
    """How far each trait of these days lies from those of others; traits that cannot be told are left out."""
    beside = [(day, _alike(day, others, limits.odd_days)) for day in days]
    return [found for trait in TRAITS if (found := _together([_distance(trait, *one) for one in beside]))]


def _together(found: Sequence[Distance | None]) -> Distance | None:
    known = [one for one in found if one]
    if not known:
        return None
    mean = sum((one.spreads for one in known), Fraction(0)) / len(known)
    return Distance(known[0].trait, _median([one.value for one in known]), _median([one.usual for one in known]), mean)


def _alike(day: Day, others: Sequence[Day], least: int) -> Sequence[Day]:
    """The days of others at about the same hours, where there are enough, else all of them."""
    here = _hours(day)
    near = [one for one in others if here is not None and abs((_hours(one) or Fraction(0)) - here) <= _HOURS]
    return near if len(near) >= least else others


def _distance(trait: Trait, day: Day, others: Sequence[Day]) -> Distance | None:
    value = trait.of(day)
    known = [one for other in others if (one := trait.of(other)) is not None]
    if value is None or len(known) < 5:
        return None
    usual = _median(known)
    spread = max(_median([abs(one - usual) for one in known]) * _SPREAD, trait.least)
    away = value - usual
    return Distance(
        trait, value, usual, max(away * trait.side, Fraction(0)) / spread if trait.side else abs(away) / spread
    )


def _median(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


# traits


def _share(day: Day, holds: Callable[[Knock], bool]) -> Fraction | None:
    return Fraction(sum(holds(one) for one in day.knocks), len(day.knocks)) if day.knocks else None


def _met(day: Day) -> list[Knock]:
    return [one for one in day.knocks if one.met]


def _timed(day: Day) -> list[tuple[int, Knock]]:
    """The calls with their minutes; none where most are full fives, as people write times that they remember."""
    timed = [(one.minute, one) for one in day.knocks if one.minute is not None]
    return timed if 2 * sum(minute % 5 == 0 for minute, _ in timed) <= len(timed) else []


def _gaps(day: Day) -> list[int]:
    return [later - earlier for (earlier, _), (later, _) in pairwise(_timed(day))]


def _usual_gap(day: Day) -> Fraction | None:
    gaps = _gaps(day)
    return _median([Fraction(one) for one in gaps]) if len(gaps) > 4 else None


def _even_gaps(day: Day) -> Fraction | None:
    gaps = _gaps(day)
    return Fraction(max(Counter(gaps).values()), len(gaps)) if len(gaps) > 4 else None


def _ragged(day: Day) -> Fraction | None:
    """How unlike the gaps are: what lies between the quarters, by the gap in the middle."""
    gaps = sorted(_gaps(day))
    middle = Fraction(gaps[len(gaps) // 2]) if gaps else Fraction(0)
    return (gaps[3 * len(gaps) // 4] - gaps[len(gaps) // 4]) / max(middle, Fraction(1)) if len(gaps) > 7 else None


def _longest_gap(day: Day) -> Fraction | None:
    gaps = _gaps(day)
    return Fraction(max(gaps)) if len(gaps) > 4 else None


def _after_nobody(day: Day) -> Fraction | None:
    """How long the next door takes after one where nobody opened, by how long it takes after a talk."""
    gaps: tuple[list[int], list[int]] = [], []
    for (earlier, one), (later, _) in pairwise(_timed(day)):
        gaps[one.met].append(later - earlier)
    nobody, talked = gaps
    if len(nobody) < 2 or not sum(talked):
        return None
    return Fraction(sum(nobody), len(nobody)) / Fraction(sum(talked), len(talked))


def _twice(day: Day) -> Fraction | None:
    return 1 - Fraction(len({one.unit_no for one in day.knocks}), len(day.knocks)) if day.knocks else None


def _commonest(day: Day) -> Fraction | None:
    met = _met(day)
    return Fraction(max(Counter(one.answer for one in met).values()), len(met)) if len(met) > 4 else None


def _answers(day: Day) -> Fraction | None:
    met = _met(day)
    return Fraction(len({one.answer for one in met}), len(met)) if len(met) > 4 else None


def _changes(day: Day) -> Fraction | None:
    """Of neighbouring calls, how many differ; those who make up a row change too often."""
    pairs = list(pairwise(day.knocks))
    return Fraction(sum(a.answer != b.answer for a, b in pairs), len(pairs)) if len(pairs) > 4 else None


def _in_order(day: Day) -> Fraction | None:
    """Of neighbouring calls, how many are at the very next door of the walk."""
    pairs = list(pairwise(day.knocks))
    return Fraction(sum(abs(a.step - b.step) == 1 for a, b in pairs), len(pairs)) if len(pairs) > 4 else None


def _hours(day: Day) -> Fraction | None:
    """The middle of the day's calls, in hours."""
    timed = [one.minute for one in day.knocks if one.minute is not None]
    return Fraction(sorted(timed)[len(timed) // 2], 60) if timed else None


TRAITS: Sequence[Trait] = (
    Trait("两户之间相隔", _usual_gap, Fraction(1), -1, "分钟"),
    Trait("相隔一样长的占", _even_gaps, Fraction(1, 15), 1),
    Trait("相隔长短相差", _ragged, Fraction(1, 4), -1, "倍"),
    Trait("最长一次相隔", _longest_gap, Fraction(3), -1, "分钟"),
    Trait("无人之后到下一户的时间，是谈过之后的", _after_nobody, Fraction(1, 8), 1),
    Trait("当天再去的占", _twice, Fraction(1, 20), -1),
    Trait("无人在家占", lambda day: _share(day, lambda one: not one.met), Fraction(1, 12), -1),
    Trait("最多的一种回答占", _commonest, Fraction(1, 10), 1),
    Trait("不同的回答占", _answers, Fraction(1, 12), -1),
    Trait("前后两户不同的占", _changes, Fraction(1, 10)),
    Trait("挨着门走的占", _in_order, Fraction(1, 10)),
)


def each(days: Sequence[Day]) -> Iterator[tuple[list[Day], list[Day]]]:
    """The days of every person with those of all others: nobody is the measure of himself."""
    for person in dict.fromkeys(day.person for day in days):
        yield [one for one in days if one.person == person], [one for one in days if one.person != person]
