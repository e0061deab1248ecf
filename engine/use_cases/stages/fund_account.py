"""S8: the account of the common fund, by its route."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import fund_account
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Gate


def _route_problems(dossier: Dossier, route: str) -> list[Problem]:
    body = dossier.answers("verify_owners_body")["body_kind"]
    self_governed = dossier.answers("select_company")["provider_kind"] == "EXECUTIVE"
    return fund_account.route_problems(route, body, self_governed)


def _agreed(dossier: Dossier) -> str:
    """The route in force: as changed since the contract was signed, else the contract's."""
    changed = dossier.times("choose_other_fund_route", since="sign_contract")
    return str(
        dossier.answers("choose_other_fund_route")["account_route"]
        if changed
        else dossier.answers("finalise_contract")["fund_route"]
    )


def _apply_for_account(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["account_route"] != _agreed(dossier):
        return [Problem("account_route", "与合同或者路径变更协议约定的账户路径不一致；请改正，或者先改选路径。")]
    return _route_problems(dossier, answers["account_route"])


def _choose_other_fund_route(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["account_route"] == _agreed(dossier):
        return [Problem("account_route", "这条路径刚被银行拒绝；请改选另一条。")]
    return _route_problems(dossier, answers["account_route"])


def _elect_account_keepers(dossier: Dossier, answers: Answers) -> list[Problem]:
    return fund_account.keeper_problems(answers["cashier"], answers["accountant"])


def _open_fund_account(dossier: Dossier, answers: Answers) -> list[Problem]:
    found = fund_account.control_problems(
        answers["payer"],
        answers["approver"],
        bool(answers["separate"]),
        answers["dual_control_tested_on"],
        answers["test_amount"],
    )
    own = [(row["bank"], row["last4"]) for row in dossier.answers("finalise_contract").get("company_accounts") or ()]
    if (answers["bank"], answers["account_no_last4"]) in own:
        message = "这是合同定稿登记的企业自己的账户，共有资金不能放在里面（RC-18）；请另开专户，或者核对账号。"
        found.append(Problem("account_no_last4", message))
    return found


CHECKS: Mapping[str, Check] = {
    "apply_for_account": _apply_for_account,
    "choose_other_fund_route": _choose_other_fund_route,
    "elect_account_keepers": _elect_account_keepers,
    "open_fund_account": _open_fund_account,
}
GATES: Mapping[str, Gate] = {}
