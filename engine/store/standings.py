"""Where an estate stands on the board: columns of its row, written in the commit of whatever moves them.

The light itself depends on the day; the row keeps the days on which it turns, so that a list can be counted and
filtered by an index.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.store.statements import Statement
from engine.store.tables import estate, stay, task, timer
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Stay:
    """A stay of an estate in a stage; ``paused`` days of it the estate was suspended."""

    stage: str
    entered_at: str
    left_at: str | None
    paused: int


@dataclass(frozen=True)
class Known:
    """What a standing follows from: type, stays in order, and the end of the earliest lawful period."""

    type: str
    stays: list[Stay]
    lawful_due: str | None


@dataclass(frozen=True)
class Row:
    """What the board keeps of an estate; days in ISO 8601."""

    stage: str
    stage_from: str
    lawful_on: str | None
    amber_on: str
    red_on: str


@dataclass(frozen=True)
class Figure:
    """So many out of all, of what the stage ``figure_of`` counts; out of none before there is anything to count."""

    figure_of: str
    figure_part: int
    figure_whole: int


_of: sa.BindParameter[int] = sa.bindparam("of")
# a compiled statement takes by name only what changes from one estate to the next
_OPEN: sa.ColumnElement[str] = sa.literal_column("'open'")
_RUNNING: sa.ColumnElement[str] = sa.literal_column("'running'")
_STATUTORY: sa.ColumnElement[str] = sa.literal_column("'statutory'")
_open_task = sa.select(task.c.id).where((task.c.estate_id == _of) & (task.c.status == _OPEN))
#: A period that runs, and one that was over while its task was open and still is.
_LAWFUL = (
    sa.select(sa.func.min(timer.c.due))
    .where(timer.c.estate_id == _of, timer.c.clock == _STATUTORY)
    .where((timer.c.status == _RUNNING) | timer.c.fired_for.in_(_open_task))
)
_READ = Statement(sa.select(estate.c.type, _LAWFUL.scalar_subquery()).where(estate.c.id == _of))
_STAYS = Statement(
    sa.select(stay.c.stage, stay.c.entered_at, stay.c.left_at, stay.c.paused)
    .where(stay.c.estate_id == _of)
    .order_by(stay.c.id)
)
_WRITE = Statement(sa.update(estate).where(estate.c.id == _of), *Row.__dataclass_fields__)


def place(work: UnitOfWork, estate_id: int, standing: Callable[[Known], Row]) -> None:
    """In the commit, after what it has written so far, bring an estate's place on the board up to date."""

    def write(connection: sa.Connection) -> None:
        _WRITE.run(connection, {"of": estate_id, **vars(standing(_known(connection, estate_id)))})

    work.later(write)


_WRITE_FIGURE = Statement(sa.update(estate).where(estate.c.id == _of), *Figure.__dataclass_fields__)


def place_figure(work: UnitOfWork, estate_id: int, count: Callable[[], Figure]) -> None:
    """In the commit, after what it has written so far, keep the figure that ``count`` gives."""

    def write(connection: sa.Connection) -> None:
        _WRITE_FIGURE.run(connection, {"of": estate_id, **vars(count())})

    work.later(write)


def figure(work: UnitOfWork, estate_id: int) -> Figure:
    """The figure that is kept of an estate."""
    columns: list[Any] = [estate.c[name] for name in Figure.__dataclass_fields__]
    return Figure(*work.connection.execute(sa.select(*columns).where(estate.c.id == estate_id)).one())


def known(work: UnitOfWork, estate_id: int) -> Known:
    """What an estate's place on the board follows from."""
    return _known(work.connection, estate_id)


def _known(connection: sa.Connection, estate_id: int) -> Known:
    which = {"of": estate_id}
    kind, lawful_due = _READ.run(connection, which).fetchone()
    return Known(kind, [Stay(*row) for row in _STAYS.run(connection, which).fetchall()], lawful_due)


def describe(work: UnitOfWork, estate_id: int, **values: str) -> None:
    """In the commit, note what is known of an estate: ``type``, ``batch`` or what it is ``paused_for``."""
    work.execute(sa.update(estate).where(estate.c.id == estate_id).values(**values))


def pause(work: UnitOfWork, estate_id: int, days: int) -> None:
    """In the commit, take the days of a suspension out of the stays that it fell into."""
    still = (stay.c.estate_id == estate_id) & stay.c.left_at.is_(None)
    work.execute(sa.update(stay).where(still).values(paused=stay.c.paused + days))


def row(work: UnitOfWork, estate_id: int) -> Row:
    """What the board keeps of an estate."""
    columns: list[Any] = [estate.c[name] for name in Row.__dataclass_fields__]
    return Row(*work.connection.execute(sa.select(*columns).where(estate.c.id == estate_id)).one())


def under_way(work: UnitOfWork) -> list[int]:
    """The estates that stand on the board, or should."""
    chosen = sa.select(estate.c.id).where(estate.c.status.in_(("running", "suspended"))).order_by(estate.c.id)
    return list(work.connection.execute(chosen).scalars())
