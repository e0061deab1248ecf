"""Build the whole demo district on days all over the calendar: on none may a journey stop before its time."""

import resource
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from engine.demo import building, roll
from engine.store import Public

#: Days whose two years before, and whose deadlines after, the calendar knows; 41 days apart, so that each weekday and
#: every holiday comes near some step.
FIRST, APART = date(2026, 1, 5), timedelta(41)
_PROCESSES = 2


@dataclass(frozen=True)
class Built:
    """A district as it stood at the beginning of ``day``; ``stopped`` says of an estate why its journey stopped."""

    day: date
    seconds: float
    stopped: Mapping[str, str]
    estates: int
    stages: frozenset[str]

    @property
    def whole(self) -> bool:
        """Whether every estate came as far as the table says."""
        return not self.stopped and self.estates == len(roll.entries())


def build(day: date) -> Built:
    """Build the district of one day."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        stopped = building.build(Path(folder), Public(key=b"k"), roll.entries(), day, lambda line: None, _PROCESSES)
        seconds = time.monotonic() - started
        with closing(sqlite3.connect(Path(folder) / "daoru.db")) as read:
            [(estates,)] = read.execute("SELECT count(*) FROM estate").fetchall()
            stages = {stage for (stage,) in read.execute("SELECT DISTINCT stage FROM stay WHERE left_at IS NULL")}
    return Built(day, seconds, stopped, estates, frozenset(stages))


def days(number: int) -> list[date]:
    """So many days."""
    return [FIRST + place * APART for place in range(number)]


def spent() -> float:
    """Seconds of processor time that this process and those it waited for have taken."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
