"""Who proposed to freeze which version of the roster for which vote: another person than the one who freezes it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, Table, Text

from engine.store.tables import _estate, metadata
from engine.store.unit_of_work import UnitOfWork

roster_proposal = Table(
    "roster_proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("meeting", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("area", Integer, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_roster_proposal_estate_id", "estate_id"),
)


@dataclass(frozen=True)
class Proposal:
    """What somebody found right and proposed to freeze; ``area`` in 0.01 m², ``sha256`` of the version."""

    version: int
    sha256: str
    area: int
    persons: int
    at: str
    actor: str


def latest(work: UnitOfWork, estate_id: int, meeting: int) -> Proposal | None:
    """What was proposed last for a vote."""
    table = roster_proposal
    chosen = sa.select(*(table.c[name] for name in Proposal.__dataclass_fields__))
    of = (table.c.estate_id == estate_id) & (table.c.meeting == meeting)
    row = work.connection.execute(chosen.where(of).order_by(table.c.id.desc()).limit(1)).first()
    return Proposal(*row) if row else None


def propose(work: UnitOfWork, estate_id: int, meeting: int, version: int, sha256: str, area: int, persons: int) -> None:
    """In the commit, keep a proposal."""
    row = {"estate_id": estate_id, "meeting": meeting, "version": version, "sha256": sha256, "area": area}
    work.insert(roster_proposal, [{**row, "persons": persons, "at": work.at, "actor": work.actor}])
