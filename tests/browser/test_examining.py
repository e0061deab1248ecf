"""A paper under examination in a real browser: words that are selected, keys to what is open, a bar that stays."""

from playwright.sync_api import Browser

from tests.browser.test_desk import PHONE, narrow, signed_in
from tests.district import District

PAGE = "/papers/XQ0001-D-03-2026-001/examine"


def test_selected_words_become_a_remark_and_keys_lead_to_what_is_open(
    chromium: Browser, pages: str, district: District
) -> None:
    district.replay("set_up_team")
    desk = signed_in(chromium, pages, "法律顾问", {"width": 1366, "height": 850})
    desk.goto(f"{pages}{PAGE}")
    desk.locator(".clause-read >> nth=0").locator("p >> nth=0").select_text()
    desk.click(".clause-read >> nth=0 >> text=提意见")
    desk.wait_for_selector(".clause-read #remark")
    assert desk.input_value("[name=quote]")
    desk.check("[name=category][value=must]")
    desk.fill("[name=text]", "名称与申请书不符")
    desk.click("button:has-text('记下意见')")
    desk.wait_for_selector(".flash:has-text('意见已记下')")
    desk.wait_for_selector(".decision-bar button:disabled")
    desk.keyboard.press("n")
    desk.wait_for_selector(".remark.must:focus")
    desk.click(".filled >> nth=0")
    desk.wait_for_selector("details.origin[open]:target")
    phone = signed_in(chromium, pages, "法律顾问", PHONE)
    for address in (PAGE, "/examining"):
        phone.goto(f"{pages}{address}")
        narrow(phone)
