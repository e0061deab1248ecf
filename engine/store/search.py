"""Find estates, units, documents, staff and owners within a scope; a page at a time, by what an index holds."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import pinyin
from engine.store import accounts, terms
from engine.store.registers import owner, roster_version, unit
from engine.store.tables import document, document_version, estate
from engine.store.unit_of_work import UnitOfWork

#: A shorter word is in the number of nearly every document.
_NUMBER_FROM = 4
#: So many estates are looked into by their ids; more are left to the database.
_FEW = 50
_CODE = re.compile(r"xq(\d{1,9})(?:-.*)?")


@dataclass(frozen=True)
class Page:
    """Which rows of a list are asked for."""

    most: int
    skip: int = 0


@dataclass(frozen=True)
class Estate:
    """An estate that was found."""

    id: int
    name: str
    status: str
    node_id: int


@dataclass(frozen=True)
class Unit:
    """A unit in the newest register of its estate."""

    unit_no: str
    building: str
    area: int
    usage: str
    estate_id: int
    estate: str


@dataclass(frozen=True)
class Paper:
    """An issued document."""

    number: str
    title: str
    issued_at: str
    estate: str


@dataclass(frozen=True)
class Staff:
    """Somebody with a role, and where it is held."""

    name: str
    role: str
    node_id: int


@dataclass(frozen=True)
class Owner:
    """An owner as the newest register has the name, and the unit it stands for."""

    name: str
    unit_no: str
    estate_id: int
    estate: str


def code_of(token: str) -> int | None:
    """The estate whose code begins a document's number, or is one itself."""
    found = _CODE.fullmatch(token)
    return int(found[1]) if found else None


def _named(token: str) -> sa.ColumnElement[bool]:
    """Estates that are found by a word: by name, by Pinyin, or by code."""
    named: sa.ColumnElement[bool] = estate.c.id.in_(terms.found(terms.ESTATE, token))
    code = code_of(token)
    return named if code is None else sa.or_(named, estate.c.id == code)


def _scoped(nodes: Iterable[int], tokens: Iterable[str]) -> sa.ColumnElement[bool]:
    condition: sa.ColumnElement[bool] = estate.c.node_id.in_(accounts.below(nodes))
    for token in tokens:
        condition &= _named(token)
    return condition


def estates(work: UnitOfWork, nodes: Iterable[int], tokens: Sequence[str], page: Page) -> tuple[list[Estate], int]:
    """The estates that every word finds, by name; and how many there are."""
    columns = (estate.c.id, estate.c.name, estate.c.status, estate.c.node_id)
    chosen = sa.select(*columns).where(_scoped(nodes, tokens)).order_by(estate.c.name, estate.c.id)
    return _page(work, chosen, page, Estate)


def names_an_estate(work: UnitOfWork, nodes: Iterable[int], token: str) -> bool:
    """Whether a word finds an estate of the scope."""
    chosen = sa.select(estate.c.id).where(_scoped(nodes, (token,))).limit(1)
    return work.connection.execute(chosen).first() is not None


def _within(
    work: UnitOfWork, nodes: Iterable[int], named: Sequence[str], column: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """The estates of the scope that these words name: a few by their ids, which the database finds rows by best."""
    if named:
        found = work.connection.execute(sa.select(estate.c.id).where(_scoped(nodes, named)).limit(_FEW + 1))
        keys = list(found.scalars())
        if len(keys) <= _FEW:
            return column.in_(keys)
    return _scoped(nodes, named)


def units(
    work: UnitOfWork, nodes: Iterable[int], named: Sequence[str], words: Sequence[str], page: Page
) -> tuple[list[Unit], int]:
    """Units by number: any that holds the words in the estates ``named``, else those of exactly that number."""
    chosen = sa.select(unit.c.unit_no, unit.c.building, unit.c.area, unit.c.usage, estate.c.id, estate.c.name)
    chosen = chosen.join(estate, estate.c.id == unit.c.estate_id).where(
        _within(work, nodes, named, unit.c.estate_id) & _newest()
    )
    for word in words:
        matches = unit.c.unit_no.icontains(word, autoescape=True) if named else unit.c.unit_no == word
        chosen = chosen.where(matches)
    return _page(work, chosen.order_by(estate.c.name, unit.c.unit_no, unit.c.id), page, Unit)


def papers(
    work: UnitOfWork, nodes: Iterable[int], named: Sequence[str], words: Sequence[str], page: Page
) -> tuple[list[Paper], int]:
    """Documents of the estates ``named`` whose number or title holds the words; the latest first."""
    first = (document_version.c.document_id == document.c.id) & (document_version.c.version == 1)
    chosen = sa.select(document.c.number, document.c.title, document_version.c.issued_at, estate.c.name)
    chosen = chosen.join(document_version, first).join(estate, estate.c.id == document.c.estate_id)
    chosen = chosen.where(_within(work, nodes, named, document.c.estate_id))
    for word in words:
        holds: sa.ColumnElement[bool] = document.c.title.icontains(word, autoescape=True)
        if len(word) >= _NUMBER_FROM:
            holds |= document.c.number.icontains(word, autoescape=True)
        chosen = chosen.where(holds)
    return _page(work, chosen.order_by(document.c.id.desc()), page, Paper)


def staff(work: UnitOfWork, nodes: Iterable[int], tokens: Sequence[str], page: Page) -> tuple[list[Staff], int]:
    """People with a role at one of these nodes whom every word finds, by name and role."""
    account, held = accounts.account, accounts.role_held
    chosen = sa.select(account.c.name, held.c.role, held.c.node_id).join(held, held.c.account_id == account.c.id)
    chosen = chosen.where(account.c.disabled_at.is_(None) & held.c.node_id.in_(list(nodes)))
    for token in tokens:
        chosen = chosen.where(account.c.id.in_(terms.found(terms.PERSON, token)))
    return _page(work, chosen.order_by(account.c.name, held.c.role, held.c.node_id), page, Staff)


def owners(
    work: UnitOfWork, nodes: Iterable[int], named: Sequence[str], name: str, page: Page
) -> tuple[list[Owner], int]:
    """Owners of exactly that name, in the estates ``named`` if any are, by estate and unit."""
    chosen = sa.select(owner.c.name, unit.c.unit_no, estate.c.id, estate.c.name)
    chosen = chosen.join(unit, unit.c.id == owner.c.unit_id).join(estate, estate.c.id == unit.c.estate_id)
    chosen = chosen.where((owner.c.name == name) & _within(work, nodes, named, unit.c.estate_id) & _newest())
    return _page(work, chosen.order_by(estate.c.name, unit.c.unit_no, owner.c.position), page, Owner)


def _newest() -> sa.ColumnElement[bool]:
    """Of the registers of an estate only the newest is searched."""
    stands = (roster_version.c.estate_id == unit.c.estate_id) & roster_version.c.undone_at.is_(None)
    version = sa.select(sa.func.max(roster_version.c.version)).where(stands)
    return unit.c.roster == version.correlate(unit).scalar_subquery()


def _page(work: UnitOfWork, chosen: sa.Select[Any], page: Page, kind: type[Any]) -> tuple[list[Any], int]:
    counted = sa.select(sa.func.count()).select_from(chosen.order_by(None).subquery())
    total = int(work.connection.execute(counted).scalar_one())
    found = work.connection.execute(chosen.limit(page.most).offset(page.skip)) if total else ()
    return [kind(*row) for row in found], total


def word(text: str) -> str:
    """A word as names are searched by."""
    return pinyin.plain(text)[: pinyin.LONGEST]
