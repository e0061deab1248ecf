"""Entry: the new service starts (gate LC-11)."""

from collections.abc import Mapping
from decimal import Decimal

from engine.errors import Problem
from engine.rules import entry, termination
from engine.rules.handover import Disposition
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _enter_estate(dossier: Dossier, answers: Answers) -> list[Problem]:
    start = dossier.answers("finalise_contract")["service_start"]
    return entry.problems(answers["entered_on"], start, dossier.answers("confirm_opening_balance")["account_open_on"])


def _decide_entry(dossier: Dossier) -> Decision:
    account = dossier.answers("confirm_opening_balance")
    ready = entry.Entry(
        service_start=dossier.answers("finalise_contract")["service_start"],
        old_end=dossier.termination_on,
        same_day=dossier.termination_path is termination.Path.PRELIMINARY_940,
        account_open_on=account["account_open_on"],
        balance=account["opening_balance"],
        transferred=_transferred(dossier),
        filled=_filled(dossier.answers("plan_staffing")),
    )
    return Decision(entry.decide(ready, reading.safety_required(dossier.answers("record_site_survey"))))


def _transferred(dossier: Dossier) -> Decimal:
    settlement = dossier.settlement
    return settlement.by_disposition()[Disposition.TRANSFERRED.value] if settlement else Decimal("0.00")


def _filled(staffing: Answers) -> dict[str, int]:
    """How many people stand at each safety post."""
    filled: dict[str, int] = {}
    for row in staffing["posts"]:
        if row["safety_role"] != "NONE":
            filled[row["safety_role"]] = filled.get(row["safety_role"], 0) + row["headcount"]
    return filled


CHECKS: Mapping[str, Check] = {"enter_estate": _enter_estate}
GATES: Mapping[str, Gate] = {"entry": gate(_decide_entry, "READY NOT_READY")}
