"""What a table comes to while somebody fills it in: the same figures that the rules take when it is handed in.

``web/static/sums.js`` shows them as one types; a test holds both against each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine import forms
from engine.forms import Field, Form
from engine.rules import budget, budget_posts, selection
from engine.rules.budget import Line
from engine.rules.budget_posts import Post
from engine.rules.exact import yuan
from engine.rules.selection import Sheet
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import choosing
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Sum:
    """What stands beside each row, empty where it cannot be said yet, and the totals by their labels."""

    rows: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]


def of_form(form: Form, values: Mapping[str, Any], weights: Mapping[str, int]) -> dict[str, Sum]:
    """The sums of each table that has any, for answers as they were typed."""
    return {one.key: _SUMS[one.sums](one, values.get(one.key) or (), weights) for one in form.fields if one.sums}


def weights_of(work: UnitOfWork, library: Library, estate_id: int, task: str) -> dict[str, int]:
    """The weights by which ``task`` scores; none where it does not."""
    if not any(one.sums == "scores" for one in library.form(task).fields):
        return {}
    return choosing.weights_for(Dossier(work, library, estate_id), task)


def _budget(one: Field, rows: Rows, weights: Mapping[str, int]) -> Sum:
    """Each line's amount; income, expense and what is left."""
    columns = {column.key: column for column in one.columns}
    lines: list[Line | None] = []
    for row in rows:
        qty, price = (forms.number(columns[key], row.get(key)) for key in ("qty", "unit_price"))
        code = str(row.get("code") or "").strip()
        lines.append(None if qty is None or price is None else Line(code, "", "", qty, "", price))
    counted = [line for line in lines if line and budget.is_code(line.code)]
    sums = budget.sums(counted)
    totals = [("收入合计", f"{sums.income:,}"), ("支出合计", f"{sums.expense:,}"), ("结余", f"{sums.balance:,}")]
    if len(counted) < len(rows):
        totals.append(("没有计入", f"{len(rows) - len(counted)} 行（科目代码、数量或单价还不对）"))
    if not sums.balanced:
        totals.append(("提示", "支出超过收入，请压减支出或核实收入"))
    return Sum(tuple(f"{line.amount:,}" if line else "" for line in lines), tuple(totals))


def _posts(one: Field, rows: Rows, weights: Mapping[str, int]) -> Sum:
    """Each post's year; all of them, and those that the line of pay must equal."""
    columns = {column.key: column for column in one.columns}
    posts: list[Post | None] = []
    for row in rows:
        heads, cost, months = (
            forms.number(columns[key], row.get(key)) for key in ("headcount", "monthly_cost", "months")
        )
        code = str(row.get("code") or "").strip()
        unread = heads is None or cost is None or months is None
        posts.append(None if unread else Post(code, "", int(heads or 0), cost or Decimal(0), int(months or 0)))
    counted = [post for post in posts if post]
    staff = budget_posts.total(post for post in counted if post.code == budget_posts.STAFF)
    totals = [("全年合计", f"{budget_posts.total(counted):,}"), (f"其中 {budget_posts.STAFF}", f"{staff:,}")]
    if len(counted) < len(rows):
        totals.append(("没有计入", f"{len(rows) - len(counted)} 行（人数、每月费用或月数还不对）"))
    return Sum(tuple(f"{post.amount:,}" if post else "" for post in posts), tuple(totals))


def _scores(one: Field, rows: Rows, weights: Mapping[str, int]) -> Sum:
    """Each sheet's weighted points; each company's mean and rank over the sheets that are complete."""
    sheets = [_sheet(one, row, weights) for row in rows]
    totals = [
        (ranked.company, f"第 {ranked.rank} 名，{yuan(ranked.total)} 分（{_judged(sheets, ranked.company)} 份评分）")
        for ranked in selection.rank([sheet for sheet in sheets if sheet], weights)
    ]
    rest = sum(1 for sheet in sheets if sheet is None)
    if rest:
        totals.append(("没有计入", f"{rest} 行（有权重的内容还没有评完）"))
    return Sum(
        tuple(str(yuan(selection.rank([sheet], weights)[0].total)) if sheet else "" for sheet in sheets), tuple(totals)
    )


def _sheet(one: Field, row: Mapping[str, Any], weights: Mapping[str, int]) -> Sheet | None:
    company = str(row.get("company") or "").strip()
    points = {
        column.key.upper(): forms.number(column, row.get(column.key))
        for column in one.columns
        if column.key.upper() in weights
    }
    complete = bool(company and weights) and all(points.get(name) is not None for name in weights)
    return Sheet(company, "", points) if complete else None


def _judged(sheets: Sequence[Sheet | None], company: str) -> int:
    return sum(1 for sheet in sheets if sheet and sheet.company == company)


def _weights(one: Field, rows: Rows, weights: Mapping[str, int]) -> Sum:
    """What the weights make, which must be a hundred."""
    column = next(column for column in one.columns if column.key == "weight")
    total = sum((number for row in rows if (number := forms.number(column, row.get("weight"))) is not None), Decimal(0))
    said = "" if total == 100 else "（应为 100）"
    return Sum(tuple("" for _ in rows), (("权重合计", f"{total}{said}"),))


_SUMS = {"budget": _budget, "posts": _posts, "scores": _scores, "weights": _weights}
