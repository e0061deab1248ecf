"""What administrators watch: failed jobs, what fires next, what is published; and the checker of permissions."""

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.errors import InvalidDefinition
from engine.use_cases import accounts, checking, performing
from engine.use_cases.accounts import ROLES
from engine.worker import Tending
from tests.district import CASE, COMMUNITY, OTHER, PASSWORD, Browser, District, posted
from web import parameters


@pytest.fixture
def admin(district: District) -> Browser:
    """The browser of an administrator of the community."""
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "admin", "孙宁", PASSWORD, COMMUNITY, ["管理员"])
        accounts.add(work, "admin2", "邵兵", PASSWORD, OTHER, ["管理员"])
    return district.browser_of("admin")


def test_a_failed_job_is_shown_with_its_reason_and_tried_again(
    district: District, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate = district.enter()

    def fail(dossier: Any, job: Any) -> Any:
        raise InvalidDefinition("records/annual_plan.docx", "estate.nmae", "没有这个事实；请核对名称")

    monkeypatch.setattr(performing, "OPERATIONS", {**performing.OPERATIONS, "render": fail})
    plan = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
    assert district.browser("区住建").post("/tasks/1", {"do": "complete", **plan}).status_code == 302
    tending = Tending(district.opened, district.library)
    while tending.round(district.clock.now):
        pass
    page = admin.get("/admin/jobs").text
    assert "estate.nmae：没有这个事实" in page
    assert "桂语苑" in page
    found = re.search(r'action="(/admin/jobs/\d+)"', page)
    assert found is not None
    stranger = district.browser_of("admin2")
    assert "没有失败的后台任务" in stranger.get("/admin/jobs").text
    assert stranger.post(found[1], {}, "/admin").status_code == 404
    monkeypatch.undo()
    assert tending.round(district.clock.now) == 0
    assert admin.post(found[1], {}, "/admin").status_code == 302
    while tending.round(district.clock.now):
        pass
    assert "没有失败的后台任务" in admin.get("/admin/jobs").text
    assert [event["kind"] for event in district.log(estate)].count("DocumentIssued") > 0
    assert "重试后台任务" in admin.get("/admin/log").text


def test_what_fires_next_comes_first_and_says_what_it_does(district: District, admin: Browser) -> None:
    district.replay("canvass_households")
    page = district.browser_of("admin").get("/admin/timers").text
    due = re.findall(r'class="light \w+">(\d{4}-\d\d-\d\d \d\d:\d\d)<', page)
    assert due
    assert due == sorted(due)
    assert "还没办完就记为逾期" in page
    assert "眼下没有期限在走" in district.browser_of("admin2").get("/admin/timers").text


def test_packs_show_every_value_with_source_and_national_bound_and_differ_in_words(
    district: District, admin: Browser
) -> None:
    district.enter()
    page = admin.get("/admin/packs").text
    assert "今天施行的" in page
    [mine] = re.findall(r'href="/admin/packs/([0-9a-f]{64})"><span><span class="title">常州市钟楼区', page)
    [other] = re.findall(r'href="/admin/packs/([0-9a-f]{64})"><span><span class="title">杭州市', page)
    shown = admin.get(f"/admin/packs/{mine}?against={other}").text
    assert "桂语苑" in shown
    assert "国家规定至少 15 天（物业管理条例 14）" in shown
    assert "85 分 → 80 分" in shown or "80 分 → 85 分" in shown
    assert admin.get(f"/admin/packs/{'0' * 64}").status_code == 404
    assert admin.get(f"/admin/packs/{mine}?against=nothing").status_code == 404


def test_every_code_in_a_shipped_pack_reads_as_words(district: District) -> None:
    for pack in district.library.packs:
        for one in pack.parameters.values():
            said = parameters.parameter(one)
            codes = re.fullmatch(r"[A-Za-z_0-9、]*[A-Za-z_]+[A-Za-z_0-9、]*", said)
            assert codes is None, f"{one.key}：{said}；请在 web/parameters.py 补上中文"


def test_definitions_and_templates_show_their_versions_and_who_runs_on_them(district: District, admin: Browser) -> None:
    district.enter()
    version = district.library.definition("onboarding").version[:8]
    page = admin.get("/admin/definitions").text
    assert version in page
    assert "1 个在办" in page
    assert "首次使用" in page
    plan = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
    assert district.browser("区住建").post("/tasks/1", {"do": "complete", **plan}).status_code == 302
    district.work_on(1)
    assert "1 份" in admin.get("/admin/templates").text
    assert admin.get("/admin/templates?page=3").status_code == 200


def test_each_role_reads_as_sentences(district: District, admin: Browser) -> None:
    page = admin.get("/admin/roles").text
    for role in ROLES:
        assert role in page
        may, _ = checking.sentences(role)
        assert all(sentence in page for sentence in may)


@pytest.mark.parametrize(
    "name, action, said",
    [
        ("吴倩", "see.owners", "是</strong>，因为吴倩是这个小区的网格员"),
        ("陈立", "see.owners", "否</strong>，因为业主的完整姓名和电话只给这个小区的社区干部"),
        ("孙宁", "see.owners", "否</strong>，因为业主的完整姓名和电话"),
        ("孙宁", "estate", "是</strong>，因为孙宁在桂语苑所在的组织或其上级是管理员"),
        ("周敏", "sheet.roster", "是</strong>"),
        ("吴倩", "sheet.roster", "否</strong>，因为业主清册由社区干部登记"),
        ("周敏", "lane.0", "是</strong>"),
        ("周敏", "reassign", "否</strong>，因为转办由这一带的"),
        ("外人", "estate", "没有叫“外人”的人"),
        ("周敏", "nothing", "没有选择要核对的事"),
    ],
)
def test_the_checker_says_yes_or_no_and_why(
    district: District, admin: Browser, name: str, action: str, said: str
) -> None:
    district.enter()
    answer = admin.post("/admin/roles", {"name": name, "estate": "桂语苑", "action": action})
    assert said in answer.text


def test_looks_at_personal_data_are_listed_without_the_data(district: District, admin: Browser) -> None:
    estate = district.replay("freeze_roster")
    cadre = district.browser("社区干部")
    found = re.search(r'name="unit" value="(\d+)"', cadre.get(f"/estates/{estate}/owners").text)
    assert found is not None
    shown = cadre.post(f"/estates/{estate}/owners", {"unit": found[1], "purpose": "答复业主本人"}).text
    phone = re.search(r"tel:(\d+)", shown)
    assert phone is not None
    page = district.browser_of("admin").get("/admin/looks").text
    assert "答复业主本人" in page
    assert "周敏" in page
    assert phone[1] not in page


def test_a_list_of_administration_leaves_as_a_workbook_and_nobody_else_takes_it(
    district: District, admin: Browser
) -> None:
    district.enter()
    titles = {"users": "账号", "timers": "期限", "packs": "规则包", "jobs": "失败的后台任务", "log": "变更记录"}
    for what, title in titles.items():
        answer = admin.get(f"/admin/{what}.xlsx")
        assert answer.status_code == 200, what
        sheet = load_workbook(io.BytesIO(answer.data)).active
        assert sheet is not None
        assert sheet.title == title
        assert district.browser("街道").get(f"/admin/{what}.xlsx").status_code == 403
    sought = admin.post("/admin", {"q": "user0"}).location
    accounts_taken = load_workbook(io.BytesIO(admin.get(sought.replace("/admin", "/admin/users.xlsx")).data)).active
    assert accounts_taken is not None
    assert [row[1].value for row in accounts_taken.iter_rows(min_row=3)] == ["user0"]
