"""Going back in a real browser: the button that changes nothing has the focus, on a phone and by keyboard."""

from playwright.sync_api import Browser

from tests.browser.test_access import AXE, faults
from tests.browser.test_desk import NOW_DATES, PHONE, _fill, enter, narrow, signed_in
from tests.district import CASE, posted


def test_the_author_takes_a_step_back_from_the_message_that_said_it_was_submitted(
    chromium: Browser, served: str
) -> None:
    enter(signed_in(chromium, served, "街道", PHONE), served)
    bureau = signed_in(chromium, served, "区住建", PHONE)
    if AXE.is_file():
        bureau.add_init_script(path=AXE)
    bureau.goto(f"{served}/tasks/1")
    answers = posted({**CASE.steps[0].answers, **NOW_DATES})
    for row in range(3):
        _fill(bureau, {name: value for name, value in answers.items() if name.startswith(f"targets.{row}.")})
        if row < 2:
            bureau.click("button:has-text('再加一行')")
            bureau.wait_for_selector(f"text=第 {row + 2} 行")
    _fill(bureau, {name: value for name, value in answers.items() if not name.startswith("targets.")})
    bureau.click("button:has-text('提交')")
    bureau.click("main a:has-text('拿回')")
    bureau.wait_for_selector("h1:has-text('拿回到“列入年度计划”')")
    narrow(bureau)
    if AXE.is_file():
        assert faults(bureau, "区住建") == []
    # Enter, pressed without looking, leaves everything as it is
    bureau.keyboard.press("Enter")
    bureau.wait_for_selector("text=办结")
    for _ in range(50):
        # its papers are written meanwhile; a preview from before would be shown anew instead of acted on
        if bureau.goto(f"{served}/estates/1") and bureau.locator(".row-link:has-text('XQ0001-D-02')").count():
            break
        bureau.wait_for_timeout(200)
    bureau.goto(f"{served}/tasks/1/take-back")
    bureau.click("button:has-text('拿回到')")
    bureau.wait_for_selector(".flash:has-text('已拿回到“列入年度计划”')")
    bureau.goto(served)
    bureau.click(".row-link:has-text('列入年度计划')")
    bureau.wait_for_selector(".noted:has-text('本人拿回')")
    assert bureau.input_value('[name="targets.2.street"]') == "桥东街道"
