"""S3: three ledgers and the collective diagnosis."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import deadlines, diagnosis
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _compute_ledgers(dossier: Dossier, answers: Answers) -> list[Problem]:
    # the application may be an estimate, and what the register lists beyond it is charged all the same
    listed = sum(unit.area for unit in dossier.roster.units)
    stated = dossier.answers("submit_application")["total_area"]
    return diagnosis.area_problems(answers["charged_area"], max(listed, stated))


def _hold_diagnosis_meeting(dossier: Dossier, answers: Answers) -> list[Problem]:
    found = diagnosis.problems(
        dossier.ledgers,
        answers["conclusion"],
        bool(answers["gap_funded"]),
        dossier.times("nurture_estate"),
        dossier.pack.value("nurture_max"),
    )
    if answers["conclusion"] != "SUITABLE":
        return list(found)
    given = dossier.answers("submit_application")
    situation = diagnosis.Situation(given["org_status"], given["company_status"])
    routes = (answers["route"], answers["principal_route"], answers["fund_route"])
    return [*found, *diagnosis.route_problems(*routes, situation)]


def _nurture_estate(dossier: Dossier, answers: Answers) -> list[Problem]:
    period = dossier.pack.parameter("nurture_period")
    last = deadlines.end_of(period, dossier.today, dossier.library.calendar)
    return [
        Problem(f"tasks[{number}].due", f"完成期限 {row['due']} 晚于培育期满日 {last}；请提前，或拆成更小的任务。")
        for number, row in enumerate(answers["tasks"])
        if row["due"] and row["due"] > last
    ]


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
    "compute_ledgers": _compute_ledgers,
    "hold_diagnosis_meeting": _hold_diagnosis_meeting,
    "nurture_estate": _nurture_estate,
}
GATES: Mapping[str, Gate] = {
    "diagnosis": gate(_decide_diagnosis, "SUITABLE NURTURE NOT_NOW", nurture_round=None),
}
