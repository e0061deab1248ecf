"""Lists of owners on their way into the register: what was sent, what was mended, and how far the import is.

The list, what was mended and what was found wrong hold names and identity numbers: they are sealed (engine.sealing),
and gone once the list is imported or given up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from engine.store.tables import _estate, metadata
from engine.store.unit_of_work import UnitOfWork

#: Waits for its columns; is being read; waits for a person; is being written; is in the register; the rest are over.
COLUMNS, CHECKING, REVIEW, IMPORTING, DONE = "columns", "checking", "review", "importing", "done"
UNDONE, LEFT, FAILED = "undone", "left", "failed"
OPEN = (COLUMNS, CHECKING, REVIEW, IMPORTING, FAILED)
roster_import = Table(
    "roster_import",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("status", String(12), nullable=False),
    Column("name", Text, nullable=False),
    Column("begun_at", String(40), nullable=False),
    Column("begun_by", Text, nullable=False),
    # the columns that were chosen: JSON without a word of anybody's
    Column("setting", Text, nullable=False),
    Column("content", LargeBinary),
    Column("mended", LargeBinary),
    Column("found", LargeBinary),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("version", Integer),
    Column("revision", Integer, nullable=False),
    Index("ix_roster_import_estate_id", "estate_id"),
    Index("ix_roster_import_status", "status"),
)
#: What the headings of a community's lists mean, as somebody there has said.
roster_heading = Table(
    "roster_heading",
    metadata,
    Column("node_id", Integer, primary_key=True),
    Column("heading", String(80), primary_key=True),
    Column("field", String(20), nullable=False),
)
#: What a person decided in a version of the roster against what the rule would do, and why; ``who`` is masked.
roster_decision = Table(
    "roster_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("version", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("who", Text, nullable=False),
    Column("units", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_roster_decision_estate_id", "estate_id"),
)
_COLUMNS = roster_import.c


@dataclass(frozen=True)
class Import:
    """A list on its way; ``content``, ``mended`` and ``found`` are sealed."""

    id: int
    estate_id: int
    status: str
    name: str
    begun_at: str
    begun_by: str
    setting: Mapping[str, Any]
    content: bytes | None
    mended: bytes | None
    found: bytes | None
    done: int
    total: int
    reason: str
    version: int | None
    revision: int

    @property
    def at_work(self) -> bool:
        """Whether the program has it."""
        return self.status in (CHECKING, IMPORTING)


def newest(work: UnitOfWork, estate_id: int) -> Import | None:
    """The list that was sent last."""
    return _one(work, _COLUMNS.estate_id == estate_id, _COLUMNS.id.desc())


def waiting(work: UnitOfWork) -> Import | None:
    """The oldest list that the program has to read or to write."""
    return _one(work, _COLUMNS.status.in_((CHECKING, IMPORTING)), _COLUMNS.id)


def _one(work: UnitOfWork, which: sa.ColumnElement[bool], order: Any) -> Import | None:
    row = work.connection.execute(sa.select(roster_import).where(which).order_by(order).limit(1)).first()
    return Import(**{**row._mapping, "setting": orjson.loads(row.setting)}) if row else None


def begin(work: UnitOfWork, estate_id: int, name: str, content: bytes, setting: Mapping[str, Any]) -> None:
    """In the commit, take a list in ``content``, sealed; whatever was on its way before is given up."""
    before = (_COLUMNS.estate_id == estate_id) & _COLUMNS.status.in_(OPEN)
    work.execute(sa.update(roster_import).where(before).values(status=LEFT, **_GONE))
    row = {"estate_id": estate_id, "status": CHECKING, "name": name, "content": content, "reason": "", "revision": 0}
    row |= {"begun_at": work.at, "begun_by": work.actor, "setting": orjson.dumps(setting).decode(), "done": 0}
    work.insert(roster_import, [{**row, "total": 0}])


_GONE: Mapping[str, Any] = {"content": None, "mended": None, "found": None}


def change(work: UnitOfWork, given: Import, **values: Any) -> None:
    """In the commit, change a list that is as it was read; Conflict there when somebody else has changed it."""
    if "setting" in values:
        values["setting"] = orjson.dumps(values["setting"]).decode()
    still = (_COLUMNS.id == given.id) & (_COLUMNS.revision == given.revision) & (_COLUMNS.status == given.status)
    work.exactly_one(sa.update(roster_import).where(still).values(**values, revision=given.revision + 1))


def end(work: UnitOfWork, given: Import, status: str, version: int | None = None) -> None:
    """In the commit, let a list be over: nothing of what it said stays here.  Conflict as :func:`change`."""
    change(work, given, status=status, version=version or given.version, **_GONE)


def progress(work: UnitOfWork, given: Import, done: int, total: int) -> None:
    """In the commit, note how many rows are read; a list that is not being read any more stays as it is."""
    still = (_COLUMNS.id == given.id) & (_COLUMNS.revision == given.revision)
    work.execute(sa.update(roster_import).where(still).values(done=done, total=total))


def headings(work: UnitOfWork, node_id: int | None) -> dict[str, str]:
    """What headings mean in the lists of a community."""
    table = roster_heading.c
    chosen = sa.select(table.heading, table.field).where(table.node_id == (node_id or 0))
    return {row.heading: row.field for row in work.connection.execute(chosen)}


def remember(work: UnitOfWork, node_id: int | None, meant: Mapping[str, str]) -> None:
    """In the commit, remember what headings mean in the lists of a community."""
    table = roster_heading
    kept = {heading[:80]: field for heading, field in meant.items() if heading}
    work.execute(sa.delete(table).where((table.c.node_id == (node_id or 0)) & table.c.heading.in_(list(kept))))
    work.insert(table, [{"node_id": node_id or 0, "heading": one, "field": field} for one, field in kept.items()])


def decide(work: UnitOfWork, estate_id: int, version: int, decisions: list[Mapping[str, str]]) -> None:
    """In the commit, keep what was decided in a version: ``kind``, ``who``, ``units``, ``reason`` of each."""
    common = {"estate_id": estate_id, "version": version, "at": work.at, "actor": work.actor}
    work.insert(roster_decision, [{**common, **decision} for decision in decisions])


def decisions(work: UnitOfWork, estate_id: int, version: int) -> list[sa.Row[Any]]:
    """What was decided in a version."""
    table = roster_decision
    chosen = sa.select(table).where((table.c.estate_id == estate_id) & (table.c.version == version))
    return list(work.connection.execute(chosen.order_by(table.c.id)))
