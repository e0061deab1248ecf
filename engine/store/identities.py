"""Full identity numbers in the vault: sealed, by whom and why kept; a row stays when what it held is purged."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from engine.store.registers import owner, person, unit
from engine.store.tables import _estate, metadata
from engine.store.unit_of_work import UnitOfWork

#: ``sealed`` is the number under the key ``key_mark`` (engine.vault), empty once it is purged; ``ground`` is one of
#: ``rules.personal_data.GROUNDS``, ``consent_on`` the day of the person's separate consent where it asks for one.
identity_number = Table(
    "identity_number",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("unit_no", String(60), nullable=False),
    Column("ground", String(20), nullable=False),
    Column("consent_on", String(10)),
    Column("sealed", LargeBinary),
    Column("key_mark", String(12), nullable=False),
    Column("kept_at", String(40), nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("purged_at", String(40)),
    Column("purged_by", Text),
    Column("purged_why", Text),
    Index("ix_identity_number_estate_id", "estate_id"),
    Index("ix_identity_number_person_id", "person_id"),
)
_COLUMNS = identity_number.c


def keep(work: UnitOfWork, **values: Any) -> None:
    """In the commit, keep a sealed number."""
    work.insert(identity_number, [{**values, "kept_at": work.at, "kept_by": work.actor}])


def of_estate(work: UnitOfWork, estate_id: int) -> list[sa.Row[Any]]:
    """What was kept of an estate, the latest first, with a name under which the person is registered there."""
    named = sa.select(sa.func.min(owner.c.name)).where(owner.c.person_id == _COLUMNS.person_id).scalar_subquery()
    columns = [column for column in _COLUMNS if column.name != "sealed"]
    chosen = sa.select(*columns, _COLUMNS.sealed.is_not(None).label("there"), named.label("name"))
    chosen = chosen.where(_COLUMNS.estate_id == estate_id).order_by(_COLUMNS.id.desc())
    return list(work.connection.execute(chosen))


def one(work: UnitOfWork, estate_id: int, key: int) -> sa.Row[Any] | None:
    """A row of an estate, with what is sealed."""
    chosen = sa.select(identity_number).where((_COLUMNS.estate_id == estate_id) & (_COLUMNS.id == key))
    return work.connection.execute(chosen).first()


def registered(work: UnitOfWork, estate_id: int, version: int, unit_no: str) -> list[tuple[int, str]]:
    """The persons registered for a unit: id and key of each."""
    chosen = (
        sa.select(person.c.id, person.c.key)
        .join(owner, owner.c.person_id == person.c.id)
        .join(unit, unit.c.id == owner.c.unit_id)
        .where((unit.c.estate_id == estate_id) & (unit.c.roster == version) & (unit.c.unit_no == unit_no))
    )
    return [(row.id, row.key) for row in work.connection.execute(chosen.order_by(owner.c.position))]


def kept(work: UnitOfWork, person_id: int) -> bool:
    """Whether a number of that person lies in the vault."""
    there = (_COLUMNS.person_id == person_id) & _COLUMNS.sealed.is_not(None)
    return work.connection.execute(sa.select(_COLUMNS.id).where(there).limit(1)).first() is not None


def marks(work: UnitOfWork) -> dict[str, int]:
    """How many numbers lie under each key, by its mark."""
    chosen = sa.select(_COLUMNS.key_mark, sa.func.count()).where(_COLUMNS.sealed.is_not(None))
    return {row[0]: row[1] for row in work.connection.execute(chosen.group_by(_COLUMNS.key_mark))}


def under_other_keys(work: UnitOfWork, mark: str, most: int) -> list[sa.Row[Any]]:
    """Some rows that are sealed with another key than ``mark``."""
    other = _COLUMNS.sealed.is_not(None) & (_COLUMNS.key_mark != mark)
    return list(work.connection.execute(sa.select(identity_number).where(other).order_by(_COLUMNS.id).limit(most)))


def seal_anew(work: UnitOfWork, row: sa.Row[Any], mark: str, sealed: bytes) -> None:
    """In the commit, keep what a row holds under another key; Conflict there when it was purged meanwhile."""
    still = (_COLUMNS.id == row.id) & (_COLUMNS.key_mark == row.key_mark) & _COLUMNS.sealed.is_not(None)
    work.exactly_one(sa.update(identity_number).where(still).values(key_mark=mark, sealed=sealed))


def purge(work: UnitOfWork, keys: Sequence[int], why: str) -> None:
    """In the commit, let nothing of these numbers stay; when, by whom and why stays."""
    gone = {"sealed": None, "purged_at": work.at, "purged_by": work.actor, "purged_why": why}
    there = _COLUMNS.id.in_(keys) & _COLUMNS.sealed.is_not(None)
    work.execute(sa.update(identity_number).where(there).values(**gone))
