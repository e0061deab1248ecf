"""What a form holds, as a person reads it: labels instead of keys, words instead of codes, numbers with their unit."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine import forms
from engine.forms import Field, Form


def told(form: Form, kept: Mapping[str, Any], keys: Iterable[str]) -> list[tuple[str, str]]:
    """Label and value of those fields that were answered, in the order of ``keys``; ``kept`` is what is stored."""
    answers, fields = forms.load(form, kept), {one.key: one for one in form.fields}
    shown = [(fields[key], answers.get(key)) for key in keys if key in fields]
    return [(one.label, value(one, answer)) for one, answer in shown if answer not in (None, "", [], ())]


def value(one: Field, answer: Any) -> str:
    """One answer in words."""
    match one.kind:
        case "bool":
            return "是" if answer else "否"
        case "enum":
            return one.options.get(answer, str(answer))
        case "choices":
            return "、".join(one.options.get(each, str(each)) for each in answer)
        case "area":
            return f"{Decimal(answer) / 100:,.2f} ㎡"
        case "money":
            return f"{Decimal(answer):,.2f} 元"
        case "percent":
            return f"{answer}%"
        case "table":
            return f"{len(answer)} 行"
        case "files":
            return f"{len(answer)} 份"
    return answer.isoformat() if isinstance(answer, date) else str(answer)
