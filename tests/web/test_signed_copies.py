"""The signed copy of a paper comes back as a scan: its pages are found, doubted, ticked and filed."""

import io
import random
import re
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from engine import pages, pdf, reading_scans, resources, scanning
from engine.documents import code
from engine.documents.code import Held
from engine.errors import Conflict
from engine.store import signed_copies
from engine.store.signed_copies import Seen
from engine.use_cases import signed_copies as signing
from tests import photographs
from tests.district import Browser, District
from tests.documents.contracts import replaced
from tests.scans import scanned

NUMBER = "XQ0001-D-03-2026-001"
SIGNED = f"/papers/{NUMBER}/signed"
LOCKED = (Path(__file__).parent / "locked.pdf").read_bytes()
#: The test client leaves the temporary file of a large upload to be collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
needs_readers = pytest.mark.skipif(
    not (reading_scans.available() and pdf.available() and pages.available()),
    reason="没有 tesseract-ocr-chi-sim、LibreOffice 或 poppler-utils",
)


@pytest.fixture
def replayed(district: District) -> District:
    """The district with an estate whose application was printed."""
    district.replay("set_up_team")
    return district


def printed(word: bytes) -> bytes:
    """The PDF of a Word file."""
    made = pdf.convert(word, signed=True)
    assert isinstance(made, bytes)
    return made


def bring(browser: Browser, *files: tuple[bytes, str], address: str = SIGNED) -> Any:
    """Upload a scan."""
    return browser.post(address, {"files": [(io.BytesIO(content), name) for content, name in files]})


def empty_pages(number: int) -> bytes:
    """A PDF of so many empty pages."""
    kids = " ".join(f"{3 + page} 0 R" for page in range(number))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {number}>>"]
    objects += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * number
    body = "".join(f"{no} 0 obj\n{told}\nendobj\n" for no, told in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\n%%EOF\n".encode()


def look(district: District) -> None:
    """Let every page that waits be looked at."""
    scanner = scanning.Scanner(district.opened)
    while scanner.round(district.clock.now):
        pass


def ticks(page: str) -> list[str]:
    """What is ticked on the page of a copy."""
    return re.findall(r'data-tick="([^"]+)" checked', page)


@needs_readers
def test_a_scan_is_found_complete_and_filed_once_every_place_is_ticked(replayed: District) -> None:
    cadre, seed = replayed.browser("社区干部"), random.Random(1)
    whole = printed(cadre.get(f"/papers/{NUMBER}").data)
    count = pages.count(whole)
    scans = [(scanned(reading_scans.drawn(whole, page), seed), f"{page}.jpg") for page in range(count, 0, -1)]
    copy = bring(cadre, *scans).location
    assert "正在逐页核对" in cadre.get(copy).text
    look(replayed)
    shown = cadre.get(copy).text
    assert "各页齐全" in shown
    assert "扫描件像是" not in shown
    assert "签字、盖章" in shown
    refused = cadre.post(copy, {"do": "file"})
    assert refused.status_code == 422
    assert "没有勾选" in refused.text
    places = re.findall(r'name="place" value="(\d+)"', shown)
    looked = re.findall(r'name="looked" value="(\d+)"', shown)
    assert cadre.post(copy, {"do": "file", "place": places, "looked": looked}).status_code == 302
    assert "是第 1 版的签署件" in cadre.get(copy).text
    assert "的签署件归档" in cadre.get("/estates/1/log").text
    again = bring(cadre, *scans).location
    look(replayed)
    assert "已由" in cadre.post(again, {"do": "file", "place": places}).text


def test_a_place_in_a_table_says_whose_it_is() -> None:
    template = resources.root() / "templates" / "notices" / "handover_demand.docx"
    told = signing.places(template.read_bytes())
    assert [one for one in told if one.startswith(("收件人", "送达人", "见证人"))] == [
        "收件人（签字、盖章）", "送达人（两人签字）", "见证人（签字，注明单位或者住址）",
    ]  # fmt: skip
    assert not [one for one in told if one.startswith("（")]


@needs_readers
def test_a_changed_number_is_shown_with_what_should_stand_there_and_must_be_looked_at(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    word = cadre.get(f"/papers/{NUMBER}").data
    whole = printed(replaced(word, ("15,702.50", "15,102.50")))
    scans = [(reading_scans.drawn(whole, page), f"{page}.png") for page in range(1, pages.count(whole) + 1)]
    copy = bring(cadre, *scans).location
    look(replayed)
    shown = cadre.get(copy).text
    assert "1570250" in shown
    assert "1510250" in shown
    places = re.findall(r'name="place" value="(\d+)"', shown)
    refused = cadre.post(copy, {"do": "file", "place": places})
    assert refused.status_code == 422
    assert "逐处对照" in refused.text
    assert ticks(refused.text) == [f"place{place}" for place in places], "what was ticked stays so"


@needs_readers
def test_pages_of_another_paper_blank_ones_and_those_upside_down_are_told_and_missing_ones_named(
    replayed: District,
) -> None:
    cadre, seed = replayed.browser("社区干部"), random.Random(2)
    mine = printed(cadre.get(f"/papers/{NUMBER}").data)
    other = printed(cadre.get("/papers/XQ0001-D-01-2026-001").data)
    brought = [
        (scanned(reading_scans.drawn(mine, 1), seed, turned=180), "倒着.jpg"),
        (scanned(reading_scans.drawn(other, 1), seed), "另一份.jpg"),
        (photographs.photo(), "空白.jpg"),
    ]
    copy = bring(cadre, *brought).location
    look(replayed)
    shown = cadre.get(copy).text
    assert "XQ0001-D-01-2026-001" in shown
    assert "空白页" in shown
    assert "第 1 页" in shown
    if pages.count(mine) > 1:
        assert "缺第 2" in shown
    refused = cadre.post(copy, {"do": "file"})
    assert "没有对上" in refused.text
    led = re.findall(r'<li><a href="#([^"]+)">', refused.text)
    assert led
    assert not [one for one in led if f'id="{one}"' not in refused.text], "what is to be mended is a tap away"
    for no in (2, 3):
        assert cadre.post(copy, {"do": f"drop-{no}"}).status_code == 302
    assert "没有对上" not in cadre.post(copy, {"do": "file"}).text


def confirm(browser: Browser, changed: bytes) -> None:
    """Let a changed Word file become the next version."""
    address = browser.post(f"/papers/{NUMBER}/versions", {"file": (io.BytesIO(changed), "改.docx")}).location
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(address).text))
    assert browser.post(address, {**hidden, "do": "confirm", "why": "用语更正"}).status_code == 302


def codes(picture: bytes) -> list[Held]:
    """What the codes on the picture of a page hold."""
    with Image.open(io.BytesIO(picture)) as opened:
        return [one for found in zxingcpp.read_barcodes(opened) if (one := code.held(found.text))]


@needs_readers
def test_each_page_of_the_pdf_tells_by_its_code_which_page_of_which_version_it_is(replayed: District) -> None:
    cadre, seed = replayed.browser("社区干部"), random.Random(3)
    whole = cadre.get(f"/papers/{NUMBER}/pdf").data
    assert reading_scans.texts(whole) == reading_scans.texts(printed(cadre.get(f"/papers/{NUMBER}").data))
    for page in range(1, pages.count(whole) + 1):
        found = codes(scanned(reading_scans.drawn(whole, page), seed))
        assert len({one.token for one in found}) == 1
        assert (1, page) in {(one.version, one.page) for one in found}
    confirm(cadre, replaced(cadre.get(f"/papers/{NUMBER}").data, ("申请", "正式申请")))
    newer = cadre.get(f"/papers/{NUMBER}/pdf").data
    assert (2, 1) in {(one.version, one.page) for one in codes(reading_scans.drawn(newer, 1))}


@needs_readers
def test_a_page_too_poor_to_read_is_known_by_its_code_and_all_that_was_not_read_must_be_looked_at(
    replayed: District,
) -> None:
    cadre = replayed.browser("社区干部")
    page = reading_scans.drawn(cadre.get(f"/papers/{NUMBER}/pdf").data, 1)
    with Image.open(io.BytesIO(page)) as opened:
        poor = opened.convert("L")
    above = poor.crop((0, 0, poor.width, poor.height * 85 // 100)).filter(ImageFilter.GaussianBlur(9))
    poor.paste(above)
    written = io.BytesIO()
    poor.save(written, "PNG")
    copy = bring(cadre, (written.getvalue(), "糊.png")).location
    look(replayed)
    shown = cadre.get(copy).text
    assert "没有读到" in shown
    assert "认不出是第几页" not in shown
    assert "第 1 页与定稿可能不一致，或没有自动核对" in cadre.post(copy, {"do": "file"}).text


@needs_readers
def test_a_page_of_an_older_version_is_told_by_its_code(replayed: District) -> None:
    cadre, seed = replayed.browser("社区干部"), random.Random(4)
    older = cadre.get(f"/papers/{NUMBER}/pdf").data
    confirm(cadre, replaced(cadre.get(f"/papers/{NUMBER}").data, ("申请", "正式申请")))
    copy = bring(cadre, (scanned(reading_scans.drawn(older, 1), seed), "旧.jpg")).location
    look(replayed)
    assert "页上的二维码是第 1 版第 1 页的，不是第 2 版；请换成现行版重签。" in cadre.get(copy).text


@needs_readers
def test_a_page_that_only_its_words_tell_from_the_version_before_is_left_to_a_person(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    # with the word file's own code, which says nothing of pages
    older = printed(cadre.get(f"/papers/{NUMBER}").data)
    confirm(cadre, replaced(cadre.get(f"/papers/{NUMBER}").data, ("15,702.50", "15,702.60")))
    copy = bring(cadre, (reading_scans.drawn(older, 1), "旧.png")).location
    look(replayed)
    shown = cadre.get(copy).text
    assert "文字像第 1 版，不像第 2 版" in shown
    assert "内容对不上" in shown
    assert "确是这份文书的页</summary>" in shown, "words alone settle nothing, but taking it away comes first"
    assert cadre.post(copy, {"do": "assign-1", "page-1": "1"}).status_code == 302
    look(replayed)
    assert "1570260" in cadre.get(copy).text
    refused = cadre.post(copy, {"do": "file", "place": "0"})
    assert "逐处对照" in refused.text


@needs_readers
def test_a_page_with_nothing_on_it_is_named_as_no_page(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    copy = bring(cadre, (photographs.photo(), "空白.jpg")).location
    look(replayed)
    shown = cadre.get(copy).text
    assert ("空白页" in shown, "这是第" in shown, "去掉这一张" in shown) == (True, False, True)
    refused = cadre.post(copy, {"do": "assign-1", "page-1": "1"})
    assert (refused.status_code, "没有读到字，没法对照" in refused.text) == (422, True)


@needs_readers
def test_a_page_that_was_taken_for_the_wrong_one_can_be_named_anew_or_dropped(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    whole = printed(replaced(cadre.get(f"/papers/{NUMBER}").data, ("15,702.50", "15,102.50")))
    copy = bring(cadre, (reading_scans.drawn(whole, 1), "一.png")).location
    look(replayed)
    shown = cadre.get(copy).text
    assert "页码认错了，或者不要这一张" in shown
    assert cadre.post(copy, {"do": "drop-1"}).status_code == 302
    assert "缺第 1" in cadre.get(copy).text


@needs_readers
def test_a_page_that_a_person_names_is_held_against_that_page_and_what_differs_must_be_looked_at(
    replayed: District,
) -> None:
    cadre = replayed.browser("社区干部")
    word = cadre.get(f"/papers/{NUMBER}").data
    read = reading_scans.read(reading_scans.drawn(printed(replaced(word, ("15,702.50", "15,102.50"))), 1))
    # the code is torn off, and too little is left to know the page by
    top = next(one.box[1] for one in read.words if "15,102" in one.text)
    torn = Image.new("L", read.shown.size, 255)
    torn.paste(read.shown.crop((0, top - 20, read.shown.width, top + 60)), (0, top - 20))
    written = io.BytesIO()
    torn.save(written, "PNG")
    copy = bring(cadre, (written.getvalue(), "撕.png")).location
    look(replayed)
    assert "没有对上" in cadre.get(copy).text
    assert cadre.post(copy, {"do": "assign-1", "page-1": "1"}).status_code == 302
    assert "正在和定稿核对" in cadre.get(copy).text
    assert "还有 1 张正在核对" in cadre.post(copy, {"do": "file"}).text
    look(replayed)
    shown = cadre.get(copy).text
    assert "指明" in shown
    assert "读到的字大多不在这一页上" not in shown, "little is left of it, and that is of this page"
    assert "1510250" in shown
    assert "逐处对照" in cadre.post(copy, {"do": "file", "place": "0"}).text


@needs_readers
def test_a_page_whose_code_is_of_another_paper_stays_one_whoever_names_it(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    other = printed(cadre.get("/papers/XQ0001-D-01-2026-001").data)
    copy = bring(cadre, (reading_scans.drawn(other, 1), "另一份.png")).location
    look(replayed)
    shown = cadre.get(copy).text
    assert "另一份文书" in shown
    assert "这是第" not in shown, "it is never a page of this paper: it can be taken away only"
    assert "去掉这一张" in shown
    refused = cadre.post(copy, {"do": "assign-1", "page-1": "1"})
    assert (refused.status_code, "不是这份文书的页" in refused.text) == (422, True)
    look(replayed)
    assert "另一份文书" in cadre.get(copy).text


@needs_readers
def test_a_page_that_only_its_words_tell_from_the_paper_is_taken_away_first_and_stays_strange_when_it_is_named(
    replayed: District,
) -> None:
    cadre = replayed.browser("社区干部")
    # a paper without a code, as of another office
    plain = Image.new("L", (1654, 2339), 255)
    other = reading_scans.read(reading_scans.drawn(printed(cadre.get("/papers/XQ0001-D-01-2026-001").data), 1))
    plain.paste(other.picture.crop((0, 0, other.picture.width, other.picture.height * 8 // 10)), (0, 0))
    written = io.BytesIO()
    plain.save(written, "PNG")
    copy = bring(cadre, (written.getvalue(), "外单位.png")).location
    look(replayed)
    shown = cadre.get(copy).text
    assert "内容对不上" in shown
    assert shown.index("去掉这一张") < shown.index("确是这份文书的页</summary>")
    assert cadre.post(copy, {"do": "assign-1", "page-1": "1"}).status_code == 302
    look(replayed)
    assert "读到的字大多不在这一页上" in cadre.get(copy).text
    places = re.findall(r'name="place" value="(\d+)"', cadre.get(copy).text)
    assert "逐处对照" in cadre.post(copy, {"do": "file", "place": places}).text


@needs_readers
def test_a_page_that_is_missing_is_added_to_the_copy_that_is_there(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    annex = "业主大会授权社区居民委员会代为联络原物业服务企业，每月公布进度，重大事项另行召集业主代表商议。" * 6
    further = f"<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>{annex}</w:t></w:r></w:p><w:sectPr"
    confirm(cadre, replaced(cadre.get(f"/papers/{NUMBER}").data, ("<w:sectPr", further)))
    whole = printed(cadre.get(f"/papers/{NUMBER}").data)
    count = pages.count(whole)
    assert count == 2
    copy = bring(cadre, (reading_scans.drawn(whole, 1), "一.png")).location
    look(replayed)
    assert "第 2 页的照片或扫描的 PDF" in cadre.get(copy).text
    assert "请在“补页”里补传" in cadre.post(copy, {"do": "file"}).text
    refused = cadre.post(copy, {"do": "add", "files": [(io.BytesIO(b"PK\x03\x04word"), "合同.docx")]})
    assert (refused.status_code, "不是照片" in refused.text) == (422, True)
    rest = [(io.BytesIO(reading_scans.drawn(whole, page)), f"{page}.png") for page in range(2, count + 1)]
    assert cadre.post(copy, {"do": "add", "files": rest}).status_code == 302
    assert "正在逐页核对，已看 1 / 2 张" in cadre.get(copy).text, "what was read stays read"
    look(replayed)
    shown = cadre.get(copy).text
    assert "各页齐全" in shown
    given = {name: re.findall(rf'name="{name}" value="(\d+)"', shown) for name in ("place", "looked")}
    assert cadre.post(copy, {"do": "file", **given}).status_code == 302
    late = cadre.post(copy, {"do": "add", "files": [(io.BytesIO(photographs.photo()), "晚.jpg")]})
    assert (late.status_code, "不能补页" in late.text) == (422, True)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "空.pdf", "没有选择文件"),
        (b"%PDF-1.4 broken", "坏.pdf", "PDF 文件不完整"),
        (b"%PDF-1.4 nothing\n%%EOF", "损.pdf", "“损.pdf”打不开：可能加了密码或已损坏"),
        (LOCKED, "锁.pdf", "“锁.pdf”打不开：可能加了密码或已损坏；请去掉密码、重新扫描后再上传。"),
        (empty_pages(300), "整箱.pdf", "一共 300 页，一次最多 200 页；请核对是否选错了文件，或分开上传。"),
        (b"\xff\xd8\xff\xe0 no picture", "假.jpg", "“假.jpg”：照片已损坏或没有传完整"),
        (b"\x89PNG\r\n\x1a\n no picture", "假.png", "“假.png”：照片已损坏或没有传完整"),
        (b"PK\x03\x04word", "合同.docx", "不是照片"),
        (b"<svg onload='x'/>", "图.jpg", "不是照片"),
    ],
)
def test_what_is_no_scan_is_refused_by_name_and_nothing_is_kept(
    replayed: District, content: bytes, name: str, said: str
) -> None:
    cadre = replayed.browser("社区干部")
    refused = bring(cadre, (content, name))
    assert refused.status_code == 422
    assert said in refused.text
    assert "还没有签署件" in cadre.get(SIGNED).text
    beside = bring(cadre, (photographs.photo(), "好.jpg"), (content or b"nothing", name))
    assert beside.status_code == 422, "one file that cannot be read must not leave half a copy"
    assert "还没有签署件" in cadre.get(SIGNED).text


def test_photos_that_a_phone_calls_the_same_are_all_kept(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    bring(cadre, (photographs.photo(), "image.jpg"), (photographs.photo(810), "image.jpg"))
    with replayed.opened.work("测试", replayed.clock.now) as work:
        copy = signed_copies.one(work, 1)
    assert copy is not None
    assert len({page.source for page in copy.pages}) == 2


def test_a_copy_belongs_to_its_paper_and_to_those_who_may_bring_it(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    copy = bring(cadre, (photographs.photo(), "一.jpg")).location
    assert cadre.get(copy.replace(NUMBER, "XQ0001-D-01-2026-001")).status_code == 404
    assert replayed.browser("会计审计").post(copy, {"do": "aside"}).status_code == 403
    assert cadre.post(copy, {"do": "aside"}).status_code == 302
    assert "原图仍保存着" in cadre.get(copy).text


def test_a_page_is_neither_named_nor_dropped_once_somebody_settled_the_copy(replayed: District) -> None:
    bring(replayed.browser("社区干部"), (photographs.photo(), "一.jpg"))
    look(replayed)
    with replayed.opened.work("甲", replayed.clock.now) as work:
        before = signed_copies.one(work, 1)
        assert before is not None
        signed_copies.set_status(work, before, signed_copies.ASIDE)
    with pytest.raises(Conflict), replayed.opened.work("乙", replayed.clock.now) as work:
        signed_copies.see(work, before, before.pages[0], Seen(signed_copies.DROPPED))
    with replayed.opened.work("丙", replayed.clock.now) as work:
        after = signed_copies.one(work, 1)
    assert after is not None
    assert after.pages[0].verdict == before.pages[0].verdict
