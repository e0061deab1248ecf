"""Specimen answers: a form filled in, once for each combination of the answers that matter."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import InvalidDefinition
from engine.forms.answers import read, submittable
from engine.forms.form import Field, Form

#: No form asks for so many answers that matter at once; above it nobody would wait for the end.
COMBINATIONS_LIMIT = 5_000
#: What fits the patterns that forms set: telephone, months, the last four of an identity number, credit code.
_WORDS = ("某某", "13800000000", "2026-03", "1234", "91320404MA1MMMMM0X", "1", "A")

Answers = dict[str, Any]


def fill(
    form: Form, matter: Collection[str], today: date, values: Mapping[str, Sequence[Any]] | None = None
) -> list[Answers]:
    """Typed answers for every combination of the fields ``matter``, and of those that decide whether these are asked.

    Everything that is asked is answered; an optional field of those is also left out once.  ``values`` are further
    values to try for a field.  Each filled form is read as if a person had submitted it.  Raises InvalidDefinition
    for a form that cannot be filled in.
    """
    varied = _deciding(form, matter)
    filled: list[Answers] = [{}]
    for one in form.fields:
        tried = [_specimen(one, today, form), *(values or {}).get(one.key, ())]
        filled = [
            {**answers, one.key: value}
            for answers in filled
            for value in _tried(one, answers, tried, one.key in varied)
        ]
        if len(filled) > COMBINATIONS_LIMIT:
            raise InvalidDefinition(f"forms/{form.name}.form", one.key, "影响走向的填法太多，试不完；请减少路由值")
    return [_read(form, answers) for answers in filled]


def _tried(one: Field, answers: Answers, tried: Sequence[Any], varied: bool) -> Iterator[Any]:
    if one.hidden(answers):
        yield None
        return
    if not varied:
        yield tried[0]
        return
    known: Mapping[str, Sequence[Any]] = {"enum": list(one.options), "bool": [True, False]}
    yield from dict.fromkeys(known.get(one.kind, tried))
    if not one.required:
        yield None


def _deciding(form: Form, matter: Collection[str]) -> frozenset[str]:
    """The fields that matter, with those on which it depends whether they are asked."""
    found = set(matter)
    for one in reversed(form.fields):
        if one.key in found and one.hidden_when is not None:
            found |= one.hidden_when.fields
    return frozenset(found)


def _read(form: Form, answers: Answers) -> Answers:
    submitted = {one.key: submittable(one, answers[one.key]) for one in form.fields if answers[one.key] is not None}
    return read(form, submitted)


def _specimen(one: Field, today: date, form: Form) -> Any:
    """A value that the field allows."""
    match one.kind:
        case "text" | "long":
            for word in _WORDS:
                if not one.pattern or re.fullmatch(one.pattern, word):
                    return word[: one.longest]
            raise InvalidDefinition(f"forms/{form.name}.form", one.key, "想不出合乎格式的答案；请核对 pattern")
        case "integer":
            return int(_number(one))
        case "area":
            return int(_number(one) * 100)
        case "date":
            return today
        case "bool":
            return True
        case "enum":
            return next(iter(one.options))
        case "choices":
            return list(one.options)[:1]
        case "files":
            return ["0" * 64]
        case "table" if one.every:
            item = one.columns[0]
            return [{**_row(one.columns, today, form), item.key: code} for code in item.options]
        case "table":
            return [_row(one.columns, today, form)]
    return _number(one)


def _row(columns: Sequence[Field], today: date, form: Form) -> Answers:
    row: Answers = {}
    for column in columns:
        row[column.key] = None if column.stamp or column.hidden(row) else _specimen(column, today, form)
    return row


def _number(one: Field) -> Decimal:
    least = one.least if one.least is not None else Decimal(1)
    return min(max(least, Decimal(1)), one.most) if one.most is not None else max(least, Decimal(1))
