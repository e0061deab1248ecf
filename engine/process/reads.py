"""What a diagram can still tell apart: the comparisons ahead of a node whose values may still count there.

Two situations that wait at the same nodes and agree in these go on alike, whatever else was answered.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process import expressions
from engine.process.diagram import Diagram
from engine.process.elements import Element


@dataclass(frozen=True)
class Test:
    """One comparison over routing values; two of the same ``text`` are the same."""

    text: str
    names: frozenset[str] = field(compare=False)
    judge: expressions.Evaluator = field(compare=False)


def tests_of(condition: str) -> Iterator[Test]:
    """What a condition can tell apart."""
    return (Test(*found) for found in expressions.tests(condition))


class Reads:
    """For each node of ``diagrams`` the tests that lie ahead of it.

    ``asks`` are tests that nodes make beside the diagrams' own, ``gives`` the routing values that each node sets:
    behind it nothing depends on what they were before.
    """

    def __init__(
        self,
        diagrams: Iterable[Diagram],
        asks: Mapping[str, Collection[Test]],
        gives: Mapping[str, Collection[str]],
    ) -> None:
        self._diagrams = tuple(diagrams)
        self._callers: dict[str, list[tuple[Diagram, str]]] = {}
        self._scopes: dict[str, list[str]] = {}
        for diagram in self._diagrams:
            for scope in diagram.scopes:
                self._scopes[scope] = diagram.starts(scope)
            for element in diagram.elements:
                self._callers.setdefault(element.called or element.id, []).append((diagram, element.id))
        nodes = {element.id: (diagram, element) for diagram in self._diagrams for element in diagram.elements}
        own = {name: {*asks.get(name, ()), *_asked(*node)} for name, node in nodes.items()}
        after = {name: list(self._after(*node)) for name, node in nodes.items()}
        aside = {name: [event.id for event in diagram.boundaries(name)] for name, (diagram, _) in nodes.items()}
        self.ahead = _settled(own, after, aside, {name: frozenset(gives.get(name, ())) for name in nodes})

    def seen(self, names: Iterable[str], data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """What the tests ahead of the nodes ``names`` say of ``data``."""
        found = {test for name in names for test in self.ahead[name]}
        return tuple(sorted((test.text, repr(test.judge(data))) for test in found))

    def _after(self, diagram: Diagram, element: Element) -> Iterator[str]:
        """The nodes that follow a node: within what it calls, behind it, or behind what called it."""
        inner = self._scopes.get(element.called or element.id)
        if inner:
            yield from inner
            return
        yield from (flow.target for flow in diagram.leaving(element.id))
        if element.kind == "endEvent":
            for calling, caller in self._callers.get(element.scope, ()):
                yield from (flow.target for flow in calling.leaving(caller))


def _asked(diagram: Diagram, element: Element) -> Iterator[Test]:
    for flow in diagram.leaving(element.id):
        if flow.condition is not None:
            yield from tests_of(flow.condition)
    if element.timer is not None and element.timer.text.isidentifier():
        name = element.timer.text
        yield Test(f"{name} is given", frozenset({name}), lambda data: data.get(name) is not None)


def _settled(
    own: Mapping[str, set[Test]],
    after: Mapping[str, list[str]],
    aside: Mapping[str, list[str]],
    gives: Mapping[str, frozenset[str]],
) -> Mapping[str, frozenset[Test]]:
    before: dict[str, list[str]] = {name: [] for name in own}
    for name in own:
        for follower in (*after[name], *aside[name]):
            before[follower].append(name)
    ahead = {name: frozenset(tests) for name, tests in own.items()}
    waiting = list(own)
    while waiting:
        name = waiting.pop()
        behind = {test for follower in after[name] for test in ahead[follower] if not test.names <= gives[name]}
        reached = ahead[name].union(behind, *(ahead[event] for event in aside[name]))
        if reached != ahead[name]:
            ahead[name] = reached
            waiting += before[name]
    return ahead
