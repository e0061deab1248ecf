"""How it feels: large type, twice the size, and shortcuts at a desk."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_access import PAGES
from tests.browser.test_desk import DESK, PHONE, enter, narrow, signed_in


def test_large_type_is_kept_by_the_browser_and_no_page_scrolls_sideways_in_it(chromium: Browser, served: str) -> None:
    street = signed_in(chromium, served, "街道", PHONE)
    enter(street, served)
    street.click("button:has-text('大字版')")
    street.wait_for_selector("html.large h1:has-text('桂语苑')")
    for address in PAGES:
        street.goto(served + address)
        assert street.evaluate("() => getComputedStyle(document.body).fontSize") == "20px"
        narrow(street)
    street.click("button:has-text('标准字号')")
    street.wait_for_selector("html:not(.large)")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_at_twice_the_size_every_page_still_shows_all_it_has(
    chromium: Browser, served: str, viewport: dict[str, int]
) -> None:
    # a browser that shows everything twice as large has half as many pixels to lay it out
    half = {side: length // 2 for side, length in viewport.items()}
    street = signed_in(chromium, served, "街道", half)
    enter(street, served)
    for address in PAGES:
        street.goto(served + address)
        narrow(street)


def test_keys_move_between_rows_and_pages_but_never_while_somebody_types(chromium: Browser, served: str) -> None:
    street = signed_in(chromium, served, "街道", DESK)
    enter(street, served)
    _press(street, "g", "e")
    street.wait_for_url("**/estates")
    _press(street, "j")
    assert "桂语苑" in street.evaluate("() => document.activeElement.innerText")
    street.keyboard.press("Enter")
    street.wait_for_selector("h1:has-text('桂语苑')")
    _press(street, "g", "e")
    street.wait_for_url("**/estates")
    _press(street, "/")
    street.keyboard.type("g?bj")
    assert street.input_value("#top-search") == "g?bj"
    assert not street.locator("#keys").is_visible()


def test_keys_are_shown_on_a_sheet_and_can_be_switched_off(chromium: Browser, served: str) -> None:
    street = signed_in(chromium, served, "街道", DESK)
    _press(street, "?")
    street.wait_for_selector("#keys:visible")
    street.uncheck("[data-keys-on]")
    street.keyboard.press("Escape")
    _press(street, "g", "b")
    street.wait_for_timeout(200)
    assert "/board" not in street.url


def _press(page: Page, *keys: str) -> None:
    page.wait_for_load_state()  # keys are heard once the page's script has run
    for key in keys:
        page.keyboard.press(key)
