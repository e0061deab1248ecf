"""The end of a custody: accounts come out, a shortfall is borne by somebody, and no day is left without service."""

from datetime import date
from decimal import Decimal

import pytest

from engine.rules.custody import Accounts, accounts_problems, time_problems


def accounts(income: str, subsidy: str, expense: str, balance: str, shortfall: str = "") -> Accounts:
    return Accounts(Decimal(income), Decimal(subsidy), Decimal(expense), Decimal(balance), shortfall)


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        (accounts("6300.00", "3800.00", "9480.00", "620.00"), "", ""),
        (accounts("6300.00", "3800.00", "9480.00", "620.01"), "balance", "应为 620.00 元"),
        (accounts("6300.00", "3800.00", "9480.00", "0.00"), "balance", "应为 620.00 元"),
        (accounts("6300.00", "3180.00", "9480.00", "0.00"), "", ""),
        (accounts("6300.00", "0.00", "9480.00", "0.00"), "shortfall", "支出比收入多 3180.00 元"),
        (accounts("6300.00", "0.00", "9480.00", "0.00", " "), "shortfall", "不得直接向业主摊派"),
        (accounts("6300.00", "0.00", "9480.00", "0.00", "由街道承担。"), "", ""),
        (accounts("6300.00", "0.00", "9480.00", "10.00", "由街道承担。"), "balance", "应为 0 元"),
    ],
)
def test_the_accounts_of_a_custody_come_out(given: Accounts, field: str, said: str) -> None:
    found = accounts_problems(given)
    assert [one.field for one in found] == ([field] if field else [])
    assert all(said in one.message for one in found)


@pytest.mark.parametrize(
    ("ends_on", "fault"),
    [
        (date(2026, 2, 15), "早于托管进场日"),
        (date(2026, 7, 18), "中间没有人管"),
        (date(2026, 7, 19), ""),
        (date(2026, 7, 20), ""),
    ],
)
def test_a_custody_ends_when_the_new_company_serves(ends_on: date, fault: str) -> None:
    found = time_problems(date(2026, 2, 16), ends_on, date(2026, 7, 20))
    assert [one.field for one in found] == (["ends_on"] if fault else [])
    assert all(fault in one.message for one in found)
