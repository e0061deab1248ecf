"""Whether a notice hung on one board for as long as it has to, and what proves it.

The day on which a notice is posted does not count (民法典 201): one that hangs n days may come down n days later, and
its last day is over at midnight (203).  A notice that was gone counts anew from the day on which it hung again, or is
extended by the days that it was gone; which of the two is the pack's ``posting_break``, as no national text says.
Three photos prove that it hung: on the day it was posted or the next, in the middle third, and when its days are full.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

#: A photo of the posting may be taken on the next day too: a round of many boards takes an evening.
_GRACE = timedelta(1)


class What(StrEnum):
    """What was found at a board on a day; ``WITNESSED`` is the word of two people in place of a photo."""

    PHOTO = "PHOTO"
    WITNESSED = "WITNESSED"
    GONE = "GONE"
    AGAIN = "AGAIN"
    DOWN = "DOWN"


class State(StrEnum):
    """``BROKEN`` while a notice is gone or came down too early, ``UNPROVED`` where a photo in time is missing."""

    HANGING = "HANGING"
    DUE = "DUE"
    UNPROVED = "UNPROVED"
    BROKEN = "BROKEN"
    WHOLE = "WHOLE"


class Break(StrEnum):
    """What follows where a notice was gone for some days: all of its days anew, or those that are missing."""

    RESTART = "RESTART"
    EXTEND = "EXTEND"


@dataclass(frozen=True)
class Finding:
    """Something that was found at a board on a day."""

    on: date
    what: What


@dataclass(frozen=True)
class Window:
    """From when until when a photo is due; the last one is due from its day on."""

    title: str
    first: date
    last: date | None


@dataclass(frozen=True)
class Chain:
    """How a notice has hung on one board by ``today``.

    ``since`` is the day from which its days count, ``end`` the day on which they are full, ``days`` how many of
    ``needed`` are.  ``windows`` are the photos that are due with the day of the one that was made, None where it is
    missing.  ``says`` tells in Chinese what is wrong and what that does, ``next`` what to photograph next.
    """

    state: State
    since: date
    end: date
    days: int
    needed: int
    windows: Sequence[tuple[Window, date | None]]
    says: str = ""
    next: str = ""
    gone: Sequence[date] = ()

    @property
    def whole(self) -> bool:
        """Whether its days are full and proved."""
        return self.state is State.WHOLE

    @property
    def red(self) -> bool:
        """Whether somebody has to act: it is gone, or not proved."""
        return self.state in {State.BROKEN, State.UNPROVED}


def windows(since: date, end: date) -> list[Window]:
    """The three photos of a notice that counts from ``since`` until ``end``."""
    third = timedelta((end - since).days // 3)
    return [
        Window("张贴", since, since + _GRACE),
        Window("中间", since + third, end - third),
        Window("期满", end, None),
    ]


def chain(posted_on: date, needed: int, found: Sequence[Finding], today: date, rule: Break) -> Chain:
    """How a notice that was posted on a board has hung by ``today``, with what was ``found`` there, in that order."""
    told = sorted((one for one in found if one.on <= today), key=lambda one: one.on)
    run = _Run(posted_on, posted_on + timedelta(needed), posted_on)
    for one in told:
        run.follow(one, needed, rule)
    proofs = [one.on for one in told if one.what in {What.PHOTO, What.WITNESSED} and one.on >= run.since]
    seen = [(window, _proof(window, proofs)) for window in windows(run.since, run.end)]
    until = min(today, run.end, run.hung_until or today)
    days = max(0, (until - run.since).days - run.lost)
    state = _state(run, seen, today)
    says = _says(state, run, seen, days, needed, today, rule)
    following = "" if state in {State.WHOLE, State.BROKEN} else _next(seen, today)
    return Chain(state, run.since, run.end, days, needed, seen, says, following, tuple(run.gone))


@dataclass
class _Run:
    """A notice on its way through its days: ``away`` since it is known to be gone, ``lost`` the days it was."""

    since: date
    end: date
    last_seen: date
    away: date | None = None
    hung_until: date | None = None
    lost: int = 0
    gone: list[date] = field(default_factory=list)

    def follow(self, one: Finding, needed: int, rule: Break) -> None:
        """Go on to the next finding."""
        if one.what in {What.GONE, What.DOWN}:
            if self.away is None:
                self.away = one.on
                # of one that was found gone nobody knows since when: it counts up to the day on which it was seen last
                self.hung_until = one.on if one.what is What.DOWN else self.last_seen
                self.gone += [one.on] if one.on < self.end else []
            return
        if self.away is not None:
            if one.what is What.WITNESSED:
                return
            self._again(one.on, needed, rule)
        self.last_seen = one.on

    def _again(self, on: date, needed: int, rule: Break) -> None:
        broken = self.away is not None and self.away < self.end
        if broken and rule is Break.RESTART:
            self.since, self.end, self.lost = on, on + timedelta(needed), 0
        elif broken and self.hung_until:
            self.lost += (on - self.hung_until).days
            self.end += on - self.hung_until
        self.away = self.hung_until = None


def _proof(window: Window, proofs: Sequence[date]) -> date | None:
    return next((on for on in proofs if window.first <= on and (window.last is None or on <= window.last)), None)


def _state(run: _Run, seen: Sequence[tuple[Window, date | None]], today: date) -> State:
    if run.away is not None and run.away < run.end:
        return State.BROKEN
    if _missed(seen, today) or (run.away is not None and seen[-1][1] is None):
        return State.UNPROVED
    if any(on is None and window.first <= today for window, on in seen):
        return State.DUE
    return State.WHOLE if today >= run.end else State.HANGING


def _missed(seen: Sequence[tuple[Window, date | None]], today: date) -> list[str]:
    return [window.title for window, on in seen if on is None and window.last is not None and window.last < today]


def _says(
    state: State,
    run: _Run,
    seen: Sequence[tuple[Window, date | None]],
    days: int,
    needed: int,
    today: date,
    rule: Break,
) -> str:
    if state is State.BROKEN:
        what = "提前撤下" if run.hung_until == run.away else "发现公告不在"
        does = "公示期从重新贴好那天起重新计算" if rule is Break.RESTART else "公示期按缺失的天数顺延"
        return f"{run.away} {what}，有据可查的只有 {days} 天，不满 {needed} 天；请马上补贴，{does}。"
    if state is State.UNPROVED:
        names = "、".join(_missed(seen, today)) or "期满"
        return f"缺{names}照片，张贴没有证据；请由两名看到的人写明情况补记，补不上的须重新公示。"
    return ""


def _next(seen: Sequence[tuple[Window, date | None]], today: date) -> str:
    for window, on in seen:
        if on is None and (window.last is None or window.last >= today):
            if window.first <= today:
                return f"今天要拍{window.title}照片"
            return f"{window.first} 起拍{window.title}照片"
    return ""


#: A device's clock may differ from ours so much before a photo is flagged.
CLOCK_MINUTES = 10


def doubts(minutes_off: int | None) -> str:
    """What is doubtful in a photo that is kept: the minutes between its own time and its arrival, None without one."""
    if minutes_off is None:
        return "照片里没有拍摄时间，按收到的日期算"
    if minutes_off < -CLOCK_MINUTES:
        return "照片的拍摄时间晚于收到的时间，手机时间不准，按收到的日期算"
    if minutes_off > CLOCK_MINUTES:
        return "拍摄和上传相差超过 10 分钟"
    return ""


#: A copy of a photo that was compressed or made smaller differs from it in at most 11 of its 256 bits, a photo taken
#: anew from a hand's breadth aside in 22 and more (tests/unit/test_pictures.py); between them lies this.
_SAME_BITS = 14
#: A fingerprint with so few bits of one kind is of nothing in particular: a wall, a dark lens.
_TELLING_BITS = 32


def same_picture(one: str, other: str) -> bool:
    """Whether two fingerprints (256 bits in hexadecimal) are of one photo, however it was sent on."""
    if not (_tells(one) and _tells(other)):
        return False
    return (int(one, 16) ^ int(other, 16)).bit_count() <= _SAME_BITS


def _tells(looks: str) -> bool:
    bits = int(looks, 16).bit_count() if looks else 0
    return _TELLING_BITS <= bits <= 4 * len(looks) - _TELLING_BITS


def spread(taken: Sequence[int], most: int) -> list[list[int]]:
    """Which photos of each board, by place, a paper with room for ``most`` shows: as many of each as fit.

    They lie evenly from the first to the last; ``taken`` is how many each board has.
    """
    each = max(count for count in range(max(taken, default=0) + 1) if sum(min(count, of) for of in taken) <= most)
    return [_evenly(of, min(of, each)) for of in taken]


def _evenly(of: int, wanted: int) -> list[int]:
    if wanted < 2:
        return list(range(wanted))
    return [place * (of - 1) // (wanted - 1) for place in range(wanted)]
