"""The owners' roster: units, whose they are, and how many persons and how much area that makes (law §3.1, §3.2)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.errors import InvalidAnswers, Problem

#: The columns that are read, by the headings people use.
COLUMNS = {
    "unit_no": ("unit_no", "房号", "房屋编号"),
    "building": ("building", "楼栋", "幢号"),
    "area": ("area", "建筑面积", "面积"),
    "usage": ("usage", "用途"),
    "owners": ("owners", "产权人", "业主姓名", "姓名"),
    "owner_ids": ("owner_ids", "证件号", "身份证号", "统一社会信用代码"),
    "phone": ("phone", "电话", "联系电话"),
    "status": ("status", "销售状态"),
}
STATUSES = {"": "DELIVERED", "已交付": "DELIVERED", "未售": "UNSOLD", "已售未交付": "SOLD_UNDELIVERED"}
#: What is never counted (law §3.2 no. 7, 8); parking only where the rules of the assembly include it.
NOT_COUNTED = frozenset({"物业用房", "社区用房", "市政设施", "人防"})
PARKING = frozenset({"车位", "车库", "储藏室"})
_AREA = re.compile(r"\d{1,9}(\.\d{1,2})?")
DEVELOPER = "DEVELOPER"


@dataclass(frozen=True)
class Owner:
    """A registered owner; ``key`` tells one from another and need not be the identity number itself."""

    name: str
    key: str
    id_last4: str = ""
    phone: str = ""

    @property
    def masked(self) -> str:
        """The name as public lists show it: the surname and two stars (decisions 38)."""
        return masked(self.name)


@dataclass(frozen=True)
class Unit:
    """One exclusive part; ``area`` in 0.01 m²; ``status`` DELIVERED, UNSOLD or SOLD_UNDELIVERED."""

    unit_no: str
    building: str
    area: int
    usage: str
    owners: tuple[Owner, ...]
    status: str = "DELIVERED"

    @property
    def is_parking(self) -> bool:
        """Whether this is a parking space, garage or storage room."""
        return self.usage in PARKING

    @property
    def developers(self) -> bool:
        """Whether the developer still counts for it (建筑物区分所有权解释 9)."""
        return self.status != "DELIVERED"

    @property
    def names(self) -> str:
        """The owners' names, masked."""
        return "、".join(owner.masked for owner in self.owners) or "——"


@dataclass(frozen=True)
class Policies:
    """Readings of open questions; each is fixed by the assembly's rules or stays open (law §3.7)."""

    same_buyer_key: str = "exact_set"
    parking_counting: str = "exclude"
    partial_units: str = "returned_only"
    blank_item: str = "participating"
    duplicate_ballot: str = "participating"


@dataclass(frozen=True)
class Electorate:
    """Who counts: the person of each counted unit, and the totals; ``area`` in 0.01 m²."""

    person_of: Mapping[str, str]
    units: Mapping[str, Unit]
    area: int

    @property
    def persons(self) -> int:
        """The total headcount N."""
        return len(set(self.person_of.values()))


@dataclass(frozen=True)
class Roster:
    """All units of an estate, in the order they were listed."""

    units: tuple[Unit, ...] = field(default=())

    @property
    def area(self) -> int:
        """The area of all counted units."""
        return assemble(self).area


def masked(name: str) -> str:
    """A name with all but the surname hidden; a company keeps its first two signs."""
    name = name.strip()
    if not name:
        return "——"
    compound = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯")
    shown = 2 if name[:2] in compound or len(name) > 5 else 1
    return f"{name[:shown]}**"


def assemble(roster: Roster, policies: Policies | None = None) -> Electorate:
    """Merge owners into counted persons (law §3.2).

    All unsold and undelivered units are the developer's one person; equal sets of owners are one; with
    ``any_common_owner`` units that share an owner are.  Service rooms never count; parking as the policy says.
    """
    policies = policies or Policies()
    counted = [unit for unit in roster.units if unit.usage not in NOT_COUNTED]
    housing = [unit for unit in counted if not unit.is_parking]
    with_area = counted if policies.parking_counting != "exclude" else housing
    with_heads = counted if policies.parking_counting == "area_and_headcount" else housing
    persons = _persons(with_heads, policies.same_buyer_key)
    return Electorate(persons, {unit.unit_no: unit for unit in with_area}, sum(unit.area for unit in with_area))


def _persons(units: Sequence[Unit], same_buyer_key: str) -> dict[str, str]:
    person_of = {unit.unit_no: _set_key(unit) for unit in units}
    if same_buyer_key != "any_common_owner":
        return person_of
    merged = _Merged()
    for unit in units:
        for owner in () if unit.developers else unit.owners:
            merged.join(owner.key, person_of[unit.unit_no])
    return {unit_no: merged.root(person) for unit_no, person in person_of.items()}


def _set_key(unit: Unit) -> str:
    if unit.developers:
        return DEVELOPER
    keys = sorted({owner.key for owner in unit.owners})
    # a unit whose owner is not on record is a person of its own, never dropped
    return "+".join(keys) if keys else f"unit:{unit.unit_no}"


class _Merged:
    """Sets that are joined by a common owner."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}

    def root(self, key: str) -> str:
        while self.above.get(key, key) != key:
            key = self.above[key]
        return key

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self.above[second] = first


def read(rows: Sequence[Mapping[str, str]], identify: Callable[[str], str] = str) -> Roster:
    """The roster in rows of a spreadsheet, headings as in :data:`COLUMNS`.

    ``identify`` turns an identity number into the key that is kept (decisions 15).  Raises InvalidAnswers
    naming row and column.
    """
    problems: list[Problem] = []
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        cells = {name: _cell(row, headings) for name, headings in COLUMNS.items()}
        where = f"units[{number}]"
        if not cells["unit_no"]:
            problems.append(Problem(f"{where}.unit_no", f"第 {number + 1} 行没有房号；请补上。"))
        elif cells["unit_no"] in seen:
            earlier = seen[cells["unit_no"]] + 1
            message = f"房号“{cells['unit_no']}”与第 {earlier} 行重复；请删去一行，或核对房号。"
            problems.append(Problem(f"{where}.unit_no", message))
        seen.setdefault(cells["unit_no"], number)
        if cells["status"] not in STATUSES:
            message = f"销售状态“{cells['status']}”不认识；请填已交付、未售或已售未交付。"
            problems.append(Problem(f"{where}.status", message))
        units.append(
            Unit(
                unit_no=cells["unit_no"],
                building=cells["building"],
                area=_area(cells["area"], f"{where}.area", number, problems),
                usage=cells["usage"] or "住宅",
                owners=tuple(_owners(cells, identify)),
                status=STATUSES.get(cells["status"], "DELIVERED"),
            )
        )
    if not units:
        problems.append(Problem("units", "清册是空的；请至少导入一户。"))
    if problems:
        raise InvalidAnswers(problems, "清册没有导入。")
    return Roster(tuple(units))


def _cell(row: Mapping[str, str], headings: Iterable[str]) -> str:
    for heading in headings:
        if row.get(heading):
            return unicodedata.normalize("NFKC", str(row[heading])).strip()
    return ""


def _area(text: str, where: str, number: int, problems: list[Problem]) -> int:
    if _AREA.fullmatch(text) and Decimal(text) > 0:
        return int(Decimal(text) * 100)
    if not text:
        message = f"第 {number + 1} 行没有建筑面积；请按登记、实测、合同的顺序补上。"
    elif re.fullmatch(r"\d+\.\d{3,}", text):
        message = f"第 {number + 1} 行的建筑面积“{text}”超过两位小数；请按登记面积填两位。"
    else:
        message = f"第 {number + 1} 行的建筑面积“{text}”不是大于 0 的数；请只填数字，如 89.97。"
    problems.append(Problem(where, message))
    return 0


def _owners(cells: Mapping[str, str], identify: Callable[[str], str]) -> Iterable[Owner]:
    names = [name.strip() for name in re.split(r"[;；、,，]", cells["owners"]) if name.strip()]
    numbers = [number.strip().upper() for number in re.split(r"[;；、,，]", cells["owner_ids"])]
    for position, name in enumerate(names):
        number = numbers[position] if position < len(numbers) else ""
        # without an identity number equal names stay apart until a person decides (decisions 15)
        key = identify(number) if number else f"name:{name}@{cells['unit_no']}"
        yield Owner(name, key, number[-4:], cells["phone"])


def answer(request: Mapping[str, object]) -> dict[str, object]:
    """The JSON answer of ``daoru roster check``: ``docs/roster-check.md``.  Raises InvalidAnswers."""
    rows = request.get("units")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidAnswers([Problem("units", "应为逐户的清单。")])
    given = request.get("policies") or {}
    known = set(Policies.__dataclass_fields__)
    if not isinstance(given, dict) or set(given) - known:
        raise InvalidAnswers([Problem("policies", f"只能写：{'、'.join(sorted(known))}。")])
    roster = read([{key: str(value) for key, value in row.items()} for row in rows])
    electorate = assemble(roster, Policies(**{key: str(value) for key, value in given.items()}))
    return {
        "units": len(roster.units),
        "counted_units": len(electorate.units),
        "area": metres(electorate.area),
        "persons": electorate.persons,
        "without_identity": [
            unit.unit_no for unit in roster.units if any(owner.key.startswith("name:") for owner in unit.owners)
        ],
    }


def metres(area: int) -> str:
    """An area of 0.01 m² as text of m² with two decimals."""
    return f"{area // 100}.{area % 100:02d}"
