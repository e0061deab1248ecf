"""The owners' roster: units, whose they are, and how many persons and how much area that makes (law §3.1, §3.2)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from engine.errors import InvalidAnswers, Problem

#: The columns that are read, by the headings people use.
COLUMNS = {
    "unit_no": ("unit_no", "房号", "房屋编号"),
    "building": ("building", "楼栋", "幢号"),
    "area": ("area", "登记面积", "建筑面积", "面积"),
    "area_survey": ("area_survey", "实测面积"),
    "area_contract": ("area_contract", "合同面积"),
    "usage": ("usage", "用途"),
    "owners": ("owners", "产权人", "业主姓名", "姓名"),
    "owner_ids": ("owner_ids", "证件号", "身份证号", "统一社会信用代码"),
    "legal_person_ids": ("legal_person_ids", "总公司信用代码"),
    "phone": ("phone", "电话", "联系电话"),
    "status": ("status", "销售状态"),
}
#: Every heading that is read, the names of the columns first.
HEADINGS = (*COLUMNS, *(heading for headings in COLUMNS.values() for heading in headings[1:]))
STATUSES = {"": "DELIVERED", "已交付": "DELIVERED", "未售": "UNSOLD", "已售未交付": "SOLD_UNDELIVERED"}
#: What makes a person count; what a place calls otherwise is 其他.
COUNTED = (
    "住宅", "公寓", "别墅", "商业", "商铺", "商业用房", "办公", "办公用房", "非住宅", "其他",
    "RESIDENTIAL", "COMMERCIAL", "OFFICE", "OTHER",
)  # fmt: skip
#: What is never counted (law §3.2 no. 7, 8); parking only where the rules of the assembly include it.
NOT_COUNTED = frozenset({"物业用房", "社区用房", "市政设施", "人防", "人防车位"})
#: Where an area may come from, the first that is there counts (建筑物区分所有权解释 8).
AREA_SOURCES = {"register": "area", "survey": "area_survey", "contract": "area_contract"}
PARKING = frozenset({"车位", "停车位", "地下车位", "车库", "储藏室", "储藏间"})
_AREA = re.compile(r"\d{1,9}(\.\d{1,2})?")
_BY_NAME = "name:"
DEVELOPER = "DEVELOPER"


class Owner(NamedTuple):
    """A registered owner; ``key`` tells one from another and need not be the identity number itself."""

    name: str
    key: str
    id_last4: str = ""
    phone: str = ""

    @property
    def identified(self) -> bool:
        """Whether an identity number stands behind the key; without one equal names stay apart (decisions 15)."""
        return not self.key.startswith(_BY_NAME)

    @property
    def masked(self) -> str:
        """The name as public lists show it: the surname and two stars (decisions 38)."""
        return masked(self.name)

    @property
    def masked_phone(self) -> str:
        """The number without its middle."""
        return masked_phone(self.phone)


class Unit(NamedTuple):
    """One exclusive part; ``area`` in 0.01 m²; ``status`` DELIVERED, UNSOLD or SOLD_UNDELIVERED.

    ``area_source`` is one of :data:`AREA_SOURCES`.  A tuple, as owners are, since lists make hundreds of thousands.
    """

    unit_no: str
    building: str
    area: int
    usage: str
    owners: tuple[Owner, ...]
    status: str = "DELIVERED"
    area_source: str = "register"

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
    equal_names: str = "separate"


@dataclass(frozen=True)
class Electorate:
    """Who counts: the person of each counted unit, and the totals; ``area`` in 0.01 m².

    ``heads`` are the units that make their person count; the others, parking that counts by area only, add
    area alone and follow what their person casts.
    """

    person_of: Mapping[str, str]
    units: Mapping[str, Unit]
    area: int
    heads: frozenset[str]

    @cached_property
    def persons(self) -> int:
        """The total headcount N."""
        return len({self.person_of[unit_no] for unit_no in self.heads})


@dataclass(frozen=True)
class Roster:
    """All units of an estate, in the order they were listed."""

    units: tuple[Unit, ...] = field(default=())

    @property
    def area(self) -> int:
        """The area of all counted units."""
        return assemble(self).area

    @cached_property
    def unsure(self) -> frozenset[str]:
        """The names of owners without identity number that another owner bears too: who is one person is open."""
        owned = [owner for unit in self.units for owner in {one.key: one for one in unit.owners}.values()]
        named = Counter(owner.name for owner in owned)
        return frozenset(owner.name for owner in owned if not owner.identified and named[owner.name] > 1)

    @cached_property
    def developer(self) -> tuple[str, ...]:
        """Under which names the developer is on record: the owners of unsold units."""
        return tuple(sorted({owner.name for unit in self.units if unit.status == "UNSOLD" for owner in unit.owners}))


def masked(name: str) -> str:
    """A name with all but the surname hidden; a company keeps its first two signs."""
    name = name.strip()
    if not name:
        return "——"
    compound = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯")
    shown = 2 if name[:2] in compound or len(name) > 5 else 1
    return f"{name[:shown]}**"


def masked_phone(phone: str) -> str:
    """A number with all but its ends hidden; a short one shows nothing."""
    phone = phone.strip()
    if not phone:
        return "——"
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def assemble(roster: Roster, policies: Policies | None = None) -> Electorate:
    """Merge owners into counted persons (law §3.2).

    All unsold and undelivered units are the developer's one person; equal sets of owners are one; with
    ``any_common_owner`` units that share an owner are.  Service rooms never count; parking as the policy says.
    """
    policies = policies or Policies()
    counted = [unit for unit in roster.units if unit.usage not in NOT_COUNTED]
    housing = [unit for unit in counted if unit.usage not in PARKING]
    with_area = counted if policies.parking_counting != "exclude" else housing
    with_heads = counted if policies.parking_counting == "area_and_headcount" else housing
    persons = _persons(with_area, with_heads, policies)
    return Electorate(
        person_of=persons,
        units={unit.unit_no: unit for unit in with_area},
        area=sum(unit.area for unit in with_area),
        heads=frozenset(unit.unit_no for unit in with_heads),
    )


def _persons(with_area: Sequence[Unit], with_heads: Sequence[Unit], policies: Policies) -> dict[str, str]:
    known_as = _known_as(with_area) if policies.equal_names == "merged" else {}
    keys = {unit.unit_no: _owner_keys(unit, known_as) for unit in with_area}
    person_of = {unit.unit_no: "+".join(keys[unit.unit_no]) for unit in with_area}
    if policies.same_buyer_key != "any_common_owner":
        return person_of
    merged = _Merged()
    # only units that make heads may join two persons into one; what counts by area alone just follows
    for unit in with_heads:
        for key in keys[unit.unit_no]:
            merged.join(key, person_of[unit.unit_no])
    return {no: merged.root(next(filter(merged.above.get, keys[no]), person_of[no])) for no in person_of}


def _known_as(units: Sequence[Unit]) -> dict[str, str]:
    """Under which key an owner without identity number goes if equal names are one person."""
    owners = [owner for unit in units if not unit.developers for owner in unit.owners]
    identified: dict[str, set[str]] = {}
    for owner in owners:
        if owner.identified:
            identified.setdefault(owner.name, set()).add(owner.key)
    known_as = {}
    for owner in owners:
        if not owner.identified:
            same = identified.get(owner.name, set())
            known_as[owner.key] = next(iter(same)) if len(same) == 1 else f"{_BY_NAME}{owner.name}"
    return known_as


def _owner_keys(unit: Unit, known_as: Mapping[str, str]) -> list[str]:
    if unit.status != "DELIVERED":
        return [DEVELOPER]
    if len(unit.owners) == 1:
        return [known_as.get(unit.owners[0].key, unit.owners[0].key)]
    # a unit whose owner is not on record is a person of its own, never dropped
    return sorted({known_as.get(owner.key, owner.key) for owner in unit.owners}) or [f"unit:{unit.unit_no}"]


class _Merged:
    """Sets that are joined by a common owner."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}

    def root(self, key: str) -> str:
        """The name under which everything joined to ``key`` goes."""
        while self.above.get(key, key) != key:
            key = self.above[key]
        return key

    def join(self, one: str, other: str) -> None:
        """Make two keys one."""
        first, second = sorted((self.root(one), self.root(other)))
        self.above[second] = self.above[first] = first


#: What no unit number and no building exceeds.
_LONGEST: Mapping[str, tuple[str, int]] = {"unit_no": ("房号", 60), "building": ("楼栋", 40)}


def read(rows: Sequence[Mapping[str, str]], identify: Callable[[str], str] = str) -> Roster:
    """The roster in rows of a spreadsheet, headings as in :data:`COLUMNS`.

    ``identify`` turns an identity number into the key that is kept (decisions 15).  Raises InvalidAnswers
    naming row and column.
    """
    problems: list[Problem] = []
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        where = f"units[{number}]"
        cells = {name: _cell(row, headings) for name, headings in COLUMNS.items()}
        problems += _contradictions(row, where, number)
        if not cells["unit_no"]:
            problems.append(Problem(f"{where}.unit_no", f"第 {number + 1} 行没有房号；请补上。"))
        elif cells["unit_no"] in seen:
            earlier = seen[cells["unit_no"]] + 1
            message = f"房号“{cells['unit_no']}”与第 {earlier} 行重复；请删去一行，或核对房号。"
            problems.append(Problem(f"{where}.unit_no", message))
        seen.setdefault(cells["unit_no"], number)
        problems += _too_long(cells, where, number)
        if cells["status"] not in STATUSES:
            message = f"销售状态“{cells['status']}”不认识；请填已交付、未售或已售未交付。"
            problems.append(Problem(f"{where}.status", message))
        problems += _usage_problems(cells["usage"], where, number)
        problems += _identity_problems(cells, where, number)
        area, source = _area(cells, where, number, problems)
        units.append(
            Unit(
                unit_no=cells["unit_no"],
                building=cells["building"],
                area=area,
                usage=cells["usage"] or "住宅",
                owners=tuple(_owners(cells, identify)),
                status=STATUSES.get(cells["status"], "DELIVERED"),
                area_source=source,
            )
        )
    if not units:
        problems.append(Problem("units", "清册是空的；请至少导入一户。"))
    if problems:
        raise InvalidAnswers(problems, "清册没有导入。")
    return Roster(tuple(units))


def _cell(row: Mapping[str, str], headings: Iterable[str]) -> str:
    return next(iter(_stated(row, headings).values()), "")


def _stated(row: Mapping[str, str], headings: Iterable[str]) -> dict[str, str]:
    """What stands under each of the headings of one column."""
    read = {one: unicodedata.normalize("NFKC", str(row[one])).strip() for one in headings if row.get(one)}
    return {one: text for one, text in read.items() if text}


def _contradictions(row: Mapping[str, str], where: str, number: int) -> Iterator[Problem]:
    """Which columns are there twice under two headings that say something different."""
    for name, headings in COLUMNS.items():
        stated = _stated(row, headings)
        if len(set(stated.values())) > 1:
            said = "、".join(f"“{heading}”是“{text}”" for heading, text in stated.items())
            message = f"第 {number + 1} 行的{said}，说的是同一项却不一样；请核对后只保留一列。"
            yield Problem(f"{where}.{name}", message)


def _too_long(cells: Mapping[str, str], where: str, number: int) -> Iterator[Problem]:
    for name, (title, longest) in _LONGEST.items():
        if len(cells[name]) > longest:
            message = f"第 {number + 1} 行的{title}有 {len(cells[name])} 个字，最多 {longest} 个；请核对是否填错了列。"
            yield Problem(f"{where}.{name}", message)


def _usage_problems(usage: str, where: str, number: int) -> Iterator[Problem]:
    """Whether a use counts is a matter of law: one that nobody knows is not taken for housing (law §3.2 no. 7, 8)."""
    if usage and usage not in {*COUNTED, *PARKING, *NOT_COUNTED}:
        message = (
            f"第 {number + 1} 行的用途“{usage}”不认识；计入的写住宅、商业、办公或其他，"
            f"车位类写{'、'.join(sorted(PARKING))}，不计入的写{'、'.join(sorted(NOT_COUNTED))}。"
        )
        yield Problem(f"{where}.usage", message)


def _identity_problems(cells: Mapping[str, str], where: str, number: int) -> Iterator[Problem]:
    """An identity number is that of the owner who stands at its place: it decides who is one person (law §3.2)."""
    owners = len(_names(cells["owners"]))
    for column, what in (("owner_ids", "证件号"), ("legal_person_ids", "总公司信用代码")):
        if any(_numbers(cells[column])[owners:]):
            given = sum(map(bool, _numbers(cells[column])))
            message = (
                f"第 {number + 1} 行有 {owners} 个产权人、{given} 个{what}，对不上；"
                "请按产权人的顺序一人写一个，中间用“；”，没有的空着。"
            )
            yield Problem(f"{where}.{column}", message)


def _area(cells: Mapping[str, str], where: str, number: int, problems: list[Problem]) -> tuple[int, str]:
    given = [(source, cells[column]) for source, column in AREA_SOURCES.items() if cells[column]]
    if not given:
        message = f"第 {number + 1} 行没有建筑面积；请按登记、实测、合同的顺序补上。"
        problems.append(Problem(f"{where}.area", message))
        return 0, "register"
    for source, text in given:
        if not _AREA.fullmatch(text) or Decimal(text) <= 0:
            problems.append(Problem(f"{where}.{AREA_SOURCES[source]}", _area_message(text, number)))
    source, text = given[0]
    return (int(Decimal(text) * 100) if _AREA.fullmatch(text) else 0), source


def _area_message(text: str, number: int) -> str:
    if re.fullmatch(r"\d+\.\d{3,}", text):
        return f"第 {number + 1} 行的建筑面积“{text}”超过两位小数；请按登记面积填两位。"
    if re.fullmatch(r"\d{10,}(\.\d+)?", text):
        return f"第 {number + 1} 行的建筑面积有 {len(text.split('.')[0])} 位整数，不像一户的面积；请按登记面积填写。"
    return f"第 {number + 1} 行的建筑面积“{text}”不是大于 0 的数；请只填数字，如 89.97。"


def _owners(cells: Mapping[str, str], identify: Callable[[str], str]) -> Iterable[Owner]:
    names = _names(cells["owners"])
    numbers, companies = (_numbers(cells[column]) for column in ("owner_ids", "legal_person_ids"))
    for position, name in enumerate(names):
        own = numbers[position] if position < len(numbers) else ""
        # a branch counts for the legal person it belongs to (law §3.2 no. 4)
        number = companies[position] if position < len(companies) and companies[position] else own
        key = identify(number) if number else f"{_BY_NAME}{name}@{cells['unit_no']}"
        yield Owner(name, key, own[-4:], cells["phone"])


def _names(text: str) -> list[str]:
    return [name.strip() for name in re.split(r"[;；、,，]", text) if name.strip()]


def _numbers(text: str) -> list[str]:
    return [number.strip().upper() for number in re.split(r"[;；、,，]", text)]


def metres(area: int) -> str:
    """An area of 0.01 m² as text of m² with two decimals."""
    return f"{area // 100}.{area % 100:02d}"
