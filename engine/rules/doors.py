"""The doors of a canvass: where each lies in its building, what was heard there last, and which comes next (manual S5).

A door that refused is not called at again (网络数据安全管理条例 22, PI-26); what a unit counts for is said by
:mod:`engine.rules.canvass` alone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.rules.canvass import IN_FAVOUR, Attitude, Visit


class Result(StrEnum):
    """What a call at a door came to, as whoever stands there says it."""

    SUPPORT = "SUPPORT"
    HESITANT = "HESITANT"
    AGAINST = "AGAINST"
    NOBODY = "NOBODY"
    CALL_BACK = "CALL_BACK"
    REFUSED = "REFUSED"


WORDS: Mapping[str, str] = {
    Result.SUPPORT: "支持", Result.HESITANT: "犹豫", Result.AGAINST: "反对",
    Result.NOBODY: "无人", Result.CALL_BACK: "约时间", Result.REFUSED: "拒访",
}  # fmt: skip
#: What stands in a cell beside the room, as colour alone tells nobody anything (screens §5.0).
SIGNS: Mapping[str, str] = {
    Result.SUPPORT: "✓", Result.HESITANT: "?", Result.AGAINST: "✕",
    Result.NOBODY: "○", Result.CALL_BACK: "◷", Result.REFUSED: "⊘",
}  # fmt: skip
_ATTITUDES: Mapping[Result, Attitude | None] = {
    Result.SUPPORT: Attitude.SUPPORT,
    Result.HESITANT: Attitude.NEUTRAL,
    Result.AGAINST: Attitude.OPPOSE,
    Result.NOBODY: Attitude.NOT_MET,
    Result.CALL_BACK: None,
    Result.REFUSED: None,
}
_FIRM = {Result.SUPPORT: Attitude.STRONG_SUPPORT, Result.AGAINST: Attitude.STRONG_OPPOSE}
_ROOM = re.compile(r"(\d{1,3})(\d{2}[A-Za-z]?)")
_PARTS = re.compile(r"[^0-9A-Za-z]+")


def attitude_of(result: Result, *, firm: bool = False) -> Attitude | None:
    """What is kept for a result: None where somebody was met who gave no answer; ``firm`` makes 支持 or 反对 strong."""
    return _FIRM.get(result, _ATTITUDES[result]) if firm else _ATTITUDES[result]


@dataclass(frozen=True)
class Call:
    """A visit as a door remembers it: the day of the next one if agreed, whether more were refused, when recorded."""

    visit: Visit
    follow_up: str = ""
    refused: bool = False
    recorded: str = ""

    @property
    def result(self) -> Result:
        """What it came to."""
        if self.refused:
            return Result.REFUSED
        attitude = self.visit.attitude
        if attitude in (None, Attitude.NOT_MET):
            return Result.CALL_BACK if attitude is None else Result.NOBODY
        if attitude in IN_FAVOUR:
            return Result.SUPPORT
        return Result.HESITANT if attitude is Attitude.NEUTRAL else Result.AGAINST

    @property
    def answered(self) -> bool:
        """Whether somebody said what they think."""
        return self.visit.attitude not in (None, Attitude.NOT_MET)


@dataclass(frozen=True)
class Door:
    """A door after its calls: ``shows`` what its cell shows, None before the first.

    ``missed`` counts calls at which nobody opened, ``follow_up`` is the day agreed at the last call, ``last``
    that call; ``answer`` the latest that was given; ``refused`` stands until a lead opens the door again.
    """

    shows: Result | None = None
    missed: int = 0
    calls: int = 0
    follow_up: str = ""
    refused: bool = False
    last: Call | None = None
    answer: Call | None = None

    def settled(self, round: int) -> bool:
        """Whether nothing is left to ask here in this round: it refused, answered in it, or supported before it."""
        if self.refused:
            return True
        if self.follow_up or self.last is None:
            return False
        return self.shows is Result.SUPPORT or (
            self.shows in (Result.HESITANT, Result.AGAINST) and self.last.answered and self.last.visit.round >= round
        )

    def due(self, today: date, round: int) -> bool:
        """Whether somebody should knock today: not settled, not missed today already, and no later day agreed."""
        if self.settled(round):
            return False
        if self.follow_up:
            return self.follow_up <= today.isoformat()
        return self.last is None or self.last.visit.on != today or self.last.visit.round < round


def door(calls: Iterable[Call], reopened: str = "") -> Door:
    """What a door shows after ``calls`` in the order in which they were recorded; ``reopened`` is the moment of a lead.

    An answer stands until another one; a call that met nobody takes none away (as :func:`canvass.coverage`).
    """
    answer: Call | None = None
    last: Call | None = None
    refused, missed, number = False, 0, 0
    for call in calls:
        number += 1
        missed += call.visit.attitude is Attitude.NOT_MET
        if call.answered and (answer is None or call.visit.replaces(answer.visit)):
            answer = call
        if last is None or call.visit.replaces(last.visit):
            last = call
        refused = refused or (call.refused and call.recorded > reopened)
    if last is None:
        return Door()
    shows = answer.result if answer else Result.CALL_BACK if last.refused and not refused else last.result
    return Door(Result.REFUSED if refused else shows, missed, number, last.follow_up, refused, last, answer)


def stands(calls: Iterable[Call]) -> tuple[bool, bool]:
    """Whether a unit supports, and whether it has answered at all: what it adds to the figure of its estate."""
    answer = door(calls).answer
    return answer is not None and answer.visit.attitude in IN_FAVOUR, answer is not None


# where a door is


@dataclass(frozen=True, order=True)
class Place:
    """Where a unit lies; ``floor`` is None where its number does not say, as of a shop or a parking space."""

    building: str
    entrance: str
    floor: int | None
    room: str


def place(unit_no: str, building: str) -> Place:
    """Where a unit lies by its number: of 3-2-1204 in building 3 the entrance 2, floor 12, room 04."""
    parts = [part for part in _PARTS.split(unit_no) if part]
    room = parts[-1] if parts else unit_no
    before = parts[:-1]
    if before and _PARTS.sub("", building).lstrip("0") in ("", before[0].lstrip("0")):
        before = before[1:]
    read = _ROOM.fullmatch(room)
    floor = int(read[1]) if read else None
    # a room without a floor keeps its whole number
    return Place(building, "-".join(before), floor or None, read[2] if read and floor else room)


def walk(places: Mapping[str, Place]) -> list[str]:
    """Units as they are walked: building by building, entrance by entrance, from the top floor down, room by room."""

    def key(unit_no: str) -> tuple[object, ...]:
        at = places[unit_no]
        return natural(at.building), natural(at.entrance), -(at.floor or 0), at.room, unit_no

    return sorted(places, key=key)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which 2 comes before 10."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def next_door(order: Sequence[str], here: str, wanted: frozenset[str]) -> str | None:
    """The next unit of ``order`` after ``here`` that is wanted, from the beginning again at its end; never ``here``."""
    if not wanted - {here}:
        return None
    start = order.index(here) + 1 if here in order else 0
    return next((unit for unit in (*order[start:], *order[:start]) if unit in wanted and unit != here), None)


def by_need(doors: Mapping[str, Door], order: Sequence[str], today: date) -> list[str]:
    """The doors of ``order`` as they are best called at where some are still needed: the easiest to reach first.

    Who agreed on a day that has come is there; a door at which nobody opened is harder each time.  What somebody thinks
    never enters, as little as in :mod:`engine.rules.still_needed`.
    """

    def reach(unit: str) -> tuple[int, str]:
        door = doors[unit]
        agreed = bool(door.follow_up) and door.follow_up <= today.isoformat()
        return (0, door.follow_up) if agreed else (1 + door.missed, "")

    return sorted(order, key=reach)


# packets


@dataclass(frozen=True)
class Packet:
    """Doors that are given to somebody together: an entrance, or so many floors of a large one, from the top down."""

    building: str
    entrance: str
    floors: tuple[int, int] | None
    units: tuple[str, ...]

    @property
    def key(self) -> str:
        """By what it is known on a page: its first door."""
        return self.units[0]


#: Somebody calls at about so many doors in two evenings.
PACKET = 40


def packets(order: Sequence[str], places: Mapping[str, Place], most: int = PACKET) -> list[Packet]:
    """The doors of ``order`` in packets of at most ``most``, unless one floor alone has more; every door in one."""
    entrances: dict[tuple[str, str], dict[int, list[str]]] = {}
    for unit in order:
        at = places[unit]
        entrances.setdefault((at.building, at.entrance), {}).setdefault(at.floor or 0, []).append(unit)
    return [
        _packet(building, entrance, floors, len(parts) > 1)
        for (building, entrance), of in entrances.items()
        for parts in [_parts(of, most)]
        for floors in parts
    ]


def _parts(floors: Mapping[int, list[str]], most: int) -> list[dict[int, list[str]]]:
    """Floors in parts of about the same size, none larger than ``most`` unless one floor is."""
    total = sum(map(len, floors.values()))
    size = -(-total // -(-total // most))
    parts: list[dict[int, list[str]]] = [{}]
    for floor, units in floors.items():
        if parts[-1] and sum(map(len, parts[-1].values())) + len(units) > size:
            parts.append({})
        parts[-1][floor] = units
    return parts


def _packet(building: str, entrance: str, floors: Mapping[int, list[str]], named: bool) -> Packet:
    known = [floor for floor in floors if floor]
    span = (min(known), max(known)) if named and known else None
    return Packet(building, entrance, span, tuple(unit for units in floors.values() for unit in units))
