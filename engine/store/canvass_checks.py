"""What was asked about a canvass 走访抽查: days looked into, samples drawn, households called back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.store.accounts import account, below
from engine.store.alerts import alert
from engine.store.registers import visit
from engine.store.tables import estate, metadata, person_in_lane, task
from engine.store.unit_of_work import UnitOfWork

#: What whoever leads made of a day's findings; only added, the latest of a day counts.
canvass_review = Table(
    "canvass_review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("on", String(10), nullable=False),
    Column("kinds", Text, nullable=False),
    Column("decision", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Index("ix_canvass_review_estate_id_round", "estate_id", "round"),
)
#: A sample for call-backs: seed, size and the doors it is drawn from are kept before anything is drawn.
call_back_sample = Table(
    "call_back_sample",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("units", LargeBinary, nullable=False),
    Column("units_digest", String(64), nullable=False),
    Column("supporting", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("seed", String(64), nullable=False),
    Column("planned_by", Text, nullable=False),
    Column("planned_at", String(40), nullable=False),
    Column("drawn_by", Text, nullable=False, server_default=""),
    Column("drawn_at", String(40), nullable=False, server_default=""),
    UniqueConstraint("estate_id", "round", "no"),
)
#: A household to be called back: drawn in a sample, or of a day that is looked into; ``heard`` is empty until then.
call_back = Table(
    "call_back",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("unit_no", String(60), nullable=False),
    Column("sample_id", ForeignKey("call_back_sample.id")),
    Column("review_id", ForeignKey("canvass_review.id")),
    Column("heard", String(10), nullable=False, server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("note", Text, nullable=False, server_default=""),
    Column("by", Text, nullable=False, server_default=""),
    Column("at", String(40), nullable=False, server_default=""),
    Index("ix_call_back_estate_id_round", "estate_id", "round"),
)
_REVIEW, _SAMPLE, _CALL = canvass_review, call_back_sample, call_back
#: The kinds of what is told of a day: that it asks for a question, and that it does so no more.
ASKS, OVER = "checks", "checks_over"
#: What is told of a day, by its ``detail``, while no decision on that day came after it.
_DAY = _REVIEW.c.person + " " + _REVIEW.c.on
_DECIDED = (_REVIEW.c.estate_id == alert.c.estate_id) & (alert.c.detail == _DAY) & (_REVIEW.c.at >= alert.c.at)
_OPEN = (alert.c.kind == ASKS) & ~sa.exists().where(_DECIDED)


@dataclass(frozen=True)
class Review:
    """A day that was looked into: which ``kinds`` of findings, whether it was CLEARed or is CALLed BACK, and why."""

    id: int
    person: str
    on: str
    kinds: str
    decision: str
    reason: str
    by: str
    at: str


@dataclass(frozen=True)
class Sample:
    """A sample: from which doors how many are drawn by which seed; ``drawn_at`` is empty until they are."""

    id: int
    no: int
    units: tuple[str, ...]
    units_digest: str
    supporting: int
    size: int
    seed: str
    planned_by: str
    planned_at: str
    drawn_by: str
    drawn_at: str


@dataclass(frozen=True)
class CallBack:
    """A household to be called back, and what it said; ``sample_id`` or ``review_id`` says why it is called."""

    id: int
    unit_no: str
    sample_id: int | None
    review_id: int | None
    heard: str
    tries: int
    note: str
    by: str
    at: str


def going(work: UnitOfWork, task_name: str) -> list[int]:
    """The estates in which the task of the canvass is open."""
    chosen = sa.select(task.c.estate_id).where((task.c.name == task_name) & (task.c.status == "open")).distinct()
    return list(work.connection.execute(chosen.order_by(task.c.estate_id)).scalars())


@dataclass(frozen=True)
class Undecided:
    """A day of a canvass that somebody was told to look into, and nobody has decided on."""

    estate_id: int
    estate: str
    day: str
    at: str


def undecided(
    work: UnitOfWork, nodes: Iterable[int], names: Collection[str], lanes: Collection[str], own: str
) -> list[Undecided]:
    """The days that those who lead, by name, were told of and nobody has decided on, the oldest first.

    One day is one row, whoever of them was told; of the days of ``own`` nobody else's decision is theirs to take.
    """
    leads = sa.exists().where(
        (person_in_lane.c.estate_id == alert.c.estate_id)
        & (person_in_lane.c.name == account.c.name)
        & person_in_lane.c.lane.in_(list(lanes))
    )
    chosen = sa.select(alert.c.estate_id, estate.c.name, alert.c.detail, sa.func.min(alert.c.at).label("at"))
    chosen = chosen.join(account, account.c.id == alert.c.account_id).join(estate, estate.c.id == alert.c.estate_id)
    chosen = chosen.where(account.c.name.in_(list(names)), estate.c.node_id.in_(below(nodes)), _OPEN, leads)
    chosen = chosen.where(sa.not_(alert.c.detail.startswith(f"{own} ", autoescape=True)))
    grouped = chosen.group_by(alert.c.estate_id, estate.c.name, alert.c.detail)
    return [
        Undecided(*row) for row in work.connection.execute(grouped.order_by("at", alert.c.estate_id, alert.c.detail))
    ]


def still_ask(work: UnitOfWork, estate_id: int, facts: Collection[str]) -> None:
    """In the commit, settle what was told of days that ask no more, as their visits were put right; or ask again."""
    mine, asks = alert.c.estate_id == estate_id, alert.c.fact.in_(list(facts))
    over = {"kind": OVER, "read_at": sa.func.coalesce(alert.c.read_at, work.at)}
    work.execute(sa.update(alert).where(mine & _OPEN & ~asks).values(**over))
    work.execute(sa.update(alert).where(mine & (alert.c.kind == OVER) & asks).values(kind=ASKS, read_at=None))


def logged(work: UnitOfWork, estate_id: int, round: int) -> list[sa.Row[Any]]:
    """Every visit of a round as a log, in the order in which they came."""
    names = (
        "unit_no", "on", "time", "attitude", "refused", "concerns", "note", "visitors", "actor", "at", "latitude",
        "longitude",
    )  # fmt: skip
    of = (visit.c.estate_id == estate_id) & (visit.c.round == round)
    return list(work.connection.execute(sa.select(*(visit.c[name] for name in names)).where(of).order_by(visit.c.id)))


def reviews(work: UnitOfWork, estate_id: int, round: int) -> list[Review]:
    """What was made of the days of a round, the oldest first."""
    of = (_REVIEW.c.estate_id == estate_id) & (_REVIEW.c.round == round)
    chosen = sa.select(*(_REVIEW.c[name] for name in Review.__dataclass_fields__)).where(of)
    return [Review(*row) for row in work.connection.execute(chosen.order_by(_REVIEW.c.id))]


def review(work: UnitOfWork, estate_id: int, values: Mapping[str, Any], call: Sequence[str]) -> None:
    """In the commit, keep what somebody made of a day, and the households to be called back for it."""
    row = {"estate_id": estate_id, "by": work.actor, "at": work.at, **values}

    def write(connection: sa.Connection) -> None:
        made = connection.execute(sa.insert(_REVIEW).values(**row)).inserted_primary_key
        assert made is not None
        _call(connection, estate_id, values["round"], call, review_id=made[0])

    work.later(write)


def samples(work: UnitOfWork, estate_id: int, round: int) -> list[Sample]:
    """The samples of a round, the oldest first."""
    of = (_SAMPLE.c.estate_id == estate_id) & (_SAMPLE.c.round == round)
    chosen = sa.select(*(_SAMPLE.c[name] for name in Sample.__dataclass_fields__)).where(of).order_by(_SAMPLE.c.no)
    return [replace(Sample(*row), units=tuple(orjson.loads(row.units))) for row in work.connection.execute(chosen)]


def plan(work: UnitOfWork, estate_id: int, units: Sequence[str], values: Mapping[str, Any]) -> None:
    """In the commit, keep what a sample will be drawn from, how many and by which seed."""
    row = {"estate_id": estate_id, "units": orjson.dumps(list(units)), "planned_by": work.actor, "planned_at": work.at}
    work.insert(_SAMPLE, [{**row, **values}])


def draw(work: UnitOfWork, estate_id: int, round: int, sample: Sample, units: Sequence[str]) -> None:
    """In the commit, keep what was drawn, once.  Raises Conflict there when it has been drawn."""
    of = (_SAMPLE.c.id == sample.id) & (_SAMPLE.c.drawn_at == "")
    work.exactly_one(sa.update(_SAMPLE).where(of).values(drawn_by=work.actor, drawn_at=work.at))
    work.later(lambda connection: _call(connection, estate_id, round, units, sample_id=sample.id))


def _call(connection: sa.Connection, estate_id: int, round: int, units: Sequence[str], **why: int) -> None:
    if units:
        rows = [{"estate_id": estate_id, "round": round, "unit_no": unit, **why} for unit in units]
        connection.execute(sa.insert(_CALL), rows)


def calls(work: UnitOfWork, estate_id: int, round: int) -> list[CallBack]:
    """The households of a round to be called back, in the order in which they were drawn."""
    of = (_CALL.c.estate_id == estate_id) & (_CALL.c.round == round)
    chosen = sa.select(*(_CALL.c[name] for name in CallBack.__dataclass_fields__)).where(of).order_by(_CALL.c.id)
    return [CallBack(*row) for row in work.connection.execute(chosen)]


def hear(work: UnitOfWork, one: CallBack, heard: str, note: str) -> None:
    """In the commit, keep what a household said.  Raises Conflict there when somebody else has kept something."""
    of = (_CALL.c.id == one.id) & (_CALL.c.tries == one.tries)
    values = {"heard": heard, "note": note, "tries": one.tries + 1, "by": work.actor, "at": work.at}
    work.exactly_one(sa.update(_CALL).where(of).values(**values))
