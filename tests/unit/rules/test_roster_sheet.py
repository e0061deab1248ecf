"""A community's list as it really is: headings found, units and names read, and what is wrong named with its row."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import roster, roster_change, roster_columns, roster_sheet
from engine.rules.roster import Policies, Roster
from engine.rules.roster_sheet import Read

FIELDS = ("building", "unit_no", "area", "usage", "owners", "owner_ids", "phone", "status")
_ONE, _TWO = "320404195102020016", "320404195203030029"


def read(*rows: Sequence[Any], fields: Sequence[str] = FIELDS, **how: Any) -> Read:
    """The rows, numbered from 2."""
    fixed = how.pop("fixed", {})
    return roster_sheet.read(enumerate(rows, start=2), roster_sheet.Reader(fields, str, **how), fixed)


def test_the_row_of_headings_is_found_below_a_title_and_a_date() -> None:
    rows = [
        ["怡和苑业主名册", "", "", ""],
        ["填表日期：2026-01-05", "", "", ""],
        ["楼 号", "室号", "建筑面积（㎡）", "业主姓名"],
        ["1", "101", "89.97", "王小明"],
    ]
    assert roster_columns.guess(rows) == roster_columns.Columns(2, ("building", "unit_no", "area", "owners"))


def test_headings_mean_what_somebody_there_has_said_before() -> None:
    assert roster_columns.fields(["户", "备注"], {"户": "unit_no"}) == ("unit_no", "")


@pytest.mark.parametrize(
    "heading, field",
    [
        ("身份证号码", "owner_ids"), ("联系电话", "phone"), ("产权人(共有人)", "owners"),
        ("实测建筑面积", "area_survey"),
        ("合同面积", "area_contract"), ("统一社会信用代码", "owner_ids"), ("房屋类型", "usage"), ("单元", "entrance"),
        ("幢号", "building"), ("房号", "unit_no"), ("是否交付", "status"), ("序号", ""), ("备注", ""),
    ],
)  # fmt: skip
def test_headings_are_known_by_their_words(heading: str, field: str) -> None:
    assert roster_columns.meant(heading) == field


def test_a_missing_column_is_said_with_what_the_file_has() -> None:
    said = roster_columns.missing(["building", "unit_no", "owners"], ["楼号", "房号", "姓名"])
    assert said.startswith("没有找到“建筑面积”列；文件里有：楼号、房号、姓名。")


@pytest.mark.parametrize(
    "text, area, noted",
    [
        ("８９．９７", 8997, False), ("89.97㎡", 8997, False), ("89.97 平方米", 8997, False),
        ("1,234.5", 123450, False),
        (89.97, 8997, False), (90.0, 9000, False), ("0.135亩", 9000, True), ("0.01公顷", 10000, True),
    ],
)  # fmt: skip
def test_an_area_is_read_in_the_unit_that_people_wrote(text: Any, area: int, noted: bool) -> None:
    found = read(["1幢", "101", text, "住宅", "王小明", _ONE, "", ""])
    assert not found.faults
    assert [unit.area for unit in found.units] == [area]
    assert bool(found.notes) is noted


@pytest.mark.parametrize(
    "text, said, fix",
    [("89.975", "超过两位小数", "89.98"), ("约九十", "不是数", ""), ("0", "应大于 0", ""), ("", "没有建筑面积", "")],
)
def test_an_area_that_is_none_is_a_fault_with_a_proposal_where_there_is_one(text: str, said: str, fix: str) -> None:
    found = read(["1幢", "101", text, "住宅", "王小明", _ONE, "", ""])
    assert [(fault.row, fault.field, fault.fix, fault.unit) for fault in found.faults] == [(2, "area", fix, "1-101")]
    assert said in found.faults[0].said
    assert not found.units


@given(st.integers(1, 10**9))
def test_every_area_with_two_decimals_comes_back_exactly(area: int) -> None:
    for text in (roster.metres(area), roster.metres(area) + "㎡"):
        [unit] = read(["1", "101", text, "", "王小明", "", "", ""]).units
        assert unit.area == area


def test_the_unit_of_a_heading_holds_for_its_column() -> None:
    assert roster_columns.unit_of("面积(亩)") == "亩"
    [unit] = read(["1", "101", "0.135", "", "王", "", "", ""], units={"area": "亩"}).units
    assert unit.area == 9000


@pytest.mark.parametrize(
    "text, names",
    [
        ("王小明、李芳", ("王小明", "李芳")), ("王小明/李芳", ("王小明", "李芳")), ("王　明", ("王明",)),
        ("王小明 李芳芳", ("王小明", "李芳芳")), ("王小明(50%)；李芳(50%)", ("王小明", "李芳")),
        ("王小明\n李芳", ("王小明", "李芳")),
        ("John Smith", ("John Smith",)),
    ],
)  # fmt: skip
def test_several_owners_stand_in_one_cell(text: str, names: tuple[str, ...]) -> None:
    [unit] = read(["1", "101", "90", "", text, "", "", ""]).units
    assert tuple(owner.name for owner in unit.owners) == names


@pytest.mark.parametrize(
    "row, unit_no",
    [
        (("1幢", "101室"), "1-101"), (("12号楼", "12-0101"), "12-0101"), (("", "3-2-101"), "3-2-101"),
        (("1", "1幢101"), "1幢101"),
        (("1.0", "101.0"), "1.0-101.0"), ((1.0, 101.0), "1-101"),
    ],
)  # fmt: skip
def test_a_room_is_numbered_with_its_building_where_it_does_not_name_it_itself(
    row: tuple[Any, Any], unit_no: str
) -> None:
    [unit] = read([*row, "90", "", "王小明", _ONE, "", ""]).units
    assert unit.unit_no == unit_no


def test_the_same_row_again_counts_once_and_another_owner_of_the_unit_is_a_co_owner() -> None:
    first = ["1", "101", "90", "", "王小明", _ONE, "", ""]
    found = read(
        first, first, ["1", "101", "90", "", "李芳", _TWO, "", ""], ["1", "102", "90", "", "李芳", _TWO, "", ""]
    )
    assert (found.repeated, found.joined, found.faults) == ([3], [4], [])
    assert [owner.name for owner in found.units[0].owners] == ["王小明", "李芳"]
    assert len(found.units) == 2


def test_a_unit_twice_with_another_area_is_a_fault_that_names_the_first() -> None:
    found = read(["1", "101", "90", "", "王", _ONE, "", ""], ["1", "101", "91", "", "王", _ONE, "", ""])
    assert [(fault.row, fault.field) for fault in found.faults] == [(3, "unit_no")]
    assert "第 2 行" in found.faults[0].said


@pytest.mark.parametrize(
    "number, said",
    [
        ("3.2040419510202E+17", "后几位已经丢失"), ("32040419510202001", "17 位"), ("3204041951****0016", "遮住"),
        ("320404195102020016；320404195203030029", "1 个产权人，2 个号码"),
    ],
)  # fmt: skip
def test_a_number_that_identifies_nobody_is_a_fault(number: str, said: str) -> None:
    found = read(["1", "101", "90", "", "王小明", number, "", ""])
    assert [fault.field for fault in found.faults] == ["owner_ids"]
    assert said in found.faults[0].said


def test_one_number_under_two_names_is_a_fault_and_a_wrong_check_sign_a_note() -> None:
    found = read(["1", "101", "90", "", "王小明", _ONE, "", ""], ["1", "102", "90", "", "李芳", _ONE, "", ""])
    assert "在第 2 行是“王小明”的" in found.faults[0].said
    noted = read(["1", "101", "90", "", "王小明", "11010519491231002X", "", ""]).notes
    assert noted == []
    noted = read(["1", "101", "90", "", "王小明", "110105194912310021", "", ""]).notes
    assert "校验位" in noted[0].said


def test_totals_below_the_list_are_not_read_as_units_and_uses_are_known_by_their_usual_words() -> None:
    found = read(
        ["1", "101", "90", "普通住宅", "王小明", _ONE, "", "已入住"],
        ["1", "S1", "30", "门面房", "李芳", _TWO, "", ""],
        ["合计", "", "120", "", "", "", "", ""],
    )
    assert ([unit.usage for unit in found.units], found.left_out) == (["住宅", "商铺"], 1)
    assert read(["1", "9", "30", "锅炉房", "李芳", "", "", ""]).faults[0].field == "usage"
    assert read(["1", "9", "30", "", "李芳", "", "", "空置"]).faults[0].field == "status"


def test_what_is_mended_stands_instead_of_the_cell_and_a_row_can_be_left_out() -> None:
    rows = (["1", "101", "九十", "", "王小明", _ONE, "", ""], ["1", "102", "?", "", "李芳", _TWO, "", ""])
    found = read(*rows, fixed={2: {"area": "90"}, 3: {}})
    assert ([unit.area for unit in found.units], found.faults, found.rows) == ([9000], [], 1)


@pytest.mark.vector("RV-16")
@pytest.mark.vector("RV-17")
def test_the_area_is_that_of_the_register_unless_somebody_decides_otherwise() -> None:
    fields = ("unit_no", "area", "area_survey", "area_contract", "owners")
    rows = (["101", "89.97", "90.10", "90", "王"], ["102", "", "90.10", "", "李"])
    found = read(*rows, fields=fields)
    assert [(unit.area, unit.area_source) for unit in found.units] == [(8997, "register"), (9010, "survey")]
    assert [note.row for note in found.notes] == [3]
    [first, _] = read(*rows, fields=fields, chosen={"source": {"101": "survey"}}).units
    assert (first.area, first.area_source) == (9010, "survey")


def test_equal_names_without_number_are_proposed_and_merge_only_when_somebody_says_so() -> None:
    rows = (["1", "101", "90", "", "王小明", "", "", ""], ["1", "102", "80", "", "王小明", "", "", ""])
    apart = Roster(tuple(read(*rows).units))
    [proposed] = roster_change.merging(apart, Policies())
    assert (proposed.rule, proposed.units, proposed.who) == ("equal_names", ("1-101", "1-102"), "王**")
    assert roster.assemble(apart).persons == 2
    one = Roster(tuple(read(*rows, one_person={"王小明"}).units))
    assert roster.assemble(one).persons == 1
    assert [merged.rule for merged in roster_change.merging(one, Policies())] == ["same_owners"]


def test_changes_name_what_differs_and_the_same_list_changes_nothing() -> None:
    rows = [[str(1), str(number), "90", "", f"业主{number}", "", "", ""] for number in range(1, 5)]
    before = Roster(tuple(read(*rows).units))
    assert roster_change.changes(before, Roster(tuple(read(*rows).units))) == []
    rows[0][2], rows[1][4] = "91", "新业主"
    after = Roster(tuple(read(*rows[:3], ["1", "9", "50", "", "周", "", "", ""]).units))
    assert [(one.unit_no, one.what) for one in roster_change.changes(before, after)] == [
        ("1-1", "面积"), ("1-2", "业主"), ("1-9", "新增"), ("1-4", "减少"),
    ]  # fmt: skip


@given(st.lists(st.lists(st.text(max_size=12) | st.floats(allow_nan=False) | st.none(), max_size=9), max_size=8))
def test_no_list_whatever_it_holds_raises_and_each_row_is_read_named_or_left_out(rows: list[list[Any]]) -> None:
    found = read(*rows)
    settled = len(found.places) + len(found.repeated) + len(found.joined) + found.bad_rows + found.left_out
    assert settled == found.rows <= len(rows)
