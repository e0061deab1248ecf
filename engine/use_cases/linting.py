"""Check everything a district publishes, from diagrams to questions, and that it fits together."""

from collections.abc import Iterator

from engine.documents import catalogue
from engine.errors import InvalidDefinition
from engine.process import lint as diagrams
from engine.rules import canvass, jurisdiction
from engine.use_cases import performing, prefilling, stages
from engine.use_cases.library import INTERRUPTION, ONBOARDING, Library

#: The district's own book has 80 (manual S5.5); ours must not be poorer.
QUESTIONS_LEAST = 80


def lint(library: Library) -> list[str]:
    """Every fault as a Chinese line naming file and element; empty when all is well."""
    return [
        *jurisdiction.unfit(library.packs),
        *_diagrams(library),
        *_forms(library),
        *_questions(library),
        *_templates(library),
    ]


def warnings(library: Library) -> list[str]:
    """Where a place is stricter than national law: allowed, and said."""
    return [f"规则包“{pack.title}”{warning}" for pack in library.packs for warning in pack.warnings]


def _diagrams(library: Library) -> Iterator[str]:
    known = diagrams.Known(
        forms={name: frozenset(one.key for one in form.fields) for name, form in library.forms.items()},
        parameters=_parameters(library),
        documents=frozenset(catalogue.KINDS),
        gates=frozenset(stages.GATES),
        operations=frozenset(performing.OPERATIONS),
    )
    for problem in diagrams.lint(library.diagrams, known):
        yield str(problem)
    for process in (ONBOARDING, INTERRUPTION):
        try:
            library.definition(process)
        except InvalidDefinition as error:
            yield str(error)


def _parameters(library: Library) -> frozenset[str]:
    return frozenset.intersection(*(frozenset(pack.parameters) for pack in library.packs))


def _forms(library: Library) -> Iterator[str]:
    parameters = _parameters(library)
    for name, form in library.forms.items():
        for key, why in prefilling.faults(form, library.forms, parameters):
            yield f"forms/{name}.form 的 {key}：{why}"
    tasks = set(library.tasks)
    for name in sorted(set(library.forms) - tasks):
        yield f"forms/{name}.form：没有流程图用到这张表单；请删去，或在图中加上任务"
    for name in sorted(tasks - set(library.handbook)):
        yield f"handbook/{name}.md：任务“{name}”没有手册页；请补上"
    for name in sorted(set(library.handbook) - tasks):
        yield f"handbook/{name}.md：没有流程图用到这一页；请删去"


def _questions(library: Library) -> Iterator[str]:
    for entry in library.questions:
        where = f"questions/{entry.file} 的 {entry.id}"
        for step in sorted(set(entry.steps) - set(library.tasks)):
            yield f"{where}：没有“{step}”这个任务；请改为流程图中的任务编号"
        for concern in sorted(set(entry.concerns) - set(canvass.CONCERNS)):
            yield f"{where}：没有“{concern}”这种疑虑；可选：{'、'.join(canvass.CONCERNS)}"
    if len(library.questions) < QUESTIONS_LEAST:
        yield f"questions：只有 {len(library.questions)} 条问答，应不少于 {QUESTIONS_LEAST} 条；请补写"
    raised = {concern for entry in library.questions for concern in entry.concerns}
    for concern, label in canvass.CONCERNS.items():
        if concern not in raised:
            yield f"questions：疑虑“{label}”（{concern}）没有问答；请补写"
    helped = {
        library.tasks[step].process for entry in library.questions for step in entry.steps if step in library.tasks
    }
    for stage in library.definition(ONBOARDING).stages:
        if stage not in helped:
            yield f"questions：阶段“{stage}”没有问答；请补写，步骤填这一阶段的任务"


def _templates(library: Library) -> Iterator[str]:
    for kind in catalogue.KINDS.values():
        if kind.template not in library.templates:
            yield f"templates/{kind.template}：缺少“{kind.title}”的模板"
            continue
        try:
            library.template(kind.name)
        except InvalidDefinition as error:
            yield str(error)
    named = {kind.template for kind in catalogue.KINDS.values()}
    for name in sorted(set(library.templates) - named):
        yield f"templates/{name}：目录中没有这种文书；请删去，或登记到 documents.catalogue"
