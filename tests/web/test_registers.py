"""Sheets in the browser: shown before they are entered, entered whole or not at all, and refused by row and heading."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.rules import roster
from engine.store import registers
from engine.use_cases import registering
from engine.use_cases.sheets import SHEETS
from tests.district import Browser, District

CASES = Path(__file__).parents[1] / "cases"

VISITS = "房号,日期,时间,态度,疑虑,承诺\n1-0101,2026-02-05,18:30,支持,担心涨价 停车,\n1-0203,2026-02-05,,无人,,\n"


def _send(browser: Browser, address: str, text: str, name: str = "走访.csv") -> Any:
    return browser.post(address, {"do": "preview", "sheet": (io.BytesIO(text.encode()), name)})


def _visits(district: District) -> list[Any]:
    with district.opened.work("测试", district.clock.now) as work:
        return list(work.connection.execute(sa.select(registers.visit)))


@pytest.fixture
def grid(district: District) -> tuple[Browser, str]:
    """The grid worker's browser, where the visits are next, and the address of their sheet."""
    estate = district.replay("visits")
    district.clock.pass_by(days=2)
    return district.browser("网格员"), f"/estates/{estate}/registers/visits"


def test_a_sheet_is_shown_and_then_entered_whole(district: District, grid: tuple[Browser, str]) -> None:
    browser, address = grid
    shown = _send(browser, address, VISITS)
    assert "登记这 2 行" in shown.text
    assert "1-0203" in shown.text
    assert _visits(district) == []
    kept = re.search(r'name="kept" value="([0-9a-f]{64})"', shown.text)
    assert kept is not None
    answer = browser.post(address, {"do": "enter", "kept": kept[1], "name": "走访.csv"})
    assert answer.status_code == 302, answer.text
    first, second = sorted(_visits(district), key=lambda visit: visit.unit_no)
    assert (first.attitude, first.concerns, first.time) == ("SUPPORT", "FEE_RISE PARKING", "18:30")
    assert (second.attitude, second.time) == ("NOT_MET", None)


def test_a_sheet_that_is_sent_twice_is_entered_once(district: District, grid: tuple[Browser, str]) -> None:
    browser, address = grid
    shown = _send(browser, address, VISITS)
    given = dict(re.findall(r'name="(kept|name|once)" value="([^"]+)"', shown.text))
    for _ in range(2):
        assert browser.post(address, {"do": "enter", **given}).status_code == 302
    assert len(_visits(district)) == 2
    assert "已经提交过，没有重复登记" in browser.get("/").text


def test_a_row_at_fault_is_named_by_its_number_and_heading_and_nothing_is_entered(
    district: District, grid: tuple[Browser, str]
) -> None:
    browser, address = grid
    shown = _send(browser, address, VISITS + "9-9999,2026-02-05,,支持,,\n")
    kept = re.search(r'name="kept" value="([0-9a-f]{64})"', shown.text)
    assert kept is not None
    answer = browser.post(address, {"do": "enter", "kept": kept[1], "name": "走访.csv"})
    assert answer.status_code == 422
    assert "第 4 行“房号”：登记簿中没有房号“9-9999”" in answer.text
    assert _visits(district) == []


@pytest.mark.parametrize(
    "text, said",
    [
        ("房号,日期,态度\n1-0101,2026-02-05,还行\n", "第 2 行“态度”：没有“还行”这种写法；可填：坚决支持"),
        ("房号,日期,太度\n1-0101,2026-02-05,支持\n", "没有“太度”这一列；可以有的列：态度"),
        ("房号,日期,备注\n1-0101,2026-02-05,下\0周\n", "第 2 行“备注”列含有不可见的控制字符"),
        ("", "表格是空的"),
    ],
)
def test_words_and_headings_that_a_sheet_does_not_have_are_refused_before_it_is_shown(
    grid: tuple[Browser, str], text: str, said: str
) -> None:
    answer = _send(*grid, text)
    assert answer.status_code == 422
    assert said in answer.text


def test_the_sheet_of_the_roster_leads_to_its_import_and_takes_nothing(district: District) -> None:
    estate = district.replay("roster")
    cadre, address = district.browser("社区干部"), f"/estates/{estate}/registers/roster"
    page = cadre.get(address).text
    assert f'href="/estates/{estate}/roster"' in page
    assert 'type="file"' not in page
    for do in ("preview", "enter"):
        file = io.BytesIO((CASES / "reference-roster.csv").read_bytes()), "清册.csv"
        answer = cadre.post(address, {"do": do, "sheet": file})
        assert (answer.status_code, answer.location) == (302, f"/estates/{estate}/roster")
    assert "没有登记" in cadre.get(answer.location).text
    assert not [one for one in district.log(estate) if one["kind"] == "RosterImported"]


def test_a_roster_sent_to_another_sheet_leaves_no_identity_numbers_either(
    district: District, grid: tuple[Browser, str]
) -> None:
    text = (CASES / "reference-roster.csv").read_text()
    assert _send(*grid, text).status_code == 422
    number = text.splitlines()[1].split(",")[5].encode()
    files = district.opened.files.root
    assert not [path for path in files.rglob("*") if path.is_file() and number in path.read_bytes()]


def test_no_sheet_and_a_forged_name_of_one_are_refused(grid: tuple[Browser, str]) -> None:
    browser, address = grid
    assert "没有选择表格" in browser.post(address, {"do": "preview"}).text
    assert "没有选择表格" in browser.post(address, {"do": "enter", "kept": "../../daoru.db", "name": "a.csv"}).text
    assert browser.post(address, {"do": "enter", "kept": "0" * 64, "name": "a.csv"}).status_code == 404


def test_the_empty_sheet_reads_back_with_its_own_headings(grid: tuple[Browser, str]) -> None:
    browser, address = grid
    for what in SHEETS:
        text = browser.get(f"{address.rpartition('/')[0]}/{what}.csv").data.decode("utf-8-sig")
        assert text.splitlines()[0] == ",".join(SHEETS[what].columns)


def test_every_column_of_a_register_has_its_heading() -> None:
    for what, sheet in SHEETS.items():
        asked = roster.COLUMNS if what == "roster" else registering.COLUMNS[what]
        assert set(sheet.columns.values()) == set(asked), what
        assert len(sheet.example) == len(sheet.columns), what
