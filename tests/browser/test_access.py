"""Every page for people who do not see it or use no mouse: axe-core finds nothing serious, at both widths."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_desk import DESK, PHONE, _enter, _signed_in

AXE = Path(__file__).parents[1] / "definitions/node/node_modules/axe-core/axe.min.js"
_PAGES = ("/", "/?tab=scope", "/?tab=done", "/estates", "/estates/1", "/estates/1/diagram/onboarding",
          "/estates/1/registers/visits", "/board", "/estates/new", "/tasks/1")  # fmt: skip
_FAULTS = """async () => (await axe.run()).violations
  .filter(fault => ["serious", "critical"].includes(fault.impact))
  .map(fault => fault.id + ": " + fault.nodes[0].html)"""


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_has_a_serious_fault(chromium: Browser, served: str, viewport: dict[str, int]) -> None:
    if not AXE.is_file():
        pytest.skip("没有 axe-core：先运行 ./run test，或安装 Node")
    street = _signed_in(chromium, served, "街道", viewport)
    assert _faults(street) == []
    _enter(street, served)
    for address in _PAGES:
        street.goto(served + address)
        assert _faults(street) == [], address
    bureau = _signed_in(chromium, served, "区住建", viewport)
    bureau.goto(f"{served}/tasks/1")
    bureau.click("button:has-text('提交')")
    bureau.wait_for_selector(".problems")
    assert _faults(bureau) == []


def _faults(page: Page) -> list[str]:
    # evaluated from outside, so that the page's own policy stays as it is
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(_FAULTS)
    return found


def test_a_task_is_found_opened_and_submitted_by_keyboard_alone(chromium: Browser, served: str) -> None:
    _enter(_signed_in(chromium, served, "街道", DESK), served)
    bureau = _signed_in(chromium, served, "区住建", DESK)
    _tab_to(bureau, ".row-link")
    bureau.keyboard.press("Enter")
    bureau.wait_for_selector("h1:has-text('列入年度计划')")
    _tab_to(bureau, "[value=complete]")
    bureau.keyboard.press("Enter")
    bureau.wait_for_selector(".problems")
    _tab_to(bureau, ".problems a")
    bureau.keyboard.press("Enter")
    assert bureau.url.endswith("#plan_year")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way by keyboard to {selector}")
