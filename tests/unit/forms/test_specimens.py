"""A form is filled in for every combination that matters, as a person could."""

import json
from datetime import date
from typing import Any

import pytest

from engine import forms
from engine.errors import InvalidDefinition
from engine.forms import specimens

TODAY = date(2026, 3, 2)


def form(*components: dict[str, Any]) -> forms.Form:
    written = [{"label": component["key"], **component} for component in components]
    return forms.parse(json.dumps({"id": "ask", "components": written}), file="ask.form")


KIND = {
    "key": "kind", "type": "select", "validate": {"required": True},
    "values": [{"value": value, "label": value} for value in "AB"],
}  # fmt: skip
ENDS = {
    "key": "ends_on", "type": "datetime", "subtype": "date", "dateLabel": "到期日",
    "conditional": {"hide": '=kind = "A"'},
}  # fmt: skip
NOTE = {"key": "note", "type": "textfield", "validate": {"required": True, "pattern": "^[0-9]{4}$"}}


def test_each_value_is_tried_and_a_field_that_is_not_asked_stays_empty() -> None:
    filled = specimens.fill(form(KIND, ENDS, NOTE), ["kind", "ends_on"], TODAY)
    told = [(answers["kind"], answers["ends_on"]) for answers in filled]
    assert told == [("A", None), ("B", TODAY), ("B", None)], "an optional date is also left out"
    assert {answers["note"] for answers in filled} == {"1234"}


def test_what_decides_whether_a_field_is_asked_is_tried_too() -> None:
    filled = specimens.fill(form(KIND, ENDS), ["ends_on"], TODAY)
    assert {answers["kind"] for answers in filled} == {"A", "B"}


def test_fields_that_do_not_matter_are_filled_once() -> None:
    assert len(specimens.fill(form(KIND, ENDS, NOTE), [], TODAY)) == 1


@pytest.mark.parametrize(
    "components, key",
    [
        ([{**NOTE, "validate": {"pattern": "^X[0-9]{77}$"}}], "note"),
        ([{**KIND, "key": f"kind_{number}"} for number in range(13)], "kind_12"),
    ],
    ids=["no word fits", "too many ways"],
)
def test_a_form_that_cannot_be_filled_in_is_named(components: list[dict[str, Any]], key: str) -> None:
    asked = form(*components)
    with pytest.raises(InvalidDefinition) as refused:
        specimens.fill(asked, [one.key for one in asked.fields], TODAY)
    assert (refused.value.file, refused.value.element) == ("forms/ask.form", key)
