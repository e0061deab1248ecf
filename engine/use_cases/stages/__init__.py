"""Each stage's checks of answers and its gates: what the rules are asked, read from the dossier.

A stage module names ``CHECKS`` by user task and ``GATES`` by the ``gate`` property of a business rule task.
"""

from collections.abc import Mapping

from engine.use_cases.dossier import Dossier
from engine.use_cases.stages import (
    acceptance,
    consent,
    diagnosis,
    election,
    emergency_service,
    entry,
    foundation,
    fund_account,
    handover,
    intake,
    owners_body,
    owners_vote,
    plan_and_budget,
    property_committee,
    renewal,
    selection,
    signing,
    supervisor_appointment,
    survey,
)
from engine.use_cases.stages.decision import Check, Decision, Gate

_STAGES = (
    intake, survey, diagnosis, owners_body, election, property_committee, consent, foundation, plan_and_budget,
    owners_vote, selection, supervisor_appointment, signing, fund_account, handover, entry, emergency_service,
    acceptance, renewal,
)  # fmt: skip

#: The check of each user task that has one.
CHECKS: Mapping[str, Check] = {task: check for stage in _STAGES for task, check in stage.CHECKS.items()}
#: Every gate that a diagram may name.
GATES: Mapping[str, Gate] = {gate: decide for stage in _STAGES for gate, decide in stage.GATES.items()}


def decide(name: str, dossier: Dossier) -> Decision:
    """Decide the gate ``name`` for the estate of ``dossier``.  Raises ValueError for an outcome it never declared."""
    found = GATES[name]
    decision = found.decide(dossier)
    if decision.outcome.name not in found.outcomes or set(decision.routing) != set(found.routing):
        raise ValueError(f"gate {name} said {decision.outcome.name} with {sorted(decision.routing)}: undeclared")
    return decision
