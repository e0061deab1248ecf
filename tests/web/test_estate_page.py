"""An estate's page: where it stands, what comes next and by when, what holds it, its meters, its log, its comments."""

import io
import re
from dataclasses import replace
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy import event as sqlalchemy_event

from engine import events, pdf
from engine.store import comments, prints
from tests import photographs
from tests.district import CASE, Browser, District, posted


@pytest.fixture
def counted(district: District) -> District:
    """The reference estate after the count."""
    district.replay("announce_result")
    return district


def _comment(browser: Browser, **given: object) -> int:
    return browser.post("/estates/1/comments", {"once": "a", **given}, "/estates/1").status_code


def test_the_page_says_where_the_estate_stands_and_what_comes_next_by_when(counted: District) -> None:
    page = counted.browser("街道").get("/estates/1").text
    assert re.findall(r'<li class="(\w+)"', page)[:10] == ["done"] * 6 + ["now"] + ["ahead"] * 3
    for said in ("次新小区", "151", "15,702.50 ㎡", "已 40 天", "01-04 至 01-09"):
        assert said in page
    box = page.split("下一步</h2>", 1)[1].split("</section>", 1)[0]
    assert "公告表决结果" in box
    assert "业委会/物管会 沈国强" in box
    assert "2026-05-06（周三） 前" in box
    assert "查看" in box
    assert "去办理" in counted.browser("业委会/物管会").get("/estates/1").text
    assert "公告表决结果：3 天<br>依据：业主大会和业主委员会指导规则 30" in page


def test_the_two_meters_show_what_the_gates_counted_and_are_kept_apart(counted: District) -> None:
    page = counted.browser("社区干部").get("/estates/1").text
    intent = page.split('meter-intent">', 1)[1].split("</section>", 1)[0]
    ballot = page.split('meter-ballot">', 1)[1].split("</section>", 1)[0]
    assert "95.7%" in intent
    assert "136 / 142 户" in intent
    assert "不具有表决效力" in intent
    assert "14,176.53 ㎡ / 14,785.99 ㎡" in intent
    assert "83.19%" in ballot
    assert "13,064.04 ㎡ / 15,702.50 ㎡" in ballot
    assert "124 / 149 人" in ballot
    assert "同意" in ballot
    assert "支持" not in ballot
    assert "同意" not in intent
    assert "参与" not in intent


def test_while_the_vote_runs_only_participation_is_shown_and_what_it_lacks(district: District) -> None:
    district.replay("close_voting")
    page = district.browser("社区干部").get("/estates/1").text
    ballot = page.split('meter-ballot">', 1)[1].split("</section>", 1)[0]
    assert "124 / 149 人" in ballot
    assert "同意" not in ballot
    assert "赞成" in ballot.split("</h2>", 1)[0]
    # fewer ballots, told by an event as every change of a register is
    returned = sa.text(
        "DELETE FROM ballot_return WHERE ballot_id IN (SELECT id FROM ballot WHERE estate_id = 1 AND serial > 60)"
    )
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(returned)
        work.append(1, events.BallotsReturned(0))
    lacking = district.browser("社区干部").get("/estates/1").text.split('meter-ballot">', 1)[1]
    assert re.search(r"须达到 2/3：还差 \d+ 人 / [\d,]+\.\d\d ㎡", lacking)


def test_the_intention_is_counted_live_while_households_are_visited(district: District) -> None:
    district.replay("canvass_households")
    page = district.browser("社区干部").get("/estates/1").text
    intent = page.split('meter-intent">', 1)[1].split("</section>", 1)[0]
    assert "进行中" in intent
    assert "136 / 142 户" in intent
    assert "meter-ballot" not in page


def test_a_gate_that_holds_the_estate_says_why_with_its_figures(district: District) -> None:
    objects, revise = {"review_by_street": {"opinion": "MUST_CHANGE"}}, {"settle_comments": {"plan": "REVISE"}}
    steps = [
        replace(
            step,
            answers={**step.answers, **objects.get(step.task, {})},
            outcomes=revise.get(step.task, step.outcomes),
        )
        for step in CASE.steps
    ]
    district.replay("resolve_agenda", replace(CASE, steps=tuple(steps)))
    page = district.browser("社区干部").get("/estates/1").text
    held = page.split("卡在哪里</h2>", 1)[1].split("</section>", 1)[0]
    assert "：要修改" in held
    assert "街道认为必须修改。" in held
    assert '<dt>征求到意见</dt><dd class="number">2 条</dd>' in held


def test_the_three_ledgers_are_a_picture_and_the_same_in_text(counted: District) -> None:
    page = counted.browser("社区干部").get("/estates/1").text
    picture = page.split('<svg class="profile"', 1)[1].split("</svg>", 1)[0]
    assert (
        "三本账画像：经济账绿灯，年结余 19,153.96 元；民意账绿灯，抽样支持 51/60（85.0%）；时机账绿灯，正逢改造。"
        in picture
    )
    for said in ("预期年收入", "239,504.40 元", "保本收缴率", "80.58%", "强烈反对"):
        assert said in page
    assert "style=" not in page


def test_parties_are_named_as_far_as_they_are_known(counted: District) -> None:
    page = counted.browser("社区干部").get("/estates/1").text
    parties = page.split("当事人</h2>", 1)[1].split("</section>", 1)[0]
    for said in ("委托人", "桂语苑业主委员会", "受托人", "尚未选定", "受益人", "监察人", "尚未选任"):
        assert said in parties


def test_the_first_page_reads_no_log_and_no_register_it_does_not_show(counted: District) -> None:
    browser, asked = counted.browser("社区干部"), []
    browser.get("/estates/1")

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    sqlalchemy_event.listen(counted.opened.engine, "before_cursor_execute", note)
    try:
        browser.get("/estates/1")
    finally:
        sqlalchemy_event.remove(counted.opened.engine, "before_cursor_execute", note)
    assert not [one for one in asked if re.search(r"FROM (unit|owner|ballot|visit)\b(?!.*LIMIT)", one, re.DOTALL)]
    assert not [one for one in asked if "FROM event" in one and "kind" not in one.partition("WHERE")[2]]
    assert len(asked) < 40


def test_the_log_is_told_in_words_a_page_at_a_time_and_filtered_by_its_address(counted: District) -> None:
    cadre = counted.browser("社区干部")
    first = cadre.get("/estates/1/log").text
    total = int(re.search(r"共 (\d+) 条", first)[1])  # type: ignore[index]
    assert total == len(counted.log(1))
    assert first.count('<span class="small soft number">') == 50
    assert "第 1 / 3 页" in first
    gates = cadre.get("/estates/1/log?group=gates").text
    assert "→ 达到" in gates
    assert "办结" not in gates.split("<ol", 1)[1]
    assert not re.search(r"\b[A-Z]{3,}\b|[a-z]+_[a-z]+", gates.split("<ol", 1)[1].split("</ol>", 1)[0])
    # a person is named by a number: no name stands in an address
    [number] = re.findall(r'<option value="(\d+)">何静</option>', first)
    mine = cadre.get(f"/estates/1/log?group=steps&actor={number}&since=2026-01-01&until=2026-01-31").text
    rows = mine.split("<ol", 1)[1].split("</ol>", 1)[0]
    assert "法律顾问办结：备好个人信息告知与评估" in rows
    assert set(re.findall(r'<span class="small">([^<]+)</span>', rows)) == {"何静"}


@pytest.mark.parametrize(
    "asked, said",
    [
        ("since=morgen", "起始日“morgen”不是日期"),
        ("group=x", "没有这个类别"),
        ("actor=何静", "没有这个办理人"),
        ("since=2026-02-01&until=2026-01-01", "早于"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_in_words(counted: District, asked: str, said: str) -> None:
    answer = counted.browser("社区干部").get(f"/estates/1/log?{asked}")
    assert answer.status_code == 422
    assert said in answer.text


def test_the_log_comes_as_a_workbook_without_formulas_and_that_it_was_taken_is_logged(counted: District) -> None:
    cadre = counted.browser("社区干部")
    answer = cadre.post("/estates/1/log", {"group": "gates", "once": "a"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]] == ["序号", "时间", "类别", "办理人", "事项", "说明", "文件"]
    assert len(rows) == 14
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]
    assert counted.log(1)[-1]["kind"] == "LogExported"
    assert "导出流转记录 12 条" in cadre.get("/estates/1/log").text
    cadre.post("/estates/1/log", {"group": "gates", "once": "a"})
    assert sum(event["kind"] == "LogExported" for event in counted.log(1)) == 1


def test_a_comment_tells_whom_it_names_once_and_is_taken_back_by_its_author_alone(counted: District) -> None:
    counsel, cadre = counted.browser("法律顾问"), counted.browser("社区干部")
    text = "@周敏 公告照片缺一张 <script>alert(1)</script> {{7*7}}"
    assert _comment(counsel, text=text, mention="沈国强") == 302
    assert _comment(counsel, text=text, mention="沈国强") == 302
    page = cadre.get("/estates/1").text
    assert page.count("公告照片缺一张 &lt;script&gt;") == 1
    assert "{{7*7}}" in page
    with counted.opened.work("测试", counted.clock.now) as work:
        told = work.connection.execute(sa.select(comments.mention.c.account_id)).scalars().all()
    assert len(told) == 2
    assert set(counted.log(1)[-1]["mentioned"]) == {"周敏", "沈国强"}
    key = re.search(r"/estates/1/comments/(\d+)/withdraw", counsel.get("/estates/1").text)
    assert key is not None
    assert "withdraw" not in page
    assert cadre.post(key[0], {}, "/estates/1").status_code == 403
    assert counsel.post(key[0], {}, "/estates/1").status_code == 302
    assert counsel.post(key[0], {}, "/estates/1").status_code == 302
    page = cadre.get("/estates/1").text
    assert "公告照片缺一张" not in page
    assert "这条留言已由本人撤回" in page
    assert [event["kind"] for event in counted.log(1)][-2:] == ["CommentMade", "CommentWithdrawn"]


def test_a_comment_on_a_task_stands_on_the_task_and_on_the_estate(counted: District) -> None:
    cadre = counted.browser("社区干部")
    task = re.search(r'href="/tasks/(\d+)"', cadre.get("/estates/1").text)
    assert task is not None
    assert _comment(cadre, text="结果公告请贴两处", task=task[1]) == 302
    assert "结果公告请贴两处" in cadre.get(f"/tasks/{task[1]}").text
    assert "结果公告请贴两处" in cadre.get("/estates/1").text
    assert "留言（公告表决结果）" in cadre.get("/estates/1/log").text
    assert _comment(cadre, text="别处", task="99999", once="b") == 404


@pytest.mark.parametrize(
    "given, said",
    [
        ({"text": " "}, "留言应为 1–1000 个字"),
        ({"text": "长" * 1001}, "现在是 1001 个"),
        ({"text": "好\x01"}, "不可见的控制字符"),
        ({"text": "好", "mention": "外人"}, "“外人”不在这个小区的办理人员之中"),
    ],
)
def test_a_wrong_comment_is_refused_with_what_was_typed(counted: District, given: dict[str, str], said: str) -> None:
    cadre = counted.browser("社区干部")
    answer = cadre.post("/estates/1/comments", {"once": "a", **given})
    assert answer.status_code == 422
    assert said in answer.text
    assert given["text"].strip()[:50] in answer.text
    assert not [event for event in counted.log(1) if event["kind"] == "CommentMade"]


def test_a_comment_with_a_nul_is_refused(counted: District) -> None:
    assert _comment(counted.browser("社区干部"), text="好\0") == 400


def test_a_step_of_the_diagram_leads_to_its_tasks_and_papers(counted: District) -> None:
    cadre = counted.browser("社区干部")
    page = cadre.get("/estates/1/diagram/intake").text
    assert '<a class="title" href="/estates/1/steps/submit_application">提交导入申请</a>' in page
    step = cadre.get("/estates/1/steps/submit_application").text
    assert "社区干部 · 周敏" in step
    assert "小区导入申请表" in step
    assert cadre.get("/estates/1/steps/nothing").status_code == 404


def test_a_step_that_waits_is_marked_in_the_diagram_and_its_list(district: District) -> None:
    district.replay("close_voting")
    page = district.browser("社区干部").get("/estates/1/diagram/vote_balloting").text
    assert re.search(r'<li class="wait"><a class="title" href="/estates/1/steps/wait_for_close">', page)
    assert "◷ 等待" in page


def test_beside_a_task_stand_facts_and_what_was_said_before_in_its_stage(district: District) -> None:
    district.replay("review_plan")
    page = district.browser("法律顾问").get("/").text
    task = re.search(r'href="(/tasks/\d+)"', page)
    assert task is not None
    shown = district.browser("法律顾问").get(task[1]).text
    for said in ("小区情况", "15,702.50 ㎡", "本阶段已办", "街道 陈立", "区住建 蒋涛", "提交后"):
        assert said in shown
    assert "审核意见：没有异议" in shown


def test_a_paper_opens_in_a_frame_that_may_ask_nobody(counted: District) -> None:
    cadre = counted.browser("社区干部")
    page = cadre.get("/papers/XQ0001-D-13-2026-001/view")
    assert 'sandbox="allow-scripts"' in page.text
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    frame = cadre.get("/papers/frame").headers["Content-Security-Policy"]
    assert frame.startswith("sandbox allow-scripts; default-src 'none'; script-src 'self'; ")
    assert "connect-src" not in frame
    assert "allow-same-origin" not in frame
    # the library is loaded by the frame alone
    for address in ("/estates/1", "/estates/1/papers", "/papers/XQ0001-D-13-2026-001/view"):
        assert "docx-preview" not in cadre.get(address).text


@pytest.mark.skipif(not pdf.available(), reason="没有 LibreOffice")
def test_a_paper_comes_as_pdf_and_is_made_once(counted: District) -> None:
    cadre = counted.browser("社区干部")
    first = cadre.get("/papers/XQ0001-D-13-2026-001/pdf")
    assert first.data[:5] == b"%PDF-"
    with patch("engine.pdf.convert", side_effect=AssertionError("made twice")):
        assert cadre.get("/papers/XQ0001-D-13-2026-001/pdf").data == first.data


def test_without_libreoffice_the_page_says_so_and_offers_word(
    counted: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "available", lambda: "")
    monkeypatch.setattr(pdf, "plainly", lambda: False)
    answer = counted.browser("社区干部").get("/papers/XQ0001-D-13-2026-001/pdf")
    assert answer.status_code == 501
    assert "没有安装 LibreOffice" in answer.text
    assert 'href="/papers/XQ0001-D-13-2026-001"' in answer.text


def test_without_libreoffice_dxpdf_makes_what_is_not_signed_and_nothing_of_that_is_kept(
    counted: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadre = counted.browser("社区干部")
    with monkeypatch.context() as patched:
        patched.setattr(pdf, "available", lambda: "")
        assert cadre.get("/papers/XQ0001-D-13-2026-001/pdf").data[:5] == b"%PDF-"
        refused = cadre.get("/papers/XQ0001-D-33-2026-001/pdf")
    assert refused.status_code == 501
    assert "签字、盖章的文书只由 LibreOffice 转成 PDF" in refused.text
    with counted.opened.work("测试", counted.clock.now) as work:
        assert not [paper.number for paper in work.documents(1) if prints.of(work, paper.sha256)]


def test_while_another_paper_is_converted_the_page_says_so_and_tries_again(
    counted: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_PATIENCE", 0.01)
    monkeypatch.setattr(pdf, "available", lambda: "/bin/false")
    with pdf._turn:
        answer = counted.browser("社区干部").get("/papers/XQ0001-D-13-2026-001/pdf")
    assert answer.status_code == 503
    assert answer.headers["Refresh"] == "4"
    assert "正在转换另一份文书" in answer.text


def test_a_conversion_that_fails_leaves_nothing_and_is_told(counted: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "available", lambda: "/bin/false")
    answer = counted.browser("社区干部").get("/papers/XQ0001-D-13-2026-001/pdf")
    assert answer.status_code == 500
    assert "没有转成 PDF" in answer.text


def test_an_entry_of_the_log_leads_to_the_papers_it_issued(counted: District) -> None:
    page = counted.browser("社区干部").get("/estates/1/log?group=papers").text
    numbers = [event["number"] for event in counted.log(1) if event["kind"] == "DocumentIssued"]
    for number in numbers[-5:]:
        assert f'href="/papers/{number}"' in page or f"/papers/{number}" in page


def test_an_estate_is_played_back_to_an_entry_and_step_by_step(counted: District) -> None:
    cadre, log = counted.browser("社区干部"), counted.log(1)
    number = next(event["no"] for event in log if event["kind"] == "VisitsRecorded")
    page = cadre.get(f"/estates/1/playback?at={number}").text
    assert re.search(r'<li class="now" aria-current="step">▶ S5 意愿征集', page)
    assert re.search(r'<li class="ahead">S7 业主共同决定', page)
    assert "印制" not in page
    assert f"at={number + 1}&amp;process=onboarding" in page
    assert "计票" not in page
    newest = cadre.get("/estates/1/playback").text
    assert re.search(r"S5 意愿征集\s*<span[^>]*>\d\d-\d\d 至", newest)
    assert cadre.get(f"/estates/1/playback?at={len(log) + 1}").status_code == 404
    assert cadre.get(f"/estates/1/playback?at={number}&process=consent").status_code == 200
    assert cadre.get(f"/estates/1/playback?at={number}&process=../x").status_code == 404


def test_an_estate_is_told_in_the_words_of_the_version_it_runs_on(counted: District) -> None:
    old = counted.library.diagrams
    renamed = old["onboarding.bpmn"].replace("意愿征集".encode(), "意愿摸底".encode())
    newer = replace(counted.library, diagrams={**old, "onboarding.bpmn": renamed})
    counted.app.extensions["daoru"] = replace(counted.app.extensions["daoru"], library=newer)
    cadre = counted.browser("社区干部")
    for address in ("/estates/1", "/estates/1/log?group=stages", "/estates/1/diagram/onboarding"):
        page = cadre.get(address).text
        assert "意愿征集" in page, address
        assert "意愿摸底" not in page, address
    assert "意愿摸底" in cadre.get("/board").text


def test_tabs_of_an_estate_and_what_one_was_told_leave_as_workbooks(counted: District) -> None:
    street = counted.browser("街道")
    issued = [event["number"] for event in counted.log(1) if event["kind"] == "DocumentIssued"]
    papers = load_workbook(io.BytesIO(street.get("/estates/1/papers.xlsx").data)).active
    assert {row[0].value for row in papers.iter_rows(min_row=3)} == set(issued)
    done = load_workbook(io.BytesIO(street.get("/estates/1/tasks.xlsx").data)).active
    kept = sum(event["kind"] == "TaskCompleted" for event in counted.log(1))
    assert sum(row[3].value == "已办" for row in done.iter_rows(min_row=3)) == kept
    told = load_workbook(io.BytesIO(counted.browser("社区干部").get("/alerts/list.xlsx?tab=all").data)).active
    assert told.title == "提醒"
    assert counted.browser("社区干部").get("/alerts/list.xlsx?tab=x").status_code == 404


def test_an_entry_of_the_log_leads_to_the_photos_that_were_handed_in_with_it(district: District) -> None:
    district.enter()
    plan = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
    photo = {"plan_scan.new": (io.BytesIO(photographs.photo()), "计划.jpg")}
    assert district.browser("区住建").post("/tasks/1", {"do": "complete", **plan, **photo}).status_code == 302
    page = district.browser("街道").get("/estates/1/log?group=steps").text
    assert re.search(r'href="/photos/1">计划.jpg</a>', page)
    assert district.browser_of("elsewhere").get("/photos/1").status_code == 404
