"""Read the cells of a bulk entry; what is wrong is gathered, so that all of it is said at once."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from engine.errors import InvalidAnswers, Problem

Row = Mapping[str, str]
Rows = Sequence[Row]

#: A time of day on the clock of 24 hours; a spreadsheet that exports one adds seconds of nought.
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:00)?", re.ASCII)
_YES = frozenset({"是", "true", "1"})
_NO = frozenset({"否", "false", "0", ""})


def unknown_columns(entries: Rows, what: str, known: Sequence[str]) -> list[Problem]:
    """A problem for each column that the register does not have: what stands in it would be lost (as roster check)."""
    headings = dict.fromkeys(name for row in entries for name in row)
    return [Problem(f"{what}.{name}", _no_such_column(name, known)) for name in headings if name not in known]


def _no_such_column(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=3)
    meant = f"相近的是{'、'.join(f'“{one}”' for one in near)}" if near else f"可以有的列：{'、'.join(known)}"
    return f"没有“{name}”这一列，{meant}；请改正列名，多余的列请删去。"


def known_unit(row: Row, known: Mapping[str, Any], where: str, problems: list[Problem]) -> None:
    """A problem when the register does not know the unit of ``row``."""
    if row.get("unit_no", "") not in known:
        message = f"登记簿中没有房号“{row.get('unit_no', '')}”；请核对房号。"
        problems.append(Problem(f"{where}.unit_no", message))


def day(row: Row, name: str, where: str, today: date, problems: list[Problem]) -> str:
    """A day that has come, in ISO form; empty with a problem when it is none."""
    on = any_day(row, name, where, problems)
    if on > today.isoformat():
        problems.append(Problem(f"{where}.{name}", f"日期 {on} 晚于今天（{today}）；请改正。"))
    return on


def any_day(row: Row, name: str, where: str, problems: list[Problem]) -> str:
    """A day that may be still to come, in ISO form; empty with a problem when it is none."""
    try:
        return date.fromisoformat(row.get(name, "")).isoformat()
    except ValueError:
        problems.append(Problem(f"{where}.{name}", "不是日期；请写成 2026-03-02 的形式。"))
        return ""


def time_of_day(row: Row, name: str, where: str, problems: list[Problem]) -> str | None:
    """A local time of day to the minute, as 19:30; None when none was noted, or with a problem when it is none."""
    said = unicodedata.normalize("NFKC", row.get(name, "")).strip()
    if not said:
        return None
    read = _CLOCK.fullmatch(said)
    if read is None:
        message = f"“{said}”不是钟点；请按二十四小时制写成 19:30 的形式，没有记下的留空。"
        problems.append(Problem(f"{where}.{name}", message))
        return None
    return f"{int(read[1]):02}:{read[2]}"


def truth(row: Row, name: str, where: str, problems: list[Problem]) -> bool:
    """Whether the cell says yes; a problem when it says neither yes nor no."""
    said = row.get(name, "").strip()
    if said.lower() not in _YES | _NO:
        problems.append(Problem(f"{where}.{name}", f"“{said}”既不是“是”也不是“否”；请只写是或否，留空为否。"))
    return is_yes(row, name)


def is_yes(row: Row, name: str) -> bool:
    """Whether the cell says yes."""
    return row.get(name, "").strip().lower() in _YES


def repeated(keys: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
    """The position of each key that came before, and where it came first."""
    first: dict[Hashable, int] = {}
    for position, key in enumerate(keys):
        if first.setdefault(key, position) != position:
            yield position, first[key]


def unit_once(entries: Rows, what: str, how: str, problems: list[Problem]) -> None:
    """A problem for each unit that a sheet lists again; ``how`` says what to do instead."""
    for number, first in repeated(row.get("unit_no", "") for row in entries):
        message = f"房号“{entries[number].get('unit_no', '')}”与第 {first + 1} 行重复：{how}。"
        problems.append(Problem(f"{what}[{number}].unit_no", message))


def refuse(problems: list[Problem]) -> None:
    """Raise InvalidAnswers when there are problems; it shows the first of them."""
    if problems:
        shown = problems[:50]
        raise InvalidAnswers(shown, f"共 {len(problems)} 处有误，全部没有登记。")
