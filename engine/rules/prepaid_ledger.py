"""The ledger of prepaid fees: what the old company acknowledged of it, and what still stands in the way of its close.

Per unit = per building = total, and no unit without a disposition (manual S9, 9.4; 物业服务解释 3).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import orjson

from engine.errors import Problem
from engine.rules.exact import yuan
from engine.rules.handover import Disposition, Prepaid, Settlement

#: What the acknowledgement covers of a row; where the money went is no part of it.
_COVERED = ("unit_no", "building", "amount", "months_paid", "months_left")


@dataclass(frozen=True)
class Acknowledged:
    """What the old company signed for: refundable yuan in all and by building, and of how many units."""

    name: str
    on: date
    total: Decimal
    by_building: Mapping[str, Decimal]
    units: int
    content: str


@dataclass(frozen=True)
class Compared:
    """A building, or all of them under an empty name: what the units come to and what the company stated, yuan."""

    building: str
    units: int
    found: Decimal
    stated: Decimal | None

    @property
    def differs(self) -> bool:
        """Whether the company stated something else."""
        return self.stated is not None and self.stated != self.found


def _days(row: Mapping[str, str]) -> list[str]:
    return [row[name] for name in ("days_paid", "days_left") if row.get(name)]


def digest(rows: Iterable[Mapping[str, str]]) -> str:
    """The SHA-256 of what an acknowledgement covers."""
    # a row in months reads as it did before there were days, so that what was signed of it still holds
    covered = [[row.get(name, "") for name in _COVERED] + _days(row) for row in rows]
    return hashlib.sha256(orjson.dumps(covered)).hexdigest()


def compared(entries: Sequence[Prepaid], stated: Acknowledged | None) -> list[Compared]:
    """Each building beside what was stated of it, and the total last."""
    ledger = Settlement(entries)
    found = ledger.refundable_by_building()
    names = sorted({*found, *(stated.by_building if stated else ())})
    lines = [
        Compared(
            name,
            sum(entry.building == name for entry in entries),
            found.get(name, yuan(0)),
            stated.by_building.get(name, yuan(0)) if stated and stated.by_building else None,
        )
        for name in names
    ]
    return [*lines, Compared("", len(entries), ledger.refundable_total, stated.total if stated else None)]


def acknowledgement_problems(stated: Acknowledged, today: date) -> list[Problem]:
    """What an acknowledgement itself has wrong: it need not agree with the ledger, only with itself."""
    found = []
    if not stated.name.strip():
        found.append(Problem("name", "没有写原企业的确认人；请写在清算书上签字的人。"))
    if stated.on > today:
        found.append(Problem("on", f"确认日期 {stated.on} 晚于今天（{today}）；请改正。"))
    parts = sum(stated.by_building.values(), Decimal(0))
    if stated.by_building and parts != stated.total:
        message = f"分幢相加是 {yuan(parts)} 元，合计写作 {yuan(stated.total)} 元；请照清算书核对。"
        found.append(Problem("total", message))
    return found


def unsettled(entries: Iterable[Prepaid]) -> list[str]:
    """The units that are owed something which went nowhere yet."""
    return [entry.unit_no for entry in entries if entry.disposition is None and entry.refundable]


def close_problems(
    entries: Sequence[Prepaid], stated: Acknowledged | None, content: str, *, named: bool = True
) -> list[Problem]:
    """Why the ledger cannot be closed: units without a disposition, ``named`` or counted, and what was acknowledged."""
    found = []
    if stated and stated.content != content:
        message = f"预收台账在原企业 {stated.on} 确认以后改过；请重新登记确认。"
        found.append(Problem("prepaid", message))
    if stated and stated.units != len(entries):
        message = f"原企业确认 {stated.units} 户有预收，台账登记了 {len(entries)} 户；请核对漏登的户。"
        found.append(Problem("prepaid", message))
    if open_units := unsettled(entries):
        which = "：" + "、".join(open_units[:20]) + ("等" if len(open_units) > 20 else "") if named else ""
        message = f"{len(open_units)} 户应退的预收费没有去向{which}；请在“预收台账”里登记转入、退还、提存或争议。"
        found.append(Problem("prepaid", message))
    return found


def disposal_problems(disposition: str, on: date | None, voucher: str, today: date) -> list[Problem]:
    """Why money cannot be said to have gone somewhere: nobody can prove it without a voucher and a day."""
    if disposition not in set(Disposition):
        return [Problem("disposition", "没有选去向；请选转入、退还、提存或争议。")]
    found = []
    if on is None or on > today:
        found.append(Problem("done_on", f"日期应为 {today} 以前的一天；请改正。"))
    if not voucher.strip():
        what = "写争议的内容" if disposition == Disposition.DISPUTED else "写银行回单号、业主收条号或提存公证书号"
        found.append(Problem("voucher", f"没有写凭证；请{what}。"))
    return found
