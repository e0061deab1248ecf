"""The main path of the shipped process, recorded once, so that every way of stepping takes the very same steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine import events
from engine.process import instance
from engine.process.definitions import Definition
from engine.process.instance import Job, Task, Timer, Wait, WaitState

START = datetime(2026, 1, 5, 1, tzinfo=UTC)
ANSWERS = {"given": "x" * 400}
_ONWARD = {
    "intake": "ACCEPT", "survey": "COMPLETE", "diagnosis": "SUITABLE", "owners_body": "READY", "consent": "REACHED",
    "plan": "CLEAR", "participation": "PROCEED", "vote": "PASSED", "supervisor": "ELIGIBLE", "signing": "READY",
    "handover": "COMPLETE", "acceptance": "PASS",
}  # fmt: skip


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
        gate = self.waited.name
        return events.GateDecided(gate, str(next(iter(self.values.values()), "")), {"of": 151, "needed": 101}, ("R-1",))

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


def steps(definition: Definition) -> list[Step]:
    """The steps from the application to operation."""
    return list(_steps(definition))


def move(definition: Definition, state: bytes, step: Step) -> WaitState:
    """Take a step."""
    how: dict[str, Any] = {"deadlines": DEADLINES, "now": step.now}
    ref = step.waited.ref
    if isinstance(step.waited, Task):
        return instance.complete(definition, state, ref, step.values, **how)
    if isinstance(step.waited, Job):
        return instance.complete_job(definition, state, ref, step.values, **how)
    return instance.fire_due(definition, state, refs={ref}, **how)


def _steps(definition: Definition) -> Iterator[Step]:
    now, wait = START, begin(definition)
    while not wait.finished:
        now += timedelta(days=1)
        waited = _next(wait)
        if isinstance(waited, Timer):
            now = max(now, waited.due)
        planned = Step(waited, _values(definition, waited, now), now, wait)
        wait = move(definition, wait.state, planned)
        yield Step(waited, planned.values, now, wait)


def _next(wait: WaitState) -> Wait:
    if wait.jobs or wait.tasks:
        return wait.jobs[0] if wait.jobs else wait.tasks[0]
    return min(wait.timers, key=lambda timer: timer.due)


def _values(definition: Definition, waited: Wait, now: datetime) -> dict[str, Any]:
    if isinstance(waited, Task):
        names = definition.user_tasks[waited.name].routing
        return {name: now.date() if name.endswith("_on") else "x" for name in names}
    if not isinstance(waited, Job) or "gate" not in waited.parameters:
        return {}
    gate = waited.parameters["gate"]
    closes = {"voting_closes_on": now.date()} if gate == "participation" else {}
    return {f"{gate}_outcome": _ONWARD[gate], **closes}
