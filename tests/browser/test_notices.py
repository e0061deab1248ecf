"""A notice is proved on a phone: photographed at each board from start to end, mended where a photo is missing."""

from playwright.sync_api import Browser, Page

from tests.browser.test_desk import PHONE, narrow, signed_in
from tests.district import District
from tests.noticing import BOARDS, GRID, ROOT, Posting


def _photograph(page: Page, pages: str, going: Posting, name: str) -> None:
    """From the notice to a board, and a photo there."""
    page.goto(f"{pages}{ROOT}/{going.notices['roster']}")
    narrow(page)
    page.click(f".rows a:has-text('{name}')")
    narrow(page)
    page.set_input_files("#photo", {"name": "公告.jpg", "mimeType": "image/jpeg", "buffer": going.photo()})
    page.click("button:has-text('登记照片')")
    page.wait_for_selector("[role=status]:has-text('照片已登记')")


def test_a_notice_is_proved_on_a_phone(chromium: Browser, district: District, pages: str) -> None:
    going = Posting.begin(district)
    for day in (0, 3, 8):
        going.on(day)
        page = signed_in(chromium, pages, GRID, PHONE)
        for name in BOARDS if day != 3 else BOARDS[:2]:
            _photograph(page, pages, going, name)
    page.goto(f"{pages}{ROOT}/{going.notices['roster']}")
    page.wait_for_selector(f"[role=alert]:has-text('{BOARDS[2]}：缺中间照片')")
    page.click(f".rows a:has-text('{BOARDS[2]}')")
    page.click("summary:has-text('没有照片，两人见证')")
    page.fill("#WITNESSED-on", "2026-03-29")
    page.fill("#WITNESSED-note", "李红、王建在场，公告完整")
    page.click("button:has-text('登记见证')")
    page.wait_for_selector("[role=status]:has-text('已登记')")
    narrow(page)
    page.goto(f"{pages}{ROOT}")
    page.wait_for_selector(".row-link:has-text('业主名册公示'):has-text('全部满期')")
    narrow(page)
    page.click(".row-link:has-text('业主名册公示')")
    assert page.locator(".post-days td.photo").count() == 8
    assert page.locator(".post-days td.witnessed").count() == 1
    for there in ("people", "voices"):
        page.goto(f"{pages}{ROOT}/{going.notices['roster']}/{there}")
        narrow(page)
    page.goto(f"{pages}{ROOT}/{going.notices['roster']}")
    page.click("button:has-text('出具公示情况说明')")
    page.wait_for_url("**/papers/XQ0001-L-95-2026-001/view")
    assert any(event["kind"] == "NoticeProved" for event in district.log(1))
    page.goto(f"{pages}{ROOT}/{going.notices['meeting']}")
    narrow(page)


def test_boards_stand_in_the_order_of_their_distance_once_somebody_asks(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Posting.begin(district)
    page = signed_in(chromium, pages, GRID, PHONE)
    page.context.grant_permissions(["geolocation"], origin=pages)
    for name, latitude in ((BOARDS[0], 31.7801), (BOARDS[2], 31.7811)):
        page.context.set_geolocation({"latitude": latitude, "longitude": 119.9469})
        page.goto(f"{pages}{going.board('meeting', name)}")
        page.click("button:has-text('记下这处公告栏的位置')")
        page.wait_for_selector(f"[role=status]:has-text('已记下{name}的位置')")
    page.goto(f"{pages}{ROOT}/{going.notices['meeting']}")
    page.context.set_geolocation({"latitude": 31.7812, "longitude": 119.9469})
    page.click("button:has-text('按远近排')")
    page.wait_for_selector("[role=status]:has-text('近的在前；1 处没有记过位置，排在最后')")
    narrow(page)
    shown = [text.split("\n")[0] for text in page.locator("[data-near] li").all_inner_texts()]
    assert shown == [f"{BOARDS[2]} 约 10 米", f"{BOARDS[0]} 约 120 米", BOARDS[1]]
