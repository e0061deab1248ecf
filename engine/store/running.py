"""What runs by itself within a scope: jobs that failed, timers in the order in which they fire, versions in use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.store.accounts import below
from engine.store.desk import PAGE
from engine.store.tables import definition_file, document, document_version, estate, instance, job, pack_text, timer
from engine.store.unit_of_work import UnitOfWork

#: What stands for the operation of a timer.
TIMER = "timer"


@dataclass(frozen=True)
class Failed:
    """A job that could not be done, or with the operation :data:`TIMER` a timer that could not fire.

    It says why, how often it was tried, and when it is tried again; never for nothing.  ``requested_at`` is the moment
    at which a timer was due.
    """

    id: int
    estate_id: int
    estate: str
    node_id: int
    name: str
    operation: str
    stage: str
    requested_at: str
    attempts: int
    failure: str
    retry_at: str | None


@dataclass(frozen=True)
class Firing:
    """A running timer."""

    id: int
    estate_id: int
    estate: str
    estate_status: str
    name: str
    title: str
    due: str
    clock: str
    stage: str
    attached_to: str


@dataclass(frozen=True)
class InUse:
    """A version of a process with its instances: how many, and how many of them go on."""

    process_id: str
    version: str
    kept_at: str | None
    instances: int
    open: int


@dataclass(frozen=True)
class Printed:
    """A version of a template with the papers issued from it."""

    kind: str
    template: str
    papers: int
    first_at: str
    last_at: str


def _mine(nodes: Iterable[int]) -> sa.ColumnElement[bool]:
    return estate.c.node_id.in_(below(nodes))


def _failed(nodes: Iterable[int]) -> sa.Subquery:
    """The jobs and timers of a scope that failed and wait."""
    of_job = (
        job.c.id, job.c.estate_id, estate.c.name.label("estate"), estate.c.node_id, job.c.name, job.c.operation,
        job.c.stage, job.c.requested_at, job.c.attempts, job.c.failure, job.c.retry_at,
    )  # fmt: skip
    of_timer = (
        timer.c.id, timer.c.estate_id, estate.c.name.label("estate"), estate.c.node_id, timer.c.name,
        sa.literal(TIMER).label("operation"), timer.c.stage, timer.c.due.label("requested_at"), timer.c.attempts,
        timer.c.failure, timer.c.retry_at,
    )  # fmt: skip
    jobs = sa.select(*of_job).join(estate, estate.c.id == job.c.estate_id)
    jobs = jobs.where((job.c.status == "waiting") & job.c.failure.is_not(None) & _mine(nodes))
    timers = sa.select(*of_timer).join(estate, estate.c.id == timer.c.estate_id)
    timers = timers.where((timer.c.status == "running") & timer.c.failure.is_not(None) & _mine(nodes))
    return jobs.union_all(timers).subquery()


def failed(work: UnitOfWork, nodes: Iterable[int], page: int) -> tuple[list[Failed], int]:
    """A page of the jobs and timers that failed, the latest asked for first, and how many there are."""
    found = _failed(nodes)
    total = work.connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one()
    chosen = sa.select(found).order_by(found.c.requested_at.desc(), found.c.operation, found.c.id.desc())
    shown = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    return [Failed(*row) for row in shown], int(total)


def failed_one(work: UnitOfWork, nodes: Iterable[int], key: int, *, timer: bool) -> Failed | None:
    """One job, or one timer, that failed."""
    found = _failed(nodes)
    same = (found.c.id == key) & ((found.c.operation == TIMER) == timer)
    row = work.connection.execute(sa.select(found).where(same)).first()
    return Failed(*row) if row else None


def failures(work: UnitOfWork, estate_id: int) -> dict[int, str | None]:
    """The jobs of an estate that failed and wait, and until when each rests."""
    waits = (job.c.estate_id == estate_id) & (job.c.status == "waiting") & job.c.failure.is_not(None)
    return {row.id: row.retry_at for row in work.connection.execute(sa.select(job.c.id, job.c.retry_at).where(waits))}


def timer_failures(work: UnitOfWork, estate_id: int) -> dict[int, tuple[int, str | None]]:
    """The timers of an estate that failed and still run: how often each was tried, and until when it rests."""
    runs = (timer.c.estate_id == estate_id) & (timer.c.status == "running") & timer.c.failure.is_not(None)
    found = work.connection.execute(sa.select(timer.c.id, timer.c.attempts, timer.c.retry_at).where(runs))
    return {row.id: (row.attempts, row.retry_at) for row in found}


def leave_timer(work: UnitOfWork, timer_id: int, tried: int, reason: str, until: datetime) -> None:
    """In the commit, say of a timer that runs why it could not fire the ``tried``th time, and until when it rests.

    Of two workers who say so the first counts.
    """
    runs = (timer.c.id == timer_id) & (timer.c.status == "running") & (timer.c.attempts == tried - 1)
    rests = until.astimezone(UTC).isoformat(timespec="seconds")
    work.execute(sa.update(timer).where(runs).values(failure=reason, attempts=tried, retry_at=rests))


def attempts(work: UnitOfWork, job_id: int) -> int:
    """How often a job was tried."""
    return int(work.connection.execute(sa.select(job.c.attempts).where(job.c.id == job_id)).scalar_one())


def retry(work: UnitOfWork, failed: Failed) -> None:
    """In the commit, let what failed be tried at once, as if it had never been."""
    table, waits = (timer, "running") if failed.operation == TIMER else (job, "waiting")
    still = (table.c.id == failed.id) & (table.c.status == waits)
    work.execute(sa.update(table).where(still).values(retry_at=None, attempts=0))


_FIRING: tuple[sa.Column[Any], ...] = (
    timer.c.id, timer.c.estate_id, estate.c.name, estate.c.status, timer.c.name, timer.c.title, timer.c.due,
    timer.c.clock, timer.c.stage, timer.c.attached_to,
)  # fmt: skip


def firing(work: UnitOfWork, nodes: Iterable[int], page: int) -> tuple[list[Firing], int]:
    """A page of the running timers, the next first, and how many there are."""
    joined = timer.join(estate, estate.c.id == timer.c.estate_id)
    condition = (timer.c.status == "running") & _mine(nodes)
    chosen = sa.select(*_FIRING).select_from(joined).where(condition)
    total = work.connection.execute(sa.select(sa.func.count()).select_from(joined).where(condition)).scalar_one()
    found = work.connection.execute(chosen.order_by(timer.c.due, timer.c.id).limit(PAGE).offset((page - 1) * PAGE))
    return [Firing(*row) for row in found], int(total)


def definitions(work: UnitOfWork, nodes: Iterable[int]) -> list[InUse]:
    """The versions of processes on which instances of a scope run or ran."""
    kept = sa.select(sa.func.min(definition_file.c.kept_at)).where(
        definition_file.c.version == instance.c.definition_version
    )
    grouped = (instance.c.process_id, instance.c.definition_version)
    counted = (sa.func.count(), sa.func.sum(1 - instance.c.finished))
    joined = instance.join(estate, estate.c.id == instance.c.estate_id)
    chosen = sa.select(*grouped, kept.scalar_subquery(), *counted).select_from(joined).where(_mine(nodes))
    found = work.connection.execute(chosen.group_by(*grouped).order_by(*grouped))
    return [InUse(*row) for row in found]


def templates(work: UnitOfWork, nodes: Iterable[int]) -> list[Printed]:
    """The versions of templates from which papers of a scope were issued."""
    joined = document_version.join(document, document.c.id == document_version.c.document_id)
    joined = joined.join(estate, estate.c.id == document.c.estate_id)
    grouped, at = (document.c.kind, document_version.c.template_sha256), document_version.c.issued_at
    chosen = sa.select(*grouped, sa.func.count(), sa.func.min(at), sa.func.max(at)).select_from(joined)
    found = work.connection.execute(chosen.where(_mine(nodes)).group_by(*grouped).order_by(*grouped))
    return [Printed(*row) for row in found]


def papers(work: UnitOfWork, kind: str = "") -> dict[tuple[str, str], int]:
    """How many versions of papers were made with a template, by kind and its SHA-256; of one kind, or of all."""
    joined = document_version.join(document, document.c.id == document_version.c.document_id)
    grouped = (document.c.kind, document_version.c.template_sha256)
    chosen = sa.select(*grouped, sa.func.count()).select_from(joined).group_by(*grouped)
    found = work.connection.execute(chosen.where(document.c.kind == kind) if kind else chosen)
    return {(row[0], row[1]): int(row[2]) for row in found}


def packs(work: UnitOfWork, nodes: Iterable[int]) -> dict[str, int]:
    """How many estates of a scope are on each version of a pack."""
    chosen = sa.select(estate.c.pack_version, sa.func.count()).where(_mine(nodes)).group_by(estate.c.pack_version)
    return {row[0]: int(row[1]) for row in work.connection.execute(chosen)}


def pack_kept_at(work: UnitOfWork, version: str) -> str | None:
    """When a version of a pack was first taken by an estate."""
    return work.connection.execute(sa.select(pack_text.c.kept_at).where(pack_text.c.version == version)).scalar()


def on_pack(work: UnitOfWork, nodes: Iterable[int], version: str, page: int) -> tuple[list[tuple[int, str, str]], int]:
    """A page of the estates on a version of a pack, by id, name and status, and how many there are."""
    condition = (estate.c.pack_version == version) & _mine(nodes)
    chosen = (
        sa.select(estate.c.id, estate.c.name, estate.c.status).where(condition).order_by(estate.c.name, estate.c.id)
    )
    total = work.connection.execute(sa.select(sa.func.count()).select_from(estate).where(condition)).scalar_one()
    found = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    return [(row.id, row.name, row.status) for row in found], int(total)
