"""S1: application and screening."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import intake
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _submit_application(dossier: Dossier, answers: Answers) -> list[Problem]:
    return intake.application_problems(reading.application(answers), dossier.today)


def _screen_eligibility(dossier: Dossier, answers: Answers) -> list[Problem]:
    return intake.problems(reading.screening(answers))


def _decide_intake(dossier: Dossier) -> Decision:
    return Decision(intake.screen(reading.screening(dossier.answers("screen_eligibility"))))


def _set_annual_plan(dossier: Dossier, answers: Answers) -> list[Problem]:
    return intake.target_problems([row["number"] for row in answers["targets"]], answers["target_total"])


CHECKS: Mapping[str, Check] = {
    "set_annual_plan": _set_annual_plan,
    "submit_application": _submit_application,
    "screen_eligibility": _screen_eligibility,
}
GATES: Mapping[str, Gate] = {
    "intake": gate(_decide_intake, "ACCEPT RETURN DEFER"),
}
