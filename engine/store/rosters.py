"""Versions of the owners' register: units, the persons registered for them, which version was frozen for a vote."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from engine.rules import roster_fingerprint
from engine.rules.roster import Owner, Roster, Unit
from engine.store import registers
from engine.store.unit_of_work import UnitOfWork


def newest(work: UnitOfWork, estate_id: int) -> int:
    """The number of the newest version that was not undone, 0 before the first."""
    table = registers.roster_version
    stands = (table.c.estate_id == estate_id) & table.c.undone_at.is_(None)
    return int(work.connection.execute(sa.select(sa.func.max(table.c.version)).where(stands)).scalar() or 0)


def next_version(work: UnitOfWork, estate_id: int) -> int:
    """The number that the next version takes; one that was undone keeps its own."""
    table = registers.roster_version
    chosen = sa.select(sa.func.max(table.c.version)).where(table.c.estate_id == estate_id)
    return int(work.connection.execute(chosen).scalar() or 0) + 1


def version(work: UnitOfWork, estate_id: int, number: int) -> sa.Row[Any] | None:
    """What is kept about a version."""
    table = registers.roster_version
    chosen = sa.select(table).where((table.c.estate_id == estate_id) & (table.c.version == number))
    return work.connection.execute(chosen).first()


def undo(work: UnitOfWork, estate_id: int, number: int) -> None:
    """In the commit, take a version that no vote was frozen on back; Conflict there when one was meanwhile."""
    table = registers.roster_version
    free = (table.c.estate_id == estate_id) & (table.c.version == number)
    free &= table.c.frozen_on.is_(None) & table.c.undone_at.is_(None)
    work.exactly_one(sa.update(table).where(free).values(undone_at=work.at, undone_by=work.actor))


def frozen(work: UnitOfWork, estate_id: int, meeting: int) -> int:
    """The version that was frozen for a meeting, 0 when none was."""
    table = registers.meeting
    chosen = sa.select(table.c.roster).where((table.c.estate_id == estate_id) & (table.c.number == meeting))
    return int(work.connection.execute(chosen).scalar() or 0)


def stamp(work: UnitOfWork, estate_id: int, version: int) -> tuple[int, str, int, int]:
    """What tells a version from another, also from one of its number that was undone: number, moment, units, area."""
    unit, table = registers.unit, registers.roster_version
    of_version = (unit.c.estate_id == estate_id) & (unit.c.roster == version)
    counted = sa.select(sa.func.count(), sa.func.sum(unit.c.area)).where(of_version)
    units, area = work.connection.execute(counted).one()
    of = (table.c.estate_id == estate_id) & (table.c.version == version)
    at = work.connection.execute(sa.select(table.c.imported_at).where(of)).scalar()
    return version, at or "", int(units), int(area or 0)


def read(work: UnitOfWork, estate_id: int, version: int) -> Roster:
    """A version as it was imported; empty when there is none."""
    unit = registers.unit
    return Roster(tuple(_read(work, (unit.c.estate_id == estate_id) & (unit.c.roster == version))))


def unit(work: UnitOfWork, estate_id: int, version: int, unit_no: str) -> Unit | None:
    """One unit of a version, without reading the others."""
    table = registers.unit
    of = (table.c.estate_id == estate_id) & (table.c.roster == version) & (table.c.unit_no == unit_no)
    return next(iter(_read(work, of)), None)


def _read(work: UnitOfWork, which: sa.ColumnElement[bool]) -> Iterator[Unit]:
    unit, owner, person = registers.unit, registers.owner, registers.person
    registered = (
        sa.select(owner.c.unit_id, owner.c.name, person.c.key, person.c.id_last4, owner.c.phone)
        .join(person, person.c.id == owner.c.person_id)
        .join(unit, unit.c.id == owner.c.unit_id)
        .where(which)
        .order_by(owner.c.unit_id, owner.c.position)
    )
    owners: dict[int, list[Owner]] = {}
    for unit_id, name, key, last4, phone in work.connection.execute(registered):
        owners.setdefault(unit_id, []).append(Owner(name, key, last4, phone))
    for row in work.connection.execute(sa.select(unit).where(which).order_by(unit.c.id)):
        of = tuple(owners.get(row.id, ()))
        yield Unit(row.unit_no, row.building, row.area, row.usage, of, row.status, row.area_source)


def digest(work: UnitOfWork, estate_id: int, number: int) -> str:
    """What was worked out of a version when it came in; one from before that was kept is worked out now."""
    kept = version(work, estate_id, number)
    return (kept.sha256 if kept else None) or roster_fingerprint.digest(read(work, estate_id, number))


def keep(work: UnitOfWork, estate_id: int, version: int, roster: Roster, notice: str = "") -> None:
    """Keep a new version in the commit, collected under that version of the notice on personal data.

    A person known from an earlier version stays the same person.
    """
    imported = {"estate_id": estate_id, "version": version, "imported_at": work.at, "notice": notice}
    imported["sha256"] = roster_fingerprint.digest(roster)

    def write(connection: sa.Connection) -> None:
        connection.execute(sa.insert(registers.roster_version).values(**imported))
        units = _units(connection, estate_id, version, roster)
        persons = _persons(connection, estate_id, roster)
        registered = (
            {
                "unit_id": units[unit.unit_no],
                "position": position,
                "person_id": persons[one.key],
                "name": one.name,
                "phone": one.phone,
            }
            for unit in roster.units
            for position, one in enumerate(unit.owners)
        )
        _insert(connection, registers.owner, registered)

    work.later(write)


def freeze(work: UnitOfWork, estate_id: int, meeting: int, on: str) -> None:
    """Freeze the newest version for a meeting: what is imported later does not change who votes."""
    version = newest(work, estate_id)
    table, chosen = registers.roster_version, registers.meeting
    frozen_version = (table.c.estate_id == estate_id) & (table.c.version == version)
    work.execute(sa.update(table).where(frozen_version).values(frozen_on=on))
    of_meeting = (chosen.c.estate_id == estate_id) & (chosen.c.number == meeting)
    work.execute(sa.update(chosen).where(of_meeting).values(roster=version))


def _units(connection: sa.Connection, estate_id: int, version: int, roster: Roster) -> Mapping[str, int]:
    table = registers.unit
    values = (
        {
            "estate_id": estate_id,
            "roster": version,
            "unit_no": unit.unit_no,
            "building": unit.building,
            "area": unit.area,
            "usage": unit.usage,
            "status": unit.status,
            "area_source": unit.area_source,
        }
        for unit in roster.units
    )
    _insert(connection, table, values)
    of_version = (table.c.estate_id == estate_id) & (table.c.roster == version)
    made = connection.execute(sa.select(table.c.unit_no, table.c.id).where(of_version))
    return {row.unit_no: row.id for row in made}


def _persons(connection: sa.Connection, estate_id: int, roster: Roster) -> Mapping[str, int]:
    table = registers.person
    chosen = sa.select(table.c.key, table.c.id).where(table.c.estate_id == estate_id)
    known = {row.key for row in connection.execute(chosen)}
    listed = {owner.key: owner.id_last4 for unit in roster.units for owner in unit.owners}
    fresh = ({"estate_id": estate_id, "key": key, "id_last4": one} for key, one in listed.items() if key not in known)
    _insert(connection, table, fresh)
    return {row.key: row.id for row in connection.execute(chosen)}


def _insert(connection: sa.Connection, table: sa.Table, values: Iterable[Mapping[str, Any]]) -> None:
    """Insert so many rows at once that the statement costs little, and so few that a large roster fills no memory."""
    rows: Iterator[Mapping[str, Any]] = iter(values)
    while part := list(islice(rows, 5_000)):
        connection.execute(sa.insert(table), part)
