"""Forms: what a user task asks, as a strict subset of form-js; reads answers exactly and keeps them as JSON.

The subset and our properties: ``docs/forms.md``.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.errors import InvalidAnswers, InvalidDefinition, Problem

ROWS_LIMIT = 5_000
_LENGTHS = {"text": 200, "long": 2_000}
_KINDS_OF_NUMBER = ("integer", "area", "money", "percent", "decimal")
_COMPONENT_KEYS = {
    "id", "key", "path", "type", "label", "dateLabel", "description", "subtype", "values", "validate", "properties",
    "components", "decimalDigits", "serializeToString", "appearance", "allowAddRemove", "defaultRepetitions",
}  # fmt: skip
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PRINTED = {"area": "平方米", "money": "元", "percent": "%"}


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    ``kind``: ``text``, ``long``, ``integer``, ``area`` (0.01 m²), ``money`` and ``decimal`` (Decimal),
    ``percent`` (Decimal of a hundred), ``date``, ``bool``, ``enum``, ``choices`` (several), ``table`` (rows of
    ``columns``).
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


def parse(text: str, *, file: str) -> Form:
    """The form in a form-js file.  Raises InvalidDefinition for anything outside the subset."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise InvalidDefinition(file, "", "不是 JSON") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("components"), list):
        raise InvalidDefinition(file, "", "缺少 components")
    name = file.rsplit("/", 1)[-1].removesuffix(".form")
    if raw.get("id") != name:
        raise InvalidDefinition(file, "id", f"应与文件名相同：{name}")
    try:
        fields = tuple(_fields(raw["components"], file))
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        # a value of another type somewhere below a component
        raise InvalidDefinition(file, "components", f"组件的写法有误（{error}）；请在表单编辑器中改正") from error
    headings = (c.get("text") for c in raw["components"] if c.get("type") == "text")
    title = next((text.lstrip("# ").strip() for text in headings if isinstance(text, str)), name)
    return Form(name, title, fields)


def read(form: Form, submitted: Mapping[str, Any]) -> dict[str, Any]:
    """Typed answers from what was submitted; an optional field without an answer is None.

    Raises InvalidAnswers with every problem at once; the fields are named by their keys.
    """
    problems: list[Problem] = []
    if not isinstance(submitted, Mapping):
        raise InvalidAnswers([Problem(form.name, "应逐项填写（“名称: 值”）；请参照表单补上。")])
    answers = _read_row(form.fields, submitted, "", problems)
    if problems:
        raise InvalidAnswers(problems)
    return answers


def dump(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """``answers`` as JSON values; :func:`load` brings them back exactly."""
    return {one.key: _dumped(one, answers.get(one.key)) for one in form.fields}


def load(form: Form, dumped: Mapping[str, Any]) -> dict[str, Any]:
    """Typed answers from what :func:`dump` made; fields that a newer form added are None."""
    return {one.key: _loaded(one, dumped.get(one.key)) for one in form.fields}


def describe(form: Form, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each field's label and its answer as a person reads it; tables as the number of their rows."""
    return [(one.label, printed(one, answers.get(one.key))) for one in form.fields]


def printed(one: Field, value: Any) -> str:
    """One answer as a person reads it."""
    if value is None:
        return "——"
    match one.kind:
        case "bool":
            return "是" if value else "否"
        case "enum":
            return one.options.get(value, value)
        case "choices":
            return "、".join(one.options.get(choice, choice) for choice in value)
        case "area":
            return f"{value // 100}.{value % 100:02d}"
        case "table":
            return f"{len(value)} 行"
    return str(value)


# reading a form


def _fields(components: Iterable[Any], file: str) -> Iterator[Field]:
    seen: set[str] = set()
    for component in components:
        if not isinstance(component, dict):
            raise InvalidDefinition(file, "", "components 的每一项应为对象")
        if component.get("type") == "text":
            continue
        made = _field(component, file)
        if made.key in seen:
            raise InvalidDefinition(file, made.key, "字段重复")
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
    )


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


# reading answers


def _read_row(
    fields: Iterable[Field], submitted: Mapping[str, Any], where: str, problems: list[Problem]
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    known = set()
    for one in fields:
        known.add(one.key)
        answers[one.key] = _read_field(one, submitted.get(one.key), f"{where}{one.key}", problems)
    for key in submitted:
        if key not in known:
            problems.append(Problem(f"{where}{key}", f"这张表单没有“{key}”这一项；请删去，或核对字段名。"))
    return answers


def _read_field(one: Field, value: Any, where: str, problems: list[Problem]) -> Any:
    if isinstance(value, str):
        if _SURROGATE.search(value):
            problems.append(Problem(where, "含有不完整的字符，不能保存；请重新输入。"))
            return None
        value = unicodedata.normalize("NFKC", value).strip() if one.kind not in {"text", "long"} else value.strip()
    if value is None or value in ("", []):
        if one.required:
            problems.append(Problem(where, f"“{one.label}”没有填写；请补上。"))
        return None
    if one.kind == "table":
        return _read_table(one, value, where, problems)
    try:
        return _READERS[one.kind](one, value)
    except _Unreadable as error:
        problems.append(Problem(where, f"“{one.label}”填的是“{str(value)[:40]}”：{error}"))
        return None


def _read_table(one: Field, value: Any, where: str, problems: list[Problem]) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        problems.append(Problem(where, f"“{one.label}”应为逐行的清单。"))
        return []
    if len(value) > ROWS_LIMIT:
        problems.append(Problem(where, f"“{one.label}”有 {len(value)} 行，最多 {ROWS_LIMIT} 行；请用表格导入。"))
        return []
    return [_read_row(one.columns, row, f"{where}[{number}].", problems) for number, row in enumerate(value)]


#: Half a character, as a faulty program may send it; no file and no database can hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Unreadable(ValueError):
    """Says in Chinese what to write instead."""


def _text(one: Field, value: Any) -> str:
    text = str(value)
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text):
        raise _Unreadable("含有不可见的控制字符；请重新输入。")
    if len(text) > one.longest:
        raise _Unreadable(f"共 {len(text)} 字，最多 {one.longest} 字；请精简。")
    if one.pattern and not re.fullmatch(one.pattern, text):
        raise _Unreadable("格式不对；请按示例重新填写。")
    return text


def _digits(one: Field, value: Any, places: int) -> Decimal:
    if isinstance(value, bool | float):
        raise _Unreadable("请写成文字形式的数。")
    text = str(value).replace(",", "")
    if not re.fullmatch(r"-?\d{1,15}(\.\d+)?", text):
        raise _Unreadable("不是数字；请只填数字，如 89.97。" if places else "不是整数；请只填数字。")
    number = Decimal(text)
    if len(text.partition(".")[2]) > places:
        wanted = f"最多 {places} 位小数" if places else "应为整数"
        raise _Unreadable(f"小数位过多，{wanted}；请按登记的数填写。")
    if one.least is not None and number < one.least:
        raise _Unreadable(f"不能小于 {one.least}。")
    if one.most is not None and number > one.most:
        raise _Unreadable(f"不能大于 {one.most}。")
    return number


def _integer(one: Field, value: Any) -> int:
    return int(_digits(one, value, 0))


def _area(one: Field, value: Any) -> int:
    area = int(_digits(one, value, 2) * 100)
    if area <= 0:
        raise _Unreadable("面积应大于 0。")
    return area


def _decimal(one: Field, value: Any) -> Decimal:
    return _digits(one, value, 2)


def _money(one: Field, value: Any) -> Decimal:
    return _digits(one, value, 2).quantize(Decimal("0.01"))


#: Dates outside these years are slips of the pen, and no period could be counted from the last ones.
_YEARS = range(1900, 2201)


def _date(one: Field, value: Any) -> date:
    try:
        read = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise _Unreadable("不是日期；请写成 2026-03-02 的形式。") from error
    if read.year not in _YEARS:
        raise _Unreadable(f"年份 {read.year} 不在 {_YEARS[0]} 到 {_YEARS[-1]} 之间；请核对日期。")
    return read


def _bool(one: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    read = {"true": True, "on": True, "是": True, "false": False, "否": False}.get(str(value))
    if read is None:
        raise _Unreadable("请选择是或否。")
    return read


def _option(one: Field, value: Any) -> str:
    if str(value) not in one.options:
        raise _Unreadable(f"没有这个选项；可选：{'、'.join(one.options.values())}。")
    return str(value)


def _choices(one: Field, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise _Unreadable("应为若干选项的清单。")
    return [_option(one, choice) for choice in value]


_READERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "long": _text,
    "integer": _integer,
    "area": _area,
    "money": _money,
    "percent": _decimal,
    "decimal": _decimal,
    "date": _date,
    "bool": _bool,
    "enum": _option,
    "choices": _choices,
}


# keeping answers


def _dumped(one: Field, value: Any) -> Any:
    if value is None:
        return None
    if one.kind == "table":
        return [{column.key: _dumped(column, row.get(column.key)) for column in one.columns} for row in value]
    if one.kind == "date":
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _loaded(one: Field, value: Any) -> Any:
    if value is None:
        return None
    if one.kind == "table":
        return [{column.key: _loaded(column, row.get(column.key)) for column in one.columns} for row in value]
    if one.kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if one.kind in {"money", "percent", "decimal"} else value


def _object_schema(fields: Iterable[Field]) -> dict[str, Any]:
    asked = list(fields)
    return {
        "type": "object",
        "properties": {one.key: _schema(one) for one in asked},
        "required": [one.key for one in asked if one.required],
        "additionalProperties": False,
    }


def _schema(one: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"title": one.label}
    match one.kind:
        case "table":
            return {**described, "type": "array", "maxItems": ROWS_LIMIT, "items": _object_schema(one.columns)}
        case "enum":
            return {**described, "enum": list(one.options)}
        case "choices":
            return {**described, "type": "array", "items": {"enum": list(one.options)}}
        case "bool":
            return {**described, "enum": [True, False, "true", "false"]}
        case "date":
            return {**described, "type": "string", "format": "date"}
        case "text" | "long":
            return {**described, "type": "string", "maxLength": one.longest}
    return {**described, "type": "string"}
