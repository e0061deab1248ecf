"""Doors of a canvass: the calls at each, whose they are, and visits one by one, corrected from what was read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa

from engine.rules import canvass
from engine.rules.canvass import Attitude
from engine.rules.doors import Call
from engine.rules.roster import Owner, Roster, Unit
from engine.store import registers, tables
from engine.store.statements import Statement
from engine.store.unit_of_work import UnitOfWork

VISIT = registers.visit
_VISIT, _DOOR, _PROMISE, _HISTORY = VISIT, registers.canvass_door, registers.promise, registers.visit_history
_OF: sa.BindParameter[int] = sa.bindparam("estate_id")
_UNIT: sa.BindParameter[str] = sa.bindparam("unit_no")
_COLUMNS = tuple(
    _VISIT.c[name]
    for name in ("unit_no", "attitude", "on", "round", "concerns", "time", "follow_up", "refused", "at", "id")
)
_CALLS = Statement(sa.select(*_COLUMNS).where(_VISIT.c.estate_id == _OF).order_by(_VISIT.c.id))
_CALLS_AT = Statement(
    sa.select(*_COLUMNS).where((_VISIT.c.estate_id == _OF) & (_VISIT.c.unit_no == _UNIT)).order_by(_VISIT.c.id)
)


@dataclass(frozen=True)
class Held:
    """Whose a door is, empty for nobody's; and when and why it was opened again after a refusal."""

    person: str = ""
    reopened_at: str = ""
    reopened_why: str = ""


@dataclass(frozen=True)
class Kept:
    """A visit as it is kept, with the promise that was made; ``id`` 0 stands for none."""

    id: int
    unit_no: str
    key: str
    revision: int
    on: str
    time: str
    round: int
    attitude: str
    refused: bool
    concerns: str
    note: str
    visitors: str
    follow_up: str
    actor: str
    at: str
    flag: str

    def said(self) -> dict[str, Any]:
        """What it says, for whoever compares it with another."""
        names = ("on", "time", "attitude", "refused", "concerns", "note", "visitors", "follow_up", "actor")
        return {name: getattr(self, name) for name in names}


def calls(work: UnitOfWork, estate_id: int) -> dict[str, list[Call]]:
    """Every call of an estate by unit, in the order in which they were recorded."""
    found: dict[str, list[Call]] = {}
    for row in _CALLS.run(work.connection, {"estate_id": estate_id}):
        found.setdefault(row[0], []).append(_call(row))
    return found


def calls_at(work: UnitOfWork, estate_id: int, unit_no: str) -> list[Call]:
    """The calls at one door."""
    return [_call(row) for row in _CALLS_AT.run(work.connection, {"estate_id": estate_id, "unit_no": unit_no})]


_KNOWN = {attitude.value: attitude for attitude in Attitude}


def _call(row: Any) -> Call:
    unit_no, attitude, on, round, concerns, time, follow_up, refused, at, _ = row
    visit = canvass.Visit(
        unit_no,
        _KNOWN[attitude] if attitude else None,
        date.fromisoformat(on),
        round,
        tuple(concerns.split()),
        time or "",
    )
    return Call(visit, follow_up or "", bool(refused), at or "")


def held(work: UnitOfWork, estate_id: int) -> dict[str, Held]:
    """Whose the doors of an estate are."""
    columns = (_DOOR.c.unit_no, _DOOR.c.person, _DOOR.c.reopened_at, _DOOR.c.reopened_why)
    found = work.connection.execute(sa.select(*columns).where(_DOOR.c.estate_id == estate_id))
    return {row[0]: Held(*row[1:]) for row in found}


def held_by(work: UnitOfWork, estate_id: int, unit_no: str) -> Held:
    """Whose one door is."""
    columns = (_DOOR.c.person, _DOOR.c.reopened_at, _DOOR.c.reopened_why)
    of = (_DOOR.c.estate_id == estate_id) & (_DOOR.c.unit_no == unit_no)
    row = work.connection.execute(sa.select(*columns).where(of)).first()
    return Held(*row) if row else Held()


def holds_any(work: UnitOfWork, estate_id: int, person: str) -> bool:
    """Whether some door of the estate is this person's."""
    of = (_DOOR.c.estate_id == estate_id) & (_DOOR.c.person == person)
    return work.connection.execute(sa.select(_DOOR.c.unit_no).where(of).limit(1)).first() is not None


def give(work: UnitOfWork, estate_id: int, units: Collection[str], person: str) -> None:
    """In the commit, make doors somebody's, or nobody's for an empty name; whether one is open again stays."""
    of = (_DOOR.c.estate_id == estate_id) & _DOOR.c.unit_no.in_(units)
    values = {"person": person, "given_at": work.at, "given_by": work.actor}

    def write(connection: sa.Connection) -> None:
        known = set(connection.execute(sa.select(_DOOR.c.unit_no).where(of)).scalars())
        connection.execute(sa.update(_DOOR).where(of).values(**values))
        fresh = [{"estate_id": estate_id, "unit_no": unit, **values} for unit in units if unit not in known]
        if fresh:
            connection.execute(sa.insert(_DOOR), fresh)

    work.later(write)


def reopen(work: UnitOfWork, estate_id: int, unit_no: str, why: str) -> None:
    """In the commit, let a door that refused be called at again."""
    give(work, estate_id, [unit_no], held_by(work, estate_id, unit_no).person)
    of = (_DOOR.c.estate_id == estate_id) & (_DOOR.c.unit_no == unit_no)
    work.exactly_one(sa.update(_DOOR).where(of).values(reopened_at=work.at, reopened_why=why))


# visits one by one

_KEPT = tuple(_VISIT.c[name] for name in Kept.__dataclass_fields__)


def visits_at(work: UnitOfWork, estate_id: int, unit_no: str) -> list[Kept]:
    """The visits at one door as they are kept, the latest first."""
    of = (_VISIT.c.estate_id == estate_id) & (_VISIT.c.unit_no == unit_no)
    chosen = sa.select(*_KEPT).where(of).order_by(_VISIT.c.on.desc(), _VISIT.c.id.desc())
    return [_kept(row) for row in work.connection.execute(chosen)]


def visit(work: UnitOfWork, estate_id: int, key: str) -> Kept | None:
    """The visit that a phone called ``key``."""
    chosen = sa.select(*_KEPT).where((_VISIT.c.estate_id == estate_id) & (_VISIT.c.key == key))
    row = work.connection.execute(chosen).first()
    return _kept(row) if row else None


def _kept(row: Any) -> Kept:
    values: list[Any] = ["" if value is None else value for value in row]
    values[8] = bool(values[8])
    return Kept(*values)


def add(work: UnitOfWork, estate_id: int, values: Mapping[str, Any], promise: Mapping[str, Any] | None) -> None:
    """In the commit, keep a visit and what was promised."""
    work.insert(_VISIT, [{"estate_id": estate_id, "actor": work.actor, "at": work.at, **values}])
    _promised(work, estate_id, values, promise)


def change(
    work: UnitOfWork, estate_id: int, before: Kept, values: Mapping[str, Any], promise: Mapping[str, Any] | None
) -> None:
    """In the commit, correct a visit that is still as it was read; what it said is kept.  Raises Conflict there."""
    keep(work, estate_id, "CHANGED", before.key, before.revision, before.said())
    of = (_VISIT.c.id == before.id) & (_VISIT.c.revision == before.revision)
    work.exactly_one(sa.update(_VISIT).where(of).values(**values, revision=before.revision + 1))
    work.execute(sa.delete(_PROMISE).where((_PROMISE.c.estate_id == estate_id) & (_PROMISE.c.visit_key == before.key)))
    _promised(work, estate_id, {**values, "key": before.key, "unit_no": before.unit_no}, promise)


def withdraw(work: UnitOfWork, estate_id: int, before: Kept) -> None:
    """In the commit, take back a visit that is still as it was read; what it said is kept.  Raises Conflict there."""
    keep(work, estate_id, "WITHDRAWN", before.key, before.revision, before.said())
    work.execute(sa.delete(_PROMISE).where((_PROMISE.c.estate_id == estate_id) & (_PROMISE.c.visit_key == before.key)))
    of = (_VISIT.c.id == before.id) & (_VISIT.c.revision == before.revision)
    work.execute(sa.delete(_VISIT).where(of))


def keep(work: UnitOfWork, estate_id: int, what: str, key: str, revision: int, said: Mapping[str, Any]) -> None:
    """In the commit, keep what a visit said: before it was CHANGED or WITHDRAWN, or on a second phone as a CONFLICT."""
    row = {"estate_id": estate_id, "key": key, "what": what, "revision": revision, "at": work.at, "actor": work.actor}
    work.insert(_HISTORY, [{**row, "said": orjson.dumps(dict(said))}])


def history(work: UnitOfWork, estate_id: int, key: str) -> list[dict[str, Any]]:
    """What a visit said before, the earliest first: ``what, revision, at, actor`` and what it said."""
    columns = (_HISTORY.c.what, _HISTORY.c.revision, _HISTORY.c.at, _HISTORY.c.actor, _HISTORY.c.said)
    of = (_HISTORY.c.estate_id == estate_id) & (_HISTORY.c.key == key)
    found = work.connection.execute(sa.select(*columns).where(of).order_by(_HISTORY.c.id))
    return [
        {"what": row.what, "revision": row.revision, "at": row.at, "by": row.actor, **orjson.loads(row.said)}
        for row in found
    ]


def _promised(work: UnitOfWork, estate_id: int, values: Mapping[str, Any], promise: Mapping[str, Any] | None) -> None:
    if promise:
        row = {"estate_id": estate_id, "unit_no": values["unit_no"], "on": values["on"], "promised_by": work.actor}
        work.insert(_PROMISE, [{**row, "visit_key": values["key"], **promise}])


def promises(work: UnitOfWork, estate_id: int, unit_no: str = "") -> list[sa.Row[Any]]:
    """What was promised, of one door or of all, the soonest due first."""
    of = _PROMISE.c.estate_id == estate_id
    if unit_no:
        of &= _PROMISE.c.unit_no == unit_no
    order = (_PROMISE.c.due.is_(None), _PROMISE.c.due, _PROMISE.c.id)
    return list(work.connection.execute(sa.select(_PROMISE).where(of).order_by(*order)))


def hands_and_hours(work: UnitOfWork, estate_id: int, round: int) -> list[sa.Row[Any]]:
    """Each recorded visit of a round: by whom, on which day, at what time, and what is flagged of it."""
    columns = (_VISIT.c.actor, _VISIT.c.visitors, _VISIT.c.on, _VISIT.c.time, _VISIT.c.unit_no, _VISIT.c.flag)
    of = (_VISIT.c.estate_id == estate_id) & (_VISIT.c.round == round)
    return list(work.connection.execute(sa.select(*columns).where(of).order_by(_VISIT.c.id)))


# photos taken at visits


@dataclass(frozen=True)
class DoorPhoto:
    """A photo of a visit, with the copies that others see."""

    id: int
    unit_no: str
    visit_key: str
    sha256: str
    screen: str
    small: str
    actor: str


_PHOTO = registers.visit_photo
_SHOWN = tuple(_PHOTO.c[name] for name in DoorPhoto.__dataclass_fields__)


def photos(work: UnitOfWork, estate_id: int, visit_key: str) -> list[DoorPhoto]:
    """The photos of a visit, the earliest first."""
    of = (_PHOTO.c.estate_id == estate_id) & (_PHOTO.c.visit_key == visit_key)
    return [DoorPhoto(*row) for row in work.connection.execute(sa.select(*_SHOWN).where(of).order_by(_PHOTO.c.id))]


def photos_at(work: UnitOfWork, estate_id: int, unit_no: str) -> dict[str, list[DoorPhoto]]:
    """The photos taken at one door, by the name of their visit."""
    of = (_PHOTO.c.estate_id == estate_id) & (_PHOTO.c.unit_no == unit_no)
    found: dict[str, list[DoorPhoto]] = {}
    for row in work.connection.execute(sa.select(*_SHOWN).where(of).order_by(_PHOTO.c.id)):
        found.setdefault(row.visit_key, []).append(DoorPhoto(*row))
    return found


def photo(work: UnitOfWork, estate_id: int, unit_no: str, photo_id: int) -> DoorPhoto | None:
    """One photo taken at that door."""
    of = (_PHOTO.c.estate_id == estate_id) & (_PHOTO.c.unit_no == unit_no) & (_PHOTO.c.id == photo_id)
    row = work.connection.execute(sa.select(*_SHOWN).where(of)).first()
    return DoorPhoto(*row) if row else None


def photo_by_key(work: UnitOfWork, estate_id: int, key: str) -> DoorPhoto | None:
    """The photo that a phone called ``key``."""
    of = (_PHOTO.c.estate_id == estate_id) & (_PHOTO.c.key == key)
    row = work.connection.execute(sa.select(*_SHOWN).where(of)).first()
    return DoorPhoto(*row) if row else None


def add_photo(work: UnitOfWork, estate_id: int, values: Mapping[str, Any]) -> None:
    """In the commit, keep a photo of a visit."""
    work.insert(_PHOTO, [{"estate_id": estate_id, "at": work.at, "actor": work.actor, **values}])


def move_figure(connection: sa.Connection, estate_id: int, part: int, whole: int) -> None:
    """Move the figure of an estate's card where it tells of the canvass."""
    table = tables.estate
    if part or whole:
        moved = sa.update(table).where((table.c.id == estate_id) & (table.c.figure_of == "consent"))
        values = {"figure_part": table.c.figure_part + part, "figure_whole": table.c.figure_whole + whole}
        connection.execute(moved.values(**values))


# units


def unit_by_id(work: UnitOfWork, estate_id: int, version: int, unit_id: int) -> str | None:
    """The number of a unit of a version of the roster."""
    table = registers.unit
    of = (table.c.estate_id == estate_id) & (table.c.roster == version) & (table.c.id == unit_id)
    found: str | None = work.connection.execute(sa.select(table.c.unit_no).where(of)).scalar()
    return found


def ids(work: UnitOfWork, estate_id: int, version: int) -> dict[str, int]:
    """The ids of the units of a version of the roster."""
    table = registers.unit
    of = (table.c.estate_id == estate_id) & (table.c.roster == version)
    return {row[0]: row[1] for row in work.connection.execute(sa.select(table.c.unit_no, table.c.id).where(of))}


def first_owners(work: UnitOfWork, estate_id: int, version: int) -> dict[str, str]:
    """The name of the first owner of each unit of a version of the roster."""
    table, owner = registers.unit, registers.owner
    of = (table.c.estate_id == estate_id) & (table.c.roster == version) & (owner.c.position == 0)
    chosen = sa.select(table.c.unit_no, owner.c.name).join(owner, owner.c.unit_id == table.c.id).where(of)
    return {row[0]: row[1] for row in work.connection.execute(chosen)}


def unit(work: UnitOfWork, estate_id: int, version: int, unit_no: str, *, owners: bool) -> Roster:
    """One unit of a version of the roster as a roster of its own, with its owners or without; empty if unknown."""
    table, owner = registers.unit, registers.owner
    of = (table.c.estate_id == estate_id) & (table.c.roster == version) & (table.c.unit_no == unit_no)
    row = work.connection.execute(sa.select(table).where(of)).first()
    if row is None:
        return Roster(())
    chosen = sa.select(owner.c.name, owner.c.phone).where(owner.c.unit_id == row.id).order_by(owner.c.position)
    found = work.connection.execute(chosen).all() if owners else []
    theirs = tuple(Owner(one.name, f"unit:{row.id}", "", one.phone) for one in found)
    return Roster((Unit(row.unit_no, row.building, row.area, row.usage, theirs, row.status, row.area_source),))
