"""How a company is chosen, within what the owners decided."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.errors import Problem
from engine.rules import fund_account, selection, signing, supervisor
from engine.rules.remuneration import Base, Remuneration
from engine.rules.selection import Bid, Decided, Judge, Panel, Ranked, Recusal, Sheet
from engine.rules.signing import Contract, Voted

WEIGHTS = {"PLAN": 40, "OPEN_BOOKS": 60}
JUDGES = [Judge(name, kind, True) for name, kind in (("宋", "EXPERT"), ("蒋", "EXPERT"), ("许", "OWNER"))]
BID = Bid("惠邻", "91320404MA1XTR0X5X", Decimal("1.20"), 10, None, sealed=True, valid=True, reason="")
FIXED_BID = replace(BID, ratio=None, fixed=Decimal("20000.00"))
TEN_PERCENT = Remuneration(Base.RECEIVED_FEE, 10)
TWENTY_THOUSAND = Remuneration(Base.FIXED, fixed=Decimal("20000.00"))
PANEL = Panel(size_min=3, expert_share_min=Fraction(2, 3))


def fields(problems: list[Problem]) -> list[str]:
    return [problem.field for problem in problems]


def sheet(company: str, judge: str, plan: int | None, books: int | None) -> Sheet:
    return Sheet(company, judge, {"PLAN": plan, "OPEN_BOOKS": books})


@pytest.mark.parametrize(
    "code, fits",
    [
        ("91320404MA1XTR0X5X", True),
        ("91320404MA1XTR0X5K", False),
        ("91320404MA1XTR0X5", False),
        ("91320404MA1XTR0X5I", False),
        ("91320404MA20QL7P31", True),
        ("91320404MA20QL7P13", False),
    ],
)
def test_the_last_sign_of_a_credit_code_checks_the_others(code: str, fits: bool) -> None:
    assert selection.credit_code_fits(code) is fits


@pytest.mark.parametrize("weights, wrong", [([40, 60], 0), ([40, 50], 1), ([40, 61], 1)])
def test_weights_make_exactly_a_hundred(weights: list[int], wrong: int) -> None:
    assert len(selection.weight_problems(list(zip(WEIGHTS, weights, strict=True)))) == wrong


def test_a_criterion_stands_once() -> None:
    [problem] = selection.weight_problems([("PLAN", 50), ("PLAN", 50)])
    assert "合并" in problem.message


def test_a_judge_who_declared_nothing_does_not_score() -> None:
    tied = [replace(JUDGES[0], avoidance_declared=False), *JUDGES[1:]]
    assert fields(selection.panel_problems(tied, PANEL, "")) == ["judges[0].avoidance_declared"]
    assert fields(selection.panel_problems(tied, None, "")) == ["judges[0].avoidance_declared"]


def test_a_judge_who_withdrew_or_whom_a_company_declares_does_not_score() -> None:
    declared = {"惠邻": "", "安圃": "项目经理是评委宋的配偶"}
    tied, gone = Recusal("宋", "安圃", "配偶"), Recusal("周", "安圃", "配偶")
    assert fields(selection.recusal_problems(JUDGES, [gone], declared)) == ["judges[0].name"]
    assert fields(selection.recusal_problems(JUDGES[1:], [tied], declared)) == []
    assert fields(selection.recusal_problems(JUDGES, [tied], {"安圃": ""})) == ["withdrawn[0].name"]
    assert fields(selection.recusal_problems(JUDGES, [gone], {"惠邻": ""})) == ["withdrawn[0].company"]


@pytest.mark.parametrize(
    "judges, says",
    [
        (JUDGES, ""),
        (JUDGES[:1], "少于 3 人"),
        ([*JUDGES, JUDGES[0]], "不是单数"),
        ([JUDGES[0], JUDGES[2], JUDGES[2]], "不足评委的 2/3"),
    ],
    ids=["two thirds exactly", "too small", "even", "too few experts"],
)
def test_a_panel_below_good_practice_needs_a_reason(judges: list[Judge], says: str) -> None:
    found = selection.panel_problems(judges, PANEL, "")
    assert says in "".join(problem.message for problem in found)
    assert bool(found) is bool(says)
    assert selection.panel_problems(judges, PANEL, "专家库只抽到一人") == []


def test_totals_are_exact_and_equal_totals_share_a_rank() -> None:
    given = {"甲": (90, 80), "乙": (81, 89), "丙": (85, 84)}
    sheets = [
        sheet(company, judge, plan, 80)
        for company, plans in given.items()
        for judge, plan in zip("宋许", plans, strict=True)
    ]
    assert selection.rank(sheets, WEIGHTS) == [
        Ranked(1, "甲", Fraction(82)),
        Ranked(1, "乙", Fraction(82)),
        Ranked(3, "丙", Fraction(409, 5)),
    ]


def test_every_judge_scores_every_company_once_on_what_has_weight() -> None:
    full = [sheet(company, judge.name, 80, 80) for company in ("甲", "乙") for judge in JUDGES]
    assert selection.sheet_problems(full, ["甲", "乙"], JUDGES, WEIGHTS) == []
    assert fields(selection.sheet_problems(full[1:], ["甲", "乙"], JUDGES, WEIGHTS)) == ["scores"]
    assert fields(selection.sheet_problems([*full, full[0]], ["甲", "乙"], JUDGES, WEIGHTS)) == ["scores[6].judge"]
    unscored = [replace(full[0], points={"PLAN": None, "OPEN_BOOKS": 80}), *full[1:]]
    assert fields(selection.sheet_problems(unscored, ["甲", "乙"], JUDGES, WEIGHTS)) == ["scores[0].plan"]
    stranger = [replace(full[0], company="丁"), *full[1:]]
    assert fields(selection.sheet_problems(stranger, ["甲", "乙"], JUDGES, WEIGHTS)) == ["scores[0].company", "scores"]


@pytest.mark.parametrize(
    "changed, field",
    [
        ({}, None),
        ({"fee": Decimal("1.21")}, "bids[0].valid"),
        ({"ratio": Decimal("10.01")}, "bids[0].valid"),
        ({"sealed": False}, "bids[0].valid"),
        ({"valid": False}, "bids[0].reason"),
        ({"credit_code": "91320404MA1XTR0X5K"}, "bids[0].credit_code"),
        ({"ratio": None}, "bids[0].ratio"),
        ({"ratio": None, "valid": False, "reason": "没有报酬金"}, None),
        ({"fixed": Decimal("20000.00")}, "bids[0].fixed"),
    ],
)
def test_a_bid_above_the_cap_or_unsealed_is_not_valid(changed: dict[str, object], field: str | None) -> None:
    found = selection.bid_problems([replace(BID, **changed)], Decimal("1.20"), TEN_PERCENT)
    assert fields(found) == ([field] if field else [])


@pytest.mark.parametrize(
    "changed, field",
    [
        ({}, None),
        ({"fixed": Decimal("20000.01")}, "bids[0].valid"),
        ({"fixed": Decimal("20000.01"), "valid": False, "reason": "高于上限"}, None),
        ({"fixed": None}, "bids[0].fixed"),
        ({"ratio": Decimal(0)}, "bids[0].ratio"),
    ],
    ids=["at the cap", "a cent above", "above and refused", "nothing offered", "a ratio nobody asked"],
)
def test_where_the_remuneration_is_fixed_bids_offer_an_amount_and_no_ratio(
    changed: dict[str, object], field: str | None
) -> None:
    found = selection.bid_problems([replace(FIXED_BID, **changed)], Decimal("1.20"), TWENTY_THOUSAND)
    assert fields(found) == ([field] if field else [])


@pytest.mark.parametrize(
    "fee, cap, field",
    [
        ("1.20", TEN_PERCENT, None),
        ("1.21", TEN_PERCENT, "fee_cap"),
        ("1.20", Remuneration(Base.RECEIVED_FEE, Decimal("10.01")), "ratio_cap"),
        ("1.20", Remuneration(Base.RECEIVED_ALL, 10), "remuneration_base"),
        ("1.20", TWENTY_THOUSAND, "remuneration_base"),
    ],
)
def test_a_tender_asks_no_more_than_the_owners_decided(fee: str, cap: Remuneration, field: str | None) -> None:
    found = selection.cap_problems(Decimal(fee), cap, Decimal("1.20"), TEN_PERCENT)
    assert fields(found) == ([field] if field else [])


@pytest.mark.parametrize("fixed, field", [("20000.00", None), ("20000.01", "fixed_cap")])
def test_the_cap_of_a_fixed_remuneration_is_within_the_amount_decided(fixed: str, field: str | None) -> None:
    cap = replace(TWENTY_THOUSAND, fixed=Decimal(fixed))
    found = selection.cap_problems(Decimal("1.20"), cap, Decimal("1.20"), TWENTY_THOUSAND)
    assert fields(found) == ([field] if field else [])


@pytest.mark.vector("T-34")
@pytest.mark.parametrize("opens, wrong", [(date(2026, 6, 7), 1), (date(2026, 6, 8), 0)], ids=["19 days", "20 days"])
def test_bidding_takes_the_days_of_the_pack_or_a_reason(opens: date, wrong: int) -> None:
    assert len(selection.bidding_time_problems(date(2026, 5, 19), opens, 20, "")) == wrong
    assert selection.bidding_time_problems(date(2026, 5, 19), opens, 20, "企业已熟悉现场") == []


@pytest.mark.parametrize(
    "valid, extended, outcome",
    [(3, False, "ENOUGH"), (2, False, "EXTEND"), (2, True, "TOO_FEW"), (3, True, "ENOUGH"), (0, False, "EXTEND")],
)
def test_a_tender_is_extended_once_and_then_gives_way_to_talks(valid: int, extended: bool, outcome: str) -> None:
    bids = [BID] * valid + [replace(BID, valid=False, reason="迟到")]
    assert selection.bidders(bids, 3, extended).name == outcome


ITEMS = [
    Decided(1, "采用信托制", 9, passed=True),
    Decided(2, "选聘惠邻物业服务有限公司", 4, passed=True),
    Decided(3, "选聘安圃物业管理有限公司", 4, passed=False),
    Decided(4, "惠邻物业服务有限公司的广告位", 9, passed=True),
]


@pytest.mark.parametrize(
    "company, no", [("惠邻物业服务有限公司", 2), ("安圃物业管理有限公司", None), ("城北物业有限公司", None)]
)
def test_only_a_carried_item_on_engaging_a_company_stands_behind_a_contract(company: str, no: int | None) -> None:
    found = selection.named_in(ITEMS, company)
    assert (found.no if found else None) == no
    assert selection.engagement(found, company, False, "").name == ("VOTED" if no else "VOTE_NEEDED")


def test_the_tenders_first_signs_without_a_vote_only_where_that_was_authorised() -> None:
    assert selection.engagement(None, "甲", True, "甲").name == "VOTED"
    assert selection.engagement(None, "乙", True, "甲").name == "VOTE_NEEDED"
    assert selection.engagement(None, "甲", False, "甲").name == "VOTE_NEEDED"


STANDING = [Ranked(n, company, Fraction(90 - n)) for n, company in enumerate(("甲", "乙", "丙", "丁"), 1)]


@pytest.mark.parametrize(
    "company, authorised, wrong", [("甲", True, 0), ("乙", True, 1), ("丙", False, 0), ("丁", False, 1)]
)
def test_the_chosen_is_the_first_or_one_of_the_recommended(company: str, authorised: bool, wrong: int) -> None:
    assert len(selection.choice_problems(company, STANDING, 3, authorised)) == wrong
    assert selection.choice_problems(company, [], 3, authorised) == []


def test_nobody_moves_up_where_nobody_is_left() -> None:
    assert selection.replacement_problems("NEXT_RANKED", STANDING, "甲") == []
    assert fields(selection.replacement_problems("NEXT_RANKED", STANDING[:1], "甲")) == ["replacement"]
    assert selection.replacement_problems("RESELECT", [], "甲") == []


@pytest.mark.parametrize("no, classes, wrong", [(2, {4}, 0), (3, {4}, 1), (1, {4}, 1), (7, None, 1), (1, None, 0)])
def test_the_item_pointed_at_was_on_the_agenda_of_its_class_and_carried(
    no: int, classes: set[int] | None, wrong: int
) -> None:
    assert len(selection.agenda_answer_problems("voted_item", no, ITEMS, classes)) == wrong


def test_an_executive_has_its_three_offices_and_two_hands_on_the_money() -> None:
    members = [("钱", "MANAGER"), ("林", "CASHIER"), ("许", "ACCOUNTANT")]
    assert selection.executive_problems(members) == []
    assert len(selection.executive_problems(members[:1])) == 2
    [problem] = selection.executive_problems([*members, ("林", "ACCOUNTANT")])
    assert "林不能同时" in problem.message


@pytest.mark.parametrize(
    "candidates, wrong",
    [
        ([("甲", "91320404MA1XTR0X5X", True), ("乙", "91320404MA20QL7P31", True)], []),
        ([("甲", "91320404MA1XTR0X5X", True)], ["candidates"]),
        ([("甲", "91320404MA1XTR0X5X", True), ("甲", "91320404MA20QL7P31", False)],
         ["candidates[1].name", "candidates[1].conflict_declared"]),
    ],
)  # fmt: skip
def test_two_or_three_companies_are_invited(candidates: list[tuple[str, str, bool]], wrong: list[str]) -> None:
    assert fields(selection.candidate_problems(candidates)) == wrong


# the contract against the vote

VOTED = Voted("PASSED", date(2026, 4, 30), date(2026, 5, 8), "", Decimal("1.20"), 10, 3)
CONTRACT = Contract(
    "甲",
    "91320404MA1XTR0X5X",
    "丁宁",
    Decimal("1.20"),
    10,
    date(2026, 7, 20),
    date(2029, 7, 19),
    None,
    "",
    "",
    "",
    False,
)


@pytest.mark.parametrize(
    "changed, stated, outcome",
    [
        ({}, True, "WITHIN"),
        ({}, False, "DRAFT_DIFFERS"),
        ({"fee_std": Decimal("1.21")}, True, "DRAFT_DIFFERS"),
        ({"remuneration_ratio": Decimal("10.01")}, True, "DRAFT_DIFFERS"),
        ({"service_end": date(2029, 7, 20)}, True, "DRAFT_DIFFERS"),
        ({"remuneration_fixed": Decimal("0.01")}, True, "DRAFT_DIFFERS"),
    ],
)
def test_a_contract_outside_the_vote_goes_back_to_it(changed: dict[str, object], stated: bool, outcome: str) -> None:
    contract = replace(CONTRACT, **changed)
    found = signing.within_vote(contract, VOTED, stated)
    assert found.name == outcome
    if outcome == "DRAFT_DIFFERS":
        voted_anew = replace(
            VOTED,
            fee_max=Decimal(found.figures["fee_max"]),
            ratio_max=Decimal(found.figures["ratio_max"]),
            fixed_max=Decimal(found.figures["fixed_max"]),
            years_max=found.figures["years_max"],
        )
        assert signing.within_vote(contract, voted_anew, True).name == "WITHIN"


def test_services_may_be_outsourced_but_not_all_of_them() -> None:
    assert signing.whole_outsourced(list(signing.SERVICES))
    assert not signing.whole_outsourced(sorted(signing.SERVICES)[1:])


@pytest.mark.vector("T-35")
@pytest.mark.parametrize("signed, late", [(date(2026, 6, 9), False), (date(2026, 6, 10), True)])
def test_thirty_days_after_the_award_a_signing_is_late(signed: date, late: bool) -> None:
    assert signing.late_after_award(signed, date(2026, 5, 10), 30) is late


# the account and the supervisor


@pytest.mark.parametrize(
    "route, body, self_governed, wrong",
    [("F1", "OC", False, 0), ("F2", "PMC", False, 1), ("F2", "OC", False, 0), ("F3", "PMC", False, 0),
     ("F5", "OC", False, 1), ("F5", "OC", True, 0), ("F1", "OC", True, 1)],
)  # fmt: skip
def test_an_account_route_fits_body_and_provider(route: str, body: str, self_governed: bool, wrong: int) -> None:
    assert len(fund_account.route_problems(route, body, self_governed)) == wrong


def test_two_hands_test_the_account_with_one_cent() -> None:
    day, cent = date(2026, 5, 19), Decimal("0.01")
    assert fund_account.control_problems("甲", "乙", True, day, cent) == []
    assert fund_account.control_problems("甲", "乙", True, None, None) == []
    found = fund_account.control_problems("甲", "甲 ", False, day, Decimal("1.00"))
    assert fields(found) == ["approver", "separate", "test_amount"]
    assert fields(fund_account.keeper_problems("甲", "甲")) == ["accountant"]


def test_a_supervisor_is_who_was_voted_for_no_longer_than_the_pack_allows() -> None:
    term = (date(2026, 5, 20), date(2029, 5, 19))
    assert supervisor.nomination_problems("陆", term, 3, True) == []
    assert supervisor.nomination_problems("陆", term, 3, None) == []
    assert fields(supervisor.nomination_problems("陆", (term[0], date(2029, 5, 20)), 3, False)) == [
        "term_end",
        "authority",
    ]
