"""Checklists in a browser: rows come and go while somebody types, and each stays what it says."""

from playwright.sync_api import Browser, Page

from tests.browser.test_desk import PHONE, signed_in
from tests.district import District


def _row(page: Page, number: int, place: str) -> None:
    row = page.locator(f'details[id="facilities.{number}"]')
    if row.get_attribute("open") is None:
        row.locator("summary").click()
    page.check(f'[name="facilities.{number}.state"][value="DONE"]')
    page.wait_for_selector(f'[name="facilities.{number}.location"]')
    page.fill(f'[name="facilities.{number}.location"]', place)


def test_a_first_row_that_is_emptied_leaves_the_page_as_it_is_found_again(
    chromium: Browser, district: District, pages: str
) -> None:
    district.replay("record_site_survey")
    cadre = signed_in(chromium, pages, "社区干部", PHONE)
    cadre.click(".row-link:has-text('现场踏勘登记')")
    _row(cadre, 2, "1 幢")
    for number, place in ((17, "2 幢"), (18, "3 幢")):
        cadre.locator('button[value="row:facilities.LIFT"]').click()
        cadre.wait_for_selector(f'details[id="facilities.{number}"]')
        _row(cadre, number, place)
    cadre.wait_for_selector("[role=status]:has-text('已保存')")
    cadre.locator('details[id="facilities.2"] summary').click()
    cadre.fill('[name="facilities.2.location"]', "")
    cadre.check('[name="facilities.2.state"][value=""]')
    cadre.wait_for_selector('details[id="facilities.18"]', state="detached")
    shown = _lifts(cadre)
    assert [place for _, place, _ in shown] == ["2 幢", "3 幢"]
    cadre.locator('details[id="facilities.2"]:not([open]) summary').click()
    cadre.wait_for_selector("[role=status]:has-text('已保存')")
    revision = cadre.input_value("[name=revision]")
    cadre.fill('[name="facilities.2.location"]', "4 幢")
    cadre.wait_for_function("before => document.querySelector('[name=revision]').value !== before", arg=revision)
    kept = _lifts(cadre)
    assert [(number, place) for number, place, _ in kept] == [("facilities.2", "4 幢"), ("facilities.17", "3 幢")]
    # the address still asks for another row
    cadre.goto(cadre.url.partition("?")[0])
    assert _lifts(cadre) == kept


def _lifts(page: Page) -> list[list[str]]:
    """Number, place and summary of each row of lifts."""
    found: list[list[str]] = page.eval_on_selector_all(
        '[id="facilities.LIFT"] > details',
        "rows => rows.map(row => [row.id, row.querySelector('[name$=\".location\"]').value,"
        " row.querySelector('summary').innerText.replace(/\\s+/g, ' ')])",
    )
    return found
