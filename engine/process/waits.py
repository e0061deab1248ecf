"""Deadlines that cannot be met together: what must be sat out within an activity outlasts the activity's own deadline.

People are taken to act at once, so that only waiting takes time; a wait behind an event-based gateway is what happens
when somebody else does not act, and a second turn of a loop is not on time anyway: neither counts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.process.diagram import Diagram
from engine.process.elements import Element, Timer
from engine.process.lint import Fault

RULE = "deadline_unmeetable"
#: The days that a timer takes at the least and at the most; None where that cannot be said.
Length = Callable[[Timer], tuple[int, int] | None]


def conflicts(diagrams: Mapping[str, Diagram], length: Length) -> Iterator[Fault]:
    """Every wait that does not fit into the deadline of an activity around it; ``diagrams`` by process."""
    ways = _Ways(diagrams, length)
    for diagram in diagrams.values():
        for deadline in diagram.of_kind("boundaryEvent"):
            allowed = length(deadline.timer) if deadline.timer is not None else None
            host = diagram.by_id.get(deadline.attached_to)
            if allowed is None or host is None:
                continue
            for wait in sorted(ways.waits_in(diagram, host), key=lambda one: one.id):
                days = ways.through(diagram, host, wait.id)
                if days is not None and days > allowed[1]:
                    why = (
                        f"最迟 {allowed[1]} 天，里面的“{wait.name}”（{wait.process}.bpmn 的 {wait.id}）"
                        f"却使它至少要 {days} 天；两个期限不能同时守住，请核对规则包和图"
                    )
                    yield Fault(RULE, diagram.file, deadline.id, why)


@dataclass
class _Ways:
    diagrams: Mapping[str, Diagram]
    length: Length
    known: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def waits_in(self, diagram: Diagram, host: Element) -> list[Element]:
        """The waits within a call or sub-process, however deep."""
        found: dict[str, Element] = {}
        waiting, seen = [self._inner(diagram, host)], set()
        while waiting:
            inner, scope = waiting.pop()
            if inner is None or scope in seen:
                continue
            seen.add(scope)
            for element in inner.elements:
                if element.scope == scope:
                    waiting.append(self._inner(inner, element))
                    if self._days(inner, element) > 0:
                        found[element.id] = element
        return list(found.values())

    def through(self, diagram: Diagram, host: Element, via: str) -> int | None:
        """The least days to pass a call or sub-process by way of ``via``; None when no way leads over it."""
        inner, scope = self._inner(diagram, host)
        if inner is None:
            return None
        key = (scope, via)
        if key not in self.known:
            self.known[key] = None  # a process that calls itself has no quickest way
            starts = inner.starts(scope)
            self.known[key] = self._shortest(inner, starts[0], via, frozenset()) if starts else None
        return self.known[key]

    def _shortest(self, diagram: Diagram, name: str, via: str, behind: frozenset[str]) -> int | None:
        """The least days from a node to the end, over ``via`` unless that is empty, and nowhere twice."""
        element = diagram.by_id[name]
        found = []
        for days, left in self._over(diagram, element, via):
            if element.kind == "endEvent":
                found += [days] if not left else []
                continue
            for flow in diagram.leaving(name):
                if flow.target not in behind and flow.target != name:
                    rest = self._shortest(diagram, flow.target, left, behind | {name})
                    found += [days + rest] if rest is not None else []
        return min(found, default=None)

    def _over(self, diagram: Diagram, element: Element, via: str) -> Iterator[tuple[int, str]]:
        """The days that a node takes, and what is still to be passed behind it."""
        if element.id == via:
            yield self._days(diagram, element), ""
            return
        inner, _ = self._inner(diagram, element)
        if inner is None:
            yield self._days(diagram, element), via
            return
        for passed, left in {("", via), (via, "")}:
            days = self.through(diagram, element, passed)
            if days is not None:
                yield days, left

    def _inner(self, diagram: Diagram, element: Element) -> tuple[Diagram | None, str]:
        if element.called:
            return self.diagrams.get(element.called), element.called
        return (diagram if diagram.starts(element.id) else None), element.id

    def _days(self, diagram: Diagram, element: Element) -> int:
        if element.kind != "intermediateCatchEvent" or element.timer is None:
            return 0
        before = (diagram.by_id.get(flow.source) for flow in diagram.entering(element.id))
        if any(one is not None and one.kind == "eventBasedGateway" for one in before):
            return 0
        days = self.length(element.timer)
        return days[0] if days is not None else 0
