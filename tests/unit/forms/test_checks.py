"""A checklist is refused when it is published in a shape that could not say how an item stands, why, or show it."""

import json
from typing import Any

import pytest

from engine import forms
from engine.errors import InvalidDefinition

_STATES = ["SEEN", "DONE", "NOT_APPLICABLE", "BLOCKED"]
_ASKED = '=state != "NOT_APPLICABLE" and state != "BLOCKED"'


def _columns() -> dict[str, dict[str, Any]]:
    required = {"validate": {"required": True}}
    return {
        "item": {"key": "item", "type": "select", "label": "事项", "values": [{"value": "A", "label": "甲"}],
                 **required},
        "state": {"key": "state", "type": "select", "label": "情况",
                  "values": [{"value": code, "label": code} for code in _STATES], **required},
        "reason": {"key": "reason", "type": "textfield", "label": "原因", "conditional": {"hide": _ASKED}, **required},
        "photos": {"key": "photos", "type": "filepicker", "label": "照片"},
    }  # fmt: skip


def _parsed(columns: dict[str, dict[str, Any]], **properties: str) -> forms.Form:
    table = {"path": "items", "type": "dynamiclist", "label": "清单", "components": list(columns.values()),
             "properties": {"kind": "checks", "required": "true", **properties}}  # fmt: skip
    return forms.parse(json.dumps({"id": "look", "components": [table]}), file="forms/look.form")


def test_a_sound_checklist_is_taken_and_knows_who_marked_what() -> None:
    [one] = _parsed(_columns(), every="true").fields
    assert (one.checks, one.every, one.several) == (True, True, False)
    assert [column.key for column in one.columns if column.stamp] == ["checked_by", "checked_at"]
    assert next(column for column in one.columns if column.key == "photos").most_files == 9


@pytest.mark.parametrize(
    "key, change, why",
    [
        ("item", {"type": "textfield"}, "第一列"),
        ("item", {"validate": {}}, "第一列"),
        ("state", {"values": [{"value": "DONE", "label": "好"}]}, "state"),
        ("state", {"validate": {}}, "state"),
        ("reason", {"validate": {}}, "reason"),
        ("reason", {"conditional": {}}, "reason"),
        ("reason", {"conditional": {"hide": '=state = "DONE"'}}, "只在不适用、受阻时问"),
        ("photos", {"type": "textfield"}, "photos"),
        ("photos", {"key": "checked_by"}, "photos"),
    ],
)
def test_an_unsound_one_is_refused(key: str, change: dict[str, Any], why: str) -> None:
    columns = _columns()
    columns[key] |= change
    with pytest.raises(InvalidDefinition, match=why):
        _parsed(columns)


def test_a_table_says_what_it_adds_up_to_only_with_the_columns_for_it() -> None:
    for sums in ("budget", "weights", "nonsense"):
        with pytest.raises(InvalidDefinition, match="sums"):
            _parsed(_columns(), sums=sums)
