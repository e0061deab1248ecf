"""The supervisor's appointment."""

from collections.abc import Mapping

from engine.rules import supervisor
from engine.use_cases.dossier import Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _decide_supervisor(dossier: Dossier) -> Decision:
    nominated, declared = dossier.answers("nominate_supervisor"), dossier.answers("declare_interests")
    nominee = supervisor.Nominee(
        related_to_company=bool(declared["related_to_company"]),
        committee_member=bool(declared["committee_member"]),
        term_start=nominated["term_start"],
        term_end=nominated["term_end"],
    )
    return Decision(supervisor.eligible(nominee))


CHECKS: Mapping[str, Check] = {}
GATES: Mapping[str, Gate] = {
    "supervisor": gate(_decide_supervisor, "ELIGIBLE CONFLICT"),
}
