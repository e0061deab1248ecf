"""What a table comes to: the page's script and the server say the same to the last digit, and as the rules do."""

import json
import random
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.rules import budget
from engine.use_cases import sums
from engine.use_cases.library import Library
from engine.use_cases.sums import Sum
from web import forms as pages

SCRIPT = Path(__file__).parents[2] / "web/static/sums.js"
_ASK = """
const cases = JSON.parse(require("fs").readFileSync(0));
const said = cases.map(([kind, rows, limits, weights]) => globalThis.daoruSums[kind](rows, limits, weights));
console.log(JSON.stringify(said));
"""
WEIGHTS = {"PLAN": 40, "STAFF": 35, "CREDIT": 25}


def _numbers(chance: random.Random) -> str:
    whole = chance.choice(["0", "1", "7", "33", "100", "101", "1,234", "999999999999999", "12345678901234567"])
    written = chance.choice(
        ["{0}", "{0}.5", "{0}.05", "{0}.005", " {0}.99 ", "-{0}", "", "八", "{0}.", "1e5", "{0}０", "．{0}"]
    )
    return written.format(whole)


def _lines(chance: random.Random) -> list[dict[str, Any]]:
    codes = ["I01", "I10", "E01", "E18", "E99", "I00", "X01", "", " E02 "]
    return [
        {"code": chance.choice(codes), "qty": _numbers(chance), "unit_price": _numbers(chance)}
        for _ in range(chance.randrange(12))
    ]


def _posts(chance: random.Random) -> list[dict[str, Any]]:
    figures = ("headcount", "monthly_cost", "months")
    return [
        {"code": chance.choice(["E01", " E01", "E03", ""]), **{key: _numbers(chance) for key in figures}}
        | ({"months": "12", "headcount": chance.choice(["3", "1"])} if chance.random() < 0.7 else {})
        for _ in range(chance.randrange(9))
    ]


def _sheets(chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "company": chance.choice(["甲物业", "乙物业", "丙物业", ""]),
            "judge": "张",
            "plan": _points(chance),
            "staff": _points(chance),
            "credit": _points(chance),
        }
        for _ in range(chance.randrange(9))
    ]


def _points(chance: random.Random) -> str:
    return chance.choice(
        [f"{chance.randrange(101)}", f"{chance.randrange(100)}.{chance.randrange(100):02}", _numbers(chance)]
    )


def _shares(chance: random.Random) -> list[dict[str, Any]]:
    return [
        {"criterion": "PLAN", "weight": chance.choice(["10", "25", "100", "7.5", "", "八"])}
        for _ in range(chance.randrange(6))
    ]


@pytest.mark.node
def test_script_and_server_say_the_same_of_any_lines(library: Library) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("没有 Node；安装后再运行")
    chance = random.Random(20260104)
    made = [
        ("draft_budget", "lines", _lines),
        ("draft_budget", "posts", _posts),
        ("score_candidates", "scores", _sheets),
        ("invite_candidates", "weights", _shares),
    ]
    asked, wanted = [], []
    for _ in range(400):
        for task, key, rows in made:
            form, given = library.form(task), rows(chance)
            one = next(one for one in form.fields if one.key == key)
            asked.append((one.sums, given, pages.limits(one), WEIGHTS))
            wanted.append(sums.of_form(form, {one.key: given}, WEIGHTS)[one.key])
    script = f"{SCRIPT.read_text()}\n{_ASK}"
    ran = subprocess.run([node, "-e", script], input=json.dumps(asked), capture_output=True, text=True, check=True)
    for question, mine, theirs in zip(asked, wanted, json.loads(ran.stdout), strict=True):
        assert theirs == {"rows": list(mine.rows), "totals": [list(pair) for pair in mine.totals]}, question


def test_a_budget_being_written_adds_what_can_be_read_and_says_what_it_left_out(library: Library) -> None:
    rows = [
        {"code": "I01", "qty": "15702.50", "unit_price": "1.33"},
        {"code": "E01", "qty": "3", "unit_price": "0.335"},
        {"code": "E02", "qty": "2.50", "unit_price": "0.33"},
    ]
    assert sums.of_form(library.form("draft_budget"), {"lines": rows}, {})["lines"] == Sum(
        ("20,884.33", "", "0.83"),
        (
            ("收入合计", "20,884.33"),
            ("支出合计", "0.83"),
            ("结余", "20,883.50"),
            ("没有计入", "1 行（科目代码、数量或单价还不对）"),
        ),
    )
    line = budget.Line("E02", "", "", Decimal("2.50"), "", Decimal("0.33"))
    assert str(line.amount) == "0.83"


def test_scores_rank_companies_by_the_mean_of_complete_sheets(library: Library) -> None:
    rows = [
        {"company": "甲物业", "judge": "张", "plan": "90", "staff": "80", "credit": "70"},
        {"company": "甲物业", "judge": "李", "plan": "80", "staff": "80", "credit": "80.01"},
        {"company": "乙物业", "judge": "张", "plan": "95", "staff": "95", "credit": "95"},
        {"company": "乙物业", "judge": "李", "plan": "95", "staff": "", "credit": "95"},
    ]
    assert sums.of_form(library.form("score_candidates"), {"scores": rows}, WEIGHTS)["scores"] == Sum(
        ("81.50", "80.00", "95.00", ""),
        (
            ("乙物业", "第 1 名，95.00 分（1 份评分）"),
            ("甲物业", "第 2 名，80.75 分（2 份评分）"),
            ("没有计入", "1 行（有权重的内容还没有评完）"),
        ),
    )
