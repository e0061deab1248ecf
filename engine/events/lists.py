"""Events of what is entered in lists: owners, visits, ballots, photos, things handed over."""

from dataclasses import dataclass

from engine.events.event import Event


@dataclass(frozen=True)
class RosterImported(Event):
    """A version of the owners' register was read in; ``area`` in 0.01 m²."""

    version: int
    units: int
    area: int


@dataclass(frozen=True)
class RosterImportUndone(Event):
    """A version of the owners' register was taken back before any vote was frozen on it."""

    version: int


@dataclass(frozen=True)
class RosterProposed(Event):
    """A person proposed to freeze a version, so that another may; ``area`` in 0.01 m², ``digits`` its check digits."""

    version: int
    digits: str
    area: int
    persons: int


@dataclass(frozen=True)
class DataRequestTaken(Event):
    """An owner asked about their personal data; who and what stands in the register of requests alone."""

    request: int
    matter: str
    due_on: str


@dataclass(frozen=True)
class DataRequestDecided(Event):
    """Such a request was decided, and answered by the paper ``number``."""

    request: int
    matter: str
    outcome: str
    number: str


@dataclass(frozen=True)
class DataRequestDone(Event):
    """What was granted to such a request was carried out."""

    request: int
    matter: str


@dataclass(frozen=True)
class DataPurged(Event):
    """So many rows of a kind of personal data went, since their time was over on ``due_on``."""

    what: str
    rows: int
    due_on: str


@dataclass(frozen=True)
class DataHeld(Event):
    """Somebody said that nothing of the estate's data may go, or lifted that."""

    lifted: bool


@dataclass(frozen=True)
class IdentityKept(Event):
    """A full identity number was put into the vault on a ``ground``; whose it is stands in the vault alone."""

    ground: str


@dataclass(frozen=True)
class VisitsRecorded(Event):
    """Visits to households were entered."""

    visits: int


@dataclass(frozen=True)
class VisitCorrected(Event):
    """What a visit says was corrected; what it said before is kept in the register."""


@dataclass(frozen=True)
class VisitWithdrawn(Event):
    """A visit was taken back by whoever had entered it."""


@dataclass(frozen=True)
class DoorsGiven(Event):
    """Doors were given to somebody, or to nobody."""

    doors: int


@dataclass(frozen=True)
class DoorReopened(Event):
    """A lead lets a door that refused be called at again; which one stands in the register alone."""

    reason: str


@dataclass(frozen=True)
class CanvassDayReviewed(Event):
    """Whoever leads looked into a day of visits that asked for a question; of whom stands in the register alone."""

    on: str
    decision: str
    doors: int


@dataclass(frozen=True)
class CallBacksPlanned(Event):
    """A sample was settled before it is drawn: its size, the seed, and the ``doors`` whose list has ``sha256``."""

    doors: int
    size: int
    seed: str
    sha256: str


@dataclass(frozen=True)
class CallBacksDrawn(Event):
    """The sample ``no`` of the round was drawn by its seed."""

    no: int
    doors: int


@dataclass(frozen=True)
class HouseholdCalledBack(Event):
    """A household was called back; which one and what it said stands in the register alone."""


@dataclass(frozen=True)
class SheetPrinted(Event):
    """A sheet of paper was printed to be filled in by hand."""

    number: str
    title: str
    rows: int


@dataclass(frozen=True)
class SheetsBrought(Event):
    """Photos or scans of filled sheets were brought."""

    sheets: int


@dataclass(frozen=True)
class SheetTypedIn(Event):
    """What stood on a sheet was typed in beside its photo."""

    number: str
    rows: int


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
class BallotAmended(Event):
    """Who signed a ballot was put right: ``cured`` by the owner, else as it had been entered wrongly."""

    serial: int
    cured: bool


@dataclass(frozen=True)
class BallotLate(Event):
    """A ballot came after the close: it is kept, and counts for nothing."""

    serial: int


@dataclass(frozen=True)
class EvotesEntered(Event):
    """Votes of a platform's file ``sha256`` were entered, so many of them beside a paper; others were left out."""

    votes: int
    beside: int
    outside: int
    void: int
    sha256: str


@dataclass(frozen=True)
class BallotsScanned(Event):
    """So many pages of scanned ballots were brought."""

    pages: int


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
    """The arbiter said what a ballot says; neither that nor why is told beside its serial."""

    serial: int


@dataclass(frozen=True)
class CountOpened(Event):
    """A count was opened by those who have a part in it; a recount has the next number."""

    session: int


@dataclass(frozen=True)
class CountClosed(Event):
    """A count was closed: so many papers were found, and so many had come back."""

    session: int
    found: int
    came_back: int


@dataclass(frozen=True)
class PostingsProved(Event):
    """Photos of posted notices were entered."""

    photos: int


@dataclass(frozen=True)
class HandoverItemsListed(Event):
    """Things to be handed over were listed."""

    items: int


@dataclass(frozen=True)
class HandoverItemChanged(Event):
    """One thing of the list was entered or changed, with so many new photos."""

    group: str
    name: str
    state: str
    photos: int


@dataclass(frozen=True)
class HandoverSigned(Event):
    """Somebody signed a group of the list, or refused to before witnesses; who stands in the register."""

    group: str
    side: str
    refused: bool


@dataclass(frozen=True)
class HandoverGapsPursued(Event):
    """A demand, a report or a list of evidence on so many missing things was issued under a number."""

    number: str
    title: str
    items: int


@dataclass(frozen=True)
class HandoverGapClosed(Event):
    """Something that was missing was handed over after all."""

    group: str
    name: str


@dataclass(frozen=True)
class PrepaidPlaced(Event):
    """It was entered where the prepaid money of so many units went."""

    units: int
    disposition: str


@dataclass(frozen=True)
class PrepaidAcknowledged(Event):
    """The old company signed for what it owes: yuan as text, and of how many units."""

    total: str
    units: int


@dataclass(frozen=True)
class PrepaidFeesListed(Event):
    """The old company's prepaid fees were listed, by unit."""

    units: int
