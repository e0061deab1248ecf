"""What people do, in a real browser: the street enters an estate, the bureau and the cadre do their steps on phones."""

from playwright.sync_api import Browser, Page

from tests.district import CASE, COMMUNITY, PASSWORD, posted

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 800}
NOW_DATES = {"decided_on": "2026-01-04"}


def signed_in(chromium: Browser, served: str, lane: str, viewport: dict[str, int], *, script: bool = True) -> Page:
    """A page of whoever holds that lane."""
    page = chromium.new_page(viewport=viewport, locale="zh-CN", java_script_enabled=script)  # type: ignore[arg-type]
    page.goto(served)
    page.fill("#login", f"user{list(CASE.people).index(lane)}")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_selector("h1:has-text('待办')")
    return page


def enter(page: Page, served: str) -> None:
    """Enter the estate of the tests."""
    page.goto(f"{served}/estates/new")
    page.fill("#name", "桂语苑")
    page.select_option("#place", CASE.place)
    page.select_option("#node", label=COMMUNITY)
    for lane, name in CASE.people.items():
        page.select_option(f'[name="people.{lane}"]', name)
    page.click("button:has-text('登记')")
    page.wait_for_selector("h1:has-text('桂语苑')")


def _fill(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        control = page.locator(f'[name="{name}"]')
        if control.first.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def narrow(page: Page) -> None:
    """Assert that the page does not scroll sideways, once it is there."""
    page.wait_for_load_state()
    wide, window = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} scrolls sideways: {wide} > {window}"


def test_an_estate_is_entered_and_moved_by_three_people_who_find_their_steps_waiting(
    chromium: Browser, served: str
) -> None:
    street = signed_in(chromium, served, "街道", DESK)
    said: list[str] = []
    street.on("console", lambda message: said.append(message.text))
    enter(street, served)
    # the district's bureau works without a script, on a phone
    bureau = signed_in(chromium, served, "区住建", PHONE, script=False)
    bureau.click(".row-link:has-text('列入年度计划')")
    bureau.wait_for_selector("h1:has-text('列入年度计划')")
    _narrow_without_script(bureau)
    answers = posted({**CASE.steps[0].answers, **NOW_DATES})
    for row in range(3):
        _fill(bureau, {name: value for name, value in answers.items() if name.startswith(f"targets.{row}.")})
        if row < 2:
            bureau.click("button:has-text('再加一行')")
            bureau.wait_for_selector(f"text=第 {row + 2} 行")
    _fill(bureau, {name: value for name, value in answers.items() if not name.startswith("targets.")})
    bureau.click("button:has-text('提交')")
    bureau.wait_for_selector(".flash:has-text('已提交：列入年度计划')")
    cadre = signed_in(chromium, served, "社区干部", PHONE)
    for _ in range(50):
        if cadre.locator(".row-link").count():
            break
        cadre.wait_for_timeout(200)
        cadre.reload()
    narrow(cadre)
    cadre.click(".row-link:has-text('提交导入申请')")
    cadre.wait_for_selector("h1:has-text('提交导入申请')")
    narrow(cadre)
    cadre.check('[name="company_status"][value="COMPANY_EXISTS"]')
    cadre.wait_for_selector('[name="company_name"]')
    cadre.check('[name="company_status"][value="NONE"]')
    cadre.wait_for_selector('[name="company_name"]', state="detached")
    cadre.click("button:has-text('提交')")
    cadre.wait_for_selector(".problems")
    assert cadre.locator(".wrong").count() > 5
    narrow(cadre)
    street.reload()
    assert street.locator(".row-link:has-text('提交导入申请')").count() == 1
    assert street.locator(".rail .now").inner_text().startswith("▶ S1")
    street.goto(f"{served}/estates/1/diagram/onboarding")
    street.wait_for_selector("#diagram [data-element-id=intake].now")
    assert street.locator(".steps li.now").inner_text().startswith("S1")
    street.goto(f"{served}/board")
    assert street.locator(".column:has-text('S1') .estate-card").count() == 1
    assert said == []


def _narrow_without_script(page: Page) -> None:
    """A page where scripts are off cannot measure itself; its widest element is measured from outside."""
    page.wait_for_load_state()
    boxes = [one.bounding_box() for one in page.locator("input:visible, textarea:visible, button:visible").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in boxes if box)


def test_what_is_typed_is_kept_without_a_button_and_fields_come_and_go_with_the_answers(
    chromium: Browser, served: str
) -> None:
    enter(signed_in(chromium, served, "街道", DESK), served)
    bureau = signed_in(chromium, served, "区住建", PHONE)
    bureau.click(".row-link:has-text('列入年度计划')")
    bureau.fill('[name="plan_no"]', "区住建〔2026〕7号")
    bureau.wait_for_selector("[role=status]:has-text('已保存')")
    bureau.fill('[name="plan_year"]', "2026")
    bureau.wait_for_function("() => document.querySelector('[name=revision]').value === '2'")
    # the phone is closed and another one opened
    again = signed_in(chromium, served, "区住建", PHONE)
    again.click(".row-link:has-text('列入年度计划')")
    assert again.input_value('[name="plan_no"]') == "区住建〔2026〕7号"
    assert again.input_value('[name="plan_year"]') == "2026"


def test_a_lost_connection_is_told_and_what_was_typed_stays_and_is_kept_when_it_is_back(
    chromium: Browser, served: str
) -> None:
    enter(signed_in(chromium, served, "街道", DESK), served)
    bureau = signed_in(chromium, served, "区住建", PHONE)
    bureau.click(".row-link:has-text('列入年度计划')")
    bureau.wait_for_selector("h1:has-text('列入年度计划')")
    bureau.context.set_offline(True)
    bureau.fill('[name="plan_no"]', "楼道里没有信号")
    bureau.wait_for_selector("[role=status]:has-text('没有存上')")
    bureau.context.set_offline(False)
    bureau.fill('[name="plan_year"]', "2026")
    bureau.wait_for_selector("[role=status]:has-text('已保存')")
    bureau.reload()
    assert bureau.input_value('[name="plan_no"]') == "楼道里没有信号"


def test_a_sign_in_that_ends_while_somebody_types_is_told_and_loses_nothing(chromium: Browser, served: str) -> None:
    enter(signed_in(chromium, served, "街道", DESK), served)
    bureau = signed_in(chromium, served, "区住建", PHONE)
    bureau.click(".row-link:has-text('列入年度计划')")
    bureau.fill('[name="plan_no"]', "填到一半")
    bureau.wait_for_selector("[role=status]:has-text('已保存')")
    bureau.context.clear_cookies(name="daoru")
    bureau.fill('[name="plan_no"]', "填到一半就过期")
    bureau.wait_for_selector("[role=status]:has-text('登录已过期')")
    assert bureau.input_value('[name="plan_no"]') == "填到一半就过期"
