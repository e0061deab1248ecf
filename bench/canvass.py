"""What a canvass costs: the grid of 3,000 doors, and 32 phones that record visits at once, on each database."""

import http.client
import random
import re
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench import district, load
from bench.load import Act, Asked
from bench.report import ROOT, Figure
from engine.carry import casefile, run
from engine.store import registers, rosters, tables
from engine.store.accounts import node_below
from engine.use_cases import accounts
from engine.use_cases.library import shipped

_PHONES, _EVERY, _SECONDS, _SEED = 32, 2.0, 12.0, 53
_LANE = "网格员"
_PAGE = "/estates/1/canvass"
_RESULTS = ("SUPPORT", "SUPPORT", "SUPPORT", "NEUTRAL", "OPPOSE", "NOT_MET")


def measure() -> list[Figure]:
    """The grid's size and p95, and p95 of recording, on SQLite and on PostgreSQL."""
    return load.on_each_database(_on)


def _on(name: str, url: str, home: Path) -> list[Figure]:
    doors = _settle(url, home)
    with load.served(home, "" if name == "SQLite" else url) as port:
        grid = replace(load.signed_in(port, district.LOGIN), page=f"{_PAGE}/grid?building=%E5%85%A8%E9%83%A8")
        with grid.connected() as connection:
            body = grid.ask(connection)
        load.offer(grid, 0.5)
        took = load.offer(grid, 4.0)
        before = _kept(url, home)
        recorded, sent = _phones(grid, doors)
    lost = before + sent - _kept(url, home)
    what = f"{name}, {len(doors):,} doors"
    return [
        Figure(f"grid page, KB ({what})", len(body.encode()) / 1_000, at_most=150),
        Figure(f"grid page, p95 in ms ({what})", load.p95(took), at_most=120, detail=load.detail(took)),
        Figure(
            f"recording a visit, p95 in ms ({name})", load.p95(recorded), at_most=60,
            detail=f"{load.detail(recorded)}; {_PHONES} phones, {_PHONES / _EVERY:.0f} visits a second, {sent} sent",
        ),
        Figure(f"visits lost ({name})", lost, at_most=0),
    ]  # fmt: skip


def _settle(url: str, home: Path) -> list[int]:
    """The estate of 3,000 units while it is canvassed, half of its doors visited up to three times; the doors' ids."""
    case = casefile.read(ROOT / "tests" / "cases" / "large.yaml")
    steps = case.steps[: next(step.number for step in case.steps if "visits" in step.rows) - 1]
    opened = district.opened(home, url)
    run.replay(
        replace(case, steps=steps), opened, shipped(), run.Options(person_key=district.PUBLIC.key), lambda line: None
    )
    now = run.morning(steps[-1].on) + timedelta(hours=1)
    with opened.work("bench", now) as work:
        accounts.add(work, district.LOGIN, case.people[_LANE], district.PASSWORD, "测速区", [_LANE])
    with opened.work("bench", now) as work:
        place = node_below(work, None, "测速区")
        work.execute(sa.update(tables.estate).values(node_id=place))
        units = rosters.read(work, 1, rosters.newest(work, 1)).units
        dice = random.Random(_SEED)
        called = [unit for unit in units[::2] for _ in range(dice.randint(1, 3))]
        work.insert(registers.visit, [_visit(unit.unit_no, steps[-1].on.isoformat(), dice) for unit in called])
        ids = list(work.connection.execute(sa.select(registers.unit.c.id).order_by(registers.unit.c.id)).scalars())
    opened.close()
    return ids


def _visit(unit_no: str, on: str, dice: random.Random) -> dict[str, object]:
    said = {"attitude": dice.choice(_RESULTS), "concerns": "FEE_RISE", "note": "", "visitors": "测速"}
    return {"estate_id": 1, "unit_no": unit_no, "on": on, "time": "19:00", "round": 1, **said}


def _phones(asked: Asked, doors: list[int]) -> tuple[list[float], int]:
    """Milliseconds of each visit from the moment at which it was to be sent, and how many were sent."""
    with asked.connected() as connection:
        page = replace(asked, page=f"{_PAGE}/d/{doors[0]}").ask(connection)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]

    def phone(number: int) -> Act:
        """A phone that walks doors of its own."""
        walk = iter(doors[number::_PHONES])

        def record(connection: http.client.HTTPConnection) -> None:
            given = {"csrf_token": token, "do": "record", "key": str(uuid.uuid4()), "result": "SUPPORT"}
            replace(asked, page=f"{_PAGE}/d/{next(walk)}").send(connection, given)

        return record

    took = load.offered_by(asked, [phone(number) for number in range(_PHONES)], _SECONDS, _PHONES / _EVERY)
    return took, len(took)


def _kept(url: str, home: Path) -> int:
    opened = district.opened(home, url)
    with opened.work("bench", district.NOW) as work:
        found = work.connection.execute(sa.select(sa.func.count()).select_from(registers.visit)).scalar_one()
    opened.close()
    return int(found)
