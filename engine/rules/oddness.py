"""How much a day of visits differs from the days of others, in ways that nobody had to think of one by one.

Each trait of a day is a fraction.  Its distance from the median of the others is measured in their usual spread (the
median of their own distances); what lies beyond two spreads adds to the score, so that a kind of log that no rule
names still stands out by several traits at once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.rules.honesty import Day, Finding, Kind, Knock, Limits

#: Spreads that nobody wonders at, and the most that one trait adds.
_USUAL, _MOST = 2, 6
#: So many traits are named, the oddest first.
_NAMED = 3


@dataclass(frozen=True)
class Trait:
    """A trait of a day: ``least`` is the smallest spread that counts, as days of few people can be all alike."""

    words: str
    of: Callable[[Day], Fraction | None]
    least: Fraction
    unit: str = "%"

    def said(self, value: Fraction) -> str:
        """The value for people, cut off."""
        times = 100 if self.unit == "%" else 10
        whole = value.numerator * times // value.denominator
        return f"{whole}%" if self.unit == "%" else f"{whole // 10}.{whole % 10} {self.unit}"


@dataclass(frozen=True)
class Distance:
    """A trait that stands out: the day's value and the others' median, and by how many spreads."""

    trait: Trait
    value: Fraction
    usual: Fraction
    spreads: Fraction

    @property
    def points(self) -> Fraction:
        """What it adds to the score."""
        return min(max(self.spreads - _USUAL, Fraction(0)), Fraction(_MOST))

    @property
    def says(self) -> str:
        """It in words."""
        return f"{self.trait.words} {self.trait.said(self.value)}（别人一般 {self.trait.said(self.usual)}）"


def odd(day: Day, others: Sequence[Day], limits: Limits) -> Finding | None:
    """Whether a day stands out as a whole; None for a day too short to tell, or with too few others beside it."""
    beside = [one for one in others if len(one.knocks) >= limits.odd_doors]
    if len(day.knocks) < limits.odd_doors or len(beside) < limits.odd_days:
        return None
    found = distances(day, beside)
    if sum(one.points for one in found) < limits.odd_score:
        return None
    told = sorted((one for one in found if one.points), key=lambda one: -one.points)[:_NAMED]
    says = "和本轮别人的走访放在一起看差得多：" + "；".join(one.says for one in told) + "。"
    return Finding(Kind.ODD, says, tuple(one.unit_no for one in day.knocks))


def distances(day: Day, others: Sequence[Day]) -> list[Distance]:
    """How far each trait of a day lies from those of others; traits that cannot be told are left out."""
    return [found for trait in TRAITS if (found := _distance(trait, day, others))]


def _distance(trait: Trait, day: Day, others: Sequence[Day]) -> Distance | None:
    value = trait.of(day)
    known = [one for other in others if (one := trait.of(other)) is not None]
    if value is None or len(known) < 5:
        return None
    usual = _median(known)
    spread = max(_median([abs(one - usual) for one in known]) * Fraction(3, 2), trait.least)
    return Distance(trait, value, usual, abs(value - usual) / spread)


def _median(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


# traits


def _share(day: Day, holds: Callable[[Knock], bool]) -> Fraction | None:
    return Fraction(sum(holds(one) for one in day.knocks), len(day.knocks)) if day.knocks else None


def _met(day: Day) -> list[Knock]:
    return [one for one in day.knocks if one.met]


def _gaps(day: Day) -> list[int]:
    minutes = [one.minute for one in day.knocks if one.minute is not None]
    return [later - earlier for earlier, later in zip(minutes, minutes[1:], strict=False)]


def _usual_gap(day: Day) -> Fraction | None:
    gaps = _gaps(day)
    return _median([Fraction(one) for one in gaps]) if len(gaps) > 4 else None


def _even_gaps(day: Day) -> Fraction | None:
    gaps = _gaps(day)
    return Fraction(max(Counter(gaps).values()), len(gaps)) if len(gaps) > 4 else None


def _commonest(day: Day) -> Fraction | None:
    met = _met(day)
    return Fraction(max(Counter(one.answer for one in met).values()), len(met)) if len(met) > 4 else None


def _answers(day: Day) -> Fraction | None:
    met = _met(day)
    return Fraction(len({one.answer for one in met}), len(met)) if len(met) > 4 else None


def _changes(day: Day) -> Fraction | None:
    """Of neighbouring calls, how many differ; those who make up a row change too often."""
    pairs = list(zip(day.knocks, day.knocks[1:], strict=False))
    return Fraction(sum(a.answer != b.answer for a, b in pairs), len(pairs)) if len(pairs) > 4 else None


def _in_order(day: Day) -> Fraction | None:
    """Of neighbouring calls, how many are at the very next door of the walk."""
    pairs = list(zip(day.knocks, day.knocks[1:], strict=False))
    return Fraction(sum(abs(a.step - b.step) == 1 for a, b in pairs), len(pairs)) if len(pairs) > 4 else None


def _spread_out(day: Day) -> Fraction | None:
    spots = [one.spot for one in day.knocks if one.spot]
    return Fraction(len(set(spots)), len(spots)) if len(spots) > 4 else None


def _round_minutes(day: Day) -> Fraction | None:
    timed = [one.minute for one in day.knocks if one.minute is not None]
    return Fraction(sum(one % 5 == 0 for one in timed), len(timed)) if len(timed) > 4 else None


def _hours(day: Day) -> Fraction | None:
    """The middle of the day's calls, in hours."""
    timed = [one.minute for one in day.knocks if one.minute is not None]
    return Fraction(sorted(timed)[len(timed) // 2], 60) if timed else None


def _own_words(day: Day) -> Fraction | None:
    notes = [one.note for one in day.knocks if one.note]
    return Fraction(len(set(notes)), len(notes)) if len(notes) > 4 else None


TRAITS: Sequence[Trait] = (
    Trait("两户之间相隔", _usual_gap, Fraction(1), "分钟"),
    Trait("相隔一样长的占", _even_gaps, Fraction(1, 10)),
    Trait("无人在家占", lambda day: _share(day, lambda one: not one.met), Fraction(1, 12)),
    Trait("最多的一种回答占", _commonest, Fraction(1, 10)),
    Trait("不同的回答占", _answers, Fraction(1, 12)),
    Trait("前后两户不同的占", _changes, Fraction(1, 10)),
    Trait("挨着门走的占", _in_order, Fraction(1, 10)),
    Trait("不同的位置占", _spread_out, Fraction(1, 5)),
    Trait("没有定位的占", lambda day: _share(day, lambda one: one.spot is None), Fraction(1, 3)),
    Trait("整五分的占", _round_minutes, Fraction(1, 8)),
    Trait("走访的钟点居中", _hours, Fraction(3, 2), "点"),
    Trait("写了备注的占", lambda day: _share(day, lambda one: bool(one.note)), Fraction(1, 10)),
    Trait("不同的备注占", _own_words, Fraction(1, 5)),
)


def each(days: Sequence[Day]) -> Iterator[tuple[Day, list[Day]]]:
    """Every day with the days of other people: nobody is the measure of himself."""
    for day in days:
        yield day, [one for one in days if one.person != day.person]
