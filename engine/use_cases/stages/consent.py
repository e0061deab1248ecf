"""S5: briefing and canvass."""

from collections.abc import Mapping
from dataclasses import replace

from engine.errors import Problem
from engine.rules import canvass
from engine.use_cases import confirmed
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _decide_consent(dossier: Dossier) -> Decision:
    pack = dossier.pack
    targets = canvass.Targets(
        coverage_min=pack.value("visit_coverage_min"),
        response_min=pack.value("response_min"),
        support_min=pack.value("support_rate_min"),
        rounds_max=pack.value("canvass_rounds_max"),
    )
    round = dossier.times("canvass_households", since="hold_briefing")
    decided = canvass.consent(dossier.meter, targets, round)
    # beside the rate, which it does not move: what households say that were called back
    checked = confirmed.figures(dossier.work, dossier.estate_id, round, pack)
    if checked:
        decided = replace(decided, figures={**decided.figures, "call_back": checked})
    return Decision(decided, {"consent_round": round})


def _hold_briefing(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["not_a_product_stated"]:
        return []
    return [Problem("not_a_product_stated", "宣讲须说明信托制不是理财产品；请补讲并说明后再登记。")]


def _canvass_households(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["not_a_vote_stated"]:
        return []
    return [Problem("not_a_vote_stated", "征集表须写明不是表决（LC-02）；没有写明的请换新表重新征集。")]


CHECKS: Mapping[str, Check] = {
    "hold_briefing": _hold_briefing,
    "canvass_households": _canvass_households,
}
GATES: Mapping[str, Gate] = {
    "consent": gate(_decide_consent, "REACHED NOT_REACHED EXHAUSTED", consent_round=None),
}
