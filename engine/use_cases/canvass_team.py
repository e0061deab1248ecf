"""Who leads a canvass 走访分工: results by building, what each canvasser did, doors given to people, promises kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import events
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import doors
from engine.rules.doors import Packet, Result
from engine.store import doors as kept
from engine.use_cases import canvassing, hands
from engine.use_cases.canvassing import Canvass

#: The columns of the matrix beside the results.
VACANT, UNVISITED = "空置未售", "未访"


@dataclass(frozen=True)
class Line:
    """A building: how many doors, how many show what, how many are settled, and whose they are."""

    building: str
    doors: int
    results: Mapping[str, int]
    settled: int
    lived_in: int
    holders: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Canvasser:
    """What somebody recorded in this round: doors, hours between the first and last call of each day, flagged ones."""

    name: str
    doors: int
    visits: int
    minutes: int
    given: int
    flags: Sequence[str]

    @property
    def hours(self) -> str:
        """Hours at the doors, cut off after one decimal; a dash where only one call is timed."""
        return f"{self.minutes * 10 // 60 / 10:.1f}" if self.minutes else "—"

    @property
    def pace(self) -> str:
        """Visits an hour, cut off after one decimal; a dash where no hours are known."""
        return f"{self.visits * 600 // self.minutes / 10:.1f}" if self.minutes else "—"


@dataclass(frozen=True)
class Team:
    """The canvass as whoever leads it sees it; lists of doors are (unit, id, words)."""

    lines: Sequence[Line]
    canvassers: Sequence[Canvasser]
    promises: Sequence[Any]
    call_backs: Sequence[tuple[str, int, str]]
    refused: Sequence[tuple[str, int, str]]
    people: Sequence[str]
    given: Mapping[str, int]
    packets: Sequence["Bundle"]


@dataclass(frozen=True)
class Bundle:
    """A packet on the page: what it is called, how many of its doors are settled, and whose they are."""

    packet: Packet
    settled: int
    lived_in: int
    holders: Sequence[tuple[str, int]]

    @property
    def title(self) -> str:
        """As people call it: 3 栋 2 单元, 1 栋 26–20 层."""
        one = self.packet
        words = [one.building if one.building[-1:] in "栋幢" else f"{one.building} 栋"]
        words += [f"{one.entrance} 单元"] if one.entrance else []
        if one.floors:
            low, high = one.floors
            words.append(f"{high}–{low} 层" if low != high else f"{high} 层")
        return " ".join(words)


def team(canvass: Canvass) -> Team:
    """The canvass for whoever leads it; without what single households said for who may not see it."""
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    lines = [_line(canvass, building) for building in canvass.layout.buildings]
    if not canvass.sees:
        return Team(lines, (), (), (), (), (), {}, ())
    stands, ids = canvass.standing.doors, canvass.layout.ids
    open_ones = [(unit, stands[unit]) for unit in canvass.layout.order]
    agreed = sorted((door.follow_up, unit) for unit, door in open_ones if door.follow_up and not door.refused)
    return Team(
        lines=lines,
        canvassers=_canvassers(canvass),
        promises=kept.promises(work, estate_id),
        call_backs=[(unit, ids[unit], on) for on, unit in agreed],
        refused=[
            (unit, ids[unit], door.last.visit.on.isoformat()) for unit, door in open_ones if door.refused and door.last
        ],
        people=people(canvass),
        given=Counter(one.person for one in canvass.standing.held.values() if one.person),
        packets=[_bundle(canvass, one) for one in doors.packets(canvass.layout.order, canvass.layout.places)],
    )


def _bundle(canvass: Canvass, packet: Packet) -> Bundle:
    holders = Counter(name for unit in packet.units if (name := canvass.holder(unit)))
    return Bundle(packet, *canvass.progress(packet.units), sorted(holders.items()))


def units_of(canvass: Canvass, keys: Sequence[str]) -> list[str]:
    """The doors of the packets with these keys.  Raises NotFound."""
    known = {one.key: one.units for one in doors.packets(canvass.layout.order, canvass.layout.places)}
    if unknown := [key for key in keys if key not in known]:
        raise NotFound(what=f"门户包“{unknown[0]}”")
    return [unit for key in keys for unit in known[key]]


def people(canvass: Canvass) -> list[str]:
    """To whom doors may be given: who could work for the lane that canvasses, and who canvasses already."""
    fit = [
        *hands.fit(canvass.dossier.work, canvass.dossier.estate_id, "网格员", own_role=False),
        *hands.fit(canvass.dossier.work, canvass.dossier.estate_id, "社区干部", own_role=True),
    ]
    return list(dict.fromkeys(fit))


def _line(canvass: Canvass, building: str) -> Line:
    units, vacant = canvass.of_building(building), canvass.layout.vacant
    counted: Counter[str] = Counter()
    for unit in units:
        door = canvass.standing.doors[unit]
        if door.shows is None:
            counted[VACANT if unit in vacant else UNVISITED] += 1
        else:
            counted[doors.WORDS[door.shows]] += 1
    settled, lived_in = canvass.progress(units)
    holders = Counter(name for unit in units if (name := canvass.holder(unit)))
    return Line(building, len(units), counted, settled, lived_in, sorted(holders.items()))


def _canvassers(canvass: Canvass) -> list[Canvasser]:
    found: dict[str, list[Any]] = {}
    for row in kept.hands_and_hours(canvass.dossier.work, canvass.dossier.estate_id, canvass.round):
        found.setdefault(row.actor or row.visitors or "整表登记", []).append(row)
    given = Counter(one.person for one in canvass.standing.held.values() if one.person)
    return [_canvasser(name, found.get(name, ()), given[name]) for name in sorted({*found, *given})]


def _canvasser(name: str, rows: Sequence[Any], given: int) -> Canvasser:
    days: dict[str, list[int]] = {}
    for row in rows:
        if row.time:
            days.setdefault(row.on, []).append(int(row.time[:2]) * 60 + int(row.time[3:]))
    minutes = sum(max(times) - min(times) for times in days.values())
    flags = list(dict.fromkeys(row.flag for row in rows if row.flag))
    return Canvasser(name, len({row.unit_no for row in rows}), len(rows), minutes, given, flags)


def give(canvass: Canvass, units: Sequence[str], person: str) -> int:
    """Give doors to somebody, or to nobody for an empty name; returns how many.

    Raises NotPermitted for whoever does not lead, InvalidAnswers.
    """
    _leading(canvass)
    if person and person not in people(canvass):
        raise InvalidAnswers([Problem("person", f"“{person}”不在可以走访的人里；请从名单中选择。")], "没有分派。")
    chosen = list(dict.fromkeys(units))
    unknown = [unit for unit in chosen if unit not in canvass.layout.ids or unit not in canvass.layout.places]
    if unknown:
        raise InvalidAnswers([Problem("units", f"清册中没有房号“{unknown[0]}”；请核对。")], "没有分派。")
    if not chosen:
        raise InvalidAnswers([Problem("units", "没有选门户；请选楼栋，或写房号。")], "没有分派。")
    kept.give(canvass.dossier.work, canvass.dossier.estate_id, chosen, person)
    canvass.dossier.work.append(canvass.dossier.estate_id, events.DoorsGiven(len(chosen)))
    return len(chosen)


def reopen(canvass: Canvass, unit_no: str, why: str) -> None:
    """Let a door that refused be called at again, for a reason.  Raises NotPermitted, InvalidAnswers, NotFound."""
    _leading(canvass)
    door = canvass.standing.doors.get(unit_no)
    if door is None:
        raise NotFound(what="这一户")
    if not door.refused:
        raise InvalidAnswers([Problem("why", "这一户没有拒访，不用重新开放。")], "没有改动。")
    if not 2 <= len(why.strip()) <= 200:
        raise InvalidAnswers([Problem("why", "请写明理由，2 到 200 个字，例如“业主来电约见”。")], "没有改动。")
    kept.reopen(canvass.dossier.work, canvass.dossier.estate_id, unit_no, why.strip())
    canvass.dossier.work.append(canvass.dossier.estate_id, events.DoorReopened(why.strip()))


def _leading(canvass: Canvass) -> None:
    canvassing.permitted(canvass)
    if not canvass.leads:
        raise NotPermitted(lane="或".join(canvassing.LEADING))


#: The columns of the matrix, in order.
COLUMNS = (*(doors.WORDS[one] for one in Result), UNVISITED, VACANT)
