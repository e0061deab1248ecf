"""Where the facts of a paper's registers come from: the step, the person, the moment."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.documents.catalogue import Kind
from engine.documents.facts import Facts, Source
from engine.use_cases.dossier import Dossier

#: Which registers a completed task, or an event of that kind, feeds: the latest is where their facts come from.
_FEEDS: Mapping[str, tuple[str, ...]] = {
    "EstateEntered": ("estate", "pack", "readings", "people", "checklist"),
    "EstateMovedToPack": ("pack", "readings"),
    "LaneHandedOver": ("people",),
    "submit_application": ("estate",),
    "RosterImported": ("roster",),
    "RosterImportUndone": ("roster",),
    "freeze_roster": ("roster",),
    "VisitsRecorded": ("canvass",),
    "VisitCorrected": ("canvass",),
    "VisitWithdrawn": ("canvass",),
    "collect_economic_base": ("accounts",),
    "compute_ledgers": ("diagnosis",),
    "hold_diagnosis_meeting": ("diagnosis",),
    "draft_budget": ("budget",),
    "estimate_budget": ("budget",),
    "resolve_agenda": ("vote",),
    "prepare_meeting_notice": ("vote",),
    "close_voting": ("vote",),
    "count_votes": ("vote",),
    "BallotsPrinted": ("ballots",),
    "BallotsDelivered": ("ballots", "deliveries"),
    "BallotsReplaced": ("vote", "ballots"),
    "BallotsReturned": ("vote",),
    "score_candidates": ("selection",),
    "evaluate_bids": ("selection",),
    "choose_termination_path": ("termination",),
    "HandoverItemsListed": ("handover",),
    "HandoverItemChanged": ("handover",),
    "serve_dismissal_notice": ("termination",),
    "record_company_notice": ("termination",),
    "settle_accounts": ("settlement",),
    "settle_cutover": ("settlement",),
    "record_first_month": ("first_month",),
    "evaluate_acceptance": ("acceptance",),
    "DocumentIssued": ("issued",),
}


def sources(dossier: Dossier, kind: Kind) -> dict[str, Source]:
    """Who fed each register last, and when; what the paper says of itself comes from its own step."""
    found = {"document": Source(kind.step, dossier.work.actor, dossier.work.at)}
    for event in dossier.log:
        step = event.get("task", event["kind"])
        found |= dict.fromkeys(_FEEDS.get(step, ()), Source(step, event["actor"], event["at"]))
    return found


def used(facts: Facts, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The facts that a template printed, for the record; those of one ballot as the list over all of them.

    What its owner alone holds is worked out from the serial, and not recorded.
    """
    return facts.record(
        name.replace("ballot.", "ballots[].", 1) if name.startswith("ballot.") else name
        for name in names
        if name != "ballot.receipt"
    )
