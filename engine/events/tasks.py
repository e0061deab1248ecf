"""Events of tasks: completed, and passed from hand to hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.events.event import Event


@dataclass(frozen=True)
class TaskCompleted(Event):
    """A person completed a user task; ``facts`` are the days, counts and choices by which it is judged later."""

    task: str
    title: str
    lane: str
    stage: str
    on_behalf: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """Its fields; for whom somebody stood in, and the facts, only where there are any."""
        said = super().content()
        return {name: value for name, value in said.items() if value or name not in {"on_behalf", "facts"}}


@dataclass(frozen=True)
class TaskClaimed(Event):
    """Somebody took a task that belonged to nobody."""

    task: str
    title: str
    lane: str


@dataclass(frozen=True)
class TaskReleased(Event):
    """A task was put back for whoever holds its role; ``on_behalf`` names whom the actor stood in for, if anybody."""

    task: str
    title: str
    lane: str
    on_behalf: str = ""


@dataclass(frozen=True)
class TaskTransferred(Event):
    """One task went from one owner to another, each empty for nobody."""

    task: str
    title: str
    lane: str
    before: str
    after: str
    reason: str
    on_behalf: str = ""


@dataclass(frozen=True)
class TaskDelegated(Event):
    """Its owner lets ``delegate`` work on a task; it goes back to him."""

    task: str
    title: str
    lane: str
    delegate: str
    reason: str
    on_behalf: str = ""


@dataclass(frozen=True)
class TaskGivenBack(Event):
    """A delegate gave a task back to its owner."""

    task: str
    title: str
    owner: str
    on_behalf: str = ""


@dataclass(frozen=True)
class TaskRecalled(Event):
    """Its owner took a task back from its delegate."""

    task: str
    title: str
    delegate: str
    on_behalf: str = ""


@dataclass(frozen=True)
class TaskHeld(Event):
    """A task was put aside until the day ``until`` begins."""

    task: str
    title: str
    until: str
    reason: str
    on_behalf: str = ""


@dataclass(frozen=True)
class TaskTakenUp(Event):
    """A task that was put aside was taken up before its day."""

    task: str
    title: str
    on_behalf: str = ""


@dataclass(frozen=True)
class TaskUrged(Event):
    """Whoever has a task, empty for nobody, was urged to do it."""

    task: str
    title: str
    lane: str
    who: str
