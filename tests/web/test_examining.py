"""The adviser examines papers: remarks on clauses, an approval bound to a version, material that is asked for."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import events
from engine.store import archives, examinations
from engine.store.tables import document, estate
from engine.use_cases import accounts
from tests import photographs
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District
from tests.documents.contracts import replaced
from tests.web.test_undoing import complete, done_id, press

APPLICATION = "XQ0001-D-03-2026-001"
PAPER = f"/papers/{APPLICATION}"
PAGE = f"{PAPER}/examine"


@pytest.fixture
def replayed(district: District) -> District:
    """The district with an estate whose application was printed."""
    district.replay("set_up_team")
    return district


def remark(browser: Browser, clause: str = "全文", category: str = "must", **said: str) -> Any:
    """Remark on a clause."""
    given = {"clause": clause, "category": category, "text": "与申请内容不符", **said}
    return browser.post(f"{PAPER}/remarks", given, PAGE)


def decide(browser: Browser, decision: str, **given: str) -> Any:
    """Press a button of the page, with what its form hides."""
    page = browser.get(PAGE).text
    seen = re.search(r'name="seen" value="(\d+)"><input type="hidden" name="sha256" value="(\w+)"', page)
    assert seen, page
    return browser.post(PAGE, {"decision": decision, "seen": seen[1], "sha256": seen[2], **given})


def badges(browser: Browser, address: str = PAGE) -> list[str]:
    """How the newest version stands, badge by badge, without what more there is to it."""
    page = browser.get(address).text
    shown = re.split(r"<li class=\"row-act\"><span><strong>|class=\"downloads\">", page)[1]
    return re.findall(r'<span class="tag \w+">([^<]+)<', re.split("<br>|<a ", shown)[0])


def revise(browser: Browser, *change: tuple[str, str]) -> None:
    """Bring a changed file and let it become the next version."""
    changed = replaced(browser.get(PAPER).data, *change)
    address = browser.post(f"{PAPER}/versions", {"file": (io.BytesIO(changed), "申请表.docx")}).location
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(address).text))
    assert browser.post(address, {**hidden, "do": "confirm", "why": "按意见修改"}).status_code == 302


def test_a_must_change_that_is_open_hinders_the_approval_until_its_author_or_the_adviser_settles_it(
    replayed: District,
) -> None:
    cadre, adviser = replayed.browser("社区干部"), replayed.browser("法律顾问")
    assert remark(cadre).status_code == 302
    assert "还有 1 条“必须改”没有办结（全文），不能通过" in adviser.get(PAGE).text
    refused = decide(adviser, "approved")
    assert refused.status_code == 422
    assert "不能通过" in refused.text
    street = replayed.browser("街道")
    assert street.post(f"{PAPER}/remarks/1", {"do": "resolve"}, PAGE).status_code == 403
    assert adviser.post(f"{PAPER}/remarks/1", {"text": "请街道核对"}, PAGE).status_code == 302
    assert cadre.post(f"{PAPER}/remarks/1", {"do": "resolve"}, PAGE).status_code == 302
    assert decide(adviser, "approved").status_code == 302
    log = cadre.get("/estates/1/log").text
    assert f"周敏办结周敏提出的必须改：小区导入申请表（{APPLICATION}）全文" in log
    assert "对第 1 版（哈希尾号" in log


def test_an_approval_counts_for_the_version_that_was_read_and_no_other(replayed: District) -> None:
    cadre, adviser = replayed.browser("社区干部"), replayed.browser("法律顾问")
    page = adviser.get(PAGE).text
    sha256 = re.search(r'name="sha256" value="(\w+)"', page)
    assert sha256
    revise(cadre, ("申请", "正式申请"))
    late = adviser.post(PAGE, {"decision": "approved", "seen": "1", "sha256": sha256[1]})
    assert late.status_code == 409
    assert "您看的不是现行版：现在是第 2 版" in late.text
    approved = decide(adviser, "approved")
    assert approved.status_code == 302
    shown = adviser.get(PAGE).text
    assert "对第 2 版（哈希尾号" in shown
    assert "这一版已由何静通过" in shown
    assert "小区导入申请表" in adviser.get("/examining?tab=done").text
    revise(cadre, ("正式申请", "书面申请"))
    assert badges(adviser) == ["现行", "待审"]
    assert "小区导入申请表" in adviser.get("/examining").text


def test_open_remarks_go_with_their_clause_to_the_next_version(replayed: District) -> None:
    cadre, adviser = replayed.browser("社区干部"), replayed.browser("法律顾问")
    clause = re.findall(r'data-clause="([^"]+)"', adviser.get(PAGE).text)[0]
    quoted = {"quote": "申请", "suggestion": "书面申请"}
    assert remark(adviser, clause, "advice", **quoted).status_code == 302
    revise(cadre, ("申请", "正式申请"))
    shown = adviser.get(PAGE).text
    section = shown[shown.index(f'data-clause="{clause}"') :].partition("</section>")[0]
    assert "<ins>书面申请</ins>" in section
    assert "对第 1 版" in section


SECTIONS = ("一、申请范围以红线图为准。", "二、住户名册由社区居民委员会保管，移交时逐页核对。")


def divide(browser: Browser) -> None:
    """Let a version follow that has sections at its end."""
    made = "".join(f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>" for said in SECTIONS)
    revise(browser, ("<w:sectPr", f"{made}<w:sectPr"))


def test_a_remark_kept_under_a_clauses_former_name_stands_at_that_clause(replayed: District) -> None:
    cadre, adviser = replayed.browser("社区干部"), replayed.browser("法律顾问")
    divide(cadre)
    with replayed.opened.work("何静", replayed.clock.now) as work:
        found = work.connection.execute(sa.select(document.c.id).where(document.c.number == APPLICATION))
        said = {"quote": "", "category": "must", "text": "与名册不符", "suggestion": ""}
        examinations.add_remark(work, found.scalar_one(), 2, clause="二、", **said)
    shown = adviser.get(PAGE).text
    section = shown[shown.index('data-clause="第二部分"') :].partition("</section>")[0]
    assert ("与名册不符" in section, "<strong>第二部分</strong>" in section) == (True, True)
    assert "这一版已没有这一条" not in shown
    assert "没有办结（第二部分）" in shown


def test_a_remark_on_a_clause_that_is_gone_says_what_stood_there(replayed: District) -> None:
    cadre, adviser = replayed.browser("社区干部"), replayed.browser("法律顾问")
    divide(cadre)
    assert remark(adviser, "第二部分", "must", text="不宜由社区保管").status_code == 302
    revise(cadre, (f"<w:p><w:r><w:t>{SECTIONS[1]}</w:t></w:r></w:p>", ""))
    shown = adviser.get(PAGE).text
    assert "原条款：第二部分" in shown
    assert "住户名册由社区居民委员会保管，移交时逐页核对。</blockquote>" in shown


def test_material_that_is_asked_for_waits_and_comes_back_with_its_answer(replayed: District) -> None:
    cadre, adviser = replayed.browser("社区干部"), replayed.browser("法律顾问")
    incomplete = decide(adviser, "asked", reason="缺业主签名页")
    assert incomplete.status_code == 422
    assert "没有选择请谁补充" in incomplete.text
    assert "缺业主签名页" in incomplete.text
    assert decide(adviser, "asked", reason="缺业主签名页", whom="周敏").status_code == 302
    assert "等周敏补充材料" in adviser.get("/examining?tab=waiting").text
    assert "何静请您补充材料" in cadre.get("/alerts").text
    assert decide(adviser, "approved").status_code == 422
    assert decide(cadre, "answered", reason="已传到踏勘任务").status_code == 302
    assert "材料已答复" in adviser.get("/examining").text
    assert "周敏答复了要补充的材料" in adviser.get("/alerts").text
    assert decide(adviser, "approved").status_code == 302


def test_files_come_with_an_answer_are_kept_and_shown_to_the_adviser_without_the_place_of_a_photo(
    replayed: District,
) -> None:
    cadre, adviser = replayed.browser("社区干部"), replayed.browser("法律顾问")
    assert decide(adviser, "asked", reason="缺业主签名页", whom="周敏").status_code == 302
    photo = photographs.photo()
    bad = [(io.BytesIO(b"MZ\x90"), "签名页.exe"), (io.BytesIO(b""), "空白.pdf")]
    refused = decide(cadre, "answered", reason="已补", files=bad)
    assert refused.status_code == 422
    assert "“签名页.exe”：" in refused.text
    assert "“空白.pdf”：文件是空的" in refused.text
    assert "已补" in refused.text
    many = [(io.BytesIO(photo), f"{number}.jpg") for number in range(7)]
    assert "一次最多 6 个文件" in decide(cadre, "answered", reason="已补", files=many).text
    word = cadre.get(PAPER).data
    brought = [(io.BytesIO(photo), "../签名页.png"), (io.BytesIO(word), "说明.docx")]
    assert decide(cadre, "answered", reason="签名页补上了", files=brought).status_code == 302
    page = adviser.get(PAGE).text
    note = page[page.index("周敏答复了要补充的材料") :].partition("</div>")[0]
    links = re.findall(r'<a href="(/papers/[^"]+/material/\d+)">([^<]+)</a>', note)
    assert [name for _, name in links] == ["签名页.png", "说明.docx"]
    shown, same = (adviser.get(address) for address, _ in links)
    assert shown.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in shown.headers["Content-Disposition"]
    assert shown.data.startswith(b"\xff\xd8")
    assert b"GPS" not in shown.data
    assert shown.data != photo
    assert same.data == word
    assert adviser.get(f"{PAPER}/material/99").status_code == 404
    assert replayed.browser_of("elsewhere").get(links[0][0]).status_code == 404
    with replayed.opened.work("测试", replayed.clock.now) as work:
        assert f"补充材料 {APPLICATION} 签名页.png" in archives.files(work, 1).values()


def test_every_version_says_how_it_stands(replayed: District) -> None:
    cadre, adviser, street = (replayed.browser(lane) for lane in ("社区干部", "法律顾问", "街道"))
    versions = f"{PAPER}/versions"
    assert badges(adviser, versions) == ["现行"], "nobody has to examine an application unless somebody remarks on it"
    assert remark(adviser, category="advice").status_code == 302
    assert badges(adviser, versions) == badges(adviser) == ["现行", "审阅中"]
    assert decide(adviser, "asked", reason="缺业主签名页", whom="周敏").status_code == 302
    assert ">等周敏补充材料</span>" in adviser.get(versions).text
    assert decide(cadre, "answered", reason="已补齐").status_code == 302
    assert decide(adviser, "approved").status_code == 302
    assert badges(adviser, versions) == badges(adviser) == ["现行", "已通过"]
    revise(cadre, ("申请", "正式申请"))
    assert badges(adviser, versions) == ["现行", "待审"]
    old = adviser.get(versions).text.partition("<strong>第 1 版")[2]
    assert re.findall(r'<span class="tag \w+">([^<]+)<', old) == ["被第 2 版取代", "已通过", "已取走"]
    press(street, f"/tasks/{done_id(replayed, 'submit_application')}/undo", reason="户数填错")
    assert badges(adviser, versions) == ["已作废"]


def test_the_same_decision_sent_twice_counts_once(replayed: District) -> None:
    adviser = replayed.browser("法律顾问")
    page = adviser.get(PAGE).text
    bar = page[page.index("decision-bar") :]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', bar))
    assert [adviser.post(PAGE, hidden).status_code for _ in range(2)] == [302, 302]
    assert [one["kind"] for one in replayed.log(1)].count("PaperExamined") == 1


def test_only_the_estates_adviser_decides_and_he_may_hand_it_to_a_colleague_who_may_act_there(
    replayed: District,
) -> None:
    with replayed.opened.work("测试", replayed.clock.now) as work:
        accounts.add(work, "colleague", "方远", PASSWORD, COMMUNITY, ["法律顾问"])
    adviser, colleague = replayed.browser("法律顾问"), replayed.browser_of("colleague")
    hidden = re.search(r'name="sha256" value="(\w+)"', adviser.get(PAGE).text)
    assert hidden
    given = {"decision": "approved", "seen": "1", "sha256": hidden[1]}
    refused = colleague.post(PAGE, given)
    assert refused.status_code == 403
    assert "由审阅人何静决定" in refused.text
    assert decide(adviser, "handed", whom=CASE.people["社区干部"], reason="回避").status_code == 422
    assert decide(adviser, "handed", whom="方远", reason="回避").status_code == 302
    assert "小区导入申请表" in colleague.get("/examining").text
    assert "小区导入申请表" not in adviser.get("/examining").text
    assert decide(colleague, "approved").status_code == 302


def test_a_filled_value_says_where_it_comes_from_and_leads_to_going_back_there(replayed: District) -> None:
    page = replayed.browser("街道").get(PAGE).text
    filled = re.search(r'class="filled" href="#(origin-\d+)"[^>]*>15,702\.50<', page)
    assert filled
    origin = page[page.index(f'id="{filled[1]}"') :].partition("</details>")[0]
    assert "周敏" in origin
    way = re.search(r'href="(/tasks/\d+/undo)">更正来源', origin)
    assert way
    assert replayed.browser("街道").get(way[1]).status_code == 200
    assert "更正来源" not in replayed.browser("法律顾问").get(PAGE).text


def test_open_remarks_go_on_to_the_paper_that_is_issued_anew_after_its_source_was_corrected(replayed: District) -> None:
    adviser, street = replayed.browser("法律顾问"), replayed.browser("街道")
    assert remark(adviser, text="户数与清册不符").status_code == 302
    press(street, f"/tasks/{done_id(replayed, 'submit_application')}/undo", reason="户数填错")
    assert complete(replayed, "社区干部", "submit_application").status_code == 302
    replayed.work_on(1)
    anew = adviser.get("/papers/XQ0001-D-03-2026-002/examine").text
    assert "户数与清册不符" in anew
    assert "对作废的前一份" in anew
    assert "不能通过" in anew
    assert "XQ0001-D-03-2026-002" in adviser.get("/examining").text
    assert "这份文书已作废" in adviser.get(PAGE).text


def test_a_paper_that_went_out_before_its_source_was_corrected_says_what_is_left_to_do(replayed: District) -> None:
    adviser, street = replayed.browser("法律顾问"), replayed.browser("街道")
    before = adviser.get(PAPER).data
    press(street, f"/tasks/{done_id(replayed, 'submit_application')}/undo", reason="户数填错")
    for address in (PAGE, f"{PAPER}/view", f"{PAPER}/versions", f"{PAPER}/signed", "/estates/1/papers"):
        assert "这份已经有人取走：原件保留不动" in street.get(address).text, address
    for address in (f"{PAPER}/view", f"{PAPER}/signed"):
        assert "现行版" not in street.get(address).text
    assert 'id="remark"' not in adviser.get(PAGE).text
    # a signature stays one whatever is done here
    with replayed.opened.work("周敏", replayed.clock.now) as work:
        work.append(1, events.SignedCopyFiled(APPLICATION, "小区导入申请表", 1, "0" * 64, 1, 2))
    assert "签字的原件仍有法律效力" in street.get(PAGE).text
    assert complete(replayed, "社区干部", "submit_application").status_code == 302
    replayed.work_on(1)
    assert adviser.get("/papers/XQ0001-D-03-2026-002/examine").status_code == 200
    assert adviser.get(PAPER).data == before


def test_papers_that_print_what_has_changed_say_so_in_the_list_and_on_their_page(replayed: District) -> None:
    street = replayed.browser("街道")
    with replayed.opened.work("测试", replayed.clock.now) as work:
        work.hand_over(1, "区住建", CASE.people["区住建"], "方远")
        work.append(1, events.LaneHandedOver("区住建", CASE.people["区住建"], "方远", "轮岗"))
    page = street.get("/estates/1/papers").text
    rows = [row for row in page.split('<li class="paper">') if "仍为旧值" in row]
    assert {re.search(r"XQ0001-(D-\d\d)", row)[1] for row in rows} == {"D-01", "D-02"}  # type: ignore[index]
    plan = street.get("/papers/XQ0001-D-01-2026-001/examine").text
    assert f"文书上是 <del>{CASE.people['区住建']}</del>，现在是 <ins>方远</ins>" in plan
    assert "仍为旧值" not in street.get(PAGE).text


def test_a_lawful_date_is_marked_in_the_queue_from_the_day_after_it(replayed: District) -> None:
    adviser, today = replayed.browser("法律顾问"), replayed.clock.now.date()
    assert remark(adviser, category="advice").status_code == 302
    shown = []
    for lawful_on in (today, today - timedelta(days=1)):
        with replayed.opened.work("测试", replayed.clock.now) as work:
            work.execute(sa.update(estate).values(lawful_on=lawful_on.isoformat()))
        shown.append(adviser.get("/examining").text)
    assert ["已过期" in page for page in shown] == [False, True]
    assert '<span class="light late">' in shown[1]
