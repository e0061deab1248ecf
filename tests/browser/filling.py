"""Fill in any form in a browser as a case answers it, and hand in a sheet."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

from engine.carry import submitting
from engine.carry.casefile import Beside, Step
from engine.forms import Field, Form

_WAIT = 10_000


def fill(page: Page, step: Step, form: Form) -> None:
    """Fill in the form on the page with what ``step`` answers, in the order in which it asks."""
    answers = submitting.dated(step.answers, step.on)
    for one in form.fields:
        if one.key in answers:
            _field(page, one, one.key, answers[one.key])


def _field(page: Page, one: Field, name: str, value: Any) -> None:
    if one.kind == "table":
        for number, row in enumerate(value):
            if one.checks:
                _check(page, one, row)
            else:
                _row(page, one, f"{name}.{number}", row)
        return
    if one.kind == "files":
        files = [each for each in value if isinstance(each, Beside)]
        page.set_input_files(f'[name="{name}.new"]', [each.path for each in files], timeout=_WAIT)
        return
    control = page.locator(f'[name="{name}"]')
    control.first.wait_for(state="attached", timeout=_WAIT)
    if control.first.get_attribute("type") in ("radio", "checkbox"):
        for each in value if isinstance(value, list) else [value]:
            page.locator(f'[name="{name}"][value="{each}"]').check()
    elif control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(str(value))
    else:
        control.fill(str(value))


def _row(page: Page, table: Field, place: str, row: Mapping[str, Any]) -> None:
    if not page.locator(f'[name^="{place}."]').count():
        page.click(f'button[value="row:{table.key}"]')
        page.wait_for_selector(f'[name^="{place}."]', state="attached")
    for column in table.columns:
        if column.key in row:
            _field(page, column, f"{place}.{column.key}", row[column.key])


def _check(page: Page, checklist: Field, row: Mapping[str, Any]) -> None:
    """Open the item of a checklist and say how it stands."""
    first = checklist.columns[0].key
    item = page.locator(f'[name^="{checklist.key}."][name$=".{first}"][value="{row[first]}"]').first
    place = str(item.get_attribute("name")).removesuffix(f".{first}")
    opened = page.locator(f'details[id="{place}"]')
    if opened.get_attribute("open") is None:
        opened.locator("summary").click()
    for column in checklist.columns[1:]:
        if column.key in row and not column.stamp:
            _field(page, column, f"{place}.{column.key}", row[column.key])
