"""A dry run of a process: every way through it, really run at the seam on a clock of its own.

Situations that wait at the same nodes and agree in everything the diagram can still tell apart
(:mod:`engine.process.reads`) go on alike, so that each is entered once.  It is followed further at once when it shows
two values together as never before where it waits (pairwise); the others wait, and are followed while some flow was
not taken, until the search is twice as long.  Of things
that are open side by side one is done after the other; a race between them is not looked for.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import combinations

from SpiffWorkflow.exceptions import WorkflowException

from engine.process import expressions
from engine.process import instance as process
from engine.process.definitions import Definition, document
from engine.process.diagram import Diagram, Flow
from engine.process.elements import Element
from engine.process.instance import Value, WaitState
from engine.process.lint import Fault
from engine.process.reads import Reads
from engine.process.waiting import NoDate, date_name
from engine.process.world import Choices, World

RULES = ("dead_end", "no_exit", "nobody", "no_date", "flow_untaken", "value_untaken", "unfinished")
#: The shipped diagrams need a few thousand; what needs more is not understood by anybody either.
SITUATIONS_LIMIT = 50_000


@dataclass(frozen=True)
class Explored:
    """What a dry run found: its faults, the documents asked for, and how far it went."""

    faults: tuple[Fault, ...]
    documents: frozenset[str]
    situations: int
    steps: int


def explore(definition: Definition, world: World, *, limit: int = SITUATIONS_LIMIT) -> Explored:
    """Run every way through a process."""
    search = _Search(definition, world, limit)
    search.run()
    faults = sorted(search.faults.values(), key=lambda fault: (fault.file, fault.element, fault.rule))
    return Explored(tuple(faults), frozenset(search.documents), len(search.situations), search.steps)


_Key = tuple[object, ...]


@dataclass
class _Situation:
    """Where an instance rests, what it knows there, and where it can go from there."""

    wait: WaitState
    now: datetime
    data: Mapping[str, Value]
    calls: tuple[str, ...]
    onward: set[_Key] = field(default_factory=set)


@dataclass(frozen=True)
class _Move:
    """One thing that may happen next: at which element, when, and how."""

    element: str
    at: datetime
    go: Callable[..., WaitState]


class _Search:
    def __init__(self, definition: Definition, world: World, limit: int) -> None:
        self.definition, self.world, self.limit = definition, world, limit
        self.diagrams = {
            diagram.process: diagram
            for diagram in (Diagram(name, document(text, name)) for name, text in definition.files.items())
        }
        top = self.diagrams[definition.process_id]
        self.start = self.definition.elements[top.starts(top.process)[0]]
        flows = [flow for diagram in self.diagrams.values() for flow in diagram.flows]
        self.choices = Choices(definition, world, [flow.condition for flow in flows if flow.condition])
        gives = {
            name: world.gates.get(element.properties.get("gate", ""), element.routing)
            for name, element in definition.elements.items()
        }
        self.reads = Reads(self.diagrams.values(), dict(self.choices.asks()), gives, without=_back(top))
        self.situations: dict[_Key, _Situation] = {}
        self.waiting: list[_Situation] = []
        self.alike: deque[_Situation] = deque()
        self.pairs: dict[_Key, set[tuple[object, ...]]] = {}
        self.aside: set[_Key] = set()
        self.faults: dict[tuple[str, str], Fault] = {}
        self.flows: set[str] = set()
        self.passed: set[str] = set()
        self.documents: set[str] = set()
        self.steps = 0

    # the search

    def run(self) -> None:
        """Enter every situation there is, then judge what was seen."""
        for brought in self.choices.first(self.start.routing, self.world.now):
            self._begin(brought)
        self._go_on()
        self._begin_anew()
        self._go_on()
        enough = 2 * self.steps
        while self.alike and self.steps < enough and self._untaken():
            self.waiting.append(self.alike.popleft())
            self._go_on()
        self._judge()

    def _begin_anew(self) -> None:
        """Start with what an ended journey knew and what a start may bring."""
        brought = dict.fromkeys(self.start.routing)
        for ended in [at for at in self.situations.values() if at.wait.finished and brought]:
            for values in self.choices.given(brought, ended.now):
                self._begin({**ended.data, **values})

    def _begin(self, data: Mapping[str, Value]) -> None:
        go = partial(process.start, self.definition, data=data)
        self._make(None, _Move(self.start.id, self.world.now, go))

    def _go_on(self) -> None:
        while self.waiting:
            if len(self.situations) > self.limit:
                why = f"情形超过 {self.limit} 种，没有走完；请减少并行和路由值，或拆成几个流程"
                self._fault("unfinished", self.definition.process_id, why)
                self.waiting.clear()
                self.alike.clear()
                return
            at = self.waiting.pop()
            for move in self._moves(at):
                self._make(at, move)

    def _make(self, before: _Situation | None, move: _Move) -> None:
        self.steps += 1
        try:
            wait = move.go(deadlines=self.world.deadlines, now=move.at)
        except WorkflowException as error:
            where = str(getattr(error.task_spec, "name", "") or move.element)
            self._fault("dead_end", where, f"{self._read_at(where)}没有一条分支成立，走不下去；请补分支，或设默认分支")
            return
        except NoDate as error:
            self._undated(error.name, move.element)
            return
        at = _Situation(wait, move.at, wait.data, wait.calls)
        self._note(at)
        key = self._key(at)
        if before is not None:
            before.onward.add(key)
        if key not in self.situations:
            self.situations[key] = at
            self._look(at)
            (self.waiting if self._is_new(key) else self.alike).append(at)

    def _undated(self, date: str, after: str) -> None:
        """A timer behind the step ``after`` has no date: its own fault, and not that of the flows which led to it."""
        diagram = self.diagrams[self.definition.elements[after].process]
        timers = [element.id for element in self.definition.elements.values() if _timed_by(element, date)]
        timer = next((name for name in timers if name in diagram.reached([after])), timers[0])
        self._fault("no_date", timer, f"“{after}”之后定时开始时，“{date}”还没有给出；请让前面的步骤必填这个日期")
        waiting, own = [timer], self.diagrams[self.definition.elements[timer].process]
        while waiting:
            for flow in own.entering(waiting.pop()):
                if flow.id not in self.flows:
                    self.flows.add(flow.id)
                    waiting.append(flow.source)

    def _key(self, at: _Situation) -> _Key:
        if at.wait.finished:
            return (at.wait.outcome_end,)
        names = sorted([*self._open(at.wait), *at.calls])
        return (*names, *self.reads.seen(names, at.data))

    def _is_new(self, key: _Key) -> bool:
        """Whether two values are together as never before where the process waits."""
        where = tuple(part for part in key if isinstance(part, str))
        told = [part for part in key if not isinstance(part, str)]
        pairs: set[tuple[object, ...]] = set(combinations(told, 2)) or {(part,) for part in told} or {()}
        new = pairs - self.pairs.setdefault(where, set())
        self.pairs[where] |= new
        return bool(new)

    # what may happen next

    def _open(self, wait: WaitState) -> Iterator[str]:
        yield from (task.name for task in wait.tasks)
        yield from (job.name for job in wait.jobs)
        yield from (event.id for event, _, _ in self._events(wait) if not event.attached_to)

    def _events(self, wait: WaitState) -> Iterator[tuple[Element, str, datetime | None]]:
        """Every event awaited, its ref, and when it is due if it is a timer."""
        elements = self.definition.elements
        yield from ((elements[timer.name], timer.ref, timer.due) for timer in wait.timers)
        yield from ((elements[one.ref.rpartition("-")[0]], one.ref, None) for one in wait.messages)

    def _moves(self, at: _Situation) -> Iterator[_Move]:
        """The events at the side first, then whatever began to wait last, in every way it may end."""
        wait, state = at.wait, at.wait.state
        events = list(self._events(wait))
        for event, ref, due in events:
            key = (event.id, self.reads.seen([event.id, *at.calls], at.data))
            if event.attached_to and key not in self.aside:
                self.aside.add(key)
                yield from self._happening(at, event, ref, due)
        if wait.jobs:
            job = max(wait.jobs, key=_latest)
            for result in self.choices.given(self.world.gates.get(job.parameters.get("gate", ""), {}), at.now):
                yield _Move(job.name, at.now, partial(process.complete_job, self.definition, state, job.ref, result))
        elif wait.tasks:
            task = max(wait.tasks, key=_latest)
            for answers in self.choices.answers(task.name, at.data, at.now):
                yield _Move(task.name, at.now, partial(process.complete, self.definition, state, task.ref, answers))
        else:
            for event, ref, due in events:
                if not event.attached_to:
                    yield from self._happening(at, event, ref, due)

    def _happening(self, at: _Situation, event: Element, ref: str, due: datetime | None) -> Iterator[_Move]:
        if due is not None:
            go = partial(process.fire_due, self.definition, at.wait.state, refs={ref})
            yield _Move(event.id, max(at.now, due), go)
            return
        for data in self.choices.given(dict.fromkeys(event.routing), at.now):
            yield _Move(event.id, at.now, partial(process.receive, self.definition, at.wait.state, ref, data))

    # what was seen

    def _note(self, at: _Situation) -> None:
        wait, elements = at.wait, self.definition.elements
        for name in (passed.name for passed in wait.passed if passed.name in elements):
            self.passed.add(name)
            self.flows.update(flow.id for flow in _taken(self.diagrams[elements[name].process], name, at.data))
        # behind an event-based gateway a flow is taken when its event happens
        for name in (passed.name for passed in wait.passed if passed.kind == "intermediateCatchEvent"):
            self.flows.update(flow.id for flow in self.diagrams[elements[name].process].entering(name))
        self.documents.update(job.parameters["document"] for job in wait.jobs if "document" in job.parameters)

    def _look(self, at: _Situation) -> None:
        """Whether anything is open, and whether somebody can do it."""
        wait = at.wait
        if not wait.finished and not any(True for _ in self._open(wait)):
            last = wait.passed[-1].name if wait.passed else self.start.id
            self._fault("dead_end", last, "之后没有事可做，流程却没有结束；请核对并行网关和连线")
        for task in wait.tasks:
            condition = self.world.roles.get(task.name)
            if condition is not None and not expressions.compiled(condition)(at.data):
                names = sorted(expressions.names(condition))
                said = "、".join(f"{name} 为“{_shown(at.data.get(name))}”" for name in names)
                why = f"这时没有“{task.lane}”可以办理（{said}）；请换泳道，或让这种情形走另一条分支"
                self._fault("nobody", task.name, why)

    def _untaken(self) -> list[Flow]:
        """The flows out of nodes that were passed which no way has taken."""
        return [
            flow
            for diagram in self.diagrams.values()
            for flow in diagram.flows
            if flow.source in self.passed and flow.id not in self.flows
        ]

    def _judge(self) -> None:
        self._no_exit()
        stuck = {element for rule, element in self.faults if rule in {"dead_end", "no_exit"}}
        for flow in self._untaken():
            if flow.source not in stuck:
                self._fault("flow_untaken", flow.id, "各种填法都没有走到这条线；请核对条件和前面的步骤", flow.source)
        for name, task in self.definition.user_tasks.items():
            for key in task.routing if name in self.passed else ():
                choice = self.world.options.get(name, {}).get(key) or frozenset()
                for value in sorted(choice - {None}, key=repr):
                    if (name, key, value) not in self.choices.chosen:
                        why = f"{key} 的“{value}”从来选不成；请核对表单的条件和这一步的检查"
                        self._fault("value_untaken", name, why)

    def _no_exit(self) -> None:
        """The smallest round from which no end is reached."""
        leading: dict[_Key, list[_Key]] = {key: [] for key in self.situations}
        for key, at in self.situations.items():
            for after in at.onward:
                leading[after].append(key)
        ends = [key for key, at in self.situations.items() if not at.onward]
        onward = {key: at.onward for key, at in self.situations.items()}
        rounds = [_reached([key], onward) for key in set(self.situations) - _reached(ends, leading)]
        if rounds:
            smallest = min(rounds, key=lambda found: (len(found), sorted(map(repr, found))))
            names = sorted({name for key in smallest for name in self._open(self.situations[key].wait)})
            why = f"在 {'、'.join(names)} 之间转不出去，怎样填都到不了结束；请补一条出路"
            self._fault("no_exit", names[0], why)
            # the way out that is not taken is the same fault
            self.flows.update(flow.id for flow in self._untaken() if flow.scope == self._scope(names[0]))

    def _scope(self, name: str) -> str:
        return self.definition.elements[name].scope

    def _read_at(self, where: str) -> str:
        element = self.definition.elements.get(where)
        flows = self.diagrams[element.process].leaving(where) if element is not None else []
        names = sorted({name for flow in flows if flow.condition for name in expressions.names(flow.condition)})
        return f"按 {'、'.join(names)} " if names else ""

    def _fault(self, rule: str, element: str, message: str, beside: str = "") -> None:
        known = self.definition.elements.get(beside or element)
        file = f"{known.process if known else self.definition.process_id}.bpmn"
        self.faults.setdefault((rule, element), Fault(rule, file, element, message))


def _timed_by(element: Element, date: str) -> bool:
    return element.timer is not None and date_name(element.timer.text) == date


def _latest(one: process.Task | process.Job) -> int:
    """By the number in the ref: what began to wait last is done first, so that side ways do not pile up."""
    return int(one.ref.rpartition("-")[2])


def _taken(diagram: Diagram, name: str, data: Mapping[str, Value]) -> list[Flow]:
    """The flows by which a node was left in a step; within a step no routing value changes."""
    flows = diagram.leaving(name)
    if diagram.by_id[name].kind == "eventBasedGateway":
        return []
    if diagram.by_id[name].kind != "exclusiveGateway" or len(flows) < 2:
        return flows
    holding = [flow for flow in flows if flow.condition and expressions.compiled(flow.condition)(data)]
    return holding[:1] or [flow for flow in flows if flow.condition is None]


def _back(diagram: Diagram) -> frozenset[str]:
    """The flows that lead back to where a way came from."""
    back: set[str] = set()
    done: set[str] = set()

    def follow(name: str, way: frozenset[str]) -> None:
        for flow in diagram.leaving(name):
            if flow.target in way:
                back.add(flow.id)
            elif flow.target not in done:
                follow(flow.target, way | {flow.target})
        done.add(name)

    for start in diagram.starts(diagram.process):
        follow(start, frozenset({start}))
    return frozenset(back)


def _reached(names: Iterable[_Key], onward: Mapping[_Key, Iterable[_Key]]) -> set[_Key]:
    seen: set[_Key] = set()
    waiting = list(names)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += onward.get(key, ())
    return seen


def _shown(value: Value) -> str:
    return "（没有给出）" if value is None else str(value)
