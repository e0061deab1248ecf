"""A paper under examination in a real browser: words that are selected, keys to what is open, a bar that stays."""

from playwright.sync_api import Browser, expect

from tests.browser.test_desk import PHONE, narrow, signed_in
from tests.district import District
from tests.web.test_undoing import open_id

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


def test_a_source_that_is_corrected_leaves_what_was_signed_as_it_is_and_says_what_is_left_to_do(
    chromium: Browser, pages: str, district: District
) -> None:
    district.replay("set_up_team")
    adviser = district.browser("法律顾问")
    before = adviser.get("/papers/XQ0001-D-03-2026-001").data
    street = signed_in(chromium, pages, "街道", {"width": 1366, "height": 850})
    street.goto(f"{pages}{PAGE}")
    street.click(".filled:has-text('15,702.50') >> nth=0")
    street.click("details.origin[open] >> text=更正来源")
    street.wait_for_selector(".falls.grave:has-text('XQ0001-D-03-2026-001')")
    street.fill("#reason", "户数填错")
    street.click("button.btn-danger")
    street.wait_for_selector(".flash:has-text('已撤回到')")
    cadre = signed_in(chromium, pages, "社区干部", PHONE)
    cadre.goto(f"{pages}/tasks/{open_id(district, 'submit_application')}")
    narrow(cadre)
    cadre.fill("[name=households]", "152")
    cadre.click("button[name=do][value=complete]")
    cadre.wait_for_load_state()
    district.work_on(1)
    for page in (street, cadre):
        page.goto(f"{pages}/estates/1/papers")
        row = page.locator("li.paper:has-text('XQ0001-D-03-2026-001')")
        expect(row).to_contain_text("已作废")
        expect(row).to_contain_text("原件保留不动")
        expect(page.locator("li.paper:has-text('XQ0001-D-03-2026-002')")).not_to_contain_text("已作废")
        page.goto(f"{pages}/papers/XQ0001-D-03-2026-001/view")
        expect(page.locator("[role=note]")).to_contain_text("以新编号重新出具")
    narrow(cadre)
    assert adviser.get("/papers/XQ0001-D-03-2026-001").data == before
