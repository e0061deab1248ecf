"""Signed copies of documents as they were scanned: each page as it came, what was read on it, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.scans import Brought
from engine.store.tables import document, document_version, metadata
from engine.store.unit_of_work import UnitOfWork

READING, READ, FILED, ASIDE = "reading", "read", "filed", "aside"
#: What a page turned out to be; ``WAITS`` before it was looked at, also as the page that somebody says it is;
#: ``UNLIKE`` where its words alone say that it is none of the document, ``FOREIGN`` where its code does.
WAITS, MATCHED, UNSURE, UNLIKE, FOREIGN, BLANK, BROKEN, UNREAD, DROPPED = (
    "", "matched", "unsure", "unlike", "foreign", "blank", "broken", "unread", "dropped",
)  # fmt: skip
#: A scan of the document's ``version``, which is known by ``sha256``; ``note`` says which places were ticked.
signed_copy = Table(
    "signed_copy",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("status", String(10), nullable=False),
    Column("brought_at", String(40), nullable=False),
    Column("brought_by", Text, nullable=False),
    Column("settled_at", String(40)),
    Column("settled_by", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Index("ix_signed_copy_document_id", "document_id"),
    Index("ix_signed_copy_status", "status"),
)
signed_page = Table(
    "signed_page",
    metadata,
    Column("copy_id", ForeignKey("signed_copy.id"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", ForeignKey("file.sha256"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("picture", ForeignKey("file.sha256")),
    Column("width", Integer, nullable=False, server_default="0"),
    Column("height", Integer, nullable=False, server_default="0"),
    Column("page", Integer),
    Column("verdict", String(10), nullable=False, server_default=""),
    Column("says", Text, nullable=False, server_default=""),
    Column("doubts", Text, nullable=False, server_default="[]"),
)
#: What a person ticked on a copy before it is filed: a place, a page as the one that it is, or ``WHY`` with a reason.
signed_tick = Table(
    "signed_tick",
    metadata,
    Column("copy_id", ForeignKey("signed_copy.id"), primary_key=True),
    Column("who", String(80), primary_key=True),
    Column("what", String(20), primary_key=True),
    Column("said", Text, nullable=False, server_default=""),
    Column("at", String(40), nullable=False),
)
WHY = "why"
_COPIES, _PAGES, _TICKS = signed_copy.c, signed_page.c, signed_tick.c


@dataclass(frozen=True)
class Seen:
    """What a page turned out to be: its upright ``picture`` in pixels, and which ``page`` it is, if any.

    ``says`` is what to tell of it; ``doubts`` are as :class:`engine.documents.proofreading.Doubt` has them.
    """

    verdict: str
    says: str = ""
    page: int | None = None
    picture: str | None = None
    width: int = 0
    height: int = 0
    doubts: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class Page:
    """A page of a copy."""

    no: int
    name: str
    source: str
    part: int
    picture: str | None
    width: int
    height: int
    page: int | None
    verdict: str
    says: str
    doubts: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Tick:
    """What one person ticked, or gave as a reason, and when."""

    who: str
    what: str
    said: str
    at: str


@dataclass(frozen=True)
class Copy:
    """A signed copy with its pages as they came."""

    id: int
    document_id: int
    version: int
    sha256: str
    status: str
    brought_at: str
    brought_by: str
    settled_at: str | None
    settled_by: str
    note: str
    pages: Sequence[Page]

    @property
    def next(self) -> Page | None:
        """The first page that nobody looked at."""
        return next((page for page in self.pages if page.verdict == WAITS), None)

    def of(self, verdict: str) -> list[Page]:
        """The pages of one verdict."""
        return [page for page in self.pages if page.verdict == verdict]


def bring(work: UnitOfWork, document_id: int, version: int, sha256: str, pages: Sequence[Brought]) -> int:
    """Note a copy with its pages; returns its id.  Their files are kept already."""
    values = {"document_id": document_id, "version": version, "sha256": sha256, "status": READING}
    made = sa.insert(signed_copy).values(**values, brought_at=work.at, brought_by=work.actor)
    key = int(work.at_once(made.returning(_COPIES.id)).scalar_one())
    work.insert(signed_page, ({"copy_id": key, "no": no, **page.__dict__} for no, page in enumerate(pages, 1)))
    return key


def add(work: UnitOfWork, copy: Copy, pages: Sequence[Brought]) -> None:
    """In the commit, let more pages follow those of a copy, which is read on; Conflict there when it was settled."""
    last = max((page.no for page in copy.pages), default=0)
    set_status(work, copy, READING)
    work.insert(
        signed_page, ({"copy_id": copy.id, "no": no, **page.__dict__} for no, page in enumerate(pages, last + 1))
    )


def of_document(work: UnitOfWork, document_id: int) -> list[Copy]:
    """The copies of a document, the latest first."""
    return _read(work, _COPIES.document_id == document_id)


def one(work: UnitOfWork, copy_id: int) -> Copy | None:
    """A copy by its id."""
    return next(iter(_read(work, _COPIES.id == copy_id)), None)


def waiting(work: UnitOfWork) -> Copy | None:
    """The oldest copy with pages that nobody looked at, or that somebody named since."""
    waits = sa.exists().where((_PAGES.copy_id == _COPIES.id) & (_PAGES.verdict == WAITS))
    return next(iter(reversed(_read(work, _COPIES.status.in_((READING, READ)) & waits))), None)


def _read(work: UnitOfWork, which: sa.ColumnElement[bool]) -> list[Copy]:
    found = work.connection.execute(sa.select(signed_copy).where(which).order_by(_COPIES.id.desc())).mappings().all()
    chosen = sa.select(signed_page).where(_PAGES.copy_id.in_([row["id"] for row in found])).order_by(_PAGES.no)
    pages: dict[int, list[Page]] = {}
    for row in work.connection.execute(chosen).mappings():
        told = {**row, "doubts": orjson.loads(row["doubts"])}
        pages.setdefault(told.pop("copy_id"), []).append(Page(**told))
    return [Copy(**row, pages=pages.get(row["id"], ())) for row in found]


def see(work: UnitOfWork, copy: Copy, page: Page, seen: Seen) -> None:
    """In the commit, note what a page is; Conflict there when it was noted, or the copy settled, meanwhile."""
    still = (_PAGES.copy_id == copy.id) & (_PAGES.no == page.no) & (_PAGES.verdict == page.verdict)
    values = {**seen.__dict__, "doubts": orjson.dumps(list(seen.doubts)).decode()}
    work.exactly_one(sa.update(signed_page).where(still).values(**values))
    done = all(one.verdict != WAITS or one.no == page.no for one in copy.pages)
    # set also where it stays, so that nobody settles the copy meanwhile
    set_status(work, copy, READ if done and copy.status == READING else copy.status)


def set_status(work: UnitOfWork, copy: Copy, status: str, note: str = "") -> None:
    """In the commit, let a copy that is as it was read become that; Conflict there when it is not."""
    settled = {"settled_at": work.at, "settled_by": work.actor, "note": note} if status in {FILED, ASIDE} else {}
    still = (_COPIES.id == copy.id) & (_COPIES.status == copy.status)
    work.exactly_one(sa.update(signed_copy).where(still).values(status=status, **settled))


def filed_of(work: UnitOfWork, estate_id: int, kind: str) -> bool:
    """Whether a signed copy of the newest version of the newest paper of a kind is filed."""
    newest = sa.select(sa.func.max(document.c.id)).where(
        (document.c.estate_id == estate_id) & (document.c.kind == kind)
    )
    last = sa.select(sa.func.max(document_version.c.version)).where(
        document_version.c.document_id == newest.scalar_subquery()
    )
    of = (signed_copy.c.document_id == newest.scalar_subquery()) & (signed_copy.c.version == last.scalar_subquery())
    found = sa.select(signed_copy.c.id).where(of & (signed_copy.c.status == FILED)).limit(1)
    return work.connection.execute(found).first() is not None


def ticks(work: UnitOfWork, copy_id: int) -> list[Tick]:
    """What people ticked on a copy, in the order of its places."""
    chosen = sa.select(_TICKS.who, _TICKS.what, _TICKS.said, _TICKS.at).where(_TICKS.copy_id == copy_id)
    return [Tick(*row) for row in work.connection.execute(chosen.order_by(_TICKS.at, _TICKS.who, _TICKS.what))]


def tick(work: UnitOfWork, copy_id: int, said: Mapping[str, str], taken_back: Iterable[str]) -> None:
    """In the commit, keep what the actor ticked, with the moment of the first time, and let go what is taken back."""
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    mine = (_TICKS.copy_id == copy_id) & (_TICKS.who == work.actor)
    work.execute(sa.delete(signed_tick).where(mine & _TICKS.what.in_(list(taken_back))))
    for what, words in said.items():
        kept = insert(signed_tick).values(copy_id=copy_id, who=work.actor, what=what, said=words, at=work.at)
        work.execute(kept.on_conflict_do_update(index_elements=["copy_id", "who", "what"], set_={"said": words}))
