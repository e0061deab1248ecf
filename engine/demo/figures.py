"""The figures of an estate of the demo: what is counted, measured and paid in it, in the place of the case's."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any

from engine.demo import wording
from engine.demo.roll import Entry
from engine.forms import Field
from engine.rules import budget_posts
from engine.use_cases.library import Library

_CENT, _YUAN = Decimal("0.01"), Decimal(1)
#: The fee per square metre and month of the case, and the prepaid fees that its old company holds: alone, and with the
#: common revenue.
FEE, PREPAID = "1.20", Decimal("140000.00")
_WITH_PREPAID = frozenset({PREPAID, PREPAID + Decimal("32400.00")})
#: Sums that do not grow with an estate: prices, limits of payment, what one person is paid.
_KEPT = frozenset(
    [
        "fee_std",
        "fee_per_household",
        "fee_std_new",
        "fee_std_old",
        "payment_limit_a",
        "payment_limit_b",
        "test_amount",
        "pay",
        "fee_cap",
        "yearly_cost",
    ]
)
_BUDGETS = frozenset({"draft_budget", "estimate_budget"})
Answers = dict[str, Any]


@dataclass
class Figures:
    """What an estate has, beside ``given``, the application of the case.

    ``issued`` and ``returned`` count the ballots of the vote that goes on.
    """

    entry: Entry
    library: Library
    seed: random.Random
    given: Mapping[str, Any]
    area: Decimal
    homes: int
    buildings: int
    prepaid: Decimal = Decimal(0)
    returned: int = 0

    def __post_init__(self) -> None:
        self.fee = self.entry.fee if self.given.get("fee_std") == FEE and self.entry.fee else FEE
        #: How much larger its yearly fees are than those of the case.
        self.grown = self.area * Decimal(self.fee) / (Decimal(self.given["total_area"]) * Decimal(FEE))
        self.lifts = 2 * self.buildings if int(self.given["elevators"]) else 0
        self.parking = {key: self._parking(key) for key in ("parking_above", "parking_under")}
        self.rate = self.seed.randint(46, 79)
        self.asked = self.seed.randint(44, 78)
        self.supporting = round(self.asked * self.seed.uniform(0.8, 0.93))
        self.opposing = self.seed.randint(1, 3)

    def _parking(self, key: str) -> int:
        each = int(self.given[key]) / int(self.given["households"])
        return round(each * self.homes * self.seed.uniform(1, 1.4))

    def money(self, text: str) -> Decimal:
        """A sum of the case in this estate; that of the prepaid fees is known exactly."""
        value = Decimal(text)
        if value in _WITH_PREPAID and self.prepaid:
            return self.prepaid + self._whole(value - PREPAID)
        return self._whole(value)

    def _whole(self, value: Decimal) -> Decimal:
        return (value * self.grown).quantize(_YUAN)

    def prepaid_of(self, row: Mapping[str, str]) -> Decimal:
        """What a home that prepaid has paid, in whole yuan a month."""
        months = int(row["months_paid"])
        per_home = self.grown * int(self.given["households"]) / self.homes
        return (Decimal(row["amount"]) * per_home / months).quantize(_YUAN) * months

    def of(self, task: str, answers: Mapping[str, Any]) -> Answers:
        """The answers of a task with the figures of this estate."""
        if not task:
            return dict(answers)
        shown = dict(answers) if task in _BUDGETS else self._sums(self.library.form(task).fields, answers)
        return _OWN[task](self, shown) if task in _OWN else shown

    def _sums(self, fields: Iterable[Field], answers: Mapping[str, Any]) -> Answers:
        """Every sum of money as large as this estate is."""
        shown = dict(answers)
        for one in fields:
            value = shown.get(one.key)
            if one.columns and isinstance(value, list):
                shown[one.key] = [self._sums(one.columns, row) for row in value]
            elif one.kind == "money" and one.key not in _KEPT and isinstance(value, str) and value:
                shown[one.key] = f"{self.money(value):.2f}"
        return shown


def _application(of: Figures, answers: Answers) -> Answers:
    shown = {
        "address": f"{wording.roads(of.entry)[0]} {of.seed.randrange(3, 219)} 号",
        "estate_type": of.entry.estate_type,
        "built_year": of.entry.built,
        "buildings": str(of.buildings),
        "entrances": str(of.buildings),
        "households": str(of.homes),
        "residents": str(round(of.homes * of.seed.uniform(1.7, 2.6))),
        "total_area": f"{of.area:.2f}",
        "residential_area": f"{of.area:.2f}",
        "elevators": str(of.lifts),
        "parking_above": str(of.parking["parking_above"]),
        "parking_under": str(of.parking["parking_under"]),
    }
    if answers.get("collection_rate_last_year"):
        shown["collection_rate_last_year"] = str(of.rate)
    return answers | shown


def _survey(of: Figures, answers: Answers) -> Answers:
    """What was there when the estate was built is as old as it; what was renewed since keeps its year."""
    built, here = int(of.given["built_year"]), of.entry.built
    rows = []
    for row in answers["facilities"]:
        shown = dict(row)
        if row.get("year") and int(row["year"]) <= built + 5:
            shown["year"] = here
        if row["category"] == "LIFT" and row.get("qty"):
            shown["qty"] = str(of.lifts)
        rows.append(shown)
    return answers | {"facilities": rows}


def _accounts(of: Figures, answers: Answers) -> Answers:
    """Fees that came in by the estate's rate, which fell year by year, and arrears that grew by the rest."""
    rows, owed = [], Decimal(0)
    for back, row in reversed(list(enumerate(reversed(answers["years"])))):
        due = Decimal(row["receivable_fee"])
        if not of.given.get("collection_rate_last_year") or not due:
            return answers
        received = (due * (of.rate + 4 * back) / 100).quantize(_CENT)
        owed += due - received
        rows.append(row | {"received_fee": f"{received:.2f}", "arrears": f"{owed:.2f}"})
    return answers | {"years": rows}


def _ledgers(of: Figures, answers: Answers) -> Answers:
    shown = {"charged_area": f"{of.area:.2f}"}
    if (answers["surveyed_heads"], answers["supporting_heads"]) == ("60", "51"):
        asked = (of.asked, of.supporting, of.opposing)
        keys = ("surveyed_heads", "supporting_heads", "strong_oppose_heads")
        shown |= {key: str(number) for key, number in zip(keys, asked, strict=True)}
    return answers | shown


def _profile(of: Figures, answers: Answers) -> Answers:
    known = "抽样六十人，五十一人支持，三人强烈反对"
    here = f"抽样 {of.asked} 人，{of.supporting} 人支持，{of.opposing} 人强烈反对"
    repairs = f"电梯光幕和照明约 {of.money('48500.00'):.0f} 元先修"
    return answers | {
        "opinion_card": answers["opinion_card"].replace(known, here),
        "economic_card": answers["economic_card"].replace("电梯光幕和照明四万余元先修", repairs),
    }


def _budget(of: Figures, answers: Answers) -> Answers:
    """Income as the estate can expect it; each price rounded down, so that a balanced budget stays so."""
    charged = of.area * 12 * Decimal(answers["expected_rate"]) / 100
    fees = charged.quantize(_YUAN, ROUND_FLOOR)
    posts, pay = _posts(of, answers.get("posts") or ())
    lines, total = [], Decimal(0)
    for row in answers["lines"]:
        price = Decimal(row["unit_price"])
        if row["code"] == "I01":
            price = Decimal(of.fee) if row["unit_price"] == FEE else price
            row = row | {"qty": str(fees), "basis": f"{of.area:.2f} 平方米×12 个月×{price} 元×预期收缴率 90%"}
            total = fees * price
        elif row["code"] == "I03":
            spaces = of.parking["parking_above"]
            row = row | {"qty": str(spaces * 12), "basis": f"{spaces} 个车位现行收费"}
            price = ceil(price * Decimal(of.fee) / Decimal(FEE) / 5) * Decimal(5)
        elif row["code"] == "E07":
            row = row | {"qty": str(of.lifts)}
            price = price * 2 / of.lifts * of.grown if of.lifts else price
        elif row["code"] == budget_posts.STAFF and pay:
            price = pay / Decimal(row["qty"])
        elif "实收物业费的" in row.get("basis", ""):
            price = (total / 10).quantize(_CENT, ROUND_HALF_UP)
        else:
            price *= of.grown
        if row.get("last_year_actual"):
            row = row | {"last_year_actual": f"{of.money(row['last_year_actual']):.2f}"}
        whole = row["code"] not in {"I01", "I03"} and "实收" not in row.get("basis", "")
        lines.append(row | {"unit_price": f"{price.quantize(_YUAN, ROUND_FLOOR) if whole else price:.2f}"})
    return answers | {"lines": lines, "posts": posts}


def _posts(of: Figures, rows: Sequence[Mapping[str, str]]) -> tuple[list[Mapping[str, str]], Decimal]:
    """The posts at what they cost here, whole yuan a month, and what those of the line of pay come to in a year."""
    made: list[Mapping[str, str]] = []
    pay = Decimal(0)
    for row in rows:
        cost = (Decimal(row["monthly_cost"]) * of.grown).quantize(_YUAN, ROUND_FLOOR)
        made.append({**row, "monthly_cost": f"{cost:.2f}"})
        if row["code"] == budget_posts.STAFF:
            pay += cost * int(row["headcount"]) * int(row["months"])
    return made, pay


def _closed(of: Figures, answers: Answers) -> Answers:
    counts = {"issued": of.homes, "returned": of.returned, "unreturned": of.homes - of.returned}
    return answers | {key: str(count) for key, count in counts.items() if key in answers}


def _counted(of: Figures, answers: Answers) -> Answers:
    sample, agreed = int(answers["callback_sample"]), int(answers["callback_confirmed"])
    here = max(sample, ceil(of.returned * 0.13))
    return answers | {"callback_sample": str(here), "callback_confirmed": str(here - (sample - agreed))}


def _first_month(of: Figures, answers: Answers) -> Answers:
    income, expense = (sum(Decimal(row["amount"]) for row in answers[side]) for side in ("income", "expense"))
    return answers | {"bank_balance": f"{Decimal(answers['opening_balance']) + income - expense:.2f}"}


#: What a task says of the estate's own figures, beside its sums.
_OWN: Mapping[str, Callable[[Figures, Answers], Answers]] = {
    "submit_application": _application,
    "record_site_survey": _survey,
    "build_owner_register": lambda of, answers: answers | {"registered_total_area": f"{of.area:.2f}"},
    "report_accounts": _accounts,
    "collect_economic_base": _accounts,
    "compute_ledgers": _ledgers,
    "draw_profile": _profile,
    "draft_budget": _budget,
    "estimate_budget": _budget,
    "close_voting": _closed,
    "count_votes": _counted,
    "record_first_month": _first_month,
}
