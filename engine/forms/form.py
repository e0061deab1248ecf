"""A form as published: its fields, and what they allow."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.errors import InvalidDefinition
from engine.forms import conditions
from engine.forms.conditions import Condition

ROWS_LIMIT = 5_000
FILES_LIMIT = 50
#: Photos of one row of a table: one thing, seen from its sides.
ITEM_FILES_LIMIT = 9
#: A file is named by the SHA-256 of its content.
FILE_REFERENCE = "[0-9a-f]{64}"
#: How an item of a checklist can stand once it was begun.
STATES = frozenset({"SEEN", "DONE", "NOT_APPLICABLE", "BLOCKED"})
#: Who marked a row of a checklist, and when.
STAMPS = {"checked_by": "标记人", "checked_at": "标记时间"}
#: What a table can add up to: the columns of words and those of numbers that it needs.
_SUMMED: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "budget": (frozenset({"code"}), frozenset({"qty", "unit_price"})),
    "posts": (frozenset({"code"}), frozenset({"headcount", "monthly_cost", "months"})),
    "scores": (frozenset({"company", "judge"}), frozenset()),
    "weights": (frozenset({"criterion"}), frozenset({"weight"})),
}
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
    already: ``<task>.<field>``, ``pack.<parameter>``, ``roster.<total>`` or ``estate.<name>``.  A table that is a
    checklist (``checks``) asks for ``every`` item of its first column, and takes ``several`` rows for one; a column
    that is a ``stamp`` says who marked a row and when, and is not asked.  ``sums`` names what a table adds up to on the
    page: a ``budget``, ``scores`` or ``weights``.
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
    checks: bool = False
    every: bool = False
    several: bool = False
    stamp: bool = False
    sums: str = ""
    most_files: int = FILES_LIMIT

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
    columns = tuple(_columns(component, file)) if kind == "table" else ()
    made = Field(
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
        checks=_is_checklist(component),
        every=str(given.get("every")) == "true",
        several=str(given.get("several")) == "true",
        sums=str(given.get("sums") or ""),
    )
    _check_sums(made, file)
    if made.checks:
        _check_columns(made, file)
    elif made.every or made.several:
        raise InvalidDefinition(file, key, "every 和 several 只用于 kind 为 checks 的清单")
    return made


def _columns(component: Mapping[str, Any], file: str) -> Iterator[Field]:
    for column in _fields(component.get("components") or (), file):
        yield replace(column, most_files=ITEM_FILES_LIMIT)
    if _is_checklist(component):
        for key, label in STAMPS.items():
            yield Field(key, label, "text", required=False, stamp=True)


def _is_checklist(component: Mapping[str, Any]) -> bool:
    return component.get("type") == "dynamiclist" and (component.get("properties") or {}).get("kind") == "checks"


def _check_sums(one: Field, file: str) -> None:
    """Refuse a table that could not add up to what it names."""
    if not one.sums:
        return
    columns = {column.key: column.kind for column in one.columns}
    numbers = {key for key, kind in columns.items() if kind in {"decimal", "money", "integer"}}
    if one.sums not in _SUMMED:
        raise InvalidDefinition(file, one.key, f"sums 应为 {'、'.join(_SUMMED)} 之一")
    words, needed = _SUMMED[one.sums]
    if not words <= set(columns) or not needed <= numbers or (one.sums == "weights" and columns["weight"] != "integer"):
        raise InvalidDefinition(
            file, one.key, f"sums 为 {one.sums} 的表格应有 {'、'.join(sorted(words | needed))} 各列"
        )


def _check_columns(one: Field, file: str) -> None:
    """Refuse a checklist that could not say how an item stands, why, or show it."""
    columns = {column.key: column for column in one.columns}
    first, state, reason, photos = (one.columns[0], *(columns.get(key) for key in ("state", "reason", "photos")))
    doubled = [key for key in STAMPS if sum(column.key == key for column in one.columns) > 1]
    why = ""
    if first.kind != "enum" or not first.required or first.key == "state":
        why = "清单的第一列应是必填的选择，列出各个事项"
    elif state is None or state.kind != "enum" or not state.required or set(state.options) != STATES:
        why = f"清单应有必填的选择 state，值为 {'、'.join(sorted(STATES))}"
    elif reason is None or not reason.required or reason.hidden_when is None:
        why = "清单应有必填的 reason，并用 conditional 只在不适用、受阻时问"
    elif {code for code in (*STATES, None) if not reason.hidden({"state": code})} != {"NOT_APPLICABLE", "BLOCKED"}:
        why = "清单的 reason 应只在不适用、受阻时问"
    elif photos is None or photos.kind != "files" or photos.required:
        why = "清单应有选填的附件 photos；受阻时由系统要求照片"
    elif doubled:
        why = f"清单不能有字段 {doubled[0]}；谁在何时标记由系统记录"
    if why:
        raise InvalidDefinition(file, one.key, why)


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
            return {**described, "type": "array", "maxItems": one.most_files, "items": reference}
        case "choices":
            return {**described, "type": "array", "items": {"enum": list(one.options)}}
        case "bool":
            return {**described, "enum": [True, False, "true", "false"]}
        case "date":
            return {**described, "type": "string", "format": "date"}
        case "text" | "long":
            return {**described, "type": "string", "maxLength": one.longest}
    return {**described, "type": "string"}
