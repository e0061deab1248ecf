"""Events of the way that a journey goes: stages, timers, gates, messages, and the way back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.events.event import Event


@dataclass(frozen=True)
class StageEntered(Event):
    """The journey entered a stage."""

    stage: str


@dataclass(frozen=True)
class StageLeft(Event):
    """The journey left a stage."""

    stage: str


@dataclass(frozen=True)
class TimerFired(Event):
    """A timer's moment came."""

    timer: str
    title: str
    due: str
    stage: str


@dataclass(frozen=True)
class GateDecided(Event):
    """A gate decided: outcome, exact figures, and the ids of the rules it applied."""

    gate: str
    outcome: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class MessageReceived(Event):
    """Word came from outside that the process was waiting for; ``values`` are the routing values it brought."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MoveUndone(Event):
    """The journey went back to before the step ``title``, which ``done_by`` had completed.

    ``manner`` is ``undo``, ``return`` or ``take_back``; ``fell`` are the numbers of the events that do not count any
    more, ``tasks`` the titles of the steps that were undone with it, ``documents`` the numbers of papers.
    """

    to: str
    title: str
    done_by: str
    manner: str
    reason: str
    fell: tuple[int, ...]
    tasks: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True)
class TaskReplayed(Event):
    """After a return a step was completed again with the answers that ``by`` had given, which nothing had touched."""

    task: str
    title: str
    lane: str
    stage: str
    by: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReplayStopped(Event):
    """After a return the steps in between could not all be completed again by themselves; ``why``, and where."""

    title: str
    why: str


def fallen(log: Iterable[Mapping[str, Any]]) -> set[int]:
    """The numbers of the events of a log that an undo took out of the count."""
    return {number for event in log if event["kind"] == MoveUndone.__name__ for number in event["fell"]}
