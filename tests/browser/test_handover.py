"""A handover on a phone: three things missing, 140,000 yuan prepaid, and the settlement filled in from both."""

import re

from playwright.sync_api import Browser, Page

from tests import photographs
from tests.browser.test_desk import DESK, PHONE, narrow, signed_in
from tests.district import District
from tests.voting import BODY
from tests.web.test_prepaid import CASE, going_on, rows, workbook


def lose(page: Page, root: str, group: int, plan: str) -> None:
    """Say of the first thing of a group that it is missing."""
    page.goto(f"{root}/groups/{group}")
    item = page.locator("details.item").first
    item.locator("summary").first.click()
    item.locator("label:has-text('缺失')").click()
    item.locator("[name=missing_plan]").fill(plan)
    item.locator("input[type=file]").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photographs.photo()}
    )
    item.locator("button:has-text('保存这一项')").click()
    page.wait_for_selector("[role=status]:has-text('已登记')")
    narrow(page)


def test_a_handover_with_three_things_missing_and_prepaid_fees(
    chromium: Browser, district: District, pages: str
) -> None:
    district.replay("prepaid")
    root = f"{pages}/estates/1/handover"
    page = signed_in(chromium, pages, BODY, PHONE)
    lose(page, root, 17, "原企业称已经遗失，三日内登报作废")
    lose(page, root, 6, "门禁系统密码没有交")
    for side, name in (("移交人", "韩志刚"), ("接收人", "丁宁"), ("见证人", "陈立")):
        page.goto(root)
        page.click("summary:has-text('一次登记签全部各组')")
        page.click(f"label:has-text('{side}')")
        page.fill("#all-name", name)
        page.click("button:has-text('登记签字')")
        page.wait_for_selector(f"[role=status]:has-text('已登记{name}签了 20 组')")
    assert page.locator(".tag:has-text('缺失')").count() == 3
    narrow(page)
    page.goto(f"{root}/gaps")
    page.click("button:has-text('出具催告函（3 项）')")
    page.wait_for_selector("[role=status]:has-text('已出具催告函 XQ0001-L-92-')")
    narrow(page)
    page = _ledger(chromium, pages, root)
    task = going_on(district, "inspect_and_list", next(one for one in CASE.steps if one.task == "inspect_and_list"))
    page.goto(f"{pages}/tasks/{task}")
    assert page.input_value("[name^=prepaid_by_building][name$=amount]") == "140000.00"
    assert "取自预收台账：韩志刚" in page.inner_text("main")
    narrow(page)
    for at in ("", "/groups/17", "/gaps", "/prepaid"):
        wide = signed_in(chromium, pages, "会计审计", DESK)
        wide.goto(f"{root}{at}")
        narrow(wide)


def _ledger(chromium: Browser, pages: str, root: str) -> Page:
    """The old company's sheet read in, acknowledged and placed, on the accountant's phone."""
    page = signed_in(chromium, pages, "会计审计", PHONE)
    page.goto(f"{root}/prepaid")
    content, name = workbook(rows())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("#sheet", {"name": name, "mimeType": kind, "buffer": content.getvalue()})
    page.click("button:has-text('导入')")
    page.wait_for_selector("[role=status]:has-text('已登记 140 户的预收费')")
    narrow(page)
    page.click("summary:has-text('登记原企业的确认')")
    for field, value in {"total": "140000.00", "units": "140", "building-0": "140000.00", "name": "韩志刚"}.items():
        page.fill(f"#ack-{field}", value)
    page.click("button:has-text('登记确认')")
    page.wait_for_selector("[role=status]:has-text('已登记原企业确认应退 140,000.00 元')")
    while page.locator("button:has-text('登记去向')").count():
        page.click("label:has-text('转入共有资金账户')")
        page.fill("#place-voucher", "银行回单 8831")
        page.click("button:has-text('登记去向')")
        page.wait_for_selector("[role=status]:has-text('户的去向')")
    assert re.search("与原企业确认的一致，可以清算", page.inner_text("main"))
    narrow(page)
    return page
