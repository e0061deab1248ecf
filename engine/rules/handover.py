"""What the old company hands over: every unit's prepaid fee, every item, and whether that is enough.

Manual §3.3 S9, gate G9; law §5; 物业服务解释 3; 民法典 949–950.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from engine.errors import Problem
from engine.rules.exact import yuan
from engine.rules.outcome import Outcome


class Disposition(StrEnum):
    """What became of a unit's prepaid fee; all but ``DISPUTED`` put the money out of the old company's hands."""

    TRANSFERRED = "TRANSFERRED"
    REFUNDED = "REFUNDED"
    ESCROWED = "ESCROWED"
    DISPUTED = "DISPUTED"


class State(StrEnum):
    """How an item was found."""

    GOOD = "GOOD"
    DEFECT = "DEFECT"
    MISSING = "MISSING"
    NONE = "NONE"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be handed over or mended."""
        return self in {State.DEFECT, State.MISSING}


class Safety(StrEnum):
    """Equipment that must be in order on the first night (gate G9)."""

    LIFT = "LIFT"
    FIRE = "FIRE"
    POWER = "POWER"
    CCTV = "CCTV"


SAFETY_NAMES = {Safety.LIFT: "电梯", Safety.FIRE: "消防", Safety.POWER: "供电", Safety.CCTV: "监控"}


class Measure(StrEnum):
    """In what a period that was paid for is counted; in days where it, or what is left of it, is not whole months."""

    MONTHS = "MONTHS"
    DAYS = "DAYS"

    @property
    def word(self) -> str:
        """How it reads."""
        return "个月" if self is Measure.MONTHS else "天"


@dataclass(frozen=True)
class Prepaid:
    """One payment in advance: ``amount`` yuan for ``paid`` months or days, ``left`` of them after the old end."""

    unit_no: str
    building: str
    amount: Decimal
    paid: int
    left: int
    disposition: Disposition | None = None
    measure: Measure = Measure.MONTHS

    @property
    def refundable(self) -> Decimal:
        """The part for service not rendered, rounded half up to 0.01 yuan (物业服务解释 3; manual MV14).

        Whole months count alike, else every day does: the law names no method, so the paper states this one.
        """
        return yuan(Fraction(self.amount) * self.left / self.paid)


def prepaid_of(row: Mapping[str, str]) -> Prepaid:
    """A row of the ledger: in months, or where it has ``days_paid`` and ``days_left`` in days."""
    measure = Measure.DAYS if row.get("days_paid") else Measure.MONTHS
    paid, left = (row[f"{measure.value.lower()}_{name}"] for name in ("paid", "left"))
    disposition = Disposition(row["disposition"]) if row.get("disposition") else None
    return Prepaid(
        row["unit_no"], row.get("building", ""), Decimal(row["amount"]), int(paid), int(left), disposition, measure
    )


@dataclass(frozen=True)
class Settlement:
    """The accounts as settled, in yuan.

    ``stated_total`` and ``stated_by_building`` are what the old company signed for as refundable, None before.
    ``dispute_amount`` is other money in dispute, and ``dispute_escrowed`` whether a third hand holds it.
    """

    prepaid: Sequence[Prepaid]
    stated_total: Decimal | None = None
    stated_by_building: Mapping[str, Decimal] | None = None
    dispute_amount: Decimal = Decimal(0)
    dispute_escrowed: bool = False

    @property
    def refundable_total(self) -> Decimal:
        """The sum of the rounded refundable parts."""
        return _sum(self.prepaid)

    def refundable_by_building(self) -> dict[str, Decimal]:
        """The same sum for each building, in order of name."""
        buildings = sorted({entry.building for entry in self.prepaid})
        return {name: _sum([entry for entry in self.prepaid if entry.building == name]) for name in buildings}

    def by_disposition(self) -> dict[str, Decimal]:
        """The same sum for each disposition, ``NONE`` for units without one."""
        names = [*(disposition.value for disposition in Disposition), "NONE"]
        return {name: _sum([e for e in self.prepaid if (e.disposition or "NONE") == name]) for name in names}


@dataclass(frozen=True)
class Item:
    """One thing handed over; ``mitigated`` says that the risk of its defect is under control meanwhile."""

    group: str
    name: str
    state: State
    safety: Safety | None = None
    mitigated: bool = False


def reconcile(settlement: Settlement) -> list[Problem]:
    """What does not add up: per unit = per building = total, a disposition for each unit (manual S9, 9.4)."""
    problems = [problem for index, entry in enumerate(settlement.prepaid) for problem in _check_entry(index, entry)]
    if problems:
        return problems
    total, stated = settlement.refundable_total, settlement.stated_by_building
    if stated is not None:
        problems += _against_buildings(settlement.refundable_by_building(), stated)
    if settlement.stated_total is not None and total != settlement.stated_total:
        message = f"应退预收费按户合计 {total} 元，原企业确认的是 {settlement.stated_total} 元；请逐户核对后改正。"
        problems.append(Problem("prepaid", message))
    return problems


def close(
    items: Sequence[Item], settlement: Settlement | None, required: Collection[Safety], was_old_company: bool = True
) -> Outcome:
    """Gate G9: ``COMPLETE``, ``PARTIAL`` with an outstanding list, or ``BLOCKED``.

    Blocked while required safety equipment is neither good nor under control, or money is neither
    transferred, refunded nor escrowed.  ``required`` is what the estate has of safety equipment;
    ``settlement`` may be None only where no old company was.
    """
    blocked = [*_unsafe(items, required), *_unsettled(settlement, was_old_company)]
    if not items:
        blocked.append("没有登记任何移交或查验项目。")
    outstanding = [f"{item.group} {item.name}" for item in items if item.state.is_open]
    figures: dict[str, object] = {
        "items": len(items),
        "outstanding": outstanding,
        "blocked_by": blocked,
        "refundable_total": str(settlement.refundable_total if settlement else yuan(0)),
        "prepaid_units": len(settlement.prepaid) if settlement else 0,
        "dispute_amount": str(yuan(settlement.dispute_amount) if settlement else yuan(0)),
    }
    for name, amount in (settlement.by_disposition() if settlement else {}).items():
        figures[f"refundable_{name.lower()}"] = str(amount)
    rules = ("G9", "LC-12", "JP-3-1")
    if blocked:
        return Outcome("BLOCKED", figures, rules)
    return Outcome("PARTIAL" if outstanding else "COMPLETE", figures, rules)


def close_cutover(settlement: Settlement) -> Outcome:
    """Gate G9 where the old company stays: nothing changes hands but the money (manual S9, 9.C)."""
    blocked = _unsettled(settlement, was_old_company=True)
    figures = {
        "blocked_by": blocked,
        "refundable_total": str(settlement.refundable_total),
        "dispute_amount": str(yuan(settlement.dispute_amount)),
    }
    return Outcome("BLOCKED" if blocked else "COMPLETE", figures, ("G9", "JP-3-1"))


def certificate_problems(
    old_company: bool, new_company: bool, committee: bool, *, substitute: bool = False
) -> list[Problem]:
    """Who has not yet signed the handover certificate; all three must (gate G9).

    ``substitute`` says that an order or an award stands in for the signature the old company refuses.
    """
    signed = {
        "old_company_signed": (old_company or substitute, "原物业企业"),
        "new_company_signed": (new_company, "新物业企业"),
        "committee_signed": (committee, "业委会/物管会"),
    }
    return [
        Problem(field, f"{who}尚未签署交接确认书；三方签齐后再提交，拒签的请转交接争议处置。")
        for field, (has, who) in signed.items()
        if not has
    ]


def posting_problems(inspected_on: date, posted_on: date, due_on: date, reason: str) -> list[Problem]:
    """Why a posting of the inspection's result cannot stand: before the inspection, or late without a reason."""
    if posted_on < inspected_on:
        message = f"查验结果公示日期 {posted_on} 早于查验日期 {inspected_on}；先查验，后公示，请核对日期。"
        return [Problem("result_posted_on", message)]
    if posted_on <= due_on or reason.strip():
        return []
    return [Problem("late_reason", f"查验结果应在 {due_on} 以前公示，{posted_on} 已经逾期；请写明逾期原因。")]


def outstanding_problems(items: Sequence[Item], listed: Mapping[str, date], latest: date) -> list[Problem]:
    """What the certificate's list of outstanding items leaves open.

    ``listed`` gives each item's day; every item that is defective or missing must stand there under its own
    name, to be done by ``latest``.
    """
    missing = [item.name for item in items if item.state.is_open and item.name not in listed]
    found = []
    if missing:
        message = f"遗留事项还缺：{'、'.join(missing)}；请照移交清单上的名称逐项列出责任人和期限。"
        found.append(Problem("outstanding", message))
    for name, due in listed.items():
        if due > latest:
            message = f"“{name}”的期限 {due} 过晚，遗留事项最迟 {latest} 补齐；请改正。"
            found.append(Problem("outstanding", message))
    return found


def _check_entry(index: int, entry: Prepaid) -> list[Problem]:
    where = f"prepaid[{index}]"
    word, column = ("月数", "months") if entry.measure is Measure.MONTHS else ("天数", "days")
    if entry.paid <= 0:
        return [Problem(f"{where}.{column}_paid", f"{entry.unit_no} 的预收{word}应大于 0；请核对票据。")]
    if not 0 <= entry.left <= entry.paid:
        message = f"{entry.unit_no} 的剩余{word} {entry.left} 应在 0 到 {entry.paid} 之间；请核对票据。"
        return [Problem(f"{where}.{column}_left", message)]
    if entry.amount < 0:
        return [Problem(f"{where}.amount", f"{entry.unit_no} 的预收金额为负；请填不小于 0 的金额。")]
    if entry.disposition is None and entry.refundable:
        message = f"{entry.unit_no} 应退 {entry.refundable} 元没有去向；请填转入、退还、监管或争议。"
        return [Problem(f"{where}.disposition", message)]
    return []


def _against_buildings(found: Mapping[str, Decimal], stated: Mapping[str, Decimal]) -> list[Problem]:
    nothing = yuan(0)
    return [
        Problem(
            f"prepaid_by_building[{name}]",
            f"{name} 应退预收费按户合计 {found.get(name, nothing)} 元，"
            f"清算书写作 {stated.get(name, nothing)} 元；请逐户核对后改正。",
        )
        for name in sorted({*found, *stated})
        if found.get(name, nothing) != stated.get(name, nothing)
    ]


def _unsafe(items: Sequence[Item], required: Collection[Safety]) -> list[str]:
    reasons = []
    for kind in Safety:
        listed = [item for item in items if item.safety is kind]
        if kind in required and not listed:
            reasons.append(f"{SAFETY_NAMES[kind]}没有查验记录。")
        reasons += [
            f"{item.name}（{SAFETY_NAMES[kind]}）未处于良好状态，也没有落实风险控制。"
            for item in listed
            if item.state.is_open and not item.mitigated
        ]
    return reasons


def _unsettled(settlement: Settlement | None, was_old_company: bool) -> list[str]:
    if settlement is None:
        return ["原物业费用尚未清算。"] if was_old_company else []
    reasons = [problem.message for problem in reconcile(settlement)]
    disputed = settlement.by_disposition()[Disposition.DISPUTED.value]
    if disputed:
        reasons.append(f"预收费 {disputed} 元有争议，既未转入也未交第三方监管。")
    if settlement.dispute_amount > 0 and not settlement.dispute_escrowed:
        reasons.append(f"争议款 {yuan(settlement.dispute_amount)} 元未交第三方监管。")
    return reasons


def _sum(entries: Sequence[Prepaid]) -> Decimal:
    return yuan(sum((entry.refundable for entry in entries), Decimal(0)))
