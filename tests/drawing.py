"""Draws small diagrams for tests: nodes in a row, the flows between them, one lane."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import quoteattr

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'id="definitions_{0}" targetNamespace="https://daoru.example/bpmn">'
)


@dataclass(frozen=True)
class Node:
    """A node: its BPMN tag, what it is called, its attributes, properties, and the XML or the nodes inside it."""

    tag: str
    id: str
    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    inside: str = ""
    nodes: tuple["Node", ...] = ()
    flows: tuple["Flow", ...] = ()


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``condition`` and ``name`` only behind an exclusive gateway."""

    source: str
    target: str
    condition: str = ""
    name: str = ""

    @property
    def id(self) -> str:
        """Made of its ends."""
        return f"flow_{self.source}_{self.target}"


def row(*names: str) -> tuple[Flow, ...]:
    """Flows from each to the next."""
    return tuple(Flow(one, other) for one, other in pairwise(names))


def start(name: str) -> Node:
    """A start event."""
    return Node("startEvent", name, "开始")


def end(name: str) -> Node:
    """An end event."""
    return Node("endEvent", name, "结束")


def task(name: str, routing: str = "") -> Node:
    """A user task."""
    return Node("userTask", name, "办理", properties={"routing": routing} if routing else {})


def gate(name: str, decides: str) -> Node:
    """A business rule task that decides a gate."""
    return Node("businessRuleTask", name, "判定", properties={"gate": decides})


def call(name: str, process: str) -> Node:
    """A call activity."""
    return Node("callActivity", name, "阶段", {"calledElement": process})


def timer(text: str, kind: str = "timeDuration") -> str:
    """The inside of a timer event."""
    return (
        f'<bpmn:timerEventDefinition><bpmn:{kind} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{kind}>'
        "</bpmn:timerEventDefinition>"
    )


def message(reference: str) -> str:
    """The inside of a message event."""
    return f'<bpmn:messageEventDefinition messageRef="{reference}" />'


def boundary(name: str, attached_to: str, text: str) -> Node:
    """A non-interrupting boundary timer."""
    attributes = {"attachedToRef": attached_to, "cancelActivity": "false"}
    return Node("boundaryEvent", name, "时限", attributes, inside=timer(text))


def draw(
    process: str, nodes: tuple[Node, ...], flows: tuple[Flow, ...], messages: Mapping[str, str] | None = None
) -> bytes:
    """The file of a process."""
    drawn = list(_drawn(nodes, flows))
    lane = "".join(f"<bpmn:flowNodeRef>{node.id}</bpmn:flowNodeRef>" for node in nodes)
    return "\n".join(
        [
            _HEAD.format(process),
            *(f'<bpmn:message id="{ref}" name="{name}" />' for ref, name in (messages or {}).items()),
            f'<bpmn:process id="{process}" name="试验" isExecutable="true">',
            f'<bpmn:laneSet id="lanes_{process}"><bpmn:lane id="lane_{process}" name="街道">',
            f"{lane}</bpmn:lane></bpmn:laneSet>",
            *map(_node, nodes),
            *map(_flow, flows),
            "</bpmn:process>",
            f'<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="{process}">',
            *drawn,
            "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>",
        ]
    ).encode()


def _node(node: Node) -> str:
    attributes = {"id": node.id, **({"name": node.name} if node.name else {}), **node.attributes}
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    properties = "".join(
        f'<spiffworkflow:property name="{name}" value="{value}" />' for name, value in node.properties.items()
    )
    if properties:
        properties = (
            f"<bpmn:extensionElements><spiffworkflow:properties>{properties}</spiffworkflow:properties>"
            "</bpmn:extensionElements>"
        )
    inside = "".join([*map(_node, node.nodes), *map(_flow, node.flows)])
    return f"<bpmn:{node.tag} {written}>{properties}{node.inside}{inside}</bpmn:{node.tag}>"


def _flow(flow: Flow) -> str:
    condition = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{flow.condition}</bpmn:conditionExpression>'
    )
    name = f' name="{flow.name}"' if flow.name else ""
    return (
        f'<bpmn:sequenceFlow id="{flow.id}"{name} sourceRef="{flow.source}" targetRef="{flow.target}">'
        f"{condition if flow.condition else ''}</bpmn:sequenceFlow>"
    )


def _drawn(nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> Iterator[str]:
    for position, node in enumerate(nodes):
        yield (
            f'<bpmndi:BPMNShape bpmnElement="{node.id}"><dc:Bounds x="{100 + 150 * position}" y="100" '
            'width="36" height="36" /></bpmndi:BPMNShape>'
        )
        yield from _drawn(node.nodes, node.flows)
    for flow in flows:
        yield (
            f'<bpmndi:BPMNEdge bpmnElement="{flow.id}"><di:waypoint x="0" y="0" /><di:waypoint x="9" y="0" />'
            "</bpmndi:BPMNEdge>"
        )
