"""Jurisdiction packs: the numbers a place may set, each with unit, calendar, direction, source and confidence.

National law bounds them: a value beyond :data:`national.LIMITS` is refused, a stricter one accepted with a
warning.  The format: ``docs/jurisdiction-packs.md``.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import InvalidDefinition, NotFound
from engine.rules.national import LIMITS, Limit
from engine.rules.personal_data import GROUNDS
from engine.rules.tally import READINGS

Value = int | str | Fraction
PERIODS = frozenset({"minutes", "hours", "days", "months", "years"})
COUNTS = frozenset(
    {
        "persons", "companies", "times", "photos", "papers", "points", "yuan", "per_myriad", "day", "class", "doors",
        "metres", "oclock",
    }
)  # fmt: skip
#: Longer than any place sets, and less than what reaches beyond the calendar.
_LONGEST = 100_000
UNITS = PERIODS | COUNTS | {"share", "percent", "month_day", "text"}
#: ``min`` and ``max``: the least or the most that is allowed; ``fixed``: law's own, no place may change it;
#: ``set``: a number that is chosen and bounds nothing.
DIRECTIONS = frozenset({"min", "max", "fixed", "set"})
CONFIDENCES = frozenset({"A", "B", "C", "U", "inferred"})
#: What a parameter of unit ``text`` may be, where the engine asks.
CHOICES: Mapping[str, tuple[str, ...]] = {
    **READINGS,
    "agenda_lock": ("LOCKED",),
    "non_voter_rule": ("NOT_COUNTED", "FOLLOW_MAJORITY"),
    "copy_ballots": ("REFUSED", "ACCEPTED"),
    "live_participation": ("SHOWN", "CONVENORS", "HIDDEN"),
    "posting_break": ("RESTART", "EXTEND"),
    "notice_count_mode": ("SAFE", "LITERAL"),
    "area_basis": ("register", "inner"),
    "supervisor_required": ("YES", "NO"),
}
#: Of which words a parameter of unit ``text`` may list several, with commas between.
LISTS: Mapping[str, tuple[str, ...]] = {
    "delivery_modes": ("VISIT", "PICK_UP", "REGISTERED_MAIL", "COURIER", "ELECTRONIC"),
    "identity_vault_grounds": tuple(GROUNDS),
}
_REQUIRED = {"title", "value", "unit", "source", "confidence"}
_FIELDS = _REQUIRED | {"calendar", "clock", "direction", "limit"}
_HEAD = {"place", "title", "zone", "effective_from"}
#: Pairs of which the first may not exceed the second.
_ORDERED = (
    ("voting_window_min", "voting_window"),
    ("voting_window", "voting_window_max"),
    ("oc_size_min", "oc_size_max"),
    ("pmc_size_min", "pmc_size_max"),
    ("remuneration_ratio_min", "remuneration_ratio"),
    ("remuneration_ratio", "remuneration_ratio_max"),
    ("acceptance_rectify_min", "acceptance_pass_min"),
    ("support_yellow_min", "support_green_min"),
    ("honesty_night_until", "honesty_night_from"),
)


@dataclass(frozen=True)
class Parameter:
    """One number of a place.

    ``calendar`` is ``natural`` or ``working`` for days, else empty; ``clock`` is ``statutory`` (runs on while an
    estate is suspended) or ``programme``; ``direction`` is one of :data:`DIRECTIONS`, empty for text;
    ``confidence`` is A to C or U as in the sources, or ``inferred`` where the value is our own reading.
    """

    key: str
    title: str
    value: Value
    unit: str
    calendar: str
    clock: str
    direction: str
    source: str
    confidence: str

    @property
    def limit(self) -> Limit | None:
        """The national bound, if there is one."""
        return LIMITS.get(self.key)


@dataclass(frozen=True)
class Pack:
    """The numbers of a place from a day on; ``version`` is the hash of its text."""

    place: str
    title: str
    zone: str
    effective_from: date
    version: str
    text: str
    parameters: Mapping[str, Parameter]
    warnings: tuple[str, ...]

    def parameter(self, key: str) -> Parameter:
        """The parameter.  Raises NotFound naming key and pack."""
        if key not in self.parameters:
            raise NotFound(what=f"规则包“{self.title}”的参数 {key}")
        return self.parameters[key]

    def value(self, key: str) -> Any:
        """The value of a parameter."""
        return self.parameter(key).value

    def days(self, key: str) -> int:
        """The value of a parameter counted in days.  Raises NotFound when it is counted otherwise."""
        found = self.parameter(key)
        if found.unit != "days" or not isinstance(found.value, int):
            raise NotFound(what=f"规则包“{self.title}”中以天计的参数 {key}")
        return found.value

    def words(self, key: str) -> tuple[str, ...]:
        """The words that a parameter of unit ``text`` lists."""
        return tuple(str(self.value(key)).split(","))

    def differences(self, other: "Pack") -> list[tuple[str, str, str]]:
        """Every parameter whose value is another one in ``other``: key, value here, value there."""
        keys = sorted(set(self.parameters) | set(other.parameters))
        shown = [(key, _value_in(self, key), _value_in(other, key)) for key in keys]
        return [(key, here, there) for key, here, there in shown if here != there]


def read(text: str, *, file: str) -> Pack:
    """The pack in a TOML text.  Raises InvalidDefinition naming the parameter and what to do."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        where = f"第 {at[1]} 行" if at else "文件末尾"
        raise InvalidDefinition(file, "", f"{where}不是 TOML 的写法，或一项写了两次；请改正") from error
    _check_head(file, raw)
    parameters = {key: _parameter(file, key, entry) for key, entry in raw.items() if key not in _HEAD}
    _check_order(file, parameters)
    return Pack(
        place=raw["place"],
        title=raw["title"],
        zone=raw["zone"],
        effective_from=raw["effective_from"],
        version=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        parameters=parameters,
        warnings=tuple(_warnings(parameters.values())),
    )


def choose(packs: Iterable[Pack], place: str, on: date) -> Pack:
    """The newest pack of ``place`` in force on that day.  Raises NotFound."""
    in_force = [pack for pack in packs if pack.place == place and pack.effective_from <= on]
    if not in_force:
        raise NotFound(what=f"{place} 在 {on} 施行的规则包")
    return max(in_force, key=lambda pack: pack.effective_from)


def unfit(packs: Iterable[Pack]) -> Iterator[str]:
    """Why packs cannot stand beside each other: a key that others have is missing, or two begin on one day."""
    known = list(packs)
    every = {key for pack in known for key in pack.parameters}
    begins: dict[tuple[str, date], str] = {}
    for pack in known:
        for key in sorted(every - set(pack.parameters)):
            yield f"规则包“{pack.title}”缺少参数 {key}；其他地方的规则包都有，请补上值、依据和可信度"
        when = (pack.place, pack.effective_from)
        if when in begins:
            yield f"规则包“{pack.title}”和“{begins[when]}”同地同日（{pack.effective_from}）施行；请改其中一个的施行日"
        begins[when] = pack.title


def _value_in(pack: Pack, key: str) -> str:
    return str(pack.parameters[key].value) if key in pack.parameters else ""


def _check_head(file: str, raw: Mapping[str, Any]) -> None:
    for key in sorted(_HEAD - set(raw)):
        raise InvalidDefinition(file, key, "缺少这一项；请补上")
    for key in ("place", "title", "zone"):
        if not isinstance(raw[key], str) or not raw[key].strip():
            raise InvalidDefinition(file, key, "应为文字；请填写")
    try:
        ZoneInfo(raw["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidDefinition(file, "zone", f"没有时区“{raw['zone']}”；请写 Asia/Shanghai") from error
    begins = raw["effective_from"]
    if not isinstance(begins, date) or isinstance(begins, datetime):
        raise InvalidDefinition(file, "effective_from", "应为不加引号的日期，如 2026-07-01；请改正")


def _check_order(file: str, parameters: Mapping[str, Parameter]) -> None:
    for less, more in _ORDERED:
        if less in parameters and more in parameters:
            lower, upper = parameters[less], parameters[more]
            if isinstance(lower.value, int) and isinstance(upper.value, int) and lower.value > upper.value:
                message = f"“{lower.title}”{_shown(lower.value)}大于“{upper.title}”{_shown(upper.value)}；请核对两项"
                raise InvalidDefinition(file, less, message)


def _parameter(file: str, key: str, entry: Any) -> Parameter:
    if not isinstance(entry, dict) or not _REQUIRED.issubset(entry):
        raise InvalidDefinition(file, key, f"应写明 {'、'.join(sorted(_REQUIRED))}；请补上")
    unknown = sorted(set(entry) - _FIELDS)
    if unknown:
        raise InvalidDefinition(file, key, f"不认识“{unknown[0]}”；请删去")
    unit = str(entry["unit"])
    parameter = Parameter(
        key=key,
        title=str(entry["title"]),
        value=_value(file, key, entry["value"], unit),
        unit=unit,
        calendar=str(entry.get("calendar", "natural" if unit == "days" else "")),
        clock=str(entry.get("clock", "programme")),
        direction=str(entry.get("direction", "")),
        source=str(entry["source"]),
        confidence=str(entry["confidence"]),
    )
    _check_words(file, parameter)
    _check_limit(file, parameter, entry.get("limit"))
    return parameter


def _value(file: str, key: str, value: Any, unit: str) -> Value:
    if unit not in UNITS:
        raise InvalidDefinition(file, key, f"不认识单位“{unit}”；应为 {'、'.join(sorted(UNITS))} 之一")
    if unit == "share":
        return _share(file, key, value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise InvalidDefinition(file, key, "值应为整数或文字，不能是小数；请改正")
    if unit in {"text", "month_day"}:
        if not isinstance(value, str):
            raise InvalidDefinition(file, key, "值应为文字；请加引号")
        if unit == "month_day" and not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value):
            raise InvalidDefinition(file, key, f"“{value}”不是月日；请写成 12-01 的形式")
        allowed = CHOICES.get(key)
        if allowed and value not in allowed:
            raise InvalidDefinition(file, key, f"值“{value}”不认识；应为 {'、'.join(allowed)} 之一")
        _check_list(file, key, value)
        return value
    if unit in PERIODS and isinstance(value, int) and value > _LONGEST:
        raise InvalidDefinition(file, key, f"值 {value} 太大；请核对位数")
    if not isinstance(value, int) or value < 0:
        wanted = "天数应为不小于 0 的整数" if unit == "days" else "值应为不小于 0 的整数"
        raise InvalidDefinition(file, key, f"{wanted}；请改正")
    if unit == "percent" and value > 100:
        raise InvalidDefinition(file, key, f"百分比 {value} 超过 100；请改正")
    return value


def _check_list(file: str, key: str, value: str) -> None:
    words, allowed = value.split(","), LISTS.get(key, ())
    strange = [word for word in words if word not in allowed]
    if allowed and (strange or len(set(words)) != len(words)):
        what = f"“{strange[0]}”不认识" if strange else "有重复"
        raise InvalidDefinition(file, key, f"{what}；请从 {'、'.join(allowed)} 中选，中间用英文逗号")


def _share(file: str, key: str, value: Any) -> Fraction:
    try:
        share = Fraction(value) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        share = None
    if share is None or not 0 <= share <= 1:
        raise InvalidDefinition(file, key, "份额应写成“2/3”的形式，在 0 到 1 之间；请改正")
    return share


def _check_words(file: str, parameter: Parameter) -> None:
    key = parameter.key
    if parameter.calendar not in {"", "natural", "working"} or parameter.clock not in {"statutory", "programme"}:
        raise InvalidDefinition(file, key, "calendar 应为 natural 或 working，clock 应为 statutory 或 programme")
    if not parameter.source.strip():
        raise InvalidDefinition(file, key, "没有写明依据；请填写 source")
    if parameter.confidence not in CONFIDENCES:
        raise InvalidDefinition(file, key, f"可信度“{parameter.confidence}”不认识；应为 A、B、C、U 或 inferred")
    is_number = not isinstance(parameter.value, str)
    if is_number != (parameter.direction in DIRECTIONS) or (not is_number and parameter.direction):
        raise InvalidDefinition(file, key, "数值须写明 direction：min、max、fixed 或 set；文字不写")


def _check_limit(file: str, parameter: Parameter, stated: Any) -> None:
    limit = parameter.limit
    if limit is None:
        if stated is not None:
            raise InvalidDefinition(file, parameter.key, "国家规定对这一项没有限值；请删去 limit")
        return
    if parameter.direction != limit.direction or stated is None or str(stated) != str(limit.value):
        wanted = f'direction = "{limit.direction}"、limit = {limit.value}（{limit.source}）'
        raise InvalidDefinition(file, parameter.key, f"须照国家规定写明 {wanted}；请改正")
    if isinstance(parameter.value, str) or not limit.holds(parameter.value):
        bound = {"min": "低于", "max": "高于", "fixed": "不同于"}[limit.direction]
        message = (
            f"“{parameter.title}”{_shown(parameter.value)}{bound}国家规定的{_shown(limit.value)}（{limit.source}）"
        )
        raise InvalidDefinition(file, parameter.key, f"{message}；请改正")


def _warnings(parameters: Iterable[Parameter]) -> Iterator[str]:
    for parameter in parameters:
        limit = parameter.limit
        if limit is not None and parameter.value != limit.value:
            yield (
                f"{parameter.key}：“{parameter.title}”{_shown(parameter.value)}"
                f"严于国家规定的{_shown(limit.value)}（{limit.source}）"
            )


def _shown(value: Value) -> str:
    return f" {value} "
