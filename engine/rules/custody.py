"""The end of a custody: what the custodian received and spent, and what it hands on (manual §3, CUSTODY_FIRST)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.errors import Problem


@dataclass(frozen=True)
class Accounts:
    """The accounts of a custody in yuan; ``shortfall`` says who bears what income did not cover."""

    income: Decimal
    subsidy: Decimal
    expense: Decimal
    balance: Decimal
    shortfall: str

    @property
    def left(self) -> Decimal:
        """What is left of the income, below zero where it did not cover the expense."""
        return self.income + self.subsidy - self.expense


def accounts_problems(accounts: Accounts) -> list[Problem]:
    """Whether the accounts come out, and whether it is said who bears a shortfall."""
    if accounts.balance != max(accounts.left, Decimal(0)):
        message = f"收费加补贴减支出是 {accounts.left} 元，移交的结余应为 {max(accounts.left, Decimal(0))} 元；请核对。"
        return [Problem("balance", message)]
    if accounts.left < 0 and not accounts.shortfall.strip():
        return [Problem("shortfall", f"支出比收入多 {-accounts.left} 元；请写明由谁承担，不得直接向业主摊派。")]
    return []


def time_problems(taken_over_on: date, ends_on: date, service_start: date) -> list[Problem]:
    """Whether the custody ends after it began and not before the new company serves, so that no day is left out."""
    if ends_on < taken_over_on:
        return [Problem("ends_on", f"托管终止日早于托管进场日 {taken_over_on}；请核对日期。")]
    if (service_start - ends_on).days > 1:
        return [Problem("ends_on", f"新企业 {service_start} 才开始服务，中间没有人管；请把托管延到它的前一天。")]
    return []
