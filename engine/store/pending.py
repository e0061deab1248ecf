"""What waits to happen by itself: jobs without a result, and running timers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict
from engine.store import lookups, returns, rows, statements, tables
from engine.store.lookups import Row
from engine.store.unit_of_work import UnitOfWork


def jobs(work: UnitOfWork, estate_id: int | None = None) -> list[rows.Job]:
    """Jobs without a result, oldest first; those under another worker's lease are left out."""
    table = tables.job
    condition = (table.c.status == "waiting") & (table.c.leased_until.is_(None) | (table.c.leased_until < work.at))
    if estate_id is not None:
        condition &= table.c.estate_id == estate_id
    return _found(work, table, rows.Job, condition, table.c.id)


def estates_with_work(work: UnitOfWork, until: datetime) -> list[int]:
    """The estates with a job that waits, a running timer due by ``until``, or a step to be replayed."""
    job, timer = tables.job, tables.timer
    ready = job.c.retry_at.is_(None) | (job.c.retry_at <= work.at)
    waiting = sa.select(job.c.estate_id).where((job.c.status == "waiting") & ready)
    rested = timer.c.retry_at.is_(None) | (timer.c.retry_at <= work.at)
    due = (timer.c.status == "running") & (timer.c.due <= until.astimezone(UTC).isoformat()) & rested
    chosen = waiting.union(sa.select(timer.c.estate_id).where(due), returns.estates_waiting())
    return sorted(work.connection.execute(chosen).scalars())


def claim(work: UnitOfWork, job: rows.Job, lease: timedelta) -> rows.Job:
    """Take a job under a lease at once.  Raises Conflict when another worker has it."""
    table = tables.job
    until = (work.now + lease).astimezone(UTC).isoformat(timespec="seconds")
    taken = (
        sa.update(table)
        .where((table.c.id == job.id) & (table.c.fence == job.fence) & (table.c.status == "waiting"))
        .values(fence=table.c.fence + 1, attempts=table.c.attempts + 1, leased_until=until)
    )
    with statements.transaction(work.connection):
        if work.connection.execute(taken).rowcount != 1:
            raise Conflict
    return rows.Job(**{**job.__dict__, "fence": job.fence + 1})


def hold(work: UnitOfWork, job: rows.Job) -> None:
    """In the commit, make sure that the lease of ``job`` is still ours.  Raises Conflict."""
    table = tables.job
    held = sa.update(table).where((table.c.id == job.id) & (table.c.fence == job.fence)).values(fence=job.fence)
    work.exactly_one(held)


def leave(work: UnitOfWork, job: rows.Job, reason: str, until: datetime | None = None) -> None:
    """In the commit, say of a job that still waits why it could not be done, and until when it rests."""
    table = tables.job
    waits = (table.c.id == job.id) & (table.c.status == "waiting")
    rests = {"leased_until": None, "retry_at": until.astimezone(UTC).isoformat(timespec="seconds")} if until else {}
    work.execute(sa.update(table).where(waits).values(failure=reason, **rests))


def timers(work: UnitOfWork, until: datetime | None = None, estate_id: int | None = None) -> list[rows.Timer]:
    """Running timers due by ``until``, the earliest first; of one estate, or of all."""
    table = tables.timer
    condition = table.c.status == "running"
    if until is not None:
        condition &= table.c.due <= until.astimezone(UTC).isoformat()
    if estate_id is not None:
        condition &= table.c.estate_id == estate_id
    return _found(work, table, rows.Timer, condition, table.c.due, table.c.id)


def pass_deadline(work: UnitOfWork, timer: rows.Timer) -> None:
    """In the commit, note which open task the timer that fires was attached to; that it failed before is over."""
    task, table = tables.task, tables.timer
    late = (task.c.instance_id == table.c.instance_id) & (task.c.name == table.c.attached_to)
    open_task = sa.select(sa.func.max(task.c.id)).where(late & (task.c.status == "open")).scalar_subquery()
    work.execute(
        sa.update(table)
        .where(table.c.id == timer.id)
        .values(fired_for=open_task, failure=None, attempts=0, retry_at=None)
    )


def _found(work: UnitOfWork, table: sa.Table, kind: type[Row], condition: Any, *order: Any) -> list[Row]:
    chosen = lookups.columns(table, kind).where(condition).order_by(*order)
    return [lookups.row(kind, found) for found in work.connection.execute(chosen)]
