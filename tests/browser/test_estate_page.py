"""What scripts do on an estate's pages: a paper drawn in its frame, steps of the diagram, the key of the search."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from engine import store
from engine.use_cases.library import Library
from tests.district import PASSWORD, District
from tests.documents.contracts import replaced
from tests.serving import serve_here

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 800}


@pytest.fixture
def address(library: Library, tmp_path: Path) -> Iterator[str]:
    """The address of an application with the reference estate after its first steps."""
    opened = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
    district = District(opened, library, tmp_path)
    district.replay("set_up_team")
    with serve_here(district.app) as served:
        yield served
    opened.close()


def _signed_in(chromium: Browser, address: str, viewport: dict[str, int]) -> Page:
    page = chromium.new_page(viewport=viewport, locale="zh-CN")  # type: ignore[arg-type]
    page.goto(address)
    page.fill("#login", "user0")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_selector("h1:has-text('待办')")
    return page


def test_a_paper_is_drawn_in_its_frame_and_asks_nobody_else(chromium: Browser, address: str) -> None:
    page, said, asked = _signed_in(chromium, address, PHONE), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/estates/1/papers")
    page.click("a.title:has-text('小区导入申请表')")
    frame = page.frame_locator("#preview")
    frame.locator("section.docx").first.wait_for()
    assert "小区导入信托制物业服务申请表" in frame.locator("section.docx").first.inner_text()
    page.wait_for_selector("#preview-state:has-text('版式和分页以下载的文件为准')")
    wide, window = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window
    assert all(url.startswith((address, "data:", "blob:")) for url in asked), asked
    # the frame is of an origin of its own: nothing of the application can be read from there
    (inner,) = [one for one in page.frames if one.url.endswith("/papers/frame")]
    assert inner.evaluate("() => window.origin") == "null"
    assert inner.evaluate("() => fetch('/estates').then(() => 'went', () => 'refused')") == "refused"
    assert [one for one in said if "Content Security Policy" not in one] == []


def test_a_step_of_the_diagram_opens_its_tasks_and_the_marks_are_those_of_the_list(
    chromium: Browser, address: str
) -> None:
    page = _signed_in(chromium, address, DESK)
    page.goto(f"{address}/estates/1/diagram/intake")
    page.wait_for_selector("#diagram [data-element-id=submit_application].done")
    assert page.locator("a[href='http://bpmn.io']").is_visible()
    assert "▶ 在办" in page.locator(".steps li.now").inner_text()
    page.click("#diagram [data-element-id=submit_application]")
    page.wait_for_url("**/estates/1/steps/submit_application")
    assert page.locator("a.title:has-text('小区导入申请表')").count() == 1


def test_the_key_goes_to_the_search_unless_somebody_types(chromium: Browser, address: str) -> None:
    page = _signed_in(chromium, address, DESK)
    page.goto(f"{address}/estates/1")
    page.keyboard.press("/")
    page.keyboard.type("gyy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?seek=1")
    assert page.locator(".row-link:has-text('桂语苑')").count() == 1
    page.goto(f"{address}/estates/1")
    page.fill("#comment-text", "")
    page.focus("#comment-text")
    page.keyboard.type("a/b")
    assert page.input_value("#comment-text") == "a/b"


def test_a_colleague_is_picked_after_an_at_by_pinyin_and_told(chromium: Browser, address: str) -> None:
    page = _signed_in(chromium, address, PHONE)
    page.goto(f"{address}/estates/1")
    text = page.locator("#comment-text")
    text.focus()
    page.keyboard.type("请看 @")
    page.wait_for_selector("#comment-text-list [role=option]")
    page.keyboard.type("hej")
    page.wait_for_function("() => document.querySelectorAll('#comment-text-list [role=option]').length === 1")
    assert page.get_attribute("#comment-text", "aria-activedescendant") == "comment-text-list-0"
    page.keyboard.press("Enter")
    page.wait_for_selector("#comment-text-list", state="hidden")
    assert text.input_value() == "请看 @何静 "
    page.click("button:has-text('留言')")
    page.wait_for_selector(".flash:has-text('已提醒何静')")


def test_one_switches_to_another_estate_from_the_top_bar(chromium: Browser, address: str) -> None:
    page = _signed_in(chromium, address, DESK)
    page.wait_for_selector("#switch")
    page.keyboard.press("s")
    page.keyboard.type("gyy")
    page.wait_for_selector("#switch-list [role=option]:has-text('桂语苑')")
    assert page.get_attribute("#switch", "aria-expanded") == "true"
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('桂语苑')")


def test_the_slider_plays_an_estate_back(chromium: Browser, address: str) -> None:
    page = _signed_in(chromium, address, DESK)
    page.goto(f"{address}/estates/1/playback")
    page.locator("#at").focus()
    page.keyboard.press("Home")
    page.wait_for_url("**at=1")
    page.wait_for_selector(".playback output:has-text('1')")
    page.click("a:has-text('下一条')")
    page.wait_for_url("**at=2**")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_changed_paper_is_compared_before_it_becomes_a_version(
    chromium: Browser, address: str, viewport: dict[str, int], tmp_path: Path
) -> None:
    page, file = _signed_in(chromium, address, viewport), tmp_path / "申请表.docx"
    paper = f"{address}/papers/XQ0001-D-03-2026-001"
    file.write_bytes(replaced(page.request.get(paper).body(), ("15,702.50", "18,000.00")))
    page.goto(f"{paper}/view")
    page.click("a:has-text('版本和修改')")
    page.set_input_files("#file", file)
    page.click("button:has-text('上传并对照')")
    page.wait_for_selector("h1:has-text('修改稿与第 1 版对照')")
    page.wait_for_selector("section.clause ins:has-text('18,000.00')")
    # side by side at a desk, one column with what is gone in it on a phone
    assert page.locator(".versus .before").first.is_visible() == (viewport == DESK)
    assert page.locator(".versus .after del").first.is_visible() == (viewport == PHONE)
    clause, text = (page.locator(one).first.bounding_box() for one in ("section.clause", ".versus"))
    assert clause
    assert text
    assert text["width"] > clause["width"] - 40, "the text takes the width that there is"
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    small = (
        "() => [...document.querySelectorAll('main .btn, main summary')].filter((one) => one.offsetHeight < 44).length"
    )
    assert page.evaluate(small) == 0
    page.fill("#why", "面积以登记为准")
    page.click("button:has-text('存为第 2 版')")
    page.wait_for_selector(".flash:has-text('已存为第 2 版')")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
