"""What waits for a worker, estate by estate: the list from which a broker is told."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from engine.store.tables import job, timer
from engine.store.unit_of_work import UnitOfWork


class Mark(NamedTuple):
    """What tells one look at an estate's work from the next: its newest job or timer, and how many there are."""

    newest: int
    number: int


def waiting(work: UnitOfWork, until: datetime) -> Mapping[int, tuple[Mark, ...]]:
    """The estates with a job that no worker has or a timer due by ``until``, if it does not rest."""
    at = until.astimezone(UTC).isoformat()
    free = job.c.leased_until.is_(None) | (job.c.leased_until < at)
    ready = job.c.retry_at.is_(None) | (job.c.retry_at <= at)
    jobs = _marks(job, (job.c.status == "waiting") & free & ready)
    rested = timer.c.retry_at.is_(None) | (timer.c.retry_at <= at)
    due = _marks(timer, (timer.c.status == "running") & (timer.c.due <= at) & rested)
    found: dict[int, tuple[Mark, ...]] = {}
    for row in work.connection.execute(jobs.union_all(due)):
        found[row.estate_id] = (*found.get(row.estate_id, ()), Mark(row.newest, row.number))
    return found


def _marks(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Select[tuple[int, int, int]]:
    counted = sa.select(table.c.estate_id, sa.func.max(table.c.id).label("newest"), sa.func.count().label("number"))
    return counted.where(condition).group_by(table.c.estate_id)
