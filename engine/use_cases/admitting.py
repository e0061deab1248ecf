"""Whether answers may stand: what every form owes its dates and files, and the rules that stop a step."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.errors import InvalidAnswers, Problem
from engine.forms import Field, Form
from engine.use_cases import publications
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages import CHECKS


def check(dossier: Dossier, form: Form, answers: Answers) -> None:
    """Refuse answers that break a rule of their task.  Raises InvalidAnswers with a problem for each field."""
    found = [problem for one in form.fields for problem in _field(dossier, one, answers[one.key], one.key)]
    if form.name in CHECKS:
        found += CHECKS[form.name](dossier, answers)
    found += publications.ending_problems(dossier, form.name, answers)
    if found:
        raise InvalidAnswers(found)


def _field(dossier: Dossier, one: Field, value: Any, where: str) -> Iterator[Problem]:
    if one.kind == "table":
        for number, row in enumerate(value or ()):
            for column in one.columns:
                yield from _field(dossier, column, row[column.key], f"{where}[{number}].{column.key}")
    elif one.kind == "files":
        if any(not dossier.work.has_file(name) for name in value or ()):
            yield Problem(where, f"“{one.label}”有文件没有上传完；请重新上传。")
    elif one.past and isinstance(value, date) and value > dossier.today:
        message = f"日期 {value} 晚于今天（{dossier.today}）；尚未发生的事不能登记，请改正日期。"
        yield Problem(where, message)
