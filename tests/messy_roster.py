"""A messy workbook as a community sends it: a title, merged cells, full-width digits, units, several owners, slips."""

import io

from openpyxl import Workbook

#: What is wrong on purpose, by the number of its row in the sheet, and what mends it: field and text.
SLIPS = {
    20: ("area", "九十", "90.00"),
    41: ("area", "89.975", "89.98"),
    62: ("usage", "锅炉房", "其他"),
    83: ("owner_ids", "32040419500101001", ""),
    104: ("area", "", "88.00"),
    125: ("status", "空置", "已交付"),
}
HEADINGS = ("序号", "楼 号", "室号", "建筑面积（㎡）", "用途", "业主姓名", "身份证号码", "联系电话", "交付状态", "备注")
_COLUMN = {"area": 3, "usage": 4, "owner_ids": 6, "status": 8}


def workbook(units: int = 500) -> bytes:
    """``units`` rows below a title and the headings in row 3, a total at the end; see :data:`SLIPS`."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet.append(["桂语苑业主名册"])
    sheet.merge_cells("A1:J1")
    sheet.append(["填表日期：2026 年 1 月"])
    sheet.append(list(HEADINGS))
    for number in range(1, units + 1):
        sheet.append(_row(number))
    sheet.append(_row(7))
    sheet.append(["合计", "", "", f"{units} 户"])
    for first in range(4, units + 4, 50):
        last = min(first + 49, units + 3)
        for row in range(first + 1, last + 1):
            sheet.cell(row, 2).value = None
        sheet.merge_cells(start_row=first, end_row=last, start_column=2, end_column=2)
    # the same unit once more stands below the last building, and merged cells do not reach there
    sheet.cell(units + 4, 2).value = "1幢"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _row(number: int) -> list[object]:
    building, room = (number - 1) // 50 + 1, (number - 1) % 50 + 1
    area: object = 80 + number % 40 + 0.25
    row: list[object] = [number, f"{building}幢", f"{room}室", area, "住宅", f"业主{_name(number)}", _identity(number)]
    row += [f"1380000{number:04d}", "已交付", ""]
    if number % 10 == 3:
        row[3] = f"{area}".translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))
    if number % 10 == 4:
        row[3] = f"{area}平方米"
    if number % 25 == 6:
        row[5], row[6] = (
            f"业主{_name(number)}、共有{_name(number)}",
            f"{_identity(number)}；{_identity(5_000 + number)}",
        )
    if number in (31, 32):
        row[5], row[6] = "王建国", ""
    if number == 45:
        row[5], row[6] = f"业主{_name(44)}", _identity(44)
    if number in (490, 491):
        row[5], row[6], row[8] = "桂语置业有限公司", "", "未售"
    if number + 3 in SLIPS:
        name, text, _ = SLIPS[number + 3]
        row[_COLUMN[name]] = text or None
    return row


def _name(number: int) -> str:
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{number:03d}")


def _identity(number: int) -> str:
    first = f"32040419600101{number % 1000:03d}" if number < 1_000 else f"32040419700101{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(first, weights, strict=True)) % 11]
