"""Board, list and inbox: one filter in the address, views that are kept, and workbooks that hold nothing but text."""

import html
import io
import re
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from engine.store import tables, views
from engine.store.accounts import role_held
from engine.store.filters import DUE
from engine.use_cases import accounts, filtering
from engine.use_cases.filtering import LIGHT_NAMES
from tests.district import COMMUNITY, OTHER, PASSWORD, Browser, District


def _set(district: District, estate: int, **values: Any) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(sa.update(tables.estate).where(tables.estate.c.id == estate).values(**values))


def _node(district: District, browser: Browser, name: str) -> str:
    found = re.search(rf'<option value="(\d+)">{name}<', browser.get("/board").text)
    assert found is not None, name
    return found[1]


@pytest.fixture
def three(district: District) -> District:
    """Three estates: one late in its stage, one suspended, one that is fine, each of its own type."""
    for name in ("迟到苑", "挂起苑", "正常苑"):
        district.enter(name)
    _set(district, 1, type="OLD", red_on="2026-01-01", amber_on="2025-12-28", stage_from="2025-12-01")
    _set(district, 2, type="RESETTLEMENT", status="suspended", paused_for="等候改造", lawful_on="2026-01-04")
    _set(district, 3, batch="SECOND", lawful_on="2026-01-08", stage="survey")
    return district


def _named(text: str) -> set[str]:
    return {name for name in ("迟到苑", "挂起苑", "正常苑") if name in text}


@pytest.mark.parametrize(
    "query, left",
    [
        ("light=red", {"迟到苑"}),
        ("light=grey", {"挂起苑"}),
        ("light=green", {"正常苑"}),
        ("type=OLD", {"迟到苑"}),
        ("type=none", {"正常苑"}),
        ("batch=SECOND", {"正常苑"}),
        ("stage=survey", {"正常苑"}),
        ("due=today", {"挂起苑"}),
        ("due=week", {"挂起苑"}),
        ("q=迟到", {"迟到苑"}),
        ("q=%25", set()),
        ("light=red&type=RESETTLEMENT", set()),
    ],
)
def test_board_and_list_are_narrowed_alike_by_the_address(three: District, query: str, left: set[str]) -> None:
    browser = three.browser("街道")
    for page in ("/board", "/estates"):
        text = browser.get(f"{page}?{query}").text
        assert _named(text) == left, page
        assert ("清除筛选" in text) is True
        if not left:
            assert "没有符合筛选的小区" in text


def test_an_empty_list_says_why_it_is_empty_and_what_to_do(district: District) -> None:
    street = district.browser("街道")
    for page, said in (
        ("/", "都办完了"),
        ("/?q=没有", "清除筛选"),
        ("/estates", "点“登记小区”开始"),
        ("/board", "辖区内没有在办的小区"),
        ("/alerts", "没有未读的提醒"),
    ):
        assert said in street.get(page).text, page
    sought = street.post("/search", {"q": "没有"}).location
    assert "只查得到您辖区内的内容" in street.get(sought).text
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(sa.delete(role_held))
    for page in ("/", "/estates", "/board", sought):
        assert "请找管理员在您的账号下添加角色（如“社区干部”）" in street.get(page).text, page


def test_a_page_that_failed_says_with_which_code_and_tries_again(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("42 号")

    street = district.browser("街道")
    monkeypatch.setattr(filtering, "read", broken)
    answer = street.get("/estates?q=桂语")
    assert answer.status_code == 500
    assert re.search(r"请把代码 [0-9a-f]{8} 告诉管理员", answer.text)
    assert ">重试</a>" in answer.text
    assert unquote(html.unescape(answer.text)).count('href="/estates?q=桂语"') == 1
    assert "42 号" not in answer.text


def test_a_filter_chosen_in_the_form_leaves_what_was_not_chosen_empty(three: District) -> None:
    form = "node=&stage=&type=&batch=&light=red&due=&q=&sort="
    for page in ("/estates", "/", "/board"):
        assert three.browser("区住建").get(f"{page}?{form}").status_code == 200, page
    for what in ("estates", "inbox", "board"):
        assert three.browser("街道").get(f"/exports/{what}.xlsx?{form}").status_code == 200, what


def test_the_inbox_is_narrowed_by_the_same_address(three: District) -> None:
    browser = three.browser("区住建")
    assert _named(browser.get("/").text) == {"迟到苑", "挂起苑", "正常苑"}
    for query, left in (("light=red", {"迟到苑"}), ("q=正常苑", {"正常苑"}), ("type=RESETTLEMENT", {"挂起苑"})):
        text = browser.get(f"/?{query}").text
        assert _named(text) == left
        assert 'href="/board"' in text
    assert "没有符合筛选的任务" in browser.get("/?due=late").text


def test_tasks_come_by_what_is_over_then_what_is_due_then_the_newest(three: District) -> None:
    with three.opened.work("测试", three.clock.now) as work:
        for key, due, opened in ((1, None, "2026-01-02"), (2, None, "2026-01-03"), (3, "2026-01-09", "2026-01-01")):
            changed = sa.update(tables.task).where(tables.task.c.id == key)
            work.execute(changed.values(due=due and f"{due}T00:00:00+00:00", opened_at=f"{opened}T00:00:00+00:00"))
    browser = three.browser("区住建")
    name = '<span class="small">(迟到苑|挂起苑|正常苑)'
    order = {query: re.findall(name, browser.get(f"/?{query}").text) for query in ("", "sort=oldest")}
    assert order[""] == ["正常苑", "挂起苑", "迟到苑"]
    assert order["sort=oldest"] == ["正常苑", "迟到苑", "挂起苑"]


@pytest.mark.parametrize(
    "forged",
    [
        "light=blue",
        "due=never",
        "stage=x",
        "type=%27",
        "node=0",
        "node=-1",
        "node=99999999999",
        "node=a",
        "sort=x",
        "tab=x",
    ],
)
def test_a_filter_that_is_none_is_not_found(three: District, forged: str) -> None:
    page = "/" if "tab" in forged else "/estates"
    assert three.browser("街道").get(f"{page}?{forged}").status_code == 404


def test_one_looks_down_from_district_to_community_and_never_outside_the_scope(three: District) -> None:
    with three.opened.work("测试", three.clock.now) as work:
        accounts.add(work, "district", "区里人", PASSWORD, "钟楼区", ["区住建"])
    district, outside = three.browser_of("district"), three.browser_of("elsewhere")
    text = district.get("/board").text
    assert "永红街道" in text
    street = _node(three, district, "永红街道")
    assert "怡和社区" in district.get(f"/board?node={street}").text
    narrowed = district.get(f"/estates?node={street}").text
    assert _named(narrowed) == {"迟到苑", "挂起苑", "正常苑"}
    assert outside.get(f"/board?node={street}").status_code == 404
    assert _named(outside.get("/board").text) == set()
    assert COMMUNITY.split("/")[-1] != OTHER.split("/")[-1]


def test_the_board_counts_and_says_the_median_beside_the_target(three: District) -> None:
    text = three.browser("街道").get("/board?by=type").text
    assert re.search(r'S1 纳入与申请 <span class="soft number">2</span>', text)
    assert re.search(r'中位 <span class="number">17</span> 天 / 目标 <span class="number">21</span>', text), (
        "of 34 and 0"
    )
    assert "老旧小区" in text
    assert "等候改造" in text
    assert "本阶段暂无小区" in text


def test_a_folded_board_counts_and_opens_one_row(three: District) -> None:
    browser = three.browser("街道")
    folded = browser.get("/board?by=type&fold=1").text
    assert _named(folded) == set()
    assert _named(browser.get("/board?by=type&fold=1&open=OLD").text) == {"迟到苑"}
    assert _named(browser.get("/board?by=type&fold=1&open=none").text) == {"正常苑"}


def test_a_card_says_why_it_is_there_and_how_its_light_comes_about(district: District) -> None:
    estate = district.replay("canvass_households")
    district.clock.pass_by(days=60)
    district.work_on(estate)
    text = district.browser("街道").get(f"/board/{estate}").text
    assert "LIGHT-TARGET" in text
    assert "S5 目标时长" in text
    assert "为什么在这里" in text
    assert "办结“入户征集意愿”" in text
    assert "超期" in text


def test_a_view_is_kept_once_shared_within_a_node_and_dropped_by_its_maker_alone(three: District) -> None:
    street, cadre, outside = three.browser("街道"), three.browser("社区干部"), three.browser_of("elsewhere")
    page = "/estates?light=red"
    shared = re.search(r'<option value="(\d+)">怡和社区的同事', street.get(page).text)
    assert shared is not None
    given = {"name": "超期的", "query": "light=red&page=7&next=//evil", "shared_at": shared[1]}
    for _ in range(2):
        assert street.post("/views/estates", given, page).location == "/estates?light=red"
    assert cadre.get("/estates").text.count(">超期的</a>") == 1
    assert "超期的" not in outside.get("/estates").text
    assert "超期的" not in cadre.get("/board").text
    with three.opened.work("测试", three.clock.now) as work:
        [key] = work.connection.execute(sa.select(views.saved_view.c.id)).scalars()
    assert cadre.post(f"/views/{key}/drop", {}, "/estates").status_code == 404
    assert street.post(f"/views/{key}/drop", {}, "/estates").status_code == 302
    assert "超期的" not in cadre.get("/estates").text


@pytest.mark.parametrize("given", [{"name": " "}, {"name": "长" * 41}, {"name": "好", "shared_at": "999"}])
def test_a_view_without_a_name_or_for_strangers_is_refused_in_words(three: District, given: dict[str, str]) -> None:
    street = three.browser("街道")
    answer = street.post("/views/board", {"query": "light=red", **given}, "/board")
    assert answer.location == "/board?light=red"
    assert re.search("视图名称应为|只能共享给", street.get(answer.location).text)
    with three.opened.work("测试", three.clock.now) as work:
        assert work.connection.execute(sa.select(views.saved_view)).all() == []


def _sheet(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return load_workbook(io.BytesIO(answer.data)).active


def test_a_list_is_taken_out_as_it_is_filtered_within_the_scope_and_put_on_record(three: District) -> None:
    street = three.browser("街道")
    rows = list(_sheet(street.get("/exports/estates.xlsx?light=red")).iter_rows(values_only=True))
    assert rows[1][0] == "小区"
    assert [row[0] for row in rows[2:]] == ["迟到苑"]
    assert rows[2][6] == LIGHT_NAMES["RED"]
    tasks = list(_sheet(three.browser("区住建").get("/exports/inbox.xlsx")).iter_rows(values_only=True))
    assert {row[1] for row in tasks[2:]} == {"迟到苑", "挂起苑", "正常苑"}
    assert len(list(_sheet(three.browser_of("elsewhere").get("/exports/board.xlsx")).iter_rows())) == 2
    with three.opened.work("测试", three.clock.now) as work:
        kept = work.connection.execute(sa.select(views.export.c.what, views.export.c.query, views.export.c.rows)).all()
    assert ("estates", "light=red", 1) in [tuple(row) for row in kept]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])
def test_no_text_of_a_workbook_is_a_formula(three: District, name: str) -> None:
    _set(three, 1, name=name)
    found = [cell for row in _sheet(three.browser("街道").get("/exports/estates.xlsx")).iter_rows() for cell in row]
    [cell] = [cell for cell in found if str(cell.value).strip() == name.strip()]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert all(cell.data_type != "f" for cell in found)


def test_signs_that_no_workbook_holds_are_left_out(three: District) -> None:
    _set(three, 1, name="坏\x01名\x0b")
    cells = [
        cell.value for row in _sheet(three.browser("街道").get("/exports/estates.xlsx")).iter_rows() for cell in row
    ]
    assert "坏名" in cells


def test_somebody_without_a_role_is_told_whom_to_ask(three: District) -> None:
    with three.opened.work("测试", three.clock.now) as work:
        accounts.add(work, "nobody", "无职者", PASSWORD, COMMUNITY, ["社区干部"])
    with three.opened.work("测试", three.clock.now) as work:
        held = accounts.accounts.role_held
        account = accounts.accounts.account
        key = sa.select(account.c.id).where(account.c.login == "nobody").scalar_subquery()
        work.execute(sa.delete(held).where(held.c.account_id == key))
    browser = three.browser_of("nobody")
    for page in ("/", "/estates", "/board"):
        assert "请找管理员" in browser.get(page).text


def test_every_light_and_date_has_its_words() -> None:
    assert set(LIGHT_NAMES) == {"RED", "AMBER", "GREEN", "GREY"}
    assert DUE == ("late", "today", "week")
