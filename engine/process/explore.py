"""A dry run of a process: every way through it, really run at the seam on a clock of its own.

Situations that wait at the same nodes and agree in everything the diagram can still tell apart
(:mod:`engine.process.reads`) go on alike, so that each is entered once.  Of things that are open side by side one
is done after the other; a race between them is not looked for.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import product

from SpiffWorkflow.exceptions import WorkflowException

from engine.process import expressions
from engine.process import instance as process
from engine.process.definitions import Definition, document
from engine.process.diagram import Diagram, Flow
from engine.process.instance import Value, WaitState
from engine.process.lint import Fault
from engine.process.reads import Reads, Test, tests_of
from engine.process.routes import Choice
from engine.process.waiting import Deadlines

RULES = ("dead_end", "no_exit", "nobody", "no_date", "flow_untaken", "value_untaken", "unfinished")
#: The shipped diagrams need a few thousand; what needs more is not understood by anybody either.
SITUATIONS_LIMIT = 60_000


@dataclass(frozen=True)
class Ahead:
    """A date so many days after the day on which it is given."""

    days: int


Given = Mapping[str, Value | Ahead]


@dataclass(frozen=True)
class RuledOut:
    """Answers of a task that its check refuses, given the routing values ``names`` from earlier steps."""

    names: tuple[str, ...]
    refuses: Callable[[Mapping[str, Value], int], bool]


@dataclass(frozen=True)
class World:
    """What stands around the diagrams.

    ``answers`` are the fillings of each task's form, as routing values; ``refused`` says which of them a check turns
    away, by their position.  ``options`` holds the values each field offers, ``gates`` what each gate may give; None
    there stands for any value.  ``roles`` says of a lane when somebody is there, as a condition over routing values; a
    lane not named is always manned.
    """

    answers: Mapping[str, Sequence[Given]]
    refused: Mapping[str, RuledOut]
    options: Mapping[str, Mapping[str, Choice]]
    gates: Mapping[str, Mapping[str, Choice]]
    roles: Mapping[str, str]
    deadlines: Deadlines
    now: datetime


@dataclass(frozen=True)
class Explored:
    """What a dry run found: its faults, the kinds of documents it asked for, and how far it went."""

    faults: tuple[Fault, ...]
    documents: frozenset[str]
    situations: int
    steps: int


def explore(definition: Definition, world: World) -> Explored:
    """Run every way through a process."""
    search = _Search(definition, world)
    search.run()
    return Explored(
        tuple(search.faults.values()), frozenset(search.documents), len(search.situations), search.steps
    )


_Key = tuple[object, ...]
_Go = Callable[[datetime], WaitState]


@dataclass
class _Situation:
    wait: WaitState
    now: datetime
    onward: set[_Key] = field(default_factory=set)


@dataclass(frozen=True)
class _Move:
    """One thing that may happen next: at which element, when, and how."""

    element: str
    at: datetime
    go: _Go


class _Search:
    def __init__(self, definition: Definition, world: World) -> None:
        self.definition, self.world = definition, world
        self.diagrams = {
            diagram.process: diagram
            for diagram in (Diagram(name, document(text, name)) for name, text in definition.files.items())
        }
        self.conditions = [flow.condition for diagram in self.diagrams.values() for flow in diagram.flows]
        self.dates = {element.timer.text for element in definition.elements.values() if element.timer is not None}
        self.reads = Reads(self.diagrams.values(), dict(self._asks()), dict(self._gives()))
        self.situations: dict[_Key, _Situation] = {}
        self.waiting: list[_Situation] = []
        self.faults: dict[tuple[str, str], Fault] = {}
        self.flows: set[str] = set()
        self.passed: set[str] = set()
        self.documents: set[str] = set()
        self.chosen: set[tuple[str, str, Value]] = set()
        self.aside: set[_Key] = set()
        self.standing: dict[_Key, tuple[int, ...]] = {}
        self.steps = 0

    # what the search knows beforehand

    def _asks(self) -> Iterator[tuple[str, list[Test]]]:
        """What matters at a task beside the diagram's own conditions: who is there, and which answers stand."""
        for name, task in self.definition.user_tasks.items():
            tests = list(tests_of(self.world.roles[task.lane])) if task.lane in self.world.roles else []
            if name in self.world.refused:
                read = frozenset(self.world.refused[name].names)
                tests.append(Test(f"answers of {name}", read, partial(self._standing, name)))
            yield name, tests

    def _gives(self) -> Iterator[tuple[str, Collection[str]]]:
        for name, element in self.definition.elements.items():
            yield name, self.world.gates.get(element.properties.get("gate", ""), element.routing)

    def _standing(self, task: str, data: Mapping[str, Value]) -> tuple[int, ...]:
        """The fillings of a task's form that its check lets stand."""
        count, refused = range(len(self._answers(task))), self.world.refused.get(task)
        if refused is None:
            return tuple(count)
        key = (task, *(data.get(name) for name in refused.names))
        if key not in self.standing:
            self.standing[key] = tuple(number for number in count if not refused.refuses(data, number))
        return self.standing[key]

    def _answers(self, task: str) -> Sequence[Given]:
        nothing: Given = dict.fromkeys(self.definition.user_tasks[task].routing)
        return self.world.answers.get(task, (nothing,))

    def _any(self, name: str) -> list[Value | Ahead]:
        """Values to try for a routing value that may be anything."""
        if name in self.dates:
            return [Ahead(1)]
        found = {constant for text in self.conditions if text for constant in expressions.constants(text, name)}
        numbers = {near for number in found if type(number) is int for near in (number - 1, number, number + 1)}
        words = {word for word in found if isinstance(word, str | bool)}
        return sorted(numbers) + sorted(words, key=repr) or [1]

    # the search

    def run(self) -> None:
        """Enter every situation there is, then judge what was seen."""
        top = self.definition.process_id
        start = self.diagrams[top].starts(top)[0]
        names = self.definition.elements[start].routing
        for values in product(*([None, *self._any(name)] for name in names)):
            data = self._dated(dict(zip(names, values, strict=True)), self.world.now)
            go = partial(self._start, data={name: value for name, value in data.items() if value is not None})
            self._make(None, _Move(start, self.world.now, go))
        while self.waiting:
            if len(self.situations) > SITUATIONS_LIMIT:
                why = f"情形超过 {SITUATIONS_LIMIT} 种，没有走完；请减少并行和路由值，或拆成几个流程"
                self._fault("unfinished", top, why)
                return
            at = self.waiting.pop()
            for move in self._moves(at):
                self._make(at, move)
        self._judge()

    def _start(self, now: datetime, data: Mapping[str, Value]) -> WaitState:
        return process.start(self.definition, deadlines=self.world.deadlines, now=now, data=data)

    def _make(self, before: _Situation | None, move: _Move) -> None:
        self.steps += 1
        try:
            wait = move.go(move.at)
        except WorkflowException as error:
            where = str(getattr(error.task_spec, "name", "") or move.element)
            self._fault("dead_end", where, f"走到这里没有一条分支成立（{self._said(before, where)}）；请补分支或默认")
            return
        except LookupError as error:
            self._fault("no_date", move.element, f"之后的定时没有日期：{error}；请让前面的步骤必填这个日期")
            return
        self._note(wait)
        key = self._key(wait)
        if before is not None:
            before.onward.add(key)
        if key not in self.situations:
            self.situations[key] = _Situation(wait, move.at)
            self.waiting.append(self.situations[key])
            self._look(wait)

    def _key(self, wait: WaitState) -> _Key:
        if wait.finished:
            return (wait.outcome_end,)
        names = sorted([*self._open(wait), *wait.calls])
        return (*names, *self.reads.seen(names, wait.data))

    def _open(self, wait: WaitState) -> Iterator[str]:
        yield from (task.name for task in wait.tasks)
        yield from (job.name for job in wait.jobs)
        yield from (name for name, _, _ in self._events(wait) if not self.definition.elements[name].attached_to)

    def _events(self, wait: WaitState) -> Iterator[tuple[str, str, datetime | None]]:
        """Every event awaited: its element, its ref, and when it is due if it is a timer."""
        yield from ((timer.name, timer.ref, timer.due) for timer in wait.timers)
        yield from ((message.ref.rpartition("-")[0], message.ref, None) for message in wait.messages)

    # what may happen next

    def _moves(self, at: _Situation) -> Iterator[_Move]:
        """The events at the side first, then whatever began to wait last, in every way it may end."""
        for name, ref, due in self._events(at.wait):
            key = (name, self.reads.seen([name, *at.wait.calls], at.wait.data))
            if self.definition.elements[name].attached_to and key not in self.aside:
                self.aside.add(key)
                yield from self._happening(at, name, ref, due)
        if at.wait.jobs:
            job = max(at.wait.jobs, key=_latest)
            gives = self.world.gates.get(job.parameters.get("gate", ""), {})
            for result in self._each(gives, at.now):
                yield self._move(at, job.name, process.complete_job, job.ref, result)
        elif at.wait.tasks:
            task = max(at.wait.tasks, key=_latest)
            answers = self._answers(task.name)
            for number in self._standing(task.name, at.wait.data):
                given = self._dated(answers[number], at.now)
                self.chosen.update((task.name, name, value) for name, value in given.items())
                yield self._move(at, task.name, process.complete, task.ref, given)
        else:
            for name, ref, due in self._events(at.wait):
                if not self.definition.elements[name].attached_to:
                    yield from self._happening(at, name, ref, due)

    def _happening(self, at: _Situation, name: str, ref: str, due: datetime | None) -> Iterator[_Move]:
        if due is not None:
            state, deadlines = at.wait.state, self.world.deadlines
            go = partial(_fire, self.definition, state, {ref}, deadlines)
            yield _Move(name, max(at.now, due), go)
            return
        routing = dict.fromkeys(self.definition.elements[name].routing)
        for data in self._each(routing, at.now):
            yield self._move(at, name, process.receive, ref, data)

    def _move(self, at: _Situation, name: str, how: Callable[..., WaitState], ref: str, data: object) -> _Move:
        definition, state, deadlines = self.definition, at.wait.state, self.world.deadlines
        return _Move(name, at.now, lambda now: how(definition, state, ref, data, deadlines=deadlines, now=now))

    def _each(self, gives: Mapping[str, Choice], now: datetime) -> Iterator[dict[str, Value]]:
        """Every combination of what a gate or a message may give."""
        values = [self._any(name) if choice is None else sorted(choice, key=repr) for name, choice in gives.items()]
        for combination in product(*values):
            yield self._dated(dict(zip(gives, combination, strict=True)), now)

    def _dated(self, given: Given, now: datetime) -> dict[str, Value]:
        today = now.astimezone(self.world.deadlines.zone).date()
        return {
            name: today + timedelta(value.days) if isinstance(value, Ahead) else value
            for name, value in given.items()
        }

    # what was seen

    def _note(self, wait: WaitState) -> None:
        for passed in wait.passed:
            if passed.name not in self.definition.elements:
                continue
            self.passed.add(passed.name)
            diagram = self.diagrams[self.definition.elements[passed.name].process]
            self.flows.update(flow.id for flow in _taken(diagram, passed.name, wait.data))
        for name in self._open(wait):
            diagram = self.diagrams[self.definition.elements[name].process]
            self.flows.update(flow.id for flow in diagram.entering(name) if flow.source in self.passed)
        self.documents.update(job.parameters["document"] for job in wait.jobs if "document" in job.parameters)

    def _look(self, wait: WaitState) -> None:
        """Whether somebody can do what is open, and whether anything is."""
        if not wait.finished and not any(True for _ in self._open(wait)):
            last = wait.passed[-1].name if wait.passed else self.definition.process_id
            self._fault("dead_end", last, "之后没有事可做，流程却没有结束；请核对并行网关和连线")
        for task in wait.tasks:
            condition = self.world.roles.get(task.lane)
            if condition is not None and not expressions.compiled(condition)(wait.data):
                names = sorted(expressions.names(condition))
                said = "、".join(f"{name} 为“{wait.data.get(name)}”" for name in names)
                why = f"这时没有“{task.lane}”，没有人能办（{said}）；请换泳道，或先走有这个角色的分支"
                self._fault("nobody", task.name, why)

    def _judge(self) -> None:
        self._no_exit()
        for diagram in self.diagrams.values():
            for flow in diagram.flows:
                stuck = ("dead_end", flow.source) in self.faults
                if flow.source in self.passed and flow.id not in self.flows and not stuck:
                    self._fault("flow_untaken", flow.id, "试遍各种填法也走不到这条线；请核对条件和前面的步骤", diagram)
        for name, task in self.definition.user_tasks.items():
            for value, choice in self.world.options.get(name, {}).items():
                offered = {one for one in choice or () if one is not None} if value in task.routing else set()
                for one in sorted(offered, key=repr):
                    if name in self.passed and (name, value, one) not in self.chosen:
                        self._fault("value_untaken", name, f"{value} 的“{one}”从来选不成；请核对表单条件和检查")

    def _no_exit(self) -> None:
        """Situations from which no end is reached, and which no dead end explains."""
        leading: dict[_Key, list[_Key]] = {key: [] for key in self.situations}
        for key, at in self.situations.items():
            for after in at.onward:
                leading[after].append(key)
        ends = [key for key, at in self.situations.items() if at.wait.finished or not at.onward]
        caught = set(self.situations) - _reached(ends, leading)
        onward = {key: list(at.onward) for key, at in self.situations.items()}
        rounds = {key: _reached([key], onward) for key in caught}
        if rounds:
            smallest = min(rounds.values(), key=lambda found: (len(found), sorted(map(repr, found))))
            names = sorted({name for key in smallest for name in self._open(self.situations[key].wait)})
            self._fault("no_exit", names[0], f"在{'、'.join(names)}之间转不出去，没有一种填法能结束；请补一条出路")

    def _said(self, at: _Situation | None, where: str) -> str:
        element = self.definition.elements.get(where)
        if at is None or element is None:
            return "一开始"
        flows = self.diagrams[element.process].leaving(where)
        names = sorted({name for flow in flows if flow.condition for name in expressions.names(flow.condition)})
        return f"看 {'、'.join(names)}" if names else "没有条件"

    def _fault(self, rule: str, element: str, message: str, diagram: Diagram | None = None) -> None:
        known = self.definition.elements.get(element)
        file = diagram.file if diagram else f"{known.process if known else self.definition.process_id}.bpmn"
        self.faults.setdefault((rule, element), Fault(rule, file, element, message))


def _fire(
    definition: Definition, state: bytes, refs: Collection[str], deadlines: Deadlines, now: datetime
) -> WaitState:
    return process.fire_due(definition, state, deadlines=deadlines, now=now, refs=refs)


def _latest(open_: process.Task | process.Job) -> tuple[int, str]:
    """By the number in the ref: what began to wait last is done first, so that side ways do not pile up."""
    return int(open_.ref.rpartition("-")[2]), open_.ref


def _taken(diagram: Diagram, name: str, data: Mapping[str, Value]) -> Iterable[Flow]:
    """The flows by which a node was left in a step; within a step no routing value changes."""
    flows = diagram.leaving(name)
    if diagram.by_id[name].kind == "eventBasedGateway":
        return ()
    if diagram.by_id[name].kind != "exclusiveGateway" or len(flows) < 2:
        return flows
    holding = [flow for flow in flows if flow.condition and expressions.compiled(flow.condition)(data)]
    return holding[:1] or [flow for flow in flows if flow.condition is None]


def _reached(names: Iterable[_Key], onward: Mapping[_Key, Iterable[_Key]]) -> set[_Key]:
    seen: set[_Key] = set()
    waiting = list(names)
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += onward.get(key, ())
    return seen
