"""Contracts for the pre-review: the documented one, what other routes change of it, and one fault for each rule."""

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.rules import jurisdiction

ROOT = Path(__file__).parents[1]
PACKS = [
    jurisdiction.read(file.read_text(), file=file.name)
    for file in sorted((ROOT / "workflows" / "jurisdictions").glob("*.toml"))
    if not file.name.startswith("holidays")
]
DOCUMENTED: dict[str, Any] = json.loads((ROOT / "docs" / "review-contract.json").read_text())
GONE: Any = object()
"""As a value: the fact is left out."""


def changed(request: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``request`` with some facts changed: ``contract.clauses[3].text``, ``contract.clauses[+]`` for one more."""
    made = copy.deepcopy(dict(request))
    for path, value in changes.items():
        steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
        place: Any = made
        for step in steps[:-1]:
            place = place[step]
        if steps[-1] == "+":
            place.append(value)
        elif value is GONE:
            del place[steps[-1]]
        else:
            place[steps[-1]] = value
    return made


def evidence(paper: str, on: str = "2026-12-01", by: str = "陈敏") -> dict[str, str]:
    return {"by": by, "on": on, "paper": paper}


def clause(topic: str) -> int:
    """Where the clause that settles this topic stands."""
    clauses = DOCUMENTED["contract"]["clauses"]
    return next(place for place, one in enumerate(clauses) if topic in one["topics"])


def unsettled(topic: str) -> dict[str, Any]:
    """The change that leaves one topic unsettled."""
    place = clause(topic)
    left = [one for one in DOCUMENTED["contract"]["clauses"][place]["topics"] if one != topic]
    return {f"contract.clauses[{place}].topics": left or ["OTHER"]}


def says(text: str) -> dict[str, Any]:
    """The change that adds a clause with these words."""
    return {"contract.clauses[+]": {"no": "99", "topics": ["OTHER"], "text": text}}


_OWN_CODE = DOCUMENTED["company"]["credit_code"]
_FAULT = evidence("电梯停运整改通知", "2026-09-10")
_DIRECT = {"method": "DIRECT", "bids": 1, "reason": "业主大会同意直接选定", "declarations": [evidence("申报表")]}
_MANDATE = evidence("街道关于组建物管会并授权签约的函", "2026-05-01", "赵刚")
_COUNSEL = {"allows": True, "by": "徐静", "on": "2026-12-05", "paper": "签署意见书"}
_PMC = {
    "body.kind": "PMC", "body.mandate": _MANDATE, "contract.account.route": "F3",
    "opinions": [{"rule": "RC-03", **_COUNSEL}],
}  # fmt: skip
_FIXED = {
    "resolution.base": "FIXED", "resolution.ratio_max": GONE, "resolution.fixed_max": "169770.00",
    "contract.share.base": "FIXED", "contract.share.ratio": GONE, "contract.share.fixed": "169770.00",
}  # fmt: skip
_PRELIMINARY = {
    "old_contract.kind": "PRELIMINARY", "old_contract.ends_on": GONE, "old_contract.path": "PRELIMINARY_940",
    "old_contract.termination_on": "2027-03-01", "contract.effective_on": "2027-03-01",
}  # fmt: skip
_DISMISSED = {
    "old_contract.ends_on": "2028-06-30", "old_contract.path": "DISMISSAL_946", "old_contract.faults": [_FAULT],
}  # fmt: skip
_SELF_GOVERNED = {
    **_FIXED, **unsettled("END_BANKRUPTCY"),
    "route": "SELF_GOVERN", "body.kind": "ALL_OWNERS", "body.filing_no": GONE,
    "body.mandate": evidence("全体业主推举代表的决定", "2026-11-20"),
    "contract.account.company_accounts": [],
    "company.credit_code": GONE, "company.alive": GONE, "company.in_scope": GONE, "company.honest": GONE,
    "contract.credit_code": GONE, "resolution.credit_code": GONE, "register.papers[0].credit_code": GONE,
    "contract.account.route": "F5", "register.selection": _DIRECT, "old_contract": {"kind": "NONE"},
    "resolution.fixed_max": 0, "contract.share.fixed": 0, "contract.share.includes": [],
    "budget.lines[11].amount": 0, "budget.surplus": "337700.00",
}  # fmt: skip
_ELECTRONIC = {
    "contract.signature": {
        "form": "ELECTRONIC",
        "proofs": [
            {"of": proof, **evidence("电子签名验证报告", "2026-12-18")}
            for proof in ("EXCLUSIVE", "CONTROLLED", "SIGNATURE_SEALED", "CONTENT_SEALED")
        ],
    }
}
#: What each other route to a contract changes of the documented one; none of them is at fault.
CLEAN: Mapping[str, Mapping[str, Any]] = {
    "talks, fixed term that runs out": {},
    "tender": {
        "route": "REPLACE_BY_TENDER", "register.selection.method": "OPEN_TENDER", "register.selection.bids": 4,
    },
    "company converts": {
        "route": "CONVERT_EXISTING", "old_contract.credit_code": _OWN_CODE, "register.selection": _DIRECT,
    },
    "no company before": {"route": "NEW_COMPANY", "old_contract": {"kind": "NONE"}},
    "neighbour's company": {
        "route": "MERGE_NEIGHBOUR", "old_contract": {"kind": "NONE"}, "register.selection": _DIRECT,
    },
    "custody before": {"route": "CUSTODY_FIRST", "old_contract": {"kind": "NONE"}},
    "self-governed": _SELF_GOVERNED,
    "preliminary contract": _PRELIMINARY,
    "dismissed within its term": _DISMISSED,
    "dismissed with the contract's own notice": {
        **_DISMISSED, "old_contract.notice_days": 30, "old_contract.termination_on": "2026-12-31",
    },
    "indefinite contract": {
        "old_contract.kind": "INDEFINITE", "old_contract.ends_on": GONE, "old_contract.path": "INDEFINITE_948",
    },
    "expired contract": {"old_contract.ends_on": "2026-06-30", "old_contract.path": "INDEFINITE_948"},
    "property committee signs": _PMC,
    "representatives sign": {
        "body.kind": "ALL_OWNERS", "body.filing_no": GONE, "body.mandate": evidence("推举代表的决定", "2026-11-20"),
    },
    "company's project account": {"contract.account.route": "F1"},
    "community helps with the account": {"contract.account.route": "F3"},
    "trust company holds the account": {
        "contract.account.route": "F4", **says("共有资金由苏信信托公司开立专户保管，按双方指令支付。"),
    },
    "fixed remuneration": _FIXED,
    "share of all income": {
        "resolution.base": "RECEIVED_ALL", "contract.share.base": "RECEIVED_ALL",
        "contract.share.includes": ["SERVICE_FEE", "PARKING", "COMMON_INCOME"],
        "budget.lines[11].amount": "184770.00", "budget.surplus": "152930.00",
    },
    "share of expense": {
        "resolution.base": "EXECUTED_EXPENSE", "contract.share.base": "EXECUTED_EXPENSE",
        "contract.share.includes": ["EXPENSE"],
        "budget.lines[11].amount": "141000.00", "budget.surplus": "196700.00",
    },
    "signed electronically": _ELECTRONIC,
    "not signed yet": {"contract.signed_on": "2027-01-08", "contract.signature": {"form": "PAPER"}},
    "contested, counsel signed": {
        "resolution.items[0].status": "CONTESTED", "opinions": [{"rule": "RC-01", **_COUNSEL}],
    },
    "arbitration": {"contract.disputes": ["ARBITRATION"], "contract.dispute_body": "常州仲裁委员会"},
    "no lift": {**unsettled("LIFT_DUTY"), "estate.facilities": ["FIRE", "ELECTRIC", "GUARD"]},
    "Hangzhou": {"place": "hangzhou", "contract.ending.days": 10, "register.filings[0].due_on": "2027-01-02"},
}  # fmt: skip

_GROUPS = DOCUMENTED["contract"]["ending"]["groups"]
_LOOKED = {"by": "徐静", "on": "2026-12-08"}
#: For each rule, contracts one fact away from a clean one: of which clean one, and the fact.
BROKEN: list[tuple[str, str, Mapping[str, Any]]] = [
    (rule, "talks, fixed term that runs out", change)
    for rule, change in (
        ("RC-01", {"resolution.items[0].status": "FAIL_ROBUST"}),
        ("RC-01", {"resolution.items[0].status": "CONTESTED"}),
        ("RC-01", {"resolution.items[0].participating_persons": 599}),
        ("RC-01", {"resolution.items[0].item_class": 9}),
        ("RC-01", {"resolution.item_no": 7}),
        ("RC-02", {"resolution.fee_max": "1.79"}),
        ("RC-02", {"resolution.ratio_max": 9}),
        ("RC-02", {"resolution.years_max": 2}),
        ("RC-02", {"resolution.model": "LUMP_SUM"}),
        ("RC-02", {"resolution.base": "RECEIVED_ALL"}),
        ("RC-02", {"resolution.company": "睦邻物业服务有限公司"}),
        ("RC-02", {"resolution.credit_code": "91320404MA20QL7P31"}),
        ("RC-03", {"body.term_start": "2026-12-19"}),
        ("RC-03", {"body.filing_no": ""}),
        ("RC-04", {"decision.members_present": 3}),
        ("RC-04", {"decision.members_for": 3}),
        ("RC-04", {"decision.decided_on": "2026-12-19"}),
        ("RC-05", {"company.alive": {"clear": False, **_LOOKED}}),
        ("RC-05", {"company.honest": {"clear": True, "by": "徐静", "on": "2026-12-19"}}),
        ("RC-05", {"company.in_scope": {"clear": True, "on": "2026-12-08"}}),
        ("RC-06", {"old_contract.termination_on": "2027-03-01"}),
        ("RC-07", {"old_contract.path": "INDEFINITE_948"}),
        ("RC-07", {"old_contract.arrived": GONE}),
        ("RC-07", {"old_contract.arrived.on": "2026-12-21"}),
        ("RC-09", {"contract.signature.seals[0].of": "COMPANY"}),
        ("RC-09", {"contract.signature.seals[0].by": ""}),
        ("RC-09", {"contract.signature.form": "ELECTRONIC"}),
        ("RC-10", unsettled("SERVICE_ROOMS")),
        ("RC-10", unsettled("LIABILITY")),
        ("RC-10", unsettled("BILLING")),
        ("RC-11", unsettled("BENEFICIARIES")),
        ("RC-11", {"company.address": GONE}),
        ("RC-12", {"contract.property[0].payer": ""}),
        ("RC-12", {"contract.property": [
            {"name": "其他收入", "kind": "OTHER", "payer": "不定", "account": "6228480001", "opening_balance": 0},
        ]}),
        ("RC-13", {"contract.property[1].kind": "THIRD_PARTY_PARKING"}),
        ("RC-13", {"contract.property[2].kind": "MAINTENANCE_FUND"}),
        ("RC-14", says("年度盈余或者亏损由受托人享有或者承担。")),
        ("RC-15", {"contract.share.includes": ["SERVICE_FEE", "DEPOSITS"]}),
        ("RC-15", {"contract.share.includes": []}),
        # a ratio and the figures that follow from it
        ("RC-16", {
            "contract.share.ratio": 7, "budget.lines[11].amount": "118839.00", "budget.surplus": "218861.00",
        }),
        ("RC-17", {"contract.share.income_share": 6}),
        ("RC-17", {"budget.lines[4].name": "管理费提成"}),
        ("RC-18", {"register.accounts[0].number": "6228480001"}),
        ("RC-18", {"contract.account.company_accounts": ["6228480001"]}),
        ("RC-18", {"contract.account.company_accounts": []}),
        ("RC-18", {"contract.account.bank": ""}),
        ("RC-19", {"contract.subcontracts[0].percent": 31}),
        ("RC-19", {"contract.subcontracts[0].contractor": ""}),
        ("RC-19", {"contract.subcontracts": [
            {"scope": scope, "contractor": "众包服务有限公司", "percent": 10}
            for scope in ("REPAIR", "CLEANING", "GREENING", "ORDER", "FACILITIES", "PARKING", "ARCHIVE")
        ]}),
        ("RC-20", {"contract.account.keys[0].side": "OWNERS"}),
        ("RC-20", {"contract.account.keys[0].holder": "陈敏"}),
        ("RC-20", {"contract.account.single_limit": "20000.01"}),
        ("RC-20", {"contract.account.over_limit_approver": GONE}),
        ("RC-21", unsettled("NO_PLEDGE")),
        ("RC-21", says("受托人可以将闲置的共有资金用于稳健投资。")),
        ("RC-22", {"contract.account.fund_number": "6228480001"}),
        ("RC-22", {"contract.account.fund_apart": {"clear": False, **_LOOKED}}),
        ("RC-22", {"contract.account.fund_apart": {"clear": True, "by": "马会计", "on": "2026-12-21"}}),
        ("RC-22", {"budget.lines[5].repair": "MEDIUM"}),
        ("RC-22", {"budget.lines[5].name": "屋面大修"}),
        ("RC-22", {"budget.lines[5].basis": "由住宅专项维修资金列支"}),
        ("RC-23", {"contract.common_income.parts[0].percent": "69.99"}),
        ("RC-23", {"register.assets[2].earns": True}),
        ("RC-23", unsettled("COST_DEFINITION")),
        ("RC-24", {"resolution.items[1].approving_persons": 524}),
        ("RC-24", {"resolution.items[1].item_class": 9}),
        ("RC-25", {"budget.surplus": "167930.02"}),
        ("RC-25", {"budget.charges[0].expected": 89}),
        ("RC-25", {"contract.posts[5].year": "899999.98"}),
        ("RC-26", {"contract.deficit": ["CUT", "RESERVE", "VOTE"]}),
        ("RC-26", {"contract.deficit": ["RESERVE", "CHARGE"]}),
        ("RC-26", says("年度亏损由全体业主按面积分摊。")),
        ("RC-27", {"contract.surplus.to": []}),
        ("RC-27", {"contract.surplus.shares": "STATED"}),
        ("RC-28", {"contract.beneficiary_shares": GONE}),
        ("RC-29", {"contract.reports[0].months": 13}),
        ("RC-29", {"contract.reports[2].months": 6}),
        ("RC-29", {"contract.disclosed": DOCUMENTED["contract"]["disclosed"][:-1]}),
        ("RC-30", {"contract.audit.chosen_by": "COMPANY"}),
        ("RC-31", unsettled("RELATED_RECUSAL")),
        ("RC-32", says("业主连续两期不交费的，受托人有权停水停电。")),
        ("RC-32", says("欠费业主的门禁卡由受托人注销出入权限。")),
        ("RC-32", unsettled("DUNNING")),
        ("RC-33", {"contract.late_fee": "5.01"}),
        ("RC-33", {"contract.damages_over_loss": 31}),
        ("RC-34", says("合同期内业主大会不得解聘受托人。")),
        ("RC-34", {"contract.lock_in_months": 4}),
        ("RC-34", {"contract.penalty_months": "3.5"}),
        ("RC-35", {"contract.notices.dismissal": 29}),
        ("RC-35", {"contract.notices.non_renewal": 121}),
        ("RC-35", {"contract.notices.indefinite": 59}),
        ("RC-36", {"contract.ending.groups": _GROUPS[:-1]}),
        ("RC-36", {"contract.ending.days": 16}),
        ("RC-36", says("业主欠费的，受托人可以拒绝移交。")),
        ("RC-37", {"contract.ending.account_days": 31}),
        ("RC-37", unsettled("BALANCE_TRANSFER")),
        ("RC-38", unsettled("INTERIM_HOLDER")),
        ("RC-39", {"contract.supervisor.paid_by": "COMPANY"}),
        ("RC-39", {"contract.supervisor.no_kin": {"clear": False, **_LOOKED}}),
        ("RC-40", says("共有资金的收益率参照同期存款。")),
        ("RC-40", says("受托人是依法设立的信托公司。")),
        ("RC-41", unsettled("HIGHLIGHTS")),
        ("RC-41", says("在小区内发生的人身伤害，受托人不承担责任。")),
        ("RC-42", {"contract.services[1].metric": ""}),
        ("RC-42", unsettled("ASSESSMENT")),
        ("RC-43", {"contract.project_manager": ""}),
        ("RC-43", {"contract.posts[0].licence": ""}),
        ("RC-44", {"contract.insurances": ["COMMON_PARTS"]}),
        ("RC-44", unsettled("LIFT_DUTY")),
        ("RC-45", unsettled("DATA_FACE_NOT_SOLE")),
        ("RC-46", {"register.promises[0].clause": "9.9"}),
        ("RC-46", {"register.promises[1].exception": ""}),
        ("RC-47", {"contract.payers": ["OWNERS"]}),
        ("RC-48", {"contract.price_board": DOCUMENTED["contract"]["price_board"][1:]}),
        ("RC-49", {"body.term_end": "2027-01-31"}),
        ("RC-50", {"contract.disputes": ["COURT", "ARBITRATION"]}),
        ("RC-51", {"contract.invoices[0].tax_point": ""}),
        ("RC-51", {"contract.tax_review": GONE}),
        ("RC-52", {"contract.effective_on": "2026-11-19"}),
        ("RC-52", unsettled("EFFECT_CONDITIONS")),
        ("RC-53", {"register.papers[0].service_end": "2030-02-27"}),
        ("RC-53", {"roster.area": "90000.01"}),
        ("RC-53", {"contract.clauses[3].text": "共有财产的范围、种类和期初状况见附件9。"}),
        ("RC-54", {"register.filings[0].due_on": "2027-01-18"}),
        ("RC-54", {"register.filings[4].key": "CONTRACT"}),
        ("RC-55", {"register.selection.bids": 1}),
        ("RC-55", {"register.selection.declarations": []}),
    )
] + [
    ("RC-01", "contested, counsel signed", {"opinions": []}),
    ("RC-01", "contested, counsel signed", {"opinions[0].allows": False}),
    ("RC-02", "fixed remuneration", {"resolution.fixed_max": "169769.99"}),
    ("RC-03", "property committee signs", {"opinions": []}),
    ("RC-03", "property committee signs", {"body.mandate": GONE}),
    ("RC-06", "preliminary contract", {"old_contract.termination_on": "2027-03-02"}),
    ("RC-07", "dismissed within its term", {"old_contract.termination_on": "2027-01-29"}),
    ("RC-07", "dismissed within its term", {"old_contract.notice_days": 90}),
    ("RC-07", "indefinite contract", {"old_contract.termination_on": "2027-01-29"}),
    ("RC-07", "company converts", {"old_contract.credit_code": "91320404MA20QL7P31"}),
    ("RC-08", "dismissed within its term", {"old_contract.faults": []}),
    ("RC-09", "signed electronically", {"contract.signature.proofs[3].of": "CONTROLLED"}),
    ("RC-15", "fixed remuneration", {"contract.share.ratio": 0}),
    ("RC-55", "company converts", {"register.selection.reason": ""}),
]  # fmt: skip
