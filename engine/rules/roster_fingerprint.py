"""The check digits of a roster: what ballots, notices and counts name, so that each shows which roster it counts by."""

import hashlib
from collections.abc import Mapping

from engine.rules.roster import Roster, Unit

_DIGITS = 16


def digest(roster: Roster) -> str:
    """The SHA-256 of everything that decides who votes with how much, whatever the order of the units.

    It is of one line a unit, by number: its number, building, area in 0.01 m², use, status, source of the area, and of
    each owner name, last four of the identity number, and the first unit of the same person; anybody who holds the
    register of an archive can work it out again.
    """
    units = sorted(roster.units, key=lambda unit: unit.unit_no)
    first: dict[str, str] = {}
    for unit in units:
        for owner in unit.owners:
            first.setdefault(owner.key, unit.unit_no)
    return hashlib.sha256("\n".join(_line(unit, first) for unit in units).encode()).hexdigest()


def fingerprint(roster: Roster) -> str:
    """The check digits of a roster that is at hand."""
    return digits(digest(roster))


def digits(digest: str) -> str:
    """The last sixteen digits of a :func:`digest`, as papers print them."""
    return f"{int(digest, 16) % 10**_DIGITS:0{_DIGITS}d}"


def _line(unit: Unit, first: Mapping[str, str]) -> str:
    owners = (part for owner in unit.owners for part in (owner.name, owner.id_last4, first[owner.key]))
    return "\t".join((
        unit.unit_no, unit.building, str(unit.area), unit.usage, unit.status, unit.area_source, *owners
    ))  # fmt: skip
