"""How long a street may let a provider serve that nobody chose, and what that provider does on its first day.

Manual §3.3 S9, dispute path; the longest period is a place's own (``emergency_service_max``).
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from engine.errors import Problem


class FirstDay(StrEnum):
    """What must be in hand on the first day."""

    GUARD = "GUARD"
    WASTE = "WASTE"
    LIFT = "LIFT"
    PUMP = "PUMP"
    FIRE = "FIRE"
    ACCOUNT = "ACCOUNT"
    DOCUMENTS = "DOCUMENTS"


FIRST_DAY_NAMES = {
    FirstDay.GUARD: "门岗上岗",
    FirstDay.WASTE: "垃圾清运",
    FirstDay.LIFT: "电梯维保到位",
    FirstDay.PUMP: "泵房供水值守",
    FirstDay.FIRE: "消控室双人值班",
    FirstDay.ACCOUNT: "冻结原收费账户",
    FirstDay.DOCUMENTS: "发出资料催交函",
}


def appointment_problems(until: date, latest: date, provider: str, old_company: str) -> list[Problem]:
    """Why a provider cannot be named: for longer than until ``latest``, or the very company that failed."""
    found = []
    if until > latest:
        message = f"应急服务截止日 {until} 超过最长期限，最迟为 {latest}；请改为该日或以前。"
        found.append(Problem("emergency_until", message))
    if provider.strip() == old_company.strip():
        message = f"“{provider}”就是中断服务的原企业，不能担任应急企业；请另定一家。"
        found.append(Problem("provider", message))
    return found


def first_day_problems(done: Collection[str]) -> list[Problem]:
    """What the list of the first day leaves out."""
    missing = [name for item, name in FIRST_DAY_NAMES.items() if item not in done]
    if not missing:
        return []
    return [Problem("items", f"首日清单还缺：{'、'.join(missing)}；请逐项办理后补上。")]


def closing_problems(because: str, ended_on: date, until: date) -> list[Problem]:
    """Why the service cannot end as stated: later than its period, or by its expiry before that."""
    if ended_on > until:
        return [Problem("ended_on", f"应急服务至 {until} 届满，结束日期不得晚于该日；请核对。")]
    if because == "PERIOD_ENDED" and ended_on < until:
        message = f"应急服务至 {until} 才届满；提前结束的，结束原因请选企业进场或恢复服务。"
        return [Problem("ended_because", message)]
    return []
