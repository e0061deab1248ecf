"""Which row of a community's list names its columns, and which column is what: guessed, for a person to confirm."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

#: What a column may be, by its title; ``entrance`` joins building and room to the unit's number.
FIELDS: Mapping[str, str] = {
    "unit_no": "房号", "building": "楼栋", "entrance": "单元", "area": "登记面积", "area_survey": "实测面积",
    "area_contract": "合同面积", "usage": "用途", "owners": "产权人", "owner_ids": "证件号",
    "legal_person_ids": "总公司信用代码", "phone": "电话", "status": "销售状态",
}  # fmt: skip
NEEDED = ("unit_no", "owners")
#: One of these has to be there (建筑物区分所有权解释 8: register, then survey, then contract).
AREAS = ("area", "area_survey", "area_contract")
#: Words of headings, the most telling first: the first field of which one stands in the heading is meant.
_WORDS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("legal_person_ids", ("总公司信用代码", "总公司代码", "法人代码", "总公司")),
    ("owner_ids", ("身份证", "证件号", "证件编号", "证号", "信用代码", "证件")),
    ("area_survey", ("实测", "测绘")),
    ("area_contract", ("合同面积", "销售面积", "预售面积", "预测")),
    ("area", ("建筑面积", "产权面积", "登记面积", "房屋面积", "建面", "面积")),
    ("phone", ("电话", "手机", "联系方式", "号码", "tel", "phone")),
    ("owners", ("产权人", "业主", "户主", "姓名", "所有权人", "权利人", "房主", "名称", "owner", "name")),
    ("entrance", ("单元号", "单元", "梯位")),
    ("usage", ("用途", "房屋性质", "房屋类型", "物业类型", "类型", "性质", "usage")),
    ("status", ("销售状态", "交付状态", "交付", "是否售", "入住", "状态", "status")),
    ("unit_no", ("房号", "室号", "户号", "房间", "房屋编号", "门牌", "房屋坐落", "坐落", "室", "unit_no", "room")),
    ("building", ("楼栋", "楼号", "栋号", "幢号", "楼幢", "栋", "幢", "楼", "building")),
)  # fmt: skip
#: Units of area as people write them in a heading or a cell, in 0.01 m² as a fraction (1 亩 = 2000/3 m²).
UNITS: Mapping[str, tuple[int, int]] = {
    "": (100, 1), "m2": (100, 1), "m²": (100, 1), "平方米": (100, 1), "平米": (100, 1), "平方": (100, 1),
    "平": (100, 1), "㎡": (100, 1), "公亩": (10_000, 1), "亩": (200_000, 3), "公顷": (1_000_000, 1),
}  # fmt: skip
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]|\s")
#: So far down a title, a date and a note may stand above the headings.
_SEARCHED = 30


@dataclass(frozen=True)
class Columns:
    """``header`` is the position of the row of headings, ``fields`` says of each column what it is, "" for nothing."""

    header: int
    fields: tuple[str, ...]


def plain(cell: Any) -> str:
    """A cell as it is read: full-width signs made plain, blanks at its ends gone, a whole number without its nought."""
    if isinstance(cell, str):
        return cell.strip() if cell.isascii() else unicodedata.normalize("NFKC", cell).strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    return str(cell)


@lru_cache(maxsize=4_000)
def meant(heading: str) -> str:
    """The field that a heading means, "" when nobody could tell."""
    bare = _BRACKETS.sub("", heading.lower())
    if not bare or len(bare) > 20:
        return ""
    for field, words in _WORDS:
        if any(word in bare for word in words):
            return field
    return ""


def unit_of(heading: str) -> str:
    """The unit of area that a heading states, "" when it states none."""
    return next((unit for unit in sorted(UNITS, key=len, reverse=True) if unit and unit in heading.lower()), "")


def guess(rows: Sequence[Sequence[Any]], known: Mapping[str, str] | None = None) -> Columns:
    """The row among the first that names most columns, and what they are; ``known`` headings mean what they meant."""
    best, most = 0, -1
    for position, row in enumerate(rows[:_SEARCHED]):
        said = {_field(plain(cell), known or {}) for cell in row} - {""}
        if len(said) > most:
            best, most = position, len(said)
    return Columns(best, fields(rows[best] if rows else (), known or {}))


def fields(headings: Iterable[Any], known: Mapping[str, str]) -> tuple[str, ...]:
    """What each column is; of two that seem the same the first is."""
    taken: set[str] = set()
    found = []
    for heading in headings:
        field = _field(plain(heading), known)
        found.append("" if field in taken else field)
        taken.add(field)
    return tuple(found)


def _field(heading: str, known: Mapping[str, str]) -> str:
    return known[heading] if heading in known else meant(heading)


def missing(given: Sequence[str], headings: Sequence[str]) -> str:
    """What is the matter with a choice of columns, in a sentence; the first thing only, "" when it will do."""
    listed = "、".join(heading for heading in headings if heading) or "（这一行没有文字）"
    for field, title in FIELDS.items():
        if list(given).count(field) > 1:
            return f"“{title}”选了两列；请只留一列，另一列选“不导入”。"
    for field in NEEDED:
        if field not in given:
            return f"没有找到“{FIELDS[field]}”列；文件里有：{listed}。请指明是哪一列，或改选列名所在的行。"
    if not set(AREAS) & set(given):
        return f"没有找到“建筑面积”列；文件里有：{listed}。登记、实测、合同面积至少要有一列。"
    return ""
