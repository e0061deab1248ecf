"""What a new version of the roster changes, and which rule made persons of its owners (law §3.2)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from engine.rules import roster
from engine.rules.roster import Policies, Roster, Unit


@dataclass(frozen=True)
class Change:
    """A unit before and after, ``None`` where it is not; ``what`` says in words which of its columns differ."""

    unit_no: str
    what: str
    before: Unit | None
    after: Unit | None


@dataclass(frozen=True)
class Merged:
    """Units that count as one person, or could: by which rule, whose they are (masked), and their area in 0.01 m².

    ``name`` is the name that is still to be decided on, in full, where ``rule`` is ``equal_names``.
    """

    rule: str
    who: str
    units: tuple[str, ...]
    area: int
    name: str = ""


def changes(before: Roster, after: Roster) -> list[Change]:
    """Every unit that is new, gone or different, in the order of the new version, the gone at the end."""
    old = {unit.unit_no: unit for unit in before.units}
    new = {unit.unit_no for unit in after.units}
    found = []
    for unit in after.units:
        earlier = old.get(unit.unit_no)
        if earlier is None:
            found.append(Change(unit.unit_no, "新增", None, unit))
        elif earlier != unit and (what := "、".join(_differing(earlier, unit))):
            found.append(Change(unit.unit_no, what, earlier, unit))
    return [*found, *(Change(unit.unit_no, "减少", unit, None) for unit in before.units if unit.unit_no not in new)]


def _differing(before: Unit, after: Unit) -> list[str]:
    keys = [[(one.name, one.key) for one in unit.owners] for unit in (before, after)]
    phones = [[one.phone for one in unit.owners] for unit in (before, after)]
    pairs = {
        "面积": (before.area, after.area), "面积来源": (before.area_source, after.area_source),
        "业主": (keys[0], keys[1]), "用途": (before.usage, after.usage), "销售状态": (before.status, after.status),
        "楼栋": (before.building, after.building), "电话": (phones[0], phones[1]),
    }  # fmt: skip
    return [title for title, (one, other) in pairs.items() if one != other]


def merging(read: Roster, policies: Policies, undecided: bool = True) -> list[Merged]:
    """Which units count together, by rule: the developer's, one owner's several, names nobody has told apart yet.

    Rules by the numbers of law §3.2; equal names without identity number are proposed, never merged by themselves
    (decisions 15).
    """
    electorate = roster.assemble(read, policies)
    many = Counter(electorate.person_of.values())
    of_person: dict[str, list[Unit]] = defaultdict(list)
    for unit_no, person in electorate.person_of.items():
        if many[person] > 1 or person == roster.DEVELOPER:
            of_person[person].append(electorate.units[unit_no])
    found = [
        _merged("developer" if person == roster.DEVELOPER else "same_owners", units)
        for person, units in of_person.items()
    ]
    return [*found, *(_undecided(read) if undecided else ())]


def co_owned(read: Roster) -> list[Unit]:
    """Units with more than one owner: one person with one designated voter (law §3.2 no. 2, 解释 25)."""
    return [unit for unit in read.units if len(unit.owners) > 1]


def _merged(rule: str, units: list[Unit], name: str = "") -> Merged:
    who = "开发建设单位" if rule == "developer" else roster.masked(name) if name else units[0].names
    return Merged(rule, who, tuple(unit.unit_no for unit in units), sum(unit.area for unit in units), name)


def _undecided(read: Roster) -> list[Merged]:
    """Units of owners of one name of which some have no number."""
    sold = [unit for unit in read.units if not unit.developers]
    unsure = {one.name for unit in sold for one in unit.owners if not one.identified and one.key != f"name:{one.name}"}
    by_name: dict[str, dict[str, Unit]] = defaultdict(dict)
    for unit in sold if unsure else ():
        for one in unit.owners:
            if one.name in unsure:
                by_name[one.name][unit.unit_no] = unit
    return [_merged("equal_names", list(units.values()), name) for name, units in by_name.items() if len(units) > 1]


def totals(read: Roster, policies: Policies) -> Mapping[str, int]:
    """Units listed, units that count, their area in 0.01 m² and the persons, and the area of everything listed."""
    electorate = roster.assemble(read, policies)
    return {
        "units": len(read.units), "counted": len(electorate.units), "area": electorate.area,
        "persons": electorate.persons, "listed_area": sum(unit.area for unit in read.units),
    }  # fmt: skip
