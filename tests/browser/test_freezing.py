"""The roster is checked by an owner with a slip, an objection is decided, and two people freeze it."""

from playwright.sync_api import Browser

from tests.browser.test_desk import DESK, PHONE, narrow, signed_in
from tests.district import CASE, District
from tests.freezing import BODY, CADRE, GRID, PAGE, Freezing

_ONE = next(step.rows["roster"] for step in CASE.steps if "roster" in step.rows)[0]


def test_an_owner_checks_an_entry_and_two_people_freeze_the_roster(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Freezing.begin(district)
    cadre = signed_in(chromium, pages, CADRE, DESK)
    cadre.goto(f"{pages}/estates/1/owners/slips")
    cadre.click("button:has-text('户的核对条')")
    cadre.wait_for_selector("[role=status]:has-text('已生成')")
    strip = cadre.locator(f".slips li:has-text('{_ONE['房号']}')").first
    # doors are walked from the top down
    for page in range(cadre.locator("button[name=page]").count(), 0, -1):
        cadre.goto(f"{pages}/estates/1/owners/slips")
        cadre.click(f"button[name=page][value='{page}']")
        cadre.wait_for_selector(".slips")
        if strip.count():
            break
    digits = strip.locator(".number").inner_text().replace(" ", "")

    owner = chromium.new_page(viewport=PHONE, locale="zh-CN")
    owner.goto(f"{pages}/my-entry#{digits}")
    assert owner.input_value("#code") == digits
    assert digits not in owner.url
    narrow(owner)
    owner.fill("#last", _ONE["证件号"].split("；")[0][-4:])
    owner.click("button:has-text('查看')")
    owner.wait_for_selector(f"dd:has-text('{_ONE['房号']}')")
    narrow(owner)
    owner.check("input[value=面积]")
    owner.fill("#content", "不动产证登记 105.00 平方米，可带证核对")
    owner.click("button:has-text('提出异议')")
    owner.wait_for_selector("[role=status]:has-text('已提交')")
    narrow(owner)

    cadre.goto(f"{pages}{PAGE}")
    cadre.check("input[name=ruling][value=REJECTED]")
    cadre.fill("textarea[name=answer]", "登记簿为 104.00 平方米，证上同数，已当面核对")
    cadre.click("button:has-text('答复')")
    cadre.wait_for_selector("[role=status]:has-text('已答复')")

    grid = signed_in(chromium, pages, GRID, PHONE)
    grid.goto(f"{pages}{PAGE}")
    narrow(grid)
    grid.click("button:has-text('提请冻结第 1 版')")
    grid.wait_for_selector("[role=status]:has-text('已提请冻结')")
    answer = going.freeze()
    assert answer.status_code == 302, answer.text
    cadre.goto(f"{pages}{PAGE}")
    cadre.wait_for_selector("h2:has-text('第 1 版（已冻结）')")
    going.import_changed({_ONE["房号"]: {"产权人": "新业主甲", "证件号": "320404199901010019", "建筑面积": "109"}})
    body = signed_in(chromium, pages, BODY, PHONE)
    body.goto(f"{pages}{PAGE}")
    body.wait_for_selector("h3:has-text('冻结以后换了业主')")
    narrow(body)
