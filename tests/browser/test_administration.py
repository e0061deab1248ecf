"""Administration and the own account in a real browser: on a phone, for who sees little, and with a second factor."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, FilePayload, Page

from engine import pages, store
from engine.use_cases import accounts
from engine.use_cases.library import Library
from tests.browser.test_desk import PHONE, narrow
from tests.district import COMMUNITY, PASSWORD
from tests.documents import word

_PAGES = ("/me", "/me/password", "/me/second-factor", "/admin", "/admin/users/new", "/admin/users/1",
          "/admin/users/1/leave", "/admin/nodes", "/admin/nodes/3", "/admin/roles", "/admin/jobs", "/admin/timers",
          "/admin/packs", "/admin/definitions", "/admin/templates", "/admin/looks", "/admin/log")  # fmt: skip


@pytest.fixture
def admin(chromium: Browser, served: str, tmp_path: Path) -> Page:
    """The phone of an administrator of the community, signed in."""
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
    with opened.work("测试", datetime.now(UTC)) as work:
        accounts.add(work, "admin", "孙宁", PASSWORD, COMMUNITY, ["管理员"])
    opened.close()
    page = chromium.new_page(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    _sign_in(page, served)
    page.wait_for_selector("h1:has-text('待办')")
    return page


def _sign_in(page: Page, served: str) -> None:
    page.goto(f"{served}/sign-in")
    page.fill("#login", "admin")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")


def test_pages_of_administration_fit_a_phone(admin: Page, served: str) -> None:
    said: list[str] = []
    admin.on("console", lambda message: said.append(message.text))
    for address in _PAGES:
        admin.goto(served + address)
        narrow(admin)
    assert said == []


def test_a_template_is_brought_on_a_phone_and_looked_at_page_beside_page(
    admin: Page, served: str, library: Library
) -> None:
    said: list[str] = []
    admin.on("console", lambda message: said.append(message.text))
    shipped = library.templates["notices/custody_notice.docx"]
    (asked, *_) = (one.says for one in library.contents if one.kind == "custody_notice" and "{{" not in one.says)
    for file, heading in (
        (word.rewritten(shipped, lambda text: text.replace(asked, "")), "检查出"),
        (word.rewritten(shipped, lambda text: text.replace(asked, f"（{asked}）")), "样例的页面"),
    ):
        admin.goto(f"{served}/templates/custody_notice")
        narrow(admin)
        brought = FilePayload(name="公告.docx", mimeType="application/octet-stream", buffer=file)
        admin.set_input_files("#file", brought)
        admin.fill("#why", "措辞")
        admin.click("button:has-text('上传并检查')")
        admin.wait_for_selector(f"h2:has-text('{heading}')", timeout=60_000)
        narrow(admin)
    if pages.available():
        pairs = admin.locator("#pages .sheets").evaluate_all(
            "pairs => pairs.map(pair => [...pair.querySelectorAll('img')].map(image => image.alt))"
        )
        assert pairs[0] == ["第 1 版样例第 1 页", "第 3 版样例第 1 页"]
        first = admin.locator("#pages img").first
        first.scroll_into_view_if_needed()
        admin.wait_for_load_state("networkidle")
        assert first.evaluate("image => image.naturalWidth") > 300
    assert said == []


def test_a_second_factor_is_learnt_from_the_page_and_asked_at_the_next_sign_in(admin: Page, served: str) -> None:
    said: list[str] = []
    admin.on("console", lambda message: said.append(message.text))
    admin.goto(f"{served}/me/second-factor")
    admin.click("button:has-text('开始启用')")
    admin.wait_for_selector(".qr svg")
    phone = pyotp.TOTP(admin.inner_text(".secret-letters"))
    admin.fill("#code", phone.now())
    admin.click("button:has-text('启用')")
    admin.wait_for_selector("h2:has-text('恢复码')")
    [code, *_] = re.findall(r"[a-z0-9]{4}(?:-[a-z0-9]{4}){3}", admin.inner_text(".codes"))
    assert said == []
    admin.goto(f"{served}/me")
    admin.click("main button:has-text('退出登录')")
    _sign_in(admin, served)
    admin.wait_for_selector("h1:has-text('两步验证')")
    narrow(admin)
    admin.fill("#code", code)
    admin.click("button:has-text('登录')")
    admin.wait_for_selector("h1:has-text('待办')")
