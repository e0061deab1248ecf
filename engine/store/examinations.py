"""What the adviser decided on versions of documents, and the remarks on them: added to, never changed.

A decision is bound to a version and to the SHA-256 of its file; what it rests on is kept with it, for the opinion that
may be issued of it.  A remark is settled once; its answers are remarks too.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Table, Text

from engine.store import accounts
from engine.store.desk import PAGE
from engine.store.tables import document, document_version, estate, metadata, person_in_lane
from engine.store.unit_of_work import UnitOfWork

_VERSION = ["document_version.document_id", "document_version.version"]
examination = Table(
    "examination",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("decision", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    # who was asked for material, or to whom it was handed
    Column("whom", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", String(40), nullable=False),
    # what an opinion on it prints, as of its moment
    Column("grounds", LargeBinary),
    ForeignKeyConstraint(["document_id", "version"], _VERSION),
    Index("ix_examination_document_id", "document_id", "version"),
)
remark = Table(
    "remark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("clause", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("category", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("suggestion", Text, nullable=False),
    Column("answers", ForeignKey("remark.id")),
    Column("actor", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("resolved_at", String(40)),
    Column("resolved_by", Text),
    ForeignKeyConstraint(["document_id", "version"], _VERSION),
    Index("ix_remark_document_id", "document_id"),
)
_OPINION = document.alias()
#: The document that was issued as the opinion on a decision.
opinion = Table(
    "opinion",
    metadata,
    Column("examination_id", ForeignKey("examination.id"), primary_key=True),
    Column("document_id", ForeignKey("document.id"), nullable=False),
)
#: A file that came with an answer, as it came; ``shown`` is what others get: of a photo a copy without its place.
material = Table(
    "material",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("examination_id", ForeignKey("examination.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", ForeignKey("file.sha256"), nullable=False),
    Column("shown", ForeignKey("file.sha256"), nullable=False),
    Index("ix_material_examination_id", "examination_id"),
)
MUST = "must"
APPROVED, RETURNED, ASKED, ANSWERED, HANDED = "approved", "returned", "asked", "answered", "handed"


@dataclass(frozen=True)
class Decided:
    """A decision on a version of a document; ``whom`` is who was asked, or to whom it was handed.

    An opinion can be issued of it where it ``rests`` on grounds that were kept, and has the number ``opinion`` since.
    """

    id: int
    version: int
    sha256: str
    decision: str
    reason: str
    whom: str
    actor: str
    at: str
    rests: bool
    opinion: str | None


@dataclass(frozen=True)
class Material:
    """A file that came with the answer ``examination_id``."""

    id: int
    examination_id: int
    name: str
    sha256: str
    shown: str


@dataclass(frozen=True)
class Remark:
    """A remark on a clause of a version, or with ``answers`` one that answers another."""

    id: int
    document_id: int
    version: int
    clause: str
    quote: str
    category: str
    text: str
    suggestion: str
    answers: int | None
    actor: str
    at: str
    resolved_at: str | None
    resolved_by: str | None


@dataclass(frozen=True)
class Queued:
    """A document in its newest version as the queue shows it.

    ``decision`` is the latest on that version, ``open`` and ``must`` count the remarks that are not settled.
    """

    id: int
    number: str
    kind: str
    title: str
    version: int
    sha256: str
    issued_at: str
    estate_id: int
    estate: str
    lawful_on: str | None
    decision: str | None
    decided_at: str | None
    whom: str | None
    reviewer: str
    open: int
    must: int


def decided(work: UnitOfWork, document_id: int) -> list[Decided]:
    """What was decided on a document, the latest first."""
    names = ("id", "version", "sha256", "decision", "reason", "whom", "actor", "at")
    columns = (*(examination.c[name] for name in names), examination.c.grounds.is_not(None), _OPINION.c.number)
    joined = examination.outerjoin(opinion).outerjoin(_OPINION, _OPINION.c.id == opinion.c.document_id)
    chosen = sa.select(*columns).select_from(joined).where(examination.c.document_id == document_id)
    return [Decided(*row) for row in work.connection.execute(chosen.order_by(examination.c.id.desc()))]


def decide(
    work: UnitOfWork,
    document_id: int,
    version: int,
    sha256: str,
    decision: str,
    grounds: Mapping[str, Any] | None = None,
    **more: str,
) -> int:
    """Add a decision in the name of this work, with ``reason`` and ``whom`` and what it rests on; returns its id."""
    values = {"document_id": document_id, "version": version, "sha256": sha256, "decision": decision}
    values["grounds"] = None if grounds is None else orjson.dumps(grounds)
    made = sa.insert(examination).values(**values, **more, actor=work.actor, at=work.at)
    return int(work.at_once(made.returning(examination.c.id)).scalar_one())


def grounds(work: UnitOfWork, decision_id: int) -> dict[str, Any]:
    """What a decision that :attr:`Decided.rests` on grounds rests on."""
    chosen = sa.select(examination.c.grounds).where(examination.c.id == decision_id)
    found: dict[str, Any] = orjson.loads(work.connection.execute(chosen).scalar_one())
    return found


def name_opinion(work: UnitOfWork, decision_id: int, document_id: int) -> None:
    """In the commit, name the opinion that was issued of a decision.  Raises Conflict there when it has one."""
    work.execute(sa.insert(opinion).values(examination_id=decision_id, document_id=document_id))


def add_material(work: UnitOfWork, examination_id: int, files: Iterable[Mapping[str, str]]) -> None:
    """In the commit, note the files of an answer: each with ``name``, ``sha256`` and ``shown``, kept already."""
    work.insert(material, [{"examination_id": examination_id, **one} for one in files])


def brought(work: UnitOfWork, document_id: int) -> list[Material]:
    """The files that came with answers about a document, in the order in which they came."""
    columns = (material.c[name] for name in Material.__dataclass_fields__)
    chosen = sa.select(*columns).join(examination).where(examination.c.document_id == document_id)
    return [Material(*row) for row in work.connection.execute(chosen.order_by(material.c.id))]


#: A document and those that it came after: of its kind and estate, and void since.
_EARLIER = document.alias()
_SUCCEEDED = (
    (_EARLIER.c.estate_id == document.c.estate_id)
    & (_EARLIER.c.kind == document.c.kind)
    & ((_EARLIER.c.id == document.c.id) | ((_EARLIER.c.id < document.c.id) & _EARLIER.c.void_reason.is_not(None)))
)


def earlier_grounds(work: UnitOfWork, document_id: int) -> list[dict[str, Any]]:
    """What the decisions on a document, and on those it came after, rest on so far; the oldest first."""
    joined = sa.select(examination.c.grounds).join(_EARLIER, _EARLIER.c.id == examination.c.document_id)
    mine = (document.c.id == document_id) & examination.c.grounds.is_not(None)
    chosen = joined.join(document, _SUCCEEDED).where(mine).order_by(examination.c.id)
    return [orjson.loads(row) for row in work.connection.execute(chosen).scalars()]


def remarks(work: UnitOfWork, document_id: int) -> list[Remark]:
    """The remarks on a document with their answers, and the open ones on those it came after; the oldest first."""
    columns = (remark.c[name] for name in Remark.__dataclass_fields__)
    chosen = sa.select(*columns).join(_EARLIER, _EARLIER.c.id == remark.c.document_id).join(document, _SUCCEEDED)
    whose = (remark.c.document_id == document_id) | remark.c.resolved_at.is_(None)
    chosen = chosen.where((document.c.id == document_id) & whose).order_by(remark.c.id)
    return [Remark(*row) for row in work.connection.execute(chosen)]


def add_remark(work: UnitOfWork, document_id: int, version: int, **said: Any) -> int:
    """Add a remark in the name of this work; returns its id."""
    values = {"clause": "", "quote": "", "category": "", "suggestion": "", **said}
    made = sa.insert(remark).values(document_id=document_id, version=version, actor=work.actor, at=work.at, **values)
    return int(work.at_once(made.returning(remark.c.id)).scalar_one())


def resolve(work: UnitOfWork, remark_id: int) -> None:
    """In the commit, settle a remark.  Raises Conflict there when somebody else has."""
    still = (remark.c.id == remark_id) & remark.c.resolved_at.is_(None)
    work.exactly_one(sa.update(remark).where(still).values(resolved_at=work.at, resolved_by=work.actor))


# the queue

_WAITS, _OVER = (ASKED, RETURNED), (APPROVED,)
TABS = ("todo", "waiting", "done")
_LATER = document_version.alias()
_NEWEST = ~sa.exists().where(
    (_LATER.c.document_id == document_version.c.document_id) & (_LATER.c.version > document_version.c.version)
)
_OF_VERSION = (examination.c.document_id == document.c.id) & (examination.c.version == document_version.c.version)
_LAST = sa.select(sa.func.max(examination.c.id)).where(_OF_VERSION).scalar_subquery()
_LATEST = examination.alias()
_HANDED = (
    sa.select(examination.c.whom)
    .where((examination.c.document_id == document.c.id) & (examination.c.decision == HANDED))
    .order_by(examination.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_REVIEWER = sa.func.coalesce(_HANDED, person_in_lane.c.name)
_SAID = remark.c.document_id.in_(sa.select(_EARLIER.c.id).where(_SUCCEEDED).correlate(document))
_OPEN = _SAID & remark.c.resolved_at.is_(None) & remark.c.answers.is_(None)
_STATE = sa.func.coalesce(_LATEST.c.decision, "")
_LAWFUL = sa.func.coalesce(estate.c.lawful_on, "9999")


def _counted(condition: sa.ColumnElement[bool]) -> Any:
    return sa.select(sa.func.count()).select_from(remark).where(condition).scalar_subquery()


@dataclass(frozen=True)
class Asked:
    """Whose queue: ``reviewers`` are the people who examine in ``lane``, at these nodes.

    Papers of ``kinds`` come by themselves, others once something was said of them, but never those of ``hidden``.
    """

    lane: str
    nodes: Collection[int]
    reviewers: Collection[str]
    kinds: Collection[str]
    hidden: Collection[str]


def _queue(asked: Asked) -> Any:
    joined = (
        document.join(document_version, (document_version.c.document_id == document.c.id) & _NEWEST)
        .join(estate, estate.c.id == document.c.estate_id)
        .outerjoin(person_in_lane, (person_in_lane.c.estate_id == estate.c.id) & (person_in_lane.c.lane == asked.lane))
        .outerjoin(_LATEST, _LATEST.c.id == _LAST)
    )
    said = sa.or_(
        sa.exists().where((remark.c.document_id == document.c.id) | _OPEN),
        sa.exists().where(examination.c.document_id == document.c.id),
    )
    theirs = _REVIEWER.in_(list(asked.reviewers)) & estate.c.node_id.in_(accounts.below(asked.nodes))
    due = (document.c.kind.in_(list(asked.kinds)) | said) & document.c.kind.not_in(list(asked.hidden))
    alive = document.c.void_reason.is_(None) & estate.c.status.in_(["running", "suspended"])
    return lambda chosen: chosen.select_from(joined).where(theirs, due, alive)


def _under(tab: str) -> sa.ColumnElement[bool]:
    named = {"waiting": _STATE.in_(_WAITS), "done": _STATE.in_(_OVER)}
    return named[tab] if tab in named else ~_STATE.in_([*_WAITS, *_OVER])


def queue(work: UnitOfWork, asked: Asked, tab: str, page: int) -> list[Queued]:
    """A page of the queue, by kind; the kind with the oldest lawful date first, and so within each."""
    first = sa.func.min(_LAWFUL).over(partition_by=document.c.kind)
    by_date = (_LAWFUL, document_version.c.issued_at)
    order = (_LATEST.c.at.desc(),) if tab == "done" else (first, document.c.kind, *by_date)
    chosen = _shown(asked).where(_under(tab)).order_by(*order, document.c.id)
    return [Queued(*row) for row in work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))]


def of_kind(work: UnitOfWork, asked: Asked, kind: str, most: int) -> list[Queued]:
    """What is to be examined of a kind, the oldest lawful date first, no more than ``most``."""
    chosen = _shown(asked).where(_under("todo"), document.c.kind == kind)
    order = (_LAWFUL, document_version.c.issued_at, document.c.id)
    return [Queued(*row) for row in work.connection.execute(chosen.order_by(*order).limit(most))]


def waiting_of(work: UnitOfWork, asked: Asked, kind: str) -> int:
    """How many documents of a kind are to be examined."""
    chosen = _queue(asked)(sa.select(sa.func.count())).where(_under("todo"), document.c.kind == kind)
    return int(work.connection.execute(chosen).scalar_one())


def _shown(asked: Asked) -> Any:
    of, version = document.c, document_version.c
    columns = (
        of.id, of.number, of.kind, of.title, version.version, version.sha256, version.issued_at, estate.c.id,
        estate.c.name, estate.c.lawful_on, _LATEST.c.decision, _LATEST.c.at, _LATEST.c.whom, _REVIEWER,
        _counted(_OPEN), _counted(_OPEN & (remark.c.category == MUST)),
    )  # fmt: skip
    return _queue(asked)(sa.select(*columns))


def counts(work: UnitOfWork, asked: Asked) -> Mapping[str, int]:
    """How many documents there are under each tab."""
    each = (sa.func.coalesce(sa.func.sum(sa.case((_under(tab), 1), else_=0)), 0) for tab in TABS)
    found = work.connection.execute(_queue(asked)(sa.select(*each))).one()
    return dict(zip(TABS, map(int, found), strict=True))
