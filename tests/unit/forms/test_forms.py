"""Forms: the subset, exact answers, and every shipped form on the answers of every case."""

import hashlib
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
from engine.carry import casefile, submitting
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
        {"key": "a", "label": "x", "type": "textfield", "conditional": {"hide": '=later = "A"'}},
        {"key": "a", "label": "x", "type": "textfield", "conditional": {"hide": "=count(a) > 3"}},
        {"key": "a", "dateLabel": "x", "type": "datetime", "subtype": "date", "properties": {"after": "later"}},
        {"key": "a", "label": "x", "type": "number", "decimalDigits": 3},
        {"key": "a", "label": "x", "type": "select"},
    ],
)
def test_what_is_outside_the_subset_is_refused(component: dict[str, Any]) -> None:
    with pytest.raises(InvalidDefinition):
        form(component)


CONDITIONAL = form(
    {"key": "kind", "label": "类型", "type": "select", "values": [{"label": v, "value": v} for v in "ABC"]},
    {
        "key": "why", "label": "原因", "type": "textfield", "validate": {"required": True},
        "conditional": {"hide": '=kind != "A" and kind != "B"'},
    },
    {"key": "from", "dateLabel": "起", "type": "datetime", "subtype": "date"},
    {"key": "to", "dateLabel": "止", "type": "datetime", "subtype": "date", "properties": {"after": "from"}},
    {"key": "photos", "label": "照片", "type": "filepicker", "multiple": True},
)  # fmt: skip


@pytest.mark.parametrize("kind, asked", [("A", True), ("B", True), ("C", False)])
def test_a_conditional_field_is_required_only_where_it_is_asked(kind: str, asked: bool) -> None:
    if asked:
        with pytest.raises(InvalidAnswers, match="原因"):
            forms.read(CONDITIONAL, {"kind": kind})
        assert forms.read(CONDITIONAL, {"kind": kind, "why": "坏了"})["why"] == "坏了"
        return
    assert forms.read(CONDITIONAL, {"kind": kind})["why"] is None
    with pytest.raises(InvalidAnswers, match="不用填写"):
        forms.read(CONDITIONAL, {"kind": kind, "why": "坏了"})


@pytest.mark.parametrize("to, refused", [("2026-03-01", True), ("2026-03-02", False), ("2026-03-03", False)])
def test_a_date_does_not_come_before_the_one_it_follows(to: str, refused: bool) -> None:
    submitted = {"kind": "C", "from": "2026-03-02", "to": to}
    if refused:
        with pytest.raises(InvalidAnswers, match="“止”2026-03-01 早于前一个日期 2026-03-02"):
            forms.read(CONDITIONAL, submitted)
    else:
        assert forms.read(CONDITIONAL, submitted)["to"] == date.fromisoformat(to)


@pytest.mark.parametrize("photos", [["front.jpg"], ["../" * 20 + "a" * 4], "a" * 64, ["A" * 64], ["0" * 64] * 51])
def test_evidence_is_named_by_the_hash_of_a_kept_file(photos: Any) -> None:
    with pytest.raises(InvalidAnswers, match="照片"):
        forms.read(CONDITIONAL, {"kind": "C", "photos": photos})
    assert forms.read(CONDITIONAL, {"kind": "C", "photos": ["0" * 64]})["photos"] == ["0" * 64]


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
        asked = library.forms.get(step.task)
        if asked is None or step.refused:
            continue
        submitted = submitting.submission(step, asked, {}, lambda content: hashlib.sha256(content).hexdigest())
        if all(one.key in submitted for one in asked.fields if one.source):  # the rest is filled in when it opens
            forms.read(asked, submitted)
            jsonschema.validate(json.loads(json.dumps(submitted)), asked.schema)


def test_no_sentence_of_the_handbook_stands_on_two_pages(library: Library) -> None:
    seen: dict[str, str] = {}
    for task, page in library.handbook.items():
        for sentence in (line.strip() for line in page.splitlines()):
            if sentence.endswith("。") and len(sentence) > 12:
                text = sentence.split(". ", 1)[-1]
                assert seen.setdefault(text, task) == task, f"{task} and {seen[text]}: {text}"
