"""The vote of the reference estate for the tests: what its owners voted, and people at work on the ballots."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.rules import tally_question
from engine.rules.ballot_life import State
from engine.store import accounts as accounts_store
from engine.store import registers
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import accounts, ballots
from engine.use_cases.accounts import Member
from tests.district import CASE, District

CASES = Path(__file__).parent / "cases"
DAY, COUNTING = datetime(2026, 4, 16, 2, tzinfo=UTC), datetime(2026, 4, 29, 2, tzinfo=UTC)
CADRE, GRID, BODY, SUPERVISOR = "社区干部", "网格员", "业委会/物管会", "监察人"


def returned() -> dict[str, list[int]]:
    """What each unit of the case voted."""
    with (CASES / "reference-ballots.csv").open() as file:
        return {row["unit_no"]: [int(mark) for mark in row["marks"].split()] for row in csv.DictReader(file)}


#: The classes of the items of the case, 民法典 278 ¶1.
ITEMS = (9, 4, 4, 9, 9, 9, 8, 9)
_COLUMNS = {
    "房号": "unit_no", "楼栋": "building", "建筑面积": "area", "用途": "usage", "产权人": "owners",
    "证件号": "owner_ids", "电话": "phone",
}  # fmt: skip


def tallied(cast: dict[str, list[int]]) -> dict[str, Any]:
    """What ``daoru tally`` says of the case's roster and these votes."""
    with (CASES / "reference-roster.csv").open(encoding="utf-8-sig") as file:
        units = [{_COLUMNS[name]: cell for name, cell in row.items()} for row in csv.DictReader(file)]
    asked = {
        "units": units,
        "items": [{"no": no, "item_class": of} for no, of in enumerate(ITEMS, 1)],
        "ballots": [{"unit_no": unit, "marks": marks} for unit, marks in cast.items()],
    }
    return tally_question.answer(asked)


@dataclass
class Voting:
    """The district while the reference estate's ballots are printed and none is out."""

    district: District
    estate: int = 1
    _members: dict[str, Member] = field(default_factory=dict)

    @classmethod
    def begin(cls, district: District) -> "Voting":
        """Carry the estate up to its deliveries."""
        district.replay("deliveries")
        district.clock.now = DAY
        return cls(district)

    def vote(self, work: UnitOfWork, lane: str = CADRE) -> ballots.Vote:
        """The vote as whoever holds that lane finds it."""
        return ballots.vote(work, self.district.library, self.member(lane), self.estate)

    def member(self, lane: str) -> Member:
        """Whoever holds that lane."""
        if lane not in self._members:
            with self.district.opened.work("测试", self.district.clock.now) as work:
                found = accounts_store.by_login(work, f"user{list(CASE.people).index(lane)}")
                assert found is not None
                self._members[lane] = accounts.member(work, found)
        return self._members[lane]

    @contextmanager
    def at_work(self, lane: str = CADRE) -> Iterator[ballots.Vote]:
        """The vote in a unit of work of whoever holds that lane, committed at the end."""
        with self.district.opened.work(self.member(lane).name, self.district.clock.now) as work:
            yield self.vote(work, lane)

    def out_and_back(self, serial: int) -> None:
        """Have a ballot delivered, and come back signed by the owner."""
        with self.at_work(GRID) as vote:
            ballots.deliver(vote, serial, {"mode": "VISIT", "receiver": "业主"})
        with self.at_work(GRID) as vote:
            ballots.take(vote, serial, {"signed": "是"})

    def states(self) -> dict[int, State]:
        """Where each serial of the estate is."""
        table = registers.ballot
        with self.district.opened.work("测试", self.district.clock.now) as work:
            found = work.connection.execute(sa.select(table.c.serial, table.c.state).order_by(table.c.serial))
            return {row.serial: State(row.state) for row in found}

    def units(self) -> dict[int, str]:
        """The unit of each serial."""
        table = registers.ballot
        with self.district.opened.work("测试", self.district.clock.now) as work:
            found = work.connection.execute(sa.select(table.c.serial, table.c.unit_no).order_by(table.c.serial))
            return {row.serial: row.unit_no for row in found}
