"""The supervisor's appointment."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import supervisor
from engine.use_cases import choosing
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _nominate_supervisor(dossier: Dossier, answers: Answers) -> list[Problem]:
    voted = any(item.passed and answers["name"] in item.text for item in choosing.decided(dossier))
    return supervisor.nomination_problems(
        answers["name"],
        (answers["term_start"], answers["term_end"]),
        dossier.pack.value("supervisor_term"),
        voted if answers["authority"] == "VOTED_BY_NAME" else None,
    )


def _decide_supervisor(dossier: Dossier) -> Decision:
    nominated, declared = dossier.answers("nominate_supervisor"), dossier.answers("declare_interests")
    nominee = supervisor.Nominee(
        related_to_company=bool(declared["related_to_company"]),
        committee_member=bool(declared["committee_member"]),
        term_start=nominated["term_start"],
        term_end=nominated["term_end"],
    )
    return Decision(supervisor.eligible(nominee))


CHECKS: Mapping[str, Check] = {"nominate_supervisor": _nominate_supervisor}
GATES: Mapping[str, Gate] = {
    "supervisor": gate(_decide_supervisor, "ELIGIBLE CONFLICT"),
}
