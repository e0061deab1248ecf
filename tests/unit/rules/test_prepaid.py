"""The old company's sheet of prepaid fees as it comes, and what stands in the way of the ledger's close."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import prepaid_ledger, prepaid_sheet
from engine.rules.handover import Disposition, Prepaid, Settlement, prepaid_of
from engine.rules.prepaid_ledger import Acknowledged
from engine.rules.prepaid_sheet import Line, Read

UNITS = {"1-0101": "1", "1-0102": "1", "2-0101": "2"}
ENDS, TODAY = date(2026, 7, 19), date(2026, 7, 20)


def read(*rows: dict[str, str], ends_on: date | None = ENDS) -> Read:
    return prepaid_sheet.read([Line(row, number) for number, row in enumerate(rows, 2)], UNITS, ends_on)


def test_a_sheet_of_amounts_and_days_becomes_the_ledger_and_names_stay_aside() -> None:
    row = {
        "房间号": "1幢101室",
        "业主姓名": "汪建春",
        "预收金额（元）": "¥1,500.00",
        "费用起": "2026/3/20",
        "费用止": "2027年3月19日",
    }
    found = read(row)
    assert found.problems == []
    assert found.aside == ["业主姓名"]
    assert found.rows == [
        {
            "unit_no": "1-0101", "building": "1", "amount": "1500.00", "months_paid": "12", "months_left": "8",
            "paid_until": "2027-03-19", "disposition": "",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "unit"),
    [("1-0101", "1-0101"), ("1-101", "1-0101"), ("１幢０１０２", "1-0102"), ("2#101", "2-0101")],
)
def test_a_unit_is_known_however_it_is_written(said: str, unit: str) -> None:
    assert [row["unit_no"] for row in read({"房号": said, "应退金额": "10"}).rows] == [unit]


def test_a_building_of_its_own_column_tells_units_apart() -> None:
    found = read({"楼栋": "2", "房号": "101", "应退金额": "10.50元"})
    assert [(row["unit_no"], row["amount"], row["months_left"]) for row in found.rows] == [("2-0101", "10.50", "1")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"房号": "9-0101", "应退金额": "10"}, "第 2 行：名册里没有“9-0101”"),
        ({"房号": "101", "应退金额": "10"}, "第 2 行：名册里没有“101”"),
        ({"房号": "1-0101", "应退金额": "十元"}, "第 2 行：应退金额“十元”"),
        ({"房号": "1-0101", "应退金额": "-1"}, "第 2 行：应退金额“-1”"),
        ({"房号": "1-0101", "应退金额": "1.005"}, "第 2 行：应退金额“1.005”"),
        ({"房号": "1-0101", "应退金额": "NaN"}, "第 2 行：应退金额“NaN”"),
        ({"房号": "1-0101", "金额": "9", "起始日期": "2026-03-20", "截止日期": "2027-02-30"}, "“2027-02-30”不是日期"),
        ({"房号": "1-0101", "金额": "9", "起始日期": "2027-03-20", "截止日期": "2026-03-25"}, "早于起始日期"),
        ({"房号": "1-0101", "金额": "9", "预交月数": "6", "剩余月数": "7"}, "应在 0 到预交的 6 个月之间"),
        ({"房号": "1-0101", "金额": "9", "预交月数": "六", "剩余月数": "3"}, "“六”不是月数"),
        ({"房号": "1-0101", "金额": "9", "应退金额": "10"}, "大于预收金额"),
        ({"房间": "", "金额": "9"}, "看不出每户应退多少"),
        ({"业主": "甲", "金额": "9"}, "没有找到房号这一列"),
    ],
)
def test_what_is_wrong_is_said_by_row(row: dict[str, str], said: str) -> None:
    assert any(said in problem.message for problem in read(row).problems)


def test_a_period_that_ended_before_the_contract_leaves_nothing_and_one_without_an_end_is_asked() -> None:
    row = {"房号": "1-0101", "金额": "600", "起始日期": "2026-01-01", "截止日期": "2026-06"}
    assert [(one["months_paid"], one["months_left"]) for one in read(row).rows] == [("6", "0")]
    later = {**row, "截止日期": "2026-12-31"}
    assert any("终止日还没有登记" in one.message for one in read(later, ends_on=None).problems)
    whole = read({**later, "起始日期": "2026-01-01"}, ends_on=date(2026, 6, 30))
    assert [(one["months_paid"], one["months_left"]) for one in whole.rows] == [("12", "6")]


def test_the_total_of_the_sheet_is_held_against_its_rows_and_a_unit_stands_once() -> None:
    rows = [{"房号": unit, "金额": "100.10", "预交月数": "2", "剩余月数": "1"} for unit in UNITS]
    assert read(*rows, {"房号": "合计", "金额": "300.30"}).problems == []
    (wrong,) = read(*rows, {"房号": "合 计", "金额": "300.31"}).problems
    assert "第 5 行：合计写作 300.31 元，以上各行相加是 300.30 元" in wrong.message
    assert any("与第 2 行重复" in one.message for one in read(rows[0], rows[0]).problems)


@pytest.mark.parametrize(
    ("since", "until", "ends_on", "paid", "left", "owed"),
    [
        # paid for 371 days, 250 of them after the end: not whole months, so every day counts alike
        ("2026-03-20", "2027-03-25", date(2026, 7, 18), "371", "250", "673.85"),
        # a whole year, but the contract ends in the middle of a month
        ("2026-01-01", "2026-12-31", date(2026, 7, 18), "365", "166", "454.79"),
        ("2026-01-01", "2026-12-31", date(2026, 12, 30), "365", "1", "2.74"),
        ("2026-08-05", "2026-09-10", date(2026, 7, 18), "37", "37", "1000.00"),
    ],
)
def test_what_is_not_whole_months_is_worked_out_by_days(
    since: str, until: str, ends_on: date, paid: str, left: str, owed: str
) -> None:
    (row,) = read({"房号": "1-0101", "金额": "1000", "起始日期": since, "截止日期": until}, ends_on=ends_on).rows
    assert (row["days_paid"], row["days_left"], "months_paid" in row) == (paid, left, False)
    assert prepaid_of(row).refundable == Decimal(owed)


def test_months_without_a_first_day_are_counted_back_from_the_last() -> None:
    row = {"房号": "1-0101", "金额": "600", "预交月数": "6", "截止日期": "2026-08-31"}
    (found,) = read(row, ends_on=date(2026, 7, 18)).rows
    assert (found["days_paid"], found["days_left"]) == ("184", "44")


@given(
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.integers(0, 800),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(0, 10**7),
)
def test_nobody_is_owed_more_than_was_paid_and_what_ended_before_the_contract_is_owed_nothing(
    since: date, length: int, ends_on: date, cents: int
) -> None:
    until, amount = since + timedelta(length), Decimal(cents) / 100
    cells = {"房号": "1-0101", "金额": str(amount), "起始日期": str(since), "截止日期": str(until)}
    (row,) = read(cells, ends_on=ends_on).rows
    owed = prepaid_of(row).refundable
    assert 0 <= owed <= amount
    assert until > ends_on or owed == 0
    assert since <= ends_on or owed == amount


def test_the_row_of_headings_is_found_below_a_title() -> None:
    title = [["怡和花园预收物业费明细", "", ""], ["制表：财务部", "2026-07-01", ""]]
    sheet = [*title, ["房号", "业主", "应退金额（元）"], ["1-0101", "甲", "10"]]
    assert prepaid_sheet.header(sheet) == 2
    assert prepaid_sheet.header([["甲", "乙"]]) == prepaid_sheet.header([]) == 0


ENTRY = Prepaid("1-0101", "1", Decimal("1200"), 12, 5)
STATED = Acknowledged("原经理", TODAY, Decimal("500.00"), {"1": Decimal("500.00")}, 1, "c")


def test_the_ledger_closes_only_when_every_unit_that_is_owed_something_has_a_disposition() -> None:
    (problem,) = prepaid_ledger.close_problems([ENTRY], STATED, "c")
    assert "1 户应退的预收费没有去向：1-0101" in problem.message
    settled = replace(ENTRY, disposition=Disposition.REFUNDED)
    assert prepaid_ledger.close_problems([settled], STATED, "c") == []
    assert prepaid_ledger.close_problems([replace(ENTRY, left=0)], STATED, "c") == []
    assert "以后改过" in prepaid_ledger.close_problems([settled], STATED, "d")[0].message
    assert "确认 2 户有预收，台账登记了 1 户" in prepaid_ledger.close_problems(
        [settled], replace(STATED, units=2), "c"
    )[0].message  # fmt: skip


def test_an_acknowledgement_agrees_with_itself_and_may_differ_from_the_ledger() -> None:
    assert prepaid_ledger.acknowledgement_problems(STATED, TODAY) == []
    bad = replace(STATED, name=" ", on=date(2026, 7, 21), total=Decimal("500.01"))
    assert [one.field for one in prepaid_ledger.acknowledgement_problems(bad, TODAY)] == ["name", "on", "total"]
    building, total = prepaid_ledger.compared([ENTRY], replace(STATED, by_building={"1": Decimal("499.99")}))
    assert (building.differs, building.found, building.stated) == (True, Decimal("500.00"), Decimal("499.99"))
    assert total.differs is False


def test_money_that_went_somewhere_needs_a_day_and_a_voucher() -> None:
    assert prepaid_ledger.disposal_problems("REFUNDED", TODAY, "回单 8831", TODAY) == []
    assert [one.field for one in prepaid_ledger.disposal_problems("", TODAY, "x", TODAY)] == ["disposition"]
    disputed = prepaid_ledger.disposal_problems("DISPUTED", None, " ", TODAY)
    assert [one.field for one in disputed] == ["done_on", "voucher"]
    late = prepaid_ledger.disposal_problems("REFUNDED", date(2026, 7, 21), "x", TODAY)
    assert [one.field for one in late] == ["done_on"]


@given(
    st.lists(
        st.builds(
            Prepaid,
            st.sampled_from(sorted(UNITS)),
            st.sampled_from(["1", "2", "3"]),
            st.decimals(0, 10**6, places=2),
            st.integers(12, 24),
            st.integers(0, 12),
        ),
        max_size=20,
    )
)
def test_units_buildings_and_total_come_to_the_same(entries: list[Prepaid]) -> None:
    *buildings, total = prepaid_ledger.compared(entries, None)
    assert sum((one.found for one in buildings), Decimal(0)) == total.found
    assert total.found == Settlement(entries, Decimal(0)).refundable_total
    assert sum(one.units for one in buildings) == total.units == len(entries)
