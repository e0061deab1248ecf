"""Check everything a district publishes: diagrams, forms, handbook, packs, templates, and that they fit together."""

from collections.abc import Iterator

from engine.documents import catalogue
from engine.errors import InvalidDefinition
from engine.process import lint as diagrams
from engine.rules import jurisdiction
from engine.use_cases import deciding, performing
from engine.use_cases.library import INTERRUPTION, ONBOARDING, Library


def lint(library: Library) -> list[str]:
    """Every fault as a Chinese line naming file and element; empty when all is well."""
    return [*jurisdiction.unfit(library.packs), *_diagrams(library), *_forms(library), *_templates(library)]


def warnings(library: Library) -> list[str]:
    """Where a place is stricter than national law: allowed, and said."""
    return [f"规则包“{pack.title}”{warning}" for pack in library.packs for warning in pack.warnings]


def _diagrams(library: Library) -> Iterator[str]:
    known = diagrams.Known(
        forms={name: frozenset(one.key for one in form.fields) for name, form in library.forms.items()},
        parameters=frozenset.intersection(*(frozenset(pack.parameters) for pack in library.packs)),
        documents=frozenset(catalogue.KINDS),
        gates=frozenset(deciding.GATES),
        operations=frozenset(performing.OPERATIONS),
    )
    for problem in diagrams.lint(library.diagrams, known):
        yield str(problem)
    for process in (ONBOARDING, INTERRUPTION):
        try:
            library.definition(process)
        except InvalidDefinition as error:
            yield str(error)


def _forms(library: Library) -> Iterator[str]:
    tasks = {name for process in (ONBOARDING, INTERRUPTION) for name in library.definition(process).user_tasks}
    for name in sorted(set(library.forms) - tasks):
        yield f"forms/{name}.form：没有流程图用到这张表单；请删去，或在图中加上任务"
    for name in sorted(tasks - set(library.handbook)):
        yield f"handbook/{name}.md：任务“{name}”没有手册页；请补上"
    for name in sorted(set(library.handbook) - tasks):
        yield f"handbook/{name}.md：没有流程图用到这一页；请删去"


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
