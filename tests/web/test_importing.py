"""The roster's import in the browser: sent, its columns named, mended, looked at, imported, and undone."""

import io
import re
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from engine.importing import Importer
from engine.rules import roster_columns
from engine.store import registers, roster_imports, rosters
from engine.use_cases import exporting, importing
from tests import messy_roster
from tests.district import Browser, District

ONE, TWO = "320404195102020016", "320404195203030029"
LIST = f"楼号,室号,建筑面积,业主姓名,证件号,电话\n1,101,89.97,王小明,{ONE},13800000001\n1,102,90,李芳,{TWO},\n"


class Desk:
    """The cadre at the import of an estate where the roster is next."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.estate = district.replay("roster")
        district.clock.pass_by(days=1)
        self.cadre = district.browser("社区干部")
        self.address = f"/estates/{self.estate}/roster"

    def send(self, content: bytes, name: str = "名册.csv") -> Any:
        """Send a list."""
        return self.cadre.post(self.address, {"do": "send", "sheet": (io.BytesIO(content), name)})

    def columns(self, **changed: str) -> Any:
        """Take the columns as they were guessed, but for those that are ``changed``."""
        page = self.page()
        asked = re.findall(r'<select [^>]*name="(column\.\d+)">(.*?)</select>', page, re.DOTALL)
        chosen = {name: re.findall(r'value="([a-z_]*)" selected', of) for name, of in asked}
        header = re.search(r'<option value="(\d+)" selected>第 \1 行', page)
        assert header is not None
        given = {name: "".join(one) for name, one in chosen.items()} | changed
        return self.act("columns", sheet="0", header=header[1], **given)

    def act(self, do: str, **given: Any) -> Any:
        """Take a step."""
        return self.cadre.post(self.address, {"do": do, **given})

    def page(self) -> str:
        """What the page shows."""
        return str(self.cadre.get(self.address).text)

    def newest(self) -> Any:
        """The roster that counts."""
        with self.district.opened.work("测试", self.district.clock.now) as work:
            return rosters.read(work, self.estate, rosters.newest(work, self.estate))

    def given(self) -> Any:
        """The list that was sent last."""
        with self.district.opened.work("测试", self.district.clock.now) as work:
            return roster_imports.newest(work, self.estate)


@pytest.fixture
def desk(district: District) -> Desk:
    """The cadre at the import."""
    return Desk(district)


def test_a_plain_list_goes_through_the_five_steps_and_leaves_nothing_of_its_own(desk: Desk) -> None:
    assert desk.send(LIST.encode()).status_code == 302
    page = desk.page()
    assert "列名在第几行" in page
    assert ONE not in page
    assert desk.columns().status_code == 302
    page = desk.page()
    assert "可导入 2 户" in page
    assert "第一次导入" in page
    assert desk.act("import").status_code == 302
    assert "已导入第 1 版" in desk.page()
    assert [(unit.unit_no, unit.area) for unit in desk.newest().units] == [("1-101", 8997), ("1-102", 9000)]
    given = desk.given()
    assert (given.status, given.content, given.mended, given.found) == ("done", None, None, None)
    assert "导入名册第 1 版：2 户" in desk.cadre.get(f"/estates/{desk.estate}/log").text


def test_what_waits_is_sealed_in_the_database(desk: Desk) -> None:
    desk.send(LIST.encode())
    desk.columns()
    given = desk.given()
    for sealed in (given.content, given.found):
        assert ONE.encode() not in bytes(sealed)
        assert "王小明".encode() not in bytes(sealed)
    assert not [
        path
        for path in desk.district.opened.files.root.rglob("*")
        if path.is_file() and ONE.encode() in path.read_bytes()
    ]


def test_a_column_that_is_missing_is_said_and_what_was_chosen_stays(desk: Desk) -> None:
    desk.send(LIST.replace("建筑面积", "平方数").encode())
    answer = desk.columns(**{"column.4": ""})
    assert answer.status_code == 422
    assert "没有找到“建筑面积”列；文件里有：楼号、室号、平方数、业主姓名、证件号、电话" in answer.text
    assert desk.columns(**{"column.2": "area"}).status_code == 302
    desk.act("give_up")
    desk.send(LIST.replace("建筑面积", "平方数").encode())
    assert '<option value="area" selected>' in desk.page(), "the community's word was not remembered"


def test_a_messy_workbook_is_mended_in_place_and_imported(desk: Desk) -> None:
    desk.send(messy_roster.workbook(), "名册.xlsx")
    assert "第 3 行：" in desk.page()
    desk.columns()
    page = desk.page()
    assert "需处理 6 行" in page
    assert "可导入 494 户" in page
    assert "重复 1 行" in page
    assert "姓名相同、没有证件号：1 组" in page
    assert "32040419500101001" not in page
    assert desk.act("import").status_code == 422
    mended = {f"cell.{row}.{name}": text for row, (name, _, text) in messy_roster.SLIPS.items() if text}
    assert desk.act("mend", **mended, out="83").status_code == 302
    page = desk.page()
    assert "可导入 499 户" in page
    assert "需处理" not in page
    assert desk.act("decide", kind="one_person", what="王建国", choice="yes", reason="同").status_code == 422
    assert (
        desk.act("decide", kind="one_person", what="王建国", choice="yes", reason="持两证到场核对").status_code == 302
    )
    assert "已决定算同一人" in desk.page()
    desk.act("import")
    page = desk.page()
    assert "已导入第 1 版" in page
    assert "王**（没有证件号）各户算同一人：持两证到场核对" in page
    units = {unit.unit_no: unit for unit in desk.newest().units}
    assert len(units) == 499
    assert units["1-17"].area == 9000
    assert len(units["1-6"].owners) == 2
    assert units["1-31"].owners[0].key == units["1-32"].owners[0].key
    assert units["10-40"].status == "UNSOLD"


def test_the_rows_at_fault_are_taken_out_mended_elsewhere_and_sent_back(desk: Desk) -> None:
    desk.send(messy_roster.workbook(), "名册.xlsx")
    desk.columns()
    taken = desk.cadre.post(f"{desk.address}/bad.xlsx", {}, desk.address)
    assert taken.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(taken.data))
    sheet = book.active
    assert sheet is not None
    headings = [str(cell.value) for cell in sheet[4]]
    place = {
        name: headings.index(heading) + 1
        for heading, name in zip(headings, roster_columns.fields(headings, {}), strict=True)
        if name
    }
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=5)}
    assert sorted(rows) == sorted(messy_roster.SLIPS)
    for number, (name, _, text) in messy_roster.SLIPS.items():
        rows[number][place[name] - 1].value = text or "320404195102020016"
    back = io.BytesIO()
    book.save(back)
    answer = desk.act("mend_from", sheet=(io.BytesIO(back.getvalue()), "问题行.xlsx"))
    assert answer.status_code == 302
    page = desk.page()
    assert "已按上传的表格改正 6 行" in page
    assert "可导入 500 户" in page
    assert "改正名册" in desk.cadre.get(f"/estates/{desk.estate}/owners/looks").text
    wrong = desk.act("mend_from", sheet=(io.BytesIO(LIST.encode()), "别的.csv"))
    assert wrong.status_code == 422


def test_rows_that_leave_hold_no_identity_number_and_are_known_again_when_they_come_back(desk: Desk) -> None:
    listed = LIST.replace("楼号", "备注,楼号").replace("\n1,", f"\n{ONE}补录,1,").replace("89.97", "八十九")
    desk.send(listed.encode())
    desk.columns(**{"column.0": ""})
    taken = desk.cadre.post(f"{desk.address}/bad.xlsx", {}, desk.address)
    book = openpyxl.load_workbook(io.BytesIO(taken.data))
    sheet = book.active
    assert sheet is not None
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in said if ONE in cell]
    assert f"{'*' * 14}{ONE[-4:]}" in said
    number = re.search(r"DC\d{8}-\d{6}", said[0])
    assert number is not None
    assert number[0] in desk.cadre.get(f"/estates/{desk.estate}/owners/looks").text
    with desk.district.opened.work("测试", desk.district.clock.now) as work:
        assert exporting.traced(work, number[0]).what == "bad_rows"
    sheet.cell(5, 5).value = "89.97"
    back = io.BytesIO()
    book.save(back)
    desk.act("mend_from", sheet=(io.BytesIO(back.getvalue()), "问题行.xlsx"))
    desk.act("import")
    first = desk.newest().units[0]
    assert (first.unit_no, first.area, first.owners[0].id_last4) == ("1-101", 8997, ONE[-4:])
    desk.send(LIST.encode())
    desk.columns()
    assert "完全相同，没有可导入的" in desk.page()


def test_rows_of_another_import_are_not_taken_for_these(desk: Desk) -> None:
    desk.send(LIST.replace("89.97", "八十九").encode())
    desk.columns()
    taken = desk.cadre.post(f"{desk.address}/bad.xlsx", {}, desk.address)
    desk.act("rename")
    desk.columns(**{"column.4": ""})
    answer = desk.act("mend_from", sheet=(io.BytesIO(taken.data), "问题行.xlsx"))
    assert answer.status_code == 422
    assert "请重新下载问题行" in answer.text


def test_the_same_list_again_changes_nothing_and_another_shows_what_it_would(desk: Desk) -> None:
    for _ in range(2):
        desk.send(LIST.encode())
        desk.columns()
        desk.act("import")
    assert "完全相同，没有可导入的" in desk.page()
    assert len(desk.district.log(desk.estate)) == len({one["no"] for one in desk.district.log(desk.estate)})
    assert [one["version"] for one in desk.district.log(desk.estate) if one["kind"] == "RosterImported"] == [1]
    desk.send(LIST.replace("89.97", "91").replace("1,102", "1,103").encode())
    desk.columns()
    page = desk.page()
    for said in ("3 户有变化", "1-101：面积", "1-103：新增", "1-102：减少"):
        assert said in page


def test_an_import_is_undone_until_a_vote_is_frozen_on_it(desk: Desk) -> None:
    for content in (LIST, LIST.replace("89.97", "91")):
        desk.send(content.encode())
        desk.columns()
        desk.act("import")
    assert desk.newest().units[0].area == 9100
    assert desk.act("undo").status_code == 302
    assert desk.newest().units[0].area == 8997
    assert "第 2 版已撤销" in desk.page()
    assert desk.act("undo").status_code == 409
    desk.send(LIST.replace("89.97", "92").encode())
    desk.columns()
    desk.act("import")
    assert "已导入第 3 版" in desk.page()
    with desk.district.opened.work("测试", desk.district.clock.now) as work:
        rosters.freeze(work, desk.estate, 1, "2026-03-01")
    assert "撤销这次导入" not in desk.page()
    assert desk.act("undo").status_code == 409
    assert desk.newest().units[0].area == 9200


def test_a_long_list_is_read_and_written_beside_the_job_loop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    district = desk.district
    work = Importer(district.opened, district.library, b"k")
    desk.send(LIST.encode())
    answer = desk.cadre.get(desk.address)
    assert "正在读表格" in answer.text
    assert answer.headers["Refresh"]
    while work.round(district.clock.now):
        pass
    desk.columns()
    while work.round(district.clock.now):
        pass
    desk.act("import")
    assert "正在写入名册" in desk.page()
    while work.round(district.clock.now):
        pass
    assert "已导入第 1 版" in desk.page()
    assert len(desk.newest().units) == 2
    imported = next(one for one in district.log(desk.estate) if one["kind"] == "RosterImported")
    assert imported["actor"] == "周敏"


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("名册.xlsx", b"PK\x03\x04broken", "已损坏或加了密码"),
        ("名册.csv", b"", "没有选择表格"),
        ("名册.csv", b"\n\n", "空的"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_and_another_can_be_sent(
    desk: Desk, name: str, content: bytes, said: str
) -> None:
    answer = desk.send(content, name)
    assert said in (answer.text if answer.status_code == 422 else desk.page())
    assert desk.send(LIST.encode()).status_code == 302
    assert "列名在第几行" in desk.page()


def test_nothing_is_collected_before_owners_are_told(district: District) -> None:
    estate = district.replay("prepare_data_notice")
    sent = {"do": "send", "sheet": (io.BytesIO(LIST.encode()), "名册.csv")}
    answer = district.browser("社区干部").post(f"/estates/{estate}/roster", sent)
    assert answer.status_code == 422
    assert "个人信息保护法 17" in answer.text


def test_only_the_lane_imports_and_others_see_nothing_of_the_list(desk: Desk) -> None:
    desk.send(LIST.encode())
    desk.columns()
    other: Browser = desk.district.browser("物业企业")
    page = other.get(desk.address).text
    assert "名册由社区干部导入" in page
    assert "可导入" not in page
    assert other.post(desk.address, {"do": "import"}).status_code == 403
    assert desk.district.browser_of("elsewhere").get(desk.address).status_code == 404


def test_an_undone_version_keeps_its_rows_and_is_searched_no_more(desk: Desk) -> None:
    desk.send(LIST.encode())
    desk.columns()
    desk.act("import")
    desk.act("undo")
    assert desk.newest().units == ()
    with desk.district.opened.engine.connect() as connection:
        kept = connection.execute(sa.select(registers.roster_version)).one()
    assert (kept.version, bool(kept.undone_at), len(kept.sha256)) == (1, True, 64)
