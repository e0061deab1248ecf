"""Spreadsheets as people send them, and as nobody should."""

import io
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine import cli, spreadsheets
from engine.errors import InvalidAnswers

CASES = Path(__file__).parents[1] / "cases"


def workbook(cells: dict[str, Any]) -> bytes:
    book = openpyxl.Workbook()
    for place, value in {"A1": "unit_no", "B1": "area", **cells}.items():
        book.active[place] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_part(name: str, text: bytes) -> bytes:
    kept = io.BytesIO(workbook({"A2": "101"}))
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return kept.getvalue()


def test_a_formula_without_a_value_is_refused_only_in_a_column_with_a_name() -> None:
    with pytest.raises(InvalidAnswers) as refused:
        spreadsheets.read_content("表.xlsx", workbook({"A2": "101", "B2": "=1+1"}))
    assert "第 2 行“area”列是公式" in refused.value.problems[0].message
    [row] = spreadsheets.read_content("表.xlsx", workbook({"A2": "101", "B2": 2, "D2": "=1+1"}))
    assert dict(row) == {"unit_no": "101", "area": "2"}


@pytest.mark.parametrize(("column", "name"), [(0, "A7"), (25, "Z7"), (26, "AA7"), (701, "ZZ7"), (702, "AAA7")])
def test_a_cell_is_called_as_a_spreadsheet_calls_it(column: int, name: str) -> None:
    assert spreadsheets.cell_name(7, column) == name


def lying(content: bytes) -> bytes:
    """The same archive, every part of which claims to be ten bytes long."""
    made = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = made.find(mark)
        while at >= 0:
            made[at + offset : at + offset + 4] = struct.pack("<I", 10)
            at = made.find(mark, at + 4)
    return bytes(made)


BOMB = with_part("xl/media/image1.xml", b" " * (spreadsheets.UNPACKED_LIMIT + 1))
FAR = workbook({"XFD1048576": "x"})
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "unpacks to 200 MB": (lambda: BOMB, "压缩炸弹"),
    "unpacks to 200 MB and denies it": (lambda: lying(BOMB), "已损坏"),
    "has thousands of parts": (lambda: _many(), "压缩炸弹"),
    "has a cell at the far end": (lambda: FAR, "1048576 行 16384 列"),
    "has one there, written with blanks": (lambda: _said(FAR, rb"\tr\n= '\1'"), "1048576 行 16384 列"),
    "has one there, in small letters": (lambda: _said(FAR, lambda cell: cell[0].lower()), "1048576 行 16384 列"),
    "has one there, amid a long sheet": (lambda: _said(FAR, rb" r='\1'" + b" " * 2**17), "1048576 行 16384 列"),
    "has one in a row that its reader cuts": (
        lambda: _said(FAR, lambda cell: cell[0].replace(b"XFD1048576", b"A99999999999")),
        "99999999999 行",
    ),
    "is cut off": (lambda: workbook({"A2": "101"})[:-40], "已损坏"),
    "is no workbook": (lambda: with_part("x", b"")[:0] + b"PK\x03\x04", "已损坏"),
    "is text": (lambda: b"unit_no,area", "不是可以打开的电子表格"),
    "is empty": (lambda: b"", "不是可以打开的电子表格"),
}


def _said(content: bytes, place: bytes | Callable[[re.Match[bytes]], bytes]) -> bytes:
    """The same workbook, in which rows and cells say otherwise where they stand."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(kept, "w") as made:
        for name in archive.namelist():
            made.writestr(name, re.sub(rb' r="(\w+)"', place, archive.read(name)))
    return kept.getvalue()


def _many() -> bytes:
    kept = io.BytesIO(workbook({}))
    with zipfile.ZipFile(kept, "a") as archive:
        for number in range(spreadsheets.PARTS_LIMIT):
            archive.writestr(f"x{number}", b"")
    return kept.getvalue()


def test_a_workbook_reads_as_on_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(workbook({"A2": 101, "B2": 89.97, "A4": "102", "B4": True}))
    assert spreadsheets.read(path) == [{"unit_no": "101", "area": "89.97"}, {"unit_no": "102", "area": "是"}]


def test_a_sum_a_day_and_a_time_read_as_on_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(workbook({"A2": datetime(2026, 3, 2), "B2": 0.1 + 0.2, "A3": time(9, 5)}))
    assert spreadsheets.read(path) == [{"unit_no": "2026-03-02", "area": "0.3"}, {"unit_no": "09:05", "area": ""}]


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("roster.xlsx", lambda: workbook({"A3": "101", "D3": "x"}), "第 3 行第 4 列有内容，这一列却没有列名；请"),
        ("roster.csv", lambda: b"unit_no,,area\n101,x,89.97\n", "第 2 行第 2 列有内容，这一列却没有列名；请"),
        ("roster.csv", lambda: b"unit_no,area\n101,89,97\n", "第 2 行第 3 列有内容，这一列却没有列名；请"),
    ],
    ids=["beside the table", "a column without a name", "a comma too many"],
)
def test_a_cell_below_no_heading_is_refused_as_it_would_be_lost(
    name: str, content: Callable[[], bytes], said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content())
    with pytest.raises(InvalidAnswers, match=said):
        spreadsheets.read(tmp_path / name)


@pytest.mark.parametrize(
    "name, content",
    [
        ("roster.xlsx", lambda: workbook({"A3": "101", "B3": 320404195102020016})),
        ("roster.csv", lambda: "unit_no,area\n\n101,3.20404E+17\n".encode("gbk")),
    ],
)
def test_a_number_whose_last_digits_are_lost_is_refused(
    name: str, content: Callable[[], bytes], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content())
    with pytest.raises(InvalidAnswers, match="第 3 行“area”列存成了数值，后几位已经丢失；请"):
        spreadsheets.read(tmp_path / name)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_what_is_wrong_in_a_sheet_is_told_by_its_row_and_column(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "房号,登记面积,产权人\n1-101,89.97,张伟\n\n1-102,88.125,李娜\n1-101,70,王芳\n"
    (tmp_path / "清册.csv").write_bytes(text.encode(encoding))
    case = tmp_path / "bad.yaml"
    accepted = "screen_eligibility\n    outcome: {intake: ACCEPT}"
    before = ("set_annual_plan", "submit_application", accepted, "set_up_team", "prepare_data_notice")
    steps = "".join(f"  - on: 2026-01-{day:02}\n    task: {task}\n" for day, task in enumerate(before, start=8))
    case.write_text(
        f"case: bad\nlike: {CASES / 'reference.yaml'}\nsteps:\n{steps}"
        "  - on: 2026-01-20\n    roster: 清册.csv\nexpect: {}\n"
    )
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out"), "--quiet"]) == cli.BAD_INPUT
    said = capsys.readouterr().err
    assert "清册.csv 第 4 行“登记面积”列：第 4 行的建筑面积“88.125”超过两位小数" in said
    assert "清册.csv 第 5 行“房号”列：房号“1-101”与第 2 行重复" in said


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_workbook_is_refused_by_name_with_a_remedy(what: str, tmp_path: Path) -> None:
    made, said = HOSTILE[what]
    path = tmp_path / "roster.xlsx"
    path.write_bytes(made())
    with pytest.raises(InvalidAnswers) as refused:
        spreadsheets.read(path)
    [problem] = refused.value.problems
    assert problem.field == "roster.xlsx"
    assert said in problem.message
    assert "；请" in problem.message


@pytest.mark.parametrize("what", ["unpacks to 200 MB", "has a cell at the far end"])
def test_a_case_with_a_hostile_workbook_changes_nothing(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "roster.xlsx").write_bytes(HOSTILE[what][0]())
    case = tmp_path / "bad.yaml"
    case.write_text(
        f"case: bad\nlike: {CASES / 'reference.yaml'}\nuntil: roster\n"
        "steps:\n  - on: 2026-01-20\n    roster: roster.xlsx\nexpect: {}\n"
    )
    out = tmp_path / "out"
    out.mkdir()
    (out / "kept").write_text("an earlier result")
    assert cli.main(["carry", str(case), "--out", str(out), "--again", "--quiet"]) == cli.BAD_INPUT
    assert "bad.yaml 第 6 行" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["kept"]
