"""The facts of an estate's papers: raw values by register, in the shapes that ``documents.registers`` declares."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from engine.documents import facts as documents
from engine.documents.catalogue import KINDS, Kind
from engine.documents.facts import Answered, Facts, Source
from engine.documents.registers import REGISTERS
from engine.forms import checks
from engine.rules import acceptance, ballot_box, budget, budget_posts, handover, handover_list, termination
from engine.rules.exact import signed_percent
from engine.use_cases import choosing, counting, handover_records, provenance, reading, vote_papers
from engine.use_cases.dossier import Dossier

_PEOPLE = {
    "cadre": "社区干部",
    "grid_worker": "网格员",
    "committee": "业委会/物管会",
    "company": "物业企业",
    "counsel": "法律顾问",
    "accountant": "会计审计",
    "supervisor": "监察人",
    "street": "街道",
    "housing": "区住建",
}


def facts(dossier: Dossier, kind: Kind, number: str, address: str, groups: Collection[str] | None = None) -> Facts:
    """What the template of ``kind`` may say of the estate at this moment.

    ``number`` is that of the document, ``address`` where it is verified; ``groups`` are those of another template.

    Only what it names is worked out: thousands of ballots are not counted for nothing.
    """
    named = dossier.template(kind.name).groups if groups is None else groups
    answers = {
        task: _answered(dossier, task, Source(task, done.by, done.at))
        for task, done in dossier.latest.items()
        if task in named
    }
    known: dict[str, Any] = {
        "document": {"number": number, "title": kind.title, "date": dossier.today, "address": address},
        "issued": dict.fromkeys(KINDS) | {paper.kind: paper.number for paper in dossier.issued if paper.kind in KINDS},
        "pack": {"title": dossier.pack.title, "version": dossier.pack.version[:8], **_pack(dossier)},
        "readings": _readings(dossier),
        "people": _people(dossier),
        "estate": _estate(dossier),
        "checklist": {"handover": list(handover_list.GROUPS)},
    }
    known |= {name: read(dossier) for name, (there, read) in _REGISTERS.items() if name in named and there(dossier)}
    return documents.build(answers, known, provenance.sources(dossier, kind))


def _answered(dossier: Dossier, task: str, source: Source) -> Answered:
    fields = dossier.library.form(task).fields
    return Answered(fields, checks.applicable(fields, dossier.answers(task)), source)


def _pack(dossier: Dossier) -> dict[str, str]:
    return {key: str(parameter.value) for key, parameter in dossier.pack.parameters.items()}


def _readings(dossier: Dossier) -> dict[str, str]:
    known = {name: getattr(dossier.policies, name) for name in REGISTERS["readings"]}
    if dossier.times("resolve_agenda") and (rule := counting.duplicate_rule(dossier)) != ballot_box.HELD:
        known["duplicate_ballot"] = rule
    return known


def _people(dossier: Dossier) -> dict[str, str]:
    held = dossier.work.people(dossier.estate_id)
    return {key: held.get(lane, "") for key, lane in _PEOPLE.items()}


def _estate(dossier: Dossier) -> dict[str, Any]:
    given = dossier.answers_if_any("submit_application")
    copied = (
        "street", "community", "address", "boundary", "households", "total_area", "residential_area", "buildings",
        "built_year", "contact_phone",
    )  # fmt: skip
    return {
        "name": dossier.estate.name,
        "place": dossier.pack.title,
        "assembly": dossier.has_assembly,
        "settlor": dossier.estate.name + ("业主大会" if dossier.has_assembly else "全体业主"),
        **{key: given.get(key) for key in copied},
    }


def _roster(dossier: Dossier) -> dict[str, Any]:
    roster, electorate, heads = dossier.roster, dossier.electorate, vote_papers.headcounts(dossier)
    return {
        "units": [
            {
                "number": number,
                "unit_no": unit.unit_no,
                "building": unit.building,
                "owner_masked": unit.names,
                "area": unit.area,
                "usage": unit.usage,
                "headcount": heads[unit.unit_no],
            }
            for number, unit in enumerate(roster.units, start=1)
        ],
        "total_area": sum(unit.area for unit in roster.units),
        "unit_count": len(roster.units),
        "person_count": electorate.persons,
        "counted_units": len(electorate.units),
        "counted_area": electorate.area,
        "version": str(dossier.roster_version),
        "fingerprint": dossier.roster_digits,
    }


def _canvass(dossier: Dossier) -> dict[str, Any]:
    meter = dossier.meter
    answered = meter.response.units.numerator
    supporting = meter.support.units.numerator
    latest = {visit.unit_no: visit for visit in dossier.visits if visit.attitude is not None}
    opposing = sum(1 for visit in latest.values() if "OPPOSE" in str(visit.attitude))
    return {
        "households": meter.coverage.units.denominator,
        "coverage_visited": meter.coverage.units.numerator,
        "coverage_total": meter.coverage.units.denominator,
        "coverage_percent": meter.coverage.units.percent(),
        "response_percent": meter.response.units.percent(),
        "support_percent": meter.support.units.percent(),
        "responded": answered,
        "supporting": supporting,
        "opposing": opposing,
        "undecided": answered - supporting - opposing,
    }


#: Columns of the accounts that are income from common parts.
_COMMON_INCOME = ("parking_income", "advert_income", "rent_income", "other_income")


def _accounts(dossier: Dossier) -> dict[str, Any]:
    """The year's income if everybody paid: fees at the present charge, and the latest year's common income (D-09)."""
    fees = reading.fees_receivable(dossier.answers("submit_application"))
    latest = max(dossier.answers("collect_economic_base")["years"], key=lambda row: row["year"])
    common = sum((latest[name] or Decimal(0) for name in _COMMON_INCOME), Decimal(0))
    return {"saturated_income": None if fees is None else fees + common}


def _diagnosis(dossier: Dossier) -> dict[str, Any]:
    ledgers, meeting = dossier.ledgers, "hold_diagnosis_meeting"
    economy = ledgers.economy
    cost = economy.basic_service_cost + economy.expected_remuneration
    reasons = {
        "CONTRACT_ENDING": "现合同临近到期",
        "COMPANY_AGREES": "现企业同意退出或转制",
        "RENOVATION": "正在实施改造更新",
    }
    gap = reading.floored_percent(economy.gap, economy.expected_income)
    return {
        "conclusion": dossier.answers(meeting)["conclusion"] if dossier.answered(meeting) else None,
        "economy_light": ledgers.economic_light.value,
        "opinion_light": ledgers.opinion_light.value,
        "timing_light": ledgers.timing_light.value,
        "saturated_income": economy.saturated_income,
        "break_even_rate": _rate_needed(economy.break_even_rate()),
        "income": economy.expected_income,
        "cost": cost,
        "short": economy.gap > 0,
        "gap": max(economy.gap, Decimal("0.00")),
        "gap_percent": gap,
        "surplus": max(-economy.gap, Decimal("0.00")),
        "reasons": [reasons[name] for name in ledgers.window],
    }


def _rate_needed(rate: Fraction | None) -> str:
    """A collection rate in percent that closes the gap, raised to one decimal: less would not close it."""
    if rate is None or rate > 100:
        return "全部收齐也不能平衡"
    tenths = ceil(rate * 10)
    return f"{tenths // 10}.{tenths % 10}%"


def _change(percent: Fraction | None) -> str | None:
    return None if percent is None else signed_percent(percent) + "%"


#: What the form may ask of a budget line beside the sum.
_ANNOTATIONS = ("frequency", "standard_ref", "demand_refs", "last_year_actual", "remark")

_OF_A_POST = ("code", "headcount", "shift", "monthly_cost", "months", "certificates")


def _budget(dossier: Dossier) -> dict[str, Any]:
    planned, given = dossier.budget, dossier.answers(dossier.budget_drafted)
    sums = budget.totals(planned)
    lines = [
        {
            "code": line.code,
            "name": line.name,
            "basis": line.basis,
            "qty": line.qty,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "amount": line.amount,
        }
        for line in planned.lines
    ]
    posts = reading.posts(given.get("posts"))
    return {
        "year": given["budget_year"],
        "expected_rate": given["expected_rate"],
        "income_lines": [line for line in lines if str(line["code"]).startswith("I")],
        "expense_lines": [line for line in lines if not str(line["code"]).startswith("I")],
        "annotated_lines": [
            {name: row.get(name) for name in ("code", "name", *_ANNOTATIONS)} | {"change_pct": _change(line.change_pct)}
            for row, line in zip(given["lines"], planned.lines, strict=True)
            if any(row.get(name) not in {None, ""} for name in _ANNOTATIONS)
        ],
        "posts": [
            {"name": post.name, "amount": post.amount, **{name: row.get(name) for name in _OF_A_POST}}
            for row, post in zip(given.get("posts") or (), posts, strict=True)
        ],
        "posts_total": budget_posts.total(posts),
        "income_total": sums.income,
        "expense_total": sums.expense,
        "balance": sums.balance,
        "remuneration": sums.remuneration,
    }


def _termination(dossier: Dossier) -> dict[str, Any]:
    """The end of the old contract if the notice arrives on the day it is drawn up."""
    chosen = dossier.answers("choose_termination_path")
    agreed = chosen.get("contract_notice_days") if chosen["path"] == termination.Path.DISMISSAL_946 else None
    return {
        "notice_days": dossier.statutory_notice if agreed is None else agreed,
        "earliest_on": dossier.ending(dossier.day_of("choose_termination_path")).ends_on,
        "ends_on": dossier.termination_on,
    }


_ITEM_FIELDS = (
    "group", "name", "qty", "unit", "location", "state", "evidence", "given_by", "received_by", "witness",
    "missing_plan", "dispute", "remark",
)  # fmt: skip


def _handover(dossier: Dossier) -> dict[str, Any]:
    items = [
        {**{name: row.get(name) for name in _ITEM_FIELDS}, "on": _date(row.get("on"))} for row in dossier.handover_rows
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        groups.setdefault(str(item["group"]), []).append(item)
    return {
        "items": items,
        "groups": [{"name": name, "items": listed} for name, listed in groups.items()],
        "signatures": handover_records.signed_by_group(dossier),
        "items_total": len(items),
        "missing": [item for item in items if item["state"] in {"DEFECT", "MISSING"}],
    }


def _settlement(dossier: Dossier) -> dict[str, Any]:
    given = dossier.answers(dossier.last_of("settle_accounts", "settle_cutover"))
    settlement = dossier.settlement_of(given)
    by_building = settlement.refundable_by_building()
    by_disposition = settlement.by_disposition()
    return {
        "prepaid_units": len(settlement.prepaid),
        "prepaid_total": settlement.refundable_total,
        "prepaid_buildings": [
            {
                "building": name,
                "units": sum(1 for entry in settlement.prepaid if entry.building == name),
                "amount": amount,
            }
            for name, amount in by_building.items()
        ],
        "rows": [
            {
                "unit_no": entry.unit_no,
                "building": entry.building,
                "paid_until": _date(row.get("paid_until")),
                "amount": entry.amount,
                "paid_for": f"{entry.paid}{entry.measure.word}",
                "left": f"{entry.left}{entry.measure.word}",
                "unearned": entry.refundable,
                "disposition": entry.disposition or "NONE",
            }
            for entry, row in zip(settlement.prepaid, dossier.prepaid_rows, strict=True)
        ],
        "deposits_total": given["deposits_total"],
        "common_revenue_balance": given["common_revenue_balance"],
        "agency_payable": given["agency_payable"],
        "arrears_total": sum((row["amount"] for row in given["arrears"] or ()), Decimal("0.00")),
        **{f"{name.lower()}_total": by_disposition[name] for name in handover.Disposition},
    }


def _first_month(dossier: Dossier) -> dict[str, Any]:
    given = dossier.answers("record_first_month")
    zero = Decimal("0.00")
    return {f"{side}_total": sum((row["amount"] for row in given[side]), zero) for side in ("income", "expense")}


def _acceptance(dossier: Dossier) -> dict[str, Any]:
    scores = reading.scores(dossier.answers("evaluate_acceptance"))
    standard = reading.acceptance_standard(dossier.pack)
    return {
        "items": [
            {
                "no": indicator.no,
                "name": indicator.name,
                "full": weight,
                "score": score,
                "zero_rule": "得零分的不予通过" if indicator.no in standard.never_zero else "",
            }
            for indicator, weight, score in zip(acceptance.INDICATORS, standard.weights, scores, strict=True)
        ],
        "total": sum(scores),
        "full_total": sum(standard.weights),
        "outcome": dossier.outcome("acceptance") or None,
        "evaluators": dossier.latest["evaluate_acceptance"].by,
    }


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _after(task: str) -> Callable[[Dossier], bool]:
    return lambda dossier: dossier.answered(task)


#: Registers beside the ones of every estate: whether an estate has it already, and what it says then.
_REGISTERS: Mapping[str, tuple[Callable[[Dossier], Any], Callable[[Dossier], Any]]] = {
    "roster": (lambda dossier: dossier.roster.units, _roster),
    "accounts": (_after("collect_economic_base"), _accounts),
    "canvass": (lambda dossier: dossier.roster.units, _canvass),
    "diagnosis": (_after("compute_ledgers"), _diagnosis),
    "budget": (lambda dossier: dossier.budget_drafted, _budget),
    "vote": (_after("resolve_agenda"), vote_papers.vote),
    "ballots": (lambda dossier: dossier.ballots, vote_papers.ballots),
    "deliveries": (lambda dossier: dossier.ballots, vote_papers.deliveries),
    "selection": (choosing.scored_by, choosing.printed),
    "termination": (_after("choose_termination_path"), _termination),
    "handover": (lambda dossier: dossier.handover_rows, _handover),
    "settlement": (lambda dossier: dossier.settlement, _settlement),
    "first_month": (_after("record_first_month"), _first_month),
    "acceptance": (_after("evaluate_acceptance"), _acceptance),
}
