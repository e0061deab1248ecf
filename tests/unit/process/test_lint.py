"""Each rule of the lint has a broken diagram that differs from a clean one by a single element and trips exactly it."""

from collections.abc import Mapping
from dataclasses import replace as changed
from typing import Any

import pytest

from engine.errors import InvalidDefinition
from engine.forms.form import Form
from engine.process import definitions, hazards, lint
from engine.process.lint import Known
from engine.questions import Entry
from engine.rules.jurisdiction import Pack
from engine.use_cases import linting
from engine.use_cases.library import Library
from tests.documents import word
from tests.drawing import draw, end, row, start, task, timer
from tests.unit.process.broken import (
    CLEAN,
    KNOWN,
    Edit,
    add,
    both,
    broken,
    drop,
    flow,
    node,
    property_of,
    put,
    rename,
    replace,
    take,
    turn,
    write,
)  # fmt: skip

_NO = "flow_is_good_again"

BROKEN: dict[str, list[Edit]] = {
    # what the library accepts and gets wrong
    "script_task": [turn("right", "scriptTask")],
    "link_event": [add("passed", '<bpmn:linkEventDefinition id="x" name="x" />')],
    "signal_event": [add("clean_end", '<bpmn:signalEventDefinition id="x" />')],
    "compensation_event": [add("passed", '<bpmn:compensateEventDefinition id="x" />')],
    "terminate_event": [add("clean_end", '<bpmn:terminateEventDefinition id="x" />')],
    "conditional_event": [turn("answered", "conditionalEventDefinition", inside="messageEventDefinition")],
    "error_event": [add("clean_end", '<bpmn:errorEventDefinition id="x" />')],
    "escalation_event": [add("passed", '<bpmn:escalationEventDefinition id="x" />')],
    "cancel_event": [add("clean_end", '<bpmn:cancelEventDefinition id="x" />')],
    "complex_gateway": [turn("split", "complexGateway")],
    "inclusive_gateway": [turn("split", "inclusiveGateway")],
    "ad_hoc_sub_process": [turn("deep", "adHocSubProcess")],
    "transaction": [turn("deep", "transaction")],
    "multi_instance": [add("left", '<bpmn:multiInstanceLoopCharacteristics id="x" />')],
    "loop_marker": [add("left", '<bpmn:standardLoopCharacteristics id="x" />')],
    "data_store": [add("clean", '<bpmn:dataStoreReference id="x" />')],
    "data_object": [add("clean", '<bpmn:dataObject id="x" />'), add("left", '<bpmn:ioSpecification id="x" />')],
    "cycle_timer": [turn("ask_due", "timeCycle", inside="timeDuration")],
    "attached_script": [
        add("left", f"<bpmn:extensionElements><spiffworkflow:{tag}>open('x')</spiffworkflow:{tag}>"
                    "</bpmn:extensionElements>")
        for tag in ("preScript", "postScript")
    ],
    "extension": [
        add("right", "<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id='x' /></bpmn:extensionElements>"),
        add("left", '<bpmn:extensionElements><x:formData xmlns:x="http://camunda.org/1.0" /></bpmn:extensionElements>'),
    ],
    "vocabulary": [add("left", '<bpmn:potentialOwner id="x" />'), add("clean", '<bpmn:choreographyTask id="x" />')],
    "compensation_activity": [put("left", "isForCompensation", "true")],
    "event_sub_process": [put("deep", "triggeredByEvent", "true")],
    "single_start": [turn("passed", "startEvent")],
    "plain_start": [add("clean_start", timer("PT1H")), add("leaf_start", '<bpmn:messageEventDefinition id="x" />')],
    "waiting_event": [drop("answered", "bpmn:messageEventDefinition"), add("silent", timer("P1D"))],
    "throwing_event": [
        add(name, '<bpmn:messageEventDefinition messageRef="m_answer" />') for name in ("passed", "clean_end")
    ],
    "message": [
        take("m_answer", "name"),
        replace("answered", "messageEventDefinition", "<bpmn:messageEventDefinition />"),
    ],
    "double_flow": [put("flow_is_good_again", "targetRef", "met")],
    "interrupting_timer": [put("ask_due", "cancelActivity", "true"), take("call_due", "cancelActivity")],
    "event_gateway_timers": [replace("answered", "messageEventDefinition", timer("P1D"))],
    "event_gateway_targets": [turn("silent", "intermediateThrowEvent")],
    "sequence": [put("flow_right_joined", "targetRef", "nowhere"), put("flow_right_joined", "targetRef", "deep_start")],
    "fork": [flow("ask", "again")],
    "merge": [put(_NO, "targetRef", "ask")],
    "side_path": [
        both(
            node("clean", '<bpmn:boundaryEvent id="ask_anew" name="重来" attachedToRef="ask" cancelActivity="false">'
                          f"{timer('P3D')}</bpmn:boundaryEvent>"),
            flow("ask_anew", "again"),
        )
    ],
    "unjoined_branches": [turn("joined", "exclusiveGateway")],
    "deadlock": [turn("met", "parallelGateway"), turn("again", "parallelGateway")],
    "unreached": [node("clean", '<bpmn:endEvent id="lonely" name="没人来" />')],
    "dead_end": [turn("clean_end", "intermediateThrowEvent")],
    "condition_place": [add("flow_ask_judge", '<bpmn:conditionExpression>kind == "A"</bpmn:conditionExpression>')],
    "condition_missing": [drop(_NO, "bpmn:conditionExpression"), take("is_good", "default")],
    "default_flow": [
        put("met", "default", "flow_left_joined"),
        add("flow_is_good_met", '<bpmn:conditionExpression>kind == "A"</bpmn:conditionExpression>'),
    ],
    "expression": [
        write(_NO, "conditionExpression", text)
        for text in (
            "open('x') == 1", "check_outcome.__class__ == 1", "9 ** 9 ** 9 == 1", "'a' * 10 ** 9 == 1", "[1]",
            "len == 1", "__import__('os')", "(lambda: 1)()", "typename == 1", "f'{kind}' == 'A'",
            "kind == 'A' if kind else 1", "${kind == 'A'}", "", "not " * 200 + "kind",
        )
    ],
    # which way a value goes
    "unknown_value": [write(_NO, "conditionExpression", 'chek_outcome == "NO"')],
    "no_way": [write("flow_which_deep", "conditionExpression", 'kind == "B"')],
    "never_taken": [write(_NO, "conditionExpression", 'check_outcome == "NOPE"')],
    "two_ways": [write("flow_which_deep", "conditionExpression", 'kind in ("A", "B", "C")')],
    # what a diagram is
    "own_process": [put("clean", "isExecutable", "false"), rename("clean", "other")],
    "element_id": [rename("right", "Right"), rename("right", "右边"), rename("right", "right-hand")],
    "unique_id": [add("clean", '<bpmn:textAnnotation id="left" />'), rename("leaf_end", "silent_end")],
    "lane": [
        put("lane_clean", "name", "路人"),
        drop("clean", ".//bpmn:flowNodeRef"),
        add("lane_clean", "<bpmn:flowNodeRef>left</bpmn:flowNodeRef>"),
    ],
    "chinese_name": [take("left", "name"), put("left", "name", "left"), take(_NO, "name"), take("is_good", "name")],
    "drawn": [
        lambda roots: roots["clean.bpmn"].find(".//*[@bpmnElement='left']").set("bpmnElement", "clean"),
        lambda roots: roots["clean.bpmn"].find(".//*[@bpmnElement='flow_left_joined']").set("bpmnElement", "clean"),
        lambda roots: roots["clean.bpmn"].find(".//*[@bpmnElement='clean']").set("bpmnElement", "gone"),
    ],
    "task_kind": [turn("left", tag) for tag in ("manualTask", "task", "sendTask", "receiveTask")],
    # what it owes the files beside it
    "timer": [
        *(write("ask_due", "timeDuration", text)
          for text in ("pack.unknown", "1 hour", "PT", "R3/PT1H", '"PT1H"', "timedelta(hours=1)", "-P1D", "",
                       "chosen_on")),
        *(write("wait_until", "timeDate", text)
          for text in ("chosen_in", "after.chosen_in", "after.2027-07-01", "2027-07-01T12:00", "2027-02-30",
                       "20270701", "date.today()", "")),
    ],
    "routing": [property_of("ask", "routing", "kind, chosen_on, amount"), property_of("judge", "routing", "kind")],
    "routing_name": [
        property_of("ask", "routing", f"kind, chosen_on, {name}")
        for name in ("typename", "len", "__class__", "_x", "class", "金额", "a b")
    ],
    "gate": [property_of("judge", "gate", "guess")],
    "operation": [property_of("right", "operation", "dance")],
    "paper": [property_of("right", "document", "poem")],
    "called_process": [put("call_called", "calledElement", "missing"), take("call_called", "calledElement")],
    "calls_itself": [put("call_leaf", "calledElement", "called"), put("call_leaf", "calledElement", "clean")],
}  # fmt: skip
#: Rules that a missing file beside a clean diagram breaks.
LESS: dict[str, Known] = {
    "form": changed(KNOWN, forms={name: fields for name, fields in KNOWN.forms.items() if name != "dig"}),
    "handbook": changed(KNOWN, handbook=KNOWN.handbook - {"dig"}),
}
TEXT = CLEAN["leaf.bpmn"].decode()
#: Rules about the file itself.
FILES: dict[str, list[bytes]] = {
    "xml": [
        TEXT.removesuffix("</bpmn:definitions>").encode(),
        f'<!DOCTYPE a [<!ENTITY b "c">]>{TEXT}'.encode(),
        f'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>{TEXT.replace("试验", "&b;")}'.encode(),
        f'<!DOCTYPE a [<!ENTITY b "{"c" * 999}"><!ENTITY d "{"&b;" * 999}"><!ENTITY e "{"&d;" * 999}">]>'
        "<a>&e;</a>".encode(),
        TEXT.encode() + b" " * definitions.SIZE_LIMIT,
        b"<a>" * 100_000,
        b"",
        b"\x00\xff",
    ],
}  # fmt: skip


def rules(files: dict[str, bytes], known: Known = KNOWN) -> set[str]:
    return {fault.rule for fault in lint.lint(files, known)}


def of(length: int) -> bytes:
    names = [f"step_{number}" for number in range(length - 2)]
    nodes = (start("long_start"), *map(task, names), end("long_end"))
    return draw("long", nodes, row("long_start", *names, "long_end"))


def test_clean_diagrams_have_no_fault() -> None:
    assert lint.lint(CLEAN, KNOWN) == []


@pytest.mark.parametrize("rule, edit", [(rule, edit) for rule, edits in BROKEN.items() for edit in edits])
def test_a_single_change_trips_exactly_its_rule(rule: str, edit: Edit) -> None:
    found = lint.lint(broken(edit), KNOWN)
    assert {fault.rule for fault in found} == {rule}, "\n".join(map(str, found))
    assert all(fault.file in CLEAN and fault.element and "；" in fault.message for fault in found)


@pytest.mark.parametrize("rule", LESS)
def test_a_task_without_its_file_trips_exactly_its_rule(rule: str) -> None:
    [fault] = lint.lint(CLEAN, LESS[rule])
    assert (fault.rule, fault.element) == (rule, "dig")


@pytest.mark.parametrize("text", FILES["xml"], ids=range(len(FILES["xml"])))
def test_a_file_that_is_no_diagram_trips_nothing_but_itself(text: bytes) -> None:
    found = lint.lint({**CLEAN, "extra.bpmn": text}, KNOWN)
    assert [(fault.rule, fault.file) for fault in found] == [("xml", "extra.bpmn")]


def test_a_row_may_be_as_long_as_the_parser_can_read() -> None:
    names = [f"step_{number}" for number in range(hazards.NODES_LIMIT)]
    known = changed(KNOWN, forms={name: {} for name in names}, handbook=frozenset(names))
    assert rules({"long.bpmn": of(hazards.NODES_LIMIT)}, known) == set()
    assert definitions.load({"long.bpmn": of(hazards.NODES_LIMIT)}, "long").user_tasks
    assert rules({"long.bpmn": of(hazards.NODES_LIMIT + 1)}, known) == {"size"}


def test_every_rule_has_a_broken_diagram() -> None:
    assert set(BROKEN) | set(LESS) | set(FILES) | {"size"} == lint.rules()


def test_every_hazard_of_the_library_is_named_with_a_remedy() -> None:
    for name, (_, why) in hazards.FORBIDDEN.items():
        assert "；" in why, f"{name} says what is wrong and not what to do"


HAZARDS = {rule.__name__ for rule in hazards.RULES}


@pytest.mark.parametrize(
    "rule, edit", [(rule, edit) for rule, edits in BROKEN.items() if rule in HAZARDS for edit in edits]
)
def test_what_the_library_would_run_wrongly_is_not_even_loaded(rule: str, edit: Edit) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        definitions.load(broken(edit), "clean")
    assert refused.value.file in CLEAN
    assert refused.value.element


@pytest.mark.parametrize("written", ["PT1H", "P7D", "P2W", "P1DT12H", "pack.term"])
def test_a_duration_may_be_iso_8601_or_of_the_pack(written: str) -> None:
    assert rules(broken(write("ask_due", "timeDuration", written))) == set()


@pytest.mark.parametrize("written", ["2027-07-01", "chosen_on", "after.chosen_on", "pack.term"])
def test_a_date_may_be_a_day_or_an_answer(written: str) -> None:
    assert rules(broken(write("wait_until", "timeDate", written))) == set()


# the files beside the diagrams


def without(library: Library, **parts: Any) -> Library:
    # compiling all templates takes seconds; only the one that is broken below is compiled again
    return changed(library, **parts, _compiled=_less(library._compiled, "ballot"))


BESIDE = {
    "unused_diagram": lambda one: without(one, diagrams={**one.diagrams, **_stray()}),
    "unused_form": lambda one: without(one, forms={**one.forms, "nobody_asks": one.form("freeze_roster")}),
    "unused_page": lambda one: without(one, handbook={**one.handbook, "nobody_asks": "。"}),
    "template_missing": lambda one: without(one, templates=_less(one.templates, "ballots/ballot.docx")),
    "template_unbuilt": lambda one: without(one, playbook=changed(one.playbook, preamble=("另一段开头。",))),
    "template_unsound": lambda one: without(one, templates={**one.templates, "ballots/ballot.docx": b"PK"}),
    "template_silent": lambda one: without(one, templates={**one.templates, **_without_area(one)}),
    "template_unused": lambda one: without(one, templates={**one.templates, "notices/poem.docx": b"PK"}),
    "document_unused": lambda one: without(one, diagrams=_printing_another(one.diagrams)),
    "form": lambda one: without(one, forms=_less(one.forms, "nurture_estate")),
    "handbook": lambda one: without(one, handbook=_less(one.handbook, "freeze_roster")),
    "pack_unfit": lambda one: without(one, packs=(*one.packs, one.packs[0])),
    "source_unknown": lambda one: without(one, forms={**one.forms, "set_up_team": _taking_over(one)}),
    "question_unsound": lambda one: without(one, questions=(_of_no_step(one.questions[0]), *one.questions[1:])),
    "question_missing": lambda one: without(one, questions=one.questions[:5]),
    "timer": lambda one: without(one, packs=tuple(_without_period(pack) for pack in one.packs)),
}


def test_every_rule_about_the_files_beside_is_broken_once() -> None:
    assert set(linting.RULES) <= set(BESIDE)


@pytest.mark.parametrize("rule", BESIDE)
def test_a_library_with_one_file_amiss_trips_exactly_its_rule(rule: str, library: Library) -> None:
    found = linting.lint(BESIDE[rule](library))
    assert {fault.rule for fault in found} == {rule}, "\n".join(map(str, found))
    assert all("；" in fault.message or rule == "template_unsound" for fault in found)


def test_a_pack_proposes_only_what_the_form_offers(library: Library) -> None:
    packs = tuple(_holding_the_account(pack, "F6") for pack in library.packs)
    (fault,) = linting.lint(without(library, packs=packs))
    assert (fault.file, fault.element) == ("forms/hold_diagnosis_meeting.form", "fund_route")


def test_a_diagram_that_is_no_xml_hides_no_other_fault(library: Library) -> None:
    amiss = without(
        library, diagrams={**library.diagrams, "consent.bpmn": b"<"}, handbook=_less(library.handbook, "freeze_roster")
    )
    assert {"xml", "handbook", "called_process"} <= {fault.rule for fault in linting.lint(amiss)}


def test_what_is_shipped_is_clean(library: Library) -> None:
    assert linting.lint(library) == []


def test_every_user_task_asks_something_and_has_its_page(library: Library) -> None:
    for name, one in library.tasks.items():
        assert name in library.forms, f"{one.title} asks nothing yet: add workflows/forms/{name}.form"
        assert library.handbook.get(name), f"{one.title} has no page yet: add workflows/handbook/{name}.md"


def _without_area(library: Library) -> dict[str, bytes]:
    """A ballot that does not say for what area it counts."""
    name = "ballots/ballot.docx"
    return {name: word.rewritten(library.templates[name], lambda text: text.replace("{{ ballot.area }}", ""))}


def _stray() -> dict[str, bytes]:
    return {"stray.bpmn": draw("stray", (start("stray_start"), end("stray_end")), row("stray_start", "stray_end"))}


def _less(files: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in files.items() if key != name}


def _printing_another(diagrams: Mapping[str, bytes]) -> dict[str, bytes]:
    old, new = b'name="document" value="entry_notice"', b'name="document" value="result_notice"'
    assert sum(text.count(old) for text in diagrams.values()) == 1
    return {name: text.replace(old, new) for name, text in diagrams.items()}


def _taking_over(library: Library) -> Form:
    """A form whose first field is prefilled from an answer that nobody gives."""
    form = library.form("set_up_team")
    first, *others = form.fields
    return changed(form, fields=(changed(first, source="sing_a_song.text"), *others))


def _of_no_step(entry: Entry) -> Entry:
    return changed(entry, steps=("sing_a_song",))


def _holding_the_account(pack: Pack, route: str) -> Pack:
    holder = changed(pack.parameters["account_holder"], value=route)
    return changed(pack, parameters={**pack.parameters, "account_holder": holder})


def _without_period(pack: Pack) -> Pack:
    return changed(pack, parameters=_less(pack.parameters, "signing_period"))
