"""Personal data on a phone: a request answered, a number kept and read, what is over let go."""

from datetime import timedelta

from playwright.sync_api import Browser

from tests.browser.test_desk import DESK, PHONE, narrow, signed_in
from tests.district import District
from tests.voting import CADRE
from tests.web.test_disclosures import ROSTER

_UNIT, _NUMBER, _NAME = (ROSTER[1][ROSTER[0].index(one)] for one in ("房号", "证件号", "产权人"))


def test_a_request_is_answered_and_what_is_over_let_go_on_a_phone(
    chromium: Browser, district: District, pages: str
) -> None:
    district.replay("sign_contract")
    page = signed_in(chromium, pages, CADRE, PHONE)
    page.goto(f"{pages}/estates/1/owners")
    page.click("a:has-text('个人信息')")
    page.click("a:has-text('证件号保险库')")
    narrow(page)
    page.fill("#unit_no", _UNIT)
    page.fill("#number", _NUMBER)
    page.click("button:has-text('加密存入')")
    page.wait_for_selector("[role=alert]:has-text('没有选择依据')")
    assert page.input_value("#number") == _NUMBER
    page.check("[value=DISPUTE]")
    page.click("button:has-text('加密存入')")
    page.wait_for_selector("[role=status]:has-text('已存入保险库')")
    page.click("summary:has-text('查看完整号码')")
    page.select_option("[name=purpose]", "答复业主本人")
    page.fill("[name=reason]", "业主到场查询")
    narrow(page)
    page.click("button:has-text('查看并记录')")
    page.wait_for_selector(f"dd:has-text('{_NUMBER}')")
    assert _NUMBER not in page.url
    page.click("a:has-text('看完了')")
    page.click("a:has-text('请求')")
    page.check("[name=kind][value=DELETE]")
    page.fill("#unit_no", _UNIT)
    page.fill("#owner", _NAME)
    page.fill("#content", "请删除我的电话")
    narrow(page)
    page.click("button:has-text('登记')")
    page.check("[value=SEEN]")
    page.click("button:has-text('登记核实结果')")
    page.check("[value=phone]")
    page.fill("#reason", "按业主要求删除")
    narrow(page)
    page.click("button:has-text('决定并出具答复书')")
    page.wait_for_selector("a:has-text('XQ0001-L-96-')")
    narrow(page)
    district.clock.now += timedelta(days=420)
    page = signed_in(chromium, pages, CADRE, PHONE)
    page.goto(f"{pages}/estates/1/privacy/retention")
    narrow(page)
    page.click("#kind-identity summary")
    page.fill("#reason-identity", "期满，已核对无争议")
    page.click("#kind-identity button")
    page.wait_for_selector("[role=alert]:has-text('没有勾选')")
    page.check("#confirmed-identity")
    narrow(page)
    page.click("#kind-identity button")
    page.wait_for_selector("[role=status]:has-text('已清除 1 条')")
    wide = signed_in(chromium, pages, CADRE, DESK)
    wide.goto(f"{pages}/estates/1/privacy/retention")
    wide.wait_for_selector("h2:has-text('清除记录')")
