"""Narrow the lists of estates and tasks: one filter for board, list and inbox, as conditions on their rows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache

import sqlalchemy as sa

from engine.rules.lights import AMBER, GREEN, GREY, RED
from engine.store.tables import estate, task

Conditions = tuple[sa.ColumnElement[bool], ...]
#: An estate of which the application or the plan has not said that.
UNKNOWN = "none"
DUE = ("late", "today", "week")


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to, everywhere empty for all; ``node`` leaves what lies below a node."""

    node: int | None = None
    stage: str = ""
    type: str = ""
    batch: str = ""
    light: str = ""
    due: str = ""
    words: str = ""


@dataclass(frozen=True)
class Day:
    """The legal day of ``now``."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """The day."""
        return self.now.astimezone(self.zone).date()

    def over(self, day: date) -> str:
        """The moment at which a day is over, as the store writes moments."""
        return datetime.combine(day + timedelta(1), time.min, self.zone).astimezone(UTC).isoformat()


def _sunday(day: date) -> date:
    """The last day of its week."""
    return day + timedelta(6 - day.weekday())


@cache
def on_the_way() -> sa.ColumnElement[bool]:
    """An estate that stands on the board."""
    return estate.c.status.in_(("running", "suspended")) & (estate.c.stage != "")


def lit(light: str, day: date) -> sa.ColumnElement[bool]:
    """An estate on the board whose light is that on that day."""
    runs, today = estate.c.status == "running", day.isoformat()
    return {
        GREY: estate.c.status == "suspended",
        RED: runs & (estate.c.red_on <= today),
        AMBER: runs & (estate.c.red_on > today) & (estate.c.amber_on <= today),
        GREEN: runs & (estate.c.red_on > today) & (estate.c.amber_on > today),
    }[light]


@lru_cache(maxsize=512)
def estates(chosen: Filter, day: date) -> Conditions:
    """What a list of estates is narrowed to, but for the node; only those on their way have a stage, light or date.

    The very same conditions for the same question, so that statements made of them can be kept.
    """
    found = _described(chosen)
    if chosen.stage:
        found.append(estate.c.stage == chosen.stage)
    if chosen.light:
        found.append(lit(chosen.light, day))
    if chosen.due:
        last, today = estate.c.lawful_on, day.isoformat()
        found.append(
            {
                "late": last < today,
                "today": last == today,
                "week": last.between(today, _sunday(day).isoformat()),
            }[chosen.due]
        )
    if chosen.stage or chosen.light or chosen.due:
        found.append(on_the_way())
    if chosen.words:
        found.append(estate.c.name.contains(chosen.words, autoescape=True))
    return tuple(found)


def tasks(chosen: Filter, day: Day) -> Conditions:
    """What a list of tasks joined with their estates is narrowed to, but for the node."""
    found = _described(chosen)
    if chosen.stage:
        found.append(task.c.stage == chosen.stage)
    if chosen.light:
        found += [lit(chosen.light, day.today), on_the_way()]
    if chosen.due:
        now = day.now.astimezone(UTC).isoformat()
        until = {"late": now, "today": day.over(day.today), "week": day.over(_sunday(day.today))}[chosen.due]
        found.append(task.c.due <= until)
        if chosen.due != "late":
            found.append(task.c.due > now)
    if chosen.words:
        named = (column.contains(chosen.words, autoescape=True) for column in (task.c.title, estate.c.name))
        found.append(sa.or_(*named))
    return tuple(found)


def _described(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    given = ((estate.c.type, chosen.type), (estate.c.batch, chosen.batch))
    return [column == ("" if value == UNKNOWN else value) for column, value in given if value]
