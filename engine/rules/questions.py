"""The JSON questions of ``daoru tally``, ``daoru deadlines`` and ``daoru roster check``, read strictly.

A key that nobody knows, a value of another kind or a missing one is refused by name: a typing error in a
question of law must not be answered with a default.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.errors import InvalidAnswers, Problem

Request = Mapping[str, Any]
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def refuse(field: str, message: str) -> InvalidAnswers:
    """The refusal of one field."""
    return InvalidAnswers([Problem(field, message)], "没有计算。")


def only(entry: object, known: Sequence[str], where: str = "") -> Request:
    """``entry`` as an object that has no other keys than ``known``."""
    if not isinstance(entry, dict):
        raise refuse(where or "输入", "应为一个 JSON 对象。")
    for key in entry:
        if key not in known:
            raise refuse(f"{where}.{key}".lstrip("."), f"不认识这一项；可以写：{'、'.join(known)}。")
    return entry


def rows(request: Request, name: str) -> list[Any]:
    """A list that must be there."""
    found = request.get(name)
    if not isinstance(found, list):
        raise refuse(name, "应为一份清单；请用方括号列出。")
    return found


def texts(entry: object, where: str) -> dict[str, str]:
    """One row of a register: texts or numbers, nothing nested."""
    if not isinstance(entry, dict):
        raise refuse(where, "应为一个 JSON 对象。")
    for key, value in entry.items():
        if isinstance(value, bool | list | dict):
            raise refuse(f"{where}.{key}", "应为文字或数字。")
    return {key: "" if value is None else str(value) for key, value in entry.items()}


def text(entry: Request, name: str, where: str) -> str:
    """A text, empty when it is not there."""
    found = entry.get(name, "")
    if not isinstance(found, str):
        raise refuse(f"{where}.{name}", "应为文字；请加引号。")
    return found


def choice(entry: Request, name: str, allowed: Sequence[str], default: str, where: str = "") -> str:
    """One of some words."""
    found = entry.get(name, default)
    if not isinstance(found, str) or found not in allowed:
        raise refuse(f"{where}.{name}".lstrip("."), f"应为 {'、'.join(allowed)} 之一。")
    return found


def truth(entry: Request, name: str, default: bool, where: str) -> bool:
    """A yes or no."""
    found = entry.get(name, default)
    if not isinstance(found, bool):
        raise refuse(f"{where}.{name}", "应为 true 或 false。")
    return found


def day(entry: Request, name: str, where: str = "") -> date:
    """A date that must be there."""
    found = entry.get(name)
    try:
        if isinstance(found, str) and _DAY.fullmatch(found):
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise refuse(f"{where}.{name}".lstrip("."), "不是日期；请写成 2026-03-02 的形式。")


def whole(entry: Request, name: str, least: int, most: int, where: str = "") -> int:
    """A whole number within bounds."""
    found = entry.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise refuse(f"{where}.{name}".lstrip("."), f"应为 {least} 到 {most} 的整数。")
    return found
