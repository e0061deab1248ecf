"""Read rows from the spreadsheets people send: xlsx, xls and csv.

The first row names the columns.  Every cell comes back as text, as it would be read on the screen.
"""

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from engine.errors import InvalidAnswers, Problem

FILE_LIMIT = 50 * 1024 * 1024
#: What a workbook may unpack to.  A zip bomb says so in its directory, which is read first.
UNPACKED_LIMIT = 200 * 1024 * 1024
PARTS_LIMIT = 2_000
#: A sheet of 5,000 rows and 1,000 columns; whoever sends one means fewer.
CELLS_LIMIT = 5_000_000
#: A spreadsheet keeps 15 digits of a number; an identity number has 18.
_DIGITS_KEPT = 10**15
_CUT_SHORT = re.compile(r"\d(\.\d+)?E\+1[5-9]", re.IGNORECASE)
_ZIP = b"PK\x03\x04"
_CHUNK = 1024 * 1024
#: So many rows are shown to whoever knows which one names the columns.
_HEADS = 50
#: Where a row and a cell say they stand, with blanks where the reader takes them; only they say it like this, so that
#: their tags need not be read.  Each begins with a letter, which is looked for faster than any choice.
_PLACE = rb"r\s*=\s*[\"'](?:%s)[\"']"
_ROW = re.compile(_PLACE % rb"[A-Za-z]*(\d+)")
_COLUMN = re.compile(_PLACE % rb"([A-Za-z]+)\d+")
#: So much of a sheet's beginning and end is looked at first for how far it reaches.
_ENDS = 64 * 1024
#: A cell with a formula and no value; one whose text is empty says that it is a text.
_UNSOLVED = re.compile(
    rb"<c\b(?![^>]*\bt=[\"']str[\"'])([^>]*)>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
#: What stands in such a cell once it is read: only where the cell is used does anybody have to know what it comes to.
UNSOLVED = "〔公式未算〕"
_AT = re.compile(rb"\br\s*=\s*[\"'][A-Z]{1,4}\d{1,9}[\"']")


class Row(dict[str, str]):
    """A row by column name, and where it stands: its file and its number in the sheet."""

    def __init__(self, cells: Mapping[str, str], sheet: str, number: int) -> None:
        super().__init__(cells)
        self.sheet, self.number = sheet, number


@dataclass(frozen=True)
class Grid:
    """A sheet cell by cell, as it lies: the names of all sheets, and of this one its extent and merged cells.

    ``merged`` has the first and the last cell of each, as (row, column) from 0; ``left`` is how many empty columns
    stand before the first that is given out; ``unsolved`` says whether some cell reads :data:`UNSOLVED`.
    """

    sheets: tuple[str, ...]
    height: int
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    _rows: Any
    left: int = 0
    unsolved: bool = False

    def rows(self) -> Iterator[Sequence[Any]]:
        """The rows from the first on; a workbook's are made one by one."""
        yield from self._rows if isinstance(self._rows, list) else self._rows.iter_rows()


def grid(name: str, content: bytes, sheet: int = 0) -> Grid:
    """The sheet at a place of a file, whatever its first row says.  Raises InvalidAnswers."""
    path = Path(name)
    if len(content) > FILE_LIMIT:
        raise _too_large(path)
    if path.suffix.lower() == ".csv":
        rows = _csv_rows(path, content)
        return Grid((path.stem,), len(rows), (), rows)
    try:
        checked, unsolved = _checked(path, content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(checked))
        found = book.get_sheet_by_index(sheet)
        merged = found.merged_cell_ranges or []
    except (CalamineError, ValueError, IndexError) as error:
        raise _refused(path, "不是可以打开的电子表格；请另存为 xlsx 或 csv 后再导入") from error
    _check_extent(path, found.total_height, found.total_width)
    # empty columns before the first cell are not given out; empty rows are
    left = (found.start or (0, 0))[1]
    ranges = tuple(((top, first - left), (bottom, last - left)) for (top, first), (bottom, last) in merged)
    return Grid(tuple(book.sheet_names), (found.end or (-1, 0))[0] + 1, ranges, found, left, unsolved)


def cell_name(row: int, column: int) -> str:
    """A cell as a spreadsheet names it, by the number of its row and its column from 0."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def _checked(path: Path, content: bytes) -> tuple[bytes, bool]:
    return _repacked(path, content) if content.startswith(_ZIP) else (content, False)


def read(path: Path) -> list[Row]:
    """The rows of the first sheet, each a mapping from column name to text.

    Raises InvalidAnswers naming the file when it is missing, too large, packed dangerously or unreadable.
    """
    if not path.is_file():
        raise _refused(path, "找不到这个文件；请把表格放在案卷旁边，并核对文件名")
    if path.stat().st_size > FILE_LIMIT:
        raise _too_large(path)
    return read_content(path.name, path.read_bytes())


def read_content(
    name: str, content: bytes, header: Callable[[Sequence[Sequence[str]]], int] | None = None
) -> list[Row]:
    """The rows of a file ``name`` that was sent; its ending says whether it is csv.

    ``header`` says which row names the columns where that need not be the first.  Raises InvalidAnswers.
    """
    path = Path(name)
    if len(content) > FILE_LIMIT:
        raise _too_large(path)
    rows = _csv_rows(path, content) if path.suffix.lower() == ".csv" else _workbook_rows(path, content)
    top = header([[_text(cell).strip() for cell in row] for row in rows[:_HEADS]]) if header else 0
    return _named(path, rows, top)


def _workbook_rows(path: Path, content: bytes) -> list[list[Any]]:
    content, _ = _checked(path, content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except (CalamineError, ValueError, IndexError) as error:
        raise _refused(path, "不是可以打开的电子表格；请另存为 xlsx 或 csv 后再导入") from error
    _check_extent(path, sheet.total_height, sheet.total_width)
    return sheet.to_python(skip_empty_area=False)


def _repacked(path: Path, content: bytes) -> tuple[bytes, bool]:
    """The same workbook, read to the sizes that it declares: a reader that trusts less would unpack without end.

    Cells with a formula whose value nobody has written down say so; also returns whether there are any.
    """
    plain, many = io.BytesIO(), 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(plain, "w") as made:
            parts = archive.infolist()
            if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
                size = UNPACKED_LIMIT // 1024 // 1024
                raise _refused(path, f"解压后超过 {size} MB，像是压缩炸弹，没有打开；请重新导出后再导入")
            for part in parts:
                text = _text_of(archive, part)
                _check_extent(path, *_extent(text))
                text, unsolved = _named_unsolved(text)
                many += unsolved
                made.writestr(part.filename, text)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise _refused(path, "文件已损坏或加了密码；请重新导出后再导入") from error
    return plain.getvalue(), many > 0


def _text_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    chunks = []
    with archive.open(part) as packed:
        while chunk := packed.read(_CHUNK):
            chunks.append(chunk)
    return b"".join(chunks)


def _extent(text: bytes) -> tuple[int, int]:
    """How many rows and columns a sheet reaches to: one far cell makes the reader lay out all that lie before it.

    Mostly its ends say it, and one look through all of it, which keeps nothing, that no cell lies beyond.
    """
    rows, columns = _reach(text[:_ENDS] + text[-_ENDS:])
    # the reader takes small letters too, and numbers of any length, which it cuts
    small = rb"[A-Z]*[a-z][A-Za-z]*\d+"
    further = rb"%s\d+|[A-Z]*%s|%s" % (_after(columns, b"A-Z"), _after(rows, b"0-9"), small)
    if re.search(_PLACE % further, text):
        rows, columns = _reach(text)
    return int(rows or 0), _column(columns)


def _reach(text: bytes) -> tuple[bytes, bytes]:
    """The last row and the last column that are named, as they are written; empty where none is."""
    rows, columns = set(_ROW.findall(text)), set(_COLUMN.findall(text))
    return max(rows, key=int, default=b""), max(columns, key=_column, default=b"")


def _after(last: bytes, signs: bytes) -> bytes:
    """A pattern of what comes after ``last``, where the longer comes after the shorter, and no pattern else."""
    ways = [
        last[:at] + rb"[%c-%c]" % (sign + 1, signs[-1]) + rb"[%s]{%d}" % (signs, len(last) - at - 1)
        for at, sign in enumerate(last)
        if sign < signs[-1]
    ]
    return rb"(?:%s)" % b"|".join([rb"[%s]{%d,}" % (signs, len(last) + 1), *ways])


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_extent(path: Path, rows: int, columns: int) -> None:
    if rows * columns > CELLS_LIMIT:
        raise _refused(path, f"表格占了 {rows} 行 {columns} 列，太大；请删去数据以外的空行空列后再导入")


def _named_unsolved(text: bytes) -> tuple[bytes, int]:
    """A sheet in which every formula without a value says so, and how many there are: they would read as nothing."""
    return _UNSOLVED.subn(_unsolved_cell, text) if b"<f" in text else (text, 0)


def _unsolved_cell(found: re.Match[bytes]) -> bytes:
    at = _AT.search(found[1])
    return b"<c " + (at[0] if at else b"") + f' t="str"><v>{UNSOLVED}</v></c>'.encode()


def _csv_rows(path: Path, content: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise _refused(path, "读不出文字；请用 UTF-8 或 GB18030 编码另存为 csv 后再导入")


def _named(path: Path, rows: list[list[Any]], top: int = 0) -> list[Row]:
    if not rows:
        raise _refused(path, "表格是空的；第一行应为列名")
    names = [_text(cell).strip() for cell in rows[top]]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise _refused(path, f"列名“{twice[0]}”出现了两次；请只保留一列")
    kept = [(position, name) for position, name in enumerate(names) if name]
    made = []
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        _check_named(path, names, row, number)
        if any(_text(cell).strip() for cell in row):
            cells = {name: row[position] if position < len(row) else "" for position, name in kept}
            for name in filter(lambda name: _is_cut_short(cells[name]), cells):
                message = (
                    f"第 {number} 行“{name}”列存成了数值，后几位已经丢失；请把这一列设为文本格式，重新填写后再导入"
                )
                raise _refused(path, message)
            for name in filter(lambda name: cells[name] == UNSOLVED, cells):
                message = f"第 {number} 行“{name}”列是公式，没有存下算出的值；请用 Excel 或 WPS 打开，保存一次后再导入"
                raise _refused(path, message)
            for name in filter(lambda name: _is_unprintable(_text(cells[name])), cells):
                raise _refused(path, f"第 {number} 行“{name}”列含有不可见的控制字符；请重新输入这一格后再导入")
            made.append(Row({name: _text(cell) for name, cell in cells.items()}, path.name, number))
    return made


def _check_named(path: Path, names: list[str], row: list[Any], number: int) -> None:
    """Refuse a row with a cell below no name: what stands there would be lost."""
    for position, cell in enumerate(row, start=1):
        if cell == UNSOLVED:
            continue
        if not (names[position - 1] if position <= len(names) else "") and _text(cell).strip():
            message = f"第 {number} 行第 {position} 列有内容，这一列却没有列名；请补上列名，或删去其中的内容"
            raise _refused(path, message)


def _is_unprintable(text: str) -> bool:
    """Whether it holds a sign that no paper can print and not every database holds."""
    return any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text)


def _is_cut_short(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(_CUT_SHORT.fullmatch(cell.strip()))
    return isinstance(cell, float) and abs(cell) >= _DIGITS_KEPT


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        # a spreadsheet keeps 101 as 101.0; on the screen it reads 101
        return str(int(cell))
    if isinstance(cell, float):
        # what a formula adds up to is shown with the digits that are kept: 0.3, not 0.30000000000000004
        return f"{cell:.15g}"
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, time) and not (cell.second or cell.microsecond):
        return cell.isoformat("minutes")
    return "" if cell is None else str(cell)


def _too_large(path: Path) -> InvalidAnswers:
    return _refused(path, f"文件超过 {FILE_LIMIT // 1024 // 1024} MB；请删去无关的工作表或图片后再导入")


def _refused(path: Path, message: str) -> InvalidAnswers:
    return InvalidAnswers([Problem(path.name, message)], "表格没有导入。")
