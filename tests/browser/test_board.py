"""The board in a real browser: it folds on a phone, is walked by arrows at a desk, and narrows without a script."""

import re

from playwright.sync_api import Browser

from tests.browser.test_desk import DESK, PHONE, enter, narrow, signed_in


def test_stages_fold_on_a_phone_and_cards_are_walked_by_arrows_at_a_desk(chromium: Browser, served: str) -> None:
    desk = signed_in(chromium, served, "街道", DESK)
    said: list[str] = []
    desk.on("console", lambda message: said.append(message.text))
    enter(desk, served)
    enter(desk, served)
    desk.goto(f"{served}/board")
    desk.locator(".estate-card .title").first.focus()
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("() => document.activeElement.getAttribute('href')") == "/board/2"
    desk.keyboard.press("Enter")
    desk.wait_for_selector("h2:has-text('为什么在这里')")
    phone = signed_in(chromium, served, "街道", PHONE)
    phone.goto(f"{served}/board")
    assert phone.locator(".estate-card:visible").count() == 2
    phone.click(".folds:has-text('S1')")
    assert phone.locator(".estate-card:visible").count() == 0
    assert phone.get_attribute(".folds", "aria-expanded") == "false"
    narrow(phone)
    assert said == []


def test_a_filter_is_chosen_kept_as_a_view_and_taken_back_without_a_script(chromium: Browser, served: str) -> None:
    street = signed_in(chromium, served, "街道", PHONE, script=False)
    street.goto(f"{served}/estates")
    street.click("summary:has-text('筛选')")
    street.select_option("#by-light", "red")
    street.click("button:has-text('按此筛选')")
    street.wait_for_selector(".empty:has-text('没有符合筛选的小区')")
    street.click("summary:has-text('视图')")
    street.fill("#view-name", "超期的")
    street.click("button:has-text('保存视图')")
    street.wait_for_selector(".flash:has-text('已保存视图')")
    assert street.url.endswith("/estates?light=red")
    street.locator(".empty >> text=清除筛选").click()
    assert street.url.endswith("/estates")


A3, A4 = (420, 297), (210, 297)


def test_the_board_prints_a_page_of_a3_for_each_street_and_a_list_pages_of_a4(chromium: Browser, served: str) -> None:
    street = signed_in(chromium, served, "街道", DESK)
    enter(street, served)
    street.goto(f"{served}/board/print")
    rows = street.locator(".sheet-a3").count()
    assert rows
    assert _pages(street.pdf(prefer_css_page_size=True)) == [A3] * rows
    street.goto(f"{served}/estates")
    assert _pages(street.pdf(prefer_css_page_size=True)) == [A4]
    street.emulate_media(media="print")
    assert street.locator("nav:visible").count() == 0
    head = street.inner_text(".print-head")
    assert "小区" in head
    assert "打印" in head
    assert street.locator(".print-head .code").evaluate("one => one.complete && one.naturalWidth > 0")


def _pages(pdf: bytes) -> list[tuple[int, int]]:
    """The width and height of each page in millimetres."""
    sizes = re.findall(rb"/MediaBox \[0 0 ([.\d]+) ([.\d]+)\]", pdf)
    return [(round(float(width) * 25.4 / 72), round(float(height) * 25.4 / 72)) for width, height in sizes]


def test_brackets_change_between_board_and_list(chromium: Browser, served: str) -> None:
    street = signed_in(chromium, served, "街道", DESK)
    street.goto(f"{served}/board")
    street.keyboard.press("]")
    street.wait_for_url("**/estates")
    street.keyboard.press("[")
    street.wait_for_url("**/board")
