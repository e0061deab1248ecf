"""Administration and the own account in a real browser: on a phone, for who sees little, and with a second factor."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from engine import store
from engine.use_cases import accounts
from tests.browser.test_desk import PHONE, narrow
from tests.district import COMMUNITY, PASSWORD

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
