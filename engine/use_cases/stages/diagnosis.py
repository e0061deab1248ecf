"""S3: three ledgers and the collective diagnosis."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import diagnosis
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate


def _hold_diagnosis_meeting(dossier: Dossier, answers: Answers) -> list[Problem]:
    return list(
        diagnosis.problems(
            dossier.ledgers,
            answers["conclusion"],
            bool(answers["gap_funded"]),
            dossier.times("nurture_estate"),
            dossier.pack.value("nurture_max"),
        )
    )


def _decide_diagnosis(dossier: Dossier) -> Decision:
    meeting = dossier.answers("hold_diagnosis_meeting")
    outcome = diagnosis.conclude(
        dossier.ledgers,
        meeting["conclusion"],
        gap_funded=bool(meeting["gap_funded"]),
        nurture_round=dossier.times("nurture_estate"),
        nurture_max=dossier.pack.value("nurture_max"),
    )
    return Decision(outcome, {"nurture_round": int(outcome.figures["nurture_round"])})


CHECKS: Mapping[str, Check] = {
    "hold_diagnosis_meeting": _hold_diagnosis_meeting,
}
GATES: Mapping[str, Gate] = {
    "diagnosis": _decide_diagnosis,
}
