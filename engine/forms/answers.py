"""Read answers exactly, and keep them as JSON."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import InvalidAnswers, Problem
from engine.forms import checks
from engine.forms.form import FILE_REFERENCE, ROWS_LIMIT, Field, Form


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


def submittable(one: Field, value: Any) -> Any:
    """A typed answer as a form would submit it: numbers and dates as text, tables as rows."""
    if one.kind == "table":
        return [{column.key: submittable(column, row.get(column.key)) for column in one.columns} for row in value]
    if value is None or one.kind in {"choices", "files"}:
        return value
    if one.kind == "bool":
        return "true" if value else "false"
    return printed(one, value) if one.kind == "area" else str(value)


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
        case "files":
            return f"{len(value)} 份"
        case "table":
            return f"{len(value)} 行"
    return str(value)


def number(one: Field, value: Any) -> Decimal | None:
    """The number that was typed into a number field, in its own unit; None where it cannot be read (yet)."""
    text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value
    if text in (None, ""):
        return None
    try:
        return _digits(one, text, 0 if one.kind == "integer" else 2)
    except _Unreadable:
        return None


# reading answers


def _read_row(
    fields: Iterable[Field], submitted: Mapping[str, Any], where: str, problems: list[Problem]
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    known = set()
    for one in fields:
        known.add(one.key)
        if one.hidden(answers):
            answers[one.key] = None
            _unasked(one, submitted.get(one.key), f"{where}{one.key}", problems)
            continue
        answers[one.key] = _read_field(one, submitted.get(one.key), f"{where}{one.key}", problems)
        _in_order(one, answers, where, problems)
    for key in submitted:
        if key not in known:
            problems.append(Problem(f"{where}{key}", f"这张表单没有“{key}”这一项；请删去，或核对字段名。"))
    return answers


def _unasked(one: Field, value: Any, where: str, problems: list[Problem]) -> None:
    if value not in (None, "", [], False, "false"):
        problems.append(Problem(where, f"按前面的选择，“{one.label}”不用填写；请清空，或改正前面的选择。"))


def _in_order(one: Field, answers: Mapping[str, Any], where: str, problems: list[Problem]) -> None:
    """A date does not come before the one it follows."""
    day, before = answers[one.key], answers.get(one.after)
    if isinstance(day, date) and isinstance(before, date) and day < before:
        problems.append(Problem(f"{where}{one.key}", f"“{one.label}”{day} 早于前一个日期 {before}；请核对先后。"))


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
    rows = [_read_row(one.columns, row, f"{where}[{number}].", problems) for number, row in enumerate(value)]
    if one.checks:
        problems += checks.problems(one, rows, where)
    return rows


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


def _files(one: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(re.fullmatch(FILE_REFERENCE, str(name)) for name in value):
        raise _Unreadable("应为已上传的文件；请重新上传。")
    if len(value) > one.most_files:
        raise _Unreadable(f"共 {len(value)} 份文件，最多 {one.most_files} 份；请去掉多余的。")
    return [str(name) for name in value]


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
    "files": _files,
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
