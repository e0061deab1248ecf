"""Signed copies on a machine that cannot read them: a person says which page is which, and nothing ticked is lost."""

import io
import re

import pytest

from engine.store import signed_copies
from tests import photographs
from tests.district import CASE, District
from tests.web.test_signed_copies import SIGNED, bring, look, ticks

#: The test client leaves the temporary file of a large upload to be collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def unread(district: District, monkeypatch: pytest.MonkeyPatch) -> District:
    """The district with an estate whose application was printed, where no program reads scans."""
    district.replay("set_up_team")
    monkeypatch.setenv("PATH", "")
    return district


def test_without_a_reader_a_person_says_which_page_is_which(unread: District) -> None:
    cadre = unread.browser("社区干部")
    listed = cadre.get(SIGNED).text
    for package in ("poppler-utils", "tesseract-ocr-chi-sim", "libreoffice-writer-nogui"):
        assert package in listed
    copy = bring(cadre, (photographs.photo(), "一.jpg")).location
    look(unread)
    assert "没有安装 tesseract-ocr-chi-sim" in cadre.get(copy).text
    assert cadre.post(copy, {"do": "assign-1", "page-1": "1"}).status_code == 302
    places = re.findall(r'name="place" value="(\d+)"', cadre.get(copy).text)
    assert "没有自动核对" in cadre.post(copy, {"do": "file", "place": places}).text
    assert cadre.post(copy, {"do": "file", "place": places, "looked": "1"}).status_code == 302
    assert "已由" in cadre.get(copy).text


def test_nothing_that_a_person_ticked_is_lost_whatever_is_done_next_and_nobody_ticks_for_another(
    unread: District,
) -> None:
    cadre = unread.browser("社区干部")
    copy = bring(cadre, (photographs.photo(), "一.jpg")).location
    look(unread)
    # while a page is named, another added, one dropped and the copy refused
    said = {"place": "1", "why": "当天没有带公章"}
    assert cadre.post(copy, {"do": "assign-1", "page-1": "1", **said}).status_code == 302
    assert ticks(cadre.get(copy).text) == ["place1"]
    files = [(io.BytesIO(photographs.photo(810)), "二.jpg")]
    assert (
        cadre.post(copy, {"do": "add", "files": files, "looked": "1", "was": "place1", "place": "1"}).status_code == 302
    )
    look(unread)
    assert "还有 1 张没有对上" in cadre.post(copy, {"do": "file"}).text
    assert cadre.post(copy, {"do": "drop-2"}).status_code == 302
    shown = cadre.get(copy).text
    assert (ticks(shown), 'value="当天没有带公章"' in shown) == (["1=1", "place1"], True)
    # what another tab did not show is not taken back by it; what it showed ticked is
    assert cadre.post(copy, {"do": "keep", "quiet": "1", "place": "0", "was": ""}).status_code == 204
    assert cadre.post(copy, {"do": "keep", "looked": "1", "was": "1=1 place1"}).status_code == 302
    assert ticks(cadre.get(copy).text) == ["1=1", "place0"]
    # a page that is another one now was not compared with that
    assert cadre.post(copy, {"do": "assign-1", "page-1": "2"}).status_code == 302
    assert ticks(cadre.get(copy).text) == ["place0"]
    street = unread.browser("街道")
    seen = street.get(copy).text
    assert (ticks(seen), CASE.people["社区干部"] in seen, "已勾选" in seen) == ([], True, True)
    assert "没有勾选" in street.post(copy, {"do": "file", "looked": "1"}).text
    assert unread.browser("会计审计").post(copy, {"do": "keep", "place": "0"}).status_code == 403
    with unread.opened.work("测试", unread.clock.now) as work:
        assert {one.who for one in signed_copies.ticks(work, 1)} == {CASE.people["社区干部"], CASE.people["街道"]}


def test_a_file_that_was_chosen_and_not_sent_is_told_before_the_copy_is_filed(unread: District) -> None:
    cadre = unread.browser("社区干部")
    copy = bring(cadre, (photographs.photo(), "一.jpg")).location
    look(unread)
    files = [(io.BytesIO(photographs.photo(810)), "二.jpg")]
    assert "选了文件还没有补传" in cadre.post(copy, {"do": "file", "files": files}).text


def test_of_a_page_that_is_there_twice_one_is_dropped_before_it_is_filed(unread: District) -> None:
    cadre = unread.browser("社区干部")
    copy = bring(cadre, (photographs.photo(), "一.jpg"), (photographs.photo(810), "又.jpg")).location
    look(unread)
    for no in (1, 2):
        assert cadre.post(copy, {"do": f"assign-{no}", f"page-{no}": "1"}).status_code == 302
    shown = cadre.get(copy).text
    assert "第 1 页有两张以上" in shown
    assert "去掉第 2 张" in shown
    assert "第 1 页有两张；请去掉一张" in cadre.post(copy, {"do": "file"}).text
    assert cadre.post(copy, {"do": "drop-2"}).status_code == 302
    places = re.findall(r'name="place" value="(\d+)"', cadre.get(copy).text)
    assert cadre.post(copy, {"do": "file", "place": places, "looked": "1"}).status_code == 302
    assert "归档时对照过" in cadre.get(copy).text
