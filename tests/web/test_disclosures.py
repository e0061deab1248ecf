"""Personal data of owners: masked for everybody, in full only on purpose and on record, and in no address or log."""

import io
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from engine import cli
from engine.store import disclosures
from engine.use_cases import accounts, disclosing
from tests.district import COMMUNITY, PASSWORD, Browser, District

ROSTER = [
    line.split(",") for line in (Path(__file__).parents[1] / "cases/reference-roster.csv").read_text().splitlines()
]
_PHONE, _NAME = ROSTER[0].index("电话"), ROSTER[0].index("产权人")


@pytest.fixture
def listed(district: District) -> tuple[District, str]:
    """The district with the reference estate's roster, and the address of its owners."""
    return district, f"/estates/{district.replay('freeze_roster')}/owners"


def _first(page: str) -> str:
    found = re.search(r'name="unit" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_every_role_sees_names_and_numbers_masked(listed: tuple[District, str]) -> None:
    district, address = listed
    first = ROSTER[1]
    for lane in ("社区干部", "业委会/物管会", "物业企业", "监察人", "区住建"):
        page = district.browser(lane).get(address).text
        assert first[0] in page
        assert f"{first[_NAME][0]}**" in page
        assert first[_NAME] not in page
        assert first[_PHONE] not in page
        assert ("查看完整号码" in page) == (lane in ("社区干部", "业委会/物管会"))


def test_a_full_number_is_read_for_a_purpose_and_the_look_is_kept(listed: tuple[District, str]) -> None:
    district, address = listed
    grid = district.browser("网格员")
    unit = _first(grid.get(address).text)
    refused = grid.post(address, {"unit": unit, "purpose": "看看"})
    assert refused.status_code == 422
    assert ROSTER[1][_PHONE] not in refused.text
    shown = grid.post(address, {"unit": unit, "purpose": "约上门走访"})
    assert ROSTER[1][_PHONE] in shown.text
    assert ROSTER[1][_NAME] in shown.text
    assert "证件号后四位" not in shown.text
    assert "证件号后四位" in district.browser("社区干部").post(address, {"unit": unit, "purpose": "约上门走访"}).text
    asked = district.browser("街道").get(f"{address}/looks?unit={unit}").text
    assert "吴倩" in asked
    assert "约上门走访" in asked
    assert ROSTER[1][_PHONE] not in asked
    assert grid.get(f"{address}/looks").status_code == 403


def test_who_does_not_need_a_number_is_refused_with_the_reason(listed: tuple[District, str]) -> None:
    district, address = listed
    unit = _first(district.browser("社区干部").get(address).text)
    for lane in ("物业企业", "法律顾问", "会计审计", "监察人", "街道", "区住建"):
        answer = district.browser(lane).post(address, {"unit": unit, "purpose": "约上门走访"})
        assert answer.status_code == 403, lane
        assert "只给这个小区的社区干部、网格员、业委会/物管会看" in answer.text
        assert ROSTER[1][_PHONE] not in answer.text


def test_a_unit_of_another_estate_or_of_an_older_roster_does_not_exist(listed: tuple[District, str]) -> None:
    district, address = listed
    assert district.browser("社区干部").post(address, {"unit": "99999", "purpose": "约上门走访"}).status_code == 404
    assert district.browser_of("elsewhere").get(address).status_code == 404


def test_an_administrator_sees_no_owners_by_that_role_alone(listed: tuple[District, str]) -> None:
    district, address = listed
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "admin", "孙宁", PASSWORD, COMMUNITY, ["管理员"])
    admin = district.browser_of("admin")
    assert admin.get(address.rpartition("/")[0]).status_code == 200
    assert admin.get(address).status_code == 403


def test_a_paper_with_personal_data_is_taken_out_by_role_and_on_record(district: District) -> None:
    estate = district.replay("hold_diagnosis_meeting")
    cadre = district.browser("社区干部")
    page = cadre.get(f"/estates/{estate}/papers").text
    [number] = set(re.findall(r"/papers/(XQ0001-D-08-[\d-]+)", page))
    assert district.browser("物业企业").get(f"/papers/{number}").status_code == 403
    assert cadre.get(f"/papers/{number}").status_code == 200
    looks = cadre.get(f"/estates/{estate}/owners/looks").text
    assert number in looks
    assert "陈建华" not in looks


def test_a_look_can_be_neither_changed_nor_deleted(district: District) -> None:
    estate = district.enter()
    with district.opened.work("周敏", district.clock.now) as work:
        disclosures.note(work, estate, disclosing.UNIT, "1-0101", "约上门走访")
    table = disclosures.disclosure
    for statement in (sa.update(table).values(actor="x"), sa.delete(table)):
        with district.opened.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(statement)


def test_the_log_of_an_error_names_where_it_happened_and_no_value(
    district: District, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*given: object) -> None:
        raise ValueError("13800000001 王小明")

    district.enter()
    browser = district.browser("社区干部")
    monkeypatch.setattr("web.owners.disclosing.roster", fail)
    with caplog.at_level(logging.DEBUG):
        answer = browser.get("/estates/1/owners")
    assert answer.status_code == 500
    code = re.search(r"代码 ([0-9a-f]{8})", answer.text)
    assert code is not None
    assert code[1] in caplog.text
    assert "ValueError" in caplog.text
    assert "owners.py" in caplog.text
    assert "13800000001" not in caplog.text + answer.text
    assert "王小明" not in caplog.text


def _cells(answer: TestResponse) -> str:
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_a_roster_leaves_masked_or_in_full_for_a_purpose_that_is_kept(listed: tuple[District, str]) -> None:
    district, address = listed
    taken, first = address.replace("owners", "registers/roster.xlsx"), ROSTER[1]
    cadre, page = district.browser("社区干部"), address.replace("owners", "registers/roster")
    masked = _cells(cadre.get(taken))
    assert f"{first[_NAME][0]}**" in masked
    assert first[_PHONE] not in masked
    assert first[_NAME] not in masked
    refused = cadre.post(taken, {"purpose": ""}, page)
    assert refused.status_code == 422
    assert "没有选择用途" in refused.text
    full = _cells(cadre.post(taken, {"purpose": "送达会议通知或表决票"}, page))
    assert first[_PHONE] in full
    assert first[_NAME] in full
    assert first[ROSTER[0].index("证件号")] not in full
    looks = cadre.get(f"{address}/looks").text
    assert looks.count("导出：送达会议通知或表决票") == 1
    assert district.browser("街道").post(taken, {"purpose": "约上门走访"}, page).status_code == 403
    assert district.browser("物业企业").get(taken).status_code == 403


def test_a_workbook_bears_a_number_that_leads_back_to_who_took_it_and_what_for(
    listed: tuple[District, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    district, address = listed
    cadre, taken = district.browser("社区干部"), address.replace("owners", "registers/roster.xlsx")
    answer = cadre.post(taken, {"purpose": "送达会议通知或表决票"}, taken.removesuffix(".xlsx"))
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book.active
    assert sheet is not None
    number = book.properties.identifier
    assert re.fullmatch(r"DC20260324-\d{6}", number)
    assert number in sheet["A1"].value
    assert f"{number} · 周敏" in sheet.oddHeader.center.text
    assert "用途：送达会议通知或表决票 · 只供本次用途，不得转发" in sheet.oddFooter.center.text
    assert number in answer.headers["Content-Disposition"]
    assert number in cadre.get(f"{address}/looks").text
    second = load_workbook(io.BytesIO(cadre.get(taken).data)).properties.identifier
    assert second != number
    monkeypatch.setenv("DAORU_HOME", str(district.home))
    monkeypatch.setenv("DAORU_DATABASE_URL", district.opened.engine.url.render_as_string(hide_password=False))
    assert cli.main(["exported", number]) == 0
    assert re.search(r"周敏 2026-03-24 10:00 导出 roster，151 行；条件 estate=1&full=1", capsys.readouterr().out)
    assert cli.main(["exported", "DC20260324-999999"]) == 2


def test_what_is_personal_throughout_leaves_only_for_whom_it_belongs_to(listed: tuple[District, str]) -> None:
    district, address = listed
    taken, page = address.replace("owners", "registers/visits.xlsx"), address.replace("owners", "registers/visits")
    assert district.browser("街道").get(taken).status_code == 403
    assert "不能导出" in district.browser("街道").get(page).text
    grid = district.browser("网格员")
    assert grid.get(taken).status_code == 403
    said = _cells(grid.post(taken, {"purpose": "安排走访和回访"}, page))
    assert "支持" in said
    assert "SUPPORT" not in said


def test_ballots_leave_without_what_they_say(district: District) -> None:
    district.replay("announce_result")
    cells = _cells(district.browser("社区干部").get("/estates/1/registers/ballots.xlsx"))
    assert "收回日期" in cells
    assert "1 1" not in cells
    assert "意见" not in cells


def _may_read(browser: Browser, address: str) -> bool:
    unit = _first(browser.get(address).text) if "查看完整号码" in browser.get(address).text else "1"
    answer = browser.post(address, {"unit": unit, "purpose": "约上门走访"})
    assert answer.status_code in (200, 403)
    return answer.status_code == 200 and ROSTER[1][_PHONE] in answer.text


def test_whoever_works_on_a_task_reads_what_its_lane_reads_and_only_as_long(listed: tuple[District, str]) -> None:
    district, address = listed
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "刘洋", PASSWORD, COMMUNITY, ["社区干部"])
    cadre, second = district.browser("社区干部"), district.browser_of("second")
    tasks = re.findall(r'href="(/tasks/\d+)"', cadre.get("/").text)
    assert not _may_read(second, address)
    cadre.post(f"{tasks[0]}/delegate", {"name": "刘洋", "reason": "人手不够"})
    assert _may_read(second, address)
    assert _may_read(cadre, address)
    second.post(f"{tasks[0]}/give_back", {}, tasks[0])
    assert not _may_read(second, address)
    cadre.post(f"{tasks[0]}/release", {}, tasks[0])
    second.post(f"{tasks[0]}/claim", {}, tasks[0])
    assert _may_read(second, address)
    second.post(f"{tasks[0]}/release", {}, tasks[0])
    assert not _may_read(second, address)
    assert "刘洋" in cadre.get(f"{address}/looks").text


def test_a_deputy_reads_what_the_person_on_leave_reads_on_these_days_only(listed: tuple[District, str]) -> None:
    district, address = listed
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "刘洋", PASSWORD, COMMUNITY, ["社区干部"])
    first = district.clock.now.date() + timedelta(days=1)
    cadre, days = district.browser("社区干部"), {"first": first.isoformat(), "last": first.isoformat()}
    assert cadre.post("/me/leave", {**days, "deputy": "刘洋"}).status_code == 302
    read = []
    for day in range(3):
        district.clock.now += timedelta(days=day > 0)
        read.append(_may_read(district.browser_of("second"), address))
    assert read == [False, True, False]
