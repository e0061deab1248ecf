"""The open budget: lines with a basis, balanced, the company's share counted once (manual §5.1).

Income codes are ``I01``…``I99``, expense codes ``E01``…``E99``.  Each line is rounded half up to
0.01 yuan and totals add rounded lines (decisions 18).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from engine.errors import Problem
from engine.rules.exact import Percent, share_of, yuan
from engine.rules.remuneration import Remuneration

FEES = frozenset({"I01", "I02"})
LAST_YEARS_SURPLUS = "I10"
RESERVE = "E17"
REMUNERATION = "E18"
UNFORESEEN = "E99"

_CODE = re.compile(r"[IE](?!00)\d\d")
_STATUTORY_FUND = re.compile(r"维修(资金|基金)")
_PLANNED_REPAIR = re.compile(r"大修|中修|更新改造|翻新|翻修")
_DENIAL = re.compile(r"(不含|不包括|不动用|不使用|不列入|不涉及|未动用|未使用)[^，。；、,;]*")
_SHARE_BY_ANOTHER_NAME = re.compile(r"酬金|利润|管理费提成")


@dataclass(frozen=True)
class Line:
    """One line: ``qty`` × ``unit_price`` yuan, and on what that rests.

    ``stated`` is an amount somebody wrote beside it, checked against the product.  ``new_business``
    marks income from running a business with shared parts that the owners have not yet decided.
    ``last_year_actual`` is in yuan.
    """

    code: str
    name: str
    basis: str
    qty: Decimal
    unit: str
    unit_price: Decimal
    stated: Decimal | None = None
    new_business: bool = False
    last_year_actual: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """Quantity times unit price, rounded half up to 0.01 yuan."""
        return yuan(Fraction(self.qty) * Fraction(self.unit_price))

    @property
    def change_pct(self) -> Fraction | None:
        """How much the line rises on last year's actual, percent; falls are negative, None without a figure (§5.1)."""
        last = self.last_year_actual
        return 100 * Fraction(self.amount - last) / Fraction(last) if last else None

    @property
    def is_income(self) -> bool:
        """Whether this is money coming in."""
        return self.code.startswith("I")


@dataclass(frozen=True)
class Budget:
    """A year's lines and the agreed remuneration; ``unforeseen_max`` is E99's limit, percent of all expense."""

    lines: Sequence[Line]
    remuneration: Remuneration
    unforeseen_max: Percent


@dataclass(frozen=True)
class Totals:
    """Sums of rounded lines, yuan; ``expense`` holds remuneration and reserve, each once."""

    income: Decimal
    expense: Decimal
    remuneration: Decimal
    reserve: Decimal

    @property
    def balance(self) -> Decimal:
        """What is left; a budget may not be short."""
        return yuan(Fraction(self.income) - Fraction(self.expense))

    @property
    def balanced(self) -> bool:
        """Whether expense stays within income (以收定支; gate G6)."""
        return self.balance >= 0


def totals(budget: Budget) -> Totals:
    """Add the rounded lines."""
    return sums(budget.lines)


def sums(lines: Sequence[Line]) -> Totals:
    """Add rounded lines, of a budget that is still being written too."""
    return Totals(
        income=_total(line for line in lines if line.is_income),
        expense=_total(line for line in lines if not line.is_income),
        remuneration=_total(line for line in lines if line.code == REMUNERATION),
        reserve=_total(line for line in lines if line.code == RESERVE),
    )


def is_code(code: str) -> bool:
    """Whether this is the code of a line of income or expense."""
    return bool(_CODE.fullmatch(code))


def agreed_remuneration(budget: Budget) -> Decimal:
    """What E18 must be: the ratio of its base among these lines, or the fixed amount.

    The base of ``RECEIVED_ALL`` leaves out last year's surplus, whose share was taken when it was
    received; that of ``EXECUTED_EXPENSE`` leaves out reserve and remuneration themselves.
    """
    lines = budget.lines
    return budget.remuneration.of(
        fee=_total(line for line in lines if line.code in FEES),
        all_income=_total(line for line in lines if line.is_income and line.code != LAST_YEARS_SURPLUS),
        expense=_total(line for line in lines if not line.is_income and line.code not in {RESERVE, REMUNERATION}),
    )


def touches_fund(name: str, basis: str) -> bool:
    """Whether a line speaks of the statutory maintenance fund, other than to say that it leaves it alone."""
    return bool(_STATUTORY_FUND.search(_DENIAL.sub("", f"{name}，{basis}")))


def planned_repair(name: str, basis: str) -> bool:
    """Whether a line speaks of medium or major repair, renewal or alteration, which the maintenance fund pays."""
    return bool(_PLANNED_REPAIR.search(_DENIAL.sub("", f"{name}，{basis}")))


def disguised_share(code: str, name: str) -> bool:
    """Whether a line of expense is remuneration by another name."""
    return not code.startswith("I") and code != REMUNERATION and bool(_SHARE_BY_ANOTHER_NAME.search(name))


def special_majority_lines(budget: Budget) -> tuple[str, ...]:
    """Codes of income that needs a three-quarters item of its own (民法典 278 ¶1 no. 8)."""
    return tuple(line.code for line in budget.lines if line.new_business)


def check(budget: Budget) -> list[Problem]:
    """What is wrong with the budget, by line and then as a whole; empty when it may stand (manual §5.1)."""
    problems = [problem for index, line in enumerate(budget.lines) for problem in _check_line(index, line)]
    return problems + _check_remuneration(budget) + _check_whole(budget)


def _check_line(index: int, line: Line) -> list[Problem]:
    where, problems = f"lines[{index}]", []
    if not is_code(line.code):
        problems.append(Problem(f"{where}.code", f"科目代码“{line.code}”不存在；收入请用 I01–I99，支出请用 E01–E99。"))
    if not line.name.strip():
        problems.append(Problem(f"{where}.name", f"科目 {line.code} 没有名称；请填写。"))
    if not line.basis.strip():
        problems.append(Problem(f"{where}.basis", f"科目 {line.code} {line.name} 没有测算依据；每一行都要写明依据。"))
    if line.qty < 0 or line.unit_price < 0:
        problems.append(Problem(f"{where}.qty", f"科目 {line.code} {line.name} 的数量或单价为负；请填不小于 0 的数。"))
    if line.stated is not None and line.stated != line.amount:
        message = f"科目 {line.code} 写作 {line.stated} 元，按数量×单价应为 {line.amount} 元；请改正。"
        problems.append(Problem(f"{where}.amount", message))
    if touches_fund(line.name, line.basis):
        message = f"科目 {line.code} {line.name} 涉及住宅专项维修资金；该资金单独立账、单独表决，不得列入预算。"
        problems.append(Problem(f"{where}.name", message))
    if line.new_business and not line.is_income:
        problems.append(Problem(f"{where}.new_business", f"科目 {line.code} 是支出，不能标为新增经营收入；请改正。"))
    return problems


def _check_remuneration(budget: Budget) -> list[Problem]:
    problems = []
    places = [index for index, line in enumerate(budget.lines) if line.code == REMUNERATION]
    agreed, written = agreed_remuneration(budget), totals(budget).remuneration
    if len(places) > 1:
        message = f"酬金列了 {len(places)} 次；酬金只在 E18 列一次，请合并。"
        problems.append(Problem(f"lines[{places[1]}].code", message))
    if written != agreed:
        where = f"lines[{places[0]}].amount" if places else "lines"
        problems.append(Problem(where, f"酬金（E18）为 {written} 元，按约定应为 {agreed} 元；请改正 E18。"))
    for index, line in enumerate(budget.lines):
        if disguised_share(line.code, line.name):
            message = f"科目 {line.code} {line.name} 是变相的酬金；酬金只在 E18 列一次，请删去或并入。"
            problems.append(Problem(f"lines[{index}].name", message))
    return problems


def _check_whole(budget: Budget) -> list[Problem]:
    problems, sums = [], totals(budget)
    if not any(line.is_income for line in budget.lines):
        problems.append(Problem("lines", "预算没有收入科目；请至少填写一项收入。"))
    if not sums.balanced:
        message = f"支出 {sums.expense} 元超过收入 {sums.income} 元，差 {-sums.balance} 元；请压减支出或核实收入。"
        problems.append(Problem("lines", message))
    unforeseen = _total(line for line in budget.lines if line.code == UNFORESEEN)
    limit = share_of(sums.expense, budget.unforeseen_max)
    if Fraction(unforeseen) * 100 > Fraction(budget.unforeseen_max) * Fraction(sums.expense):
        message = f"不可预见费 {unforeseen} 元超过支出总额的 {budget.unforeseen_max}%（{limit} 元）；请调减。"
        problems.append(Problem("lines", message))
    return problems


def _total(lines: Iterable[Line]) -> Decimal:
    return yuan(sum((Fraction(line.amount) for line in lines), Fraction(0)))
