"""Run the journey of an estate up to a day, through the use cases, on a clock that is moved."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine import jobs
from engine.carry.acting import Acting
from engine.carry.casefile import Step
from engine.demo import moving
from engine.demo.adviser import Adviser
from engine.demo.everyday import Everyday
from engine.errors import Conflict, EngineError

_WEEK, _LONG_AGO = timedelta(7), datetime.min.replace(tzinfo=UTC)
#: A step that may not be done yet, as a holiday made a period longer, is tried so often, a week later each time.
_PATIENCE = 3
_ENTERED = "enter_estate"
#: The first thing of a day is done within five hours from half past eight.
_OPEN, _MINUTES = timedelta(hours=8, minutes=30), 5 * 60


@dataclass
class Play:
    """What is done for one estate, and where it stopped of itself: nowhere, when everything fitted."""

    acting: Acting
    adviser: Adviser
    everyday: Everyday
    seed: random.Random
    zone: ZoneInfo
    last: date
    stopped: str = ""
    now: datetime = _LONG_AGO

    def run(self, steps: Sequence[Step], by: timedelta) -> None:
        """Do ``steps``, each ``by`` so much later than written, but none after the ``last`` day; then let time pass."""
        pace, moments = _Pace(by), _Moments(self.seed, self.zone)
        end = datetime.combine(self.last + timedelta(1), datetime.min.time(), self.zone)
        try:
            for step in steps:
                if not self._tried(step, pace, moments):
                    break
            self._pass(end)
        except Conflict:
            raise
        except EngineError as error:
            self.stopped = f"在各步之间：{error}"

    def _tried(self, step: Step, pace: "_Pace", moments: "_Moments") -> bool:
        """Whether a step was done before the last day was over."""
        refused = ""
        for _ in range(_PATIENCE):
            moved = moving.moved(step, pace.of(step))
            if moved.on > self.last:
                # what people do for it up to that day is done
                self.everyday.takes_over(moved, moments.noon(moved.on))
                return False
            refused = self._refused(moved, moments)
            if not refused:
                return True
            pace.by += _WEEK
        self.stopped = f"{step.file} 第 {step.line} 行：{refused}"
        return False

    def _refused(self, step: Step, moments: "_Moments") -> str:
        """Do a step; why it may not be done, nothing when it was."""
        moment = moments.on(step.on)
        if self.everyday.takes_over(step, moment):
            return ""
        self._pass(moment)
        self.adviser.approve(moment)
        for errand in self.everyday.place.errands.pressing(step.task):
            errand.do(moment)
        handed_in = self.everyday.before(step, moment)
        try:
            self.acting.do(handed_in, moment)
        except Conflict:
            raise
        except EngineError as error:
            return str(error)
        self._advance(moment)
        self.everyday.after(step, moment)
        return ""

    def _pass(self, until: datetime) -> None:
        """Let time come to that moment: what people do meanwhile is done, each at its own."""
        for errand in self.everyday.place.errands.due(until):
            self.now = max(self.now, errand.at)
            self._advance(self.now)
            errand.do(self.now)
        self._advance(until)

    def _advance(self, until: datetime) -> None:
        self.now = until
        jobs.advance(self.acting.store, self.acting.library, self.acting.estate_id, until)


class _Moments:
    """When each step of a day is done: at an hour of its own, the later steps later."""

    def __init__(self, seed: random.Random, zone: ZoneInfo) -> None:
        self._seed, self._zone, self._before = seed, zone, datetime.min.replace(tzinfo=zone)

    def noon(self, day: date) -> datetime:
        """A moment of a day on which nothing is done yet."""
        return datetime.combine(day, datetime.min.time(), self._zone) + timedelta(hours=12)

    def on(self, day: date) -> datetime:
        begin = datetime.combine(day, datetime.min.time(), self._zone) + _OPEN
        own = begin + timedelta(minutes=self._seed.randrange(_MINUTES))
        if own <= self._before:
            own = self._before + timedelta(minutes=self._seed.randint(3, 25))
        self._before = own
        return own


class _Pace:
    """By how much steps move: all alike, and from the end of the first month of service on as that month asks."""

    def __init__(self, by: timedelta) -> None:
        self.by = by
        self._entered: date | None = None

    def of(self, step: Step) -> timedelta:
        if self._entered and moving.begins_disclosure(step):
            self.by = moving.after_first_month(self._entered, step)
        if step.task == _ENTERED:
            self._entered = step.on + self.by
        return self.by


def until(steps: Sequence[Step], task: str) -> list[Step]:
    """The steps before ``task`` is done for the last time, all of them when it is empty, without refused ones."""
    done = [step for step in steps if not step.refused]
    if not task:
        return done
    places = [place for place, step in enumerate(done) if step.task == task]
    if not places:
        raise ValueError(f"{done[0].file}: {task}")
    return done[: places[-1]]


def weeks(steps: Sequence[Step], last: date) -> timedelta:
    """The whole weeks by which to move ``steps`` so that the last one is done on ``last``, or up to a week before."""
    by = (last - steps[-1].on) // _WEEK * _WEEK + 4 * _WEEK
    while _ends(steps, by) > last:
        by -= _WEEK
    return by


def _ends(steps: Sequence[Step], by: timedelta) -> date:
    pace = _Pace(by)
    return max(step.on + pace.of(step) for step in steps)
