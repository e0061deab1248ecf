"""Between S5 and S6: owners' body and support are there together."""

from collections.abc import Mapping

from engine.rules import foundation
from engine.use_cases.dossier import Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _decide_foundation(dossier: Dossier) -> Decision:
    # from the log, not from routing values: after a parallel join these may still be those of an earlier round
    return Decision(foundation.stands(dossier.outcome("owners_body"), dossier.outcome("consent")))


CHECKS: Mapping[str, Check] = {}
GATES: Mapping[str, Gate] = {"foundation": gate(_decide_foundation, "READY EXHAUSTED NO_BODY")}
