"""A paper comes back changed in Word: it is known, compared first, and only then becomes the next version."""

import io
import re
from typing import Any

import pytest

from engine.documents import identity, package
from engine.documents.identity import Identity
from engine.store import uploads
from tests import photographs
from tests.district import CASE, Browser, District, posted
from tests.documents import contracts
from tests.documents.contracts import packed, parts, replaced
from tests.unit.documents.test_arriving import BROUGHT

APPLICATION = "XQ0001-D-03-2026-001"
PAPER = f"/papers/{APPLICATION}"


@pytest.fixture
def replayed(district: District) -> District:
    """The district with an estate whose application was printed."""
    district.replay("set_up_team")
    return district


def bring(browser: Browser, content: bytes, name: str = "申请表.docx", paper: str = PAPER) -> Any:
    """Upload a file."""
    return browser.post(f"{paper}/versions", {"file": (io.BytesIO(content), name)})


def settle(browser: Browser, address: str, **given: str) -> Any:
    """Press a button of the page of an upload, with what it hides."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(address).text))
    return browser.post(address, {**hidden, **given})


def test_a_changed_file_is_shown_against_what_was_issued_and_then_becomes_the_next_version(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    issued = cadre.get(PAPER).data
    changed = replaced(issued, ("申请", "正式申请"))
    asked = bring(cadre, changed)
    assert asked.status_code == 302
    shown = cadre.get(asked.location).text
    assert "改动 1 条" in shown
    assert "<ins>正式</ins>" in shown
    assert cadre.get(f"{asked.location}/file").data == changed
    answer = settle(cadre, asked.location, do="confirm", why="用语更正")
    assert answer.status_code == 302, answer.text
    assert cadre.get(f"{PAPER}/versions/1").data == issued
    newest = cadre.get(PAPER).data
    assert identity.of(parts(newest)) == Identity(APPLICATION, 2)
    assert parts(newest)[package.DOCUMENT] == parts(changed)[package.DOCUMENT]
    page = cadre.get(f"{PAPER}/versions").text
    assert "被第 2 版取代" in page
    assert "用语更正" in page
    assert f"文书 {APPLICATION} 小区导入申请表 第 2 版" in cadre.get("/estates/1/log").text
    compared = cadre.get(f"{PAPER}/compare?old=1&new=2").text
    assert "改动 1 条" in compared
    (place,) = re.findall(r'<ul class="places"><li><a href="#([^"]+)"', compared)
    assert f'<section class="clause" id="{place}"' in compared
    redline = parts(cadre.get(f"{PAPER}/redline?old=1&new=2").data)[package.DOCUMENT].decode()
    assert re.search(r"<w:ins [^>]*><w:r>.*?正式</w:t></w:r></w:ins>", redline)


def test_a_fact_changed_by_hand_is_named_with_what_was_printed_and_where_it_is_corrected(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    issued = cadre.get(PAPER).data
    shown = cadre.get(bring(cadre, replaced(issued, ("15,702.50", "18,000.00"))).location).text
    assert "手工改了" in shown
    assert "与来源不符。来源为 <del>15,702.50</del>，文件里改成了 <ins>18,000.00</ins>" in shown
    assert "/estates/1/steps/submit_application" in shown
    assert "变量 1" in shown
    assert "只换了填入的值" in shown


def test_the_same_file_twice_waits_once_and_the_same_confirmation_counts_once(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    changed = replaced(cadre.get(PAPER).data, ("申请", "正式申请"))
    first, second = (bring(cadre, changed).location for _ in range(2))
    assert first == second
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', cadre.get(first).text))
    for _ in range(2):
        assert cadre.post(first, {**hidden, "do": "confirm", "why": "用语更正"}).status_code == 302
    assert "第 3 版" not in cadre.get(f"{PAPER}/versions").text
    assert settle(cadre, first, do="confirm", why="再来一次").status_code == 409


def test_a_reason_is_needed_and_what_was_typed_stays(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    address = bring(cadre, replaced(cadre.get(PAPER).data, ("申请", "正式申请"))).location
    assert "没有写改动的理由" in settle(cadre, address, do="confirm", why=" ").text
    long = settle(cadre, address, do="confirm", why="改" * 201)
    assert long.status_code == 422
    assert "改" * 201 in long.text
    assert "第 2 版</strong>" not in cadre.get(f"{PAPER}/versions").text


def test_a_file_made_from_an_older_version_says_so_and_one_shown_against_an_older_one_is_not_confirmed(
    replayed: District,
) -> None:
    cadre = replayed.browser("社区干部")
    issued = cadre.get(PAPER).data
    one, other = (bring(cadre, replaced(issued, ("申请", word))).location for word in ("正式申请", "书面申请"))
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', cadre.get(other).text))
    assert settle(cadre, one, do="confirm", why="用语更正").status_code == 302
    late = cadre.post(other, {**hidden, "do": "confirm", "why": "用语更正"})
    assert late.status_code == 409
    assert "还没有和它对照过" in late.text
    shown = cadre.get(other).text
    assert "这是在第 1 版上改的，现在已是第 2 版" in shown
    assert settle(cadre, other, do="aside").status_code == 302
    assert cadre.get(f"{other}/file").status_code == 200


def test_another_papers_file_is_refused_by_its_name(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    other = cadre.get("/papers/XQ0001-D-01-2026-001").data
    refused = bring(cadre, other)
    assert refused.status_code == 422
    assert "这是本小区的《年度导入计划》（XQ0001-D-01-2026-001）" in refused.text
    elsewhere = identity.mark(parts(other), Identity("XQ0099-D-01-2026-001", 1))
    assert "这是另一份文书（XQ0099-D-01-2026-001）的文件" in bring(cadre, elsewhere).text
    assert "这就是第 1 版的原文件" in bring(cadre, cadre.get(PAPER).data).text
    with replayed.opened.work("测试", replayed.clock.now) as work:
        known = uploads.known(work, APPLICATION)
        assert known is not None
        assert uploads.waiting(work, known.id) == []


def test_each_bad_file_is_refused_in_its_own_words_and_nothing_is_kept(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    for fault, (content, name, says) in BROUGHT.items():
        refused = bring(cadre, content, name)
        assert (refused.status_code, says in refused.text) == (422, True), fault
    with replayed.opened.work("测试", replayed.clock.now) as work:
        known = uploads.known(work, APPLICATION)
        assert known is not None
        assert uploads.waiting(work, known.id) == []


def test_another_estates_paper_is_refused_with_the_estates_name(replayed: District) -> None:
    second = replayed.enter("新华苑")
    with replayed.opened.work("测试", replayed.clock.now) as work:
        task = work.task(second, "set_annual_plan").id
    plan = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
    photo = {"plan_scan.new": (io.BytesIO(photographs.photo()), "计划.jpg")}
    done = replayed.browser("区住建").post(f"/tasks/{task}", {"do": "complete", **plan, **photo})
    assert done.status_code == 302, done.text
    replayed.work_on(second)
    street = replayed.browser("街道")
    theirs = street.get("/papers/XQ0002-D-01-2026-001").data
    refused = bring(street, theirs, paper="/papers/XQ0001-D-01-2026-001")
    assert "这是“新华苑”的《年度导入计划》（XQ0002-D-01-2026-001），不是“桂语苑”的文书" in refused.text


def test_a_file_without_a_mark_is_known_by_its_number_or_said_to_be_unknown(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    bare = {name: part for name, part in parts(cadre.get(PAPER).data).items() if not name.startswith("docProps")}
    for gone in (identity.CORE, identity.CUSTOM):
        for name in ("[Content_Types].xml", "_rels/.rels"):
            bare[name] = re.sub(rb"<(?:Override|Relationship)[^>]*" + gone.encode() + rb"[^>]*/>", b"", bare[name])
    assert "按文中的编号认出是这份文书" in cadre.get(bring(cadre, packed(bare)).location).text
    assert "不能确认是它的修改稿" in cadre.get(bring(cadre, contracts.contract()).location).text


def test_tracked_changes_and_comments_of_the_file_are_shown_and_kept(replayed: District) -> None:
    counsel = replayed.browser("法律顾问")
    mark = (
        '<w:ins w:id="7" w:author="李律师" w:date="2026-01-05T08:00:00Z"><w:r><w:t>另行约定</w:t></w:r></w:ins></w:p>'
    )
    changed = replaced(counsel.get(PAPER).data, ("</w:p>", mark))
    address = bring(counsel, changed).location
    shown = counsel.get(address).text
    assert "文件里的修订 1 处、批注 0 条" in shown
    assert "李律师" in shown
    settle(counsel, address, do="confirm", why="审查意见")
    assert "李律师" in parts(counsel.get(PAPER).data)[package.DOCUMENT].decode()


def test_who_may_not_and_what_may_not_is_told_and_nothing_is_kept(replayed: District) -> None:
    grid, cadre = replayed.browser("网格员"), replayed.browser("社区干部")
    changed = replaced(cadre.get(PAPER).data, ("申请", "正式申请"))
    assert "修改稿由本小区的社区干部、法律顾问、街道上传" in grid.get(f"{PAPER}/versions").text
    assert bring(grid, changed).status_code == 403
    for content, name, says in (
        (b"%PDF-1.7", "a.docx", "这是 PDF"),
        (b"", "a.docx", "空的"),
        (changed, "a.doc", ".doc"),
    ):
        refused = bring(cadre, content, name)
        assert (refused.status_code, says in refused.text) == (422, True), says
    assert cadre.get(f"{PAPER}/versions/2").status_code == 404
    assert cadre.get(f"{PAPER}/compare?old=1&new=x").status_code == 404
    assert replayed.browser_of("elsewhere").get(f"{PAPER}/versions").status_code == 404


def test_where_no_exact_redline_can_be_made_the_page_says_so_and_leads_back(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    issued = cadre.get(PAPER).data
    noted = replaced(issued, ("</w:p>", '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'))
    address = bring(cadre, noted).location
    settle(cadre, address, do="confirm", why="加注")
    refused = cadre.get(f"{bring(cadre, replaced(issued, ('申请', '正式申请'))).location}/redline")
    assert refused.status_code == 501
    assert "全部接受要等于新稿、全部拒绝要等于旧稿，做不到就不给" in refused.text


def test_footnotes_that_differ_are_told_beside_the_clauses(replayed: District) -> None:
    cadre = replayed.browser("社区干部")
    issued = cadre.get(PAPER).data
    note = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:id="2"><w:p><w:r><w:t>以街道核定为准</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    referred = parts(replaced(issued, ("</w:p>", '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>')))
    address = bring(cadre, packed({**referred, "word/footnotes.xml": note.encode()})).location
    shown = cadre.get(address).text
    assert "两份文件的脚注或尾注不同" in shown
    assert "<ins>〔注：以街道核定为准〕</ins>" in shown
    plain = cadre.get(bring(cadre, replaced(issued, ("申请", "正式申请"))).location).text
    assert "两份文件的脚注或尾注不同" not in plain
    settle(cadre, address, do="confirm", why="加注")
    other = note.replace("街道", "区住建局").encode()
    changed = bring(cadre, packed({**referred, "word/footnotes.xml": other})).location
    redline = parts(cadre.get(f"{changed}/redline").data)["word/footnotes.xml"].decode()
    assert re.findall(r"<w:(ins|del) ", redline) == ["del", "ins"]
