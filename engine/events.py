"""What has happened to an estate: past-tense facts, appended and never changed."""

from collections.abc import Iterable, Mapping
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
    """An estate was moved to another version of its place's pack; ``changes`` are key, old and new value.

    ``left_version`` is the version that it left, by which what stands before is judged.
    """

    left: str
    reached: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    left_version: str = ""


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
class DocumentRevised(Event):
    """A file that somebody had changed became the next version of a document.

    ``altered`` says what the facts are called that were changed by hand in it.
    """

    number: str
    title: str
    version: int
    why: str
    sha256: str
    altered: tuple[str, ...]


@dataclass(frozen=True)
class PaperExamined(Event):
    """The adviser decided on a version of a document, known by its SHA-256; ``whom`` was asked, or has it now."""

    number: str
    title: str
    version: int
    sha256: str
    decision: str
    reason: str
    whom: str = ""


@dataclass(frozen=True)
class OpinionIssued(Event):
    """The opinion on what was decided on a version of the document ``on`` was issued under a number of its own."""

    number: str
    title: str
    on: str
    on_title: str
    version: int
    sha256: str


@dataclass(frozen=True)
class SignedCopyFiled(Event):
    """A scan was filed as the signed copy of a version, known by its SHA-256; of ``places`` a person saw the seal.

    ``why`` says what of the places where there is none.
    """

    number: str
    title: str
    version: int
    sha256: str
    pages: int
    places: int
    why: str = ""


@dataclass(frozen=True)
class RemarkMade(Event):
    """Somebody remarked on a clause of a document, or answered such a remark; ``category`` is in words."""

    number: str
    title: str
    version: int
    clause: str
    category: str
    answers: bool = False


@dataclass(frozen=True)
class RemarkResolved(Event):
    """A remark on a clause of a document was settled; ``by_whom`` had made it."""

    number: str
    title: str
    clause: str
    category: str
    by_whom: str


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
class BallotsIssued(Event):
    """Ballots were given to somebody who takes them to the door."""

    ballots: int


@dataclass(frozen=True)
class BallotNotDelivered(Event):
    """A ballot was refused, or nobody could be reached; ``state`` says which."""

    serial: int
    state: str


@dataclass(frozen=True)
class BallotsHandedBack(Event):
    """Ballots that were not delivered came back into hand."""

    ballots: int


@dataclass(frozen=True)
class BallotDoubled(Event):
    """A second paper with the serial of one that is back was turned away, and kept."""

    serial: int


@dataclass(frozen=True)
class BallotDisputed(Event):
    """Two entries of a ballot differ, or somebody objects to what was entered: the arbiter has it."""

    serial: int
    state: str


@dataclass(frozen=True)
class BallotRuled(Event):
    """The arbiter said what a ballot says; what that is stands in the register alone."""

    serial: int
    reason: str


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
class PhotoOriginalFetched(Event):
    """Somebody fetched the original of a photo, with all that it tells about its place."""

    photo: int
    reason: str


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


@dataclass(frozen=True)
class EstateEnded(Event):
    """The journey came to its end event."""

    end: str


@dataclass(frozen=True)
class ReviewWaived(Event):
    """The adviser let a finding of the contract's pre-review stand."""

    rule: str
    title: str
    reason: str


@dataclass(frozen=True)
class CommentMade(Event):
    """Somebody left a comment on the estate, or on the task ``title`` of it; ``mentioned`` are to be told."""

    comment: int
    title: str
    mentioned: tuple[str, ...]


@dataclass(frozen=True)
class CommentWithdrawn(Event):
    """Whoever left a comment took it back: its text is shown no more."""

    comment: int


@dataclass(frozen=True)
class ArchiveTaken(Event):
    """Everything that is kept of the estate was taken out as an archive, or what of it may be published."""

    profile: str
    files: int
    sha256: str
    purpose: str


@dataclass(frozen=True)
class LogExported(Event):
    """So many events of the log were taken out as a sheet."""

    entries: int
