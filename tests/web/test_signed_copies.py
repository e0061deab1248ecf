"""The signed copy of a paper comes back as a scan: its pages are found, doubted, ticked and filed."""

import io
import random
import re
from typing import Any

import pytest

from engine import pages, pdf, reading_scans, scanning
from tests import photographs
from tests.district import Browser, District
from tests.documents.contracts import replaced
from tests.scans import scanned

NUMBER = "XQ0001-D-03-2026-001"
SIGNED = f"/papers/{NUMBER}/signed"
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


def look(district: District) -> None:
    """Let every page that waits be looked at."""
    scanner = scanning.Scanner(district.opened)
    while scanner.round(district.clock.now):
        pass


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
    for no in (2, 3):
        assert cadre.post(copy, {"do": "drop", "no": no}).status_code == 302
    assert "没有对上" not in cadre.post(copy, {"do": "file"}).text


def test_without_a_reader_a_person_says_which_page_is_which(
    replayed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    cadre = replayed.browser("社区干部")
    copy = bring(cadre, (photographs.photo(), "一.jpg")).location
    look(replayed)
    assert "没有安装 tesseract-ocr-chi-sim" in cadre.get(copy).text
    assert cadre.post(copy, {"do": "assign", "no": 1, "page": "1"}).status_code == 302
    places = re.findall(r'name="place" value="(\d+)"', cadre.get(copy).text)
    assert cadre.post(copy, {"do": "file", "place": places}).status_code == 302
    assert "已由" in cadre.get(copy).text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "空.pdf", "没有选择文件"),
        (b"%PDF-1.4 broken", "坏.pdf", "PDF 文件不完整"),
        (b"%PDF-1.4 locked\n%%EOF", "锁.pdf", "可能加了密码或已损坏"),
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


def test_a_copy_belongs_to_its_paper_and_to_those_who_may_bring_it(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    copy = bring(cadre, (photographs.photo(), "一.jpg")).location
    assert cadre.get(copy.replace(NUMBER, "XQ0001-D-01-2026-001")).status_code == 404
    assert replayed.browser("会计审计").post(copy, {"do": "aside"}).status_code == 403
    assert cadre.post(copy, {"do": "aside"}).status_code == 302
    assert "原图仍保存着" in cadre.get(copy).text
