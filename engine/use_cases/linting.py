"""Check everything a district publishes, from diagrams to questions, and that it fits together."""

from collections.abc import Callable, Iterator, Mapping

from engine.documents import catalogue, code, package
from engine.documents.catalogue import Kind
from engine.documents.playbook import building
from engine.errors import InvalidDefinition
from engine.forms import Form
from engine.process import lint as process
from engine.process.definitions import document
from engine.process.diagram import Diagram
from engine.process.lint import Fault, Known
from engine.process.routes import Choice
from engine.rules import canvass, jurisdiction
from engine.use_cases import performing, prefilling, stages
from engine.use_cases.library import CONTRACT, ONBOARDING, PROCESSES, Library

#: The district's own book has 80 (manual S5.5); ours must not be poorer.
QUESTIONS_LEAST = 80
#: What the files beside the diagrams are checked for.
RULES = (
    "pack_unfit", "source_unknown", "unused_diagram", "unused_form", "unused_page", "question_unsound",
    "question_missing", "template_missing", "template_unsound", "template_unused", "template_unbuilt",
    "template_silent", "document_unused",
)  # fmt: skip


def lint(library: Library) -> list[Fault]:
    """Every fault, named by file and element; empty when all is well.

    Raises InvalidDefinition when a diagram passes every rule and still cannot be run.
    """
    found = [
        *(Fault("pack_unfit", "jurisdictions", "", why) for why in jurisdiction.unfit(library.packs)),
        *process.lint(library.diagrams, known(library)),
        *_sources(library),
        *_unused(library),
        *_templates(library),
    ]
    if not any(fault.file in library.diagrams for fault in found):
        library.check()
        found += _questions(library)
    return found


def warnings(library: Library) -> list[str]:
    """Where a place is stricter than national law: allowed, and said."""
    return [f"规则包“{pack.title}”{warning}" for pack in library.packs for warning in pack.warnings]


def known(library: Library) -> Known:
    """What the diagrams may refer to."""
    periods = (
        {key for key, parameter in pack.parameters.items() if parameter.unit == "days"} for pack in library.packs
    )
    return Known(
        forms={name: dict(_choices(form)) for name, form in library.forms.items()},
        handbook=frozenset(library.handbook),
        periods=frozenset.intersection(*map(frozenset, periods)),
        documents=frozenset(catalogue.KINDS),
        gates={name: {f"{name}_outcome": gate.outcomes, **gate.routing} for name, gate in stages.GATES.items()},
        operations=frozenset(performing.OPERATIONS),
    )


def _sources(library: Library) -> Iterator[Fault]:
    shared = frozenset.intersection(*(frozenset(pack.parameters) for pack in library.packs))
    parameters = {key: [pack.parameters[key].value for pack in library.packs] for key in shared}
    for name, form in library.forms.items():
        for key, why in prefilling.faults(form, library.forms, parameters):
            yield Fault("source_unknown", f"forms/{name}.form", key, why)


def _choices(form: Form) -> Iterator[tuple[str, Choice]]:
    """The answers that can be a routing value, each with its possible values."""
    kinds: Mapping[str, Callable[[Mapping[str, str]], Choice]] = {
        "text": lambda options: None,
        "long": lambda options: None,
        "integer": lambda options: None,
        "area": lambda options: None,
        "date": lambda options: None,
        "bool": lambda options: frozenset({True, False}),
        "enum": frozenset,
    }
    for one in form.fields:
        if one.kind in kinds:
            choice = kinds[one.kind](one.options)
            yield one.key, choice if choice is None or one.required else choice | {None}


def _unused(library: Library) -> Iterator[Fault]:
    diagrams = {file: Diagram(file, document(text, file)) for file, text in _readable(library).items()}
    called = {f"{element.called}.bpmn" for diagram in diagrams.values() for element in diagram.of_kind("callActivity")}
    started = {f"{name}.bpmn" for name in PROCESSES}
    for file in sorted(set(diagrams) - called - started):
        yield Fault("unused_diagram", file, file, "没有流程调用这张图；请删去，或从某个阶段调用它")
    tasks = {element.id for diagram in diagrams.values() for element in diagram.of_kind("userTask")}
    for name in sorted(set(library.forms) - tasks):
        why = "没有流程图用到这张表单；请删去，或在图中加上任务"
        yield Fault("unused_form", f"forms/{name}.form", name, why)
    for name in sorted(set(library.handbook) - tasks):
        yield Fault("unused_page", f"handbook/{name}.md", name, "没有流程图用到这一页；请删去，或在图中加上任务")
    rendered = {
        element.properties.get("document")
        for diagram in diagrams.values()
        for element in diagram.of_kind("serviceTask")
    }
    for kind in catalogue.KINDS.values():
        if kind.name not in rendered:
            why = f"没有步骤生成“{kind.title}”；请在 {kind.step}.bpmn 加上服务任务，或从目录删去"
            yield Fault("document_unused", f"{kind.step}.bpmn", kind.name, why)


def _questions(library: Library) -> Iterator[Fault]:
    for entry in library.questions:
        file = f"questions/{entry.file}"
        for step in sorted(set(entry.steps) - set(library.tasks)):
            why = f"没有“{step}”这个任务；请改为流程图中的任务编号"
            yield Fault("question_unsound", file, entry.id, why)
        for concern in sorted(set(entry.concerns) - set(canvass.CONCERNS)):
            why = f"没有“{concern}”这种疑虑；可选：{'、'.join(canvass.CONCERNS)}"
            yield Fault("question_unsound", file, entry.id, why)
    if len(library.questions) < QUESTIONS_LEAST:
        why = f"只有 {len(library.questions)} 条问答，应不少于 {QUESTIONS_LEAST} 条；请补写"
        yield Fault("question_missing", "questions", "", why)
    raised = {concern for entry in library.questions for concern in entry.concerns}
    for concern, label in canvass.CONCERNS.items():
        if concern not in raised:
            yield Fault("question_missing", "questions", concern, f"疑虑“{label}”没有问答；请补写")
    definition = library.definition(ONBOARDING)
    helped = {
        library.tasks[step].process for entry in library.questions for step in entry.steps if step in library.tasks
    }
    for stage in definition.stages:
        if not helped & definition.within(stage):
            why = "这一阶段没有问答；请补写，步骤填这一阶段的任务"
            yield Fault("question_missing", "questions", stage, why)


def _readable(library: Library) -> dict[str, bytes]:
    """The diagrams that are XML at all; the others are faults already."""
    readable = {}
    for file, text in library.diagrams.items():
        try:
            document(text, file)
        except InvalidDefinition:
            continue
        readable[file] = text
    return readable


def _lost(library: Library, kind: Kind, file: str) -> Iterator[Fault]:
    """What a template does not say although it has to."""
    if kind.name in catalogue.KINDS:
        parts = package.read(library.templates[kind.template], file)
        for content in library.asked(kind.name).lost(parts, file):
            yield Fault(
                "template_silent", file, content.law, f"没有写明“{content.whole}”；请补上，依据是{content.source}"
            )


def _templates(library: Library) -> Iterator[Fault]:
    kinds, sound = (*catalogue.KINDS.values(), *catalogue.REPORTS.values()), set()
    for kind in kinds:
        file = f"templates/{kind.template}"
        if kind.template not in library.templates:
            why = f"缺少“{kind.title}”的模板；请补上这个 Word 文件"
            yield Fault("template_missing", file, kind.name, why)
            continue
        try:
            # what is made anew whenever it is asked for has no number to verify
            if library.template(kind.name).place is None and kind is not catalogue.PROCEDURE_REPORT:
                why = f"没有{code.NAME}图片，印出的文书无从核验；请从另一份模板的页脚复制"
                yield Fault("template_unsound", file, code.NAME, why)
            sound.add(kind.name)
            yield from _lost(library, kind, file)
        except InvalidDefinition as error:
            yield Fault("template_unsound", file, error.element or kind.name, error.reason)
    named = {kind.template for kind in kinds}
    for name in sorted(set(library.templates) - named):
        why = "目录中没有这种文书；请删去，或登记到 documents.catalogue"
        yield Fault("template_unused", f"templates/{name}", name, why)
    contract = catalogue.KINDS[CONTRACT].template
    if CONTRACT in sound and not building.is_built(library.playbook, library.templates[contract], file=contract):
        why = "与条款库写出的不同；请改 templates/clauses，再运行 daoru template build"
        yield Fault("template_unbuilt", f"templates/{contract}", CONTRACT, why)
