"""What a diagram can still tell apart: the comparisons ahead of a node whose values may still count there.

Two situations that wait at the same nodes and agree in these go on alike, whatever else was answered.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.process import expressions
from engine.process.diagram import Diagram
from engine.process.elements import Element
from engine.process.waiting import date_name


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
    behind it nothing depends on what they were before.  Flows ``without`` are not followed.
    """

    def __init__(
        self,
        diagrams: Collection[Diagram],
        asks: Mapping[str, Collection[Test]],
        gives: Mapping[str, Collection[str]],
        without: Collection[str] = (),
    ) -> None:
        self._without = frozenset(without)
        self._nodes = {element.id: (diagram, element) for diagram in diagrams for element in diagram.elements}
        self._starts = {scope: diagram.starts(scope) for diagram in diagrams for scope in diagram.scopes}
        self._own = {name: {*asks.get(name, ()), *_asked(*node)} for name, node in self._nodes.items()}
        self._gives = {name: frozenset(gives.get(name, ())) for name in self._nodes}
        every = frozenset(test for tests in self._own.values() for test in tests)
        nothing: frozenset[Test] = frozenset()
        #: Per node: the tests ahead of it in its own process, and those whose values outlast it up to the end.
        self._ahead = dict.fromkeys(self._nodes, nothing)
        self._lasting = {
            name: every if element.kind == "endEvent" else nothing for name, (_, element) in self._nodes.items()
        }
        self._settle()
        self._tests: dict[tuple[str, ...], list[Test]] = {}

    def seen(self, names: Collection[str], data: Mapping[str, Any]) -> tuple[tuple[str, Hashable], ...]:
        """What the tests ahead say of ``data``; ``names`` are the open nodes and the calls under way."""
        key = tuple(names)
        if key not in self._tests:
            calls = {self._scope_in(name): name for name in names if self._scope_in(name)}
            found = [self._from(name, calls) for name in names if name not in calls.values()]
            self._tests[key] = sorted(frozenset[Test]().union(*found), key=lambda test: test.text)
        return tuple((test.text, test.judge(data)) for test in self._tests[key])

    def _from(self, name: str, calls: Mapping[str, str]) -> frozenset[Test]:
        """The tests ahead of a node, in its own process and in those that called it."""
        found, lasting = self._ahead[name], self._lasting[name]
        caller = calls.get(self._nodes[name][1].scope)
        while caller is not None:
            ahead, lasting_there = self._behind(caller)
            found, lasting = found | (lasting & ahead), lasting & lasting_there
            caller = calls.get(self._nodes[caller][1].scope)
        return found

    def _scope_in(self, name: str) -> str:
        """The process or sub-process that a node holds; empty for a plain node."""
        held = self._nodes[name][1].called or name
        return held if held in self._starts else ""

    def _behind(self, name: str) -> tuple[frozenset[Test], frozenset[Test]]:
        diagram, _ = self._nodes[name]
        followers = [flow.target for flow in diagram.leaving(name) if flow.id not in self._without]
        ahead = frozenset[Test]().union(*(self._ahead[follower] for follower in followers))
        return ahead, frozenset[Test]().union(*(self._lasting[follower] for follower in followers))

    def _settle(self) -> None:
        """Follow the flows backwards until nothing changes."""
        changed = True
        while changed:
            changed = False
            for name in reversed(self._nodes):
                ahead, lasting = self._through(name)
                if (ahead, lasting) != (self._ahead[name], self._lasting[name]):
                    self._ahead[name], self._lasting[name] = ahead, lasting
                    changed = True

    def _through(self, name: str) -> tuple[frozenset[Test], frozenset[Test]]:
        diagram, element = self._nodes[name]
        ahead, lasting = self._behind(name)
        if element.kind == "endEvent":
            lasting = self._lasting[name]
        for start in self._starts.get(self._scope_in(name), ()):
            ahead = self._ahead[start] | (self._lasting[start] & ahead)
            lasting = self._lasting[start] & lasting
        given = self._gives[name]
        ahead = frozenset(test for test in ahead if not test.names <= given) if given else ahead
        lasting = frozenset(test for test in lasting if not test.names <= given) if given else lasting
        aside = (self._ahead[event.id] for event in diagram.boundaries(name))
        return ahead.union(self._own[name], *aside), lasting


def _asked(diagram: Diagram, element: Element) -> Iterator[Test]:
    for flow in diagram.leaving(element.id):
        if flow.condition is not None:
            yield from tests_of(flow.condition)
    name = date_name(element.timer.text) if element.timer is not None else None
    if name is not None:
        yield Test(f"{name} is given", frozenset({name}), lambda data: data.get(name) is not None)
