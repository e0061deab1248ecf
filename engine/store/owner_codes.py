"""Codes by which an owner looks up the own entry of the roster: worked out with the installation's key, never kept."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.tables import _estate, metadata
from engine.store.unit_of_work import UnitOfWork

#: ``kept`` is a keyed hash of the code; ``tries`` are the wrong answers since the last right one.
owner_code = Table(
    "owner_code",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("unit_no", String(60), nullable=False),
    Column("issue", Integer, nullable=False),
    Column("kept", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("estate_id", "unit_no"),
    Index("ix_owner_code_kept", "kept", unique=True),
)
_DIGITS = 16


@dataclass(frozen=True)
class OwnerCode:
    """The code of a unit; a later ``issue`` takes the place of the one before."""

    id: int
    estate_id: int
    unit_no: str
    issue: int
    tries: int


def digits(key: bytes, estate_id: int, unit_no: str, issue: int) -> str:
    """The sixteen digits of a unit's code, which nobody works out without the key."""
    digest = hmac.digest(key, f"owner:{estate_id}:{issue}:{unit_no}".encode(), "sha256")
    return f"{int.from_bytes(digest[:12]) % 10**_DIGITS:0{_DIGITS}d}"


def _hashed(key: bytes, code: str) -> str:
    return hmac.digest(key, f"owner code:{code}".encode(), "sha256").hex()


def listed(work: UnitOfWork, estate_id: int) -> dict[str, OwnerCode]:
    """The codes of an estate by unit."""
    chosen = sa.select(*(owner_code.c[name] for name in OwnerCode.__dataclass_fields__))
    found = (OwnerCode(*row) for row in work.connection.execute(chosen.where(owner_code.c.estate_id == estate_id)))
    return {one.unit_no: one for one in found}


def make(work: UnitOfWork, estate_id: int, unit_nos: Sequence[str]) -> None:
    """In the commit, make the first codes of units that have none."""
    key, common = work.public.key, {"tries": 0, "made_at": work.at, "made_by": work.actor, "issue": 1}
    work.insert(owner_code, [
        {**common, "estate_id": estate_id, "unit_no": no, "kept": _hashed(key, digits(key, estate_id, no, 1))}
        for no in unit_nos
    ])  # fmt: skip


def renew(work: UnitOfWork, given: OwnerCode) -> None:
    """In the commit, put another code in the place of one; Conflict there when somebody else just has."""
    issue, key = given.issue + 1, work.public.key
    kept = _hashed(key, digits(key, given.estate_id, given.unit_no, issue))
    still = (owner_code.c.id == given.id) & (owner_code.c.issue == given.issue)
    values = {"issue": issue, "kept": kept, "tries": 0, "made_at": work.at, "made_by": work.actor}
    work.exactly_one(sa.update(owner_code).where(still).values(**values))


def tried(work: UnitOfWork, code: str, bound: int) -> OwnerCode | None:
    """Note at once that somebody tries a code, and return it; None where there is none such or it is used up."""
    of = (owner_code.c.kept == _hashed(work.public.key, code)) & (owner_code.c.tries < bound)
    counted = sa.update(owner_code).where(of).values(tries=owner_code.c.tries + 1)
    row = work.at_once(counted.returning(*(owner_code.c[name] for name in OwnerCode.__dataclass_fields__))).first()
    return OwnerCode(*row) if row else None


def by_id(work: UnitOfWork, key: int) -> OwnerCode | None:
    """A code by its number."""
    chosen = sa.select(*(owner_code.c[name] for name in OwnerCode.__dataclass_fields__))
    row = work.connection.execute(chosen.where(owner_code.c.id == key)).first()
    return OwnerCode(*row) if row else None


def right(work: UnitOfWork, given: OwnerCode) -> None:
    """In the commit, forget the wrong answers."""
    work.execute(sa.update(owner_code).where(owner_code.c.id == given.id).values(tries=0))
