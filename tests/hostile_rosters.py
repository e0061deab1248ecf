"""Rosters that a community may send without meaning harm, and one that means it."""

import io
import zipfile

_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
    "</Relationships>"
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_HEADINGS = ("楼号", "室号", "建筑面积", "业主姓名", "身份证号")


def with_formulas(rows: int, *, worked_out: bool = True) -> bytes:
    """A workbook whose areas are formulas; without ``worked_out`` no program has written down what they come to."""
    lines = [_row(1, [_text(f"{chr(65 + at)}1", word) for at, word in enumerate(_HEADINGS)])]
    for number in range(2, rows + 2):
        value = "<v>89.97</v>" if worked_out else ""
        cells = [
            f'<c r="A{number}"><v>{number // 100 + 1}</v></c>',
            f'<c r="B{number}"><v>{number % 100 + 101}</v></c>',
            f'<c r="C{number}"><f>80.97+9</f>{value}</c>',
            _text(f"D{number}", f"王{number}"),
            _text(f"E{number}", ""),
        ]
        lines.append(_row(number, cells))
    return _packed(
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + "".join(lines)
        + "</sheetData></worksheet>"
    )


def bomb(unpacked: int) -> bytes:
    """A workbook whose sheet is blanks without end."""
    return _packed("<worksheet>" + " " * unpacked)


def _text(at: str, word: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{word}</t></is></c>'


def _row(number: int, cells: list[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _packed(sheet: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr(
            "xl/_rels/workbook.xml.rels", _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml")
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return made.getvalue()
