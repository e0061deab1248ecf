"""Count the ballots of an estate's vote by ``rules.tally``, with the pack's thresholds and readings."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

from engine.rules import ballot_box, convening, procedure, roster, tally
from engine.rules.ballot_box import CastBy, Mandate, Returned, Sifted
from engine.store import rows, votes
from engine.store.registers import ELECTRONIC
from engine.use_cases import reading
from engine.use_cases.dossier import Dossier

#: How a delivery is entered that was announced in the estate because nobody could be reached.
ON_SITE = "POSTED"


def items(dossier: Dossier) -> list[convening.AgendaItem]:
    """The items on the agenda."""
    return reading.agenda(dossier.answers("resolve_agenda"))


def seats(dossier: Dossier) -> int:
    """How many candidates are to be elected; 0 without an election."""
    return dossier.answers("resolve_agenda")["seats"] or 0


def envelopes(dossier: Dossier) -> list[tally.Envelope]:
    """Every item under every reading that the rules leave open; the rule-based tally is one where rules allow it."""
    asked = [tally.Item(item.no, item.item_class) for item in items(dossier)]
    return tally.envelope(
        dossier.roster,
        asked,
        sifted(dossier).ballots,
        dossier.policies,
        thresholds(dossier),
        following=_following(dossier),
    )


def _following(dossier: Dossier) -> tally.Following | None:
    rule = unreturned_rule(dossier)
    return ballot_box.following(rule) if rule else None


def unreturned_rule(dossier: Dossier) -> ballot_box.UnreturnedRule | None:
    """The adopted rule for unreturned ballots, if the agenda invokes one; notice and ballot print its effect."""
    agenda = dossier.answers("resolve_agenda")
    if agenda["unreturned_rule"] != convening.FOLLOW_MAJORITY:
        return None
    personally = frozenset(
        no for no, ballot in dossier.ballot_of.items() if ballot.delivered_on and ballot.delivery_mode != ON_SITE
    )
    noticed = reading.notice(dossier.answers("post_meeting_notice")).posted_on
    return ballot_box.UnreturnedRule(agenda["rules_adopted_on"], noticed, shown=True, delivered=personally)


def results(dossier: Dossier) -> list[procedure.ItemResult]:
    """What gate G7 needs of each item."""
    return [
        procedure.ItemResult(
            item_no=item.no,
            key=item.key,
            quorum=found.count.quorum,
            status=found.status,
            passed=found.count.passed,
            candidate=item.candidate,
            approving_persons=found.count.approving.persons,
            approving_area=found.count.approving.area,
        )
        for item, found in zip(items(dossier), envelopes(dossier), strict=True)
    ]


def elected(dossier: Dossier) -> list[str]:
    """The candidates elected by the vote counted last, by their votes."""
    return procedure.elected(results(dossier), seats(dossier))


def figures(dossier: Dossier) -> dict[str, Any]:
    """The whole count, for the event log; areas in 0.01 m²."""
    return {
        "items": [
            {
                **found.count.figures(),
                "status": found.status,
                "deciding": len(found.deciding),
                "questions": list(found.questions),
            }
            for found in envelopes(dossier)
        ]
    }


def quorum_reached(dossier: Dossier) -> bool:
    """Whether the returned ballots make a quorum on every item; approvals are not looked at (decisions 3)."""
    return all(found.quorum for found in took_part(dossier))


def took_part(dossier: Dossier) -> list[tally.Count]:
    """The count under the rules in force while the vote runs: how many took part.

    What their ballots say must not be shown before the count (decisions 3).
    """
    asked = [tally.Item(item.no, item.item_class) for item in items(dossier)]
    returned = sifted(dossier, unopened=True).ballots
    return tally.count(dossier.electorate, asked, returned, dossier.policies, thresholds(dossier))


def closes_on(dossier: Dossier) -> date:
    """The day the vote closes: as announced, or as extended."""
    decided = dossier.figures("extension", since="prepare_meeting_notice")
    if decided:
        return reading.day(decided["voting_closes_on"])
    announced: date = dossier.answers("prepare_meeting_notice")["voting_closes_on"]
    return announced


def sifted(dossier: Dossier, *, unopened: bool = False) -> Sifted:
    """What came back, parted into ballots and what is set aside (law §3.4).

    Those that nobody has entered yet say nothing and are left out, or ``unopened`` take part like any other.
    """
    pack = dossier.pack
    standard = ballot_box.Standard(
        dossier.answers("prepare_meeting_notice")["voting_opens_on"],
        closes_on(dossier),
        pack.value("proxy_max"),
        pack.value("copy_ballots") != "REFUSED",
        duplicate_rule(dossier),
    )
    # parking is left out by default: whether it counts is for the readings, not for the sifting
    wide = roster.assemble(dossier.roster, replace(dossier.policies, parking_counting="area_and_headcount"))
    unit_of = {ballot.id: ballot.unit_no for ballot in dossier.ballots}
    unread = " ".join(str(tally.ABSTAIN) for _ in items(dossier)) if unopened else ""
    came = [(one, said(dossier, one) if one.settled else unread) for one in dossier.ballot_returns]
    returned = [_returned(one, unit_of[one.ballot_id], marks) for one, marks in came if marks]
    return ballot_box.sift(returned, wide, standard)


def duplicate_rule(dossier: Dossier) -> str:
    """Which of paper and platform prevails by the adopted rules that the agenda names."""
    return dossier.answers("resolve_agenda")["duplicate_rule"] or ballot_box.HELD


def said(dossier: Dossier, one: rows.BallotReturn) -> str:
    """What a return says that is settled: this joins a choice with its ballot, which no page shows without a note."""
    return dossier.choices.of(votes.returned(one.ballot_id, one.no))


def invalid(dossier: Dossier) -> Counter[ballot_box.Ground]:
    """How many of what came back is no ballot, by the ground."""
    return Counter(one.ground for one in sifted(dossier).set_aside)


def _returned(one: rows.BallotReturn, unit_no: str, marks: str) -> Returned:
    return Returned(
        unit_no,
        tuple(int(mark) for mark in marks.split()),
        date.fromisoformat(one.returned_on),
        CastBy(one.cast_by),
        signed=one.signed,
        mandate=_mandate(one),
        proven=one.proven,
        designated=one.designated,
        objected=one.objected,
        is_copy=one.is_copy,
        electronic=one.channel == ELECTRONIC,
    )


def _mandate(one: rows.BallotReturn) -> Mandate | None:
    """The mandate under which the one who signed acts; None where it does not say from when to when."""
    if one.valid_from is None or one.valid_to is None:
        return None
    period = date.fromisoformat(one.valid_from), date.fromisoformat(one.valid_to)
    return Mandate(one.signed_by, one.matter, one.scope, *period, one.mandate_signed)


def thresholds(dossier: Dossier) -> tally.Thresholds:
    """The shares that the pack asks for."""
    pack = dossier.pack
    return tally.Thresholds(
        pack.value("quorum_area"),
        pack.value("quorum_headcount"),
        pack.value("pass_ordinary"),
        pack.value("pass_special"),
    )
