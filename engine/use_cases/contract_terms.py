"""What an estate's contract states, as the pre-review asks for it: what was entered, and what the paper itself says.

What no step of the journey asks is left out, so that the rule that needs it says so.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.documents import show
from engine.rules import budget
from engine.rules.prereview import recognising
from engine.rules.remuneration import Base
from engine.store.files import Files
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier

_CONTRACT_PAPER = "service_contract"
_DEFICIT = {
    "REDUCE_SERVICE": ["RESERVE", "CUT"],
    "OWNERS_BEAR_WITH_VOTE": ["RESERVE", "VOTE", "CHARGE"],
    "COMPANY_BEARS": ["RESERVE", "COMPANY"],
}
_IN_BASE = {
    Base.RECEIVED_FEE: ["SERVICE_FEE"],
    Base.RECEIVED_ALL: ["SERVICE_FEE", "COMMON_INCOME"],
    Base.EXECUTED_EXPENSE: ["EXPENSE"],
    Base.FIXED: [],
}
_SEALS = {"COMMITTEE": "committee_signatory", "COMPANY": "company_signatory"}
_SURPLUS = ("ROLL_OVER", "REPAIR_RESERVE", "MICRO_WISH", "COMMON_IMPROVEMENT")


def contract(dossier: Dossier, signed: Answers) -> dict[str, Any]:
    final, chosen = dossier.answers("finalise_contract"), dossier.answers("select_company")
    # nothing is signed yet: the earliest day on which it can be is tomorrow
    signed_on = signed.get("signed_on") or dossier.today + timedelta(1)
    text = words(dossier)
    stated = recognising.terms(text) if text else {}
    plan, terms = dossier.answers("draft_plan"), dossier.answers_if_any("draft_contract_terms")
    surplus = {"to": _codes(plan["surplus_use"], _SURPLUS), "shares": stated.get("beneficiary_shares")}
    return {
        **stated,
        "surplus": {**surplus, **stated.get("surplus", {})},
        "estate": dossier.estate.name,
        "company": chosen["company_name"],
        "credit_code": chosen["credit_code"],
        "model": "COMMISSION",
        "fee_std": final["fee_std"],
        "signed_on": signed_on,
        # 民法典 940: where the old contract is preliminary, the new one takes effect when its service begins
        "effective_on": final["service_start"] if _preliminary(dossier) else signed_on,
        "service_start": final["service_start"],
        "service_end": final["service_end"],
        "signature": _signature(signed),
        "clauses": text.clauses if text else None,
        "annexes": text.annexes if text else None,
        "share": _share(dossier, final, stated),
        "account": _account(dossier, final, terms),
        "subcontracts": [
            {name: row.get(name) for name in ("scope", "contractor", "percent")} for row in final["subcontracts"] or ()
        ],
        "property": _property(dossier),
        "services": _services(dossier),
        "common_income": {
            "businesses": _businesses(dossier),
            "cost_cap": final.get("common_cost_cap"),
            "parts": [{"to": row["to"], "percent": row["percent"]} for row in final.get("common_income_parts") or ()],
        },
        "supervisor": _supervisor(dossier),
        "posts": _posts(dossier),
        "deficit": _DEFICIT.get(plan["deficit_rule"]),
        "project_manager": chosen["project_manager"],
        "disputes": [terms["dispute_forum"]] if terms else None,
        "dispute_body": terms.get("dispute_body"),
        **_taxed(dossier),
    }


def _preliminary(dossier: Dossier) -> bool:
    return bool(dossier.answers("submit_application").get("contract_type") == "PRELIMINARY")


def version(dossier: Dossier) -> str:
    """Which version of the contract is reviewed: the hash of the paper issued last, empty before the first."""
    papers = [paper.sha256 for paper in dossier.issued if paper.kind == _CONTRACT_PAPER and paper.sha256]
    return papers[-1] if papers else ""


def words(dossier: Dossier) -> recognising.Recognised | None:
    """The clauses of the contract as it was issued last, None before."""
    issued = version(dossier)
    return recognised(dossier.work.files, issued) if issued else None


@lru_cache(maxsize=64)
def recognised(files: Files, digest: str) -> recognising.Recognised:
    """A paper never changes under its hash, so that it is read once."""
    return recognising.recognise(show.paragraphs(files.read(digest), file="服务合同"))


def _codes(given: Any, known: Iterable[str]) -> list[str]:
    return [code for code in known if code in (given or ())]


def _signature(signed: Answers) -> dict[str, Any]:
    seals = [
        {"of": of, "by": signed.get(by), "on": signed.get("signed_on"), "paper": "合同签章页"}
        for of, by in _SEALS.items()
        if of in (signed.get("seals") or ())
    ]
    return {"form": "PAPER", "seals": seals}


def _share(dossier: Dossier, final: Answers, stated: Mapping[str, Any]) -> dict[str, Any]:
    base = Base(dossier.answers("draft_plan")["remuneration_base"])
    amount = {"fixed": final["remuneration_fixed"]} if base is Base.FIXED else {"ratio": final["remuneration_ratio"]}
    return {**stated.get("share", {}), "base": base.value, "includes": _IN_BASE[base], **amount}


def _account(dossier: Dossier, final: Answers, terms: Answers) -> dict[str, Any]:
    opened = dossier.answers_if_any("open_fund_account")
    return {
        "route": final["fund_route"],
        "holder": opened.get("account_name") or final["account_holder"],
        "bank": opened.get("bank") or final["account_bank"],
        "opened": bool(opened),
        "number": account_of(opened["bank"], opened["account_no_last4"]) if opened else None,
        "company_accounts": [account_of(row["bank"], row["last4"]) for row in final.get("company_accounts") or ()],
        "single_limit": terms.get("payment_limit_b"),
        "over_limit_approver": "业主组织会议" if terms else None,
        "fund_apart": _fund_apart(dossier),
        "keys": [
            {"holder": opened["payer"], "side": "COMPANY"}, {"holder": opened["approver"], "side": "OWNERS"},
        ] if opened else None,
    }  # fmt: skip


def account_of(bank: str, last4: str) -> str:
    """By what an account is told from others, where nobody keeps its whole number."""
    return f"{bank} 尾号 {last4}"


def _taxed(dossier: Dossier) -> dict[str, Any]:
    """Who invoices what and when it is taxed, as the accountant wrote when he reviewed the budget."""
    reviewed = dossier.answers_if_any("review_budget")
    if not reviewed.get("invoices"):
        return {}
    names = ("part", "issuer", "tax_point")
    seen = {"by": dossier.latest["review_budget"].by, "on": reviewed["reviewed_on"], "paper": "预算复核意见"}
    return {"invoices": [{name: row[name] for name in names} for row in reviewed["invoices"]], "tax_review": seen}


def _fund_apart(dossier: Dossier) -> dict[str, Any] | None:
    """What the accountant looked up when he reviewed the budget."""
    if not dossier.answered("review_budget"):
        return None
    looked = dossier.answers("review_budget")
    return {"clear": bool(looked["fund_apart"]), "by": dossier.latest["review_budget"].by, "on": looked["reviewed_on"]}


#: What an income of the budget is, and who pays it (manual §5.1).
_INCOME = {
    "I01": ("FEE", "住宅业主"), "I02": ("FEE", "商铺业主"), "I03": ("PARKING", "停车人"),
    "I04": ("PARKING", "车位使用人"),
    "I05": ("ADVERTISING", "广告发布方"), "I06": ("RENT", "承租人"), "I07": ("RENT", "设备经营方"),
    "I08": ("SUBSIDY", "政府"), "I09": ("OTHER", "开户银行"),
}  # fmt: skip
_BUSINESS = frozenset({"I03", "I04", "I05", "I06", "I07"})
_BUSINESS_CLASS = 8


def _property(dossier: Dossier) -> list[dict[str, Any]]:
    """The income of the budget is the property; fees begin with the service, of the rest the final draft says."""
    final = dossier.answers("finalise_contract")
    account = final["account_holder"]
    known = {row["name"]: row for row in final.get("opening_balances") or ()}
    return [
        {
            "name": line.name,
            "kind": recognising.forbidden_kind(line.name) or _INCOME.get(line.code, ("OTHER", ""))[0],
            "payer": known.get(line.name, {}).get("payer") or _INCOME.get(line.code, ("OTHER", ""))[1],
            "account": account,
            "opening_balance": Decimal(0) if line.code in budget.FEES else known.get(line.name, {}).get("balance"),
        }
        for line in _sources(dossier)
    ]


def _sources(dossier: Dossier) -> list[budget.Line]:
    return [line for line in dossier.budget.lines if line.is_income and line.code != budget.LAST_YEARS_SURPLUS]


def beside_the_fees(dossier: Dossier) -> list[str]:
    """The names of the income whose balance at the start of the service somebody has to know."""
    return list(dict.fromkeys(line.name for line in _sources(dossier) if line.code not in budget.FEES))


def _businesses(dossier: Dossier) -> list[dict[str, Any]]:
    """What is run with shared parts; a new business by the item of class 8 that names it, or the only one there is."""
    texts = {row["no"]: row["text"] or "" for row in dossier.answers("resolve_agenda")["items"]}
    special = [item["no"] for item in reading.counted_items(dossier) if item["item_class"] == _BUSINESS_CLASS]
    return [
        {
            "asset": line.name,
            "new": line.new_business,
            "item_no": next((no for no in special if line.name in texts.get(no, "") or len(special) == 1), None),
        }
        for line in dossier.budget.lines
        if line.code in _BUSINESS
    ]


def _services(dossier: Dossier) -> list[dict[str, Any]] | None:
    """The standard of service, each of the kind that its name says; one that says none is left out."""
    if not dossier.answered("set_service_standard"):
        return None
    rows = dossier.answers("set_service_standard")["items"] or ()
    known = [(recognising.scope_of(row["name"] or ""), row) for row in rows]
    return [
        {"scope": scope, "metric": row["standard"], "frequency": row["frequency"], "evidence": row["evidence"]}
        for scope, row in known
        if scope
    ]


def _supervisor(dossier: Dossier) -> dict[str, Any] | None:
    """The supervisor nominated, paid from the owners' budget (E14), and what he declared of ties to the company."""
    nominated, declared = dossier.answers_if_any("nominate_supervisor"), dossier.answers_if_any("declare_interests")
    if not (nominated and declared):
        return None
    by, on = nominated["name"], dossier.day_of("declare_interests")
    untied = {"clear": not declared["related_to_company"], "by": by, "on": on}
    return {"name": by, "paid_by": "OWNERS", "no_kin": untied, "no_stake": untied}


_LICENSED = {"LIFT_SAFETY": "LIFT", "FIRE_CONTROL": "FIRE", "ELECTRICIAN": "ELECTRIC", "GUARD": "GUARD"}


def _posts(dossier: Dossier) -> list[dict[str, Any]] | None:
    """The posts of the budget, which the contract annexes; of a budget that named none, those on the first day."""
    drawn = dossier.answers_if_any(dossier.budget_drafted).get("posts")
    rows = drawn or dossier.answers_if_any("plan_staffing").get("posts")
    if not rows:
        return None
    costs = reading.posts(drawn)
    return [
        {
            "name": row["post"],
            "number": row["headcount"],
            "facility": _LICENSED.get(row.get("safety_role") or ""),
            "licence": row.get("certificates"),
            **({"code": costs[at].code, "year": costs[at].amount} if costs else {}),
        }
        for at, row in enumerate(rows)
    ]
