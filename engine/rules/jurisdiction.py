"""Jurisdiction packs: the numbers a place may set, each with unit, calendar, source and confidence.

National law bounds them: a value beyond :data:`NATIONAL` is refused, a stricter one accepted with a warning.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from engine.errors import InvalidDefinition, NotFound

Value = int | str | Fraction
_FIELDS = {"title", "value", "unit", "calendar", "clock", "source", "confidence"}
_HEAD = {"place", "title", "zone", "effective_from"}


@dataclass(frozen=True)
class Limit:
    """A bound of national law: at least (``min``) or at most (``max``) ``value``."""

    direction: str
    value: int | Fraction
    source: str

    def holds(self, value: int | Fraction) -> bool:
        """Whether ``value`` keeps within the bound."""
        return value >= self.value if self.direction == "min" else value <= self.value


#: What no place may undercut (law §2.2, §3.5; decisions 9).
NATIONAL: Mapping[str, Limit] = {
    "quorum_area": Limit("min", Fraction(2, 3), "民法典 278 ¶2"),
    "quorum_persons": Limit("min", Fraction(2, 3), "民法典 278 ¶2"),
    "pass_ordinary": Limit("min", Fraction(1, 2), "民法典 278 ¶2"),
    "pass_special": Limit("min", Fraction(3, 4), "民法典 278 ¶2"),
    "assembly_notice": Limit("min", 15, "物业管理条例 14"),
    "extraordinary_notice": Limit("min", 15, "物业管理条例 14"),
    "oc_filing": Limit("max", 30, "物业管理条例 16"),
    "requisition": Limit("max", 20, "物业管理条例 13"),
    "indefinite_term_notice": Limit("min", 60, "民法典 948"),
    "dismissal_notice": Limit("min", 60, "民法典 946"),
    "company_no_renew_notice": Limit("min", 90, "民法典 947"),
    "oc_agenda_notice": Limit("min", 7, "业主大会和业主委员会指导规则 39"),
    "oc_decision_notice": Limit("max", 3, "业主大会和业主委员会指导规则 39"),
    "prep_group_setup": Limit("max", 60, "业主大会和业主委员会指导规则 9"),
    "prep_group_first_assembly": Limit("max", 90, "业主大会和业主委员会指导规则 15"),
    "oc_size_min": Limit("min", 5, "业主大会和业主委员会指导规则 31"),
    "oc_size_max": Limit("max", 11, "业主大会和业主委员会指导规则 31"),
    "guard_filing": Limit("max", 30, "保安服务管理条例 14"),
    "tender_contract": Limit("max", 30, "招标投标法 46"),
    "impact_assessment_retention": Limit("min", 3, "个人信息保护法 56"),
}


@dataclass(frozen=True)
class Parameter:
    """One number of a place.

    ``calendar`` is ``natural`` or ``working`` for days, else empty; ``clock`` is ``statutory`` (runs on while an
    estate is suspended) or ``programme``; ``confidence`` is A to C or U as in the sources.
    """

    key: str
    title: str
    value: Value
    unit: str
    calendar: str
    clock: str
    source: str
    confidence: str

    @property
    def limit(self) -> Limit | None:
        """The national bound, if there is one."""
        return NATIONAL.get(self.key)


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


def read(text: str, *, file: str) -> Pack:
    """The pack in a TOML text.  Raises InvalidDefinition naming the parameter."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidDefinition(file, "", f"不是 TOML：{error}") from error
    missing = sorted(_HEAD - set(raw))
    if missing:
        raise InvalidDefinition(file, missing[0], "缺少这一项")
    parameters = {key: _parameter(file, key, entry) for key, entry in raw.items() if key not in _HEAD}
    return Pack(
        place=str(raw["place"]),
        title=str(raw["title"]),
        zone=str(raw["zone"]),
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


def _parameter(file: str, key: str, entry: Any) -> Parameter:
    if not isinstance(entry, dict) or not {"title", "value", "unit", "source", "confidence"} <= set(entry):
        raise InvalidDefinition(file, key, "应写明 title、value、unit、source、confidence")
    unknown = sorted(set(entry) - _FIELDS)
    if unknown:
        raise InvalidDefinition(file, key, f"不认识“{unknown[0]}”")
    parameter = Parameter(
        key=key,
        title=str(entry["title"]),
        value=_value(file, key, entry["value"], str(entry["unit"])),
        unit=str(entry["unit"]),
        calendar=str(entry.get("calendar", "natural" if entry["unit"] == "days" else "")),
        clock=str(entry.get("clock", "programme")),
        source=str(entry["source"]),
        confidence=str(entry["confidence"]),
    )
    if parameter.calendar not in {"", "natural", "working"} or parameter.clock not in {"statutory", "programme"}:
        raise InvalidDefinition(file, key, "calendar 应为 natural 或 working，clock 应为 statutory 或 programme")
    if not parameter.source.strip():
        raise InvalidDefinition(file, key, "没有写明依据")
    limit = parameter.limit
    if limit is not None and (isinstance(parameter.value, str) or not limit.holds(parameter.value)):
        bound = "低于" if limit.direction == "min" else "高于"
        message = (
            f"“{parameter.title}”{_shown(parameter.value)}{bound}国家规定的 {_shown(limit.value)}（{limit.source}）"
        )
        raise InvalidDefinition(file, key, f"{message}；请改正")
    return parameter


def _value(file: str, key: str, value: Any, unit: str) -> Value:
    if unit == "share":
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError) as error:
            raise InvalidDefinition(file, key, "份额应写成“2/3”的形式") from error
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise InvalidDefinition(file, key, "值应为整数或文字，不能是小数")
    if unit == "days" and (not isinstance(value, int) or value < 0):
        raise InvalidDefinition(file, key, "天数应为不小于 0 的整数")
    return value


def _warnings(parameters: Iterable[Parameter]) -> Iterable[str]:
    for parameter in parameters:
        limit = parameter.limit
        if limit is not None and parameter.value != limit.value:
            yield (
                f"{parameter.key}：“{parameter.title}”{_shown(parameter.value)}"
                f"严于国家规定的 {_shown(limit.value)}（{limit.source}）"
            )


def _shown(value: Value) -> str:
    return f" {value} "
