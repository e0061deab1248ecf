"""Count the ballots of an estate's meeting by ``rules.tally``, with the pack's thresholds and readings."""

from typing import Any

from engine.rules import procedure, tally
from engine.use_cases import reading
from engine.use_cases.dossier import Dossier


def items(dossier: Dossier) -> list[procedure.AgendaItem]:
    """The items on the agenda."""
    return reading.agenda(dossier.answers("resolve_agenda"))


def envelopes(dossier: Dossier) -> list[tally.Envelope]:
    """Every item under every reading that the rules leave open."""
    asked = [tally.Item(item.no, item.item_class) for item in items(dossier)]
    return tally.envelope(dossier.roster, asked, _cast(dossier), dossier.policies, _thresholds(dossier))


def results(dossier: Dossier) -> list[procedure.ItemResult]:
    """What gate G7 needs of each item."""
    return [
        procedure.ItemResult(item.no, item.key, found.count.quorum, found.status, found.count.passed)
        for item, found in zip(items(dossier), envelopes(dossier), strict=True)
    ]


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
