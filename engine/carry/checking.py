"""Hold a case against what is published before anything is done: its tasks, answers, gates and expected end."""

import hashlib
from collections.abc import Collection, Iterator

from engine import forms
from engine.carry import submitting
from engine.carry.casefile import Case, CaseError, Step
from engine.documents import catalogue
from engine.errors import InvalidAnswers, NotFound
from engine.use_cases import stages
from engine.use_cases.library import ONBOARDING, Library

_SHOWN = 8


def check(case: Case, library: Library) -> None:
    """Raise CaseError, naming file and line, for the first thing in ``case`` that could never be done."""
    places = sorted({pack.place for pack in library.packs})
    _known(case.file.name, case.expect.line, "地区规则包", [case.place], places)
    onboarding, tasks = library.definition(ONBOARDING), library.tasks
    _known(case.file.name, case.expect.line, "角色", case.people, {task.lane for task in tasks.values()})
    for step in case.steps:
        _known(step.file, step.line, "任务", [step.task] if step.task else [], tasks)
        _known(step.file, step.line, "关口", step.outcomes, stages.GATES)
        _answers(step, library)
    expect = case.expect
    ends = [name for name, element in onboarding.elements.items() if element.kind == "endEvent"]
    for what, names, allowed in (
        ("阶段", expect.stages, onboarding.stages),
        ("文书", expect.documents, catalogue.KINDS),
        ("结束事件", [expect.end] if expect.end else [], ends),
    ):
        _known(case.file.name, expect.line, what, names, allowed)


def _answers(step: Step, library: Library) -> None:
    if not step.task or step.refused:
        return
    try:
        form = library.form(step.task)
        forms.read(form, submitting.submission(step, form, {}, _digest))
    except InvalidAnswers as error:
        filled_in = {one.key for one in form.fields if one.source and one.key not in step.answers}
        hanging = {one.key for one in form.fields if one.hidden_when and one.hidden_when.fields & filled_in}
        if any(problem.field.split("[")[0] not in filled_in | hanging for problem in error.problems):
            raise CaseError(step.file, step.line, f"{step.task}：{error}") from error
    except NotFound as error:
        raise CaseError(step.file, step.line, f"{step.task}：{error}") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _known(file: str, line: int, what: str, names: Collection[str], allowed: Collection[str]) -> None:
    for name in names:
        if name not in allowed:
            raise CaseError(file, line, f"没有名为“{name}”的{what}；可以写：{'、'.join(_near(name, allowed))}")


def _near(name: str, allowed: Collection[str]) -> Iterator[str]:
    """The names that could have been meant, the likeliest first."""
    ordered = sorted(allowed, key=lambda one: (-len(set(name.split("_")) & set(one.split("_"))), one))
    yield from ordered[:_SHOWN]
    if len(ordered) > _SHOWN:
        yield f"……共 {len(ordered)} 个"
