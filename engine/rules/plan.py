"""Whether plan, contract draft and first budget may go to the vote (manual §3.3 S6, §4.3, gate G6)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.errors import Problem
from engine.rules.deadlines import WEEKENDS_ONLY, Length
from engine.rules.exact import Percent
from engine.rules.outcome import Outcome

MANDATORY_CLAUSES = {
    "PURPOSE": "目的（信托法 9）",
    "PARTIES": "当事人姓名和住所（信托法 9）",
    "BENEFICIARIES": "受益人（信托法 9）",
    "PROPERTY": "财产范围（信托法 9）",
    "BENEFIT": "受益方式（信托法 9）",
    "SERVICES": "服务事项（民法典 938）",
    "QUALITY": "服务质量（民法典 938）",
    "FEE": "服务费标准和收取办法（民法典 938）",
    "MAINTENANCE_FUND": "维修资金的使用（民法典 938）",
    "SERVICE_ROOMS": "服务用房的管理和使用（民法典 938）",
    "TERM": "服务期限（民法典 938）",
    "HANDOVER": "服务交接（民法典 938）",
    "RIGHTS_AND_DUTIES": "双方权利义务（物业管理条例 34）",
    "LIABILITY": "违约责任（物业管理条例 34）",
    "BILLING": "计费方式和起始时间（物业服务收费管理办法）",
    "REMUNERATION": "酬金比例和基数（信托法 35）",
    "SEPARATE_ACCOUNT": "独立账户（信托法 29）",
    "DISCLOSURE": "信息公开（民法典 943）",
}
"""What the contract checker counts as a hard error when missing (manual §4.3; law RC-10, RC-11)."""


@dataclass(frozen=True)
class Limits:
    """The pack's bounds of a plan: longest contract in years, highest remuneration ratio, highest amount withheld."""

    years_max: int
    ratio_max: Percent
    withhold_max: Percent


@dataclass(frozen=True)
class Terms:
    """The plan's main terms; ``fee_std_new`` in yuan per m² and month, the rest in years and percent."""

    contract_years: int
    fee_std_new: Decimal
    remuneration_ratio: Percent
    performance_withhold: Percent


@dataclass(frozen=True)
class Comment:
    """One owner's comment and what became of it."""

    opinion: str
    adopted: bool
    reason: str


@dataclass(frozen=True)
class Consultation:
    """The public comment; ``days`` is the pack's length, ``committee_told_on`` when the residents' committee knew."""

    posted_on: date
    committee_told_on: date | None
    closed_on: date | None
    days: int
    comments: Sequence[Comment] = ()

    @property
    def ends_on(self) -> date:
        """The last day on which owners may comment; the day of posting is day 0 (民法典 201)."""
        return self.posted_on + timedelta(self.days)


def terms_problems(terms: Terms, limits: Limits) -> list[Problem]:
    """Terms outside the pack's bounds, by field of the plan."""
    found = []
    if not 1 <= terms.contract_years <= limits.years_max:
        message = f"合同年限 {terms.contract_years} 年，应为 1 到 {limits.years_max} 年。"
        found.append(Problem("contract_years", message))
    if terms.fee_std_new < 0:
        found.append(Problem("fee_std_new", "物业费标准为负；请填不小于 0 的金额。"))
    if not 0 <= terms.remuneration_ratio <= limits.ratio_max:
        message = f"酬金比例 {terms.remuneration_ratio}%，应在 0 到 {limits.ratio_max}% 之间。"
        found.append(Problem("remuneration_ratio", message))
    if not 0 <= terms.performance_withhold <= limits.withhold_max:
        message = f"考核预留 {terms.performance_withhold}%，应在 0 到 {limits.withhold_max}% 之间。"
        found.append(Problem("performance_withhold", message))
    return found


def missing_clauses(present: Collection[str]) -> list[str]:
    """The names of mandatory clauses that are not among the codes ``present``."""
    return [name for code, name in MANDATORY_CLAUSES.items() if code not in present]


def old_fee_problems(stated: Decimal | None, known: Decimal | None) -> list[Problem]:
    """Whether the plan states the fee that is paid today as the application has it: a rise is told by it."""
    if known is None or stated == known:
        return []
    message = f"申请表登记的现行标准是每平方米每月 {known} 元，是否涨价以此为准；请照填，登记有误的先更正申请表。"
    return [Problem("fee_std_old", message)]


def fee_change(old: Decimal | None, new: Decimal) -> Outcome:
    """Whether the fee ``RISES`` or ``HOLDS``, in yuan per m² and month; no old fee is no rise (manual S6).

    A rise needs an audit and a notice of its own before the vote, by the pack's ``fee_rise_notice``.
    """
    rises = old is not None and new > old
    return Outcome("RISES" if rises else "HOLDS", {"old": None if old is None else str(old), "new": str(new)}, ("S6",))


def years_problems(starts: date, ends: date, years: int) -> list[Problem]:
    """Whether the contract's dates make the years that the plan proposes: ends the day before the anniversary."""
    last = Length(years, "years").after(starts - timedelta(1), WEEKENDS_ONLY)
    if ends == last:
        return []
    message = f"服务期应为 {years} 年，届满日应为 {last}；请改正日期，或修改方案的合同年限。"
    return [Problem("service_end", message)]


def review(
    clauses_missing: Sequence[str],
    budget_problems: Sequence[Problem],
    consultation: Consultation,
    opinions: Mapping[str, str],
) -> Outcome:
    """Gate G6: ``CLEAR``, or ``REVISE`` with what is missing as sentences in figure ``missing``.

    ``opinions`` by reviewer (法律顾问, 会计, 街道, 区住建): ``NO_OBJECTION``, ``WITH_RISK`` (may proceed, the risk is
    stated) or ``MUST_CHANGE``.
    """
    missing = [f"合同缺少条款：{name}。" for name in clauses_missing]
    missing += [f"预算：{problem.message}" for problem in budget_problems]
    missing += _unfinished(consultation)
    missing += [f"{who}认为必须修改。" for who, said in opinions.items() if said not in {"NO_OBJECTION", "WITH_RISK"}]
    figures = {
        "missing": missing,
        "opinions": dict(opinions),
        "comments": len(consultation.comments),
        "comments_adopted": sum(1 for comment in consultation.comments if comment.adopted),
        "comment_period_ends_on": consultation.ends_on.isoformat(),
        "closed_on": consultation.closed_on.isoformat() if consultation.closed_on else None,
    }
    return Outcome("REVISE" if missing else "CLEAR", figures, ("G6", "RC-10", "RC-11"))


def _unfinished(consultation: Consultation) -> list[str]:
    reasons = []
    if consultation.committee_told_on is None:
        reasons.append("尚未告知居委会。")
    if consultation.closed_on is None:
        reasons.append("征求意见尚未处理完毕。")
    elif consultation.closed_on < consultation.ends_on:
        reasons.append(
            f"公示不足 {consultation.days} 天：应到 {consultation.ends_on}，{consultation.closed_on} 已结束。"
        )
    silent = sum(1 for comment in consultation.comments if not comment.adopted and not comment.reason.strip())
    if silent:
        reasons.append(f"有 {silent} 条未采纳的意见没有说明理由。")
    return reasons
