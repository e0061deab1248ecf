"""Which account may hold an estate's common fund, and whether it is under dual control (manual §3.5; RC-18, RC-20)."""

from datetime import date
from decimal import Decimal

from engine.errors import Problem
from engine.rules.exact import CENT


def route_problems(route: str, body_kind: str, self_governed: bool) -> list[Problem]:
    """Routes that this estate's body, or who serves it, rules out."""
    wrong = (
        (route == "F2" and body_kind == "PMC", "物管会一般不能开立业主大会账户；请选物管会、社区协助账户。"),
        (route == "F5" and not self_governed, "自治账户只用于业主自行管理的小区；请改选。"),
        (route == "F1" and self_governed, "没有物业企业，不能用企业项目专户；请改选。"),
    )
    return [Problem("account_route", message) for holds, message in wrong if holds]


def control_problems(
    payer: str, approver: str, separate: bool, tested_on: date | None, test_amount: Decimal | None
) -> list[Problem]:
    """Two hands, one purpose, and a test payment of one cent where the test was done (8F)."""
    found = []
    if payer.strip() == approver.strip():
        found.append(Problem("approver", "发起人和核准人不能是同一人（RC-20）；请改由业主一方持有核准凭证。"))
    if not separate:
        found.append(Problem("separate", "账户须专户专用，不与企业或者其他小区的资金混同（RC-18）；请另开专户。"))
    if tested_on is not None and test_amount != CENT:
        found.append(Problem("test_amount", "双控测试应以 0.01 元付款；请补做并填 0.01。"))
    return found


def keeper_problems(cashier: str, accountant: str) -> list[Problem]:
    """Cashier and accountant are two people."""
    if cashier.strip() != accountant.strip():
        return []
    return [Problem("accountant", "出纳和会计不能是同一人；请另行推选。")]
