"""Two people and one task, in a real browser: one claims it, the other reads who, and sees that it is open there."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page

from engine import store
from engine.use_cases import accounts
from tests.browser.test_desk import DESK, PHONE, enter, narrow, signed_in
from tests.district import COMMUNITY, PASSWORD


def test_two_people_race_for_one_task_and_see_each_other(chromium: Browser, served: str, tmp_path: Path) -> None:
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
    with opened.work("测试", datetime.now(UTC)) as work:
        accounts.add(work, "second", "孙波", PASSWORD, COMMUNITY, ["区住建"])
    opened.close()
    street = signed_in(chromium, served, "街道", DESK)
    enter(street, served)
    first = signed_in(chromium, served, "区住建", PHONE)
    first.click(".row-link:has-text('列入年度计划')")
    # on a phone the other acts are folded away
    first.wait_for_selector(".acts-wide", state="hidden")
    first.click("summary:has-text('更多')")
    first.click(".acts-more button:has-text('放回')")
    first.wait_for_selector("button:has-text('认领')")
    narrow(first)
    second = _second(chromium, first.url)
    assert "蒋涛 正在看" in second.inner_text(".others")
    second.click("button:has-text('认领')")
    second.wait_for_selector("button:has-text('提交')")
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    first.wait_for_selector(".others:has-text('孙波 正在填写')")
    first.click("button:has-text('认领')")
    first.wait_for_selector("[role=alert]:has-text('孙波 刚刚已认领')")
    narrow(first)


def _second(chromium: Browser, address: str) -> Page:
    page = chromium.new_page(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    page.goto(address)
    page.fill("#login", "second")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_selector("h1:has-text('列入年度计划')")
    return page
