"""What the dossier knows around an estate's contract, as the pre-review asks for it."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.rules import budget, selection
from engine.rules.handover import Safety
from engine.rules.prereview import recognising
from engine.rules.roster import metres
from engine.rules.termination import Path, paths
from engine.store import estates
from engine.use_cases import contract_terms, promising, reading
from engine.use_cases.dossier import Answers, Dossier

_FACILITIES = {Safety.LIFT: "LIFT", Safety.FIRE: "FIRE", Safety.POWER: "ELECTRIC"}
_METHODS = {
    "AGREEMENT": "NEGOTIATION", "TENDER": "OPEN_TENDER", "INVITATION": "INVITED_TENDER", "CONVERSION": "DIRECT",
    "SELF_GOVERNANCE": "DIRECT", "MERGER": "DIRECT",
}  # fmt: skip

#: Income of the economic base from shared parts: its field, its name, and the codes of the budget that it may have.
_EARNING = (
    ("parking_income", "停车收入", ("I03", "I04")), ("advert_income", "广告收入", ("I05",)),
    ("rent_income", "租金收入", ("I06", "I07")),
)  # fmt: skip


def request(dossier: Dossier, signed: Answers) -> dict[str, Any]:
    """The review file as JSON has it; ``signed`` are the answers of ``sign_contract``, empty before."""
    known: dict[str, Any] = _plain(_file(dossier, signed))
    return known


def _file(dossier: Dossier, signed: Answers) -> dict[str, Any]:
    return {
        "on": dossier.today,
        "route": dossier.answers("hold_diagnosis_meeting")["route"],
        "estate": {"name": dossier.estate.name, "facilities": _facilities(dossier)},
        "body": _body(dossier),
        "decision": _decision(dossier, signed),
        "resolution": _resolution(dossier),
        "company": _company(dossier),
        "old_contract": _old_contract(dossier),
        "roster": _roster(dossier),
        "contract": contract_terms.contract(dossier, signed),
        "budget": _budget(dossier),
        "register": {
            "selection": _selection(dossier),
            "accounts": _accounts(dossier),
            "assets": _assets(dossier),
            "filings": _filings(dossier),
            "promises": _promises(dossier, contract_terms.words(dossier)),
            "papers": [],
        },
        "opinions": _opinions(dossier),
    }


def _facilities(dossier: Dossier) -> list[str]:
    survey = dossier.answers_if_any("record_site_survey")
    there = reading.safety_required(survey) if survey else frozenset()
    return [*(code for safety, code in _FACILITIES.items() if safety in there), "GUARD"]


def _body(dossier: Dossier) -> dict[str, Any]:
    found = dossier.answers("verify_owners_body")
    names = ("term_start", "term_end", "filing_no")
    body = {"kind": found["body_kind"], "name": found["body_name"], **{name: found.get(name) for name in names}}
    application = dossier.answers("submit_application")
    mandate = None
    if found["body_kind"] == "PMC":
        established = dossier.answers_if_any("establish_property_committee")
        mandate = {
            "by": application["street"], "on": established.get("established_on") or found["term_start"],
            "paper": established.get("decision_no") or found.get("filing_no"),
        }  # fmt: skip
    if found["body_kind"] == "ALL_OWNERS":
        mandate = {"by": found["body_name"], "on": found["term_start"], "paper": "全体业主推举代表的决定"}
    return {**body, "address": application["address"], "mandate": mandate}


def _decision(dossier: Dossier, signed: Answers) -> dict[str, Any]:
    seats = dossier.answers("verify_owners_body")["seats_filled"]
    counted = {name: signed.get(name) for name in ("members_present", "members_for")}
    return {"decided_on": signed.get("committee_decided_on"), "members_total": seats, **counted}


def _resolution(dossier: Dossier) -> dict[str, Any]:
    voted, plan = reading.voted_range(dossier), dossier.answers("draft_plan")
    chosen = dossier.answers("select_company")
    items = [_item(item) for item in reading.counted_items(dossier)]
    return {
        "published_on": voted.result_posted_on,
        "items": items,
        "item_no": _item_no(dossier, chosen["company_name"]),
        "company": chosen["company_name"],
        "credit_code": chosen["credit_code"],
        "model": "COMMISSION",
        "fee_max": voted.fee_max,
        "base": plan["remuneration_base"],
        "ratio_max": voted.ratio_max,
        "fixed_max": voted.fixed_max,
        "years_max": voted.years_max,
    }


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    areas = {f"{name}_area": metres(item[f"{name}_area"]) for name in ("total", "participating", "approving")}
    heads = {f"{name}_persons": item[f"{name}_persons"] for name in ("total", "participating", "approving")}
    return {"no": item["no"], "item_class": item["item_class"], "status": item["status"], **areas, **heads}


def _item_no(dossier: Dossier, company: str) -> int | None:
    """The item that names the company, else the first that engages one: the owners then voted on how to choose."""
    classes = {item["no"]: item["item_class"] for item in reading.counted_items(dossier)}
    engaging = [no for no, of in classes.items() if of == selection.ENGAGING_CLASS]
    texts = {row["no"]: row["text"] or "" for row in dossier.answers("resolve_agenda")["items"]}
    naming = [no for no in engaging if company in texts.get(no, "")]
    return next(iter([*naming, *engaging]), None)


def _company(dossier: Dossier) -> dict[str, Any]:
    chosen = dossier.answers("select_company")
    looked = {
        "clear": not chosen["dishonest_record"],
        "by": dossier.latest["select_company"].by,
        "on": chosen.get("credit_checked_on"),
    }
    company = {"name": chosen["company_name"], "credit_code": chosen["credit_code"]}
    scope = {**looked, "clear": chosen["business_scope"]} if chosen.get("business_scope") is not None else None
    return {**company, "address": chosen.get("company_address"), "alive": looked, "in_scope": scope, "honest": looked}


def _old_contract(dossier: Dossier) -> dict[str, Any]:
    """The contract that ends; before its path is chosen, as it would end at the earliest."""
    application, chosen = dossier.answers("submit_application"), dossier.answers_if_any("choose_termination_path")
    final = dossier.answers("finalise_contract")
    known = reading.old_contract(application, chosen)
    if known.kind == "NONE":
        return {"kind": "NONE"}
    converted = dossier.answers("hold_diagnosis_meeting")["route"] == "CONVERT_EXISTING"
    served = dossier.answers_if_any("serve_dismissal_notice")
    notice = known.notice_days if chosen else final.get("contract_notice_days")
    ends = dossier.termination_on or _planned_end(dossier, known.kind, notice)
    open_to_it = paths(known, dossier.today)
    path = chosen.get("path") or next(
        (one for one in open_to_it if one != Path.EXPIRY_947 or ends == known.ends_on), ""
    )
    arrived = {"by": served.get("receiver"), "on": served.get("arrived_on"), "paper": served.get("proof")}
    return {
        "kind": known.kind,
        "credit_code": dossier.answers("select_company")["credit_code"] if converted else None,
        "ends_on": known.ends_on,
        "notice_days": notice,
        "path": path,
        "arrived": arrived if served else None,
        "termination_on": ends,
    }


def _planned_end(dossier: Dossier, kind: str, notice: int | None) -> date | None:
    """The earliest end that the vote allows: of an indefinite contract by the notice that followed it at once."""
    start: date = dossier.answers("finalise_contract")["service_start"]
    if kind == "PRELIMINARY":
        return start
    if kind != "INDEFINITE":
        return reading.earliest_old_end(dossier, notice)
    announced = reading.day(dossier.answers("announce_result")["posted_on"])
    return announced + timedelta(dossier.pack.days("indefinite_term_notice"))


def _roster(dossier: Dossier) -> dict[str, Any]:
    electorate = dossier.electorate
    developers = sum(1 for unit in dossier.roster.units if unit.developers)
    return {"area": metres(electorate.area), "persons": electorate.persons, "developer_units": developers}


def _charges(dossier: Dossier) -> list[dict[str, Any]] | None:
    """All that pays the one fee, by the roster; None where shops pay another one."""
    drafted = dossier.answers(dossier.budget_drafted)
    if any(line.code == "I02" for line in dossier.budget.lines):
        return None
    fee = dossier.answers("draft_plan")["fee_std_new"]
    area = metres(dossier.electorate.area)
    return [{"name": "全体业主", "area": area, "rate": fee, "expected": drafted["expected_rate"]}]


def _budget(dossier: Dossier) -> dict[str, Any]:
    made = dossier.budget
    lines = [{"code": line.code, "name": line.name, "basis": line.basis, "amount": line.amount} for line in made.lines]
    return {"charges": _charges(dossier), "lines": lines, "surplus": budget.totals(made).balance}


def _promises(dossier: Dossier, text: recognising.Recognised | None) -> list[dict[str, Any]] | None:
    """What owners were promised, each with the clause that keeps it, or that repeats it, or why none does."""
    if text is None:
        return None
    printed = {str(clause["no"]): _squeezed(str(clause["text"])) for clause in text.clauses}
    answers = [row["answer"] or "" for row in dossier.answers_if_any("answer_concerns").get("answers") or ()]
    clause_of = {one: next((no for no, words in printed.items() if _squeezed(one) in words), None) for one in answers}
    told = [{"text": one, "clause": clause_of[one]} for one in answers]
    matched = promising.settled(dossier.answers("finalise_contract"))
    return told + [{"text": one.promise, "clause": one.number, "exception": one.reason} for one in matched]


def _accounts(dossier: Dossier) -> list[dict[str, Any]]:
    """The accounts that other estates opened."""
    return [
        {"estate": name, "number": contract_terms.account_of(given["bank"], given["account_no_last4"])}
        for name, given in estates.answers_elsewhere(dossier.work, dossier.estate_id, "open_fund_account")
    ]


def _assets(dossier: Dossier) -> list[dict[str, Any]] | None:
    """What earned something in the latest year of the economic base, under the name that the budget has for it."""
    years = dossier.answers_if_any("collect_economic_base").get("years")
    if not years:
        return None
    latest = max(years, key=lambda row: row["year"])
    named = {line.code: line.name for line in reversed(dossier.budget.lines)}
    return [
        {"name": next((named[code] for code in codes if code in named), name), "earns": bool(latest.get(field))}
        for field, name, codes in _EARNING
    ]


def _filings(dossier: Dossier) -> list[dict[str, Any]] | None:
    listed = dossier.answers("finalise_contract").get("filings")
    return [{"key": row["filing"], "due_on": row["due_on"]} for row in listed] if listed else None


def _squeezed(words: str) -> str:
    return "".join(words.split())


def _selection(dossier: Dossier) -> dict[str, Any]:
    """How the company was chosen; by agreement without candidates it was chosen directly, for a recorded reason."""
    chosen = dossier.answers("select_company")
    bids = dossier.answers_if_any("open_bids").get("bids")
    invited = dossier.answers_if_any("invite_candidates").get("candidates")
    method = _METHODS[chosen["selection_method"]]
    declared = {"by": chosen["company_name"], "on": chosen.get("credit_checked_on"), "paper": "利益关系申报"}
    return {
        "method": "DIRECT" if method == "NEGOTIATION" and not invited else method,
        "bids": len(bids or invited or ()),
        "reason": chosen.get("selection_record"),
        "declarations": [declared] if chosen["conflict_declared"] else [],
    }


def _opinions(dossier: Dossier) -> list[dict[str, Any]]:
    """Counsel's opinions: on a contested vote by which view passes, on a property committee once it was given."""
    found = []
    for rule, task, allowing in (
        ("RC-01", "advise_on_contested_vote", {"counsel_view": ("PASSED",)}),
        ("RC-03", "advise_on_signatory", {"opinion": ("MAY_SIGN", "CONDITIONAL")}),
    ):
        if dossier.answered(task):
            given = dossier.answers(task)
            allows = all(given[field] in views for field, views in allowing.items())
            on = given.get("advised_on") or dossier.day_of(task)
            opinion = {"by": dossier.latest[task].by, "on": on, "paper": "签字意见书"}
            found.append({"rule": rule, "allows": allows, **opinion})
    return found


def _plain(value: Any) -> Any:
    """As JSON has it: dates and amounts as text."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value
