"""Documents in the database: asked for with a number, issued with their facts, or void with a reason."""

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import orjson
import sqlalchemy as sa

from engine.documents import catalogue, numbering
from engine.documents.catalogue import Kind
from engine.errors import NotFound
from engine.store import rows, tables
from engine.store.unit_of_work import UnitOfWork

RENDER = "render"
#: One statement on both databases: whoever commits first has the lower number, and nobody can take it twice.
_TAKE = sa.text(
    "INSERT INTO number_counter (estate_id, kind, year, last) VALUES (:estate_id, :kind, :year, 1) "
    "ON CONFLICT (estate_id, kind, year) DO UPDATE SET last = number_counter.last + 1 RETURNING last"
)


def request(work: UnitOfWork, estate_id: int, zone: tzinfo) -> None:
    """In the commit, give every document that a job is now waiting to render its number and token (decisions 28)."""
    work.later(lambda connection: _request(connection, estate_id, zone, work.public.key))


def _request(connection: sa.Connection, estate_id: int, zone: tzinfo, key: bytes) -> None:
    job, document = tables.job, tables.document
    asked = (
        sa.select(job.c.id, job.c.parameters, job.c.requested_at)
        .outerjoin(document, document.c.job_id == job.c.id)
        .where((job.c.estate_id == estate_id) & (job.c.status == "waiting") & (job.c.operation == RENDER))
        .where(document.c.id.is_(None))
        .order_by(job.c.id)
    )
    for row in connection.execute(asked).all():
        kind = catalogue.KINDS[orjson.loads(row.parameters)["document"]]
        year = datetime.fromisoformat(row.requested_at).astimezone(zone).year
        values = {"estate_id": estate_id, "job_id": row.id, "kind": kind.name, "title": kind.title}
        values["number"] = _number(connection, estate_id, kind, year)
        values["token"] = token(key, str(values["number"]))
        connection.execute(sa.insert(document).values(**values))


def _number(connection: sa.Connection, estate_id: int, kind: Kind, year: int) -> str:
    sequence = connection.execute(_TAKE, {"estate_id": estate_id, "kind": kind.name, "year": year}).scalar_one()
    return numbering.format(kind, code(estate_id), year, sequence)


def code(estate_id: int) -> str:
    """What the numbers of an estate's papers begin with."""
    return f"XQ{estate_id:04d}"


def token(key: bytes, number: str) -> str:
    """By what anybody who holds a document may ask for it: 128 bits that nobody guesses without the key."""
    digest = hmac.digest(key, f"document:{number}".encode(), "sha256")
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def receipt(key: bytes, estate_id: int, serial: int) -> str:
    """The twelve digits by which whoever holds the owner's strip of a ballot asks; nobody has them without the key."""
    digest = hmac.digest(key, f"ballot:{estate_id}:{serial}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**12:012d}"


def asked(work: UnitOfWork, job: rows.Job) -> tuple[str, str]:
    """Number and token under which the document of a job was asked for.  Raises NotFound."""
    table = tables.document
    found = work.connection.execute(sa.select(table.c.number, table.c.token).where(table.c.job_id == job.id)).first()
    if found is None:
        raise NotFound(what=f"“{job.name}”的文书编号")
    return found.number, found.token


def number_of(work: UnitOfWork, key: int) -> str:
    """The number of a document."""
    chosen = sa.select(tables.document.c.number).where(tables.document.c.id == key)
    return str(work.connection.execute(chosen).scalar_one())


def known(work: UnitOfWork, number: str) -> sa.Row[int, str, str] | None:
    """Estate, kind and title of the document of that number."""
    table = tables.document
    chosen = sa.select(table.c.estate_id, table.c.kind, table.c.title).where(table.c.number == number)
    return work.connection.execute(chosen).first()


def issue(
    work: UnitOfWork, job: rows.Job, content: bytes, template: str, facts: Mapping[str, Mapping[str, Any]]
) -> str:
    """Keep the generated document of a job as version 1; returns the SHA-256 of its bytes.

    ``facts`` are the printed facts by name: ``value``, and the ``step``, person ``by`` whom and moment ``at``.
    """
    digest = keep(work, content)
    version = {"sha256": digest, "template_sha256": template, "issued_at": work.at}

    def write(connection: sa.Connection) -> None:
        document = tables.document
        key = connection.execute(sa.select(document.c.id).where(document.c.job_id == job.id)).scalar_one()
        _write(connection, key, version, facts)

    work.later(write)
    return digest


def _write(
    connection: sa.Connection, key: int, version: Mapping[str, str], facts: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write version 1 of a document with the facts that it printed."""
    connection.execute(sa.insert(tables.document_version).values(document_id=key, version=1, **version))
    used = [
        {
            "document_id": key,
            "version": 1,
            "name": name,
            "printed": orjson.dumps(fact["value"]),
            "step": fact["step"],
            "by": fact["by"],
            "at": fact["at"],
        }
        for name, fact in facts.items()
    ]
    if used:
        connection.execute(sa.insert(tables.fact), used)


def take_number(work: UnitOfWork, estate_id: int, kind: Kind, year: int) -> str:
    """Take the next number at once, for a document that no step renders."""
    work.alone(f"number {estate_id}")
    return _number(work.connection, estate_id, kind, year)


def issue_beside(
    work: UnitOfWork,
    estate_id: int,
    kind: Kind,
    number: str,
    content: bytes,
    template: str,
    facts: Mapping[str, Mapping[str, Any]],
) -> tuple[int, str]:
    """Keep a document that no step renders, under its number; returns its id and the SHA-256 of its bytes."""
    values = {"estate_id": estate_id, "kind": kind.name, "title": kind.title, "number": number}
    made = sa.insert(tables.document).values(**values, token=token(work.public.key, number))
    key = int(work.at_once(made.returning(tables.document.c.id)).scalar_one())
    digest = keep(work, content)
    version = {"sha256": digest, "template_sha256": template, "issued_at": work.at}
    work.later(lambda connection: _write(connection, key, version, facts))
    return key, digest


def void(work: UnitOfWork, instance_id: int, reason: str) -> None:
    """Keep the numbers of documents of an instance that will not be issued, with the reason."""
    document, job, version = tables.document, tables.job, tables.document_version
    of_instance = document.c.job_id.in_(sa.select(job.c.id).where(job.c.instance_id == instance_id))
    issued = document.c.id.in_(sa.select(version.c.document_id))
    work.execute(sa.update(document).where(of_instance & ~issued).values(void_reason=reason))


def keep(work: UnitOfWork, content: bytes) -> str:
    """Keep a file at once, and its row in the commit; returns its SHA-256."""
    digest = work.files.keep(content)
    row = {"sha256": digest, "size": len(content), "kept_at": work.at, "kept_by": work.actor}
    known = sa.text(
        "INSERT INTO file (sha256, size, kept_at, kept_by) VALUES (:sha256, :size, :kept_at, :kept_by) "
        "ON CONFLICT (sha256) DO NOTHING"
    )
    work.execute(known, row)
    return digest


@dataclass(frozen=True)
class Printed:
    """A document that stands, in its newest version, with what it printed, by name as stored, and when it was taken."""

    id: int
    number: str
    kind: str
    issued_at: str
    taken_at: str | None
    facts: Mapping[str, bytes]


@dataclass(frozen=True)
class Fallen:
    """A document that does not stand any more, with what is known of where it went."""

    number: str
    kind: str
    issued_at: str
    taken_at: str | None


def fallen(work: UnitOfWork, estate_id: int, numbers: Iterable[str]) -> list[Fallen]:
    """Those of these documents that were issued and do not stand any more."""
    of, version = tables.document.c, tables.document_version.c
    chosen = sa.select(of.number, of.kind, sa.func.min(version.issued_at), of.taken_at)
    chosen = chosen.join(tables.document_version, version.document_id == of.id).group_by(of.id)
    these = (of.estate_id == estate_id) & of.void_reason.is_not(None) & of.number.in_([*numbers])
    return [Fallen(*row) for row in work.connection.execute(chosen.where(these).order_by(of.id))]


def printed(work: UnitOfWork, estate_id: int, numbers: Iterable[str] | None = None) -> list[Printed]:
    """The issued documents of an estate that stand, or these of them, each with the facts that it printed last."""
    of, version, fact = tables.document.c, tables.document_version.c, tables.fact
    facts: dict[int, dict[str, bytes]] = {}
    joined = sa.select(fact.c.document_id, fact.c.name, fact.c.printed).join(
        tables.document, of.id == fact.c.document_id
    )
    standing = (of.estate_id == estate_id) & of.void_reason.is_(None)
    if numbers is not None:
        standing &= of.number.in_([*numbers])
    for row in work.connection.execute(joined.where(standing).order_by(fact.c.version)):
        facts.setdefault(row.document_id, {})[row.name] = bytes(row.printed)
    chosen = sa.select(of.id, of.number, of.kind, sa.func.max(version.issued_at), of.taken_at)
    chosen = chosen.join(tables.document_version, version.document_id == of.id).where(standing).group_by(of.id)
    return [Printed(*row, facts.get(row.id, {})) for row in work.connection.execute(chosen.order_by(of.id))]
