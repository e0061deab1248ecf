"""S9: from the old company to the new."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import handover, termination
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _choose_termination_path(dossier: Dossier, answers: Answers) -> list[Problem]:
    contract = reading.old_contract(dossier.answers("submit_application"), answers)
    open_paths = termination.paths(contract, dossier.today)
    if answers["path"] in open_paths:
        return []
    allowed = "、".join(path.value for path in open_paths) or "无（没有原合同）"
    return [Problem("path", f"按原合同的性质和到期日，可用的终止路径是：{allowed}；请改选，或核对原合同。")]


def _serve_dismissal_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    start = dossier.answers("finalise_contract")["service_start"]
    return termination.problems(dossier.ending(answers["arrived_on"]), answers["termination_on"], start)


def _inspect_and_list(dossier: Dossier, answers: Answers) -> list[Problem]:
    if dossier.handover_items:
        return []
    return [Problem("inspected_on", "移交清单还没有登记；请先录入或导入移交项目。")]


def _settle_accounts(dossier: Dossier, answers: Answers) -> list[Problem]:
    settlement = dossier.settlement_of(answers)
    return handover.reconcile(settlement) if settlement else []


def _sign_handover_certificate(dossier: Dossier, answers: Answers) -> list[Problem]:
    return handover.certificate_problems(
        bool(answers["old_company_signed"]), bool(answers["new_company_signed"]), bool(answers["committee_signed"])
    )


def _decide_handover(dossier: Dossier) -> Decision:
    found = dossier.answers("inspect_and_list")
    return Decision(
        handover.close(
            dossier.handover_items,
            dossier.settlement,
            required=reading.safety_required(dossier.answers("record_site_survey")),
            was_old_company=bool(found["old_company_present"]) or bool(dossier.prepaid),
        )
    )


CHECKS: Mapping[str, Check] = {
    "choose_termination_path": _choose_termination_path,
    "serve_dismissal_notice": _serve_dismissal_notice,
    "inspect_and_list": _inspect_and_list,
    "settle_accounts": _settle_accounts,
    "sign_handover_certificate": _sign_handover_certificate,
}
GATES: Mapping[str, Gate] = {
    "handover": gate(_decide_handover, "COMPLETE PARTIAL BLOCKED"),
}
