"""What entering ballots costs: 3,000 of them back, two people who key one after the other, on each database."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bench import district, load
from bench.load import Asked
from bench.report import ROOT, Figure
from engine.carry import casefile, run
from engine.rules.ballot_life import State
from engine.store import registers, tables
from engine.store.accounts import node_below
from engine.use_cases import accounts
from engine.use_cases.library import shipped

_BALLOTS = 150
_PEOPLE = {"first": "社区干部", "second": "网格员"}
_PAGE = "/estates/1/ballots/entry"
_LIMIT_MS = 150


def measure() -> list[Figure]:
    """From Enter to the next ballot: the entry and the page after it, for each of two people."""
    return load.on_each_database(_on)


def _on(name: str, url: str, home: Path) -> list[Figure]:
    ballots = _settle(url, home)
    with load.served(home, "" if name == "SQLite" else url) as port:
        people = [replace(load.signed_in(port, login), page=_PAGE) for login in _PEOPLE]
        took = [_keyed(one) for one in people]
    return [
        Figure(
            f"a ballot entered and the next one there, {turn} entry, p95 in ms ({name})", load.p95(one),
            at_most=_LIMIT_MS, detail=f"{load.detail(one)}; {ballots:,} ballots back, {_BALLOTS} keyed",
        )
        for turn, one in zip(_PEOPLE, took, strict=True)
    ]  # fmt: skip


def _settle(url: str, home: Path) -> int:
    """The estate of 3,000 units with every ballot back and unread; how many there are."""
    case = casefile.read(ROOT / "tests" / "cases" / "large.yaml")
    steps = case.steps[: next(step.number for step in case.steps if "deliveries" in step.rows) - 1]
    opened = district.opened(home, url)
    run.replay(
        replace(case, steps=steps), opened, shipped(), run.Options(person_key=district.PUBLIC.key), lambda line: None
    )
    now = run.morning(steps[-1].on) + timedelta(hours=1)
    with opened.work("bench", now) as work:
        for login, lane in _PEOPLE.items():
            accounts.add(work, login, case.people[lane], district.PASSWORD, "测速区", [lane])
    with opened.work("bench", now) as work:
        work.execute(sa.update(tables.estate).values(node_id=node_below(work, None, "测速区")))
        ids = list(work.connection.execute(sa.select(registers.ballot.c.id)).scalars())
        work.execute(sa.update(registers.ballot).values(state=State.RETURNED))
        proofs = {"proven": 0, "designated": 0, "objected": 0, "is_copy": 0, "matter": "", "scope": ""}
        came = {"no": 1, "returned_on": now.date().isoformat(), "settled": 0, "signed": 1, "signed_by": "", **proofs}
        came |= {"cast_by": "OWNER", "mandate_signed": 0}
        work.insert(registers.ballot_return, [{"ballot_id": key, **came} for key in ids])
    opened.close()
    return len(ids)


def _keyed(asked: Asked) -> list[float]:
    """Milliseconds from sending what was keyed to having the next ballot's page."""
    took = list[float]()
    with asked.connected() as connection:
        page = asked.ask(connection)
        for _ in range(_BALLOTS):
            given = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[-1] for name in ("csrf_token", "serial")}
            given |= dict.fromkeys(re.findall(r'name="(mark-\d+)"', page), "1")
            begun = time.perf_counter()
            leads_to = asked.send(connection, given)
            page = replace(asked, page=leads_to).ask(connection)
            took.append((time.perf_counter() - begun) * 1_000)
    return took
