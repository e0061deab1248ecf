"""What a list says of itself: what is to come, how old it is, where it was left, and that there is nothing."""

import json
import time

from playwright.sync_api import Browser, Page, Route

from tests.browser.test_desk import DESK, PHONE, signed_in
from tests.district import District

_BACK = "() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"

#: Notes, for the page that comes next, what stood there while it was fetched, and after a return from the cache.
_NOTE = """() => new MutationObserver((changed, looking) => {
  const row = document.querySelector(".skeleton span");
  if (!row) return;
  looking.disconnect();
  const wide = document.documentElement.scrollWidth > innerWidth;
  const said = [getComputedStyle(row).animationName, row.closest("[role=status]").innerText.trim(), wide];
  window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  localStorage.setItem("noted", JSON.stringify([...said, document.querySelectorAll(".skeleton, .loading").length]));
}).observe(document.querySelector("main"), { childList: true })"""


def test_a_list_shows_rows_to_come_while_another_tab_is_fetched_and_none_when_one_comes_back(
    chromium: Browser, district: District, pages: str
) -> None:
    district.enter()
    street = signed_in(chromium, pages, "街道", PHONE)
    street.emulate_media(reduced_motion="reduce")

    def late(route: Route) -> None:
        time.sleep(1)
        route.continue_()

    street.route("**/?tab=*", late)
    street.evaluate(_NOTE)
    street.click(".tabs a:has-text('辖区在办')")
    street.wait_for_selector(".tabs [aria-current]:has-text('辖区在办')")
    street.wait_for_selector(".row-link:has-text('桂语苑')")
    noted = street.evaluate("() => localStorage.getItem('noted')")
    assert json.loads(noted) == ["none", "正在读取…", False, 0]
    assert street.locator(".skeleton").count() == 0


def test_a_list_that_was_open_for_five_minutes_or_came_back_says_of_when_it_is(
    chromium: Browser, district: District, pages: str
) -> None:
    street = signed_in(chromium, pages, "街道", DESK)
    street.clock.install()
    for address in ("/", "/estates", "/board", "/alerts"):
        street.goto(pages + address)
        street.clock.fast_forward("04:50")
        assert street.locator(".stale").count() == 0
        street.clock.fast_forward("00:20")
        street.wait_for_selector(".stale:has-text('数据截至 09:00')")
    street.goto(f"{pages}/?tab=done")
    street.evaluate(_BACK)
    street.wait_for_selector(".stale")
    district.clock.pass_by(minutes=7)
    street.click(".stale a:has-text('刷新')")
    street.wait_for_selector(".stale", state="detached")
    assert street.locator("main").get_attribute("data-list") == "2026-01-04 09:07"
    assert street.url.endswith("/?tab=done")


def test_back_from_a_task_the_list_stands_where_it_was_left(chromium: Browser, district: District, pages: str) -> None:
    for number in range(14):
        district.enter(f"桂语苑{number}期")
    bureau = signed_in(chromium, pages, "区住建", PHONE)
    last = bureau.locator(".row-link").nth(9)
    last.scroll_into_view_if_needed()
    left = _scrolled(bureau)
    assert left > 300
    last.click()
    bureau.wait_for_selector("h1:has-text('列入年度计划')")
    bureau.go_back()
    bureau.wait_for_selector("h1:has-text('待办')")
    bureau.wait_for_function("left => Math.abs(scrollY - left) < 4", arg=left)


def _scrolled(page: Page) -> float:
    found: float = page.evaluate("() => scrollY")
    return found
