"""What a community may send to the import of its roster, old, large or harmful: taken, or refused with what to do."""

import io
from pathlib import Path

import openpyxl
import pytest

from engine.importing import Importer
from engine.store import accounts as accounts_store
from engine.use_cases import accounts, importing
from tests import hostile_rosters
from tests.district import CASE, District
from tests.web.test_importing import LIST, Desk

OLD = (Path(__file__).parent / "roster.xls").read_bytes()
_LARGE = 100_000


@pytest.fixture
def desk(district: District) -> Desk:
    """The cadre at the import."""
    return Desk(district)


def _send(desk: Desk, content: bytes) -> None:
    """Send a list that is read beside the job loop, and have it read."""
    district = desk.district
    with district.opened.work(CASE.people["社区干部"], district.clock.now) as work:
        found = accounts_store.by_login(work, f"user{list(CASE.people).index('社区干部')}")
        assert found is not None
        member = accounts.member(work, found)
        importing.send(work, district.library, member, desk.estate, b"k", "名册.xlsx", content)
    _work(desk)


def _work(desk: Desk) -> None:
    """Have the job loop do what is waiting."""
    beside = Importer(desk.district.opened, desk.district.library, b"k")
    while beside.round(desk.district.clock.now):
        pass


def test_a_workbook_of_the_old_kind_goes_through_the_five_steps(desk: Desk) -> None:
    assert desk.send(OLD, "名册.xls").status_code == 302
    assert "第 3 行：" in desk.page()
    desk.columns()
    page = desk.page()
    assert "可导入 5 户" in page
    assert "合计和说明 1 行" in page
    desk.act("import")
    assert "已导入第 1 版" in desk.page()
    units = {unit.unit_no: unit for unit in desk.newest().units}
    assert {no: unit.area for no, unit in units.items()} == {
        "1-101": 8997, "1-102": 9000, "1-201": 10450, "1-202": 9120, "地库-B001": 1250,
    }  # fmt: skip
    assert units["1-101"].owners[0].key == units["1-201"].owners[0].key
    assert units["1-101"].owners[0].phone == "13800000001"
    assert [owner.phone for owner in units["1-102"].owners] == ["13800000002"] * 2


def test_a_zip_bomb_is_told_and_another_list_may_be_sent(desk: Desk) -> None:
    _send(desk, hostile_rosters.bomb(210 * 1024 * 1024))
    page = desk.page()
    assert "像是压缩炸弹，没有打开" in page
    assert desk.given().content is None
    assert desk.send(LIST.encode()).status_code == 302
    assert "列名在第几行" in desk.page()


def test_a_hundred_thousand_rows_of_formulas_are_read_as_what_they_come_to(desk: Desk) -> None:
    _send(desk, hostile_rosters.with_formulas(_LARGE))
    assert "列名在第几行" in desk.page()
    desk.columns()
    assert "正在读表格" in desk.page()
    _work(desk)
    page = desk.page()
    assert f"可导入 {_LARGE} 户" in page
    assert f"{_LARGE * 8997 / 100:,.2f}" in page


def test_formulas_that_nobody_has_worked_out_are_named_row_by_row_where_their_column_is_used(desk: Desk) -> None:
    _send(desk, hostile_rosters.with_formulas(3, worked_out=False))
    desk.columns()
    page = desk.page()
    assert "需处理 3 行" in page
    assert "C3 是公式，没有存下算出的值" in page
    mended = {f"cell.{row}.area": "89.97" for row in (2, 3, 4)}
    assert desk.act("mend", **mended).status_code == 302
    assert "可导入 3 户" in desk.page()


def test_a_formula_in_a_column_that_is_not_read_stops_nothing(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["面积合计", "=SUM(D3:D4)"])
    sheet.append(["楼号", "室号", "备注", "建筑面积", "业主姓名"])
    sheet.append([1, 101, "=A3*2", 89.97, "王小明"])
    sheet.append([1, 102, "=A4*2", 90, "李芳"])
    sheet.append(["合计", None, None, "=SUM(D3:D4)", None])
    kept = io.BytesIO()
    book.save(kept)
    desk.send(kept.getvalue(), "名册.xlsx")
    desk.columns()
    assert "可导入 2 户" in desk.page()
    assert "需处理" not in desk.page()
    desk.act("rename")
    desk.columns(**{"column.2": "phone"})
    page = desk.page()
    assert "需处理 2 行" in page
    assert "C4 是公式" in page
