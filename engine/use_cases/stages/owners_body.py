"""S4: the owners' body that can act."""

from collections.abc import Mapping

from engine.rules import owners_body
from engine.use_cases import reading
from engine.use_cases.dossier import Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _decide_owners_body(dossier: Dossier) -> Decision:
    body = reading.body(dossier.answers("verify_owners_body"))
    kind = body.kind.lower()
    pack, term = dossier.pack, {"oc": "oc_term_max", "pmc": "pmc_term"}[kind]
    sizes = owners_body.Sizes(pack.value(f"{kind}_size_min"), pack.value(f"{kind}_size_max"), pack.value(term))
    return Decision(owners_body.act(body, sizes, dossier.today))


CHECKS: Mapping[str, Check] = {}
GATES: Mapping[str, Gate] = {
    "owners_body": gate(_decide_owners_body, "READY NOT_READY"),
}
