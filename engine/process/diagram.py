"""A diagram as its author drew it: nodes, flows, and what follows what.  Read from the XML, not from the library."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.process.elements import HOLDERS, NAMESPACES, Element, read_elements


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``condition`` is None where none is written, ``scope`` the process that holds it."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None
    scope: str


class Diagram:
    """One file."""

    def __init__(self, file: str, root: Any) -> None:
        self.file, self.root = file, root
        self.elements = tuple(read_elements(root, file))
        self.by_id: Mapping[str, Element] = {element.id: element for element in self.elements}
        self.flows = tuple(map(_flow, root.iterfind(".//bpmn:sequenceFlow", NAMESPACES)))
        leaving: defaultdict[str, list[Flow]] = defaultdict(list)
        entering: defaultdict[str, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            leaving[flow.source].append(flow)
            entering[flow.target].append(flow)
        self._leaving, self._entering = leaving, entering
        self.defaults: Mapping[str, str] = {
            node.get("id"): node.get("default") for node in root.iterfind(".//*[@default]") if node.get("id")
        }

    @property
    def process(self) -> str:
        """The process that the file should hold."""
        return self.file.rsplit("/", 1)[-1].removesuffix(".bpmn")

    @property
    def scopes(self) -> Iterator[str]:
        """The processes and embedded sub-processes."""
        yield from (node.get("id") or "" for node in self.root.iterfind("bpmn:process", NAMESPACES))
        yield from (element.id for element in self.elements if element.kind in HOLDERS)

    def leaving(self, element: str) -> list[Flow]:
        """The flows out of a node."""
        return self._leaving.get(element, [])

    def entering(self, element: str) -> list[Flow]:
        """The flows into a node."""
        return self._entering.get(element, [])

    def starts(self, scope: str) -> list[str]:
        """The start events of a process or embedded sub-process."""
        return [element.id for element in self.elements if element.kind == "startEvent" and element.scope == scope]

    def of_kind(self, *kinds: str) -> Iterator[Element]:
        """Every node of these kinds."""
        return (element for element in self.elements if element.kind in kinds)

    def boundaries(self, element: str) -> list[Element]:
        """The boundary events of a node."""
        return [event for event in self.elements if event.attached_to == element]

    def reached(self, names: Iterable[str], *, until: Collection[str] = (), sideways: bool = False) -> set[str]:
        """Every node that flows lead to from ``names``, and not beyond ``until``.

        With ``sideways`` also over boundary events and into embedded sub-processes.
        """
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name not in until:
                waiting += [flow.target for flow in self.leaving(name)]
            if sideways:
                waiting += [event.id for event in self.boundaries(name)] + self.starts(name)
        return seen

    def tagged(self, tag: str) -> Iterator[Any]:
        """Every XML node of a BPMN tag."""
        return iter(self.root.iterfind(f".//bpmn:{tag}", NAMESPACES))


def owner(node: Any) -> str:
    """The id by which an author finds an XML node: its own, else that of what holds it."""
    while node is not None:
        if node.get("id"):
            return str(node.get("id"))
        node = node.getparent()
    return ""


def _flow(node: Any) -> Flow:
    written = node.find("bpmn:conditionExpression", NAMESPACES)
    return Flow(
        id=node.get("id") or "",
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        name=node.get("name") or "",
        condition=None if written is None else (written.text or "").strip(),
        scope=node.getparent().get("id") or "",
    )
