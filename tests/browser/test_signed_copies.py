"""The screen of a signed copy in a real browser: what was ticked stays while pages are added, named and dropped."""

from playwright.sync_api import Browser, expect

from engine.store import documents, signed_copies
from engine.store.signed_copies import BLANK, MATCHED, Seen
from tests import photographs
from tests.browser.test_desk import DESK, PHONE, narrow, signed_in
from tests.district import District
from tests.web.test_signed_copies import NUMBER, bring


def looked(district: District, verdict: str, says: str, page: int | None) -> None:
    """Let the page that waits turn out to be this."""
    with district.opened.work("导入台", district.clock.now) as work:
        copy = signed_copies.one(work, 1)
        assert copy is not None
        assert copy.next is not None
        kept = documents.keep(work, photographs.photo())
        signed_copies.see(work, copy, copy.next, Seen(verdict, says, page, kept, 800, 600))


def test_what_was_ticked_stays_ticked_while_a_page_is_added_and_another_dropped(
    chromium: Browser, pages: str, district: District
) -> None:
    district.replay("set_up_team")
    copy = bring(district.browser("社区干部"), (photographs.photo(), "一.jpg")).location
    looked(district, MATCHED, "文字没有自动核对", 1)
    desk = signed_in(chromium, pages, "社区干部", DESK)
    desk.goto(f"{pages}{copy}")
    desk.check("[name=looked]")
    desk.check("[name=place] >> nth=0")
    desk.fill("[name=why]", "当天没有带公章")
    desk.set_input_files("#files", {"name": "二.jpg", "mimeType": "image/jpeg", "buffer": photographs.photo(810)})
    desk.click("button:has-text('补传并核对')")
    desk.wait_for_selector("text=正在逐页核对")
    looked(district, BLANK, "没有读到字", None)
    desk.goto(f"{pages}{copy}")
    for box in ("[name=looked]", "[name=place] >> nth=0"):
        expect(desk.locator(box)).to_be_checked()
    expect(desk.locator("[name=place] >> nth=1")).not_to_be_checked()
    expect(desk.locator("[name=why]")).to_have_value("当天没有带公章")
    desk.click("#page-2 >> text=去掉这一张")
    expect(desk.locator("[name=looked]")).to_be_checked()
    # a page that is said to be another one was not compared with that
    desk.click("text=页码认错了")
    desk.fill("#page-1 [name=page-1]", "2")
    desk.click("#page-1 >> text=确定")
    if desk.locator("[name=looked]").count() == 0:
        looked(district, MATCHED, "由周勤指明", 2)
        desk.goto(f"{pages}{copy}")
    expect(desk.locator("[name=looked]")).not_to_be_checked()
    expect(desk.locator("[name=place] >> nth=0")).to_be_checked()
    phone = signed_in(chromium, pages, "社区干部", PHONE)
    phone.goto(f"{pages}{copy}")
    narrow(phone)
    expect(phone.locator("[name=place] >> nth=0")).to_be_checked()
    assert NUMBER in phone.content()


def test_without_script_every_button_keeps_what_was_ticked(chromium: Browser, pages: str, district: District) -> None:
    district.replay("set_up_team")
    copy = bring(district.browser("社区干部"), (photographs.photo(), "一.jpg")).location
    looked(district, MATCHED, "文字没有自动核对", 1)
    plain = signed_in(chromium, pages, "社区干部", DESK, script=False)
    plain.goto(f"{pages}{copy}")
    plain.check("[name=place] >> nth=0")
    plain.click("#keeping >> text=存下勾选")
    expect(plain.locator("[name=place] >> nth=0")).to_be_checked()
    plain.check("[name=looked]")
    plain.fill("[name=why]", "当天没有带公章")
    plain.press("[name=why]", "Enter")
    plain.reload()
    for box in ("[name=looked]", "[name=place] >> nth=0"):
        expect(plain.locator(box)).to_be_checked()
    expect(plain.locator("[name=why]")).to_have_value("当天没有带公章")
