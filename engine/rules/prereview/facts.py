"""Facts as somebody gave them, read strictly; whoever asks for one that was left out learns that it is absent.

A rule therefore cannot pass over what it does not know: reading an absent fact raises :class:`Absent`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from engine.rules import questions
from engine.rules.questions import refuse

_NUMBER = re.compile(r"-?\d{1,13}(\.\d{1,4})?")
_MOST = 10**9


class _Left(Enum):
    OUT = "left out"


class Absent(Exception):
    """Raised where a rule asks for a fact that nobody gave; ``field`` is its path, ``label`` its Chinese name."""

    def __init__(self, field: str, label: str) -> None:
        super().__init__(field)
        self.field, self.label = field, label


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Some facts that belong together; ``at`` is where in the question they stand (``contract.clauses[3]``)."""

    at: str = field(default="", compare=False)

    def __getattribute__(self, name: str) -> Any:
        """The fact.  Raises Absent when nobody gave it."""
        found = object.__getattribute__(self, name)
        if found is _Left.OUT:
            at = object.__getattribute__(self, "at")
            raise Absent(f"{at}.{name}".lstrip("."), label_of(type(self), name))
        return found


F = TypeVar("F", bound=Facts)


def fact(label: str, words: Mapping[str, str] | None = None, **default: Any) -> Any:
    """A field: its Chinese name, and the words it may be; without ``default`` it is absent when it is not given."""
    return field(**(default or {"default": _Left.OUT}), metadata={"label": label, "words": words})


def label_of(kind: type[Facts], name: str) -> str:
    """The Chinese name of a field."""
    return next(str(known.metadata.get("label", name)) for known in fields(kind) if known.name == name)


def read(kind: type[F], entry: object, at: str = "") -> F:
    """The facts in a JSON object.  Raises InvalidAnswers naming the field."""
    known = _fields(cast("Any", kind))
    given = questions.only(entry, tuple(known), at)
    values = {}
    for name, value in given.items():
        if not _blank(value):
            values[name] = _value(*known[name], value, f"{at}.{name}".lstrip("."))
    return kind(at=at, **values)


@cache
def _fields(kind: Any) -> Mapping[str, tuple[Any, "Field[Any]"]]:
    """The fields that may be given, each with its type; ``None`` beside it says no more than that it may be absent."""
    hints = get_type_hints(kind)
    return {one.name: (_hint(hints[one.name]), one) for one in fields(kind) if one.name != "at"}


def _hint(hint: Any) -> Any:
    given = get_args(hint)
    return next(one for one in given if one is not NoneType) if NoneType in given else hint


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _value(hint: Any, known: "Field[Any]", value: object, at: str) -> Any:
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise refuse(at, "应为一份清单；请用方括号列出。")
        return tuple(_value(get_args(hint)[0], known, one, f"{at}[{number}]") for number, one in enumerate(value))
    if issubclass(hint, Facts):
        return read(hint, value, at)
    return _READ[hint](value, known.metadata["words"], at)


def _text(value: object, words: Mapping[str, str] | None, at: str) -> str:
    if not isinstance(value, str):
        raise refuse(at, "应为文字；请加引号。")
    if words is not None and value not in words:
        raise refuse(at, f"没有“{value}”；可以写：{_listed(words)}。")
    return value.strip()


def _listed(words: Mapping[str, str]) -> str:
    return "、".join(f"{code}（{name}）" for code, name in words.items())


def _truth(value: object, _: Mapping[str, str] | None, at: str) -> bool:
    if not isinstance(value, bool):
        raise refuse(at, "应为 true 或 false。")
    return value


def _whole(value: object, _: Mapping[str, str] | None, at: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise refuse(at, f"应为 0 到 {_MOST} 的整数。")
    return value


def _amount(value: object, _: Mapping[str, str] | None, at: str) -> Decimal:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _NUMBER.fullmatch(text.strip()):
        raise refuse(at, '应为数，最多四位小数；带小数的请加引号，写成 "2.10" 的形式。')
    return Decimal(text.strip())


def _day(value: object, _: Mapping[str, str] | None, at: str) -> date:
    parent, _dot, name = at.rpartition(".")
    return questions.day({name: value}, name, parent)


_READ: Mapping[type, Callable[[object, Mapping[str, str] | None, str], object]] = {
    str: _text,
    bool: _truth,
    int: _whole,
    Decimal: _amount,
    date: _day,
}


def absent(facts: Facts) -> Sequence[tuple[str, str]]:
    """Every fact left out, however deep: path and Chinese name."""
    found: list[tuple[str, str]] = []
    for known in fields(facts):
        value = object.__getattribute__(facts, known.name)
        if value is _Left.OUT:
            found.append((f"{facts.at}.{known.name}".lstrip("."), str(known.metadata["label"])))
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Facts):
                found += absent(inner)
    return found
