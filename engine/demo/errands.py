"""The errands of an estate of the demo: what its people do between the steps, each at its hour and by name."""

import heapq
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, groupby

from engine.carry.acting import Acting
from engine.store import accounts as organisation
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import accounts
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library

CADRE, GRID, BODY, SUPERVISOR = "社区干部", "网格员", "业委会/物管会", "监察人"
Do = Callable[[datetime], None]
#: A row of a sheet that a case hands in.
Row = Mapping[str, str]


@dataclass(frozen=True, order=True)
class Errand:
    """Something to be done at a moment, at the latest before ``task``."""

    at: datetime
    number: int
    do: Do = field(compare=False)
    task: str = field(compare=False)


@dataclass
class Errands:
    """What is still to be done, in the order in which it comes."""

    _waiting: list[Errand] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def add(self, at: datetime, do: Do, before: str = "") -> None:
        """Have something done at a moment, or before a task where that comes first."""
        heapq.heappush(self._waiting, Errand(at, next(self._numbers), do, before))

    def due(self, until: datetime) -> Iterator[Errand]:
        """Take out what comes up to that moment, one after the other."""
        while self._waiting and self._waiting[0].at <= until:
            yield heapq.heappop(self._waiting)

    def pressing(self, task: str) -> list[Errand]:
        """Take out what has to be done before ``task``."""
        found = sorted(one for one in self._waiting if one.task == task)
        self._waiting = [one for one in self._waiting if one.task != task]
        heapq.heapify(self._waiting)
        return found


@dataclass
class Place:
    """An estate with the people of its lanes, as they sign in; ``logins`` are everybody's by name."""

    acting: Acting
    logins: Mapping[str, str]
    seed: random.Random
    errands: Errands = field(default_factory=Errands)
    _members: dict[str, Member] = field(default_factory=dict)

    @property
    def estate_id(self) -> int:
        """The estate."""
        return self.acting.estate_id

    @property
    def library(self) -> Library:
        """What it runs on."""
        return self.acting.library

    def name(self, lane: str) -> str:
        """Who holds a lane."""
        return self.acting.people[lane]

    @contextmanager
    def at_work(self, lane: str, moment: datetime) -> Iterator[tuple[UnitOfWork, Member]]:
        """A unit of work of whoever holds a lane, committed at the end."""
        name = self.name(lane)
        with self.acting.store.work(name, moment) as work:
            if name not in self._members:
                account = organisation.by_login(work, self.logins[name])
                assert account is not None
                self._members[name] = accounts.member(work, account)
            yield work, self._members[name]


def by_day(sheet: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The days of a sheet in their order, each with its rows."""
    for on, rows in groupby(sorted(sheet, key=lambda row: row["on"]), key=lambda row: row["on"]):
        yield on, list(rows)
