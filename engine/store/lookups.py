"""Find rows by the values of their columns; each shape of question is written and compiled once."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
import sqlalchemy as sa

from engine.errors import NotFound
from engine.store.statements import Statement

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")

#: How a column reads when it is not kept as it is handed out.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "parameters": orjson.loads,
    "finished": bool,
    **dict.fromkeys(("signed", "proven", "designated", "objected", "is_copy", "mandate_signed"), bool),
}


def one(connection: sa.Connection, table: sa.Table, kind: type[Row], what: str, *order: str, **where: Any) -> Row:
    """The row with these values, the first in the order of the columns ``order`` when there may be several.

    Raises NotFound, in which ``what`` names it for a person.
    """
    found = _statement(table, kind, tuple(where), order).run(connection, where).fetchone()
    if found is None:
        raise NotFound(what=what)
    return row(kind, found)


def every(connection: sa.Connection, table: sa.Table, kind: type[Row], *order: str, **where: Any) -> list[Row]:
    """Every row with these values, in the order of the columns ``order``."""
    return [row(kind, found) for found in _statement(table, kind, tuple(where), order).run(connection, where)]


def columns(table: sa.Table, kind: type[Any]) -> sa.Select[Any]:
    """The columns that ``kind`` is made of."""
    return sa.select(*(table.c[field.name] for field in fields(kind)))


def row(kind: type[Row], found: Any) -> Row:
    """What :func:`columns` found, as ``kind``."""
    values = list(found)
    for position, read in _reads(kind):
        values[position] = read(values[position])
    return kind(*values)


@cache
def _statement(table: sa.Table, kind: type[Any], where: tuple[str, ...], order: tuple[str, ...]) -> Statement:
    conditions = (table.c[name] == sa.bindparam(name) for name in where)
    return Statement(columns(table, kind).where(*conditions).order_by(*(table.c[name] for name in order)))


@cache
def _reads(kind: type[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
    named = enumerate(field.name for field in fields(kind))
    return [(position, _READ[name]) for position, name in named if name in _READ]
