"""The grid of a building in a canvass 楼栋图: each floor a row, each door a cell with what was heard there last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.rules import doors
from engine.rules.doors import Result
from engine.use_cases.canvassing import Canvass

#: What one may look at: a word, and the results whose cells stay.
FILTERS: Mapping[str, str] = {
    "due": "今天要走",
    "none": "未访",
    "missed": "无人",
    "hesitant": "犹豫",
    "agreed": "约时间",
}


#: So many doors that a finger can touch lie side by side at 360 px.
_ON_A_PHONE = 6


@dataclass(frozen=True)
class Cell:
    """A door in the grid: ``look`` names what it shows in letters of a class, ``text`` what stands in it."""

    unit_no: str
    id: int
    look: str
    text: str


@dataclass(frozen=True)
class Building:
    """The doors of a building: floors from the top, each with its cells by column, None where there is no door."""

    name: str
    floors: Sequence[tuple[str, Sequence[Cell | None]]]
    columns: int

    @property
    def line(self) -> int:
        """How many doors stand side by side on a phone: what is wider is broken into lines of the same length."""
        return -(-self.columns // max(1, -(-self.columns // _ON_A_PHONE)))


_LOOKS = {
    Result.SUPPORT: "s", Result.HESITANT: "h", Result.AGAINST: "a",
    Result.NOBODY: "n", Result.CALL_BACK: "c", Result.REFUSED: "r",
}  # fmt: skip


def building(canvass: Canvass, name: str, show: str = "") -> Building:
    """The grid of a building; what a filter does not show is dim.  Doors without a floor stand last, in one row."""
    units, places = canvass.of_building(name), canvass.layout.places
    upright = [unit for unit in units if places[unit].floor is not None]
    flat = [unit for unit in units if places[unit].floor is None]
    sides = sorted({(doors.natural(places[unit].entrance), places[unit].room) for unit in upright})
    column = {side: number for number, side in enumerate(sides)}
    floors: dict[int, list[Cell | None]] = {}
    shown = _shown(canvass, units, show)
    for unit in upright:
        at = places[unit]
        row = floors.setdefault(at.floor or 0, [None] * len(sides))
        row[column[doors.natural(at.entrance), at.room]] = _cell(canvass, unit, shown)
    rows: list[tuple[str, Sequence[Cell | None]]] = [
        (str(floor), floors[floor]) for floor in sorted(floors, reverse=True)
    ]
    if flat:
        rows.append(("其他", [_cell(canvass, unit, shown) for unit in flat]))
    return Building(name, rows, len(sides))


def _shown(canvass: Canvass, units: Sequence[str], show: str) -> frozenset[str]:
    """The doors that a filter leaves bright."""
    stands = canvass.standing.doors
    wanted = canvass.wanted(units) if show == "due" else frozenset()
    of = {
        "due": lambda unit: unit in wanted,
        "none": lambda unit: stands[unit].last is None and unit not in canvass.layout.vacant,
        "missed": lambda unit: stands[unit].shows is Result.NOBODY,
        "hesitant": lambda unit: stands[unit].shows is Result.HESITANT,
        "agreed": lambda unit: bool(stands[unit].follow_up),
    }.get(show)
    return frozenset(unit for unit in units if of is None or of(unit))


def _cell(canvass: Canvass, unit: str, shown: frozenset[str]) -> Cell:
    door, label = canvass.standing.doors[unit], unit.rpartition("-")[2]
    dim = "" if unit in shown else " d"
    if not canvass.may_see(unit):
        return Cell(unit, canvass.layout.ids[unit], f"x{dim}", label)
    if unit in canvass.layout.vacant and door.shows is None:
        return Cell(unit, canvass.layout.ids[unit], f"v{dim}", f"{label} ／")
    look = _LOOKS[door.shows] if door.shows else "u"
    sign = doors.SIGNS[door.shows] if door.shows else ""
    tries = str(door.missed) if door.shows is Result.NOBODY else ""
    agreed = " f" if door.follow_up and not door.refused else ""
    return Cell(unit, canvass.layout.ids[unit], f"{look}{agreed}{dim}", f"{label} {sign}{tries}" if sign else label)
