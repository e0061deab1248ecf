"""S8: the final contract within what was voted, its signing, and whether everything beside it is there."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import promises, signing
from engine.rules.owners_body import in_term
from engine.rules.signing import carried
from engine.use_cases import contract_review, contract_terms, promising, reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _finalise_contract(dossier: Dossier, answers: Answers) -> list[Problem]:
    contract = reading.contract(dossier, answers, {})
    share = reading.remuneration(dossier.answers("draft_plan"))
    found = signing.share_problems(share.base, answers["remuneration_ratio"], answers["remuneration_fixed"])
    outside = signing.outside_the_vote(contract, reading.voted_range(dossier))
    if answers["within_voted_range"] and outside:
        message = f"{outside[0]}请改回表决的范围；要按这一稿签，请取消勾选，回到表决。"
        found.append(Problem("within_voted_range", message))
    old_end = reading.earliest_old_end(dossier, answers.get("contract_notice_days"))
    found += signing.start_problems(contract.service_start, old_end)
    if signing.whole_outsourced([row["scope"] for row in answers["subcontracts"] or ()]):
        found.append(Problem("subcontracts", "七类服务全部分包，等于整体转委托（民法典 941）；请至少自办一类。"))
    found += _beside_the_vote(dossier, answers)
    return found + promises.problems(promising.noted(dossier), promising.settled(answers))


def _beside_the_vote(dossier: Dossier, answers: Answers) -> list[Problem]:
    """What the contract has to hold beside what was voted: balances at the start, the company's own accounts."""
    wanted = contract_terms.beside_the_fees(dossier)
    given = [row["name"] for row in answers["opening_balances"] or ()]
    company = dossier.answers("select_company")["provider_kind"] != "EXECUTIVE"
    checks = (
        (
            "opening_balances",
            sorted(given) == sorted(wanted),
            f"物业费以外的收入各写一行（RC-12）：{'、'.join(wanted) or '预算里没有，不填'}；请按预算科目名称核对。",
        ),
        (
            "company_accounts",
            bool(answers["company_accounts"]) or not company,
            "没有写企业自己的账户，无法核对共有资金有没有混同（RC-18）；请至少写企业的基本户。",
        ),
    )
    return [Problem(field, message) for field, holds, message in checks if not holds]


def _advise_on_signatory(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["succession"]:
        return []
    return [Problem("succession", "物管会签署的，合同须写明业主委员会成立后承继；请补上该条再出意见。")]


def _sign_contract(dossier: Dossier, answers: Answers) -> list[Problem]:
    body = reading.body(dossier.answers("verify_owners_body"))
    resolution = reading.convening({**answers, "members_total": body.seats_filled})
    signed, notified = answers["signed_on"], dossier.answers("confirm_engagement")["notified_on"]
    days = dossier.pack.days("tender_contract")
    late = signing.late_after_award(signed, notified, days) and not answers["late_reason"]
    checks = (
        ("members_for", carried(resolution), "签约决定须过半数成员到会、全体成员半数以上同意；请核对人数。"),
        (
            "signed_on",
            in_term(body, signed),
            f"签约日 {signed} 不在业主组织任期（{body.term_start} 至 {body.term_end}）内；请由在任的业主组织签约。",
        ),
        (
            "seals",
            {"COMMITTEE", "COMPANY"} <= set(answers["seals"] or ()),
            "业主组织和物业企业的印章缺一不可（RC-09）；请补盖后再登记。",
        ),
        ("late_reason", not late, f"收到选定通知书已超过 {days} 日（{notified} 起）；请写明超期的理由。"),
    )
    found = [Problem(field, message) for field, holds, message in checks if not holds]
    return found or contract_review.signing_problems(dossier, answers)


def _decide_contract_range(dossier: Dossier) -> Decision:
    final = dossier.answers("finalise_contract")
    contract = reading.contract(dossier, final, {})
    outcome = signing.within_vote(contract, reading.voted_range(dossier), bool(final["within_voted_range"]))
    # the top level leads a draft that differs back to the vote; one within the range is judged again when signed
    return Decision(outcome, {"signing_outcome": outcome.name})


def _decide_signing(dossier: Dossier) -> Decision:
    return Decision(signing.ready(reading.signing_file(dossier), dossier.today))


CHECKS: Mapping[str, Check] = {
    "finalise_contract": _finalise_contract,
    "advise_on_signatory": _advise_on_signatory,
    "sign_contract": _sign_contract,
}
GATES: Mapping[str, Gate] = {
    "contract_range": gate(
        _decide_contract_range, "WITHIN DRAFT_DIFFERS", signing_outcome=frozenset({"WITHIN", "DRAFT_DIFFERS"})
    ),
    "signing": gate(_decide_signing, "READY INCOMPLETE"),
}
