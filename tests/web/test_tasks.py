"""Doing a step in the browser: nothing typed is lost, one submission has one effect, and the estate moves."""

import hashlib
import io
import re

import pytest
from werkzeug.datastructures import MultiDict

from engine.use_cases.library import Library
from engine.use_cases.stages import GATES
from engine.use_cases.telling import OUTCOMES
from tests import photographs
from tests.district import CASE, Browser, District, posted
from web.forms import Posted

PLAN = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})


def _first(browser: Browser) -> str:
    found = re.search(r'href="(/tasks/\d+)"', browser.get("/").text)
    assert found is not None
    return found[1]


def _token(browser: Browser, page: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
    assert found is not None
    return {"csrf_token": found[1]}


def _done(district: District, estate: int) -> list[str]:
    return [event["task"] for event in district.log(estate) if event["kind"] == "TaskCompleted"]


def test_a_submitted_step_moves_the_estate_and_the_next_lane_finds_it_waiting(district: District) -> None:
    estate = district.enter()
    housing, cadre = district.browser("区住建"), district.browser("社区干部")
    assert "都办完了" in cadre.get("/").text
    answer = housing.post(_first(housing), {"do": "complete", **PLAN})
    assert answer.location == "/tasks/1"
    submitted = housing.get(answer.location).text
    assert "已提交：列入年度计划" in submitted
    assert "后台正在" in submitted
    district.work_on(estate)
    assert "提交导入申请" in cadre.get("/").text
    page = housing.get(answer.location).text
    assert "接下来" in page
    assert "提交导入申请" in page
    assert "社区干部 · 周敏" in page
    assert "年度导入计划" in page
    paper = re.search(r'href="(/papers/[^"/]+)"', page)
    assert paper is not None
    assert housing.get(paper[1]).data[:2] == b"PK"


def test_the_next_task_opens_by_itself_for_whoever_wants_it(district: District) -> None:
    district.enter()
    district.enter("兰馨园")
    housing = district.browser("区住建")
    assert "关着" in housing.get("/me").text
    for _ in range(2):
        assert housing.post("/me/next-task", {"on": "1"}, "/me").location == "/me"
    assert "开着" in housing.get("/me").text
    first, second = re.findall(r'class="row-link" href="(/tasks/\d+)"', housing.get("/").text)
    answer = housing.post(first, {"do": "complete", **PLAN})
    assert answer.location == second
    assert "已提交：列入年度计划（桂语苑）。下面是您的下一条待办" in housing.get(answer.location).text
    # after the last one the page says what comes next, as for everybody else
    assert housing.post(second, {"do": "complete", **PLAN}).location == second
    assert "接下来" in housing.get(second).text


def test_a_wrong_form_lists_every_problem_beside_its_field_and_keeps_what_was_typed(district: District) -> None:
    estate = district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    wrong = {**PLAN, "plan_no": "", "targets.1.number": "八", "decided_on": "2026-13-01"}
    answer = housing.post(task, {"do": "complete", **wrong})
    assert answer.status_code == 422
    assert "还有 3 项要改" in answer.text
    assert 'href="#targets.1.number"' in answer.text
    assert 'id="targets.1.number-wrong"' in answer.text
    assert 'value="八"' in answer.text
    assert _done(district, estate) == []
    # the same is there when the page is opened again, on another phone
    assert 'value="八"' in district.browser("区住建").get(task).text


def test_a_double_submission_has_one_effect(district: District) -> None:
    estate = district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    assert housing.post(task, {"do": "complete", **PLAN}).status_code == 302
    again = housing.post(task, {"do": "complete", **PLAN}, "/")
    assert again.status_code == 404
    assert "已由蒋涛办结" in again.text
    assert _done(district, estate) == ["set_annual_plan"]


def test_a_suspended_estate_keeps_what_is_submitted_and_says_why_beside_it(district: District) -> None:
    estate = district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    with district.opened.work("测试", district.clock.now) as work:
        work.set_status(estate, "suspended", suspended_at=work.at)
    # the second time the browser went back to the page as it was, whose draft has moved on
    for typed in ("第一稿", "第二稿"):
        answer = housing.client.post(task, data={**_token(housing, task), "do": "complete", "plan_no": typed})
        assert answer.status_code == 403
        assert "已暂停办理" in answer.text
        assert f'value="{typed}"' in answer.text
    assert _done(district, estate) == []


def test_another_lane_may_read_the_task_and_not_fill_it_in(district: District) -> None:
    estate = district.enter()
    cadre, task = district.browser("社区干部"), _first(district.browser("区住建"))
    assert "这一步由区住建 蒋涛办理" in cadre.get(task).text
    assert cadre.post(task, {"do": "complete", **PLAN}, "/").status_code == 403
    assert _done(district, estate) == []


def test_rows_of_a_table_are_added_and_removed_without_losing_the_others(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    added = housing.post(task, {"do": "row:targets", **PLAN})
    assert added.location == f"{task}?rows=targets#targets"
    page = housing.get(added.location).text
    assert "第 4 行" in page
    dropped = housing.post(task, {"do": "drop:targets.0", "revision": "1", **PLAN})
    assert dropped.status_code == 302
    page = housing.get(task).text
    assert page.count('value="临河街道"') == 2  # the field above the table, and the row that stays
    assert "第 3 行" not in page


def test_the_row_that_is_removed_is_the_one_that_was_meant_though_another_was_cleared(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    cleared = {key: "" for key in PLAN if key.startswith("targets.0.")}
    first, second = (PLAN[f"targets.{number}.street"] for number in (1, 2))
    assert housing.post(task, {"do": "drop:targets.0", **PLAN, **cleared}).status_code == 302
    page = housing.get(task).text
    assert f'value="{first}"' in page
    assert f'value="{second}"' in page
    assert "第 3 行" not in page


@pytest.mark.parametrize("row", ["targets." + "9" * 5000, "targets.9", "plan_no.0", "\r\nX: 1", "targets.\0"])
def test_a_forged_row_removes_nothing(district: District, row: str) -> None:
    district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    for do in ("drop", "row"):
        revision = "0" if do == "drop" else "1"
        assert housing.post(task, {"do": f"{do}:{row}", "revision": revision, **PLAN}).status_code == 302
    page = housing.get(task).text
    assert "第 3 行" in page
    assert f'value="{PLAN["plan_no"]}"' in page


def test_what_a_choice_took_off_the_page_is_not_submitted(library: Library) -> None:
    form = library.form("decide_interruption")
    asked = next(one for one in form.fields if one.key == "withdrawn_by")
    deciding = MultiDict(dict.fromkeys(asked.hidden_when.fields if asked.hidden_when else (), "SUSPEND"))
    posted = Posted(MultiDict([*deciding.items(), (asked.key, next(iter(asked.options), "某某"))]), MultiDict(), str)
    assert asked.hidden(posted.answers(form))
    assert asked.key not in posted.answers(form)


def test_a_draft_saved_elsewhere_is_not_overwritten_unseen(district: District) -> None:
    district.enter()
    phone, desk = district.browser("区住建"), district.browser("区住建")
    task = _first(phone)
    assert phone.post(task, {"do": "save", "revision": "0", "plan_no": "手机"}).status_code == 200
    late = desk.post(task, {"do": "save", "revision": "0", "plan_no": "电脑"})
    assert "在别处又保存过" in late.text
    assert 'value="电脑"' in late.text
    assert 'value="手机"' in phone.get(task).text
    revision = re.search(r'name="revision" value="(\d+)"', late.text)
    assert revision is not None
    desk.post(task, {"do": "save", "revision": revision[1], "plan_no": "电脑"})
    assert 'value="电脑"' in phone.get(task).text


def test_a_refused_form_says_too_that_its_draft_was_saved_elsewhere(district: District) -> None:
    district.enter()
    phone, desk = district.browser("区住建"), district.browser("区住建")
    task = _first(phone)
    phone.post(task, {"do": "save", "revision": "0", "plan_no": "手机"})
    late = desk.post(task, {"do": "complete", "revision": "0", "plan_no": "电脑"})
    assert late.status_code == 422
    assert "在别处又保存过" in late.text
    assert 'value="电脑"' in late.text


def test_more_cells_than_a_request_takes_are_refused_with_the_bound(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    district.app.config["MAX_FORM_PARTS"] = 5
    answer = housing.post(task, {"do": "save", **PLAN})
    assert answer.status_code == 413
    assert "表格 2 万格" in answer.text


def test_what_was_typed_outlives_a_sign_in_that_expired_meanwhile(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    token = re.search(r'name="csrf_token" value="([^"]+)"', housing.get(task).text)
    assert token is not None
    district.clock.pass_by(hours=3)
    answer = housing.client.post(task, data={"csrf_token": token[1], "do": "complete", "plan_no": "没有丢"})
    assert answer.location == f"/sign-in?next={task}"
    assert "刚填的内容已存为草稿" in housing.get(answer.location).text
    assert 'value="没有丢"' in district.browser("区住建").get(task).text


def test_a_session_that_was_signed_out_keeps_no_draft(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    token = re.search(r'name="csrf_token" value="([^"]+)"', housing.get(task).text)
    cookie = housing.client.get_cookie("daoru")
    assert token is not None
    assert cookie is not None
    housing.post("/sign-out", {}, "/")
    housing.client.set_cookie("daoru", cookie.value)
    housing.client.post(task, data={"csrf_token": token[1], "do": "save", "plan_no": "偷存"})
    assert "偷存" not in district.browser("区住建").get(task).text


def test_evidence_is_kept_as_soon_as_it_is_posted_and_named_by_its_content(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    task = _first(housing)
    evidence = next(field for field in district.library.form("set_annual_plan").fields if field.kind == "files")
    taken = photographs.photo()
    photo = io.BytesIO(taken), "现场.jpg"
    kept = housing.post(task, {"do": "save", "revision": "0", f"{evidence.key}.new": photo})
    assert "✓ 已上传" in kept.text
    sha256 = hashlib.sha256(taken).hexdigest()
    assert f'value="{sha256}" checked' in housing.get(task).text
    assert district.opened.files.read(sha256) == taken


def test_every_outcome_of_every_gate_has_its_words() -> None:
    assert {outcome for gate in GATES.values() for outcome in gate.outcomes} == set(OUTCOMES)


@pytest.mark.parametrize(
    "forged",
    ["/?tab=none", "/tasks/0", "/nothing", "/estates/999999999999999999999", "/papers/../etc", "/?page=-1&tab=x"],
)
def test_a_forged_address_is_refused_in_words(district: District, forged: str) -> None:
    answer = district.browser("街道").get(forged)
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_markup_in_a_name_is_shown_as_text(district: District) -> None:
    district.enter("<script>1</script>{{7*7}}")
    page = district.browser("街道").get("/estates").text
    assert "&lt;script&gt;1&lt;/script&gt;{{7*7}}" in page


def test_a_task_past_its_deadline_stays_late_in_every_list_until_it_is_done(district: District) -> None:
    estate = district.replay("canvass_households")
    cadre = district.browser("网格员")
    assert "light fine" in cadre.get("/").text
    district.clock.pass_by(days=60)
    district.work_on(estate)
    cadre = district.browser("网格员")
    assert "已过期" in cadre.get("/").text
    assert 'class="light late">超期' in cadre.get("/board").text


def test_the_board_shows_an_estate_in_its_stage_and_moves_it_on(district: District) -> None:
    district.replay("prepare_data_notice")
    district.enter("刚登记苑")
    board = district.browser("街道").get("/board").text
    assert re.search(r"S1[^<]*<span[^>]*>1</span>.*刚登记苑.*S2[^<]*<span[^>]*>1</span>.*桂语苑", board, re.DOTALL)
