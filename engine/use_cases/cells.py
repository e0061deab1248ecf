"""Read the cells of a bulk entry; what is wrong is gathered, so that all of it is said at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.errors import InvalidAnswers, Problem

Row = Mapping[str, str]
Rows = Sequence[Row]


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


def truth(row: Row, name: str) -> bool:
    """Whether the cell says yes."""
    return row.get(name, "").strip() in {"是", "true", "1"}


def refuse(problems: list[Problem]) -> None:
    """Raise InvalidAnswers when there are problems; it shows the first of them."""
    if problems:
        shown = problems[:50]
        raise InvalidAnswers(shown, f"共 {len(problems)} 处有误，全部没有登记。")
