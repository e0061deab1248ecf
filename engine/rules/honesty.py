"""Whether a log of visits can be what it says 走访抽查: a day of one canvasser, looked at for what asks for a question.

A finding is a reason to ask, never a judgement: whoever leads clears it or calls households back.  Nothing here reads
who lives behind a door, and no household is scored (个人信息保护法 24).  What a place thinks plausible is in its pack.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import isqrt

from engine.rules.jurisdiction import Pack

#: A position: latitude and longitude in 0.00001 degrees, about a metre.
Spot = tuple[int, int]


class Kind(StrEnum):
    """What asks for a question."""

    SPEED = "SPEED"
    SAME = "SAME"
    SPOT = "SPOT"
    NIGHT = "NIGHT"
    ODD = "ODD"


WORDS: Mapping[str, str] = {
    Kind.SPEED: "谈得很快", Kind.SAME: "连着答得一样", Kind.SPOT: "位置没有动",
    Kind.NIGHT: "夜里登记", Kind.ODD: "和别人的走访差得多",
}  # fmt: skip


@dataclass(frozen=True)
class Knock:
    """A call at a door as its log has it.

    ``minute`` is of the day, as somebody wrote or a phone told; ``entered`` when it reached us, in minutes from the
    beginning of that same day; both None where unknown.  ``answer`` is what was heard with its concerns, ``met``
    whether somebody opened.  ``step`` is the door's place on the walk through the estate.
    """

    unit_no: str
    building: str
    entrance: str
    step: int
    minute: int | None
    entered: int | None
    answer: str
    met: bool
    note: str = ""
    spot: Spot | None = None


@dataclass(frozen=True)
class Day:
    """What one canvasser recorded of one day, in the order of its times; those without a time stand last."""

    person: str
    on: str
    knocks: tuple[Knock, ...]

    @classmethod
    def of(cls, person: str, on: str, knocks: Iterable[Knock]) -> "Day":
        """A day from calls in the order in which they were entered."""
        ordered = sorted(knocks, key=lambda one: (one.minute is None, one.minute or 0))
        return cls(person, on, tuple(ordered))


@dataclass(frozen=True)
class Finding:
    """A reason to ask about a day: the sentence, and the doors it is about."""

    kind: Kind
    says: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """The pack's figures: what goes beyond them asks for a question."""

    ten_minutes: int
    hour: int
    same_run: int
    same_odds: int
    spot_doors: int
    spot_metres: int
    far_metres: int
    night_from: int
    night_until: int
    night_doors: int
    batch_doors: int
    odd_doors: int
    odd_days: int
    odd_score: int

    @classmethod
    def of(cls, pack: Pack) -> "Limits":
        """As a pack has them.  Raises NotFound naming what an older pack lacks."""
        return cls(*(pack.value(f"honesty_{name}") for name in cls.__dataclass_fields__))


def look(day: Day, others: Sequence[Day], limits: Limits) -> list[Finding]:
    """What asks for a question on a day, beside the days of ``others`` in the same round."""
    found = (speed(day, limits), same(day, others, limits), spot(day, others, limits), night(day, limits))
    return [one for one in found if one]


def speed(day: Day, limits: Limits) -> Finding | None:
    """More households spoken to within ten minutes, or an hour, than anybody can; nobody at home takes no time."""
    talks = [one for one in day.knocks if one.met and one.minute is not None]
    for length, most, words in ((10, limits.ten_minutes, "十分钟"), (60, limits.hour, "一小时")):
        within = _densest(talks, length)
        if len(within) > most:
            first, last = _clock(within[0].minute), _clock(within[-1].minute)
            says = f"{first} 到 {last} 登记谈了 {len(within)} 户；{words}一般最多谈 {most} 户。"
            return Finding(Kind.SPEED, says, tuple(one.unit_no for one in within))
    return None


def _densest(talks: Sequence[Knock], length: int) -> Sequence[Knock]:
    """The most calls that lie within ``length`` minutes."""
    minutes = [one.minute or 0 for one in talks]
    windows = (talks[at : bisect_left(minutes, minute + length)] for at, minute in enumerate(minutes))
    return max(windows, key=len, default=())


def same(day: Day, others: Sequence[Day], limits: Limits) -> Finding | None:
    """A run of doors that all gave the same answer, less likely than one in ``same_odds`` as others hear it.

    A run may begin at each of the day's doors, so that its chance is at most their number times share ^ length.
    """
    run = max(_runs(day.knocks), key=len, default=())
    if len(run) < limits.same_run:
        return None
    heard = Counter(one.answer for other in others for one in other.knocks)
    whole = sum(heard.values())
    # one call in two where too few others tell how common that answer is
    share = Fraction(heard[run[0].answer], whole) if whole >= limits.odd_days * limits.odd_doors else Fraction(1, 2)
    if len(day.knocks) * share ** len(run) * limits.same_odds > 1:
        return None
    says = f"连着 {len(run)} 户登记的回答完全一样，中间没有一户无人在家；"
    says += f"别人的走访里这样的回答占 {100 * share.numerator // share.denominator}%。"
    return Finding(Kind.SAME, says, tuple(one.unit_no for one in run))


def _runs(knocks: Sequence[Knock]) -> Iterator[Sequence[Knock]]:
    begun = 0
    for at, one in enumerate(knocks):
        if not one.met or (at > begun and one.answer != knocks[begun].answer):
            yield knocks[begun:at]
            begun = at if one.met else at + 1
    yield knocks[begun:]


def spot(day: Day, others: Sequence[Day], limits: Limits) -> Finding | None:
    """Doors of several entrances at the very same position, of three buildings close together, or far from the doors.

    A position within a building often comes from one radio, so that one position for one entrance says nothing.
    """
    placed = [(one, one.spot) for one in day.knocks if one.spot]
    if len(placed) < limits.spot_doors:
        return None
    for here in sorted({at for _, at in placed}):
        exactly = [one for one, at in placed if at == here]
        if len(exactly) >= limits.spot_doors and len({(one.building, one.entrance) for one in exactly}) > 1:
            return _at_one(exactly, "定位完全相同")
        near = [one for one, at in placed if metres(here, at) <= limits.spot_metres]
        if len(near) >= limits.spot_doors and len({one.building for one in near}) > 2:
            return _at_one(near, f"定位都在 {limits.spot_metres} 米以内")
    middle = _middle(others)
    far = [one for one, at in placed if middle and metres(middle, at) > limits.far_metres]
    if len(far) < limits.spot_doors:
        return None
    says = f"{len(far)} 户登记时的位置离别人走访的地方 {limits.far_metres} 米以上。"
    return Finding(Kind.SPOT, says, tuple(one.unit_no for one in far))


def _at_one(knocks: Sequence[Knock], words: str) -> Finding:
    buildings, entrances = ({one.building for one in knocks}, {(one.building, one.entrance) for one in knocks})
    says = f"{len(knocks)} 户（{len(buildings)} 栋、{len(entrances)} 个门洞）登记时{words}。"
    return Finding(Kind.SPOT, says, tuple(one.unit_no for one in knocks))


def _middle(others: Sequence[Day]) -> Spot | None:
    """Where others usually are, each of them with one voice; None where fewer than three people tell."""
    spots: dict[str, list[Spot]] = {}
    for person, at in ((other.person, one.spot) for other in others for one in other.knocks):
        if at:
            spots.setdefault(person, []).append(at)
    return _median([_median(one) for one in spots.values()]) if len(spots) > 2 else None


def _median(spots: Sequence[Spot]) -> Spot:
    half = len(spots) // 2
    return sorted(at for at, _ in spots)[half], sorted(at for _, at in spots)[half]


def metres(one: Spot, other: Spot) -> int:
    """How far two positions lie apart, in whole metres: 0.00001 degrees are 1.113 m of latitude, of longitude less."""
    north = abs(one[0] - other[0]) * 1113
    east = abs(one[1] - other[1]) * 1113 * _NARROWER[min(abs(one[0]) // 100_000, 90)] // 1000
    return isqrt(north * north + east * east) // 1000


#: By how much a degree of longitude is shorter at each whole degree of latitude, in thousandths: the cosine.
_NARROWER = (
    1000, 1000, 999, 999, 998, 996, 995, 993, 990, 988, 985, 982, 978, 974, 970, 966, 961, 956, 951, 946, 940, 934,
    927, 921, 914, 906, 899, 891, 883, 875, 866, 857, 848, 839, 829, 819, 809, 799, 788, 777, 766, 755, 743, 731, 719,
    707, 695, 682, 669, 656, 643, 629, 616, 602, 588, 574, 559, 545, 530, 515, 500, 485, 469, 454, 438, 423, 407, 391,
    375, 358, 342, 326, 309, 292, 276, 259, 242, 225, 208, 191, 174, 156, 139, 122, 105, 87, 70, 52, 35, 17, 0,
)  # fmt: skip


def night(day: Day, limits: Limits) -> Finding | None:
    """Doors called at by night, or many typed in by night one after the other.

    A phone that finds its network again by night sends a whole evening within a minute or two: that says nothing.
    """
    called = [one for one in day.knocks if one.minute is not None and _by_night(one.minute, limits)]
    hours = f" {limits.night_from} 点到 {limits.night_until} 点之间"
    if len(called) >= limits.night_doors:
        says = f"{len(called)} 户登记的走访时间在{hours}。"
        return Finding(Kind.NIGHT, says, tuple(one.unit_no for one in called))
    typed = [one for one in day.knocks if one.entered is not None and _by_night(one.entered, limits)]
    if len(typed) >= limits.batch_doors and len({one.entered for one in typed}) > 2:
        says = f"{len(typed)} 户是在{hours}一条条补登的。"
        return Finding(Kind.NIGHT, says, tuple(one.unit_no for one in typed))
    return None


def _by_night(minute: int, limits: Limits) -> bool:
    return not limits.night_until * 60 <= minute % 1440 < limits.night_from * 60


def _clock(minute: int | None) -> str:
    hours, minutes = divmod(minute or 0, 60)
    return f"{hours:02d}:{minutes:02d}"
