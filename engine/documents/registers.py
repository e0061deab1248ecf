"""The facts that do not come from one form: what each register prints, and the type it is given as.

A register is a mapping from name to shape; ``[shape]`` is a list, a nested mapping a group.  Given as:
TEXT str · NUMBER int, Decimal or str · AREA int of 0.01 m² · MONEY Decimal yuan at 0.01 · POINTS Decimal at 0.01 ·
DATE date · FLAG bool · Choice a code.  ``*`` allows any name.  A name that is left out is not yet known; None
prints ``——``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.documents.catalogue import KINDS
from engine.documents.printing import AREA, DATE, FLAG, MONEY, NUMBER, POINTS, TEXT, Choice

LIGHT = Choice({"GREEN": "绿灯", "YELLOW": "黄灯", "RED": "红灯"})
USAGE = Choice({"RESIDENTIAL": "住宅", "COMMERCIAL": "商业", "OFFICE": "办公", "OTHER": "其他"})
CONCLUSION = Choice({"SUITABLE": "适合导入", "NURTURE": "先行培育", "NOT_NOW": "暂不导入"})
VOTE_OUTCOME = Choice(
    {
        "PASSED": "通过",
        "PARTIAL": "部分通过",
        "REJECTED": "未通过",
        "NO_QUORUM": "参与表决未达法定比例",
        "CONTESTED": "有争议，待法律顾问出具意见",
        "PROCEDURE_FLAW": "程序有缺陷，重新组织",
        "PASS_ROBUST": "通过",
        "FAIL_ROBUST": "未通过",
    }
)
#: 民法典 278 ¶1, items 1 to 9.
ITEM_CLASS = Choice({str(number): f"第（{item}）项" for number, item in enumerate("一二三四五六七八九", 1)})
DELIVERY = Choice(
    {
        "VISIT": "上门送达",
        "MAIL": "邮寄",
        "REGISTERED_MAIL": "挂号信",
        "COURIER": "快递",
        "ELECTRONIC": "电子送达",
        "POSTED": "公告送达",
        "PICK_UP": "自行领取",
    }
)
HANDOVER_STATE = Choice({"GOOD": "完好", "DEFECT": "有缺陷", "MISSING": "缺失", "NONE": "无此项"})
DISPOSITION = Choice(
    {
        "TRANSFERRED": "转入共有资金账户",
        "REFUNDED": "退还业主",
        "ESCROWED": "提存",
        "DISPUTED": "争议待决",
        "NONE": "未处置",
    }
)
ACCEPTANCE = Choice({"PASS": "通过验收", "RECTIFY": "限期整改", "SUSPEND": "中止"})

#: The readings of a count (``rules.tally.READINGS``) as clauses of a paper.
PARKING = Choice(
    {
        "exclude": "车位、车库不计入面积和人数",
        "area_only": "有独立产权的车位、车库只计入面积，不计入人数",
        "area_and_headcount": "有独立产权的车位、车库计入面积和人数",
    }
)
SEVERAL_UNITS = Choice(
    {
        "returned_only": "同一业主有多个专有部分、只交回部分表决票的，面积按交回的计算",
        "all_units": "同一业主有多个专有部分、只交回部分表决票的，面积按其全部专有部分计算",
    }
)
BLANK = Choice(
    {
        "participating": "空白或者选两项以上的，该事项计入参与，不计为同意",
        "excluded": "空白或者选两项以上的，该事项不计入参与",
    }
)
DUPLICATE = Choice(
    {
        "participating": "意见不一致又不能核实的，计入参与，不计为同意",
        "excluded": "意见不一致又不能核实的，不计入参与",
    }
)

_HANDOVER_ITEM = {
    "group": TEXT,
    "name": TEXT,
    "qty": NUMBER,
    "unit": TEXT,
    "location": TEXT,
    "state": HANDOVER_STATE,
    "evidence": TEXT,
    "given_by": TEXT,
    "received_by": TEXT,
    "witness": TEXT,
    "on": DATE,
    "missing_plan": TEXT,
    "dispute": TEXT,
    "remark": TEXT,
}
_BUDGET_LINE = {
    "code": TEXT,
    "name": TEXT,
    "basis": TEXT,
    "qty": NUMBER,
    "unit": TEXT,
    "unit_price": MONEY,
    "amount": MONEY,
}
_POST = {
    "code": TEXT,
    "name": TEXT,
    "headcount": NUMBER,
    "shift": TEXT,
    "monthly_cost": MONEY,
    "months": NUMBER,
    "certificates": TEXT,
    "amount": MONEY,
}
_ANNOTATED_LINE = {
    "code": TEXT,
    "name": TEXT,
    "frequency": TEXT,
    "standard_ref": TEXT,
    "demand_refs": TEXT,
    "last_year_actual": MONEY,
    "change_pct": TEXT,
    "remark": TEXT,
}
_BALLOT = {"serial": TEXT, "unit_no": TEXT, "owner_masked": TEXT, "area": AREA, "headcount": TEXT, "receipt": TEXT}
_CONDUCT = {
    "id": TEXT,
    "title": TEXT,
    "articles": TEXT,
    "severity": TEXT,
    "verdict": TEXT,
    "says": TEXT,
    "evidence": TEXT,
}
_OPINION = {
    "title": TEXT,
    "number": TEXT,
    "version": NUMBER,
    "sha256": TEXT,
    "made": TEXT,
    "approved": FLAG,
    "by": TEXT,
    "on": TEXT,
    "reason": TEXT,
    "pack": TEXT,
    "contract": FLAG,
    "rules": NUMBER,
    "blocking": NUMBER,
    "waived": NUMBER,
    "findings": [{"id": TEXT, "title": TEXT, "severity": TEXT, "articles": TEXT, "says": TEXT, "outcome": TEXT}],
    "mended": [{"id": TEXT, "title": TEXT, "severity": TEXT, "says": TEXT, "found": TEXT}],
    "unheld": TEXT,
    "standard": NUMBER,
    "forbidden": [{"where": TEXT, "says": TEXT, "name": TEXT, "why": TEXT, "basis": TEXT}],
    "deviations": [{"name": TEXT, "state": TEXT, "standard": TEXT, "says": TEXT, "note": TEXT, "basis": TEXT}],
    "remarks": [
        {
            "clause": TEXT,
            "category": TEXT,
            "quote": TEXT,
            "text": TEXT,
            "suggestion": TEXT,
            "made": TEXT,
            "answers": TEXT,
            "closed": TEXT,
        }
    ],
    "history": [{"on": TEXT, "by": TEXT, "what": TEXT, "reason": TEXT}],
}
_PUBLICATION = {
    "title": TEXT,
    "posted_on": DATE,
    "needed": NUMBER,
    "as_of": DATE,
    "completed_on": DATE,
    "ends_on": DATE,
    "rule": TEXT,
    "boards_total": NUMBER,
    "whole": NUMBER,
    "proved": FLAG,
    "open": [{"name": TEXT, "says": TEXT}],
    "boards": [{"name": TEXT, "since": TEXT, "until": TEXT, "days": TEXT, "state": TEXT}],
    "seen": [{"board": TEXT, "on": TEXT, "what": TEXT, "taken": TEXT, "mark": TEXT}],
    "photos": NUMBER,
    "photos_total": NUMBER,
    "pictures": [dict.fromkeys(("left", "middle", "right", "left_of", "middle_of", "right_of"), TEXT)],
    "units": NUMBER,
    "reached": NUMBER,
    "last_on": TEXT,
    "told": FLAG,
    "committee_on": TEXT,
    "modes": [{"mode": TEXT, "units": TEXT, "first": TEXT, "last": TEXT}],
    "voices": [{"kind": TEXT, "unit": TEXT, "on": TEXT, "answered_on": TEXT}],
    "heard": NUMBER,
    "unanswered": NUMBER,
}
_RULED_ITEM = {
    "no": NUMBER,
    "outcome": VOTE_OUTCOME,
    "area_participating": AREA,
    "area_for": AREA,
    "persons_participating": NUMBER,
    "persons_for": NUMBER,
}
_VOTE_ITEM = {
    "no": NUMBER,
    "text": TEXT,
    "item_class": ITEM_CLASS,
    "key": FLAG,
    "candidate": TEXT,
    "threshold": TEXT,
    "outcome": VOTE_OUTCOME,
    "disputed": TEXT,
    "area_participating": AREA,
    "area_for": AREA,
    "area_against": AREA,
    "area_abstain": AREA,
    "area_unmarked": AREA,
    "persons_participating": NUMBER,
    "persons_for": NUMBER,
    "persons_against": NUMBER,
    "persons_abstain": NUMBER,
    "persons_unmarked": NUMBER,
    "rules": TEXT,
}

REGISTERS: Mapping[str, Any] = MappingProxyType(
    {
        "document": {"number": TEXT, "title": TEXT, "date": DATE, "address": TEXT},
        "issued": dict.fromkeys(KINDS, TEXT),
        "conduct": {
            "entries": NUMBER,
            "as_of": DATE,
            "pack": TEXT,
            "rules": NUMBER,
            "faults": NUMBER,
            "blocking": NUMBER,
            "unknown": NUMBER,
            "kept": NUMBER,
            "pending": NUMBER,
            "open": [_CONDUCT],
            "findings": [_CONDUCT],
        },
        "opinion": _OPINION,
        "publication": _PUBLICATION,
        "pack": {"*": TEXT},
        "readings": {
            "parking_counting": PARKING,
            "partial_units": SEVERAL_UNITS,
            "blank_item": BLANK,
            "duplicate_ballot": DUPLICATE,
        },
        "people": dict.fromkeys(
            (
                "cadre",
                "grid_worker",
                "committee",
                "company",
                "counsel",
                "accountant",
                "supervisor",
                "street",
                "housing",
            ),
            TEXT,
        ),
        "estate": {
            "name": TEXT,
            "place": TEXT,
            "assembly": FLAG,
            "settlor": TEXT,
            "street": TEXT,
            "community": TEXT,
            "address": TEXT,
            "boundary": TEXT,
            "households": NUMBER,
            "total_area": AREA,
            "residential_area": AREA,
            "buildings": NUMBER,
            "built_year": NUMBER,
            "contact_phone": TEXT,
        },
        "roster": {
            "units": [
                {
                    "number": NUMBER,
                    "unit_no": TEXT,
                    "building": TEXT,
                    "owner_masked": TEXT,
                    "area": AREA,
                    "usage": USAGE,
                    "headcount": TEXT,
                }
            ],
            "total_area": AREA,
            "unit_count": NUMBER,
            "person_count": NUMBER,
            "counted_units": NUMBER,
            "counted_area": AREA,
            "version": TEXT,
            "fingerprint": TEXT,
        },
        "canvass": dict.fromkeys(
            (
                "households",
                "coverage_visited",
                "coverage_total",
                "coverage_percent",
                "response_percent",
                "support_percent",
                "responded",
                "supporting",
                "opposing",
                "undecided",
            ),
            NUMBER,
        ),
        "accounts": {"saturated_income": MONEY},
        "diagnosis": {
            "conclusion": CONCLUSION,
            "economy_light": LIGHT,
            "opinion_light": LIGHT,
            "timing_light": LIGHT,
            "saturated_income": MONEY,
            "break_even_rate": TEXT,
            "income": MONEY,
            "cost": MONEY,
            "short": FLAG,
            "gap": MONEY,
            "gap_percent": NUMBER,
            "surplus": MONEY,
            "reasons": [TEXT],
        },
        "budget": {
            "year": NUMBER,
            "expected_rate": NUMBER,
            "income_lines": [_BUDGET_LINE],
            "expense_lines": [_BUDGET_LINE],
            "annotated_lines": [_ANNOTATED_LINE],
            "posts": [_POST],
            "posts_total": MONEY,
            "income_total": MONEY,
            "expense_total": MONEY,
            "balance": MONEY,
            "remuneration": MONEY,
        },
        "vote": {
            "opens_on": DATE,
            "closes_on": DATE,
            "extended": FLAG,
            "items": [_VOTE_ITEM],
            "ruled": [_RULED_ITEM],
            "total_area": AREA,
            "total_persons": NUMBER,
            "issued": NUMBER,
            "returned": NUMBER,
            "unreturned": NUMBER,
            "void": NUMBER,
            "invalid": NUMBER,
            "invalid_reasons": TEXT,
            "replaced": [{"serial": TEXT, "unit_no": TEXT, "on": DATE, "why": TEXT, "new_serial": TEXT}],
            "unreachable": [TEXT],
            "session": {
                "held": FLAG,
                "people": [{"part": TEXT, "name": TEXT}],
                "boxes": [{"label": TEXT, "seal": TEXT, "papers": NUMBER, "note": TEXT}],
                "papers": NUMBER,
                "came_back": NUMBER,
                "difference": TEXT,
                "pauses": [TEXT],
                "reopened": [TEXT],
            },
            "outcome": VOTE_OUTCOME,
            "contested": FLAG,
            "elected": [TEXT],
            "participation_area": AREA,
            "participation_persons": NUMBER,
            "quorum_area": AREA,
            "quorum_persons": NUMBER,
        },
        "ballots": [_BALLOT],
        "ballot": _BALLOT,
        "deliveries": [{"unit_no": TEXT, "delivered_on": DATE, "mode": DELIVERY, "receiver": TEXT, "serial": TEXT}],
        "selection": {
            "sheets": [{"company": TEXT, "judge": TEXT, "total": POINTS}],
            "ranking": [{"rank": NUMBER, "company": TEXT, "total": POINTS, "recommended": FLAG}],
        },
        "termination": {"notice_days": NUMBER, "earliest_on": DATE, "ends_on": DATE},
        "handover": {
            "items": [_HANDOVER_ITEM],
            "groups": [{"name": TEXT, "items": [_HANDOVER_ITEM]}],
            "signatures": [dict.fromkeys(("group", "given", "received", "witnessed"), TEXT)],
            "items_total": NUMBER,
            "missing": [_HANDOVER_ITEM],
        },
        "gaps": {
            **dict.fromkeys(
                (
                    "old_company",
                    "body",
                    "mark",
                    "street",
                    "ended",
                    "deadline",
                    "days",
                    "demands",
                    "reports",
                    "money",
                ),
                TEXT,
            ),
            "items": [dict.fromkeys(("name", "found", "basis", "history", "photos"), TEXT)],
        },
        "request": {
            **dict.fromkeys(
                ("to", "unit_no", "kind", "content", "received_on", "proof", "outcome", "sources", "refusal", "reason"),
                TEXT,
            ),
            "handler": TEXT,
            "contact": TEXT,
            "corrects": FLAG,
            "no_calls": FLAG,
            **{name: [dict.fromkeys(("title", "purpose", "until", "said"), TEXT)] for name in ("told", "left")},
        },
        "checklist": {"handover": [TEXT]},
        "sheet": {
            "round": NUMBER,
            "whose": TEXT,
            "doors": [{"unit_no": TEXT, "owner": TEXT, "last": TEXT}],
            "lines": [{"no": TEXT, "label": TEXT, "answer": TEXT}],
        },
        "settlement": {
            "prepaid_units": NUMBER,
            "prepaid_total": MONEY,
            "prepaid_buildings": [{"building": TEXT, "units": NUMBER, "amount": MONEY}],
            "rows": [
                {
                    "unit_no": TEXT,
                    "building": TEXT,
                    "paid_until": DATE,
                    "amount": MONEY,
                    "paid_for": TEXT,
                    "left": TEXT,
                    "unearned": MONEY,
                    "disposition": DISPOSITION,
                }
            ],
            "deposits_total": MONEY,
            "common_revenue_balance": MONEY,
            "agency_payable": MONEY,
            "arrears_total": MONEY,
            "transferred_total": MONEY,
            "refunded_total": MONEY,
            "escrowed_total": MONEY,
            "disputed_total": MONEY,
        },
        "first_month": {"income_total": MONEY, "expense_total": MONEY},
        "acceptance": {
            "items": [{"no": NUMBER, "name": TEXT, "full": NUMBER, "score": NUMBER, "zero_rule": TEXT}],
            "total": NUMBER,
            "full_total": NUMBER,
            "outcome": ACCEPTANCE,
            "evaluators": TEXT,
        },
    }
)
