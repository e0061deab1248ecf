"""A district at work, as rows: estates over every stage, type and light, with open tasks and history."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine import store
from engine.process.definitions import Definition
from engine.process.lint import LANES
from engine.rules import lights
from engine.store import Public, Store, tables
from engine.store import accounts as nodes
from engine.use_cases import accounts
from engine.use_cases.library import ONBOARDING, Library

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
#: Holds every lane of the district.
LOGIN, PASSWORD = "district", "long enough for a bench"
#: What a case is carried, read and served with: choices and persons are found by one key only.
PUBLIC = Public("https://daoru.example.gov.cn", b"a key for the bench")
_STREETS, _COMMUNITIES, _HISTORY = 8, 9, 20
_TYPES = ("OLD", "SEMI_NEW", "RESETTLEMENT", "TARGETED_SALE", "SCATTERED_BUILDING")
_ZONE = ZoneInfo("Asia/Shanghai")
Rows = dict[sa.Table, list[dict[str, Any]]]


def opened(home: Path, url: str = "") -> Store:
    """The store of a home, or its files beside the database ``url``."""
    return store.open(url or f"sqlite:///{home / 'daoru.db'}", files=home / "files", public=PUBLIC)


def settle(opened: Store, library: Library, estates: int) -> None:
    """Fill an empty database; the same each time."""
    places = list(_places(opened))
    pack, definition = library.packs[0], library.definition(ONBOARDING)
    rows: Rows = {table: [] for table in _TABLES}
    rows[tables.pack_text] = [{"version": pack.version, "place": pack.place, "content": pack.text}]
    dice = random.Random(7)
    for key in range(1, estates + 1):
        _add(rows, library, definition, key, places[key % len(places)], dice)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for table, values in rows.items():
            connection.execute(sa.insert(table), values)
        connection.exec_driver_sql("COMMIT")


_TABLES = (
    tables.pack_text,
    tables.estate,
    tables.instance,
    tables.stay,
    tables.task,
    tables.timer,
    tables.person_in_lane,
)


def _places(opened: Store) -> Iterator[int]:
    with opened.work("bench", NOW) as work:
        accounts.add(work, LOGIN, "测速", PASSWORD, "测速区", LANES)
    with opened.work("bench", NOW) as work:
        district = nodes.node_below(work, None, "测速区")
        for street in range(_STREETS):
            above = nodes.node_below(work, district, f"{street}号街道")
            for community in range(_COMMUNITIES):
                yield nodes.node_below(work, above, f"{community}号社区")


def _add(rows: Rows, library: Library, definition: Definition, key: int, place: int, dice: random.Random) -> None:
    pack, stage, kind = library.packs[0], dice.choice(definition.stages), dice.choice(_TYPES)
    entered_on = (NOW - timedelta(days=dice.randrange(60))).astimezone(_ZONE).date()
    lawful_on = (NOW + timedelta(days=dice.randrange(-4, 40))).astimezone(_ZONE).date() if key % 2 else None
    standing = lights.Standing(entered_on, 0, lawful_on)
    turns = lights.turns(standing, lights.measure(pack, stage, kind), library.calendar)
    suspended, at = key % 20 == 0, f"{entered_on}T01:00:00+00:00"
    of = {"estate_id": key}
    rows[tables.estate].append(
        {
            "id": key, "name": f"测速小区{key:05d}", "place": pack.place, "pack_version": pack.version,
            "status": "suspended" if suspended else "running", "outcome_end": "", "events": 0, "node_id": place,
            "suspended_at": NOW.isoformat() if suspended else None, "entered_at": at, "type": kind,
            "batch": dice.choice(("FIRST", "SECOND", "THIRD")), "paused_for": "等候改造完工" if suspended else "",
            "stage": stage, "stage_from": entered_on.isoformat(), "amber_on": turns.amber_on.isoformat(),
            "red_on": turns.red_on.isoformat(), "lawful_on": lawful_on.isoformat() if lawful_on else None,
            "figure_of": stage, "figure_part": dice.randrange(600), "figure_whole": 600,
        }
    )  # fmt: skip
    rows[tables.instance].append(
        {**of, "id": key, "process_id": ONBOARDING, "definition_version": "", "version": 1, "finished": 0, "state": b""}
    )
    rows[tables.stay].append({**of, "stage": stage, "entered_at": at})
    rows[tables.person_in_lane] += [{**of, "lane": lane, "name": "测速"} for lane in LANES]
    steps = [task for task in definition.user_tasks.values() if task.process == stage] or [
        *definition.user_tasks.values()
    ]
    for number in range(_HISTORY + 2):
        rows[tables.task].append({**of, **_task(dice.choice(steps).__dict__, key, number, stage, at, dice)})
    if lawful_on:
        due = f"{lawful_on + timedelta(1)}T00:00:00+00:00"
        rows[tables.timer].append(
            {
                **of, "instance_id": key, "ref": "t", "name": "t", "title": "公示期满", "due": due, "expression": "",
                "clock": "statutory", "stage": stage, "attached_to": "", "status": "running",
            }
        )  # fmt: skip


def _task(step: Mapping[str, Any], key: int, number: int, stage: str, at: str, dice: random.Random) -> dict[str, Any]:
    is_open = number < 2
    due = (NOW + timedelta(days=dice.randrange(-5, 30))).isoformat() if is_open and number else None
    return {
        "instance_id": key, "ref": f"r{number}", "name": step["name"], "title": step["title"], "lane": step["lane"],
        "stage": stage, "status": "open" if is_open else "completed", "opened_at": at, "due": due,
        "completed_at": None if is_open else at, "completed_by": None if is_open else "测速",
    }  # fmt: skip
