"""Why a task is open again, and what a return waits to replay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from engine.store import tables
from engine.store.tables import metadata

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

#: An undo as the people see it whom it brings work: ``task_id`` is the task that it opened again.
#: ``kept`` are the steps in between that wait to be replayed up to the task ``back_to``, with what they were filled in
#: from; ``status`` is ``waiting`` until they were, else ``over``, and ``stopped`` says why not all of them could be.
undoing = Table(
    "undoing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("manner", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("back_to", String(80), nullable=False),
    Column("kept", LargeBinary, nullable=False),
    Column("status", String(12), nullable=False),
    Column("stopped", Text, nullable=False),
    Index("ix_undoing_task_id", "task_id"),
    Index("ix_undoing_status", "status"),
)


@dataclass(frozen=True)
class Undoing:
    """An undo, as :data:`undoing` keeps it."""

    id: int
    estate_id: int
    task_id: int
    manner: str
    reason: str
    at: str
    actor: str
    back_to: str
    kept: tuple[Mapping[str, Any], ...]
    status: str
    stopped: str


def keep(
    work: "UnitOfWork", estate_id: int, opened: tuple[int, str], said: Mapping[str, str], kept: list[dict[str, Any]]
) -> None:
    """In the commit, note an undo on the task it ``opened``, by instance and ref; ``kept`` waits to be replayed."""
    instance_id, ref = opened
    table = tables.task

    def write(connection: sa.Connection) -> None:
        of = (table.c.instance_id == instance_id) & (table.c.ref == ref)
        key = connection.execute(sa.select(table.c.id).where(of)).scalar_one()
        noted = {"estate_id": estate_id, "task_id": key, "at": work.at, "actor": work.actor, **said}
        status = "waiting" if noted["back_to"] else "over"
        values = {**noted, "kept": orjson.dumps(kept), "status": status, "stopped": ""}
        connection.execute(sa.insert(undoing).values(**values))

    work.later(write)


def noted(work: "UnitOfWork", task_id: int) -> Undoing | None:
    """The undo that opened this task again, or at which a replay stopped; the latest."""
    found = _undoings(work, undoing.c.task_id == task_id)
    return found[-1] if found else None


def waiting(work: "UnitOfWork", estate_id: int) -> list[Undoing]:
    """The returns of an estate whose corrected task is over, so that what was kept may be replayed."""
    return _undoings(work, (undoing.c.estate_id == estate_id) & undoing.c.id.in_(_corrected()))


def _corrected() -> sa.Select[Any]:
    table = tables.task
    over = (table.c.id == undoing.c.task_id) & (table.c.status != "open")
    return sa.select(undoing.c.id).join(table, over).where(undoing.c.status == "waiting")


def estates_waiting() -> sa.Select[Any]:
    """The estates with something to replay."""
    return sa.select(undoing.c.estate_id).where(undoing.c.id.in_(_corrected()))


def _undoings(work: "UnitOfWork", condition: sa.ColumnElement[bool]) -> list[Undoing]:
    chosen = sa.select(*(undoing.c[name] for name in Undoing.__dataclass_fields__)).where(condition)
    found = work.connection.execute(chosen.order_by(undoing.c.id))
    return [Undoing(**{**row._mapping, "kept": tuple(orjson.loads(row.kept))}) for row in found]


def change(work: "UnitOfWork", one: Undoing, **values: Any) -> None:
    """In the commit, change what is noted of an undo."""
    if "kept" in values:
        values["kept"] = orjson.dumps(values["kept"])
    work.execute(sa.update(undoing).where(undoing.c.id == one.id).values(**values))


def forget(work: "UnitOfWork", estate_id: int) -> None:
    """In the commit, give up whatever waits to be replayed in an estate: the steps it waits for may have fallen."""
    of = (undoing.c.estate_id == estate_id) & (undoing.c.status == "waiting")
    work.execute(sa.update(undoing).where(of).values(status="over"))
