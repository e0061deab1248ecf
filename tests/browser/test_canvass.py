"""The canvass on a phone of 360 px: three taps a door, and a building canvassed while there is no network."""

from playwright.sync_api import Browser, Page

from tests.browser.test_desk import PHONE, narrow, signed_in
from tests.canvassing import GRID, ROOT, VOLUNTEER, Canvassing
from tests.district import PASSWORD, District


def test_three_taps_record_a_visit_and_open_the_next_door(chromium: Browser, district: District, pages: str) -> None:
    going = Canvassing.begin(district)
    page = signed_in(chromium, pages, GRID, PHONE)
    page.goto(f"{pages}{ROOT}/grid")
    narrow(page)
    page.click(".doors a >> nth=0")
    page.click(".six label:has-text('支持')")
    page.click("button:has-text('保存并下一户')")
    page.wait_for_selector("h1:has-text('1-2501')")
    narrow(page)
    assert [(row.unit_no, row.attitude) for row in going.rows()] == [("1-2601", "SUPPORT")]
    page.click("button:has-text('撤销')")
    page.wait_for_selector("[role=status]:has-text('已撤回')")
    assert going.rows() == []


def _volunteer(chromium: Browser, pages: str) -> Page:
    page = chromium.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    page.goto(pages)
    page.fill("#login", "volunteer")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_selector("h1:has-text('待办')")
    return page


def _visit(page: Page, unit: str, result: str) -> None:
    page.wait_for_selector(f"#rounds h2:has-text('{unit}')")
    page.click(f"#rounds .six label:has-text('{result}')")
    page.click("#rounds button:has-text('保存并下一户')")


def test_a_building_is_canvassed_without_a_network_and_every_visit_arrives_once(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Canvassing.begin(district)
    lead = district.browser(GRID)
    units = ["1-0106", "1-0105", "1-0104", "1-0103"]
    lead.post(f"{ROOT}/team", {"units": " ".join(units), "person": VOLUNTEER})
    page = _volunteer(chromium, pages)
    page.goto(f"{pages}{ROOT}/round")
    page.wait_for_selector("#rounds[data-ready='1']")
    page.wait_for_function("async () => (await (await caches.open('daoru-rounds-1')).keys()).length > 4")
    narrow(page)
    page.context.set_offline(True)
    page.click("#rounds .doors button >> nth=0")
    _visit(page, "1-0103", "支持")
    _visit(page, "1-0104", "反对")
    page.wait_for_selector("#rounds .net:has-text('2 条没有传完')")
    narrow(page)
    assert going.rows() == []
    # the page is killed in the middle of the round, and comes back without a network
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"{pages}{ROOT}/round")
    page.wait_for_selector("#rounds .net:has-text('2 条没有传完')")
    page.click("#rounds .doors button >> nth=2")
    _visit(page, "1-0105", "无人")
    _visit(page, "1-0106", "拒访")
    page.wait_for_selector("#rounds .net:has-text('4 条没有传完')")
    context.set_offline(False)
    page.wait_for_selector("#rounds .net:has-text('都已上传')")
    page.reload()
    page.wait_for_selector("#rounds[data-ready='1']")
    assert sorted((row.unit_no, row.attitude, row.refused, row.actor) for row in going.rows()) == [
        ("1-0103", "SUPPORT", 0, VOLUNTEER), ("1-0104", "OPPOSE", 0, VOLUNTEER),
        ("1-0105", "NOT_MET", 0, VOLUNTEER), ("1-0106", "", 1, VOLUNTEER),
    ]  # fmt: skip
    page.click("#rounds .doors button >> nth=3")
    assert "不再上门" in page.inner_text("#rounds .recap")
