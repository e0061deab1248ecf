"""A form as published: its fields, and what they allow."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.errors import InvalidDefinition
from engine.forms import conditions
from engine.forms.conditions import Condition

ROWS_LIMIT = 5_000
FILES_LIMIT = 50
#: A file is named by the SHA-256 of its content.
FILE_REFERENCE = "[0-9a-f]{64}"
_LENGTHS = {"text": 200, "long": 2_000}
_KINDS_OF_NUMBER = ("integer", "area", "money", "percent", "decimal")
_COMPONENT_KEYS = {
    "id", "key", "path", "type", "label", "dateLabel", "description", "subtype", "values", "validate", "properties",
    "components", "decimalDigits", "serializeToString", "appearance", "allowAddRemove", "defaultRepetitions",
    "conditional", "multiple", "accept",
}  # fmt: skip
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PRINTED = {"area": "平方米", "money": "元", "percent": "%"}


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    ``kind``: ``text``, ``long``, ``integer``, ``area`` (0.01 m²), ``money`` and ``decimal`` (Decimal),
    ``percent`` (Decimal of a hundred), ``date``, ``bool``, ``enum``, ``choices`` (several), ``files`` (SHA-256 of
    kept evidence), ``table`` (rows of ``columns``).  ``hidden_when`` says when it is not asked.  A ``past`` date
    says what has happened; a date does not come before the field ``after``.  ``source`` names what is known
    already: ``<task>.<field>``, ``pack.<parameter>``, ``roster.<total>`` or ``estate.<name>``.
    """

    key: str
    label: str
    kind: str
    required: bool
    options: Mapping[str, str] = field(default_factory=dict)
    columns: tuple["Field", ...] = ()
    help: str = ""
    pattern: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    longest: int = 200
    hidden_when: Condition | None = None
    past: bool = False
    after: str = ""
    source: str = ""

    def hidden(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is not asked, given the answers before it."""
        return self.hidden_when is not None and self.hidden_when.holds(answers)

    @property
    def unit(self) -> str:
        """What a number counts, as printed."""
        return _PRINTED.get(self.kind, "")


@dataclass(frozen=True)
class Form:
    """The form of the user task ``name``."""

    name: str
    title: str
    fields: tuple[Field, ...]

    @cached_property
    def schema(self) -> dict[str, Any]:
        """A JSON Schema (2020-12) of what :func:`read` takes, numbers as text."""
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object_schema(self.fields)}


def _no_number(constant: str) -> None:
    raise ValueError(constant)


#: What may stand under a name of a component, before anything is read out of it.
_SHAPES = {"text": str, "values": list, "components": list, "conditional": dict, "properties": dict, "validate": dict}
_LIMIT, _LENGTH = re.compile(r"-?\d{1,15}(\.\d{1,4})?"), re.compile(r"[1-9]\d{0,6}")


def _sound(component: Any) -> bool:
    """Whether every part of a component is of the kind that a form editor writes there."""
    if not isinstance(component, dict):
        return False
    if any(name in component and not isinstance(component[name], kind) for name, kind in _SHAPES.items()):
        return False
    options, limits = component.get("values", ()), component.get("validate", {})
    return (
        all(isinstance(option, dict) and {"value", "label"} <= option.keys() for option in options)
        and all(_LIMIT.fullmatch(str(limits[name])) for name in ("min", "max") if name in limits)
        and ("maxLength" not in limits or _LENGTH.fullmatch(str(limits["maxLength"])) is not None)
    )


def parse(text: str, *, file: str) -> Form:
    """The form in a form-js file.  Raises InvalidDefinition for anything outside the subset."""
    try:
        raw = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise InvalidDefinition(file, "", "不是 JSON") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("components"), list):
        raise InvalidDefinition(file, "", "缺少 components")
    name = file.rsplit("/", 1)[-1].removesuffix(".form")
    if raw.get("id") != name:
        raise InvalidDefinition(file, "id", f"应与文件名相同：{name}")
    fields = tuple(_fields(raw["components"], file))
    title = next((c.get("text", "").lstrip("# ").strip() for c in raw["components"] if c.get("type") == "text"), name)
    return Form(name, title, fields)


def _fields(components: Iterable[Any], file: str) -> Iterator[Field]:
    seen: set[str] = set()
    for component in components:
        if not _sound(component):
            raise InvalidDefinition(file, "", f"不是表单应有的结构；请在表单编辑器中核对：{component}"[:200])
        if component.get("type") == "text":
            continue
        made = _field(component, file)
        if made.key in seen:
            raise InvalidDefinition(file, made.key, "字段重复")
        unasked = (made.hidden_when.fields if made.hidden_when else frozenset()) - seen
        if unasked or (made.after and made.after not in seen):
            name = min(unasked, default=made.after)
            raise InvalidDefinition(file, made.key, f"条件或先后所说的“{name}”应是排在它前面的字段")
        seen.add(made.key)
        yield made


def _field(component: Mapping[str, Any], file: str) -> Field:
    key = str(component.get("key") or component.get("path") or "")
    unknown = sorted(set(component) - _COMPONENT_KEYS)
    if unknown:
        raise InvalidDefinition(file, key, f"不支持属性 {unknown[0]}")
    if not _KEY.fullmatch(key) or key == "typename":
        raise InvalidDefinition(file, key, "字段名应为小写英文字母、数字和下划线，且不能是 typename")
    label = str(component.get("label") or component.get("dateLabel") or "")
    if not label:
        raise InvalidDefinition(file, key, "没有标签")
    kind = _kind(component, file, key)
    rules = component.get("validate") or {}
    given = component.get("properties") or {}
    columns = tuple(_fields(component.get("components") or (), file)) if kind == "table" else ()
    return Field(
        key=key,
        label=label,
        kind=kind,
        required=_required(component, kind),
        options={str(option["value"]): str(option["label"]) for option in component.get("values") or ()},
        columns=columns,
        help=str(component.get("description") or ""),
        pattern=str(rules.get("pattern") or ""),
        least=Decimal(str(rules["min"])) if "min" in rules else None,
        most=Decimal(str(rules["max"])) if "max" in rules else None,
        longest=int(rules.get("maxLength") or _LENGTHS.get(kind, 200)),
        hidden_when=_condition(component, file, key),
        past=str(given.get("past")) == "true",
        after=str(given.get("after") or ""),
        source=str(given.get("from") or ""),
    )


def _condition(component: Mapping[str, Any], file: str, key: str) -> Condition | None:
    written = (component.get("conditional") or {}).get("hide")
    if not written:
        return None
    try:
        return conditions.parse(str(written))
    except conditions.Refused as error:
        raise InvalidDefinition(file, key, str(error)) from error


def _kind(component: Mapping[str, Any], file: str, key: str) -> str:
    declared = str((component.get("properties") or {}).get("kind") or "")
    match component.get("type"):
        case "textfield":
            return "text"
        case "textarea":
            return "long"
        case "checkbox":
            return "bool"
        case "select" | "radio" if component.get("values"):
            return "enum"
        case "checklist" if component.get("values"):
            return "choices"
        case "dynamiclist" if component.get("components"):
            return "table"
        case "datetime" if component.get("subtype") == "date":
            return "date"
        case "filepicker":
            return "files"
        case "number":
            kind = declared or "integer"
            if kind in _KINDS_OF_NUMBER and component.get("decimalDigits") == (0 if kind == "integer" else 2):
                return kind
            raise InvalidDefinition(file, key, "数字应写明 kind，并且整数 0 位、其余 2 位小数")
    raise InvalidDefinition(file, key, f"不支持组件 {component.get('type')}，或缺少选项")


def _required(component: Mapping[str, Any], kind: str) -> bool:
    declared = (component.get("properties") or {}).get("required")
    if declared is not None:
        return str(declared) == "true"
    return kind == "bool" or bool((component.get("validate") or {}).get("required"))


# as a schema


def _object_schema(fields: Iterable[Field]) -> dict[str, Any]:
    asked = list(fields)
    return {
        "type": "object",
        "properties": {one.key: _schema(one) for one in asked},
        "required": [one.key for one in asked if one.required and one.hidden_when is None],
        "additionalProperties": False,
    }


def _schema(one: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"title": one.label}
    match one.kind:
        case "table":
            return {**described, "type": "array", "maxItems": ROWS_LIMIT, "items": _object_schema(one.columns)}
        case "enum":
            return {**described, "enum": list(one.options)}
        case "files":
            reference = {"type": "string", "pattern": f"^{FILE_REFERENCE}$"}
            return {**described, "type": "array", "maxItems": FILES_LIMIT, "items": reference}
        case "choices":
            return {**described, "type": "array", "items": {"enum": list(one.options)}}
        case "bool":
            return {**described, "enum": [True, False, "true", "false"]}
        case "date":
            return {**described, "type": "string", "format": "date"}
        case "text" | "long":
            return {**described, "type": "string", "maxLength": one.longest}
    return {**described, "type": "string"}
