"""Templates that a district changed in Word: each version kept as it came, with who brought, approved and stopped it.

Version 1 of a kind is the shipped file and has no row.  A row never goes away and its file never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.documents.faults import Fault
from engine.store import documents
from engine.store.lookups import columns
from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

#: ``faults`` says what the inspection found, none when it is an empty list.  Once ``decided_at`` it is approved from
#: ``effective_on`` on, or, without that day, refused; ``stopped_on`` is the first day on which it does not count.
template_version = Table(
    "template_version",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", ForeignKey("file.sha256"), nullable=False),
    Column("name", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("faults", LargeBinary, nullable=False),
    Column("at", String(40), nullable=False),
    Column("by", Text, nullable=False),
    Column("decided_at", String(40)),
    Column("decided_by", Text),
    Column("decided_why", Text),
    Column("effective_on", String(10)),
    Column("stopped_on", String(10)),
    Column("stopped_by", Text),
    Column("stopped_why", Text),
)
#: The paper of a specimen, and its PDF where one was made.
template_specimen = Table(
    "template_specimen",
    metadata,
    Column("sha256", String(64), nullable=False),
    Column("title", String(40), nullable=False),
    Column("paper", ForeignKey("file.sha256"), nullable=False),
    UniqueConstraint("sha256", "title"),
)


@dataclass(frozen=True)
class Version:
    """A version of a template as it was brought, decided and stopped."""

    kind: str
    version: int
    sha256: str
    name: str
    why: str
    faults: bytes
    at: str
    by: str
    decided_at: str | None
    decided_by: str | None
    decided_why: str | None
    effective_on: str | None
    stopped_on: str | None
    stopped_by: str | None
    stopped_why: str | None

    @property
    def found(self) -> list[Fault]:
        """What the inspection found."""
        return [Fault(**one) for one in orjson.loads(self.faults)]

    def counts_on(self, day: str) -> bool:
        """Whether it could be the one in force on that day."""
        return (
            bool(self.effective_on)
            and str(self.effective_on) <= day
            and not (self.stopped_on and self.stopped_on <= day)
        )


def versions(work: UnitOfWork, kind: str) -> list[Version]:
    """The versions of a kind that people brought, the newest first."""
    table = template_version
    chosen = columns(table, Version).where(table.c.kind == kind).order_by(table.c.version.desc())
    return [Version(*row) for row in work.connection.execute(chosen)]


def every(work: UnitOfWork) -> list[Version]:
    """All versions that people brought, the newest of a kind first."""
    table = template_version
    chosen = columns(table, Version).order_by(table.c.kind, table.c.version.desc())
    return [Version(*row) for row in work.connection.execute(chosen)]


def in_force(found: Sequence[Version], day: str) -> Version | None:
    """The one of a kind that counts on a day: the latest to take effect; nothing where the shipped one does."""
    counting = [one for one in found if one.counts_on(day)]
    return max(counting, key=lambda one: (str(one.effective_on), one.version), default=None)


def brought(work: UnitOfWork, digest: str) -> bool:
    """Whether somebody brought a template of that SHA-256."""
    chosen = sa.select(template_version.c.version).where(template_version.c.sha256 == digest)
    return work.connection.execute(chosen).first() is not None


def add(work: UnitOfWork, kind: str, version: int, name: str, content: bytes, why: str, faults: Sequence[Any]) -> None:
    """In the commit, keep a file as a version.  Raises Conflict in the commit when there is one of that number."""
    digest = documents.keep(work, content)
    values = {"kind": kind, "version": version, "sha256": digest, "name": name, "why": why}
    work.insert(template_version, [{**values, "faults": orjson.dumps(faults), "at": work.at, "by": work.actor}])


def decide(work: UnitOfWork, given: Version, why: str, effective_on: str | None) -> None:
    """In the commit, approve a version from a day on, or refuse it.  Raises Conflict there when that is done."""
    table = template_version
    undecided = (table.c.kind == given.kind) & (table.c.version == given.version) & table.c.decided_at.is_(None)
    values = {"decided_at": work.at, "decided_by": work.actor, "decided_why": why, "effective_on": effective_on}
    work.exactly_one(sa.update(table).where(undecided).values(**values))


def stop(work: UnitOfWork, given: Version, day: str, why: str) -> None:
    """In the commit, let a version count no more from a day on.  Raises Conflict there when that is done."""
    table = template_version
    running = (table.c.kind == given.kind) & (table.c.version == given.version) & table.c.stopped_on.is_(None)
    values = {"stopped_on": day, "stopped_by": work.actor, "stopped_why": why}
    work.exactly_one(sa.update(table).where(running & table.c.effective_on.is_not(None)).values(**values))


def specimens(work: UnitOfWork, digest: str) -> dict[str, str]:
    """The papers that were rendered from a template of that SHA-256, by the title of the specimen."""
    table = template_specimen
    chosen = sa.select(table.c.title, table.c.paper).where(table.c.sha256 == digest)
    return {row.title: row.paper for row in work.connection.execute(chosen)}


def keep_specimens(work: UnitOfWork, digest: str, papers: dict[str, bytes]) -> None:
    """In the commit, keep what was rendered from a template, unless that was done before."""
    known = specimens(work, digest)
    rows = [
        {"sha256": digest, "title": title, "paper": documents.keep(work, paper)}
        for title, paper in papers.items()
        if title not in known
    ]
    if rows:
        work.insert(template_specimen, rows)
