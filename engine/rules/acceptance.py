"""Ten indicators, a score, and whether the estate passes into operation (manual §3.3 S10, gate G10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import InvalidAnswers, Problem
from engine.rules.exact import Percent, Ratio
from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Indicator:
    """One indicator: its number on the sheet, what it looks at, its rule in words."""

    no: int
    name: str
    rule: str


INDICATORS = (
    Indicator(1, "法定程序完整", "业主组织、表决、备案材料齐全"),
    Indicator(2, "合同信义条款齐备", "合同检查全部通过"),
    Indicator(3, "账户独立并双控", "全部支付经双方核准"),
    Indicator(4, "开放式预算通过并公布", "预算已表决通过并公布"),
    Indicator(5, "首月公示按时", "按时公示，没有逾期未答复的质疑"),
    Indicator(6, "监察人履职", "监察人在任并已出具意见"),
    Indicator(7, "交接完成", "没有逾期的关键事项"),
    Indicator(8, "知晓率", "抽样知晓率达到目标"),
    Indicator(9, "满意度", "抽样满意度达到目标"),
    Indicator(10, "服务响应达标率", "服务响应达标率达到目标"),
)


@dataclass(frozen=True)
class Standard:
    """The pack's marks: pass from ``pass_min``, rectify from ``rectify_min``, at most ``retries_max`` times.

    ``weights`` are the full scores of the ten indicators; those numbered in ``never_zero`` bar a pass at nought.
    """

    pass_min: int
    rectify_min: int
    retries_max: int
    weights: tuple[int, ...]
    never_zero: frozenset[int]


@dataclass(frozen=True)
class Evidence:
    """What the estate's own records say of each indicator, in its order; nobody's opinion.

    ``awareness``, ``satisfaction`` and ``response`` are counts of the samples and of service orders.
    """

    procedure_complete: bool
    clauses_complete: bool
    payments: Ratio
    budget_published: bool
    disclosed_on_time: bool
    open_challenges: int
    supervisor_opinion: bool
    overdue_handover_items: int
    awareness: Ratio
    satisfaction: Ratio
    response: Ratio


@dataclass(frozen=True)
class SampleTargets:
    """The pack's targets for the three samples, in percent."""

    awareness_min: Percent
    satisfaction_min: Percent
    response_min: Percent


def proposed(evidence: Evidence, targets: SampleTargets, weights: Sequence[int]) -> tuple[int, ...]:
    """The score each indicator earns by its rule: all of its weight, or nothing.

    ``payments`` is payments with both approvals out of all; without a payment there is nothing to
    reproach.  The district may score between these (manual S10 table).
    """
    met = (
        evidence.procedure_complete,
        evidence.clauses_complete,
        evidence.payments.numerator == evidence.payments.denominator,
        evidence.budget_published,
        evidence.disclosed_on_time and evidence.open_challenges == 0,
        evidence.supervisor_opinion,
        evidence.overdue_handover_items == 0,
        evidence.awareness.reaches(targets.awareness_min),
        evidence.satisfaction.reaches(targets.satisfaction_min),
        evidence.response.reaches(targets.response_min),
    )
    return tuple(weight if holds else 0 for weight, holds in zip(weights, met, strict=True))


#: Indicators that the estate's records decide outright: payments, disclosure, the supervisor's opinion.
_DECIDED_BY_RECORDS = frozenset({3, 5, 6})


def unearned(scores: Sequence[int], earned: Sequence[int]) -> list[Problem]:
    """Scores above what the records show (``earned`` by :func:`proposed`), named ``score_1`` … ``score_10``.

    Where a record decides outright, an indicator it does not bear out scores nothing; elsewhere less than full.
    """
    found = []
    for indicator, score, reached in zip(INDICATORS, scores, earned, strict=True):
        if reached == 0 and score > 0 and indicator.no in _DECIDED_BY_RECORDS:
            message = f"“{indicator.name}”在记录中不成立（{indicator.rule}），应为 0 分；请改正，或先更正记录。"
            found.append(Problem(f"score_{indicator.no}", message))
    return found


def problems(scores: Sequence[int], weights: Sequence[int]) -> list[Problem]:
    """Scores that are missing or outside 0…weight, named ``score_1`` … ``score_10``."""
    if len(scores) != len(INDICATORS):
        return [Problem("scores", f"应有 {len(INDICATORS)} 项得分，收到 {len(scores)} 项；请逐项填写。")]
    return [
        Problem(f"score_{indicator.no}", f"“{indicator.name}”得分 {score} 应在 0 到 {weight} 之间；请改正。")
        for indicator, score, weight in zip(INDICATORS, scores, weights, strict=True)
        if not 0 <= score <= weight
    ]


def judge(scores: Sequence[int], standard: Standard, acceptance_round: int) -> Outcome:
    """Gate G10: ``PASS``, ``RECTIFY`` or ``SUSPEND``.

    PASS needs ``pass_min`` and no zero in an indicator that may not be zero.  From ``rectify_min`` the estate may
    rectify while retries are left; else SUSPEND.  ``acceptance_round`` is 1 at the first evaluation.
    Raises InvalidAnswers for a score outside its range.
    """
    found = problems(scores, standard.weights)
    if found:
        raise InvalidAnswers(found)
    total = sum(scores)
    zeros = [i.no for i, score in zip(INDICATORS, scores, strict=True) if score == 0 and i.no in standard.never_zero]
    figures = {
        "scores": list(scores),
        "total": total,
        "pass_min": standard.pass_min,
        "rectify_min": standard.rectify_min,
        "zero_indicators": zeros,
        "acceptance_round": acceptance_round,
        "retries_max": standard.retries_max,
    }
    if total >= standard.pass_min and not zeros:
        return Outcome("PASS", figures, ("G10",))
    may_retry = acceptance_round <= standard.retries_max
    return Outcome("RECTIFY" if total >= standard.rectify_min and may_retry else "SUSPEND", figures, ("G10",))


@dataclass(frozen=True)
class DisclosureRule:
    """The pack's day of the next month, and from how many days late the committee and the street are told."""

    month_day: int
    committee_after: int
    street_after: int


def disclosure(month_end: date, posted_on: date | None, today: date, rule: DisclosureRule) -> Outcome:
    """Whether a month's disclosure was posted by the rule's day of the next month: ``ON_TIME``, ``DUE`` or ``LATE``.

    LATE tells the company and the community at once, then the committee, then the supervisor and the
    street (manual §5.2, MV18); figure ``notify`` lists the lanes.
    """
    due = (month_end.replace(day=1) + timedelta(days=32)).replace(day=rule.month_day)
    late = ((posted_on or today) - due).days
    figures: dict[str, object] = {"due_on": due.isoformat(), "days_late": max(late, 0), "late": late > 0}
    if late <= 0:
        return Outcome("ON_TIME" if posted_on else "DUE", {**figures, "notify": []}, ("disclosure_month_day",))
    steps = (
        (1, ("物业企业", "社区干部")),
        (rule.committee_after, ("业委会/物管会",)),
        (rule.street_after, ("监察人", "街道")),
    )
    notify = [lane for days, lanes in steps if late >= days for lane in lanes]
    return Outcome("LATE", {**figures, "notify": notify}, ("disclosure_month_day",))
