"""The check digits of a roster: what ballots, notices and counts name, so that each shows which roster it counts by."""

import hashlib

from engine.rules.roster import Roster, Unit

_DIGITS = 16


def fingerprint(roster: Roster) -> str:
    """Sixteen digits of everything that decides who votes with how much, whatever the order of the units.

    They are the last of the SHA-256 of one line a unit, by number: its number, building, area in 0.01 m², use, status,
    source of the area, and of each owner name and last four of the identity number; anybody who holds the register of
    an archive can work them out again.
    """
    lines = "\n".join(sorted(_line(unit) for unit in roster.units))
    number = int.from_bytes(hashlib.sha256(lines.encode()).digest()) % 10**_DIGITS
    return f"{number:0{_DIGITS}d}"


def _line(unit: Unit) -> str:
    owners = (f"{owner.name}\t{owner.id_last4}" for owner in unit.owners)
    return "\t".join((
        unit.unit_no, unit.building, str(unit.area), unit.usage, unit.status, unit.area_source, *owners
    ))  # fmt: skip
