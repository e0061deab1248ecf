"""A clean set of diagrams, and the single changes that break it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lxml import etree

from engine.process.elements import NAMESPACES
from engine.process.lint import Known
from tests.drawing import Flow, Node, boundary, call, draw, end, gate, message, row, start, task, timer

_ASK = (
    start("clean_start"), Node("exclusiveGateway", "again"), task("ask", "kind, chosen_on"),
    boundary("ask_due", "ask", "PT1H"), end("ask_late"), gate("judge", "check"),
    Node("exclusiveGateway", "is_good", "好？", {"default": "flow_is_good_met"}), Node("userTask", "mend", "补正"),
    Node("exclusiveGateway", "met"),
)  # fmt: skip
_ASKED = (
    *row("clean_start", "again", "ask", "judge", "is_good"), *row("ask_due", "ask_late"), *row("mend", "met"),
    Flow("is_good", "mend", 'check_outcome == "YES"', "补"), Flow("is_good", "met", name="别的"),
    Flow("is_good", "again", 'check_outcome == "NO"', "否"),
)  # fmt: skip
_BOTH = (
    Node("parallelGateway", "split"), task("left"),
    Node("serviceTask", "right", "生成", properties={"operation": "render", "document": "letter"}),
    Node("parallelGateway", "joined"), Node("exclusiveGateway", "which", "哪一类？"), Node("exclusiveGateway", "one"),
    Node("intermediateCatchEvent", "wait_until", "等到那天", inside=timer("chosen_on", "timeDate")),
)  # fmt: skip
_BOTH_WAYS = (
    *row("met", "split", "left", "joined", "which"), *row("split", "right", "joined"), *row("one", "wait_until"),
    Flow("which", "one", 'kind == "A"', "甲"), Flow("which", "deep", 'kind in ("B", "C")', "乙丙"),
)  # fmt: skip
_CALLS = (
    Node("subProcess", "deep", "深处", nodes=(start("deep_start"), task("dig"), end("deep_end")),
         flows=row("deep_start", "dig", "deep_end")),
    call("call_called", "called"), boundary("call_due", "call_called", "pack.term"), end("call_late"),
    Node("intermediateThrowEvent", "passed", "已过"), end("clean_end"), end("deep_over"),
)  # fmt: skip
_CALLED = (*row("wait_until", "call_called", "passed", "clean_end"), *row("call_due", "call_late"),
           *row("deep", "deep_over"))  # fmt: skip
_FIRST = draw(
    "called",
    (
        start("called_start"), Node("eventBasedGateway", "whichever"),
        Node("intermediateCatchEvent", "answered", "答复", inside=message("m_answer")),
        Node("intermediateCatchEvent", "silent", "未答复", inside=timer("P7D")), call("call_leaf", "leaf"),
        end("called_end"), end("silent_end"),
    ),
    (*row("called_start", "whichever", "answered", "call_leaf", "called_end"),
     *row("whichever", "silent", "silent_end")),
    {"m_answer": "answer"},
)  # fmt: skip
_LEAF = draw("leaf", (start("leaf_start"), task("look"), end("leaf_end")), row("leaf_start", "look", "leaf_end"))
CLEAN = {
    "clean.bpmn": draw("clean", (*_ASK, *_BOTH, *_CALLS), (*_ASKED, *_BOTH_WAYS, *_CALLED)),
    "called.bpmn": _FIRST,
    "leaf.bpmn": _LEAF,
}
KNOWN = Known(
    forms={
        "ask": {"kind": frozenset({"A", "B", "C"}), "chosen_on": None, "typename": None, "len": None},
        **{name: {} for name in ("mend", "left", "dig", "look")},
    },
    handbook=frozenset({"ask", "mend", "left", "dig", "look"}),
    periods=frozenset({"term"}),
    documents=frozenset({"letter"}),
    gates={"check": {"check_outcome": frozenset({"YES", "NO", "LATER"})}},
    operations=frozenset({"render"}),
)

Edit = Callable[[dict[str, Any]], None]


def broken(edit: Edit) -> dict[str, bytes]:
    """The clean diagrams after one edit."""
    roots = {name: etree.fromstring(text) for name, text in CLEAN.items()}
    edit(roots)
    return {name: etree.tostring(root, encoding="UTF-8") for name, root in deepcopy(roots).items()}


def put(element: str, attribute: str, value: str) -> Edit:
    """Set an attribute of an element."""
    return lambda roots: _find(roots, element).set(attribute, value)


def take(element: str, attribute: str) -> Edit:
    """Take an attribute from an element."""
    return lambda roots: _find(roots, element).attrib.pop(attribute)


def turn(element: str, tag: str, *, inside: str = "") -> Edit:
    """Make an element, or the first of a tag inside it, another kind of element."""

    def edit(roots: dict[str, Any]) -> None:
        node = _find(roots, element)
        node = node.find(f".//bpmn:{inside}", NAMESPACES) if inside else node
        node.tag = f"{{{NAMESPACES['bpmn']}}}{tag}"

    return edit


def add(element: str, xml: str) -> Edit:
    """Add an element to another."""

    def edit(roots: dict[str, Any]) -> None:
        parent = _find(roots, element)
        parent.append(_parsed(parent, xml))

    return edit


def drop(element: str, path: str) -> Edit:
    """Remove what a path finds in an element."""

    def edit(roots: dict[str, Any]) -> None:
        node = _find(roots, element).find(path, NAMESPACES)
        node.getparent().remove(node)

    return edit


def write(element: str, tag: str, text: str) -> Edit:
    """Write another text into the first ``tag`` of an element."""

    def edit(roots: dict[str, Any]) -> None:
        _find(roots, element).find(f".//bpmn:{tag}", NAMESPACES).text = text

    return edit


def replace(element: str, tag: str, xml: str) -> Edit:
    """Put another element in the place of the first ``tag`` of an element."""

    def edit(roots: dict[str, Any]) -> None:
        node = _find(roots, element).find(f"bpmn:{tag}", NAMESPACES)
        node.getparent().replace(node, _parsed(node, xml))

    return edit


def rename(element: str, name: str) -> Edit:
    """Give an element another id, wherever it is named."""

    def edit(roots: dict[str, Any]) -> None:
        for root in roots.values():
            for node in root.iter():
                if node.text == element:
                    node.text = name
                for attribute, value in node.attrib.items():
                    if value == element:
                        node.set(attribute, name)

    return edit


def property_of(element: str, name: str, value: str) -> Edit:
    """Give an element a property, or another value for the one it has."""

    def edit(roots: dict[str, Any]) -> None:
        held = _find(roots, element).find(".//spiffworkflow:properties", NAMESPACES)
        found = held.find(f"spiffworkflow:property[@name='{name}']", NAMESPACES)
        if found is None:
            found = etree.SubElement(held, f"{{{NAMESPACES['spiffworkflow']}}}property", name=name)
        found.set("value", value)

    return edit


def flow(source: str, target: str) -> Edit:
    """Add a flow, drawn."""

    def edit(roots: dict[str, Any]) -> None:
        parent = _find(roots, source).getparent()
        name = f"flow_{source}_{target}"
        parent.append(_parsed(parent, f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}" />'))
        _draw(parent, name)

    return edit


def node(process: str, xml: str) -> Edit:
    """Add a node to a process: in its lane, drawn."""

    def edit(roots: dict[str, Any]) -> None:
        parent = _find(roots, process)
        made = _parsed(parent, xml)
        parent.append(made)
        lane = parent.find(".//bpmn:lane", NAMESPACES)
        lane.append(_parsed(lane, f"<bpmn:flowNodeRef>{made.get('id')}</bpmn:flowNodeRef>"))
        _draw(parent, made.get("id"))

    return edit


def both(*edits: Edit) -> Edit:
    """A node and its flow."""

    def edit(roots: dict[str, Any]) -> None:
        for one in edits:
            one(roots)

    return edit


def _find(roots: dict[str, Any], element: str) -> Any:
    return next(node for root in roots.values() for node in root.iter() if node.get("id") == element)


def _draw(parent: Any, name: str) -> None:
    plane = parent.getroottree().find(".//bpmndi:BPMNPlane", NAMESPACES)
    plane.append(_parsed(plane, f'<bpmndi:BPMNShape bpmnElement="{name}" />'))


def _parsed(beside: Any, xml: str) -> Any:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in beside.nsmap.items())
    return etree.fromstring(f"<a {spaces}>{xml}</a>")[0]
