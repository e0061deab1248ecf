"""When the new service may start: the old one over, the account open and funded, the posts filled (gate LC-11)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.errors import Problem
from engine.rules.handover import Safety
from engine.rules.outcome import Outcome

#: The safety post that each kind of equipment needs on the first night; every estate needs a guard.
POSTS = {Safety.LIFT: "LIFT_SAFETY", Safety.FIRE: "FIRE_CONTROL", Safety.POWER: "ELECTRICIAN"}
GUARD = "GUARD"
POST_NAMES = {"LIFT_SAFETY": "电梯安全管理员", "FIRE_CONTROL": "消控室值班", "ELECTRICIAN": "电工", GUARD: "秩序维护"}


@dataclass(frozen=True)
class Entry:
    """What stands ready: ``old_end`` and ``same_day`` (article 940) of the old contract, if there was another company.

    ``transferred`` is what the settlement has put into the common account, ``filled`` the people at each safety post.
    """

    service_start: date
    old_end: date | None
    same_day: bool
    account_open_on: date
    balance: Decimal
    transferred: Decimal
    filled: Mapping[str, int]


def decide(entry: Entry, equipment: Collection[Safety]) -> Outcome:
    """Gate LC-11: ``READY``, or ``NOT_READY`` with every reason."""
    reasons = []
    if entry.old_end is not None and not _after(entry.old_end, entry.service_start, entry.same_day):
        reasons.append(f"原合同 {entry.old_end} 才终止，新服务不能于 {entry.service_start} 开始。")
    if entry.account_open_on > entry.service_start:
        reasons.append(f"共有资金账户 {entry.account_open_on} 才启用，晚于服务开始日 {entry.service_start}。")
    if entry.balance < entry.transferred:
        reasons.append(f"账户期初余额 {entry.balance} 元，少于清算转入的 {entry.transferred} 元。")
    needed = [GUARD, *(post for kind, post in POSTS.items() if kind in equipment)]
    reasons += [f"安全岗位“{POST_NAMES[post]}”没有人。" for post in needed if not entry.filled.get(post)]
    figures = {
        "blocked_by": reasons,
        "opening_balance": str(entry.balance),
        "transferred_total": str(entry.transferred),
        "posts": dict(entry.filled),
    }
    return Outcome("NOT_READY" if reasons else "READY", figures, ("LC-11", "CC-950-1"))


def problems(entered_on: date, service_start: date, account_open_on: date) -> list[Problem]:
    """Why nobody may enter on that day: before the service starts, or before the account is open."""
    if entered_on < service_start:
        message = f"服务自 {service_start} 开始，不能提前进场；请按合同约定的日期办理。"
        return [Problem("entered_on", message)]
    if entered_on < account_open_on:
        message = f"共有资金账户 {account_open_on} 才启用，此前不能进场收费；请核对日期。"
        return [Problem("entered_on", message)]
    return []


def _after(old_end: date, start: date, same_day: bool) -> bool:
    return start > old_end or (same_day and start == old_end)
