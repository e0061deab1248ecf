"""What the owners of an estate were promised, and what the contract makes of it."""

from typing import Any

from engine.rules.promises import Settled
from engine.store import registers
from engine.use_cases.dossier import Answers, Dossier

_BIDDING, _CHOSEN = "invite_candidates", "select_company"


def noted(dossier: Dossier) -> list[str]:
    """Each promise once: those at the door in the order of the visits, then the terms with which the chosen bid."""
    found = [row.text for row in dossier.work.register(registers.promise, dossier.estate_id)]
    return list(dict.fromkeys([*found, *_terms(dossier)]))


def _terms(dossier: Dossier) -> list[str]:
    if not (dossier.answered(_BIDDING) and dossier.answered(_CHOSEN)):
        return []
    chosen = dossier.answers(_CHOSEN)["company_name"]
    bids = dossier.answers(_BIDDING)["candidates"] or ()
    return [bid["key_terms"].strip() for bid in bids if bid["name"] == chosen and (bid["key_terms"] or "").strip()]


def settled(answers: Answers) -> list[Settled]:
    """What the final contract makes of each promise."""
    rows: Any = answers.get("promises") or ()
    return [Settled(row["promise"], row["clause"] or "", row["reason"] or "") for row in rows]
