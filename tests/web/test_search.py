"""One search finds estates, units, papers and people by what people type, and nothing beyond a role's reach."""

import html
import re

import pytest
from werkzeug.test import TestResponse

from engine.use_cases import accounts
from tests.district import OTHER, PASSWORD, Browser, District


@pytest.fixture
def counted(district: District) -> District:
    """The reference estate after its roster, visits and papers."""
    district.replay("draft_plan")
    return district


def _search(browser: Browser, words: str) -> TestResponse:
    """The answer to what somebody typed, and no address on the way names it."""
    answer = browser.post("/search", {"q": words})
    if answer.status_code != 302:
        return answer
    assert re.fullmatch(r"/search(\?seek=\d+)?", answer.location)
    return browser.get(answer.location)


def _found(browser: Browser, words: str) -> dict[str, int]:
    page = _search(browser, words).text
    return {kind: int(count) for kind, count in re.findall(r'<h2>(\S+) <span class="soft number">\((\d+)\)', page)}


@pytest.mark.parametrize("typed", ["桂语苑", "语苑", "guiyuyuan", "GYY", "yuyuan", "gui yu", "ｇｙｙ", "XQ0001"])
def test_an_estate_is_found_by_name_pinyin_and_code(counted: District, typed: str) -> None:
    assert _found(counted.browser("街道"), typed)["小区"] == 1


def test_what_lies_outside_the_scope_is_not_found(counted: District) -> None:
    stranger = counted.browser_of("elsewhere")
    for typed in ("桂语苑", "gyy", "XQ0001-D-01-2026-001", "桂语苑 1-0101", "1-0101"):
        assert _found(stranger, typed) == {}
    assert _found(stranger, "周敏") == {}


def test_a_unit_is_found_by_estate_and_number_or_by_its_whole_number(counted: District) -> None:
    cadre = counted.browser("社区干部")
    assert _found(cadre, "gyy 1-0101")["房号"] == 1
    assert _found(cadre, "1-0101")["房号"] == 1
    assert "房号" not in _found(cadre, "1-010")
    # the counsel keeps no register
    assert "房号" not in _found(counted.browser("法律顾问"), "1-0101")


def test_a_paper_is_found_by_its_number_or_its_title_in_an_estate(counted: District) -> None:
    counsel = counted.browser("法律顾问")
    assert _found(counsel, "XQ0001-D-13-2026-001")["文书"] == 1
    assert _found(counsel, "桂语苑 诊断报告")["文书"] == 1
    assert _found(counsel, "XQ0001-D-")["文书"] > 10


def test_staff_are_found_by_name_and_pinyin_with_their_role_and_place(counted: District) -> None:
    for typed in ("周敏", "zhoumin", "zm"):
        page = _search(counted.browser("街道"), typed).text
        assert "社区干部 · 钟楼区/永红街道/怡和社区" in page
        assert "user0" not in page


def test_an_owner_is_found_by_the_whole_name_alone_masked_and_by_few_roles(counted: District) -> None:
    with counted.opened.work("测试", counted.clock.now) as work:
        name = work.connection.exec_driver_sql("SELECT name FROM owner ORDER BY unit_id LIMIT 1").scalar_one()
    cadre = counted.browser("社区干部")
    page = _search(cadre, name).text
    assert _found(cadre, name)["业主"] >= 1
    assert f"{name[0]}**" in page
    assert name not in page.split("</form>", 3)[-1]
    assert "业主" not in _found(cadre, name[0])
    for lane in ("街道", "法律顾问", "物业企业"):
        assert "业主" not in _found(counted.browser(lane), name)


def test_more_than_a_page_of_estates_is_paged(district: District) -> None:
    for number in range(52):
        district.enter(f"翠竹{number}村")
    street = district.browser("街道")
    assert _found(street, "cz")["小区"] == 52
    first = _search(street, "cuizhu").text
    assert first.count('class="row-link"') == 5
    assert "全部 52 项" in first
    [all_of_them] = re.findall(r'href="(/search[^"]+)">全部 52 项', first)
    second = street.get(f"{html.unescape(all_of_them)}&page=2").text
    assert second.count('class="row-link"') == 2
    assert "第 2 / 2 页" in second


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "{{7*7}}", "<b>", "\\", "桂语苑 %", "桂语苑 _"])
def test_signs_of_other_languages_are_only_signs(counted: District, words: str) -> None:
    answer = _search(counted.browser("社区干部"), words)
    assert answer.status_code == 200
    assert _found(counted.browser("社区干部"), words) == {}
    assert "<b>" not in answer.text


@pytest.mark.parametrize("words", ["长" * 61, "一 二 三 四 五 六"])
def test_too_much_is_refused_in_words(district: District, words: str) -> None:
    answer = _search(district.browser("街道"), words)
    assert answer.status_code == 422
    assert "最多" in answer.text


def test_an_unknown_kind_is_not_found(district: District) -> None:
    street = district.browser("街道")
    assert street.get(f"{street.post('/search', {'q': 'x'}).location}&kind=passwords").status_code == 404


def test_what_one_person_sought_is_not_read_by_the_next_at_the_same_browser(district: District) -> None:
    street = district.browser("街道")
    there = street.post("/search", {"q": "周敏"}).location
    assert "周敏" in street.get(there).text
    street.post("/sign-out", {}, "/search")
    street.post("/sign-in", {"login": "elsewhere", "password": PASSWORD})
    assert "周敏" not in street.get(there).text


def test_somebody_who_may_sign_in_no_more_is_not_found(district: District) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "gone", "离岗", PASSWORD, OTHER, ["网格员"])
    cadre = district.browser_of("elsewhere")
    assert _found(cadre, "ligang") == {"办理人员": 1}
    with district.opened.work("测试", district.clock.now) as work:
        work.connection.exec_driver_sql("UPDATE account SET disabled_at = 'x' WHERE login = 'gone'")
        work.connection.commit()
    assert _found(cadre, "ligang") == {}


def test_the_field_in_the_top_bar_finds_estates_of_the_scope_by_pinyin(counted: District) -> None:
    cadre = counted.browser("社区干部").client
    found = cadre.get("/search/estates", query_string={"q": "gyy"}).json
    assert found is not None
    assert [(one["name"], one["address"]) for one in found["estates"]] == [("桂语苑", "/estates/1")]
    elsewhere = counted.browser_of("elsewhere").client
    assert elsewhere.get("/search/estates", query_string={"q": "gyy"}).json == {"estates": []}
    assert cadre.get("/search/estates", query_string={"q": " "}).json == {"estates": []}
