"""Each rule of the lint has a diagram that differs from a clean one by a single element and trips exactly it."""

from pathlib import Path

import pytest

from engine.process import lint
from engine.use_cases.library import Library
from engine.use_cases.linting import lint as lint_everything

CLEAN = (Path(__file__).parents[2] / "diagrams" / "mech_parallel.bpmn").read_text()
KNOWN = lint.Known(
    forms={"left_hand": frozenset({"left_value"}), "right_hand": frozenset({"right_on"})},
    parameters=frozenset({"known"}),
    documents=frozenset({"paper"}),
    gates=frozenset({"check"}),
    operations=frozenset({"render"}),
)

BROKEN = {
    "lanes": ('name="街道"', 'name="路人"'),
    "names": ('id="left_hand" name="左手"', 'id="left_hand" name=""'),
    "drawn": ('bpmnElement="wait_until"', 'bpmnElement="wait_until_2"'),
    "interrupting": (' cancelActivity="false"', ""),
    "timers": (">PT1H<", ">pack.unknown<"),
    "tasks": ('value="left_value"', 'value="other_value"'),
    "jobs": ('name="gate" value="check"', 'name="gate" value="guess"'),
    "process": ('<bpmn:process id="mech_parallel"', '<bpmn:process id="mech_parallels"'),
    "xml": ("</bpmn:definitions>", ""),
    "unsupported": ("bpmn:parallelGateway", "bpmn:complexGateway"),
}


def faults(text: str) -> set[str]:
    return {fault.rule for fault in lint.lint({"mech_parallel.bpmn": text.encode()}, KNOWN)}


def test_a_clean_diagram_has_no_fault() -> None:
    assert faults(CLEAN) == set()


@pytest.mark.parametrize("rule", [rule for rule in BROKEN if rule != "unsupported"])
def test_a_broken_diagram_trips_exactly_its_rule(rule: str) -> None:
    old, new = BROKEN[rule]
    assert old in CLEAN
    assert faults(CLEAN.replace(old, new)) == {rule}


@pytest.mark.parametrize("written", ["PT1H", "P7D", "P2W"])
def test_a_duration_may_be_iso_8601(written: str) -> None:
    assert faults(CLEAN.replace(">PT1H<", f">{written}<")) == set()


@pytest.mark.parametrize("written", ["R3/PT1H", "1 hour", "timedelta(hours=1)", '"PT1H"'])
def test_a_duration_may_be_nothing_else(written: str) -> None:
    assert faults(CLEAN.replace(">PT1H<", f">{written}<")) == {"timers"}


@pytest.mark.parametrize(
    "definition", ["signalEventDefinition", "terminateEventDefinition", "errorEventDefinition", "linkEventDefinition"]
)
def test_an_event_that_the_library_gets_wrong_is_refused(definition: str) -> None:
    end = '<bpmn:endEvent id="mech_parallel_end" name="结束">'
    assert end in CLEAN
    broken = CLEAN.replace(end, f'{end}<bpmn:{definition} id="wrong" />')
    assert faults(broken) == {"unsupported"}


@pytest.mark.parametrize("element", ["dataObject", "dataStoreReference"])
def test_data_beside_the_routing_values_is_refused(element: str) -> None:
    end = '<bpmn:endEvent id="mech_parallel_end"'
    assert end in CLEAN
    assert faults(CLEAN.replace(end, f'<bpmn:{element} id="wrong" />{end}')) == {"unsupported"}


def test_what_is_shipped_is_clean(library: Library) -> None:
    assert lint_everything(library) == []
