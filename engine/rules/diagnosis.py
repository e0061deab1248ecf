"""The three ledgers of an estate, their lights, and whether a conclusion may stand (manual §3.3 S3).

Ledger contents follow the five-step practice guide, formulas and lines are the manual's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from engine.errors import InvalidAnswers, Problem
from engine.rules.exact import Percent, Ratio, share_of, yuan
from engine.rules.outcome import Outcome
from engine.rules.remuneration import Base, Remuneration


class Light(StrEnum):
    """Where a ledger stands."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"


@dataclass(frozen=True)
class Lines:
    """The pack's lines between the lights, percentages and days.

    ``gap_yellow_max``: the gap that is still yellow, percent of expected income.  ``support_green_min``
    and ``support_yellow_min``: percent of those asked.  ``window_days``: how near the contract's end is a
    good moment.
    """

    gap_yellow_max: Percent
    support_green_min: Percent
    support_yellow_min: Percent
    window_days: int


@dataclass(frozen=True)
class Economy:
    """What a year would bring and cost in yuan; ``fee_receivable`` is at full collection, ``expected_rate`` percent."""

    fee_receivable: Decimal
    expected_rate: Percent
    common_income: Decimal
    subsidy: Decimal
    basic_service_cost: Decimal
    remuneration: Remuneration
    one_off_repair: Decimal = Decimal(0)

    @property
    def saturated_income(self) -> Decimal:
        """The year's income if everybody paid, subsidies aside (manual S2, D-09)."""
        return yuan(self.fee_receivable + self.common_income)

    @property
    def expected_fee(self) -> Decimal:
        """The fee expected to be received."""
        return share_of(self.fee_receivable, self.expected_rate)

    @property
    def expected_income(self) -> Decimal:
        """Expected fee, common income and subsidy."""
        return yuan(self.expected_fee + self.common_income + self.subsidy)

    @property
    def expected_remuneration(self) -> Decimal:
        """The company's share at the expected income."""
        return self.remuneration.of(self.expected_fee, self.expected_income, self.basic_service_cost)

    @property
    def gap(self) -> Decimal:
        """Basic service and remuneration less expected income; negative is a surplus."""
        return yuan(self.basic_service_cost + self.expected_remuneration - self.expected_income)

    def break_even_rate(self) -> Fraction | None:
        """The collection rate, in percent, at which the gap closes; None where no rate could close it.

        Solved from the gap's own formula before rounding to cents; may lie above 100 or at 0.
        """
        ratio = Fraction(self.remuneration.ratio) / 100
        other = Fraction(self.common_income + self.subsidy)
        cost = Fraction(self.basic_service_cost)
        kept = 1 - ratio if self.remuneration.base in {Base.RECEIVED_FEE, Base.RECEIVED_ALL} else Fraction(1)
        if self.remuneration.base is Base.FIXED:
            cost += Fraction(self.remuneration.fixed)
        if self.remuneration.base is Base.EXECUTED_EXPENSE:
            cost *= 1 + ratio
        if self.remuneration.base is Base.RECEIVED_ALL:
            other *= kept
        wanted = cost - other
        if wanted <= 0:
            return Fraction(0)
        each = Fraction(self.fee_receivable) * kept
        return 100 * wanted / each if each > 0 else None


@dataclass(frozen=True)
class Opinion:
    """A sample of owners asked before any canvass, in persons."""

    asked: int
    supporting: int
    strongly_opposing: int
    key_person_ready: bool


@dataclass(frozen=True)
class Timing:
    """What makes this the moment; without a term ``contract_end`` is None; ``renovation``: one is under way."""

    today: date
    contract_end: date | None
    company_agrees: bool
    renovation: bool


@dataclass(frozen=True)
class Situation:
    """The owners' body and the company as the application states them (D-03)."""

    org_status: str
    company_status: str


@dataclass(frozen=True)
class Ledgers:
    """The three ledgers, their lines and what they show."""

    economy: Economy
    opinion: Opinion
    timing: Timing
    lines: Lines

    @property
    def economic_light(self) -> Light:
        """Green without a gap, yellow while it is within the line of expected income, else red."""
        if self.economy.gap <= 0:
            return Light.GREEN
        bound = Fraction(self.lines.gap_yellow_max) * Fraction(self.economy.expected_income)
        return Light.YELLOW if 100 * Fraction(self.economy.gap) <= bound else Light.RED

    @property
    def opinion_light(self) -> Light:
        """Green and yellow from their lines of persons asked; red when fewer support, or nobody was asked."""
        support = Ratio(self.opinion.supporting, self.opinion.asked)
        if support.reaches(self.lines.support_green_min):
            return Light.GREEN
        return Light.YELLOW if support.reaches(self.lines.support_yellow_min) else Light.RED

    @property
    def days_to_contract_end(self) -> int | None:
        """Days from today to the contract's last day; negative when it has passed."""
        end = self.timing.contract_end
        return None if end is None else (end - self.timing.today).days

    @property
    def window(self) -> tuple[str, ...]:
        """Why the moment is good: ``CONTRACT_ENDING``, ``COMPANY_AGREES``, ``RENOVATION``."""
        days = self.days_to_contract_end
        reasons = {
            "CONTRACT_ENDING": days is not None and 0 <= days <= self.lines.window_days,
            "COMPANY_AGREES": self.timing.company_agrees,
            "RENOVATION": self.timing.renovation,
        }
        return tuple(name for name, holds in reasons.items() if holds)

    @property
    def timing_light(self) -> Light:
        """Green with a reason; yellow while no term binds (none, or run out: 民法典 948); red while one does."""
        if self.window:
            return Light.GREEN
        days = self.days_to_contract_end
        return Light.YELLOW if days is None or days < 0 else Light.RED

    def figures(self) -> dict[str, object]:
        """Every figure a report may print; rates are floored to two decimals, money is in yuan."""
        rate = self.economy.break_even_rate()
        return {
            "saturated_income": str(self.economy.saturated_income),
            "expected_income": str(self.economy.expected_income),
            "expected_remuneration": str(self.economy.expected_remuneration),
            "gap": str(self.economy.gap),
            "one_off_repair": str(self.economy.one_off_repair),
            "break_even_rate": None if rate is None else Ratio(rate.numerator, 100 * rate.denominator).percent(2),
            "pre_support": [self.opinion.supporting, self.opinion.asked],
            "strong_oppose": [self.opinion.strongly_opposing, self.opinion.asked],
            "key_person_ready": self.opinion.key_person_ready,
            "days_to_contract_end": self.days_to_contract_end,
            "window": list(self.window),
            "window_score": len(self.window),
            "economic_light": self.economic_light.value,
            "opinion_light": self.opinion_light.value,
            "timing_light": self.timing_light.value,
        }


def fee_by_area(price: Decimal, area: int, months: int = 12) -> Decimal:
    """Fees receivable in yuan: yuan per m² and month on an area in 0.01 m²."""
    return yuan(Fraction(price) * area * months / 100)


def fee_by_unit(price: Decimal, units: int, months: int = 12) -> Decimal:
    """Fees receivable in yuan: yuan per unit and month."""
    return yuan(Fraction(price) * units * months)


def area_problems(charged: int, known: int) -> list[Problem]:
    """A fee is charged on no more area than the estate is known to have, both in 0.01 m² (manual S2, D-09)."""
    if charged <= known:
        return []
    return [Problem("charged_area", "计费面积大于小区的总建筑面积；请按业主清册核对。")]


def problems(
    ledgers: Ledgers, conclusion: str, gap_funded: bool, nurture_round: int, nurture_max: int
) -> Sequence[Problem]:
    """Why the meeting's conclusion cannot stand (gate G3).

    SUITABLE needs an economic light that is not red, or a funded plan for the gap, and an opinion
    light that is not red.  NURTURE is open while fewer than ``nurture_max`` rounds were nurtured.
    """
    opinion = ledgers.opinion
    if opinion.supporting + opinion.strongly_opposing > opinion.asked:
        stated = f"支持 {opinion.supporting} 人、强烈反对 {opinion.strongly_opposing} 人"
        return [Problem("supporting_heads", f"{stated}，合计超过抽样人数 {opinion.asked}；请核对。")]
    if conclusion == "SUITABLE":
        return _against_suitable(ledgers, gap_funded)
    if conclusion == "NURTURE" and nurture_round >= nurture_max:
        message = f"已培育 {nurture_round} 次，达到上限 {nurture_max} 次；请选择“适合导入”或“暂不导入”。"
        return [Problem("conclusion", message)]
    if conclusion not in {"NURTURE", "NOT_NOW"}:
        return [Problem("conclusion", f"没有“{conclusion}”这个诊断结论；请选择适合导入、先行培育或暂不导入。")]
    return []


def route_problems(route: str, principal_route: str, fund_route: str, situation: Situation) -> list[Problem]:
    """Routes that the estate's own facts rule out, or that do not go together (manual §3.3 S3, S4, §3.4, §3.5)."""
    served = situation.company_status == "COMPANY_EXISTS"
    wrong = (
        ("route", route == "CONVERT_EXISTING" and not served, "没有物业企业，不能走原物业改签；请改选其他路径。"),
        ("route", route == "NEW_COMPANY" and served, "现有物业企业，请在改签、协议选聘、公开招标中选择。"),
        ("principal_route", principal_route == "USE_OC" and situation.org_status != "OC_VALID",
         "申请表登记的业委会不在任，不能沿用；请选成立或改选业委会，或组建物管会。"),
        ("principal_route", principal_route == "USE_PMC" and situation.org_status != "PMC_VALID",
         "申请表登记没有在任的物管会，不能沿用；请改选。"),
        ("principal_route", principal_route == "ALL_OWNERS" and route not in {"SELF_GOVERN", "MERGE_NEIGHBOUR"},
         "只有自治或并入相邻小区才由全体业主直接决定；请改选业主组织路径。"),
        ("fund_route", fund_route == "F5" and route != "SELF_GOVERN", "自治账户只用于信义自治；请改选账户路径。"),
        ("fund_route", fund_route == "F2" and principal_route in {"USE_PMC", "FORM_PMC"},
         "物管会一般不能开立业主大会账户；请选物管会、社区协助账户。"),
    )  # fmt: skip
    return [Problem(field, message) for field, holds, message in wrong if holds]


def conclude(ledgers: Ledgers, conclusion: str, gap_funded: bool, nurture_round: int, nurture_max: int) -> Outcome:
    """Gate G3: ``SUITABLE``, ``NURTURE`` or ``NOT_NOW`` as the meeting concluded.

    ``nurture_round`` counts the nurturings already done; the figure of that name counts the one now
    begun as well.  Raises InvalidAnswers when the conclusion cannot stand.
    """
    found = problems(ledgers, conclusion, gap_funded, nurture_round, nurture_max)
    if found:
        raise InvalidAnswers(found)
    figures = {
        **ledgers.figures(),
        "gap_funded": gap_funded,
        "nurture_round": nurture_round + (conclusion == "NURTURE"),
        "nurture_max": nurture_max,
    }
    return Outcome(conclusion, figures, ("G3",))


def _against_suitable(ledgers: Ledgers, gap_funded: bool) -> list[Problem]:
    found = []
    if ledgers.economic_light is Light.RED and not gap_funded:
        found.append(
            Problem(
                "conclusion",
                f"经济账为红灯（年缺口 {ledgers.economy.gap} 元，预期收入 {ledgers.economy.expected_income} 元），"
                "不能认定为适合导入；请先落实缺口资金安排，或选择先行培育。",
            )
        )
    if ledgers.opinion_light is Light.RED:
        opinion = ledgers.opinion
        found.append(
            Problem(
                "conclusion",
                f"民意账为红灯（抽样 {opinion.asked} 人，支持 {opinion.supporting} 人），"
                "不能认定为适合导入；请先做宣讲动员，或选择先行培育。",
            )
        )
    return found
