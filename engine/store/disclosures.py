"""Who looked at personal data of owners, when and what for; and the pages of the roster that show it masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, Table, Text

from engine.rules.roster import Owner
from engine.store import accounts
from engine.store.desk import PAGE
from engine.store.registers import owner, person, unit
from engine.store.tables import _estate, estate, metadata
from engine.store.unit_of_work import UnitOfWork

#: One look at personal data: ``subject`` names a unit or a paper, never what was read.  Rows are never changed.
disclosure = Table(
    "disclosure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    _estate(),
    Column("kind", String(20), nullable=False),
    Column("subject", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Index("ix_disclosure_estate_id", "estate_id"),
)


@dataclass(frozen=True)
class Disclosure:
    """A look at personal data."""

    at: str
    actor: str
    estate: str
    kind: str
    subject: str
    purpose: str


@dataclass(frozen=True)
class UnitListed:
    """A unit of the roster with its owners in the order of the register."""

    id: int
    unit_no: str
    building: str
    area: int
    owners: tuple[Owner, ...]


def note(work: UnitOfWork, estate_id: int, kind: str, subject: str, purpose: str) -> None:
    """In the commit, note a look at personal data."""
    values = {"at": work.at, "actor": work.actor, "estate_id": estate_id, "kind": kind}
    work.insert(disclosure, [{**values, "subject": subject, "purpose": purpose}])


def noted(work: UnitOfWork, estate_id: int, kind: str, subject: str, purpose: str) -> bool:
    """Whether whoever is at work looked at this before, for the same purpose."""
    of = disclosure.c
    same = (of.estate_id == estate_id) & (of.kind == kind) & (of.subject == subject) & (of.purpose == purpose)
    mine = sa.select(of.id).where(same & (of.actor == work.actor)).limit(1)
    return work.connection.execute(mine).first() is not None


def of_estate(work: UnitOfWork, estate_id: int, page: int, subject: str = "") -> tuple[list[Disclosure], int]:
    """A page of the looks at an estate, of one ``subject`` or of all, the latest first; and how many there are."""
    condition = disclosure.c.estate_id == estate_id
    if subject:
        condition &= disclosure.c.subject == subject
    return _page(work, condition, page)


def in_scope(work: UnitOfWork, nodes: frozenset[int], page: int) -> tuple[list[Disclosure], int]:
    """A page of the looks at the estates in a scope, the latest first; and how many there are."""
    return _page(work, estate.c.node_id.in_(accounts.below(nodes)), page)


def _page(work: UnitOfWork, condition: sa.ColumnElement[bool], page: int) -> tuple[list[Disclosure], int]:
    joined = disclosure.join(estate, estate.c.id == disclosure.c.estate_id)
    columns = (disclosure.c.at, disclosure.c.actor, estate.c.name)
    chosen = sa.select(*columns, disclosure.c.kind, disclosure.c.subject, disclosure.c.purpose).select_from(joined)
    chosen = chosen.where(condition).order_by(disclosure.c.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    total = work.connection.execute(sa.select(sa.func.count()).select_from(joined).where(condition)).scalar_one()
    return [Disclosure(*row) for row in work.connection.execute(chosen)], int(total)


def units(work: UnitOfWork, estate_id: int, version: int, page: int) -> tuple[list[UnitListed], int]:
    """A page of the units of a version of the roster, and how many there are."""
    of_version = (unit.c.estate_id == estate_id) & (unit.c.roster == version)
    chosen = sa.select(unit).where(of_version).order_by(unit.c.id).limit(PAGE).offset((page - 1) * PAGE)
    total = work.connection.execute(sa.select(sa.func.count()).select_from(unit).where(of_version)).scalar_one()
    return _with_owners(work, work.connection.execute(chosen).all()), int(total)


def unit_of(work: UnitOfWork, estate_id: int, version: int, unit_id: int) -> UnitListed | None:
    """One unit of a version of the roster."""
    of_version = (unit.c.estate_id == estate_id) & (unit.c.roster == version) & (unit.c.id == unit_id)
    found = _with_owners(work, work.connection.execute(sa.select(unit).where(of_version)).all())
    return found[0] if found else None


def _with_owners(work: UnitOfWork, found: Sequence[Any]) -> list[UnitListed]:
    registered = (
        sa.select(owner.c.unit_id, owner.c.name, person.c.key, person.c.id_last4, owner.c.phone)
        .join(person, person.c.id == owner.c.person_id)
        .where(owner.c.unit_id.in_([row.id for row in found]))
        .order_by(owner.c.unit_id, owner.c.position)
    )
    owners: dict[int, list[Owner]] = {}
    for unit_id, *values in work.connection.execute(registered):
        owners.setdefault(unit_id, []).append(Owner(*values))
    return [UnitListed(row.id, row.unit_no, row.building, row.area, tuple(owners.get(row.id, ()))) for row in found]
