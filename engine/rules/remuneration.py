"""On what a company's share is taken, and how much it is (manual §3.3 S6; 物业服务收费管理办法 9)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.rules.exact import Percent, share_of, yuan


class Base(StrEnum):
    """What the ratio is taken of; with ``FIXED`` a yearly amount is agreed instead of a ratio."""

    RECEIVED_FEE = "RECEIVED_FEE"
    RECEIVED_ALL = "RECEIVED_ALL"
    EXECUTED_EXPENSE = "EXECUTED_EXPENSE"
    FIXED = "FIXED"


@dataclass(frozen=True)
class Remuneration:
    """The agreed share: percent of a base, or a fixed amount in yuan a year."""

    base: Base
    ratio: Percent = 0
    fixed: Decimal = Decimal(0)

    def of(self, fee: Decimal, all_income: Decimal, expense: Decimal) -> Decimal:
        """The yearly remuneration in yuan on what was received or spent, rounded half up once.

        ``fee`` is service fees received, ``all_income`` every income received in the year without
        last year's surplus, ``expense`` what was spent without reserve and remuneration.
        """
        if self.base is Base.FIXED:
            return yuan(self.fixed)
        amounts = {Base.RECEIVED_FEE: fee, Base.RECEIVED_ALL: all_income, Base.EXECUTED_EXPENSE: expense}
        return share_of(amounts[self.base], self.ratio)
