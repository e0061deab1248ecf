"""Emergency service: a provider that the street names when nobody serves the estate."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import deadlines, emergency
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Gate


def _appoint_emergency_provider(dossier: Dossier, answers: Answers) -> list[Problem]:
    longest = dossier.pack.parameter("emergency_service_max")
    latest = deadlines.end_of(longest, answers["service_from"], dossier.deadlines.calendar)
    old = (
        dossier.answers("choose_termination_path")["old_company"] if dossier.answered("choose_termination_path") else ""
    )
    return emergency.appointment_problems(answers["emergency_until"], latest, answers["provider"], old)


def _work_first_day_list(dossier: Dossier, answers: Answers) -> list[Problem]:
    return emergency.first_day_problems({row["item"] for row in answers["items"]})


def _end_emergency_service(dossier: Dossier, answers: Answers) -> list[Problem]:
    until = dossier.answers("appoint_emergency_provider")["emergency_until"]
    return emergency.closing_problems(answers["ended_because"], answers["ended_on"], until)


CHECKS: Mapping[str, Check] = {
    "appoint_emergency_provider": _appoint_emergency_provider,
    "work_first_day_list": _work_first_day_list,
    "end_emergency_service": _end_emergency_service,
}
GATES: Mapping[str, Gate] = {}
