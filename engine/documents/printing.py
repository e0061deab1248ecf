"""How a value is written on paper.  Units are never printed: the template's own words name them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import cn2an

#: Kinds of a printed value, with the type it is given as.
TEXT, NUMBER, AREA, MONEY, POINTS = "text", "number", "area", "money", "points"
DATE, FLAG, FILES = "date", "flag", "files"

#: What stands where an optional answer was not given, so that nothing can be written in afterwards.
UNANSWERED = "——"

# Controls, surrogates, bidirectional controls and non-characters: invalid in XML, or able to show another text.
_UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CENT = Decimal("0.01")


class Untrue(str):
    """A printed text that counts as untrue in a condition: ``——``, ``否``, zero."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


class Codes(str):
    """The codes of a multiple choice, printed with commas; ``in`` compares whole codes."""

    __slots__ = ()

    def __contains__(self, code: object) -> bool:
        return code in self.split(",")


@dataclass(frozen=True)
class Choice:
    """A value out of ``labels`` (code to Chinese label); several values print with ``、`` between."""

    labels: Mapping[str, str]


Shape = str | Choice


def text(value: object) -> str:
    """Text as given, its line ends made ``\\n``, tabs spaces, and what no paper can show left out."""
    given = str(value)
    if not given.isprintable():
        given = _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", given).replace("\t", " "))
    return given if given.strip() else Untrue(UNANSWERED)


def number(value: object) -> str:
    """A count, year, percentage or ratio without separators or trailing zeros: ``151``, ``0.5``."""
    if isinstance(value, (bool, float)):
        raise TypeError(f"{value!r} is not an exact number")
    if isinstance(value, Decimal):
        value = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return Untrue(value) if str(value) == "0" else text(value)


def points(value: object) -> str:
    """Points of a scoring given as a Decimal of two places, so that places of a ranking compare: ``89.00``."""
    if not isinstance(value, Decimal) or value != value.quantize(_CENT):
        raise TypeError(f"{value!r} are not points of two places")
    return f"{value:.2f}"


def area(value: object) -> str:
    """An area given as an int of 0.01 m²: ``15,702.50``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is not an area in 0.01 m²")
    whole, rest = divmod(abs(value), 100)
    return _sign(value, f"{whole:,}.{rest:02d}")


def money(value: object) -> str:
    """An amount of yuan given as a Decimal or int: ``140,000.00``.  Raises ValueError for parts of a cent."""
    amount = _amount(value)
    return _sign(amount, f"{abs(amount):,.2f}")


def capitals(value: object) -> str:
    """The same amount as 人民币大写, without the word 人民币: ``壹拾肆万元整``."""
    amount = _amount(value)
    return str(cn2an.an2cn(str(amount), "rmb"))


def day(value: object) -> str:
    """A date as ``2026年3月26日``."""
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a date")
    return f"{value.year}年{value.month}月{value.day}日"


def flag(value: object) -> str:
    """``是`` or ``否``; 否 counts as untrue."""
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return "是" if value else Untrue("否")


def files(value: object) -> str:
    """How many pieces of evidence there are: ``3 份``."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list of files")
    return f"{len(value)} 份" if value else Untrue(UNANSWERED)


_PRINTERS = {TEXT: text, NUMBER: number, AREA: area, MONEY: money, POINTS: points, DATE: day, FLAG: flag, FILES: files}


def leaf(name: str, shape: Shape, value: object) -> dict[str, str]:
    """The facts that one value yields: ``name``, and ``name_code`` or ``name_capitals`` where the shape has one."""
    if value is None or value == "":
        return {
            key: Untrue(UNANSWERED if key == name or key.endswith("_capitals") else "") for key in names(name, shape)
        }
    if isinstance(shape, Choice):
        return _chosen(name, shape, value)
    printed = {name: _PRINTERS[shape](value)}
    if shape == MONEY:
        printed[f"{name}_capitals"] = capitals(value)
    if shape == FLAG:
        printed[f"{name}_code"] = "true" if value else "false"
    return printed


def names(name: str, shape: Shape) -> tuple[str, ...]:
    """The names that :func:`leaf` yields for a shape."""
    if isinstance(shape, Choice) or shape == FLAG:
        return name, f"{name}_code"
    return (name, f"{name}_capitals") if shape == MONEY else (name,)


def _chosen(name: str, shape: Choice, value: object) -> dict[str, str]:
    several = isinstance(value, (list, tuple, set, frozenset))
    codes = [str(code) for code in value] if several else [str(value)]  # type: ignore[attr-defined]
    if isinstance(value, (set, frozenset)):
        codes.sort()
    label = text("、".join(shape.labels.get(code, code) for code in codes))
    code = ",".join(codes)
    return {name: label, f"{name}_code": Codes(code) if several else code}


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise TypeError(f"{value!r} is not an exact amount of yuan")
    amount = Decimal(value).quantize(_CENT)
    if amount != value:
        raise ValueError(f"{value} is not a whole number of cents")
    return amount


def _sign(value: int | Decimal, digits: str) -> str:
    if value == 0:
        return Untrue(digits)
    return f"-{digits}" if value < 0 else digits
