"""The canvass of the reference estate for the tests: its doors before the first call, and people who knock."""

import csv
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.store import accounts as accounts_store
from engine.store import registers
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import accounts, canvassing
from engine.use_cases.canvassing import Canvass
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District

GRID, CADRE, LAWYER = "网格员", "社区干部", "法律顾问"
EVENING = datetime(2026, 2, 6, 11, 30, tzinfo=UTC)
ROOT = "/estates/1/canvass"
VOLUNTEER = "志愿者甲"


@dataclass
class Canvassing:
    """The district while the reference estate is canvassed and nobody has been visited."""

    district: District

    @classmethod
    def begin(cls, district: District) -> "Canvassing":
        """Carry the estate up to its visits; a volunteer with the role of the grid's people comes too."""
        district.replay("visits")
        district.clock.now = EVENING
        with district.opened.work("测试", district.clock.now) as work:
            accounts.add(work, "volunteer", VOLUNTEER, PASSWORD, COMMUNITY, [GRID])
        return cls(district)

    @contextmanager
    def at_work(self, who: str = GRID) -> Iterator[Canvass]:
        """The canvass as that lane's person, or the person with that login, finds it; written when the block ends."""
        login = f"user{list(CASE.people).index(who)}" if who in CASE.people else who
        with self.district.opened.work("测试", self.district.clock.now) as work:
            found = accounts_store.by_login(work, login)
            assert found is not None
            member = accounts.member(work, found)
        with self.district.opened.work(member.name, self.district.clock.now) as work:
            yield canvassing.canvass_of(work, self.district.library, member, 1)

    def rows(self) -> list[Any]:
        """Every visit as it is kept."""
        with self.district.opened.work("测试", self.district.clock.now) as work:
            return work.register(registers.visit, 1)

    def figure(self) -> tuple[int, int]:
        """The figure on the estate's card."""
        with self.district.opened.work("测试", self.district.clock.now) as work:
            return _figure(work)

    def id_of(self, unit_no: str) -> int:
        """The id of a unit in addresses."""
        with self.district.opened.work("测试", self.district.clock.now) as work:
            table = registers.unit
            chosen = sa.select(sa.func.max(table.c.id)).where(table.c.unit_no == unit_no)
            return int(work.connection.execute(chosen).scalar_one())

    def knock(self, browser: Browser, unit_no: str, result: str, **more: Any) -> Any:
        """Record a visit on its page."""
        address = f"{ROOT}/d/{self.id_of(unit_no)}"
        key = more.pop("key", None) or str(uuid.uuid4())
        return browser.post(address, {"do": "record", "key": key, "result": result, **more}, ROOT)


def _figure(work: UnitOfWork) -> tuple[int, int]:
    found = work.connection.exec_driver_sql("SELECT figure_part, figure_whole FROM estate WHERE id = 1").one()
    return int(found[0]), int(found[1])


def units() -> list[str]:
    """The units of the case."""
    with (Path(__file__).parent / "cases/reference-visits.csv").open() as file:
        return [row["unit_no"] for row in csv.DictReader(file)]


def shown(text: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
