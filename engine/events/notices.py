"""What happened to notices on their boards, and whom they reached."""

from dataclasses import dataclass

from engine.events.event import Event


@dataclass(frozen=True)
class BoardsListed(Event):
    """So many boards of the estate are kept."""

    boards: int


@dataclass(frozen=True)
class PostingSeen(Event):
    """What was found at a board: one of ``rules.posting.What``.

    ``since`` and ``until`` are the days from which the notice now counts there and on which its days are full.
    """

    subject: str
    board: str
    what: str
    on: str
    since: str
    until: str


@dataclass(frozen=True)
class NoticeArrived(Event):
    """A notice reached so many units, or the residents' committee where ``units`` is 0; the last one on ``on``."""

    subject: str
    units: int
    on: str


@dataclass(frozen=True)
class OwnerHeard(Event):
    """An owner objected or asked about a notice, or was answered; the words stand in the register alone."""

    subject: str
    matter: str
    answered: bool


@dataclass(frozen=True)
class PublicationEnded(Event):
    """A step ended what a notice published, and how it was published by the day ``on``.

    Of ``boards`` so many are ``whole``; ``restarted`` are those at which it was gone.  Of ``units`` it ``reached`` so
    many, the last on ``last_on``; ``committee_on`` is when the residents' committee had it; both are empty when nobody
    has noted it.  ``heard`` objections and questions came in, of which ``answered`` were answered.
    """

    subject: str
    on: str
    boards: int
    whole: int
    restarted: int
    units: int
    reached: int
    last_on: str
    committee_on: str
    heard: int
    answered: int


@dataclass(frozen=True)
class NoticeProved(Event):
    """The paper on how a notice was posted and whom it reached was issued."""

    subject: str
    number: str
    title: str
    sha256: str
