"""Sheets of paper that are filled in by hand 纸质表: what each held when printed, and the photos that came back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

PACKET, CHECKLIST = "PACKET", "CHECKLIST"
#: ``packet`` names what it is the paper of: a person's doors, a building, or a task; ``version`` what stood on it then.
paper_sheet = Table(
    "paper_sheet",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("number", String(60), nullable=False, unique=True),
    Column("token", String(40), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("packet", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("task_id", ForeignKey("task.id")),
    Column("round", Integer, nullable=False),
    Column("version", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("printed_at", String(40), nullable=False),
    Column("printed_by", Text, nullable=False),
    Column("typed_at", String(40), nullable=False, server_default=""),
    Column("typed_by", Text, nullable=False, server_default=""),
    Index("ix_paper_sheet_estate_id", "estate_id"),
)
paper_sheet_page = Table(
    "paper_sheet_page",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sheet_id", ForeignKey("paper_sheet.id"), nullable=False),
    Column("sha256", ForeignKey("file.sha256"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("screen", ForeignKey("file.sha256"), nullable=False),
    Column("brought_at", String(40), nullable=False),
    Column("brought_by", Text, nullable=False),
    UniqueConstraint("sheet_id", "sha256", "part"),
)
_SHEET, _PAGE = paper_sheet, paper_sheet_page


@dataclass(frozen=True)
class Sheet:
    """A printed sheet; ``content`` are its units or its lines, ``typed_at`` is empty until it was typed in."""

    id: int
    number: str
    kind: str
    packet: str
    title: str
    task_id: int | None
    round: int
    version: str
    content: tuple[str, ...]
    printed_at: str
    printed_by: str
    typed_at: str
    typed_by: str


@dataclass(frozen=True)
class Page:
    """A photo or scanned page of a sheet that came back."""

    id: int
    sheet_id: int
    sha256: str
    part: int
    screen: str
    brought_at: str
    brought_by: str


_COLUMNS = tuple(_SHEET.c[name] for name in Sheet.__dataclass_fields__)


def _sheet(row: Any) -> Sheet:
    return replace(Sheet(*row), content=tuple(orjson.loads(row.content)))


def add(work: UnitOfWork, estate_id: int, content: tuple[str, ...], values: Mapping[str, Any]) -> None:
    """In the commit, keep what was printed."""
    row = {"estate_id": estate_id, "content": orjson.dumps(content), "printed_at": work.at, "printed_by": work.actor}
    work.insert(_SHEET, [{**row, **values}])


def listed(work: UnitOfWork, estate_id: int) -> list[Sheet]:
    """The sheets of an estate, the latest first."""
    chosen = sa.select(*_COLUMNS).where(_SHEET.c.estate_id == estate_id).order_by(_SHEET.c.id.desc())
    return [_sheet(row) for row in work.connection.execute(chosen)]


def one(work: UnitOfWork, estate_id: int, sheet_id: int) -> Sheet | None:
    """A sheet of an estate."""
    of = (_SHEET.c.estate_id == estate_id) & (_SHEET.c.id == sheet_id)
    row = work.connection.execute(sa.select(*_COLUMNS).where(of)).first()
    return _sheet(row) if row else None


def by_token(work: UnitOfWork, token: str) -> tuple[int, Sheet] | None:
    """The sheet whose code holds that token, with its estate."""
    of = _SHEET.c.token == token
    row = work.connection.execute(sa.select(*_COLUMNS).where(of)).first()
    estate_id = work.connection.execute(sa.select(_SHEET.c.estate_id).where(of)).scalar()
    return (int(estate_id), _sheet(row)) if row and estate_id else None


def typed(work: UnitOfWork, sheet: Sheet) -> None:
    """In the commit, note that a sheet was typed in."""
    values = {"typed_at": work.at, "typed_by": work.actor}
    work.execute(sa.update(_SHEET).where(_SHEET.c.id == sheet.id).values(**values))


def bring(work: UnitOfWork, sheet: Sheet, sha256: str, part: int, screen: str) -> None:
    """In the commit, keep a page that came back."""
    values = {"sha256": sha256, "part": part, "screen": screen, "brought_at": work.at, "brought_by": work.actor}
    work.insert(_PAGE, [{"sheet_id": sheet.id, **values}])


def pages(work: UnitOfWork, sheet_ids: list[int]) -> dict[int, list[Page]]:
    """The pages that came back of these sheets, in the order in which they came."""
    found: dict[int, list[Page]] = {}
    chosen = sa.select(*(_PAGE.c[name] for name in Page.__dataclass_fields__)).where(_PAGE.c.sheet_id.in_(sheet_ids))
    for row in work.connection.execute(chosen.order_by(_PAGE.c.id)):
        found.setdefault(row.sheet_id, []).append(Page(*row))
    return found


def of_doors(work: UnitOfWork, estate_id: int, doors: Collection[str]) -> tuple[list[int], list[int]]:
    """The sheets of a canvass that hold one of these doors: those that hold no other, and those that do."""
    packets = (_SHEET.c.estate_id == estate_id) & (_SHEET.c.kind == PACKET)
    alone, shared, wanted = list[int](), list[int](), set(doors)
    for row in work.connection.execute(sa.select(_SHEET.c.id, _SHEET.c.content).where(packets).order_by(_SHEET.c.id)):
        held = set(orjson.loads(row.content))
        if held & wanted:
            (alone if held <= wanted else shared).append(row.id)
    return alone, shared
