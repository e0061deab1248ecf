"""The check of a canvass in a browser: a position is kept, a day is settled, a sample drawn and called back."""

from datetime import timedelta

from playwright.sync_api import Browser

from engine.use_cases import visiting
from tests.browser.test_desk import PHONE, narrow, signed_in
from tests.canvassing import CADRE, EVENING, GRID, ROOT, Canvassing, units
from tests.district import District


def test_whoever_leads_settles_a_day_and_calls_back_whom_the_seed_draws(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Canvassing.begin(district)
    canvasser = signed_in(chromium, pages, GRID, PHONE)
    canvasser.context.grant_permissions(["geolocation"])
    canvasser.context.set_geolocation({"latitude": 31.774126, "longitude": 119.973214, "accuracy": 12})
    canvasser.goto(f"{pages}{ROOT}/d/{going.id_of('1-0101')}")
    canvasser.wait_for_selector(".position:has-text('位置已记下')")
    canvasser.click(".six label:has-text('支持')")
    canvasser.click("button:has-text('保存并下一户')")
    canvasser.wait_for_selector(".flash.undo")
    assert [(row.latitude, row.longitude) for row in going.rows()] == [(3_177_413, 11_997_321)]
    district.clock.now = EVENING + timedelta(hours=1)
    with going.at_work() as canvass:
        for number, unit in enumerate(units()[20:40]):
            said = {"result": "SUPPORT", "on": "2026-02-06", "time": f"18:{number:02d}", "key": f"hurry-{number:04d}"}
            visiting.record(canvass, unit, said)
    cadre = signed_in(chromium, pages, CADRE, PHONE)
    cadre.goto(f"{pages}{ROOT}")
    cadre.click("nav a:has-text('抽查')")
    cadre.wait_for_selector(".asked .tag:has-text('待核')")
    narrow(cadre)
    cadre.click("label:has-text('回访这几户')")
    cadre.fill("[name=reason]", "说是两人分头走的，打几个电话核一下")
    cadre.click(".asked button:has-text('登记')")
    cadre.wait_for_selector("[role=status]:has-text('要回访 10 户')")
    cadre.click("button:has-text('定种子和户数')")
    cadre.click("button:has-text('现在抽')")
    cadre.wait_for_selector("details:has-text('抽到的')")
    narrow(cadre)
    row = cadre.locator("details:has-text('抽到的') .calls li").first
    row.locator("select").select_option("SUPPORT")
    row.locator("button").click()
    cadre.wait_for_selector("[role=status]:has-text('已登记回访')")
    narrow(cadre)
