"""The findings of a contract's pre-review that the adviser let stand: never changed, never deleted."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

review_waiver = Table(
    "review_waiver",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("rule", String(8), nullable=False),
    Column("contract", String(64), nullable=False),
    Column("finding", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Index("ix_review_waiver_estate_id", "estate_id"),
)


@dataclass(frozen=True)
class Waived:
    """A finding that was let stand: of which version of the contract, in which words, by whom, when and why."""

    rule: str
    contract: str
    finding: str
    reason: str
    actor: str
    at: str


def listed(work: UnitOfWork, estate_id: int) -> list[Waived]:
    """Every waiver of an estate, the oldest first."""
    table = review_waiver
    columns = (table.c.rule, table.c.contract, table.c.finding, table.c.reason, table.c.actor, table.c.at)
    chosen = sa.select(*columns).where(table.c.estate_id == estate_id).order_by(table.c.id)
    return [Waived(*row) for row in work.connection.execute(chosen)]


def add(work: UnitOfWork, estate_id: int, rule: str, contract: str, finding: str, reason: str) -> None:
    """Let a finding stand, in the name and at the moment of this work."""
    row = {"estate_id": estate_id, "rule": rule, "contract": contract, "finding": finding, "reason": reason}
    work.insert(review_waiver, [{**row, "actor": work.actor, "at": work.at}])
