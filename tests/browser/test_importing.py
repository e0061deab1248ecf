"""A messy workbook of 500 rows, imported and mended on a phone."""

from pathlib import Path

from playwright.sync_api import Browser

from engine.store import rosters
from tests import messy_roster
from tests.browser.test_desk import PHONE, narrow, signed_in
from tests.district import District
from tests.voting import CADRE


def test_a_messy_workbook_of_500_rows_is_imported_and_mended_on_a_phone(
    chromium: Browser, district: District, pages: str, tmp_path: Path
) -> None:
    estate = district.replay("roster")
    file = tmp_path / "名册.xlsx"
    file.write_bytes(messy_roster.workbook())
    page = signed_in(chromium, pages, CADRE, PHONE)
    page.goto(f"{pages}/estates/{estate}/roster")
    narrow(page)
    page.set_input_files("#sheet", file)
    page.click("button:has-text('上传')")
    page.wait_for_selector("#header")
    narrow(page)
    assert page.input_value("#header") == "3"
    page.click("button:has-text('下一步：检查')")
    page.wait_for_selector("[role=status]:has-text('需处理 6 行')")
    narrow(page)
    for row, (name, _, text) in messy_roster.SLIPS.items():
        control = page.locator(f'[name="cell.{row}.{name}"]')
        if not text:
            page.check(f'input[name=out][value="{row}"]')
        elif control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(text)
        else:
            control.fill(text)
    page.click("button:has-text('保存改动并重新检查')")
    page.wait_for_selector("[role=status]:has-text('可导入 499 户')")
    assert page.locator("#bad").count() == 0
    page.fill(".one-person [name=reason]", "持两证到场核对")
    page.click("button:has-text('算同一人')")
    page.wait_for_selector("h3:has-text('已决定算同一人')")
    narrow(page)
    page.click("button:has-text('导入为新的一版')")
    page.wait_for_selector("[role=status]:has-text('已导入第 1 版')")
    narrow(page)
    with district.opened.work("测试", district.clock.now) as work:
        assert len(rosters.read(work, estate, 1).units) == 499
    page.click("button:has-text('撤销这次导入')")
    page.wait_for_selector("[role=status]:has-text('已撤销')")
