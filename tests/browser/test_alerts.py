"""The bell in a real browser: a link with a count, which follows by itself where scripts are on."""

from playwright.sync_api import Browser, Page

from tests.browser.test_desk import DESK, PHONE, enter, narrow, signed_in


def _look(page: Page) -> None:
    """Come back to the page, as from another tab: the bell looks at once instead of at the next half minute."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


def test_the_bell_follows_without_a_reload_and_is_a_plain_link_without_a_script(chromium: Browser, served: str) -> None:
    said: list[str] = []
    bureau, street = (signed_in(chromium, served, lane, PHONE) for lane in ("区住建", "街道"))
    bureau.on("console", lambda message: said.append(message.text))
    assert bureau.inner_text(".bell .count") == "0"
    enter(street, served)
    _look(bureau)
    bureau.wait_for_selector(".bell .count:has-text('1')")
    # the answer that says that nothing has changed leaves the count
    with bureau.expect_response("**/alerts/count"):
        _look(bureau)
    assert bureau.inner_text(".bell .count") == "1"
    bureau.goto(f"{served}/alerts/settings")
    narrow(bureau)
    plain = signed_in(chromium, served, "区住建", DESK, script=False)
    plain.click(".bell:has-text('1')")
    plain.click(".told:has-text('新任务：列入年度计划（桂语苑）') button")
    plain.wait_for_selector("h1:has-text('列入年度计划')")
    assert plain.inner_text(".bell .count") == "0"
    assert said == []
