"""Word files that were printed as PDF: which file is the PDF of which."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, String, Table

from engine.store import documents, tables
from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

printed = Table(
    "printed",
    metadata,
    Column("source", ForeignKey("file.sha256"), primary_key=True),
    Column("sha256", ForeignKey("file.sha256"), nullable=False),
    Column("at", String(40), nullable=False),
)
_ONCE = sa.text(
    "INSERT INTO printed (source, sha256, at) VALUES (:source, :sha256, :at) ON CONFLICT (source) DO NOTHING"
)


def of(work: UnitOfWork, source: str) -> bytes | None:
    """The PDF of a Word file, when it was printed before."""
    found = work.connection.execute(sa.select(printed.c.sha256).where(printed.c.source == source)).scalar()
    return work.files.read(found) if found else None


def issued_as(work: UnitOfWork, source: str) -> sa.Row[str, int, str] | None:
    """Token, version and kind of the document that was last issued with that Word file."""
    document, version = tables.document, tables.document_version
    chosen = sa.select(document.c.token, version.c.version, document.c.kind)
    chosen = chosen.join(version, version.c.document_id == document.c.id).where(version.c.sha256 == source)
    return work.connection.execute(chosen.order_by(version.c.document_id.desc(), version.c.version.desc())).first()


def keep(work: UnitOfWork, source: str, content: bytes) -> None:
    """In the commit, keep the PDF of a Word file; of two that were made at once the first stays."""
    work.execute(_ONCE, {"source": source, "sha256": documents.keep(work, content), "at": work.at})
