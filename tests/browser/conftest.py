"""The application really served, and a real Chromium; skipped with a plain word where there is none."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from engine import store
from engine.use_cases.library import Library
from tests import replays
from tests.district import District, people
from tests.serving import serve, serve_here


@pytest.fixture(scope="session")
def _started() -> Iterator[Browser]:
    """Debian's Chromium, in Chinese."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("没有 Chromium，也不能安装 Debian 软件包 chromium")
    # a container has little shared memory, and root no sandbox
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


@pytest.fixture
def chromium(_started: Browser) -> Iterator[Browser]:
    """A Chromium in which nothing is left open of an earlier test: every page goes on working until it is closed."""
    yield _started
    for context in _started.contexts:
        context.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of ``daoru serve`` on a new database with one person a lane."""
    with serve(tmp_path) as running:
        yield running.address


@pytest.fixture
def district(
    tmp_path: Path, library: Library, sqlite_originals: Callable[[Callable[[str], None]], Path]
) -> Iterator[District]:
    """A district in this process, whose clock and journeys a test moves."""
    path = shutil.copy(sqlite_originals(people), tmp_path / "district.db")
    opened = store.open(f"sqlite:///{path}", files=tmp_path / "files", synchronous="OFF", public=replays.PUBLIC)
    yield District(opened, library, tmp_path)
    opened.close()


@pytest.fixture
def pages(district: District) -> Iterator[str]:
    """The address of the district's pages."""
    with serve_here(district.app) as address:
        yield address
