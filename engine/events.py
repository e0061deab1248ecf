"""What has happened to an estate: past-tense facts, appended and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Something that happened; ``kind`` is the class name in the log.  Values are JSON: text, integers, lists."""

    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        Event.registry[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which the log keeps it."""
        return type(self).__name__

    def content(self) -> dict[str, Any]:
        """Its fields as JSON values."""
        return dict(vars(self))


def load(kind: str, content: Mapping[str, Any]) -> Event:
    """The event that the log holds.  Raises KeyError for a kind nobody knows."""
    return Event.registry[kind](**content)


@dataclass(frozen=True)
class EstateEntered(Event):
    """An estate was entered, under a pack."""

    name: str
    place: str
    pack: str


@dataclass(frozen=True)
class EstateMovedToPack(Event):
    """An estate was moved to another version of its place's pack; ``changes`` are key, old and new value."""

    left: str
    reached: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class TaskCompleted(Event):
    """A person completed a user task."""

    task: str
    title: str
    lane: str
    stage: str


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
class DocumentIssued(Event):
    """A document was generated and numbered."""

    document: str
    code: str
    number: str
    title: str
    sha256: str


@dataclass(frozen=True)
class RosterImported(Event):
    """A version of the owners' register was read in; ``area`` in 0.01 m²."""

    version: int
    units: int
    area: int


@dataclass(frozen=True)
class VisitsRecorded(Event):
    """Visits to households were entered."""

    visits: int


@dataclass(frozen=True)
class BallotsPrinted(Event):
    """One ballot was made for each counted unit, numbered from ``first`` to ``last``."""

    meeting: int
    ballots: int
    first: int
    last: int


@dataclass(frozen=True)
class BallotsDelivered(Event):
    """Ballots were handed out."""

    ballots: int


@dataclass(frozen=True)
class BallotsReplaced(Event):
    """New ballots were handed out for spoiled ones; ``serials`` are the old and the new number of each."""

    serials: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class BallotsReturned(Event):
    """Ballots came back."""

    ballots: int


@dataclass(frozen=True)
class PostingsProved(Event):
    """Photos of posted notices were entered."""

    photos: int


@dataclass(frozen=True)
class HandoverItemsListed(Event):
    """Things to be handed over were listed."""

    items: int


@dataclass(frozen=True)
class PrepaidFeesListed(Event):
    """The old company's prepaid fees were listed, by unit."""

    units: int


@dataclass(frozen=True)
class MessageReceived(Event):
    """Word came from outside that the process was waiting for; ``values`` are the routing values it brought."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InterruptionOpened(Event):
    """Somebody asked for the estate to be suspended or withdrawn, or reported a revocation or a major incident."""


@dataclass(frozen=True)
class EstateSuspended(Event):
    """The estate was suspended: no task completes, the law's periods run on."""


@dataclass(frozen=True)
class EstateResumed(Event):
    """The estate goes on; ``days`` is by how much programme deadlines moved."""

    days: int


@dataclass(frozen=True)
class EstateWithdrawn(Event):
    """The estate left the programme."""


@dataclass(frozen=True)
class VoteReopened(Event):
    """The owners' decision no longer stands: the journey begins again at the vote, what followed from it is closed."""


@dataclass(frozen=True)
class RenewalOpened(Event):
    """The old company's term, until ``ends_on``, began to be watched; the other dates are what is due before."""

    ends_on: str
    start_on: str
    company_notice_on: str
    last_on: str


@dataclass(frozen=True)
class RenewalClosed(Event):
    """The old company's term is not watched any more: the owners' vote was carried, or the journey ended."""


@dataclass(frozen=True)
class LaneHandedOver(Event):
    """A lane of the estate went from one person, empty for nobody, to another."""

    lane: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class EstateEnded(Event):
    """The journey came to its end event."""

    end: str
