"""Calling out 唱票: ballot after ballot as two people entered it, large on a wall, for those who came to see.

What a ballot says stands beside its serial alone: no unit, no name and no sum is shown, and each one shown is on
record.  It goes on only while a counting session is open, and stops with its pauses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.rules import ballot_life
from engine.rules.ballot_life import State
from engine.rules.convening import AgendaItem
from engine.rules.count_session import Part
from engine.store import rows
from engine.store.registers import ON_PAPER
from engine.use_cases import ballot_entry, ballots, count_session, counting, disclosing
from engine.use_cases.ballots import Vote

#: For what each look is noted.
CALLING = "公开唱票"


@dataclass(frozen=True)
class Called:
    """A ballot as it is called: ``place`` of ``many``; ``marks`` are each item and the word for its mark.

    ``serial`` is 0 where none is there, or while the count is paused; ``open`` counts ballots that are not settled.
    """

    serial: int
    place: int
    many: int
    marks: Sequence[tuple[AgendaItem, str]]
    people: Sequence[tuple[Part, str]]
    paused: str
    open: int


def called(vote: Vote, after: int) -> Called:
    """The ballot that comes after that serial.  Raises NotPermitted, InvalidAnswers where no count goes on."""
    ballots.permitted(vote, count_session.HOLDING, sealed=True)
    session = count_session.going_on(vote).session
    settled = _settled(vote)
    waiting = sum(one.state in (State.RETURNED, State.ENTERED, *ballot_life.UNSETTLED) for one in vote.dossier.ballots)
    people = [each for each in session.everybody if each[0] in (Part.CALLER, Part.COUNTER)]
    place = next((at for at, (one, _) in enumerate(settled) if one.serial > after), None)
    if session.paused or place is None:
        return Called(0, len(settled), len(settled), (), people, session.paused, waiting)
    one, back = settled[place]
    disclosing.note_reading(vote.dossier.work, vote.dossier.estate_id, one.serial, CALLING)
    marks = [ballot_entry.MARKS[int(mark)] for mark in counting.said(vote.dossier, back).split()]
    items = counting.items(vote.dossier)
    return Called(one.serial, place + 1, len(settled), [*zip(items, marks, strict=True)], people, "", waiting)


def _settled(vote: Vote) -> list[tuple[rows.Ballot, rows.BallotReturn]]:
    """The ballots of paper on whose reading two people agree, or the arbiter decided, by serial."""
    dossier = vote.dossier
    on_paper = {one.ballot_id: one for one in dossier.ballot_returns if one.settled and one.channel == ON_PAPER}
    found = [one for one in dossier.ballots if one.id in on_paper and one.state == State.RECONCILED]
    return [(one, on_paper[one.id]) for one in sorted(found, key=lambda one: one.serial)]
