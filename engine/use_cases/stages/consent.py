"""S5: briefing and canvass."""

from collections.abc import Mapping

from engine.rules import canvass
from engine.use_cases.dossier import Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate


def _decide_consent(dossier: Dossier) -> Decision:
    pack = dossier.pack
    targets = canvass.Targets(
        coverage_min=pack.value("visit_coverage_min"),
        response_min=pack.value("response_min"),
        support_min=pack.value("support_rate_min"),
        rounds_max=pack.value("canvass_rounds_max"),
    )
    round = dossier.times("canvass_households", since="hold_briefing")
    return Decision(canvass.consent(dossier.meter, targets, round), {"consent_round": round})


CHECKS: Mapping[str, Check] = {}
GATES: Mapping[str, Gate] = {
    "consent": _decide_consent,
}
