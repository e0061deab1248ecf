"""Start and move a process instance: bytes in, :class:`WaitState` out."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Conflict
from engine.process import codec, expressions
from engine.process.codec import Value
from engine.process.definitions import Definition
from engine.process.elements import Element
from engine.process.live import Journey
from engine.process.waiting import Deadlines

__all__ = ["Awaited", "Job", "Passed", "Task", "Timer", "Value", "Wait", "WaitState"]


@dataclass(frozen=True)
class Task:
    """An open user task; ``ref`` names it within its instance, ``name`` is its BPMN id."""

    ref: str
    name: str
    title: str
    lane: str
    stage: str
    opened_at: datetime


@dataclass(frozen=True)
class Job:
    """A task that waits for a worker; ``parameters`` are its properties in the diagram."""

    ref: str
    name: str
    title: str
    operation: str
    parameters: Mapping[str, str]
    stage: str
    requested_at: datetime


@dataclass(frozen=True)
class Timer:
    """A running timer: due moment in UTC, and what it says in the diagram."""

    ref: str
    name: str
    title: str
    due: datetime
    expression: str
    stage: str
    attached_to: str
    interrupting: bool


@dataclass(frozen=True)
class Awaited:
    """A message for which the instance waits; ``name`` is the message's name."""

    ref: str
    name: str
    stage: str


Wait = Task | Job | Timer | Awaited


@dataclass(frozen=True)
class Passed:
    """A node that the step went through; ``kind`` is its BPMN tag, ``state`` ``completed``.

    ``flow`` is the sequence flow by which it was reached: none for a start and a boundary event, for a parallel join
    the one that completed it.
    """

    ref: str
    name: str
    kind: str
    state: str
    stage: str
    flow: str


@dataclass(frozen=True)
class WaitState:
    """A process instance at rest, and how it came there.

    ``waits`` is all that it waits for, by ref, the oldest first; ``before``, what it waited for when the step began.
    ``entered`` and ``left`` are the stages entered and left by the step, in order.  ``outcome_end`` is the
    id of the end event that finished the top process, else empty.
    """

    state: bytes
    stages: tuple[str, ...]
    waits: Mapping[str, Wait]
    before: Mapping[str, Wait]
    passed: tuple[Passed, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]
    finished: bool
    outcome_end: str

    @property
    def data(self) -> Mapping[str, Value]:
        """The routing values."""
        return codec.data_of(self.state)

    @property
    def calls(self) -> tuple[str, ...]:
        """The call activities and sub-processes under way."""
        return codec.calls_of(self.state)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The open user tasks."""
        return tuple(wait for wait in self.waits.values() if isinstance(wait, Task))

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that wait for a worker."""
        return tuple(wait for wait in self.waits.values() if isinstance(wait, Job))

    @property
    def timers(self) -> tuple[Timer, ...]:
        """The running timers."""
        return tuple(wait for wait in self.waits.values() if isinstance(wait, Timer))

    @property
    def messages(self) -> tuple[Awaited, ...]:
        """The messages it waits for."""
        return tuple(wait for wait in self.waits.values() if isinstance(wait, Awaited))


#: Instances kept alive between steps, by definition version and state; each is used once, then kept under its
#: new state.  Only the bytes count: an instance that is not here is decoded.
_warm: OrderedDict[tuple[str, bytes], Journey] = OrderedDict()
_WARM_LIMIT = 64
#: Nodes that wait for other nodes, and for nobody outside.
_WAIT_WITHIN = frozenset({"callActivity", "subProcess", "parallelGateway"})


def forget_warm() -> None:
    """Let go of the live instances; each is decoded when it moves next."""
    _warm.clear()


def start(
    definition: Definition, *, deadlines: Deadlines, now: datetime, data: Mapping[str, Value] | None = None
) -> WaitState:
    """Start an instance; ``data`` are its first routing values."""
    journey = Journey(definition, deadlines, now)
    journey.begin()
    journey.task_tree.set_data(**(data or {}))
    journey.run()
    return _rest(journey)


def inspect(definition: Definition, state: bytes, *, deadlines: Deadlines, now: datetime) -> WaitState:
    """What an instance waits for; nothing moves."""
    return _rest(_decoded(definition, state, deadlines, now))


def complete(
    definition: Definition,
    state: bytes,
    ref: str,
    answers: Mapping[str, Value],
    *,
    deadlines: Deadlines,
    now: datetime,
) -> WaitState:
    """Complete the open user task ``ref``; ``answers`` are its routing values.

    Raises Conflict when it is not open, ValueError for an answer that the task does not declare.
    """

    def move(journey: Journey) -> None:
        task = _open(journey, ref, TaskState.READY)
        undeclared = set(answers) - set(definition.user_tasks[task.task_spec.name].routing)
        if undeclared:
            raise ValueError(f"{task.task_spec.name} routes nothing by {sorted(undeclared)}")
        journey.give(answers)
        journey.complete(task)

    return _moved(definition, state, deadlines, now, move)


def complete_job(
    definition: Definition,
    state: bytes,
    ref: str,
    result: Mapping[str, Value],
    *,
    deadlines: Deadlines,
    now: datetime,
) -> WaitState:
    """Complete the job ``ref`` with what its worker found.  Raises Conflict when it no longer waits."""
    for name in result:
        expressions.check_name(name)

    def move(journey: Journey) -> None:
        task = _open(journey, ref, TaskState.STARTED)
        journey.give(result)
        journey.complete(task)

    return _moved(definition, state, deadlines, now, move)


def fire_due(
    definition: Definition,
    state: bytes,
    *,
    deadlines: Deadlines,
    now: datetime,
    refs: Collection[str] | None = None,
) -> WaitState:
    """Fire every timer due at ``now``, the earliest first; with ``refs`` only these."""

    def move(journey: Journey) -> None:
        while due := _due(journey, now, refs):
            journey.fire(due)

    return _moved(definition, state, deadlines, now, move)


def receive(
    definition: Definition,
    state: bytes,
    ref: str,
    data: Mapping[str, Value],
    *,
    deadlines: Deadlines,
    now: datetime,
) -> WaitState:
    """Hand a message to ``ref``, which waits for it.  Raises Conflict when it does not."""
    for name in data:
        expressions.check_name(name)

    def move(journey: Journey) -> None:
        task = _open(journey, ref, TaskState.WAITING)
        journey.give(data)
        journey.fire(task)

    return _moved(definition, state, deadlines, now, move)


def shift_timers(
    definition: Definition,
    state: bytes,
    refs: Collection[str],
    by: timedelta,
    *,
    deadlines: Deadlines,
    now: datetime,
) -> WaitState:
    """Move the due moments of the timers ``refs`` by ``by``."""

    def move(journey: Journey) -> None:
        for task in journey.waiting():
            if task.internal_data.get("ref") in refs and "due" in task.internal_data:
                due = datetime.fromisoformat(task.internal_data["due"]) + by
                task.internal_data["due"] = due.astimezone(UTC).isoformat()

    return _moved(definition, state, deadlines, now, move)


def restore(
    definition: Definition,
    state: bytes,
    earlier: bytes,
    later: Callable[[str], timedelta],
    *,
    deadlines: Deadlines,
    now: datetime,
) -> WaitState:
    """Bring an instance back to an ``earlier`` state of its own.

    What is waited for in both keeps its name; what is waited for again gets a new one, so that nothing that happened
    in between is taken for it.  ``later`` says by how much the timers of an expression were shifted meanwhile.
    """
    left, journey = _decoded(definition, state, deadlines, now), codec.decode(definition, earlier, deadlines, now)
    for task in journey.waiting():
        kept, element = task.internal_data, definition.elements.get(task.task_spec.name)
        if "due" in kept and element is not None and element.timer is not None:
            due = datetime.fromisoformat(kept["due"]) + later(element.timer.text)
            kept["due"] = due.astimezone(UTC).isoformat()
        if kept.get("ref") not in left.waits:
            kept.pop("ref", None)
    journey.serial, journey.waits = left.serial, left.waits
    return _rest(journey)


def _moved(
    definition: Definition, state: bytes, deadlines: Deadlines, now: datetime, move: Callable[[Journey], None]
) -> WaitState:
    journey = _warm.pop((definition.version, state), None)
    if journey is None:
        journey = _decoded(definition, state, deadlines, now)
    journey.deadlines, journey.now, journey.log = deadlines, now, []
    # a move that fails leaves nothing behind: the live instance was taken out, the bytes are as they were
    move(journey)
    return _rest(journey)


def _decoded(definition: Definition, state: bytes, deadlines: Deadlines, now: datetime) -> Journey:
    journey = codec.decode(definition, state, deadlines, now)
    journey.waits = _waits(journey, journey.waiting())
    return journey


def _open(journey: Journey, ref: str, state: int) -> Any:
    for task in journey.waiting():
        if task.state == state and task.internal_data.get("ref") == ref:
            return task
    raise Conflict


def _due(journey: Journey, now: datetime, refs: Collection[str] | None) -> Any:
    due = []
    for task in journey.waiting():
        moment = task.internal_data.get("due")
        if task.state != TaskState.WAITING or moment is None:
            continue
        _name(journey, task)
        if refs is not None and _ref(task) not in refs:
            continue
        if datetime.fromisoformat(moment) <= now:
            due.append((moment, _ref(task), task))
    return min(due, key=lambda entry: entry[:2])[2] if due else None


def _ref(task: Any) -> str:
    return str(task.internal_data["ref"])


def _name(journey: Journey, task: Any) -> None:
    """Give a waiting task the name by which it is known outside, and the moment it began to wait."""
    if "ref" not in task.internal_data:
        journey.serial += 1
        task.internal_data["ref"] = f"{task.task_spec.name}-{journey.serial}"
        task.internal_data["since"] = journey.now.astimezone(UTC).isoformat()


def _rest(journey: Journey) -> WaitState:
    journey.prune()
    waiting = list(journey.waiting())
    before, journey.waits = journey.waits, _waits(journey, waiting)
    log, elements = journey.log, journey.definition.elements
    state = codec.encode(journey)
    _keep_warm(journey, state)
    return WaitState(
        state=state,
        stages=_stages(journey, waiting),
        waits=journey.waits,
        before=before,
        passed=tuple(
            Passed(name, name, elements[name].kind, what, stage, flow)
            for what, name, stage, flow in log
            if what == "completed"
        ),
        entered=tuple(name for what, name, *_ in log if what == "entered"),
        left=tuple(name for what, name, *_ in log if what == "left"),
        finished=bool(journey.completed),
        outcome_end=journey.end if journey.completed else "",
    )


def _keep_warm(journey: Journey, state: bytes) -> None:
    _warm[journey.definition.version, state] = journey
    while len(_warm) > _WARM_LIMIT:
        _warm.popitem(last=False)


def _waits(journey: Journey, waiting: Iterable[Any]) -> dict[str, Wait]:
    """What the instance waits for; whatever has no name yet gets one."""
    found: dict[str, Wait] = {}
    elements, known = journey.definition.elements, journey.waits
    for task in waiting:
        element = elements.get(task.task_spec.name)
        if element is not None and element.kind not in _WAIT_WITHIN:
            _name(journey, task)
            ref = _ref(task)
            before = known.get(ref)
            # while it waits nothing of it changes but the moment of a timer
            if before is None or isinstance(before, Timer):
                before = _wait(journey, task, element)
            found[ref] = before
    return found


def _wait(journey: Journey, task: Any, e: Element) -> Wait:
    kept, stage = task.internal_data, journey.stage_of(task.workflow)
    ref, since = kept["ref"], datetime.fromisoformat(kept["since"])
    if task.state == TaskState.READY:
        return Task(ref, e.id, e.name, e.lane, stage, since)
    if task.state == TaskState.STARTED:
        return Job(ref, e.id, e.name, journey.definition.jobs[e.id].operation, e.properties, stage, since)
    if e.timer is not None:
        due = datetime.fromisoformat(kept["due"])
        return Timer(ref, e.id, e.name, due, e.timer.text, stage, e.attached_to, e.interrupting)
    return Awaited(ref, e.message, stage)


def _stages(journey: Journey, waiting: Iterable[Any]) -> tuple[str, ...]:
    stages = journey.definition.stages
    opened = {task.task_spec.name for task in waiting if task._state == TaskState.STARTED}
    return tuple(stage for stage in stages if stage in opened)
