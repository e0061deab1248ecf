"""What a hostile or broken browser may send: a clear message or a plain refusal, nothing lost, nothing run."""

import html
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from engine import forms, store
from engine.errors import InvalidAnswers
from engine.forms import Field, Form, checks, specimens
from engine.use_cases import sums
from engine.use_cases.library import Library, shipped
from tests.district import District
from web.forms import Posted, by_field, limits

_DAY = date(2026, 3, 2)
_MARKUP = "<script>alert(1)</script>{{7*7}}'; DROP TABLE estate;--"
_NUMBERS = ("一百", "1e9", "NaN", "0x10", "1.2.3", "9" * 40, "１２３x", _MARKUP)
#: What no field of that kind takes; ``long`` and ``text`` take every visible sign up to their length.
WRONG: dict[str, tuple[str, ...]] = {
    "text": ("a" * 20_001, "退格\b"),
    "long": ("a" * 20_001, "退格\b"),
    "integer": (*_NUMBERS, "1.5"),
    "area": (*_NUMBERS, "89.975", "0", "-1"),
    "money": (*_NUMBERS, "0.001"),
    "percent": (*_NUMBERS, "0.001"),
    "decimal": _NUMBERS,
    "date": ("2026-02-30", "明天", "0001-01-01", "9999-12-31", "2026-3-2T00:00", _MARKUP),
    "bool": ("也许", "2", _MARKUP),
    "enum": ("NO_SUCH_OPTION", _MARKUP),
    "choices": ("NO_SUCH_OPTION", _MARKUP),
    "files": ("../../etc/passwd", "0" * 63, _MARKUP),
}
#: What is chosen, not typed: a page offers no way to see a choice it never made.
_CHOSEN = ("enum", "bool", "choices", "files")
#: What the page of a task gives the fields of its form.
_SHOWN = {
    "page": SimpleNamespace(weights={}, photos={}),
    "task": SimpleNamespace(id=1),
    "limits": limits,
    "laid_out": checks.laid_out,
}
_FORMS = sorted(shipped().forms)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[Flask]:
    """The application, for what it makes of a field."""
    home = tmp_path_factory.mktemp("hostile")
    opened = store.open(f"sqlite:///{home / 'daoru.db'}", files=home / "files", synchronous="NORMAL")
    yield District(opened, library, home).app
    opened.close()


@pytest.mark.parametrize("name", _FORMS)
def test_a_wrong_value_in_any_field_is_refused_beside_it_and_shown_as_it_was_typed(
    pages: Flask, library: Library, name: str
) -> None:
    form = library.form(name)
    with pages.test_request_context():
        template = pages.jinja_env.get_template("_field.html")
        for one in form.fields:
            for place, kind, value in _wrong(one):
                posted = _posted(form, one, place, value)
                problems = _refused(form, posted)
                wrong = by_field(problems, form, posted)
                assert place in wrong, f"{place} takes {value[:40]!r}"
                assert all("\u4e00" <= message[0] <= "\u9fff" or message[0] in "“" for message in wrong[place])
                given = {**_SHOWN, "sums": sums.of_form(form, posted, {})}
                shown = template.make_module(given).field(one, posted, wrong, {}, "")  # type: ignore[attr-defined]
                assert "<script>" not in shown
                assert kind in _CHOSEN or value.replace("\b", "")[:20] in html.unescape(shown)


def _wrong(one: Field) -> Iterator[tuple[str, str, str]]:
    """The name a wrong value is posted under, the kind of its field, and the value."""
    for field, prefix in [(column, f"{one.key}.0.") for column in one.columns] or [(one, "")]:
        if field.stamp or (one.checks and field is one.columns[0]):
            # nobody is asked for a stamp; a checklist has its own items, and a forged one stands as a row at its end
            continue
        for value in WRONG[field.kind]:
            yield prefix + field.key, field.kind, value


def _posted(form: Form, one: Field, place: str, value: str) -> dict[str, Any]:
    """A form that is right but for one value, as a browser posts it and the page reads it."""
    key = place.rsplit(".", 1)[-1]
    for filled in specimens.fill(form, _deciding(one), _DAY):
        if one.hidden(filled):
            continue
        for row in _rows(form, one, key):
            sent = MultiDict(_flat(form, {**filled, one.key: [row]} if one.columns else filled))
            sent.setlist(place, [value])
            return Posted(sent, MultiDict(), lambda content: "").answers(form)
    raise AssertionError(f"{form.name} never asks {place}")


def _rows(form: Form, table: Field, key: str) -> Iterator[dict[str, Any]]:
    """Rows of a table that ask that column; one empty row of what is no table."""
    for column in table.columns:
        if column.key == key:
            filled = specimens.fill(Form(form.name, form.title, table.columns), _deciding(column), _DAY)
            yield from (row for row in filled if not column.hidden(row))
    if not table.columns:
        yield {}


def _deciding(one: Field) -> frozenset[str]:
    return one.hidden_when.fields if one.hidden_when else frozenset()


def _flat(form: Form, answers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in form.fields:
        value = answers.get(one.key)
        if value is None:
            continue
        for number, row in enumerate(value if one.columns else ()):
            for column in one.columns:
                if row.get(column.key) is not None:
                    yield from _cell(f"{one.key}.{number}.{column.key}", forms.submittable(column, row[column.key]))
        if not one.columns:
            yield from _cell(one.key, forms.submittable(one, value))


def _cell(name: str, value: Any) -> Iterator[tuple[str, str]]:
    for each in value if isinstance(value, list) else [value]:
        yield name, str(each)


def _refused(form: Form, posted: dict[str, Any]) -> Any:
    with pytest.raises(InvalidAnswers) as refused:
        forms.read(form, posted)
    return refused.value.problems


def test_ten_megabytes_of_text_are_refused_with_the_bound_and_the_draft_before_it_stays(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    housing.post("/tasks/1", {"do": "save", "plan_no": "此前填的"})
    token = housing.get("/tasks/1").text.split('name="csrf_token" value="')[1].split('"')[0]
    typed = f"csrf_token={token}&do=complete&plan_no={'x' * 10_000_000}"
    answer = housing.client.post("/tasks/1", data=typed, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "文字 4 MB" in answer.text
    assert 'href="/tasks/1">回到刚才的页面' in answer.text
    assert 'value="此前填的"' in housing.get("/tasks/1").text


def test_what_looks_like_a_command_in_a_name_stays_a_name_everywhere(district: District) -> None:
    name = "{{7*7}}'; DROP TABLE estate;--"
    estate = district.enter(name)
    street = district.browser("街道")
    for address in ("/", "/?tab=scope", "/estates", f"/estates/{estate}", "/board", "/tasks/1"):
        page = street.get(address)
        assert page.status_code == 200, address
        assert "49" not in page.text.split("<h1")[-1].split("csrf")[0], address
    assert "{{7*7}}&#39;; DROP TABLE estate;--" in street.get("/estates").text
