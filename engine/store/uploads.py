"""Word files that came back changed: kept as they came, and the versions of documents that became of them."""

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store import documents
from engine.store.tables import document, document_version, fact, file, metadata
from engine.store.unit_of_work import UnitOfWork

#: A file as it came for a document whose newest version was ``base``: either it became ``version``, or it was put
#: aside, or it still waits.
upload = Table(
    "upload",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("sha256", ForeignKey("file.sha256"), nullable=False),
    Column("name", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("by", Text, nullable=False),
    Column("base", Integer, nullable=False),
    Column("version", Integer),
    Column("why", Text, nullable=False, server_default=""),
    Column("settled_at", String(40)),
    UniqueConstraint("document_id", "version"),
    Index("ix_upload_document_id", "document_id"),
)


@dataclass(frozen=True)
class Version:
    """A version of a document: its file, when it came about, and for one that somebody made by whom and why."""

    version: int
    sha256: str
    at: str
    template_sha256: str
    by: str | None
    why: str | None
    name: str | None
    upload: int | None


@dataclass(frozen=True)
class Upload:
    """A file that came back."""

    id: int
    document_id: int
    sha256: str
    name: str
    at: str
    by: str
    base: int
    version: int | None
    settled_at: str | None


@dataclass(frozen=True)
class Known:
    """A document by its id: its estate and kind, why it does not stand, and when it was first taken out."""

    id: int
    estate_id: int
    kind: str
    title: str
    void_reason: str | None
    taken_at: str | None


def known(work: UnitOfWork, number: str) -> Known | None:
    """The document of that number."""
    columns = (document.c.id, document.c.estate_id, document.c.kind, document.c.title)
    chosen = sa.select(*columns, document.c.void_reason, document.c.taken_at).where(document.c.number == number)
    row = work.connection.execute(chosen).first()
    return Known(*row) if row else None


def versions(work: UnitOfWork, document_id: int) -> list[Version]:
    """The versions of a document, the newest first."""
    of, made = document_version.c, upload.c
    columns = (of.version, of.sha256, of.issued_at, of.template_sha256, made.by, made.why, made.name, made.id)
    joined = document_version.outerjoin(upload, (made.document_id == of.document_id) & (made.version == of.version))
    chosen = sa.select(*columns).select_from(joined).where(of.document_id == document_id)
    return [Version(*row) for row in work.connection.execute(chosen.order_by(of.version.desc()))]


_COLUMNS = (
    upload.c.id, upload.c.document_id, upload.c.sha256, upload.c.name, upload.c.at, upload.c.by, upload.c.base,
    upload.c.version, upload.c.settled_at,
)  # fmt: skip


def waiting(work: UnitOfWork, document_id: int) -> list[Upload]:
    """The files that wait to become a version or to be put aside, the latest first."""
    of = (upload.c.document_id == document_id) & upload.c.settled_at.is_(None)
    return [
        Upload(*row) for row in work.connection.execute(sa.select(*_COLUMNS).where(of).order_by(upload.c.id.desc()))
    ]


def one(work: UnitOfWork, document_id: int, upload_id: int) -> Upload | None:
    """A file that came for that document."""
    of = (upload.c.document_id == document_id) & (upload.c.id == upload_id)
    row = work.connection.execute(sa.select(*_COLUMNS).where(of)).first()
    return Upload(*row) if row else None


def take(work: UnitOfWork, document_id: int, name: str, content: bytes, base: int) -> int:
    """Keep a file as it came, and note it; returns its id."""
    row = {"sha256": work.files.keep(content), "size": len(content), "kept_at": work.at, "kept_by": work.actor}
    if work.at_once(sa.select(file.c.sha256).where(file.c.sha256 == row["sha256"])).first() is None:
        work.at_once(sa.insert(file).values(**row))
    values = {"document_id": document_id, "sha256": row["sha256"], "name": name, "base": base}
    made = sa.insert(upload).values(**values, at=work.at, by=work.actor, why="")
    return int(work.at_once(made.returning(upload.c.id)).scalar_one())


def make_version(work: UnitOfWork, given: Upload, version: int, content: bytes, template: str, why: str) -> str:
    """In the commit, let a file become a version, of these bytes; returns their SHA-256.

    Raises Conflict in the commit when the file was settled, or the version made, by somebody else.
    """
    digest = documents.keep(work, content)
    values = {"sha256": digest, "template_sha256": template, "issued_at": work.at}
    work.execute(sa.insert(document_version).values(document_id=given.document_id, version=version, **values))
    _settle(work, given, version=version, why=why)
    return digest


def put_aside(work: UnitOfWork, given: Upload) -> None:
    """In the commit, put a file aside; it stays kept.  Raises Conflict in the commit when it was settled."""
    _settle(work, given)


def _settle(work: UnitOfWork, given: Upload, **values: Any) -> None:
    open_still = (upload.c.id == given.id) & upload.c.settled_at.is_(None)
    work.exactly_one(sa.update(upload).where(open_still).values(settled_at=work.at, **values))


def printed(work: UnitOfWork, document_id: int, version: int) -> dict[str, tuple[Any, str, str, str]]:
    """What was printed up to that version: by name the value, the step, the person and the moment it comes from."""
    of = (fact.c.document_id == document_id) & (fact.c.version <= version)
    chosen = sa.select(fact).where(of).order_by(fact.c.version)
    return {row.name: (orjson.loads(row.printed), row.step, row.by, row.at) for row in work.connection.execute(chosen)}
