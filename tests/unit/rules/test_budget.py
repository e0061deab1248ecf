"""A budget balances, says what each line rests on, and pays the company once."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from engine.rules import budget
from engine.rules.budget import Budget, Line
from engine.rules.exact import signed_percent
from engine.rules.remuneration import Base, Remuneration


def line(code: str, price: str, qty: str = "1", name: str = "", **more: object) -> Line:
    return Line(code, name or f"科目{code}", "按上年实际", Decimal(qty), "年", Decimal(price), **more)


TEN_PERCENT = Remuneration(Base.RECEIVED_FEE, ratio=10)
GOOD = Budget(
    lines=(
        line("I01", "0.80", qty="83404", name="住宅物业费"),
        line("I03", "12000", name="地面停车费"),
        line("I10", "3000", name="上年结余"),
        line("E03", "30000", name="清洁卫生"),
        line("E17", "2000", name="维修储备提取"),
        line("E18", "6672.32", name="酬金"),
        line("E99", "1500", name="不可预见费"),
    ),
    remuneration=TEN_PERCENT,
    unforeseen_max=5,
)


def with_lines(*added: Line, without: str = "") -> Budget:
    return replace(GOOD, lines=(*(known for known in GOOD.lines if known.code != without), *added))


def fields(checked: Budget) -> list[str]:
    return [problem.field for problem in budget.check(checked)]


def test_a_sound_budget_has_no_problem_and_adds_rounded_lines():
    assert budget.check(GOOD) == []
    sums = budget.totals(GOOD)
    assert (sums.income, sums.expense) == (Decimal("81723.20"), Decimal("40172.32"))
    assert (sums.remuneration, sums.reserve) == (Decimal("6672.32"), Decimal("2000.00"))
    assert sums.balance == Decimal("41550.88")


def test_each_line_is_rounded_half_up_before_it_is_added():
    three = Budget((line("I01", "0.005", qty="1"),) * 3, Remuneration(Base.FIXED), unforeseen_max=5)
    assert budget.totals(three).income == Decimal("0.03"), "not 0.02, which rounding the sum of 0.015 once would give"


@pytest.mark.parametrize("price, balanced", [("41550.88", True), ("41550.89", False)])
def test_expense_may_use_the_income_up_but_not_exceed_it(price, balanced):
    checked = with_lines(line("E06", price, name="公共能耗"))
    assert budget.totals(checked).balanced is balanced
    assert [p.message[:2] for p in budget.check(checked)] == ([] if balanced else ["支出"])


@pytest.mark.parametrize("written, wrong", [("6672.32", []), ("6672.31", ["amount"]), ("6672.33", ["amount"])])
def test_the_remuneration_is_its_ratio_of_its_base_to_the_cent(written, wrong):
    found = fields(with_lines(line("E18", written, name="酬金"), without="E18"))
    assert [field.rsplit(".", 1)[1] for field in found] == wrong


@pytest.mark.parametrize(
    "agreed, amount",
    [
        (Remuneration(Base.RECEIVED_FEE, ratio=10), "6672.32"),
        (Remuneration(Base.RECEIVED_ALL, ratio=10), "7872.32"),
        (Remuneration(Base.EXECUTED_EXPENSE, ratio=10), "3150.00"),
        (Remuneration(Base.FIXED, fixed=Decimal("5000")), "5000.00"),
    ],
    ids=lambda value: value.base.value if isinstance(value, Remuneration) else value,
)
def test_each_base_leaves_out_what_already_bore_a_share(agreed, amount):
    assert budget.agreed_remuneration(replace(GOOD, remuneration=agreed)) == Decimal(amount)


def test_the_remuneration_stands_once():
    assert "lines[7].code" in fields(with_lines(line("E18", "0", name="酬金")))
    assert fields(with_lines(line("E09", "100", name="企业利润"))) == ["lines[7].name"]


def test_a_missing_remuneration_is_named():
    [problem] = budget.check(with_lines(without="E18"))
    assert "应为 6672.32 元" in problem.message


@pytest.mark.parametrize("price, fields_found", [("2035.38", []), ("2035.39", ["lines"])])
def test_the_unforeseen_is_at_most_five_percent_of_all_expense(price, fields_found):
    assert fields(with_lines(line("E99", price, name="不可预见费"), without="E99")) == fields_found


def test_every_line_has_a_basis():
    bare = replace(line("E04", "10", name="绿化养护"), basis="  ")
    assert fields(with_lines(bare)) == ["lines[7].basis"]


@pytest.mark.parametrize(
    "name, basis, refused",
    [
        ("住宅专项维修资金利息", "按上年", True),
        ("其他收入", "动用维修资金", True),
        ("屋面修补", "不含住宅专项维修资金，按报价", False),
        ("维修储备提取", "按结余", False),
    ],
)
def test_the_statutory_maintenance_fund_is_never_inside(name, basis, refused):
    found = fields(with_lines(replace(line("I99", "10", name=name), basis=basis)))
    assert found == (["lines[7].name"] if refused else [])


def test_new_business_with_shared_parts_is_flagged_for_three_quarters():
    checked = with_lines(line("I05", "8000", name="电梯广告", new_business=True))
    assert budget.special_majority_lines(checked) == ("I05",)
    assert budget.special_majority_lines(GOOD) == ()
    assert fields(with_lines(line("E15", "1", new_business=True))) == ["lines[7].new_business"]


def test_a_stated_amount_must_be_the_product():
    assert fields(with_lines(line("E07", "33.335", name="电梯维保", stated=Decimal("33.34")))) == []
    assert fields(with_lines(line("E07", "33.335", name="电梯维保", stated=Decimal("33.33")))) == ["lines[7].amount"]


@pytest.mark.parametrize("code", ["E00", "X01", "E1", "I100", ""])
def test_an_unknown_code_is_refused(code):
    assert "lines[7].code" in fields(with_lines(replace(line("E04", "0"), code=code)))


def test_negative_figures_are_refused():
    assert "lines[7].qty" in fields(with_lines(line("E04", "-1")))


def test_a_budget_without_income_is_refused():
    empty = Budget((), Remuneration(Base.FIXED), unforeseen_max=5)
    assert fields(empty) == ["lines"]


@pytest.mark.parametrize(
    "last, change, printed",
    [
        ("30000", 0, "0.0"),
        ("28000", Fraction(50, 7), "+7.1"),
        ("31000", Fraction(-100, 31), "-3.2"),
        ("30001", Fraction(-100, 30001), "0.0"),
        ("0", None, None),
        (None, None, None),
    ],
)
def test_a_line_says_how_much_it_rises_on_last_year(last: str | None, change: Fraction | None, printed: str) -> None:
    priced = line("E03", "30000", last_year_actual=None if last is None else Decimal(last))
    assert priced.change_pct == change
    if change is not None:
        assert signed_percent(change) == printed
