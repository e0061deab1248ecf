"""Which routing values can reach which gateway, and whether the gateway knows a way for each.

The diagrams are sound otherwise (:mod:`engine.process.hazards`).  Values are followed along the flows of every
process, into what it calls and back.  A gate or a choice gives one of a few values; text, numbers and dates may be
anything, and want a default flow.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from engine.process import expressions
from engine.process.diagram import Diagram, Flow
from engine.process.elements import Element

Value = str | int | bool | None
#: What a routing value may be; None: anything at all.
Choice = frozenset[Value] | None
State = Mapping[str, Choice]
Given = Mapping[str, Mapping[str, Choice]]

RULES = ("unknown_value", "no_way", "never_taken", "two_ways")

_NOT_GIVEN: Choice = frozenset({None})
_COMBINATIONS = 4_096
_DEPTH = 20


@dataclass(frozen=True)
class Route:
    """What is wrong with the ways out of a gateway: ``rule``, the element, and why."""

    rule: str
    file: str
    element: str
    message: str


@dataclass
class _Walk:
    diagrams: Mapping[str, Diagram]
    tasks: Given
    gates: Given
    arrived: dict[tuple[str, str], State] = field(default_factory=dict)
    ends: dict[tuple[str, str], State] = field(default_factory=dict)
    on_the_way: list[str] = field(default_factory=list)

    def process(self, name: str, entering: State) -> State:
        """The values with which a process ends that was entered with ``entering``."""
        diagram = self.diagrams.get(name)
        if diagram is None or name in self.on_the_way or len(self.on_the_way) > _DEPTH:
            return entering
        key = name, repr(sorted((value, _shown(choice)) for value, choice in entering.items()))
        if key not in self.ends:
            self.on_the_way.append(name)
            self.ends[key] = self._scope(diagram, diagram.process, entering)
            self.on_the_way.pop()
        return self.ends[key]

    def _scope(self, diagram: Diagram, scope: str, entering: State) -> State:
        states: dict[str, State] = dict.fromkeys(diagram.starts(scope), entering)
        into: dict[str, dict[str, State]] = {}
        waiting = list(states)
        while waiting:
            name = waiting.pop()
            element = diagram.by_id[name]
            after = self._after(diagram, element, states[name])
            steps = [(flow.id, flow.target, state) for flow, state in self._ways(diagram, element, after)]
            steps += [(event.id, event.id, states[name]) for event in diagram.boundaries(name)]
            for way, target, state in steps:
                if target not in diagram.by_id or diagram.by_id[target].scope != scope:
                    continue
                into.setdefault(target, {})[way] = state
                both = diagram.by_id[target].kind == "parallelGateway"
                reached = _joined(into[target].values()) if both else _either(into[target].values())
                if states.get(target) != reached:
                    states[target] = reached
                    waiting.append(target)
        return self._end(diagram, scope, states)

    def _end(self, diagram: Diagram, scope: str, states: Mapping[str, State]) -> State:
        """What holds at the end: a side path that began at a deadline changes only what is given on it."""
        ends = {event.id for event in diagram.of_kind("endEvent") if event.scope == scope} & set(states)
        aside: set[str] = set()
        given: set[str] = set()
        for event in diagram.of_kind("boundaryEvent"):
            if not event.interrupting:
                path = diagram.reached([event.id])
                aside |= path
                given |= {name for at in path for name in self._given(diagram.by_id.get(at))}
        main = dict(_either(states[name] for name in ends - aside))
        for name in given:
            late = [states[end].get(name, _NOT_GIVEN) for end in ends & aside]
            main[name] = _union([main.get(name, _NOT_GIVEN), *late])
        return main

    def _given(self, element: Element | None) -> Mapping[str, Choice]:
        """The values that a task, a message, a start or a gate gives."""
        if element is None:
            return {}
        if element.kind == "userTask":
            fields = self.tasks.get(element.id, {})
            return {name: fields[name] for name in element.routing if name in fields}
        if element.message or element.kind == "startEvent":
            return dict.fromkeys(element.routing)
        return self.gates.get(element.properties.get("gate", ""), {})

    def _after(self, diagram: Diagram, element: Element, state: State) -> State:
        if element.kind == "callActivity":
            return {**state, **self.process(element.called, state)}
        if element.kind == "subProcess":
            return {**state, **self._scope(diagram, element.id, state)}
        return {**state, **self._given(element)}

    def _ways(self, diagram: Diagram, element: Element, state: State) -> Iterator[tuple[Flow, State]]:
        flows = diagram.leaving(element.id)
        if element.kind != "exclusiveGateway" or len(flows) < 2:
            yield from ((flow, state) for flow in flows)
            return
        key = diagram.file, element.id
        self.arrived[key] = _either([self.arrived[key], state]) if key in self.arrived else state
        chosen = _Chosen.of(diagram, element, state)
        for flow in flows:
            taken = chosen.taken[flow.id]
            if chosen.open:
                yield flow, state
            elif taken:
                yield flow, {**state, **_columns(chosen.names, taken)}


@dataclass(frozen=True)
class _Chosen:
    """For each combination of the values a gateway reads, which of its flows hold; ``open`` when there is no end."""

    names: tuple[str, ...]
    open: bool
    taken: Mapping[str, list[tuple[Value, ...]]]
    untaken: tuple[tuple[Value, ...], ...]
    several: tuple[tuple[Value, ...], ...]

    @classmethod
    def of(cls, diagram: Diagram, gateway: Element, state: State) -> "_Chosen":
        flows = diagram.leaving(gateway.id)
        tests = [(flow.id, flow.condition) for flow in flows if flow.condition is not None]
        default = diagram.defaults.get(gateway.id)
        names = tuple(sorted({name for _, condition in tests for name in expressions.names(condition)}))
        choices = [state.get(name, _NOT_GIVEN) for name in names]
        taken: dict[str, list[tuple[Value, ...]]] = {flow.id: [] for flow in flows}
        known = [sorted(choice, key=repr) for choice in choices if choice is not None]
        combinations = list(islice(product(*known), _COMBINATIONS + 1)) if len(known) == len(choices) else []
        if len(known) < len(choices) or len(combinations) > _COMBINATIONS:
            return cls(names, True, taken, (), ())
        untaken, several = [], []
        for combination in combinations:
            data = dict(zip(names, combination, strict=True))
            holding = [flow for flow, condition in tests if expressions.compiled(condition)(data)]
            if len(holding) > 1:
                several.append(combination)
            if holding:
                taken[holding[0]].append(combination)
            elif default in taken:
                taken[str(default)].append(combination)
            else:
                untaken.append(combination)
        return cls(names, False, taken, tuple(untaken), tuple(several))


def check(diagrams: Mapping[str, Diagram], tasks: Given, gates: Given) -> Iterator[Route]:
    """Gateways at which a value finds no way, or two; and conditions over values that nobody gives.

    ``diagrams`` by process; ``tasks`` and ``gates`` hold the values that each user task and each gate may give.
    """
    walk = _Walk(diagrams, tasks, gates)
    called = {element.called for diagram in diagrams.values() for element in diagram.of_kind("callActivity")}
    for name in sorted(set(diagrams) - called):
        walk.process(name, {})
    outside = (one for diagram in diagrams.values() for one in diagram.elements if one.routing and one.id not in tasks)
    given = set().union(*tasks.values(), *gates.values(), *(one.routing for one in outside))
    for name in sorted(diagrams):
        diagram = diagrams[name]
        unknown = list(_unknown(diagram, given))
        yield from unknown
        for gateway in diagram.of_kind("exclusiveGateway"):
            state = walk.arrived.get((diagram.file, gateway.id))
            if state is not None and not unknown:
                yield from _judged(diagram, gateway, state)


def _unknown(diagram: Diagram, given: set[str]) -> Iterator[Route]:
    for flow in diagram.flows:
        if flow.condition is not None:
            for name in sorted(expressions.names(flow.condition) - given):
                why = f"没有任务或关口给出“{name}”；请核对拼写，或写进任务的 routing"
                yield Route("unknown_value", diagram.file, flow.id, why)


def _judged(diagram: Diagram, gateway: Element, state: State) -> Iterator[Route]:
    chosen = _Chosen.of(diagram, gateway, state)
    unconditional = gateway.id in diagram.defaults
    if chosen.open and not unconditional:
        why = f"{'、'.join(chosen.names)} 可以是任何值，可能无路可走；请设一条默认分支"
        yield Route("no_way", diagram.file, gateway.id, why)
    elif chosen.untaken and not unconditional:
        why = f"当 {_told(chosen.names, chosen.untaken[0])} 时无路可走；请补一条分支，或设默认分支"
        yield Route("no_way", diagram.file, gateway.id, why)
    for flow in diagram.leaving(gateway.id):
        if flow.condition is not None and not chosen.open and not chosen.taken[flow.id]:
            yield Route("never_taken", diagram.file, flow.id, "没有一个可能的值走这条分支；请核对条件里的值")
    if chosen.several:
        why = f"当 {_told(chosen.names, chosen.several[0])} 时有两条分支都成立；请让条件互斥"
        yield Route("two_ways", diagram.file, gateway.id, why)


def _told(names: tuple[str, ...], combination: tuple[Value, ...]) -> str:
    pairs = zip(names, combination, strict=True)
    return "、".join(f"{name} 为“{'（没有给出）' if value is None else value}”" for name, value in pairs)


def _either(states: Iterable[State]) -> State:
    """What may hold where one of ``states`` does."""
    found = list(states)
    names = {name for state in found for name in state}
    return {name: _union([state.get(name, _NOT_GIVEN) for state in found]) for name in names}


def _joined(states: Iterable[State]) -> State:
    """What may hold where all of ``states`` came together: what one branch surely gives, is given."""
    found = list(states)
    joined: dict[str, Choice] = {}
    for name in {name for state in found for name in state}:
        choices = [state.get(name, _NOT_GIVEN) for state in found]
        union = _union(choices)
        sure = any(choice is None or None not in choice for choice in choices)
        joined[name] = union - {None} if union is not None and sure else union
    return joined


def _union(choices: list[Choice]) -> Choice:
    united: frozenset[Value] = frozenset()
    for choice in choices:
        if choice is None:
            return None
        united |= choice
    return united


def _columns(names: tuple[str, ...], combinations: list[tuple[Value, ...]]) -> State:
    return {name: frozenset(column) for name, column in zip(names, zip(*combinations, strict=True), strict=True)}


def _shown(choice: Choice) -> str:
    return "*" if choice is None else repr(sorted(choice, key=repr))
