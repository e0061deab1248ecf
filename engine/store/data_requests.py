"""Requests of owners about their personal data, from intake to reply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store import accounts
from engine.store.registers import owner, unit
from engine.store.tables import _estate, estate, metadata
from engine.store.unit_of_work import UnitOfWork

#: ``kind`` and ``outcome`` are of ``rules.data_requests``; ``proof`` says how somebody made sure who asks, ``proven``
#: whether it held; ``person_id`` is whom it is about, once that is known; ``chosen`` names what was deleted.
data_request = Table(
    "data_request",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("kind", String(12), nullable=False),
    Column("unit_no", String(60), nullable=False),
    Column("owner", Text, nullable=False),
    Column("relation", String(12), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("channel", String(12), nullable=False),
    Column("content", Text, nullable=False),
    Column("received_on", String(10), nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("taken_at", String(40), nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("proven", Integer),
    Column("proof", Text, nullable=False, server_default=""),
    Column("proven_at", String(40)),
    Column("proven_by", Text),
    Column("person_id", ForeignKey("person.id")),
    Column("outcome", String(12)),
    Column("ground", String(20), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("chosen", Text, nullable=False, server_default=""),
    Column("decided_at", String(40)),
    Column("decided_on", String(10)),
    Column("decided_by", Text),
    Column("roster", Integer),
    Column("document_id", ForeignKey("document.id")),
    Column("done_at", String(40)),
    Column("done_by", Text),
    Column("done_note", Text, nullable=False, server_default=""),
    Index("ix_data_request_estate_id", "estate_id"),
    Index("ix_data_request_open", "done_at", "due_on"),
)
_COLUMNS = data_request.c


@dataclass(frozen=True)
class Listed:
    """A request as the overview of a district shows it: nobody is named."""

    id: int
    estate_id: int
    estate: str
    kind: str
    received_on: str
    due_on: str
    decided_on: str | None
    done_at: str | None
    outcome: str | None


@dataclass(frozen=True)
class Waiting:
    """A request that nobody has decided, with the last day for the reply."""

    id: int
    estate_id: int
    kind: str
    due_on: str


def waiting(work: UnitOfWork, until: date) -> list[Waiting]:
    """The requests that nobody has decided and whose last day is not after that."""
    columns = (_COLUMNS[name] for name in Waiting.__dataclass_fields__)
    undecided = _COLUMNS.decided_at.is_(None) & _COLUMNS.done_at.is_(None)
    chosen = sa.select(*columns).where(undecided & (_COLUMNS.due_on <= until.isoformat())).order_by(_COLUMNS.id)
    return [Waiting(*row) for row in work.connection.execute(chosen)]


def take(work: UnitOfWork, values: Mapping[str, Any]) -> int:
    """Keep a request at once; returns its id."""
    made = sa.insert(data_request).values(**values, taken_at=work.at, taken_by=work.actor)
    return int(work.at_once(made.returning(_COLUMNS.id)).scalar_one())


def one(work: UnitOfWork, estate_id: int, key: int) -> sa.Row[Any] | None:
    """A request of an estate."""
    chosen = sa.select(data_request).where((_COLUMNS.estate_id == estate_id) & (_COLUMNS.id == key))
    return work.connection.execute(chosen).first()


def of_estate(work: UnitOfWork, estate_id: int) -> list[sa.Row[Any]]:
    """The requests of an estate: those that wait first, by their lawful day, then the latest."""
    chosen = sa.select(data_request).where(_COLUMNS.estate_id == estate_id)
    waits = sa.case((_COLUMNS.done_at.is_(None), 0), else_=1)
    return list(work.connection.execute(chosen.order_by(waits, _COLUMNS.due_on, _COLUMNS.id.desc())))


def change(work: UnitOfWork, row: sa.Row[Any], **values: Any) -> None:
    """In the commit, change a request that stands as it was read; Conflict there when somebody was first."""
    still = (_COLUMNS.id == row.id) & (_COLUMNS.done_at.is_(None))
    still &= _COLUMNS.decided_at.is_(None) if row.decided_at is None else _COLUMNS.decided_at == row.decided_at
    work.exactly_one(sa.update(data_request).where(still).values(**values))


def in_scope(work: UnitOfWork, nodes: frozenset[int], page: int, most: int) -> tuple[list[Listed], int]:
    """A page of the requests in a scope that wait, the oldest lawful day first, then those that are over."""
    joined = data_request.join(estate, estate.c.id == _COLUMNS.estate_id)
    within = estate.c.node_id.in_(accounts.below(nodes))
    columns = (_COLUMNS.id, _COLUMNS.estate_id, estate.c.name, _COLUMNS.kind, _COLUMNS.received_on, _COLUMNS.due_on)
    chosen = sa.select(*columns, _COLUMNS.decided_on, _COLUMNS.done_at, _COLUMNS.outcome).select_from(joined)
    waits = sa.case((_COLUMNS.done_at.is_(None), 0), else_=1)
    chosen = chosen.where(within).order_by(waits, _COLUMNS.due_on, _COLUMNS.id)
    total = work.connection.execute(sa.select(sa.func.count()).select_from(joined).where(within)).scalar_one()
    found = work.connection.execute(chosen.limit(most).offset((page - 1) * most))
    return [Listed(*row) for row in found], int(total)


def undecided(work: UnitOfWork, estate_id: int) -> int:
    """How many requests of an estate wait."""
    waits = (_COLUMNS.estate_id == estate_id) & _COLUMNS.done_at.is_(None)
    return int(work.connection.execute(sa.select(sa.func.count()).where(waits)).scalar_one())


def owners_named(work: UnitOfWork, estate_id: int, version: int, unit_no: str, name: str) -> list[int]:
    """The persons registered under that name for a unit."""
    chosen = sa.select(owner.c.person_id).join(unit, unit.c.id == owner.c.unit_id)
    of = (unit.c.estate_id == estate_id) & (unit.c.roster == version)
    found = work.connection.execute(chosen.where(of & (unit.c.unit_no == unit_no) & (owner.c.name == name)))
    return [row.person_id for row in found]
