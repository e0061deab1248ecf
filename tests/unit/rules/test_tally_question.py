"""A vote as ``daoru tally`` is asked about it: what cannot be answered names its field."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidAnswers
from engine.rules import tally_question

QUESTION: dict[str, Any] = {
    "units": [{"unit_no": "1", "area": "80.00", "owners": "张三"}],
    "items": [{"no": 1, "item_class": 4}],
    "ballots": [{"unit_no": "1", "marks": [1]}],
}
WINDOW = {"opens_on": "2026-04-13", "closes_on": "2026-04-28"}


@settings(max_examples=30)
@given(st.one_of(st.integers(), st.booleans(), st.floats(), st.text(), st.lists(st.integers())))
def test_a_mark_is_taken_as_it_is_meant_or_refused_by_name(mark: object) -> None:
    request = {**QUESTION, "ballots": [{"unit_no": "1", "marks": [mark]}]}
    if type(mark) is int and 0 <= mark <= 4:
        assert tally_question.answer(request)["total_persons"] == 1
        return
    with pytest.raises(InvalidAnswers) as refused:
        tally_question.answer(request)
    assert refused.value.problems[0].field == "ballots[0].marks"


@pytest.mark.parametrize("changed, field", [
    ({"units": "1"}, "units"),
    ({"units": [1]}, "units[0]"),
    ({"units": [{"unit_no": "1", "area": "80", "colour": "x"}]}, "units[0].colour"),
    ({"items": []}, "items"),
    ({"items": [1]}, "items[0]"),
    ({"items": [{"no": 1, "item_class": 10}]}, "items[0].item_class"),
    ({"items": [{"no": 1, "item_class": True}]}, "items[0].item_class"),
    ({"items": [{"no": 0, "item_class": 4}]}, "items[0].no"),
    ({"items": [{"no": 1, "item_class": 4}] * 2}, "items[1].no"),
    ({"ballots": [{"unit_no": "9", "marks": [1]}]}, "ballots[0].unit_no"),
    ({"ballots": [{"unit_no": ["1"], "marks": [1]}]}, "ballots[0].unit_no"),
    ({"ballots": [{"unit_no": "1", "marks": [1, 1]}]}, "ballots[0].marks"),
    ({"ballots": [{"unit_no": "1", "marks": [1], "signed": "no"}]}, "ballots[0].signed"),
    ({"ballots": [{"unit_no": "1", "marks": [1], "on": "2026-04-20"}]}, "ballots[0].on"),
    ({"rules": {"blank_item": "ignored"}}, "rules.blank_item"),
    ({"rules": {"blank_item": ["excluded"]}}, "rules.blank_item"),
    ({"rules": {"colour": "x"}}, "rules.colour"),
    ({"rules": []}, "rules"),
    ({"window": {"opens_on": "2026-04-28", "closes_on": "2026-04-13"}}, "window.closes_on"),
    ({"window": WINDOW}, "ballots[0].on"),
    ({"window": {**WINDOW, "proxy_max": -1}}, "window.proxy_max"),
    ({"window": WINDOW, "ballots": [{"unit_no": "1", "marks": [1], "on": "2026-04-20", "cast_by": "DOG"}]},
     "ballots[0].cast_by"),
    ({"window": WINDOW, "ballots": [{"unit_no": "1", "marks": [1], "on": "2026-04-20", "mandate": {"agent": "x"}}]},
     "ballots[0].mandate.valid_from"),
    ({"unreturned": {"adopted_on": "2026-04-01", "noticed_on": "2026-03-01", "shown": True, "delivered": []}},
     "unreturned.adopted_on"),
    ({"unreturned": {"adopted_on": "2025-04-01", "noticed_on": "2026-03-01", "delivered": []}}, "unreturned.shown"),
    ({"unreturned": {"adopted_on": "2025-04-01", "noticed_on": "2026-03-01", "delivered": ["9"]}},
     "unreturned.delivered"),
    ({"quorum": "2/3"}, "quorum"),
    ({"thresholds": {"colour": "2/3"}}, "thresholds.colour"),
    ({"thresholds": {"special": "3:4"}}, "thresholds.special"),
    ({"thresholds": {"quorum_area": "1/2"}}, "thresholds.quorum_area"),
    ({"readings": {"blank_item": "ignored"}}, "readings.blank_item"),
])  # fmt: skip
def test_a_question_that_cannot_be_answered_names_its_field(changed: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        tally_question.answer({**QUESTION, **changed})
    assert [problem.field for problem in refused.value.problems] == [field]
    assert "没有计算" in str(refused.value) or "没有导入" in str(refused.value)
