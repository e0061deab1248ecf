"""Events of an estate as a whole: its pack, its people, how it rests, goes on and ends."""

from dataclasses import dataclass

from engine.events.event import Event


@dataclass(frozen=True)
class EstateEntered(Event):
    """An estate was entered, under a pack."""

    name: str
    place: str
    pack: str


@dataclass(frozen=True)
class EstateMovedToPack(Event):
    """An estate was moved to another version of its place's pack; ``changes`` are key, old and new value.

    ``left_version`` is the version that it left, by which what stands before is judged.
    """

    left: str
    reached: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    left_version: str = ""


@dataclass(frozen=True)
class LaneHandedOver(Event):
    """A lane of the estate went from one person, empty for nobody, to another."""

    lane: str
    before: str
    after: str
    reason: str


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
class EstateEnded(Event):
    """The journey came to its end event."""

    end: str
