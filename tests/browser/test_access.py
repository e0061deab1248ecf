"""Every page for people who do not see it or use no mouse: axe-core finds nothing serious, at both widths."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.test_desk import DESK, PHONE, enter, signed_in
from tests.district import PASSWORD, District
from tests.web.test_rights import ROWS, WHO, address_of, browser_of, login_of, settle

AXE = Path(__file__).parents[1] / "definitions/node/node_modules/axe-core/axe.min.js"
#: A page of each kind, once an estate is entered.
PAGES = ("/", "/?tab=scope", "/?tab=done", "/estates", "/estates/1", "/estates/1/log", "/estates/1/papers",
         "/estates/1/diagram/onboarding", "/estates/1/registers", "/estates/1/registers/visits", "/board", "/board/1",
         "/board?by=type&light=red", "/board/print", "/estates/1/playback", "/estates/new", "/tasks/1", "/search",
         "/me", "/me/leave", "/alerts", "/alerts/settings", "/estates/1/comments")  # fmt: skip
_FAULTS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter(fault => ["serious", "critical"].includes(fault.impact))
  .map(fault => fault.id + ": " + fault.nodes[0].html)"""
#: Pages with more on them than their plain address shows.
_MORE = ("/?tab=scope", "/?tab=done", "/?tab=scope&light=red", "/board?by=type", "/board?light=red",
         "/alerts?tab=all", "/estates/1/registers/roster", "/estates/99")  # fmt: skip
#: Who looks at a page: the first who may.
_LOOKING = ("街道", "社区干部", "管理员", "区住建")


@pytest.fixture
def watched(chromium: Browser) -> Iterator[BrowserContext]:
    """A context whose pages carry axe-core, brought in from outside, so that their own policy stays as it is."""
    if not AXE.is_file():
        pytest.skip("没有 axe-core：先运行 ./run test，或安装 Node")
    with chromium.new_context(locale="zh-CN") as context:
        context.add_init_script(path=AXE)
        yield context


def test_no_page_has_a_serious_fault_or_scrolls_sideways(
    watched: BrowserContext, district: District, pages: str
) -> None:
    settle(district)
    page, found = watched.new_page(), []
    for who, addresses in _pages(district).items():
        watched.clear_cookies()
        for address in ["/sign-in", *addresses]:
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            page.goto(pages + address)
            found += faults(page, who)
            if address == "/sign-in":
                page.fill("#login", login_of(who))
                page.fill("#password", PASSWORD)
                page.click("button:has-text('登录')")
                page.wait_for_selector("h1:has-text('待办')")
    page.goto(f"{pages}/estates/new")
    page.click("main button.btn-primary")
    page.wait_for_selector(".problems")
    assert found + faults(page, "街道") == []


def _pages(district: District) -> dict[str, list[str]]:
    """Every page that the application has, by who looks at it; what is no page, as a file, is left out."""
    found: dict[str, list[str]] = {who: [] for who in reversed(_LOOKING)}
    for method, rule, *wanted in ROWS:
        if method == "GET" and "200" in wanted and not rule.startswith("/sign"):
            answers = dict(zip(WHO, wanted, strict=True))
            found[next(who for who in _LOOKING if answers[who] == "200")].append(address_of(rule))
    found["街道"] += _MORE
    for who, addresses in found.items():
        browser = browser_of(district, who)
        found[who] = [address for address in addresses if browser.get(address).mimetype == "text/html"]
    return found


def faults(page: Page, who: str) -> list[str]:
    found = []
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        wide, window = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
        faults = page.evaluate(_FAULTS) + ([f"{wide} px wide"] if wide > window else [])
        found += [f"{who} {page.url} at {viewport['width']}: {fault}" for fault in faults]
    return found


def test_a_task_is_found_opened_and_submitted_by_keyboard_alone(chromium: Browser, served: str) -> None:
    enter(signed_in(chromium, served, "街道", DESK), served)
    bureau = signed_in(chromium, served, "区住建", DESK)
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
