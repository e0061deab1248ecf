"""The receipt of a ballot: whoever holds the owner's strip 业主留存联 asks how it stands, without an account."""

import hmac
from dataclasses import dataclass

from engine.errors import InvalidAnswers, Problem
from engine.rules import ballot_receipt
from engine.rules.ballot_box import Ground
from engine.rules.ballot_life import State
from engine.rules.ballot_receipt import Receipt, Standing
from engine.store import ballots as ballots_store
from engine.store import documents, rows
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import ballots, counting, verifying, voting
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library


@dataclass(frozen=True)
class Asked:
    """What was asked for: a serial, and how it stands."""

    serial: int
    receipt: Receipt


def receipt(work: UnitOfWork, library: Library, token: str, serial: str, digits: str) -> Asked:
    """How the ballot of this serial stands, told to whoever has the ``digits`` printed on its strip.

    Raises InvalidAnswers alike for a serial that never was and for digits that are another's.
    """
    found = _held(work, token, serial, digits)
    if found is None:
        message = "票号和查询码对不上，没有查到。请按业主留存联上印的填写。"
        raise InvalidAnswers([Problem("digits", message)], "没有查到。")
    estate_id, ballot, meeting = found
    dossier = Dossier(work, library, estate_id)
    if meeting < 0 or meeting in dossier.voided:
        return Asked(ballot.serial, ballot_receipt.receipt(Standing(State.VOID)))
    if not dossier.convened or meeting != dossier.round:
        return Asked(ballot.serial, ballot_receipt.EARLIER)
    return Asked(ballot.serial, ballot_receipt.receipt(_standing(dossier, ballot)))


def _held(work: UnitOfWork, token: str, serial: str, digits: str) -> tuple[int, rows.Ballot, int] | None:
    """The estate, the ballot and its meeting, where the digits are those printed on its strip."""
    estate_id, number = ballots.ballot_paper(work, verifying.written(token)), ballots.typed_serial(serial)
    if estate_id is None or number is None:
        return None
    printed = documents.receipt(work.public.key, estate_id, number)
    if not hmac.compare_digest(printed.encode(), verifying.written(digits).encode()):
        return None
    found = ballots_store.by_serial(work, estate_id, number)
    return (estate_id, *found) if found else None


def _standing(dossier: Dossier, ballot: rows.Ballot) -> Standing:
    back = [one for one in dossier.ballot_returns if one.ballot_id == ballot.id]
    following = (one for one in dossier.ballots if (one.unit_no, one.issue) == (ballot.unit_no, ballot.issue + 1))
    return Standing(
        voting.states(dossier)[ballot.serial],
        returned_on=back[0].returned_on if back else "",
        ground=_ground(dossier, ballot.unit_no) if back else None,
        spoiled_why=ballot.spoiled_why or "",
        replaced_by=next((one.serial for one in following), 0),
        closed=dossier.times("close_voting", since="freeze_roster") > 0,
        late=any(line.what == "LATE" for line in ballots_store.history(dossier.work, ballot.id)),
    )


def _ground(dossier: Dossier, unit_no: str) -> Ground | None:
    """Why nothing that came back for a unit is a ballot; a second one that is sound makes up for the first."""
    sifted = counting.sifted(dossier, unopened=True)
    if any(one.unit_no == unit_no for one in sifted.ballots):
        return None
    return next((one.ground for one in sifted.set_aside if one.unit_no == unit_no), None)
