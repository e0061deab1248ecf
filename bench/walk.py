"""The main path of the shipped process, recorded once, so that every way of stepping takes the very same steps."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench import reference
from bench.reference import Given, node
from engine import events
from engine.process import instance
from engine.process.definitions import Definition
from engine.process.instance import Awaited, Job, Task, Timer, Value, Wait, WaitState
from engine.use_cases.library import ONBOARDING, Library

START = datetime(2026, 1, 5, 1, tzinfo=UTC)
ANSWERS = {"given": "x" * 400}
#: How often a walk may pass a node once more than the reference case did.
_LOOPS = 3


class TenDays:
    """Every period is ten days."""

    zone = ZoneInfo("Asia/Shanghai")

    def due(self, key: str, since: datetime) -> datetime:
        """Ten days later."""
        return since + timedelta(days=10)


DEADLINES = TenDays()


@dataclass(frozen=True)
class Step:
    """One step: what the instance waits for, the values that answer it, the moment, and where it comes to rest."""

    waited: Wait
    values: Mapping[str, Any]
    now: datetime
    reached: WaitState

    @property
    def happened(self) -> events.Event:
        """What the log says of it."""
        match self.waited:
            case Task(name=name, title=title, lane=lane, stage=stage):
                return events.TaskCompleted(name, title, lane, stage)
            case Timer(name=name, title=title, due=due, stage=stage):
                return events.TimerFired(name, title, due.isoformat(), stage)
            case Awaited(name=name):
                return events.MessageReceived(name, {key: str(value) for key, value in self.values.items()})
        gate = self.waited.name
        return events.GateDecided(gate, str(next(iter(self.values.values()), "")), {"of": 151, "needed": 101}, ("R-1",))

    @property
    def node(self) -> str:
        """The BPMN id of what it answers."""
        return node(self.waited)

    @property
    def completed(self) -> str:
        """The ref of the user task that it completes."""
        return self.waited.ref if isinstance(self.waited, Task) else ""

    @property
    def stage(self) -> str:
        """The stage in which it begins."""
        return getattr(self.waited, "stage", "")


def begin(definition: Definition) -> WaitState:
    """The instance at its first rest."""
    return instance.start(definition, deadlines=DEADLINES, now=START)


def steps(library: Library) -> list[Step]:
    """The steps from the application to operation, as the reference case goes."""
    return list(_steps(library.definition(ONBOARDING), reference.given(library, DEADLINES)))


def move(definition: Definition, state: bytes, step: Step) -> WaitState:
    """Take a step."""
    how: dict[str, Any] = {"deadlines": DEADLINES, "now": step.now}
    ref = step.waited.ref
    if isinstance(step.waited, Task):
        return instance.complete(definition, state, ref, step.values, **how)
    if isinstance(step.waited, Job):
        return instance.complete_job(definition, state, ref, step.values, **how)
    if isinstance(step.waited, Awaited):
        return instance.receive(definition, state, ref, step.values, **how)
    return instance.fire_due(definition, state, refs={ref}, **how)


def _steps(definition: Definition, given: Given) -> Iterator[Step]:
    now, wait, visits = START, begin(definition), Counter[str]()
    while not wait.finished:
        now += timedelta(days=1)
        waited = _next(wait, given)
        if isinstance(waited, Timer):
            now = max(now, waited.due)
        planned = Step(waited, _values(waited, given, visits), now, wait)
        wait = move(definition, wait.state, planned)
        yield Step(waited, planned.values, now, wait)


def _next(wait: WaitState, given: Given) -> Wait:
    """What is done next: whatever can be done at once, then word that the reference case had, then the next moment."""
    if wait.jobs or wait.tasks:
        return wait.jobs[0] if wait.jobs else wait.tasks[0]
    for message in wait.messages:
        if node(message) in given:
            return message
    return min(wait.timers, key=lambda timer: timer.due)


def _values(waited: Wait, given: Given, visits: Counter[str]) -> Mapping[str, Value]:
    """What the reference case gave at this visit of the node, or at its last."""
    if isinstance(waited, Timer):
        return {}
    name = node(waited)
    if name not in given:
        raise LookupError(f"the reference case never came to {name}")
    visits[name] += 1
    if visits[name] > len(given[name]) + _LOOPS:
        raise LookupError(f"the walk goes round at {name}")
    return given[name][min(visits[name], len(given[name])) - 1]
