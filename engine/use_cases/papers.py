"""The facts of an estate's papers: raw values by register, in the shapes that ``documents.registers`` declares."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.documents import facts as documents
from engine.documents.catalogue import KINDS, Kind
from engine.documents.facts import Answered, Facts, Source
from engine.rules import acceptance, budget, handover, procedure, tally, termination
from engine.use_cases import counting, provenance, reading
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
#: A register is known once this task is completed.
_KNOWN_AFTER: Mapping[str, str] = {
    "diagnosis": "compute_ledgers",
    "budget": "draft_budget",
    "vote": "resolve_agenda",
    "termination": "choose_termination_path",
    "settlement": "settle_accounts",
    "first_month": "record_first_month",
    "acceptance": "evaluate_acceptance",
}


def facts(dossier: Dossier, kind: Kind, number: str) -> Facts:
    """Everything a template may say of the estate at this moment, for the document ``number`` of ``kind``."""
    answers = {
        task: Answered(dossier.library.form(task).fields, dossier.answers(task), Source(task, done.by, done.at))
        for task, done in dossier.latest.items()
    }
    known: dict[str, Any] = {
        "document": {"number": number, "title": kind.title, "date": dossier.today},
        "issued": dict.fromkeys(KINDS) | {paper.kind: paper.number for paper in dossier.issued},
        "pack": {"title": dossier.pack.title, "version": dossier.pack.version[:8], **_pack(dossier)},
        "people": _people(dossier),
        "estate": _estate(dossier),
    }
    if dossier.roster.units:
        known |= {"roster": _roster(dossier), "canvass": _canvass(dossier)}
    for register, task in _KNOWN_AFTER.items():
        if dossier.answered(task):
            known[register] = _REGISTERS[register](dossier)
    if dossier.meeting and dossier.ballots:
        known |= {"ballots": ballots(dossier), "deliveries": _deliveries(dossier)}
    if dossier.handover_rows:
        known["handover"] = _handover(dossier)
    return documents.build(answers, known, provenance.sources(dossier, kind))


def ballots(dossier: Dossier) -> list[dict[str, Any]]:
    """What stands on each ballot."""
    units, heads = dossier.electorate.units, _headcounts(dossier)
    return [
        {
            "serial": f"{ballot.serial:06d}",
            "unit_no": ballot.unit_no,
            "owner_masked": units[ballot.unit_no].names,
            "area": ballot.area,
            "headcount": heads[ballot.unit_no],
        }
        for ballot in dossier.ballots
    ]


def _headcounts(dossier: Dossier) -> dict[str, str]:
    """How each unit enters the headcount: the first of a person as 1, the others with that one."""
    first: dict[str, str] = {}
    persons = dossier.electorate.person_of
    counted = {no: first.setdefault(person, no) for no, person in persons.items()}
    every = {unit.unit_no: "不计入" for unit in dossier.roster.units}
    return every | {no: "1" if no == with_unit else f"并入 {with_unit}" for no, with_unit in counted.items()}


def _pack(dossier: Dossier) -> dict[str, str]:
    return {key: str(parameter.value) for key, parameter in dossier.pack.parameters.items()}


def _people(dossier: Dossier) -> dict[str, str]:
    held = dossier.work.people(dossier.estate_id)
    return {key: held.get(lane, "") for key, lane in _PEOPLE.items()}


def _estate(dossier: Dossier) -> dict[str, Any]:
    given = dossier.answers("submit_application") if dossier.answered("submit_application") else {}
    copied = (
        "street", "community", "address", "boundary", "households", "total_area", "residential_area", "buildings",
        "built_year", "contact_phone",
    )  # fmt: skip
    return {
        "name": dossier.estate.name,
        "place": dossier.pack.title,
        **{key: given.get(key) for key in copied},
    }


def _roster(dossier: Dossier) -> dict[str, Any]:
    roster, electorate, heads = dossier.roster, dossier.electorate, _headcounts(dossier)
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
        "income": economy.expected_income,
        "cost": cost,
        "short": economy.gap > 0,
        "gap": max(economy.gap, Decimal("0.00")),
        "gap_percent": gap,
        "surplus": max(-economy.gap, Decimal("0.00")),
        "reasons": [reasons[name] for name in ledgers.window],
    }


def _budget(dossier: Dossier) -> dict[str, Any]:
    planned = dossier.budget
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
    return {
        "income_lines": [line for line in lines if str(line["code"]).startswith("I")],
        "expense_lines": [line for line in lines if not str(line["code"]).startswith("I")],
        "income_total": sums.income,
        "expense_total": sums.expense,
        "balance": sums.balance,
        "remuneration": sums.remuneration,
    }


def _vote(dossier: Dossier) -> dict[str, Any]:
    planned = dossier.times("prepare_meeting_notice", since="resolve_agenda")
    notice = dossier.answers("prepare_meeting_notice") if planned else {}
    counted = dossier.times("count_votes", since="resolve_agenda")
    electorate = dossier.electorate
    total = tally.Share(electorate.area, electorate.persons)
    closing = dossier.answers("close_voting") if dossier.times("close_voting", since="resolve_agenda") else {}
    issued = dossier.ballots
    returned = [ballot for ballot in issued if ballot.returned_on]
    extended = dossier.figures("participation", since="prepare_meeting_notice")
    closes = reading.day(extended["voting_closes_on"]) if extended else notice.get("voting_closes_on")
    items = _counted_items(dossier) if counted else [_item(item) for item in counting.items(dossier)]
    return {
        "opens_on": notice.get("voting_opens_on"),
        "closes_on": closes,
        "items": items,
        "total_area": total.area,
        "total_persons": total.persons,
        "issued": len(issued),
        "returned": len(returned),
        "unreturned": closing.get("unreturned"),
        "void": closing.get("void"),
        "unsigned": sum(1 for ballot in returned if not ballot.signed),
        "outcome": (dossier.outcome("contested_vote") or dossier.outcome("vote")) if counted else None,
        "participation_area": max((item["area_participating"] for item in items), default=0) if counted else None,
        "participation_persons": max((item["persons_participating"] for item in items), default=0) if counted else None,
        "quorum_area": _at_least(total.area, dossier.pack.value("quorum_area")),
        "quorum_persons": _at_least(total.persons, dossier.pack.value("quorum_headcount")),
    }


def _item(item: procedure.AgendaItem) -> dict[str, Any]:
    special = item.majority == "SPECIAL"
    return {
        "no": item.no,
        "text": item.text,
        "item_class": str(item.item_class),
        "key": item.key,
        "threshold": "参与表决面积和人数均达到四分之三" if special else "参与表决面积和人数均超过半数",
        **dict.fromkeys(
            (
                "outcome", "area_participating", "area_for", "area_against", "area_abstain",
                "persons_participating", "persons_for", "persons_against", "persons_abstain", "rules",
            )
        ),
    }  # fmt: skip


def _counted_items(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            **_item(item),
            "outcome": found.status if found.status == "CONTESTED" else found.count.outcome,
            "area_participating": found.count.participating.area,
            "area_for": found.count.approving.area,
            "area_against": found.count.against.area,
            "area_abstain": found.count.abstaining.area,
            "persons_participating": found.count.participating.persons,
            "persons_for": found.count.approving.persons,
            "persons_against": found.count.against.persons,
            "persons_abstain": found.count.abstaining.persons,
            "rules": "民法典第二百七十八条第二款",
        }
        for item, found in zip(counting.items(dossier), counting.envelopes(dossier), strict=True)
    ]


def _at_least(every: int, share: Any) -> int:
    return int(-(-every * share.numerator // share.denominator))


def _deliveries(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "unit_no": ballot.unit_no,
            "delivered_on": _date(ballot.delivered_on),
            "mode": ballot.delivery_mode,
            "receiver": ballot.receiver,
            "serial": f"{ballot.serial:06d}",
        }
        for ballot in dossier.ballots
    ]


def _termination(dossier: Dossier) -> dict[str, Any]:
    """The end of the old contract if the notice arrives on the day it is drawn up."""
    chosen = dossier.answers("choose_termination_path")
    agreed = chosen.get("contract_notice_days") if chosen["path"] == termination.Path.DISMISSAL_946 else None
    return {
        "notice_days": dossier.statutory_notice if agreed is None else agreed,
        "earliest_on": dossier.ending(dossier.day_of("choose_termination_path")).ends_on,
    }


_ITEM_FIELDS = (
    "group", "name", "qty", "unit", "location", "state", "given_by", "received_by", "missing_plan", "remark",
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
        "items_total": len(items),
        "missing": [item for item in items if item["state"] != "GOOD"],
    }


def _settlement(dossier: Dossier) -> dict[str, Any]:
    given, settlement = dossier.answers("settle_accounts"), dossier.settlement
    assert settlement is not None  # the task is completed
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
                "months_paid": entry.months,
                "months_left": entry.months_left,
                "unearned": entry.refundable,
                "disposition": entry.disposition or "NONE",
            }
            for entry, row in zip(settlement.prepaid, dossier.prepaid_rows, strict=True)
        ],
        "deposits_total": given["deposits_total"],
        "common_revenue_balance": given["common_revenue_balance"],
        "agency_payable": given["agency_payable"],
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


_REGISTERS: Mapping[str, Callable[[Dossier], dict[str, Any]]] = {
    "diagnosis": _diagnosis,
    "budget": _budget,
    "vote": _vote,
    "termination": _termination,
    "settlement": _settlement,
    "first_month": _first_month,
    "acceptance": _acceptance,
}
