"""The lights of the board 红黄绿灯: how an estate stands in its stage, by days and dates alone (screens §5.5).

Green up to a share of the stage's target; amber beyond it, or when a lawful period ends within a few working days;
red beyond the target, or when a lawful period is over; grey while the estate is suspended.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from engine.rules.deadlines import Calendar
from engine.rules.jurisdiction import Pack, Parameter
from engine.rules.outcome import Outcome

GREEN, AMBER, RED, GREY = "GREEN", "AMBER", "RED", "GREY"
LIGHTS = (RED, AMBER, GREEN, GREY)
#: The rules that a light names.
BY_TARGET, BY_LAW, SUSPENDED = "LIGHT-TARGET", "LIGHT-LAWFUL", "LIGHT-SUSPENDED"
#: The pack's share of the target up to which a light is green, and its working days of warning.
SHARE, WARNING = "light_green_share", "light_warning_days"
NEVER = date.max


@dataclass(frozen=True)
class Measure:
    """What a stage is measured by: the days it may take, up to which share it is green, and when law's dates warn.

    ``target`` is None where the pack states none for the stage.
    """

    target: int | None
    share: Fraction
    warning: int


@dataclass(frozen=True)
class Standing:
    """An estate in a stage: ``entered_on``, the days it was ``paused`` since, and the last day of the earliest lawful
    period that runs or was missed."""

    entered_on: date
    paused: int = 0
    lawful_on: date | None = None

    def days(self, today: date) -> int:
        """The days in the stage; those of a suspension do not count (decisions 2)."""
        return max((today - self.entered_on).days - self.paused, 0)


@dataclass(frozen=True)
class Turns:
    """The first days on which a light is amber and red, unless the estate is suspended."""

    amber_on: date
    red_on: date


def target_of(pack: Pack, stage: str, estate_type: str) -> Parameter | None:
    """The target of a stage for a type of estate, else the stage's own; None where the pack has neither."""
    keys = (f"stage_target_{stage}_{estate_type.lower()}", f"stage_target_{stage}")
    return next((pack.parameters[key] for key in keys if key in pack.parameters), None)


def measure(pack: Pack, stage: str, estate_type: str) -> Measure:
    """How a pack measures a stage; a version that says nothing of warnings warns of nothing."""
    target = target_of(pack, stage, estate_type)
    share = Fraction(pack.value(SHARE)) if SHARE in pack.parameters else Fraction(1)
    warning = pack.days(WARNING) if WARNING in pack.parameters else -1
    return Measure(pack.days(target.key) if target else None, share, warning)


def light(standing: Standing, by: Measure, today: date, calendar: Calendar, *, suspended: bool = False) -> Outcome:
    """The light on a day, with the figures and rules it follows from."""
    days = standing.days(today)
    left = None if standing.lawful_on is None else working_days_left(today, standing.lawful_on, calendar)
    figures = {
        "days": days,
        "target": by.target,
        "share": str(by.share),
        "lawful_on": standing.lawful_on.isoformat() if standing.lawful_on else None,
        "working_days_left": left,
        "warning": by.warning,
    }
    if suspended:
        return Outcome(GREY, figures, (SUSPENDED,))
    missed = standing.lawful_on is not None and today > standing.lawful_on
    beyond = by.target is not None and days > by.target
    if missed or beyond:
        return Outcome(RED, figures, _rules(beyond, missed))
    near = left is not None and left <= by.warning
    # shares compare by cross-multiplying
    late = by.target is not None and days * by.share.denominator > by.target * by.share.numerator
    if near or late:
        return Outcome(AMBER, figures, _rules(late, near))
    return Outcome(GREEN, figures, (BY_TARGET, BY_LAW))


def turns(standing: Standing, by: Measure, calendar: Calendar) -> Turns:
    """The days on which the light turns: what :func:`light` says on every day, told in advance."""
    amber, red = [NEVER], [NEVER]
    if by.target is not None:
        begun = standing.entered_on + timedelta(standing.paused)
        amber.append(begun + timedelta(by.target * by.share.numerator // by.share.denominator + 1))
        red.append(begun + timedelta(by.target + 1))
    if standing.lawful_on is not None:
        amber.append(warned_from(standing.lawful_on, by.warning, calendar))
        red.append(standing.lawful_on + timedelta(1))
    return Turns(min(amber), min(red))


def on(turning: Turns, today: date, *, suspended: bool) -> str:
    """The light on a day, by the days on which it turns."""
    if suspended:
        return GREY
    return RED if today >= turning.red_on else AMBER if today >= turning.amber_on else GREEN


def working_days_left(today: date, last: date, calendar: Calendar) -> int:
    """The working days after today up to ``last``; none when it is over."""
    return sum(calendar.is_working(today + timedelta(ahead)) for ahead in range(1, (last - today).days + 1))


def warned_from(last: date, warning: int, calendar: Calendar) -> date:
    """The first day after which at most ``warning`` working days are left up to ``last``."""
    if warning < 0:
        return last + timedelta(1)
    day, left = last, 0
    while True:
        left += calendar.is_working(day)
        if left > warning:
            return day
        day -= timedelta(1)


def _rules(by_target: bool, by_law: bool) -> tuple[str, ...]:
    return tuple(rule for rule, applies in ((BY_TARGET, by_target), (BY_LAW, by_law)) if applies)
