"""What anybody may ask of documents by their tokens, and how often somebody has asked in this minute."""

import hmac
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table

from engine.store import tables
from engine.store.prints import printed
from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

#: Who asked, as a keyed hash of a network address, and everybody together under the empty name.
public_asking = Table(
    "public_asking",
    metadata,
    Column("who", String(64), primary_key=True),
    Column("minute", String(16), nullable=False),
    Column("times", Integer, nullable=False),
)
_COUNT = sa.text(
    "INSERT INTO public_asking (who, minute, times) VALUES (:who, :minute, 1) ON CONFLICT (who) DO UPDATE SET "
    "times = CASE WHEN public_asking.minute = excluded.minute THEN public_asking.times + 1 ELSE 1 END, "
    "minute = excluded.minute RETURNING times"
)


@dataclass(frozen=True)
class Issued:
    """A version of a document; ``sha256`` is of its Word file, ``pdf`` of the PDF made of it, if any."""

    version: int
    issued_at: str
    sha256: str
    pdf: str | None


@dataclass(frozen=True)
class Found:
    """A document that was issued, its versions from the oldest on; ``successor`` is the number that replaced it.

    ``ballots`` says that it is those of a vote, each with a serial behind the token.
    """

    document_id: int
    title: str
    number: str
    estate: str
    void: bool
    successor: str
    versions: tuple[Issued, ...]
    ballots: bool = False


def count(work: UnitOfWork, address: str) -> tuple[int, int]:
    """Note at once that somebody asks; how often this ``address`` has in this minute, and everybody together.

    Addresses are forgotten when the minute is over.
    """
    minute = work.at[:16]
    who = hmac.digest(work.public.key, f"address:{address}".encode(), "sha256").hex()
    mine, everybody = (int(work.at_once(_COUNT.bindparams(who=name, minute=minute)).scalar_one()) for name in (who, ""))
    if everybody == 1:
        work.execute(sa.delete(public_asking).where(public_asking.c.minute < minute))
    return mine, everybody


def by_token(work: UnitOfWork, token: str) -> Found | None:
    """The issued document of that token."""
    document, estate = tables.document, tables.estate
    chosen = sa.select(document, estate.c.name).join(estate, estate.c.id == document.c.estate_id)
    row = work.connection.execute(chosen.where(document.c.token == token)).first()
    versions = _versions(work, row.id) if row else ()
    if row is None or not versions:
        return None
    void = row.void_reason is not None
    successor = _successor(work, row) if void else ""
    return Found(row.id, row.title, row.number, row.name, void, successor, versions, row.kind == "ballot")


def _versions(work: UnitOfWork, document_id: int) -> tuple[Issued, ...]:
    version = tables.document_version
    chosen = sa.select(version.c.version, version.c.issued_at, version.c.sha256, printed.c.sha256.label("pdf"))
    chosen = chosen.outerjoin(printed, printed.c.source == version.c.sha256)
    found = work.connection.execute(chosen.where(version.c.document_id == document_id).order_by(version.c.version))
    return tuple(Issued(*row) for row in found)


def _successor(work: UnitOfWork, row: sa.Row[tuple[object, ...]]) -> str:
    """The number of the document of the same kind that was issued after one that no longer stands, and stands."""
    document, version = tables.document, tables.document_version
    later = (document.c.estate_id == row.estate_id) & (document.c.kind == row.kind) & (document.c.id > row.id)
    issued = sa.select(version.c.document_id).where(version.c.document_id == document.c.id).exists()
    chosen = sa.select(document.c.number).where(later & document.c.void_reason.is_(None) & issued)
    return str(work.connection.execute(chosen.order_by(document.c.id).limit(1)).scalar() or "")
