"""Forms: the subset, exact answers, and every shipped form on the answers of every case."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from engine.carry import casefile
from engine.errors import InvalidAnswers, InvalidDefinition
from engine.use_cases.library import Library

ROOT = Path(__file__).parents[3]
CASES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))


def form(*components: dict[str, Any]) -> forms.Form:
    return forms.parse(json.dumps({"id": "sample", "components": list(components)}), file="sample.form")


NUMBER = {"type": "number", "decimalDigits": 2}
SAMPLE = form(
    {"key": "area", "label": "建筑面积", **NUMBER, "properties": {"kind": "area"}, "validate": {"required": True}},
    {"key": "fee", "label": "金额", **NUMBER, "properties": {"kind": "money"}, "validate": {"min": 0}},
    {"key": "on", "dateLabel": "日期", "type": "datetime", "subtype": "date"},
    {"key": "agreed", "label": "同意", "type": "checkbox"},
    {"key": "kind", "label": "类型", "type": "select", "values": [{"label": "甲", "value": "A"}]},
    {
        "path": "rows", "label": "清单", "type": "dynamiclist",
        "components": [{"key": "qty", "label": "数量", "type": "number", "decimalDigits": 0}],
    },
)  # fmt: skip


def refused(**submitted: Any) -> dict[str, str]:
    with pytest.raises(InvalidAnswers) as error:
        forms.read(SAMPLE, {"area": "89.97", "agreed": "true", **submitted})
    return {problem.field: problem.message for problem in error.value.problems}


def test_answers_are_exact() -> None:
    answers = forms.read(
        SAMPLE, {"area": "８９．９７", "fee": "1,200.5", "on": "2026-03-02", "agreed": "是", "rows": [{"qty": "3"}]}
    )
    assert answers["area"] == 8_997
    assert answers["fee"] == Decimal("1200.50")
    assert answers["on"] == date(2026, 3, 2)
    assert answers["agreed"] is True
    assert answers["rows"] == [{"qty": 3}]
    assert answers["kind"] is None


@pytest.mark.parametrize("area", ["89.975", "-1", "", "八十九", "1e3", "NaN", "0", 89.97])
def test_an_area_that_cannot_stand_is_refused_by_its_label(area: Any) -> None:
    assert "建筑面积" in refused(area=area)["area"]


def test_every_problem_is_named_at_once_and_rows_by_their_place() -> None:
    problems = refused(area="x", fee="-1", on="2026-02-30", kind="B", rows=[{"qty": "1"}, {"qty": "1.5"}], other="1")
    assert set(problems) == {"area", "fee", "on", "kind", "rows[1].qty", "other"}


def test_control_characters_are_refused() -> None:
    text = form({"key": "name", "label": "姓名", "type": "textfield"})
    with pytest.raises(InvalidAnswers, match="控制字符"):
        forms.read(text, {"name": "张\x00伟"})


@pytest.mark.parametrize(
    "component",
    [
        {"key": "__class__", "label": "x", "type": "textfield"},
        {"key": "a", "type": "textfield"},
        {"key": "a", "label": "x", "type": "expression"},
        {"key": "a", "label": "x", "type": "textfield", "conditional": {}},
        {"key": "a", "label": "x", "type": "number", "decimalDigits": 3},
        {"key": "a", "label": "x", "type": "select"},
    ],
)
def test_what_is_outside_the_subset_is_refused(component: dict[str, Any]) -> None:
    with pytest.raises(InvalidDefinition):
        form(component)


@given(
    st.integers(1, 10**9),
    st.none() | st.decimals(0, 10**9, places=2),
    st.none() | st.dates(),
    st.lists(st.integers(0, 10**6)),
)
def test_answers_come_back_as_they_were_kept(
    area: int, fee: Decimal | None, on: date | None, quantities: list[int]
) -> None:
    rows = [{"qty": quantity} for quantity in quantities] or None
    answers = {"area": area, "fee": fee, "on": on, "agreed": True, "kind": "A", "rows": rows}
    kept = json.loads(json.dumps(forms.dump(SAMPLE, answers)))
    assert forms.load(SAMPLE, kept) == answers


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_the_schema_takes_what_the_form_takes(case: Path, library: Library) -> None:
    for step in casefile.read(case).steps:
        if not step.task or step.refused:
            continue
        submitted = casefile.dated(step.answers, step.on)
        asked = library.form(step.task)
        forms.read(asked, submitted)
        jsonschema.validate(json.loads(json.dumps(submitted)), asked.schema)


def test_no_sentence_of_the_handbook_stands_on_two_pages(library: Library) -> None:
    seen: dict[str, str] = {}
    for task, page in library.handbook.items():
        for sentence in (line.strip() for line in page.splitlines()):
            if sentence.endswith("。") and len(sentence) > 12:
                text = sentence.split(". ", 1)[-1]
                assert seen.setdefault(text, task) == task, f"{task} and {seen[text]}: {text}"
