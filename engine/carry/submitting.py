"""What the person of a step submits: the case's answers, with its dates and files written out."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from engine.carry.casefile import Beside, CaseError, Step
from engine.forms import Form

_RELATIVE = re.compile(r"=on(?:([+-]\d{1,4}))?")


def dated(answers: Any, on: date) -> Any:
    """``answers`` with every ``=on``, ``=on+3`` written out as the ISO date that many days from ``on``."""
    if isinstance(answers, Mapping):
        return {key: dated(value, on) for key, value in answers.items()}
    if isinstance(answers, list):
        return [dated(value, on) for value in answers]
    if isinstance(answers, str) and (relative := _RELATIVE.fullmatch(answers)):
        return (on + timedelta(int(relative[1] or 0))).isoformat()
    return answers


def submission(step: Step, form: Form, known: Mapping[str, Any], keep: Callable[[bytes], str]) -> dict[str, Any]:
    """What the person of ``step`` submits: the form as it opened with what is ``known``, and the case's answers in it.

    Inherited answers that the form no longer asks are left out: open on a screen, it would not show them.
    """
    submitted = {**known, **with_files(dated(step.answers, step.on), keep)}
    for one in form.fields:
        if one.key not in step.stated and one.hidden(submitted):
            submitted.pop(one.key, None)
    return submitted


def with_files(answers: Any, keep: Callable[[bytes], str]) -> Any:
    """``answers`` with every ``=file name`` kept, and named by what ``keep`` returns."""
    if isinstance(answers, Mapping):
        return {key: with_files(value, keep) for key, value in answers.items()}
    if isinstance(answers, list):
        return [with_files(value, keep) for value in answers]
    if isinstance(answers, Beside):
        if not answers.path.is_file():
            raise CaseError(answers.path.name, 0, "案卷旁边没有这个文件；请核对“=file”后的文件名")
        return keep(answers.path.read_bytes())
    return answers
