"""Write a list as a workbook that no spreadsheet takes for anything but what it shows: every text is text."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | None
#: How a text begins that a spreadsheet, or the csv made of it, could run as a formula (OWASP CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
#: Signs that XML, and so a workbook, cannot hold.
_UNHELD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_LONGEST = 32_000


@dataclass(frozen=True)
class Mark:
    """What tells a workbook from every other: its number and whose it is, and what each printed page says of that."""

    number: str
    by: str
    says: str


def written(
    title: str,
    notes: Iterable[str],
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    mark: Mark | None = None,
) -> bytes:
    """A workbook of one sheet: a line for each of ``notes``, the headings, then the rows, numbers as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    if mark is not None:
        book.properties.identifier, book.properties.creator = mark.number, mark.by
        # a single ampersand begins a code of the header's own
        sheet.oddHeader.center.text = sheet.oddFooter.center.text = mark.says.replace("&", "&&")
    lines = [[note] for note in notes]
    sheet.freeze_panes = f"A{len(lines) + 2}"
    for column, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = max(12, 2 * len(heading) + 4)
    for line in lines:
        sheet.append([_cell(sheet, text) for text in line])
    sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def plain(notes: Iterable[str], headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The same as csv for any program: a text that begins like a formula has the mark that keeps it a text."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows([_plain(value) for value in row] for row in (*([one] for one in notes), headings, *rows))
    return "\ufeff".encode() + made.getvalue().encode()


def _plain(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    text = _UNHELD.sub("", value)[:_LONGEST]
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(sheet: object, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    text = _UNHELD.sub("", value)[:_LONGEST]
    cell = WriteOnlyCell(sheet, value=text)
    # a text that begins like a formula was taken for one
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        # the mark that keeps it a text when somebody edits the cell or saves the sheet as csv
        cell.quotePrefix = 1
    if bold:
        cell.font = Font(bold=True)
    return cell
