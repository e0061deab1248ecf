"""What a diagram says of each of its nodes, read from the XML and not from the library."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMESPACES = {
    "bpmn": BPMN,
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
}
_PREFIX = f"{{{BPMN}}}"
_NODES = (
    "startEvent", "endEvent", "userTask", "manualTask", "task", "serviceTask", "businessRuleTask", "callActivity",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "intermediateCatchEvent",
    "intermediateThrowEvent", "boundaryEvent", "receiveTask", "sendTask", "subProcess", "transaction",
    "adHocSubProcess", "scriptTask", "complexGateway",
)  # fmt: skip
_EVENT = "EventDefinition"
#: Nodes that hold nodes.
HOLDERS = ("subProcess", "transaction", "adHocSubProcess")
_TIMERS = ("timeDuration", "timeDate", "timeCycle")


@dataclass(frozen=True)
class Timer:
    """When a timer is due: ``kind`` is ``timeDuration`` or ``timeDate``, ``text`` what stands in it."""

    kind: str
    text: str


@dataclass(frozen=True)
class Element:
    """One node of a diagram: ``kind`` is its BPMN tag, ``process`` the process it stands in.

    ``scope`` is the process or embedded sub-process that holds it directly.  A node inside an embedded
    sub-process belongs to that sub-process's lane unless it has one of its own.
    """

    id: str
    kind: str
    name: str
    lane: str
    process: str
    properties: Mapping[str, str]
    timer: Timer | None = None
    message: str = ""
    attached_to: str = ""
    interrupting: bool = True
    scope: str = ""
    definitions: tuple[str, ...] = ()
    called: str = ""

    @property
    def routing(self) -> tuple[str, ...]:
        """The answers of this task that the diagram may read."""
        return tuple(name.strip() for name in self.properties.get("routing", "").split(",") if name.strip())


def read_elements(root: Any, file: str) -> Iterator[Element]:
    """Every node of every process in the document, in the order of the file."""
    messages = {node.get("id"): node.get("name") or "" for node in root.iterfind("bpmn:message", NAMESPACES)}
    for process in root.iterfind("bpmn:process", NAMESPACES):
        lanes = {
            (reference.text or "").strip(): reference.getparent().get("name") or ""
            for reference in process.iterfind(".//bpmn:flowNodeRef", NAMESPACES)
        }
        for tag in _NODES:
            for node in process.iterfind(f".//bpmn:{tag}", NAMESPACES):
                yield _element(node, tag, process.get("id"), lanes, messages)


def _element(node: Any, kind: str, process: str, lanes: Mapping[str, str], messages: Mapping[str, str]) -> Element:
    caught = node.find("bpmn:messageEventDefinition", NAMESPACES)
    reference = (caught if caught is not None else node).get("messageRef")
    return Element(
        id=node.get("id") or "",
        kind=kind,
        name=node.get("name") or "",
        lane=_lane(node, lanes),
        process=process,
        properties={
            item.get("name"): item.get("value") or ""
            for item in node.iterfind(
                "bpmn:extensionElements/spiffworkflow:properties/spiffworkflow:property", NAMESPACES
            )
        },
        timer=_timer(node),
        message=messages.get(reference, ""),
        attached_to=node.get("attachedToRef") or "",
        interrupting=node.get("cancelActivity", "true") != "false",
        scope=node.getparent().get("id") or "",
        called=node.get("calledElement") or "",
        definitions=tuple(
            tag for child in node.iterchildren(f"{_PREFIX}*") if (tag := etree.QName(child).localname).endswith(_EVENT)
        ),
    )


def _lane(node: Any, lanes: Mapping[str, str]) -> str:
    while node is not None:
        if node.get("id") in lanes:
            return lanes[node.get("id")]
        node = node.getparent()
    return ""


def _timer(node: Any) -> Timer | None:
    definition = node.find("bpmn:timerEventDefinition", NAMESPACES)
    if definition is None:
        return None
    for kind in _TIMERS:
        written = definition.find(f"bpmn:{kind}", NAMESPACES)
        if written is not None:
            return Timer(kind, (written.text or "").strip())
    return Timer("timeDuration", "")
