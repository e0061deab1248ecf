"""S8: selection, signing, account."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import signing
from engine.rules.signing import carried
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _sign_contract(dossier: Dossier, answers: Answers) -> list[Problem]:
    file = reading.body(dossier.answers("verify_owners_body"))
    resolution = reading.convening({**answers, "members_total": file.seats_filled})
    if carried(resolution):
        return []
    return [Problem("members_for", "签约决定须过半数成员到会、全体成员半数以上同意；请核对人数。")]


def _decide_signing(dossier: Dossier) -> Decision:
    return Decision(signing.ready(reading.signing_file(dossier), dossier.today))


CHECKS: Mapping[str, Check] = {
    "sign_contract": _sign_contract,
}
GATES: Mapping[str, Gate] = {
    "signing": gate(_decide_signing, "READY INCOMPLETE"),
}
