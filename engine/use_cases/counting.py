"""Count the ballots of an estate's vote by ``rules.tally``, with the pack's thresholds and readings."""

from typing import Any

from engine.rules import ballot_box, convening, procedure, tally
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
        dossier.roster, asked, _cast(dossier), dossier.policies, _thresholds(dossier), following=_following(dossier)
    )


def _following(dossier: Dossier) -> tally.Following | None:
    """The adopted rule for unreturned ballots, if the agenda invokes one; notice and ballot print its effect."""
    agenda = dossier.answers("resolve_agenda")
    if agenda["unreturned_rule"] != convening.FOLLOW_MAJORITY:
        return None
    personally = frozenset(b.unit_no for b in dossier.ballots if b.delivered_on and b.delivery_mode != ON_SITE)
    noticed = reading.notice(dossier.answers("post_meeting_notice")).posted_on
    return ballot_box.following(
        ballot_box.UnreturnedRule(agenda["rules_adopted_on"], noticed, shown=True, delivered=personally)
    )


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
                "deciding": list(found.deciding),
                "questions": list(found.questions),
            }
            for found in envelopes(dossier)
        ]
    }


def quorum_reached(dossier: Dossier) -> bool:
    """Whether the returned ballots make a quorum on every item; approvals are not looked at (decisions 3)."""
    return all(result.quorum for result in results(dossier))


def _cast(dossier: Dossier) -> list[tally.Ballot]:
    return [
        tally.Ballot(ballot.unit_no, tuple(int(mark) for mark in (ballot.marks or "").split()), ballot.signed)
        for ballot in dossier.ballots
        if ballot.returned_on
    ]


def _thresholds(dossier: Dossier) -> tally.Thresholds:
    pack = dossier.pack
    return tally.Thresholds(
        pack.value("quorum_area"),
        pack.value("quorum_headcount"),
        pack.value("pass_ordinary"),
        pack.value("pass_special"),
    )
