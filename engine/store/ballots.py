"""Ballots by serial: moved from the state that was read, listed by the page, with entries and history."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict
from engine.rules import ballot_life
from engine.store import lookups, registers, rows, tables
from engine.store.desk import PAGE
from engine.store.statements import Statement
from engine.store.unit_of_work import UnitOfWork

_TABLE, _ENTRY, _HISTORY = registers.ballot, registers.ballot_entry, registers.ballot_history
_BY_SERIAL = Statement(
    lookups.columns(_TABLE, rows.Ballot)
    .add_columns(_TABLE.c.meeting)
    .where((_TABLE.c.estate_id == sa.bindparam("estate_id")) & (_TABLE.c.serial == sa.bindparam("serial")))
)


@dataclass(frozen=True)
class Moved:
    """A ballot as it was read and the state it comes to; ``what`` and ``note`` go into its history, ``values`` change.

    What it says never stands there.
    """

    ballot: rows.Ballot
    state: str
    what: str
    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Happened:
    """A line of a ballot's history."""

    at: str
    actor: str
    what: str
    note: str


def add(work: UnitOfWork, estate_id: int, meeting: int, made: Iterable[rows.Ballot]) -> None:
    """In the commit, enter ballots that were printed for a meeting."""
    common = {"estate_id": estate_id, "meeting": meeting}
    columns = [one.name for one in fields(rows.Ballot) if one.name != "id"]
    work.insert(_TABLE, [{**common, **{name: getattr(one, name) for name in columns}} for one in made])


def move(work: UnitOfWork, moves: Sequence[Moved]) -> None:
    """In the commit, move ballots that are still as they were read.  Raises Conflict there when one is not."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in moves:
        values = {"state": one.state, **one.values}
        key = {"key": one.ballot.id, "was": one.ballot.state}
        alike.setdefault(tuple(values), []).append({**key, **{f"to_{name}": value for name, value in values.items()}})
    for names, given in alike.items():
        changed = sa.update(_TABLE).where(
            (_TABLE.c.id == sa.bindparam("key")) & (_TABLE.c.state == sa.bindparam("was"))
        )
        changed = changed.values({name: sa.bindparam(f"to_{name}") for name in names})
        work.later(_all_of(changed, given))
    note(work, [(one.ballot.id, one.what, one.note) for one in moves])


def _all_of(changed: sa.Update, values: list[dict[str, Any]]) -> Any:
    def write(connection: sa.Connection) -> None:
        if connection.execute(changed, values).rowcount != len(values):
            raise Conflict

    return write


def note(work: UnitOfWork, lines: Sequence[tuple[int, str, str]]) -> None:
    """In the commit, add to the history of ballots: id, what, note."""
    at = {"at": work.at, "actor": work.actor}
    work.insert(_HISTORY, [{"ballot_id": k, "what": w, "note": n, **at} for k, w, n in lines])


def enter(work: UnitOfWork, ballot: rows.Ballot, turn: int) -> None:
    """In the commit, note that the actor read a ballot; a second entry of the same turn or person is a Conflict."""
    work.execute(sa.insert(_ENTRY).values(ballot_id=ballot.id, turn=turn, at=work.at, actor=work.actor))


def settle(work: UnitOfWork, ballot: rows.Ballot) -> None:
    """In the commit, note that what a ballot says is settled; Conflict there where it was."""
    table = registers.ballot_return
    of = (table.c.ballot_id == ballot.id) & (table.c.settled == 0)
    work.exactly_one(sa.update(table).where(of).values(settled=1))


def returns(work: UnitOfWork, ballot: rows.Ballot) -> list[rows.BallotReturn]:
    """What came back for a ballot, the earliest first."""
    table = registers.ballot_return
    chosen = lookups.columns(table, rows.BallotReturn).where(table.c.ballot_id == ballot.id).order_by(table.c.no)
    return [lookups.row(rows.BallotReturn, one) for one in work.connection.execute(chosen)]


def entries(work: UnitOfWork, ballot_ids: Collection[int]) -> dict[int, list[rows.BallotEntry]]:
    """Who read these ballots, by ballot and turn."""
    return _entries(work, _ENTRY.c.ballot_id.in_(ballot_ids))


def _entries(work: UnitOfWork, of: sa.ColumnElement[bool]) -> dict[int, list[rows.BallotEntry]]:
    chosen = lookups.columns(_ENTRY, rows.BallotEntry).where(of)
    found: dict[int, list[rows.BallotEntry]] = {}
    for row in work.connection.execute(chosen.order_by(_ENTRY.c.ballot_id, _ENTRY.c.turn)):
        found.setdefault(row.ballot_id, []).append(lookups.row(rows.BallotEntry, row))
    return found


def entries_of(work: UnitOfWork, estate_id: int, meeting: int) -> dict[int, list[rows.BallotEntry]]:
    """Who read the ballots of a meeting, by ballot and turn."""
    of = (_TABLE.c.estate_id == estate_id) & (_TABLE.c.meeting == meeting)
    return _entries(work, _ENTRY.c.ballot_id.in_(sa.select(_TABLE.c.id).where(of)))


def printed(work: UnitOfWork, estate_id: int, meeting: int) -> bool:
    """Whether there are ballots of a meeting."""
    of = (_TABLE.c.estate_id == estate_id) & (_TABLE.c.meeting == meeting)
    return work.connection.execute(sa.select(_TABLE.c.id).where(of).limit(1)).first() is not None


def to_enter(work: UnitOfWork, estate_id: int, meeting: int) -> list[int]:
    """The serials that wait for the actor: back and not entered by two, nor by the actor."""
    mine = sa.exists().where((_ENTRY.c.ballot_id == _TABLE.c.id) & (_ENTRY.c.actor == work.actor))
    of = (_TABLE.c.estate_id == estate_id) & (_TABLE.c.meeting == meeting)
    waits = _TABLE.c.state.in_(ballot_life.UNENTERED) & ~mine
    return list(
        work.connection.execute(sa.select(_TABLE.c.serial).where(of & waits).order_by(_TABLE.c.serial)).scalars()
    )


def entered(work: UnitOfWork, estate_id: int, meeting: int) -> int:
    """How many ballots of a meeting the actor entered."""
    of = (_TABLE.c.estate_id == estate_id) & (_TABLE.c.meeting == meeting) & (_ENTRY.c.actor == work.actor)
    chosen = sa.select(sa.func.count()).select_from(_ENTRY.join(_TABLE, _TABLE.c.id == _ENTRY.c.ballot_id)).where(of)
    return int(work.connection.execute(chosen).scalar_one())


def amend(work: UnitOfWork, back: rows.BallotReturn, values: Mapping[str, Any]) -> None:
    """In the commit, put right who signed what came back; Conflict there when somebody did meanwhile."""
    table = registers.ballot_return
    of = (table.c.ballot_id == back.ballot_id) & (table.c.no == back.no)
    for name in values:
        was = getattr(back, name)
        of &= table.c[name].is_not_distinct_from(int(was) if isinstance(was, bool) else was)
    work.exactly_one(sa.update(table).where(of).values(**values))


def history(work: UnitOfWork, ballot_id: int) -> list[Happened]:
    """What happened to a ballot, the earliest first."""
    columns = (_HISTORY.c.at, _HISTORY.c.actor, _HISTORY.c.what, _HISTORY.c.note)
    chosen = sa.select(*columns).where(_HISTORY.c.ballot_id == ballot_id).order_by(_HISTORY.c.id)
    return [Happened(*row) for row in work.connection.execute(chosen)]


def noted(work: UnitOfWork, estate_id: int, meeting: int, what: str) -> dict[int, int]:
    """How often a word stands in the history of a ballot, as that another paper with its serial was turned away."""
    chosen = (
        sa.select(_HISTORY.c.ballot_id, sa.func.count())
        .join(_TABLE, _TABLE.c.id == _HISTORY.c.ballot_id)
        .where((_TABLE.c.estate_id == estate_id) & (_TABLE.c.meeting == meeting) & (_HISTORY.c.what == what))
        .group_by(_HISTORY.c.ballot_id)
    )
    return {row[0]: row[1] for row in work.connection.execute(chosen)}


def printed_for(work: UnitOfWork, token: str) -> int | None:
    """The estate whose ballots carry this token in their codes; None where it is that of no ballots."""
    document = tables.document
    of = (document.c.token == token) & (document.c.kind == "ballot")
    found: int | None = work.connection.execute(sa.select(document.c.estate_id).where(of)).scalar()
    return found


def template_of(work: UnitOfWork, estate_id: int) -> str | None:
    """The SHA-256 of the template by which a step printed the ballots of an estate last; None where none did."""
    document, version = tables.document, tables.document_version
    of = (document.c.estate_id == estate_id) & (document.c.kind == "ballot") & document.c.job_id.is_not(None)
    chosen = sa.select(version.c.template_sha256).join(document, document.c.id == version.c.document_id)
    newest = chosen.where(of & (version.c.version == 1)).order_by(document.c.id.desc()).limit(1)
    found: str | None = work.connection.execute(newest).scalar()
    return found


def by_serial(work: UnitOfWork, estate_id: int, serial: int) -> tuple[rows.Ballot, int] | None:
    """A ballot of an estate by its serial, of whatever meeting, and the number of that meeting."""
    row = _BY_SERIAL.run(work.connection, {"estate_id": estate_id, "serial": serial}).fetchone()
    return (lookups.row(rows.Ballot, row[:-1]), int(row[-1])) if row is not None else None


def listed(
    work: UnitOfWork, estate_id: int, meeting: int, states: Collection[str], page: int
) -> tuple[list[rows.Ballot], int]:
    """A page of the ballots of a meeting by serial, those in ``states`` or all of them; and how many there are."""
    of = (_TABLE.c.estate_id == estate_id) & (_TABLE.c.meeting == meeting)
    if states:
        of &= _TABLE.c.state.in_(states)
    total = work.connection.execute(sa.select(sa.func.count()).select_from(_TABLE).where(of)).scalar_one()
    chosen = lookups.columns(_TABLE, rows.Ballot).where(of).order_by(_TABLE.c.serial)
    found = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    return [lookups.row(rows.Ballot, row) for row in found], int(total)
