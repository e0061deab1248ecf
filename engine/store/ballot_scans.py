"""Scanned ballots: batches as they were brought, each page with the ballot that it turned out to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.rules.ballot_scan import Verdict
from engine.store import registers
from engine.store.scans import Brought
from engine.store.tables import _estate, metadata

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

#: A heap of scanned ballots of a meeting, in any order.
ballot_batch = Table(
    "ballot_batch",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("meeting", Integer, nullable=False),
    Column("brought_at", String(40), nullable=False),
    Column("brought_by", Text, nullable=False),
    Index("ix_ballot_batch_estate_id", "estate_id"),
)
#: A page of the file ``source``, its ``part``th.  ``ballot_id`` is the ballot that it is, or that it seems to be again;
#: only one that is filed has a ``side``, 1 for the first page of its ballot.
ballot_scan = Table(
    "ballot_scan",
    metadata,
    Column("batch_id", ForeignKey("ballot_batch.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", ForeignKey("file.sha256"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("picture", ForeignKey("file.sha256")),
    Column("ballot_id", ForeignKey("ballot.id")),
    Column("side", Integer),
    Column("verdict", String(10), nullable=False, server_default=""),
    Column("says", Text, nullable=False, server_default=""),
    Column("settled_by", Text, nullable=False, server_default=""),
    UniqueConstraint("ballot_id", "side"),
    Index("ix_ballot_scan_verdict", "verdict"),
)
_BATCHES, _PAGES = ballot_batch.c, ballot_scan.c


@dataclass(frozen=True)
class Seen:
    """What a page turned out to be, and what to tell of it; its upright ``picture`` where one could be drawn."""

    verdict: Verdict
    says: str = ""
    picture: str | None = None
    ballot_id: int | None = None
    side: int | None = None


@dataclass(frozen=True)
class Page:
    """A page of a batch; ``serial`` is that of its ballot, 0 where none is known."""

    batch_id: int
    no: int
    name: str
    source: str
    part: int
    picture: str | None
    verdict: Verdict
    says: str
    side: int | None
    serial: int
    settled_by: str


@dataclass(frozen=True)
class Batch:
    """A batch; ``many`` counts its pages by verdict."""

    id: int
    estate_id: int
    meeting: int
    brought_at: str
    brought_by: str
    many: dict[Verdict, int]

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return sum(self.many.values())

    @property
    def waiting(self) -> int:
        """How many of them nobody looked at yet."""
        return self.many.get(Verdict.WAITS, 0)


def bring(work: "UnitOfWork", estate_id: int, meeting: int, pages: Sequence[Brought]) -> int:
    """Note a batch with its pages; returns its id.  Their files are kept already."""
    values = {"estate_id": estate_id, "meeting": meeting, "brought_at": work.at, "brought_by": work.actor}
    key = int(work.at_once(sa.insert(ballot_batch).values(**values).returning(_BATCHES.id)).scalar_one())
    work.insert(ballot_scan, [{"batch_id": key, "no": no, **page.__dict__} for no, page in enumerate(pages, 1)])
    return key


def of_meeting(work: "UnitOfWork", estate_id: int, meeting: int) -> list[Batch]:
    """The batches of a meeting, the latest first."""
    return _batches(work, (_BATCHES.estate_id == estate_id) & (_BATCHES.meeting == meeting))


def one(work: "UnitOfWork", batch_id: int) -> Batch | None:
    """A batch by its id."""
    return next(iter(_batches(work, _BATCHES.id == batch_id)), None)


def _batches(work: "UnitOfWork", which: sa.ColumnElement[bool]) -> list[Batch]:
    found = work.connection.execute(sa.select(ballot_batch).where(which).order_by(_BATCHES.id.desc())).mappings().all()
    counted = sa.select(_PAGES.batch_id, _PAGES.verdict, sa.func.count()).group_by(_PAGES.batch_id, _PAGES.verdict)
    many: dict[int, dict[Verdict, int]] = {}
    these = counted.where(_PAGES.batch_id.in_([row["id"] for row in found]))
    for key, verdict, number in work.connection.execute(these):
        many.setdefault(key, {})[Verdict(verdict)] = number
    return [Batch(**row, many=many.get(row["id"], {})) for row in found]


def pages(work: "UnitOfWork", batch_id: int) -> list[Page]:
    """The pages of a batch as they came."""
    return _read(work, _PAGES.batch_id == batch_id)


def page(work: "UnitOfWork", batch_id: int, no: int) -> Page | None:
    """A page of a batch."""
    return next(iter(_read(work, (_PAGES.batch_id == batch_id) & (_PAGES.no == no))), None)


def filed(work: "UnitOfWork", ballot_id: int) -> list[Page]:
    """The pages that are filed as a ballot, its first one first."""
    return _read(work, (_PAGES.ballot_id == ballot_id) & _PAGES.side.is_not(None), _PAGES.side)


def sides(work: "UnitOfWork", estate_id: int, meeting: int, serials: Sequence[int]) -> dict[int, list[int]]:
    """Which pages are filed as the ballots of these serials."""
    ballot = registers.ballot
    of = (ballot.c.estate_id == estate_id) & (ballot.c.meeting == meeting) & ballot.c.serial.in_(serials)
    chosen = sa.select(ballot.c.serial, _PAGES.side).join(ballot_scan, _PAGES.ballot_id == ballot.c.id)
    found: dict[int, list[int]] = {}
    for serial, side in work.connection.execute(chosen.where(of & _PAGES.side.is_not(None)).order_by(_PAGES.side)):
        found.setdefault(serial, []).append(side)
    return found


def unread(work: "UnitOfWork") -> tuple[Batch, Page] | None:
    """The first page that nobody looked at, of the oldest batch that has one."""
    waits = sa.select(sa.func.min(_PAGES.batch_id)).where(_PAGES.verdict == Verdict.WAITS)
    oldest = work.connection.execute(waits).scalar()
    batch = one(work, oldest) if oldest else None
    if batch is None:
        return None
    found = _read(work, (_PAGES.batch_id == batch.id) & (_PAGES.verdict == Verdict.WAITS))
    return (batch, found[0]) if found else None


def _read(work: "UnitOfWork", which: sa.ColumnElement[bool], *order: sa.ColumnElement[int]) -> list[Page]:
    ballot = registers.ballot
    columns = (_PAGES.batch_id, _PAGES.no, _PAGES.name, _PAGES.source, _PAGES.part, _PAGES.picture, _PAGES.verdict)
    chosen = sa.select(*columns, _PAGES.says, _PAGES.side, ballot.c.serial, _PAGES.settled_by)
    chosen = chosen.outerjoin(ballot, ballot.c.id == _PAGES.ballot_id).where(which)
    found = work.connection.execute(chosen.order_by(*order, _PAGES.batch_id, _PAGES.no)).mappings()
    return [Page(**{**row, "verdict": Verdict(row["verdict"]), "serial": row["serial"] or 0}) for row in found]


def see(work: "UnitOfWork", page: Page, seen: Seen, by: str = "") -> None:
    """In the commit, note what a page is, or what somebody says it is.

    Conflict there when it was noted meanwhile, or another page became that side of that ballot.
    """
    still = (_PAGES.batch_id == page.batch_id) & (_PAGES.no == page.no) & (_PAGES.verdict == page.verdict)
    work.exactly_one(sa.update(ballot_scan).where(still).values(**seen.__dict__, settled_by=by))


def opened(work: "UnitOfWork", estate_id: int, meeting: int) -> bool:
    """Whether any ballot of a meeting was brought as a scan, so that what it says may have been seen."""
    of = (_BATCHES.estate_id == estate_id) & (_BATCHES.meeting == meeting)
    return work.connection.execute(sa.select(_BATCHES.id).where(of).limit(1)).first() is not None


def lacking(work: "UnitOfWork", estate_id: int, meeting: int) -> list[int]:
    """The serials of ballots that came back and of which there is no scan."""
    ballot, back = registers.ballot, registers.ballot_return
    came = sa.exists().where(back.c.ballot_id == ballot.c.id)
    scanned = sa.exists().where((_PAGES.ballot_id == ballot.c.id) & _PAGES.side.is_not(None))
    of = (ballot.c.estate_id == estate_id) & (ballot.c.meeting == meeting) & came & ~scanned
    return list(work.connection.execute(sa.select(ballot.c.serial).where(of).order_by(ballot.c.serial)).scalars())
