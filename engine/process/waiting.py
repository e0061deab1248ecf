"""How a running process waits: for a worker, and for a moment.  Nothing here reads a clock."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent, ServiceTask
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.process.elements import Timer

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_PACK, _AFTER = "pack.", "after."


class NoDate(LookupError):
    """Raised when a timer starts whose date, the routing value ``name``, nobody has given."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"定时器需要的日期“{name}”还没有填写")


class Deadlines(Protocol):
    """How a place counts its periods."""

    @property
    def zone(self) -> Any:
        """The time zone of legal days, a ``tzinfo``."""

    def due(self, key: str, since: datetime) -> datetime:
        """When the period of the pack's parameter ``key`` ends that started at ``since``."""


class WithoutPack:
    """Deadlines of a process that names no ``pack.<key>``."""

    zone = ZoneInfo("Asia/Shanghai")

    def due(self, key: str, since: datetime) -> datetime:
        """Refuse: there is no pack to look it up in."""
        raise LookupError(f"没有规则包，不能计算 pack.{key}")


def pack_key(text: str) -> str | None:
    """The parameter that a timer names, or None."""
    return text.removeprefix(_PACK) if text.startswith(_PACK) else None


def date_name(text: str) -> str | None:
    """The routing value that holds the day a timer waits for, or waits to be over (``after.``); None for others."""
    name = text.removeprefix(_AFTER)
    return name if name.isidentifier() and duration(text) is None else None


def duration(text: str) -> timedelta | None:
    """An ISO 8601 duration in weeks, days, hours, minutes and seconds; None for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def due_of(timer: Timer, data: Any, since: datetime, deadlines: Deadlines) -> datetime:
    """When a timer that starts at ``since`` is due, in UTC.

    ``pack.<key>`` and ISO 8601 durations count from ``since``; an ISO date, or a routing value that
    holds one, means the start of that day in the zone of ``deadlines``, and ``after.<routing value>`` its end: the
    last day of a period belongs to it (民法典 203).  Raises NoDate when the routing value is missing.
    """
    key = pack_key(timer.text)
    if key is not None:
        return deadlines.due(key, since).astimezone(UTC)
    period = duration(timer.text)
    if period is not None:
        return (since + period).astimezone(UTC)
    name = date_name(timer.text)
    value = data.get(name) if name is not None else timer.text
    if value is None:
        raise NoDate(name or "")
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    day += timedelta(days=timer.text.startswith(_AFTER))
    return datetime(day.year, day.month, day.day, tzinfo=deadlines.zone).astimezone(UTC)


class Deadline(TimerEventDefinition):  # type: ignore[misc]
    """A timer whose moment is fixed when it starts, and which fires only when told to."""

    def __init__(self, timer: Timer) -> None:
        super().__init__(timer.text, timer.text)
        self.timer = timer

    def has_fired(self, my_task: Any) -> bool:
        """Whether this timer was told to fire; fixes the moment when asked first."""
        if "due" not in my_task.internal_data:
            top = my_task.workflow.top_workflow
            due = due_of(self.timer, _data(my_task), top.now, top.deadlines)
            my_task.internal_data["due"] = due.isoformat()
        return bool(my_task.internal_data.get("fired"))

    def reset(self, my_task: Any) -> None:
        """Forget the moment, so that the next turn of a loop counts anew."""
        my_task.internal_data.pop("due", None)
        my_task.internal_data.pop("fired", None)


def _data(my_task: Any) -> Any:
    # a boundary event has inherited nothing yet when it starts to wait
    return my_task.data or (my_task.parent.data if my_task.parent is not None else {})


class ExternalJob(ServiceTask, BpmnTaskSpec):  # type: ignore[misc]
    """A task that stays started until a worker brings its result."""

    def _run_hook(self, my_task: Any) -> None:
        return None


class FirstEvent(BpmnSpecMixin):  # type: ignore[misc]
    """An event-based gateway: the events behind it wait, and the first to happen calls off the others.

    The library's own gives its timers one shared moment and hides what it waits for.
    """


class FirstEventParser(TaskParser):  # type: ignore[misc]
    """Reads an event-based gateway."""

    def handles_multiple_outgoing(self) -> bool:
        """Every event behind the gateway has its own flow."""
        return True


class CaughtEvent(IntermediateCatchEvent):  # type: ignore[misc]
    """An event on the way; behind an event-based gateway it ends the waiting of its siblings."""

    def _on_ready_hook(self, my_task: Any) -> None:
        super()._on_ready_hook(my_task)
        before = my_task.parent
        if before is not None and isinstance(before.task_spec, FirstEvent):
            for other in before.children:
                if other is not my_task and other.has_state(TaskState.WAITING):
                    other.cancel()
