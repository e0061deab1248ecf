"""How the timers of a process count by a pack: how long each period is, in which zone, and on which clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from engine.process.waiting import date_name, pack_key
from engine.rules import deadlines, jurisdiction


@dataclass(frozen=True)
class PackDeadlines:
    """Resolves ``pack.<key>`` in a timer: 24:00 of the last day, in the pack's zone."""

    pack: jurisdiction.Pack
    calendar: deadlines.Calendar

    @property
    def zone(self) -> tzinfo:
        """The zone legal days are counted in."""
        return ZoneInfo(self.pack.zone)

    def due(self, key: str, since: datetime) -> datetime:
        """The end of the period of ``key``: the day it starts is not counted, and what law wants done by a holiday
        may be done on the working day after it (民法典 200–203)."""
        last = deadlines.end_of(self.pack.parameter(key), since.astimezone(self.zone).date(), self.calendar)
        return datetime.combine(last + timedelta(days=1), datetime.min.time(), self.zone)

    def clock(self, expression: str) -> str:
        """On which clock a timer runs: a pack's parameter says so, a date fixed by law's procedure is statutory."""
        key = pack_key(expression)
        if key is not None:
            return self.pack.parameter(key).clock
        return "statutory" if date_name(expression) is not None else "programme"
