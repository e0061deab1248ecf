"""Prepaid money goes back to the last unit, and the estate is safe on the first night."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from engine.rules import handover
from engine.rules.handover import Disposition, Item, Prepaid, Safety, Settlement, State

ALL = frozenset(Safety)
LIFT = Item("FACILITY", "1号电梯", State.GOOD, Safety.LIFT)
ITEMS = (
    LIFT,
    Item("FACILITY", "消火栓系统", State.GOOD, Safety.FIRE),
    Item("FACILITY", "配电房", State.GOOD, Safety.POWER),
    Item("FACILITY", "监控室", State.GOOD, Safety.CCTV),
    Item("DOC", "竣工图", State.GOOD),
)


def prepaid(
    unit: str, amount: str, months: int, left: int, to: Disposition | None = Disposition.TRANSFERRED
) -> Prepaid:
    return Prepaid(unit, unit.split("-")[0], Decimal(amount), months, left, to)


UNITS = (
    prepaid("1-101", "1200", 12, 5),
    prepaid("1-102", "1000", 12, 1, Disposition.REFUNDED),
    prepaid("2-101", "0", 1, 0),
)
SETTLED = Settlement(UNITS, Decimal("583.33"), {"1": Decimal("583.33"), "2": Decimal("0")})


@pytest.mark.vector("MV14")
def test_the_months_not_served_are_refundable():
    assert prepaid("1-101", "1200", 12, 5).refundable == Decimal("500.00")


@pytest.mark.parametrize("left, refundable", [(0, "0.00"), (1, "83.33"), (2, "166.67"), (12, "1000.00")])
def test_the_refund_is_rounded_half_up_to_the_cent(left, refundable):
    assert prepaid("1", "1000", 12, left).refundable == Decimal(refundable)


def test_units_buildings_and_total_agree():
    assert handover.reconcile(SETTLED) == []
    assert SETTLED.refundable_by_building() == {"1": Decimal("583.33"), "2": Decimal("0.00")}
    assert sum(SETTLED.by_disposition().values()) == SETTLED.refundable_total


@pytest.mark.parametrize("total", ["583.32", "583.34"])
def test_a_total_a_cent_away_is_named(total):
    [problem] = handover.reconcile(replace(SETTLED, stated_total=Decimal(total)))
    assert problem.field == "prepaid"


def test_a_building_that_disagrees_is_named_even_when_the_total_agrees():
    shifted = replace(SETTLED, stated_by_building={"1": Decimal("583.32"), "2": Decimal("0.01")})
    assert [p.field for p in handover.reconcile(shifted)] == ["prepaid_by_building[1]", "prepaid_by_building[2]"]


@pytest.mark.parametrize(
    "entry, field",
    [
        (prepaid("1-101", "1200", 12, 5, None), "disposition"),
        (prepaid("1-101", "1200", 12, 13), "months_left"),
        (prepaid("1-101", "1200", 12, -1), "months_left"),
        (prepaid("1-101", "1200", 0, 0), "months_paid"),
        (prepaid("1-101", "-1", 12, 5), "amount"),
    ],
)
def test_every_unit_is_sound_and_has_a_disposition(entry, field):
    [problem] = handover.reconcile(Settlement((entry,), Decimal(0)))
    assert problem.field == f"prepaid[0].{field}"


def test_a_unit_with_nothing_to_refund_needs_no_disposition():
    assert handover.reconcile(Settlement((prepaid("1-1", "1200", 12, 0, None),), Decimal(0))) == []


def test_all_good_and_settled_is_complete():
    outcome = handover.close(ITEMS, SETTLED, ALL)
    assert (outcome.name, outcome.figures["refundable_total"]) == ("COMPLETE", "583.33")
    assert outcome.figures["refundable_refunded"] == "83.33"


def test_something_missing_that_is_not_safety_makes_it_partial():
    outcome = handover.close((*ITEMS, Item("KEY", "水泵房钥匙", State.MISSING)), SETTLED, ALL)
    assert (outcome.name, outcome.figures["outstanding"]) == ("PARTIAL", ["KEY 水泵房钥匙"])


@pytest.mark.parametrize("state", [State.DEFECT, State.MISSING])
@pytest.mark.parametrize("mitigated, name", [(False, "BLOCKED"), (True, "PARTIAL")])
def test_a_faulty_lift_blocks_unless_the_risk_is_under_control(state, mitigated, name):
    items = (replace(LIFT, state=state, mitigated=mitigated), *ITEMS[1:])
    assert handover.close(items, SETTLED, ALL).name == name


def test_equipment_the_estate_has_must_have_been_inspected():
    assert handover.close(ITEMS[1:], SETTLED, ALL).figures["blocked_by"] == ["电梯没有查验记录。"]
    assert handover.close(ITEMS[1:], SETTLED, ALL - {Safety.LIFT}).name == "COMPLETE"


@pytest.mark.parametrize("to, name", [(Disposition.ESCROWED, "COMPLETE"), (Disposition.DISPUTED, "BLOCKED")])
def test_disputed_prepaid_money_blocks_until_it_is_escrowed(to, name):
    settlement = Settlement((prepaid("1-101", "280000", 24, 12, to),), Decimal("140000.00"))
    assert handover.close(ITEMS, settlement, ALL).name == name


@pytest.mark.parametrize(
    "amount, escrowed, name", [("0", False, "COMPLETE"), ("0.01", False, "BLOCKED"), ("9", True, "COMPLETE")]
)
def test_other_money_in_dispute_must_be_in_a_third_hand(amount, escrowed, name):
    settlement = replace(SETTLED, dispute_amount=Decimal(amount), dispute_escrowed=escrowed)
    assert handover.close(ITEMS, settlement, ALL).name == name


def test_accounts_that_do_not_add_up_block():
    assert handover.close(ITEMS, replace(SETTLED, stated_total=Decimal("583")), ALL).name == "BLOCKED"


@pytest.mark.parametrize("was, name", [(True, "BLOCKED"), (False, "COMPLETE")])
def test_accounts_may_be_missing_only_where_no_old_company_was(was, name):
    assert handover.close(ITEMS, None, ALL, was_old_company=was).name == name


def test_nothing_inspected_is_no_handover():
    assert handover.close((), SETTLED, ()).name == "BLOCKED"


def test_the_certificate_needs_three_signatures():
    assert handover.certificate_problems(True, True, True) == []
    assert [p.field for p in handover.certificate_problems(False, True, False)] == [
        "old_company_signed",
        "committee_signed",
    ]


def test_a_company_that_stays_hands_over_money_and_nothing_else():
    assert handover.close_cutover(SETTLED).name == "COMPLETE"
    disputed = replace(SETTLED, dispute_amount=Decimal("0.01"))
    assert handover.close_cutover(disputed).name == "BLOCKED"


def test_an_award_stands_in_for_the_signature_that_is_refused():
    assert handover.certificate_problems(False, True, True, substitute=True) == []
    [problem] = handover.certificate_problems(False, True, True)
    assert problem.field == "old_company_signed"
    assert [p.field for p in handover.certificate_problems(True, False, False, substitute=True)] == [
        "new_company_signed",
        "committee_signed",
    ]


def test_what_is_missing_or_broken_stands_on_the_certificate_with_a_day_in_time():
    items = (*ITEMS, Item("DOC", "质保书", State.MISSING), Item("DOC", "无诉讼", State.NONE))
    latest = date(2026, 8, 18)
    [missing] = handover.outstanding_problems(items, {}, latest)
    assert "质保书" in missing.message
    assert handover.outstanding_problems(items, {"质保书": latest}, latest) == []
    [late] = handover.outstanding_problems(items, {"质保书": date(2026, 8, 19)}, latest)
    assert "最迟 2026-08-18" in late.message


def test_a_thing_that_does_not_exist_is_nothing_outstanding():
    assert handover.close((*ITEMS, Item("DOC", "无诉讼", State.NONE)), SETTLED, ALL).name == "COMPLETE"


@pytest.mark.parametrize(
    "posted_on, reason, field",
    [
        (date(2026, 11, 24), "", "result_posted_on"),
        (date(2026, 11, 25), "", None),
        (date(2026, 12, 25), "", None),
        (date(2026, 12, 26), "　", "late_reason"),
        (date(2026, 12, 26), "等待公证书", None),
    ],
    ids=["the day before the inspection", "its own day", "the last day", "a day late", "a day late, and why"],
)
def test_the_result_of_an_inspection_is_posted_after_it_and_in_time_or_with_a_reason(posted_on, reason, field):
    found = handover.posting_problems(date(2026, 11, 25), posted_on, date(2026, 12, 25), reason)
    assert [problem.field for problem in found] == ([field] if field else [])
