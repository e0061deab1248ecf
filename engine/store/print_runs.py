"""Print runs: a Word file of many copies made into PDF in parts; the rows without a file are what is left to do."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store import documents
from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

RUNNING, CANCELLED, FAILED, DONE = "running", "cancelled", "failed", "done"
print_run = Table(
    "print_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", ForeignKey("file.sha256"), nullable=False, unique=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("number", String(60), nullable=False),
    Column("status", String(10), nullable=False),
    Column("begun_at", String(40), nullable=False),
    Column("begun_by", Text, nullable=False),
    Column("ended_at", String(40)),
    Column("reason", Text, nullable=False),
    Index("ix_print_run_status", "status"),
)
print_part = Table(
    "print_part",
    metadata,
    Column("run_id", ForeignKey("print_run.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("sha256", ForeignKey("file.sha256")),
    Column("at", String(40)),
)
_RUNS, _PARTS = print_run.c, print_part.c


@dataclass(frozen=True)
class Part:
    """The copies from ``first`` to ``last``; ``sha256`` is that of their PDF once it is made."""

    no: int
    first: int
    last: int
    sha256: str | None


@dataclass(frozen=True)
class Run:
    """A print run of the Word file ``source``: how it stands, since when and by whom, and why it failed if it did."""

    id: int
    source: str
    number: str
    status: str
    begun_at: str
    begun_by: str
    ended_at: str | None
    reason: str
    parts: tuple[Part, ...]

    @property
    def copies(self) -> int:
        """How many copies there are to print."""
        return self.parts[-1].last

    @property
    def made(self) -> int:
        """How many of them are made."""
        return sum(part.last - part.first + 1 for part in self.parts if part.sha256)

    @property
    def next(self) -> Part | None:
        """The first part that is not made."""
        return next((part for part in self.parts if not part.sha256), None)


def of(work: UnitOfWork, source: str) -> Run | None:
    """The print run of a Word file."""
    return _read(work, _RUNS.source == source)


def waiting(work: UnitOfWork) -> Run | None:
    """The oldest run that is not stopped and not at its end."""
    return _read(work, _RUNS.status == RUNNING)


def _read(work: UnitOfWork, which: sa.ColumnElement[bool]) -> Run | None:
    columns = (_RUNS.id, _RUNS.source, _RUNS.number, _RUNS.status, _RUNS.begun_at, _RUNS.begun_by, _RUNS.ended_at)
    row = work.connection.execute(sa.select(*columns, _RUNS.reason).where(which).order_by(_RUNS.id)).first()
    if row is None:
        return None
    chosen = sa.select(_PARTS.no, _PARTS.first, _PARTS.last, _PARTS.sha256).where(_PARTS.run_id == row.id)
    return Run(*row, tuple(Part(*part) for part in work.connection.execute(chosen.order_by(_PARTS.no))))


def begin(work: UnitOfWork, estate_id: int, number: str, source: str, parts: Sequence[tuple[int, int]]) -> None:
    """In the commit, enter a run with these parts; Conflict there when somebody entered it meanwhile."""
    row = {"source": source, "estate_id": estate_id, "number": number, "status": RUNNING, "reason": ""}
    row |= {"begun_at": work.at, "begun_by": work.actor}

    def write(connection: sa.Connection) -> None:
        key = connection.execute(sa.insert(print_run).values(**row).returning(_RUNS.id)).scalar_one()
        listed = [{"run_id": key, "no": no, "first": first, "last": last} for no, (first, last) in enumerate(parts, 1)]
        connection.execute(sa.insert(print_part), listed)

    work.later(write)


def set_status(work: UnitOfWork, run: Run, status: str, reason: str = "") -> None:
    """In the commit, let a run that is as it was read go on or stand still; Conflict there when it is not."""
    ended = None if status == RUNNING else work.at
    still = (_RUNS.id == run.id) & (_RUNS.status == run.status)
    work.exactly_one(sa.update(print_run).where(still).values(status=status, reason=reason, ended_at=ended))


def keep(work: UnitOfWork, run: Run, part: Part, content: bytes) -> None:
    """In the commit, keep the PDF of a part; Conflict there when it was kept, or the run stopped, meanwhile."""
    runs = sa.exists().where((_RUNS.id == run.id) & (_RUNS.status == RUNNING))
    mine = (_PARTS.run_id == run.id) & (_PARTS.no == part.no) & _PARTS.sha256.is_(None) & runs
    digest = documents.keep(work, content)
    work.exactly_one(sa.update(print_part).where(mine).values(sha256=digest, at=work.at))
    if all(one.sha256 or one.no == part.no for one in run.parts):
        set_status(work, run, DONE)
