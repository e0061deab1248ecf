"""The file that a city's voting platform hands in: one row a vote, headings as each platform words them.

Only what the count needs is read: unit, moment, who voted and the mark on each item.  Rows that the platform itself
calls void are left out; nothing else is, so that no vote is lost in silence.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.errors import Problem
from engine.rules import tally

#: How platforms head what is read; the first heading that fits.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "unit_no": ("房号", "户号", "房屋编号", "房屋", "室号", "unit_no"),
    "building": ("楼栋", "楼号", "幢号", "栋号"),
    "at": ("投票时间", "表决时间", "提交时间", "投票日期", "表决日期", "on"),
    "voter": ("投票人", "表决人", "业主姓名", "姓名", "业主", "signed_by"),
    "status": ("状态", "票状态", "投票状态", "是否有效"),
}
CALLED = {"unit_no": "房号", "at": "投票时间"}
_MARKS = {
    **dict.fromkeys(("同意", "赞成", "支持", "√", "1"), tally.APPROVE),
    **dict.fromkeys(("反对", "不同意", "不赞成", "2"), tally.AGAINST),
    **dict.fromkeys(("弃权", "3"), tally.ABSTAIN),
    **dict.fromkeys(("", "空白", "未选", "未表决", "4"), tally.BLANK),
}
_VOID = frozenset({"无效", "撤回", "已撤回", "作废", "测试", "否"})
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
_ITEM = re.compile(
    r"(?:第|事项|议题|表决事项|item)*(\d{1,2}|[一二三四五六七八九十]{1,2})(?:项|号)?(?:事项|议题)?(?:[:：、.\s].*)?"
)
_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", 1)}


@dataclass(frozen=True)
class Cast:
    """A vote on the platform; ``row`` is its number in the sheet, ``marks`` are in the order of the items."""

    row: int
    unit_no: str
    on: date
    voter: str
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Read:
    """What a file says; ``void`` is how many rows the platform calls void."""

    cast: Sequence[Cast]
    void: int
    problems: Sequence[Problem]


def read(rows: Sequence[tuple[int, Mapping[str, str]]], items: Mapping[int, str]) -> Read:
    """Read rows with their numbers; ``items`` are the texts of the agenda by number."""
    headings = {_plain(name): name for name in (rows[0][1] if rows else {})}
    columns = {
        field: headings[name] for field, names in HEADINGS.items() for name in reversed(names) if name in headings
    }
    marks = {no: _column(no, text, headings) for no, text in items.items()}
    problems = [
        Problem(field, f"没有找到“{called}”这一列；表里有：{'、'.join(headings.values()) or '（没有列名）'}。")
        for field, called in CALLED.items()
        if field not in columns
    ]
    problems += [
        Problem(f"item-{no}", f"没有找到第 {no} 项“{items[no]}”的列；请让列名写“事项{no}”，或写事项原文。")
        for no, column in marks.items()
        if not column
    ]
    if problems:
        return Read((), 0, problems)
    cast, void = list[Cast](), 0
    for number, row in rows:
        told = {field: _plain(row.get(name, "")) for field, name in columns.items()}
        if told.get("status") in _VOID:
            void += 1
            continue
        cast.append(_cast(number, told, [row.get(marks[no], "") for no in items], problems))
    return Read(cast, void, problems + _twice(cast))


def _cast(number: int, told: Mapping[str, str], chosen: Sequence[str], problems: list[Problem]) -> Cast:
    unit_no = told["unit_no"]
    if told.get("building") and "-" not in unit_no:
        unit_no = f"{told['building'].rstrip('幢栋号楼')}-{unit_no}"
    on = _day(told["at"])
    if on is None:
        problems.append(Problem(f"row-{number}", f"第 {number} 行的投票时间“{told['at']}”看不出是哪一天。"))
    marks = [_MARKS.get(_plain(one)) for one in chosen]
    for no, (mark, text) in enumerate(zip(marks, chosen, strict=True), 1):
        if mark is None:
            said = f"第 {number} 行第 {no} 项写的是“{text[:20]}”；请写同意、反对或弃权，没有选的留空。"
            problems.append(Problem(f"row-{number}", said))
    known = tuple(mark if mark is not None else tally.INVALID for mark in marks)
    return Cast(number, unit_no, on or date.min, told.get("voter", ""), known)


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _twice(cast: Sequence[Cast]) -> list[Problem]:
    first: dict[str, int] = {}
    found = []
    for one in cast:
        if one.unit_no in first:
            pair = f"第 {one.row} 行和第 {first[one.unit_no]} 行"
            said = f"{pair}是同一户“{one.unit_no}”的两次有效表决；请平台只留有效的一次。"
            found.append(Problem(f"row-{one.row}", said))
        first.setdefault(one.unit_no, one.row)
    return found


def _column(no: int, text: str, headings: Mapping[str, str]) -> str:
    """The column of an item: headed by its text, or by its number."""
    wanted = _plain(text)
    for plain, name in headings.items():
        if wanted and wanted in plain:
            return name
    return next((name for plain, name in headings.items() if _number(plain) == no), "")


def _number(heading: str) -> int:
    found = _ITEM.fullmatch(heading)
    if not found:
        return 0
    said = found[1]
    if said.isdecimal():
        return int(said)
    tens = 10 if len(said) > 1 and said[0] == "十" else 0
    return tens + _NUMERALS[said[-1]]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(text)).split())
