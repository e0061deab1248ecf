"""The paper twin: a sheet is known by its code, an old one is told, and typing it in twice adds nothing."""

import io
import re
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from PIL import Image

from engine.documents import code
from engine.store import paper_sheets as kept
from engine.use_cases import paper_sheets
from tests.canvassing import CADRE, GRID, ROOT, VOLUNTEER, Canvassing, shown
from tests.district import Browser, District

SHEETS = "/estates/1/sheets"
UNITS = ["1-0101", "1-0102", "1-0103"]


@pytest.fixture
def going(district: District) -> Canvassing:
    """The reference estate; three doors belong to a volunteer."""
    found = Canvassing.begin(district)
    give(district, UNITS)
    return found


def give(district: District, units: list[str], person: str = VOLUNTEER) -> None:
    district.browser(GRID).post(f"{ROOT}/team", {"units": " ".join(units), "person": person})


def once(browser: Browser, page: str = SHEETS) -> str:
    found = re.search(r'name="once" value="([^"]+)"', browser.get(page).text)
    assert found
    return found[1]


def post(browser: Browser, **given: Any) -> Any:
    return browser.post(SHEETS, {"once": once(browser), **given}, SHEETS)


def prints(browser: Browser, packet: str) -> str:
    answer = post(browser, do="print", packet=packet)
    assert answer.status_code == 302, shown(answer.text)
    return str(answer.location.split("/")[2])


def sheets(going: Canvassing) -> list[kept.Sheet]:
    with going.at_work() as canvass:
        return kept.listed(canvass.dossier.work, 1)


def photo(going: Canvassing, number: str, shade: int = 255, held: str = "") -> io.BytesIO:
    """A photo of a filled sheet: its code on a page that is not quite white."""
    with going.at_work() as canvass:
        work = canvass.dossier.work
        token = held or code.address("", next(one for one in _tokens(work) if one[0] == number)[1])
    drawn = Image.open(io.BytesIO(code.picture(token))).convert("L").resize((360, 360))
    page = Image.new("L", (1200, 1600), shade)
    page.paste(drawn, (780, 1180))
    made = io.BytesIO()
    page.save(made, "JPEG")
    made.seek(0)
    return made


def _tokens(work: Any) -> list[Any]:
    table = kept.paper_sheet
    return list(work.connection.execute(table.select().with_only_columns(table.c.number, table.c.token)))


def bring(browser: Browser, *photos: io.BytesIO) -> Any:
    return post(browser, do="bring", files=[(one, f"IMG_{number}.jpg") for number, one in enumerate(photos)])


def test_a_packet_comes_back_and_its_rows_become_visits_once(district: District, going: Canvassing) -> None:
    volunteer, cadre = district.browser_of("volunteer"), district.browser(CADRE)
    number = prints(volunteer, f"person:{VOLUNTEER}")
    assert number.startswith("XQ0001-L-98-")
    said = volunteer.get(f"/papers/{number}").data
    assert said[:2] == b"PK"
    answer = bring(volunteer, photo(going, number))
    assert answer.status_code == 302
    (sheet,) = sheets(going)
    page = volunteer.get(answer.location).text
    assert f"{SHEETS}/{sheet.id}/pages/1" in page
    assert volunteer.get(f"{SHEETS}/{sheet.id}/pages/1").mimetype == "image/jpeg"
    rows = {"result-0": "SUPPORT", "time-0": "18:40", "concerns-0": ["FEE_RISE", "PARKING"], "result-1": "NOBODY"}
    wrong = volunteer.post(answer.location, {**rows, "on": ""}, answer.location)
    assert wrong.status_code == 422
    assert "1-0101：没有写走访日期" in wrong.text
    assert 'value="18:40"' in wrong.text
    assert going.rows() == []
    given = {**rows, "on": "2026-02-05", "visitors": "志愿者甲、乙"}
    assert volunteer.post(answer.location, given, answer.location).status_code == 302
    first, second = going.rows()
    assert (first.unit_no, first.attitude, first.on, first.time) == ("1-0101", "SUPPORT", "2026-02-05", "18:40")
    assert (first.concerns, first.visitors, first.actor) == ("FEE_RISE PARKING", "志愿者甲、乙", VOLUNTEER)
    assert (second.unit_no, second.attitude) == ("1-0102", "NOT_MET")
    # the same again adds nothing; what was not filled in yet still may be
    again = volunteer.post(answer.location, given, answer.location)
    assert again.status_code == 422
    assert "一户也没有填" in again.text
    assert volunteer.post(answer.location, {**given, "result-2": "AGAINST"}, answer.location).status_code == 302
    assert len(going.rows()) == 3
    # brought once more, by somebody else, it is told that it was typed in
    told = bring(cadre, photo(going, number, 250))
    assert f"这张表已由{VOLUNTEER}于 2026-02-06 录入过" in cadre.get(told.location).text
    assert "这一页已经上传过" in cadre.get(bring(cadre, photo(going, number, 250)).location).text


def test_a_sheet_of_an_older_version_is_told_with_what_changed(district: District, going: Canvassing) -> None:
    cadre = district.browser(CADRE)
    old = prints(cadre, f"person:{VOLUNTEER}")
    assert "旧的一版" not in cadre.get(bring(cadre, photo(going, old)).location).text
    give(district, ["1-0104"])
    give(district, ["1-0101"], "")
    page = cadre.get(bring(cadre, photo(going, old, 240)).location).text
    assert "这是旧的一版，印了以后分派变过；现在不在名单里：1-0101；后来加的：1-0104。" in page
    new = prints(cadre, f"person:{VOLUNTEER}")
    assert f"这是旧的一版，之后又印过 {new}" in cadre.get(bring(cadre, photo(going, old, 230)).location).text
    assert "旧的一版" not in cadre.get(bring(cadre, photo(going, new)).location).text
    # a household that refuses does not make the sheet old
    going.knock(district.browser(GRID), "1-0104", "REFUSED")
    assert "旧的一版" not in cadre.get(bring(cadre, photo(going, new, 240)).location).text


def test_what_is_no_sheet_of_ours_is_named_and_nothing_is_kept(district: District, going: Canvassing) -> None:
    cadre = district.browser(CADRE)
    number = prints(cadre, "building:1")
    blank = io.BytesIO()
    Image.new("L", (600, 800), 255).save(blank, "JPEG")
    blank.seek(0)
    answer = bring(cadre, photo(going, number), blank, photo(going, number, held="https://example.org/"))
    assert answer.status_code == 422
    assert answer.text.count("没有读到二维码") == 2
    stranger = bring(cadre, photo(going, number, held="a" * 26))
    assert "上的二维码不是本系统的表" in stranger.text
    assert post(cadre, do="bring", files=[(io.BytesIO(b"text"), "a.txt")]).status_code == 422
    with going.at_work() as canvass:
        assert kept.pages(canvass.dossier.work, [1]) == {}


def test_who_has_no_doors_there_neither_prints_nor_sees_what_is_written(district: District, going: Canvassing) -> None:
    cadre, lawyer = district.browser(CADRE), district.browser("法律顾问")
    number = prints(cadre, "building:1")
    assert post(lawyer, do="print", packet="building:1").status_code == 403
    assert post(district.browser_of("volunteer"), do="print", packet="building:1").status_code == 403
    answer = bring(lawyer, photo(going, number))
    assert answer.status_code == 422
    assert "不由您录入" in answer.text
    assert lawyer.get(f"{SHEETS}/1").status_code == 403
    assert post(cadre, do="print", packet="person:没有这个人").status_code == 422


def test_a_checklist_comes_back_beside_its_form_and_is_told_when_it_was_typed_in(district: District) -> None:
    district.replay("record_site_survey")
    cadre = district.browser(CADRE)
    found = re.search(r'href="(/tasks/\d+)">(?:(?!</a>).)*现场踏勘登记', cadre.get("/").text, re.DOTALL)
    assert found is not None
    task = found[1]
    answer = cadre.post(f"{task}/sheet", {"once": once(cadre, task)}, task)
    number = answer.location.split("/")[2]
    assert number.startswith("XQ0001-L-99-")
    going = Canvassing(district)
    with going.at_work() as canvass:
        (sheet,) = kept.listed(canvass.dossier.work, 1)
    assert any("电梯" in line for line in sheet.content)
    there = bring(cadre, photo(going, number)).location
    assert cadre.get(there).location == f"{task}?sheet={number}"
    page = cadre.get(f"{task}?sheet={number}").text
    assert f"{SHEETS}/{sheet.id}/pages/1" in page
    assert f'action="{task}?sheet={number}"' in page
    # only whoever has the task sees its sheet
    assert district.browser("法律顾问").get(f"{SHEETS}/{sheet.id}").status_code == 403
    assert f"{SHEETS}/{sheet.id}/pages/1" not in district.browser("法律顾问").get(f"{task}?sheet={number}").text
    with going.at_work(CADRE) as canvass:
        paper_sheets.filled_in(canvass.dossier.work, 1, sheet)
    assert "录入过" in cadre.get(f"{task}?sheet={number}").text


def test_a_checklist_printed_before_its_form_changed_is_told_and_its_lines_are_found_on_the_page(
    district: District,
) -> None:
    district.replay("record_site_survey")
    cadre = district.browser(CADRE)
    found = re.search(r'href="(/tasks/\d+)">(?:(?!</a>).)*现场踏勘登记', cadre.get("/").text, re.DOTALL)
    assert found is not None
    task = found[1]
    number = cadre.post(f"{task}/sheet", {"once": once(cadre, task)}, task).location.split("/")[2]
    going = Canvassing(district)
    page = shown(cadre.get(f"{task}?sheet={number}").text)
    assert "旧的一版" not in page
    with going.at_work() as canvass:
        (sheet,) = kept.listed(canvass.dossier.work, 1)
        # as it was printed when the form began with another question
        first, *rest = sheet.content
        before = ("1 从前的问题 ＿＿＿＿", *(f"9.{at} {line.split(' ', 1)[1]}" for at, line in enumerate(rest)))
        values = {"content": orjson.dumps(before), "version": "older"}
        canvass.dossier.work.execute(sa.update(kept.paper_sheet).values(**values))
    back = bring(cadre, photo(going, number)).location
    page = shown(cadre.get(cadre.get(back).location).text)
    assert f"{number}：这是旧的一版，填写的内容后来改过" in page
    assert f"纸上 9.0 是页面 {rest[0].split(' ')[0]}" in page
    assert "页面上没有了：1 从前的问题" in page
    assert f"页面上新加的，请补问：{' '.join(first.split(' ')[:2])}" in page
