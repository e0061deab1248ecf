"""A handover item by item: each changed from the revision that was read, and what was signed, refused and sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from engine.store import lookups
from engine.store.photos import Photo, photo
from engine.store.registers import handover_item, prepaid_balance
from engine.store.tables import _estate, metadata
from engine.store.unit_of_work import UnitOfWork

#: What was signed, refused, acknowledged or sent at a handover: only ever added to.  ``about`` is a group of the list,
#: an item or the ledger; ``content`` the digest of what it was said of.
handover_act = Table(
    "handover_act",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("kind", String(16), nullable=False),
    Column("about", Text, nullable=False),
    Column("on", String(10), nullable=False),
    Column("content", String(64), nullable=False),
    Column("row", LargeBinary, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_handover_act_estate_id", "estate_id"),
)


@dataclass(frozen=True)
class Item:
    """A row of the handover list or of the prepaid ledger, by its columns, and the revision that was read."""

    id: int
    revision: int
    row: Mapping[str, str]


@dataclass(frozen=True)
class Act:
    """Something that was signed, refused, acknowledged or sent; ``row`` holds what else belongs to it."""

    kind: str
    about: str
    on: str
    content: str
    row: Mapping[str, Any]
    at: str
    actor: str


def items(work: UnitOfWork, estate_id: int) -> list[Item]:
    """The handover list of an estate, in the order in which it was entered."""
    return _rows(work, handover_item, estate_id)


def balances(work: UnitOfWork, estate_id: int) -> list[Item]:
    """The prepaid ledger of an estate, in the order in which it was entered."""
    return _rows(work, prepaid_balance, estate_id)


def _rows(work: UnitOfWork, table: sa.Table, estate_id: int) -> list[Item]:
    chosen = sa.select(table.c.id, table.c.revision, table.c.row).where(table.c.estate_id == estate_id)
    return [Item(row[0], row[1], orjson.loads(row[2])) for row in work.connection.execute(chosen.order_by(table.c.id))]


def add(work: UnitOfWork, estate_id: int, row: Mapping[str, str]) -> None:
    """In the commit, add an item to the list."""
    work.insert(handover_item, [{"estate_id": estate_id, "row": orjson.dumps(dict(row))}])


def change(work: UnitOfWork, item: Item, row: Mapping[str, str]) -> None:
    """In the commit, change an item that is still as it was read; Conflict there when it is not."""
    _change(work, handover_item, item, row)


def change_balance(work: UnitOfWork, balance: Item, row: Mapping[str, str]) -> None:
    """In the commit, change a row of the ledger that is still as it was read; Conflict there when it is not."""
    _change(work, prepaid_balance, balance, row)


def _change(work: UnitOfWork, table: sa.Table, item: Item, row: Mapping[str, str]) -> None:
    of = (table.c.id == item.id) & (table.c.revision == item.revision)
    work.exactly_one(sa.update(table).where(of).values(row=orjson.dumps(dict(row)), revision=item.revision + 1))


def acts(work: UnitOfWork, estate_id: int, *kinds: str) -> list[Act]:
    """What was recorded of these kinds, the earliest first."""
    table = handover_act
    columns = (table.c.kind, table.c.about, table.c.on, table.c.content, table.c.row, table.c.at, table.c.actor)
    chosen = sa.select(*columns).where((table.c.estate_id == estate_id) & table.c.kind.in_(kinds)).order_by(table.c.id)
    return [Act(*row[:4], orjson.loads(row[4]), *row[5:]) for row in work.connection.execute(chosen)]


def record(
    work: UnitOfWork, estate_id: int, kind: str, about: str, on: str, content: str, row: Mapping[str, Any]
) -> None:
    """In the commit, record something that was signed, refused, acknowledged or sent."""
    of = {"estate_id": estate_id, "kind": kind, "about": about, "on": on, "content": content}
    work.insert(handover_act, [{**of, "row": orjson.dumps(dict(row)), "at": work.at, "actor": work.actor}])


#: How the field of a photo names the item it shows.
_FIELD = "handover."


def field_of(item: int) -> str:
    """The field under which the photos of an item are kept."""
    return f"{_FIELD}{item}"


def photos(work: UnitOfWork, estate_id: int) -> dict[int, list[Photo]]:
    """The kept photos of the items of an estate, by item, oldest first."""
    of = (photo.c.estate_id == estate_id) & photo.c.sha256.is_not(None) & photo.c.field.startswith(_FIELD)
    found: dict[int, list[Photo]] = {}
    for row in work.connection.execute(sa.select(photo).where(of).order_by(photo.c.id)):
        one = lookups.row(Photo, row)
        found.setdefault(int(one.field.removeprefix(_FIELD)), []).append(one)
    return found
