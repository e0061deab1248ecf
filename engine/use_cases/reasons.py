"""What a gate said, in words: its outcome, its reasons, its figures, and the rules it applied."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.process.definitions import Definition
from engine.rules.exact import Ratio
from engine.store.estates import Decided
from engine.use_cases import telling

#: The outcomes after which an estate does not go on as planned: somebody has to put something right first.
HOLDING = frozenset({
    "RETURN", "DEFER", "INCOMPLETE", "NURTURE", "NOT_NOW", "NOT_FORMED", "NOT_AGREED", "NOT_READY", "NO_BODY",
    "OVERDUE", "NOT_ELECTED", "OBJECTED", "NOT_REACHED", "EXHAUSTED", "REVISE", "PROCEDURE_FLAW", "UNREACHABLE",
    "LAPSED", "PARTIAL", "REJECTED", "NO_QUORUM", "CONTESTED", "TOO_FEW", "VOTE_NEEDED", "CONFLICT", "DRAFT_DIFFERS",
    "BLOCKED", "RECTIFY", "SUSPEND", "RISES",
})  # fmt: skip
#: Figures that are numbers of items of a vote.
_ITEMS = {"failed_items": "没有通过", "items_without_quorum": "参与不足", "contested_items": "有争议"}
#: Figures that are sentences, or names of what is lacking.
_REASONS = ("missing", "blocked_by", "flaws", "refused", "outside", "outstanding")


_FIELD = re.compile(r"\A[a-z][a-z0-9_.\[\]]*：")


@dataclass(frozen=True)
class Reason:
    """A gate's decision as a person reads it; ``figures`` are pairs of a label and what it says."""

    gate: str
    outcome: str
    why: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    at: str


def in_words(definition: Definition, decided: Decided) -> Reason:
    """A decision in words; a figure for which there are none is left out rather than shown as a code."""
    return Reason(
        gate=gate_title(definition, decided.gate),
        outcome=telling.OUTCOMES[decided.outcome],
        why=tuple(_why(decided.figures)),
        figures=tuple(_figures(decided.figures)),
        rules=decided.rules,
        at=decided.at,
    )


def gate_title(definition: Definition, gate: str) -> str:
    """What the diagram calls the decision of a gate."""
    names = (one.name for one in definition.elements.values() if one.properties.get("gate") == gate)
    return next(names, "判定")


def _why(figures: Mapping[str, Any]) -> Iterator[str]:
    for name in _REASONS:
        for said in figures.get(name) or ():
            if isinstance(said, str):
                # a flaw is kept with the field in which it was found, which says nothing to a reader
                yield _FIELD.sub("", said, count=1)
    if units := figures.get("unreachable"):
        yield f"有 {len(units)} 户没有送达：{'、'.join(map(str, units[:5]))}{' 等' if len(units) > 5 else ''}"
    for name, words in _ITEMS.items():
        if figures.get(name):
            yield f"第 {'、'.join(map(str, figures[name]))} 项{words}"


def _figures(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, (label, shown) in _FIGURES.items():
        value = figures.get(name)
        if value not in (None, "", []):
            yield label, shown(value)


def square_metres(area: int) -> str:
    """An area of 0.01 m² as printed: ``15,702.50 ㎡``."""
    return f"{area // 100:,}.{area % 100:02d} ㎡"


def share(pair: Any) -> str:
    """``136/142（95.7%）``, floored (decisions 17)."""
    ratio = Ratio(*pair)
    return f"{ratio.numerator:,}/{ratio.denominator:,}（{ratio.percent()}%）"


def yuan(amount: Any) -> str:
    """An amount as printed."""
    return f"{Decimal(str(amount)):,.2f} 元"


def _counted(unit: str) -> Callable[[Any], str]:
    return lambda value: f"{value} {unit}"


_plain: Callable[[Any], str] = str
_FIGURES: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "units_listed": ("清册户数", _counted("户")),
    "households": ("申请户数", _counted("户")),
    "listed_area": ("清册面积", square_metres),
    "registered_area": ("登记面积", square_metres),
    "photo_count": ("照片", _counted("张")),
    "expected_income": ("预期年收入", yuan),
    "gap": ("年缺口（负数为结余）", yuan),
    "break_even_rate": ("保本收缴率", _counted("%")),
    "pre_support": ("抽样支持", share),
    "strong_oppose": ("抽样强烈反对", share),
    "size": ("应有委员", _counted("人")),
    "seats_filled": ("在任委员", _counted("人")),
    "unpaid_members": ("欠费委员", _counted("人")),
    "term_end": ("任期届满", _plain),
    "coverage_units": ("见面户数", share),
    "response_units": ("答复户数", share),
    "support_units": ("支持意向（答复户中）", share),
    "coverage_min": ("见面率要求", _counted("%")),
    "response_min": ("答复率要求", _counted("%")),
    "support_min": ("支持意向要求", _counted("%")),
    "round": ("征集轮次", _counted("轮")),
    "comments": ("征求到意见", _counted("条")),
    "comments_adopted": ("采纳意见", _counted("条")),
    "valid": ("有效投标", _counted("家")),
    "received": ("收到投标", _counted("家")),
    "least": ("至少应有", _counted("家")),
    "fee_std": ("合同物业费标准", _counted("元/㎡·月")),
    "fee_max": ("表决的物业费上限", _counted("元/㎡·月")),
    "remuneration_ratio": ("合同酬金比例", _counted("%")),
    "ratio_max": ("表决的酬金上限", _counted("%")),
    "signed_on": ("签订日", _plain),
    "service_start": ("服务起始日", _plain),
    "opening_balance": ("账户期初余额", yuan),
    "transferred_total": ("应转入金额", yuan),
    "refundable_total": ("预交费合计", yuan),
    "dispute_amount": ("争议金额", yuan),
    "total": ("验收得分", _counted("分")),
    "pass_min": ("合格线", _counted("分")),
    "rectify_min": ("整改线", _counted("分")),
    "acceptance_round": ("验收次数", _counted("次")),
    "elected": ("当选", lambda names: "、".join(map(str, names))),
    "old": ("原物业费标准", _counted("元/㎡·月")),
    "new": ("新物业费标准", _counted("元/㎡·月")),
    "note": ("意见", _plain),
}
