"""Read a community's list as it really is: what can be read is, what cannot is named with its row (law §3.1, §3.2)."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import repeat
from operator import mul
from typing import Any

from engine.rules import roster
from engine.rules.roster import Owner, Unit
from engine.rules.roster_columns import FIELDS, UNITS, plain

#: So many rows at fault are kept to be shown and mended at a time.
KEPT = 2_000
_AREA = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(\.\d+)?\s*(\D.{0,9})?")
#: Between owners in one cell; also a slash, an ampersand and a line.
_BETWEEN = re.compile(r"[;；、,，/&\n]|\s{2,}")
_SHARE = re.compile(r"\([^()]*(?:%|份|共有|户主|产权|配偶|代)[^()]*\)")
_TOTAL = re.compile(r"(合计|总计|小计|共计|备注|填表|制表|说明)")
_USAGES = {
    "普通住宅": "住宅", "成套住宅": "住宅", "居住": "住宅", "住房": "住宅", "民用": "住宅", "住": "住宅",
    "多层住宅": "住宅", "高层住宅": "住宅", "店面": "商铺", "门面": "商铺", "门面房": "商铺", "门市": "商铺",
    "网点": "商铺", "底商": "商铺", "写字楼": "办公", "物业管理用房": "物业用房", "物管用房": "物业用房",
    "社区居委会用房": "社区用房", "居委会用房": "社区用房",
    "车位(产权)": "车位", "产权车位": "车位", "地下停车位": "地下车位", "汽车库": "车库", "自行车库": "储藏室",
    "储物间": "储藏间",
    "人防车库": "人防车位", "公寓楼": "公寓",
}  # fmt: skip
_KNOWN = frozenset({*roster.COUNTED, *roster.PARKING, *roster.NOT_COUNTED})
_STATUSES = {
    **roster.STATUSES, "已售": "DELIVERED", "已交房": "DELIVERED", "已入住": "DELIVERED", "已收房": "DELIVERED",
    "交付": "DELIVERED", "未出售": "UNSOLD", "待售": "UNSOLD", "未交付": "SOLD_UNDELIVERED",
    "未交房": "SOLD_UNDELIVERED", "已售未交房": "SOLD_UNDELIVERED",
}  # fmt: skip
_BUILDINGS = ("号楼", "幢", "栋", "楼", "#")
#: What follows a building in the number of a room that names it.
_AFTER_BUILDING = frozenset("-幢栋")
#: Weights and check signs of an identity number (GB 11643-1999).
_WEIGHTS, _SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
#: What seventeen noughts weigh as letters: a nought is the sign 48.
_NOUGHTS = 48 * sum(_WEIGHTS)
_CUT = re.compile(r"\d(\.\d+)?E\+1\d", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: ``row`` is its number in the sheet, ``unit`` whose it is as far as that can be read.

    ``given`` is what stands there, ``fix`` a proposal.
    """

    row: int
    field: str
    said: str
    given: str = ""
    fix: str = ""
    unit: str = ""


@dataclass
class Read:
    """What a sheet says: the units that can be read and where each stands, what is wrong, and what was settled.

    ``notes`` are worth a look and stop nothing.  ``repeated`` are rows that say the same again, ``joined`` rows that
    name another owner of a unit above (co-owners, law §3.2 no. 2).  ``bad`` has the first :data:`KEPT` rows
    at fault as they came.
    """

    units: list[Unit] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    rows: int = 0
    left_out: int = 0
    bad: dict[int, Sequence[Any]] = field(default_factory=dict)

    @property
    def bad_rows(self) -> int:
        """How many rows have something wrong."""
        return len({fault.row for fault in self.faults})


class Reader:
    """Reads row after row; what occurs again and again, as uses and buildings do, is worked out once.

    ``fields`` says what each column is, ``units`` the unit of area that a heading states, ``identify`` turns an
    identity number into the key that is kept (decisions 15), ``one_person`` are the names without number that somebody
    decided to be one person, ``chosen`` what somebody decided for a unit against the list or the rule: its ``usage``
    and ``status`` in the words of a list, the ``source`` of its area, and ``apart`` where its owners count as one
    more person.  ``unsolved`` stands in a cell whose formula nobody has worked out, empty where there is none such, and
    ``name_of`` says how a cell is called by its row and its place in it.
    """

    def __init__(
        self,
        fields: Sequence[str],
        identify: Callable[[str], str],
        units: Mapping[str, str] | None = None,
        one_person: Collection[str] = (),
        chosen: Mapping[str, Mapping[str, str]] | None = None,
        unsolved: str = "",
        name_of: Callable[[int, int], str] = "{}.{}".format,
    ) -> None:
        self.read = Read()
        self._places = [(name, position) for position, name in enumerate(fields) if name]
        self._wide = len(fields)
        self._identify, self._units, self._one_person = identify, units or {}, frozenset(one_person)
        chosen = chosen or {}
        self._sources, self._apart = chosen.get("source", {}), chosen.get("apart", {})
        self._chosen_usage, self._chosen_status = chosen.get("usage", {}), chosen.get("status", {})
        self._seen: dict[str, int] = {}
        self._cells: dict[str, str] = {}
        self._buildings: dict[str, str] = {}
        self._areas: dict[tuple[str, str], tuple[int, str, str]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._name_of: dict[str, tuple[str, int]] = {}
        self._unit_no = ""
        self._unsolved, self._name_of_cell = unsolved, name_of

    def row(self, number: int, cells: Sequence[Any], fixed: Mapping[str, str] | None = None) -> None:
        """Read the row ``number``; ``fixed`` stands instead of what is there."""
        known, given = self._cells.get, {}
        if len(cells) < self._wide:
            cells = [*cells, *repeat("", self._wide - len(cells))]
        for name, at in self._places:
            cell = cells[at]
            # looked up first, as most of what a list says it says again and again
            read = known(cell)
            given[name] = self._plain(cell) if read is None else read
        if fixed:
            given.update({name: plain(text) for name, text in fixed.items()})
        unsolved = self._taken_out(given) if self._unsolved else ()
        if not any(given.values()):
            return
        self.read.rows += 1
        if not given.get("owners") and _is_footer(cells):
            self.read.left_out += 1
            return
        before = len(self.read.faults)
        unit = self._without(number, given, unsolved) if unsolved else self._unit(number, given)
        if len(self.read.faults) == before and unit is not None:
            self._add(number, unit)
        if len(self.read.faults) > before and len(self.read.bad) < KEPT:
            self.read.bad[number] = cells

    def _taken_out(self, given: dict[str, str]) -> Sequence[str]:
        """The columns whose formula nobody has worked out, taken out of a row: what they come to nobody knows."""
        found = [name for name, text in given.items() if text == self._unsolved]
        for name in found:
            given[name] = ""
        return found

    def _without(self, row: int, given: Mapping[str, str], unsolved: Sequence[str]) -> Unit | None:
        """Nothing is read of such a row before somebody fills these cells in."""
        building = _bare(given.get("building", ""), *_BUILDINGS)
        self._unit_no = _unit_no(building, given.get("entrance", ""), given["unit_no"])
        for name, at in self._places:
            if name in unsolved:
                cell = self._name_of_cell(row, at)
                said = f"{cell} 是公式，没有存下算出的值；请在这里填写，或用 Excel、WPS 打开，保存一次后重新上传。"
                self._wrong(row, name, said)
        return None

    def _plain(self, cell: Any) -> str:
        if type(cell) is not str:
            return plain(cell)
        read = plain(cell)
        # names and numbers hardly occur twice; what is short does
        if len(cell) < 8:
            self._cells[cell] = read
        return read

    def _wrong(self, row: int, name: str, said: str, given: str = "", fix: str = "") -> None:
        self.read.faults.append(Fault(row, name, said, given, fix, self._unit_no))

    def _note(self, row: int, name: str, said: str, given: str) -> None:
        self.read.notes.append(Fault(row, name, said, given, unit=self._unit_no))

    def _unit(self, row: int, given: Mapping[str, str]) -> Unit | None:
        stated = given.get("building", "")
        building = self._buildings.get(stated)
        if building is None:
            building = self._buildings[stated] = _bare(stated, *_BUILDINGS)
        unit_no = self._unit_no = _unit_no(building, given.get("entrance", ""), given["unit_no"])
        if not given["unit_no"]:
            self._wrong(row, "unit_no", "没有房号；请补上。")
        elif len(unit_no) > 60 or len(building) > 40:
            self._wrong(row, "unit_no", "房号或楼栋太长；请核对是否填错了列。", given["unit_no"][:80])
        usage = _usage(self._chosen_usage.get(unit_no) or given.get("usage", ""))
        if usage is None:
            said = "用途不认识，不知道计不计入；请改成住宅、商铺、办公、车位、储藏室、物业用房等之一。"
            self._wrong(row, "usage", said, given["usage"], "其他")
        status = _STATUSES.get(self._chosen_status.get(unit_no) or given.get("status", ""))
        if status is None:
            self._wrong(row, "status", "销售状态不认识；请改成已交付、未售或已售未交付。", given["status"], "已交付")
        area, source = self._area(row, unit_no, given)
        owners = self._owners(row, unit_no, given, status or "")
        if usage is None or status is None:
            return None
        return Unit(unit_no, building, area, usage, owners, status, source)

    def _area(self, row: int, unit_no: str, given: Mapping[str, str]) -> tuple[int, str]:
        there = [(source, name) for source, name in roster.AREA_SOURCES.items() if given.get(name)]
        if not there:
            merged = "；如果几行合并在一格里，请分别填写" if "area" in given else ""
            self._wrong(row, "area", f"没有建筑面积；请按登记、实测、合同的顺序补上{merged}。")
            return 0, "register"
        chosen = self._sources.get(unit_no, "")
        source, name = next((one for one in there if one[0] == chosen), there[0])
        text = given[name]
        key = (name, text)
        found = self._areas.get(key)
        if found is None:
            found = self._areas[key] = _area(text, self._units.get(name, ""))
        area, wrong, fix = found
        if wrong:
            self._wrong(row, name, wrong, text, fix)
        elif fix:
            self._note(row, name, f"“{text}”换算为 {fix} ㎡；请核对。", text)
        if source != "register" and not wrong and not chosen:
            self._note(row, name, f"没有登记面积，按{FIELDS[name]}计（解释 8）。", text)
        return area, source

    def _owners(self, row: int, unit_no: str, given: Mapping[str, str], status: str) -> tuple[Owner, ...]:
        text = given["owners"]
        names = self._names.get(text)
        if names is None:
            names = self._names[text] = _owner_names(text)
        numbers, companies = given.get("owner_ids", ""), given.get("legal_person_ids", "")
        if not names:
            if numbers:
                self._wrong(row, "owners", "有证件号，没有产权人；请补上姓名。")
            return ()
        whole = len(names) == 1 and numbers.isalnum() and numbers.isascii()
        listed = [numbers.upper()] if whole else _numbers(numbers)
        above = _numbers(companies) if companies else []
        for many, name in ((listed, "owner_ids"), (above, "legal_person_ids")):
            if any(many[len(names) :]):
                given_many = sum(map(bool, many))
                said = f"{len(names)} 个产权人，{given_many} 个号码；请按产权人的顺序一人写一个，用“；”隔开。"
                self._wrong(row, name, said, given[name])
                return ()
        phone = given.get("phone", "")
        if len(names) == 1:
            return (self._owner(row, unit_no, names[0], listed[0], _at(above, 0), phone),)
        return tuple(
            self._owner(row, unit_no, name, _at(listed, at), _at(above, at), phone) for at, name in enumerate(names)
        )

    def _owner(self, row: int, unit_no: str, name: str, number: str, company: str, phone: str) -> Owner:
        if len(number) == 18 and number.isascii() and number[:17].isdecimal():
            wrong, checked = "" if number[17] in _SIGNS else "证件号末位应是数字或 X；请按原件核对。", _checks(number)
        else:
            wrong, checked = _number_fault(number) if number else "", True
        if wrong:
            self._wrong(row, "owner_ids", wrong, number)
        elif not checked:
            self._note(row, "owner_ids", "证件号的校验位不对，可能抄错了一位；请核对。", number)
        kept = company or number
        if not kept:
            key = f"name:{name}" if name in self._one_person else f"name:{name}@{unit_no}"
            return Owner(name, key, "", phone)
        known = self._name_of.setdefault(kept, (name, row))
        if known[0] != name and not company:
            said = f"这个证件号在第 {known[1]} 行是“{known[0]}”的；请核对姓名和号码。"
            self._wrong(row, "owner_ids", said, number)
        key = self._identify(kept)
        return Owner(name, f"{key}@{unit_no}" if unit_no in self._apart else key, number[-4:], phone)

    def _add(self, row: int, unit: Unit) -> None:
        read = self.read
        first = self._seen.setdefault(unit.unit_no, len(read.units))
        if first == len(read.units):
            read.units.append(unit)
            read.places.append(row)
            return
        before = read.units[first]
        same = unit._replace(owners=before.owners) == before
        if same and set(unit.owners) <= set(before.owners):
            read.repeated.append(row)
        elif same:
            more = tuple(one for one in unit.owners if one not in before.owners)
            read.units[first] = before._replace(owners=before.owners + more)
            read.joined.append(row)
        else:
            said = f"与第 {read.places[first]} 行的房号重复，面积、用途或状态却不同；请核对，或不导入这一行。"
            self._wrong(row, "unit_no", said, unit.unit_no)


def read(rows: Iterable[tuple[int, Sequence[Any]]], reader: Reader, fixed: Mapping[int, Mapping[str, str]]) -> Read:
    """Read numbered rows with what was mended in them; an empty mending leaves its row out."""
    for number, cells in rows:
        mended = fixed.get(number)
        if mended is None or mended:
            reader.row(number, cells, mended)
    return reader.read


def _at(many: Sequence[str], position: int) -> str:
    return many[position] if position < len(many) else ""


def _is_footer(cells: Sequence[Any]) -> bool:
    first = next((plain(cell) for cell in cells if plain(cell)), "")
    return bool(_TOTAL.match(first))


def _bare(text: str, *endings: str) -> str:
    for ending in endings:
        if text.endswith(ending) and text != ending:
            return text.removesuffix(ending).strip()
    return text


def _unit_no(building: str, entrance: str, room: str) -> str:
    """A room's number is one only with its building and entrance, where it does not name them itself."""
    room = room if room.isdecimal() else _bare(room, "号房", "室", "号")
    entrance = _bare(entrance, "单元", "梯") if entrance else ""
    if building and room.startswith(building) and room[len(building) : len(building) + 1] in _AFTER_BUILDING:
        return room
    return "-".join(filter(None, (building, entrance, room)))


def _usage(text: str) -> str | None:
    if not text:
        return "住宅"
    return text if text in _KNOWN else _USAGES.get(text)


def _area(text: str, unit: str) -> tuple[int, str, str]:
    """Area in 0.01 m², what is wrong with it, and a proposal or, where it was converted, what it came to."""
    found = _AREA.fullmatch(text)
    own = (found[3] or "").strip().lower() if found else ""
    if found is None or own not in UNITS:
        return 0, "面积不是数；请只填数字，如 89.97。", ""
    times, parts = UNITS[own or unit]
    number = Decimal(found[1].replace(",", "") + (found[2] or ""))
    exact = number * times / parts
    area = int(exact + Decimal("0.5"))
    if area <= 0 or area >= 10**11:
        return 0, "面积应大于 0，也不像一户那么大；请按登记面积填写。", ""
    if (times, parts) != (100, 1):
        return area, "", roster.metres(area)
    if exact != area:
        return 0, "面积超过两位小数；请按登记面积填两位。", roster.metres(area)
    return area, "", ""


def _owner_names(text: str) -> tuple[str, ...]:
    parts = (one.strip() for one in _BETWEEN.split(_SHARE.sub("", text)))
    return tuple(dict.fromkeys(name for part in parts for name in _split_by_blank(part) if name))


def _split_by_blank(part: str) -> list[str]:
    """A blank stands between two owners, or pads one whose name has two signs: 王 明."""
    words = part.split(" ")
    if len(words) == 1 or part.isascii():
        return [part]
    return ["".join(words)] if min(map(len, words)) < 2 or len(part) <= 4 else words


def _numbers(text: str) -> list[str]:
    return [re.sub(r"[\s']", "", one).upper() for one in re.split(r"[;；、,，/\n]|\s{1,}", text)]


def _number_fault(number: str) -> str:
    if _CUT.fullmatch(number):
        return "号码存成了数值，后几位已经丢失；请按原件重新填写。"
    if not re.fullmatch(r"[0-9A-Z()（）*\-]+", number):
        return "证件号含有不该有的字；请按原件填写。"
    if "*" in number:
        return "证件号被遮住了几位，认不出是谁；请填完整，或清空这一格。"
    if number.isdecimal() and len(number) in (16, 17, 19, 20):
        return f"证件号有 {len(number)} 位，身份证应为 18 位；请按原件核对。"
    return ""


def _checks(number: str) -> bool:
    return _SIGNS[(sum(map(mul, number[:17].encode(), _WEIGHTS)) - _NOUGHTS) % 11] == number[17]
