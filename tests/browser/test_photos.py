"""Photos from a phone on a bad line: each arrives once, whatever breaks off."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

from tests import photographs
from tests.browser.test_desk import DESK, PHONE, enter, narrow, signed_in


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of some megabytes."""
    taken = tmp_path / "现场.jpg"
    taken.write_bytes(photographs.noisy(3200, 2400))
    return taken


def _task(chromium: Browser, served: str, *, script: bool = True) -> Page:
    enter(signed_in(chromium, served, "街道", DESK), served)
    bureau = signed_in(chromium, served, "区住建", PHONE, script=script)
    bureau.click(".row-link:has-text('列入年度计划')")
    bureau.wait_for_selector(".photos")
    return bureau


def _choose(page: Page, *photos: Path) -> None:
    page.set_input_files('.photos [name="plan_scan.new"][multiple]', list(photos))


def test_a_photo_from_the_album_survives_a_cut_line_and_a_closed_page_and_arrives_once(
    chromium: Browser, served: str, photo: Path, tmp_path: Path
) -> None:
    bureau = _task(chromium, served)
    parts = 0

    def cut(route: Route) -> None:
        nonlocal parts
        parts += 1
        route.continue_() if parts <= 2 else route.abort()

    bureau.route("**/photos/*?at=*", cut)
    _choose(bureau, photo)
    bureau.wait_for_selector(".tile:has-text('网络断了，恢复后接着传')")
    assert 0 < float(bureau.locator(".tile progress").get_attribute("value") or 0) < 100
    narrow(bureau)
    # the page is closed and opened again before the line is back
    bureau.reload()
    bureau.wait_for_selector(".tile:has-text('网络断了')")
    bureau.unroute("**/photos/*?at=*")
    asked: list[str] = []
    bureau.on("request", lambda request: asked.append(request.url))
    bureau.wait_for_selector(".tile:has-text('✓ 已上传')")
    bureau.wait_for_selector("[role=status]:has-text('已保存')")
    assert not any(url.endswith("?at=0") for url in asked), "it began anew"
    bureau.reload()
    assert bureau.locator(".tile:has-text('✓ 已上传')").count() == 1
    assert bureau.locator(".tile").count() == 1
    assert bureau.locator(".tile img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    kept = [
        path for path in (tmp_path / "files").rglob("*") if path.is_file() and path.read_bytes() == photo.read_bytes()
    ]
    assert len(kept) == 1
    narrow(bureau)


def test_a_photo_holds_the_form_back_from_the_moment_it_is_chosen_also_while_the_phone_seeks_where_it_is(
    chromium: Browser, served: str, photo: Path
) -> None:
    bureau = _task(chromium, served)
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    bureau.on("dialog", dismiss)
    # a phone between houses: its position takes long
    bureau.evaluate(
        """() => {
            navigator.geolocation.getCurrentPosition = (found) => { globalThis.located = found; };
            const put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (one) {
                globalThis.kept = [...(globalThis.kept || []), Boolean(one.position)];
                return put.call(this, one);
            };
        }"""
    )
    bureau.set_input_files('.photos [name="plan_scan.new"][data-camera]', photo)
    bureau.click("button:has-text('提交')")
    assert asked == ["还有 1 张照片没有传完，现在提交，这几张会丢失。仍要继续吗？"]
    assert bureau.locator(".tile.coming:has-text('等待上传')").count() == 1
    # it is kept before the position is known, and goes up with it
    bureau.wait_for_function("() => globalThis.located")
    assert bureau.evaluate("() => globalThis.kept") == [False]
    bureau.evaluate("() => located({ coords: { latitude: 31.77, longitude: 119.95, accuracy: 20 } })")
    bureau.wait_for_selector(".tile:has-text('✓ 已上传')")
    assert bureau.evaluate("() => globalThis.kept") == [False, True]
    assert not bureau.locator(".tile:has-text('无定位')").count()


def test_photos_that_wait_are_counted_on_every_page_and_lead_to_their_task(
    chromium: Browser, served: str, photo: Path
) -> None:
    bureau = _task(chromium, served)
    task = bureau.url
    bureau.route("**/photos", lambda route: route.abort())
    _choose(bureau, photo)
    bureau.wait_for_selector(".unsent:has-text('待传 1')")
    for page in ("/board", "/estates/1", "/me", "/alerts"):
        bureau.goto(served + page)
        bureau.wait_for_selector(".unsent:has-text('待传 1')")
        assert bureau.locator(".unsent").evaluate("link => link.href") == task
        narrow(bureau)
    asked: list[str] = []
    bureau.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    bureau.goto(f"{served}/me")
    bureau.wait_for_selector(".unsent:visible")
    bureau.click("main button:has-text('退出登录')")
    assert "还有 1 张照片没有传完" in asked[0]
    bureau.goto(served)
    bureau.click("#unsent a:has-text('列入年度计划（桂语苑）：1 张照片没有传完')")
    bureau.unroute("**/photos")
    bureau.wait_for_selector(".tile:has-text('✓ 已上传')")
    bureau.wait_for_selector(".unsent", state="hidden")
    bureau.goto(served)
    bureau.wait_for_selector("#unsent", state="hidden")


def test_photos_of_a_task_that_is_over_can_be_thrown_away(chromium: Browser, served: str, photo: Path) -> None:
    bureau = _task(chromium, served)
    bureau.route("**/photos", lambda route: route.abort())
    _choose(bureau, photo)
    bureau.wait_for_selector(".unsent:has-text('待传 1')")
    bureau.on("dialog", lambda dialog: dialog.accept())
    bureau.goto(served)
    bureau.click("#unsent button:has-text('不传了')")
    bureau.wait_for_selector("#unsent", state="hidden")
    bureau.reload()
    bureau.wait_for_selector("h1:has-text('待办')")
    assert not bureau.locator(".unsent").is_visible()


def test_a_file_that_is_no_photo_is_refused_beside_the_others(
    chromium: Browser, served: str, photo: Path, tmp_path: Path
) -> None:
    bureau = _task(chromium, served)
    bad = tmp_path / "图.svg"
    bad.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    bureau.fill('[name="plan_no"]', "区住建〔2026〕7号")
    _choose(bureau, bad, photo)
    bureau.wait_for_selector(".tile:has-text('SVG 图形，不是照片')")
    bureau.wait_for_selector(".tile:has-text('✓ 已上传')")
    bureau.click(".tile:has-text('SVG') button")
    bureau.wait_for_selector(".tile:has-text('SVG')", state="detached")
    assert bureau.locator(".tile").count() == 1
    assert bureau.input_value('[name="plan_no"]') == "区住建〔2026〕7号"


def test_without_a_script_the_photo_goes_with_the_form(chromium: Browser, served: str, photo: Path) -> None:
    bureau = _task(chromium, served, script=False)
    _choose(bureau, photo)
    bureau.click(".decide button:has-text('保存草稿')")
    bureau.wait_for_selector(".tile:has-text('✓ 已上传')")


def test_a_file_too_large_to_send_is_refused_at_the_field_and_what_was_typed_stays(
    chromium: Browser, served: str, tmp_path: Path
) -> None:
    bureau = _task(chromium, served)
    bureau.fill('[name="plan_no"]', "区住建〔2026〕7号")
    large = tmp_path / "扫描.pdf"
    with large.open("wb") as written:
        written.truncate(41 * 1024 * 1024)
    _choose(bureau, large)
    bureau.wait_for_selector(".tile-told:has-text('“扫描.pdf”有 41 MB，超过 40 MB，没有收')")
    assert bureau.locator(".tile").count() == 0
    assert bureau.input_value('[name="plan_no"]') == "区住建〔2026〕7号"
    narrow(bureau)


def test_more_than_the_server_reads_at_all_is_refused_in_words_that_lead_back(
    chromium: Browser, served: str, tmp_path: Path
) -> None:
    bureau = _task(chromium, served, script=False)
    task, larges = bureau.url, [tmp_path / f"{number}.pdf" for number in range(2)]
    for large in larges:
        with large.open("wb") as written:
            written.truncate(81 * 1024 * 1024)
    _choose(bureau, *larges)
    bureau.click(".decide button:has-text('保存草稿')")
    bureau.wait_for_selector("[role=alert]:has-text('每个不超过 40 MB，一次一共不超过 128 MB')")
    bureau.click("a:has-text('回到刚才的页面')")
    bureau.wait_for_selector("h1:has-text('列入年度计划')")
    assert bureau.url == task
