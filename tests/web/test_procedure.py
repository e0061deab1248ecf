"""The review of an estate's procedure: its page, as of an entry of the log, with links to its evidence."""

import re
from dataclasses import replace
from io import BytesIO

import docx
import pytest

from engine import events
from engine.use_cases.library import Library
from tests.district import District, later_pack


@pytest.fixture
def signed(district: District) -> District:
    """The reference estate with its contract signed."""
    district.replay("nominate_supervisor")
    return district


def test_the_page_says_of_each_rule_what_it_found_by_which_article_and_entries(signed: District) -> None:
    page = signed.browser("社区干部").get("/estates/1/procedure").text
    assert "没有发现不符合的地方" in page
    assert "会议公告满法定期限才开始表决" in page
    assert "依据：物业管理条例 14" in page
    entry = re.search(r'href="(/estates/1/playback\?at=\d+)"', page)
    assert entry
    assert signed.browser("社区干部").get(entry[1]).status_code == 200


def test_an_entry_of_the_log_gives_the_report_as_it_was_then(signed: District) -> None:
    browser = signed.browser("法律顾问")
    then = browser.get("/estates/1/procedure?at=40").text
    assert "按流转记录第 1–40 条" in then
    assert "这是当时的情形" in then
    assert browser.get("/estates/1/procedure?at=40").text == then
    assert browser.get("/estates/1/procedure?at=9999").status_code == 404


def test_the_report_is_a_paper_that_is_the_same_to_the_byte_whenever_it_is_made(signed: District) -> None:
    adviser = signed.browser("法律顾问")
    first = adviser.get("/estates/1/procedure/90.docx")
    assert "L-90" in first.headers["Content-Disposition"]
    with signed.opened.work("何静", signed.clock.now) as work:
        work.append(1, events.LogExported(1))
    assert adviser.get("/estates/1/procedure/90.docx").data == first.data
    told = [
        cell.text for table in docx.Document(BytesIO(first.data)).tables for row in table.rows for cell in row.cells
    ]
    assert {"PR-01", "PR-98", "业主组织先决定、后签约"} <= set(told)
    assert any(re.search(r"第\d+条（2026年\d+月\d+日）", cell) for cell in told)


def test_what_stands_before_a_move_to_another_pack_is_judged_by_the_pack_of_that_time(
    signed: District, library: Library
) -> None:
    adviser, newer = signed.browser("法律顾问"), later_pack(library)
    then = adviser.get("/estates/1/procedure/90.docx").data
    known = signed.app.extensions["daoru"]
    signed.app.extensions["daoru"] = replace(known, library=replace(library, packs=(*library.packs, newer)))
    moved = signed.browser("区住建").post("/estates/1/pack", {"to": newer.version, "reason": "区里公布了新版本"})
    assert moved.status_code == 302
    assert adviser.get("/estates/1/procedure/90.docx").data == then
    assert "2025年12月1日起施行" in adviser.get("/estates/1/procedure").text
