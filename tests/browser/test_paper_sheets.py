"""A sheet of paper in a browser: printed as PDF, filled in by hand, brought back as a photo and typed in beside it."""

import io
import shutil

import pytest
from PIL import Image
from playwright.sync_api import Browser

from engine import pdf, reading_scans
from tests.browser.test_desk import DESK, PHONE, narrow, signed_in
from tests.canvassing import CADRE, GRID, ROOT, VOLUNTEER, Canvassing
from tests.district import District

SHEETS = "/estates/1/sheets"
UNITS = ["1-0101", "1-0102", "1-0103", "1-0104"]


@pytest.mark.skipif(not pdf.available() or not shutil.which("pdftoppm"), reason="needs LibreOffice and poppler")
def test_a_printed_sheet_comes_back_as_a_photo_and_is_typed_in_beside_it(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Canvassing.begin(district)
    district.browser(GRID).post(f"{ROOT}/team", {"units": " ".join(UNITS), "person": VOLUNTEER})
    cadre = signed_in(chromium, pages, CADRE, DESK)
    cadre.goto(f"{pages}{SHEETS}")
    cadre.select_option("#which", f"person:{VOLUNTEER}")
    cadre.click("button:has-text('印表')")
    cadre.wait_for_url("**/papers/XQ0001-L-98-2026-001/view")
    printed = _photographed(_pdf(district.browser(CADRE).get("/papers/XQ0001-L-98-2026-001").data))
    phone = signed_in(chromium, pages, CADRE, PHONE)
    phone.goto(f"{pages}{SHEETS}")
    narrow(phone)
    phone.set_input_files("#sheet-files", files=[{"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": printed}])
    phone.click("button:has-text('上传')")
    phone.wait_for_selector("h1:has-text('录入纸质表')")
    narrow(phone)
    phone.wait_for_function("() => document.querySelector('.paper-photo img').naturalWidth > 500")
    phone.fill("#on", "2026-02-05")
    phone.select_option("#result-0", "SUPPORT")
    phone.select_option("#result-1", "NOBODY")
    phone.click("button:has-text('录入')")
    phone.wait_for_selector("[role=status]:has-text('已录入 2 户')")
    narrow(phone)
    assert [(row.unit_no, row.on) for row in going.rows()] == [("1-0101", "2026-02-05"), ("1-0102", "2026-02-05")]
    cadre.goto(f"{pages}{SHEETS}/1")
    narrow(cadre)


def _photographed(paper: bytes) -> bytes:
    """The first page as a phone sees it: a little turned, on a table."""
    page = Image.open(io.BytesIO(reading_scans.drawn(paper, 1))).convert("RGB")
    table = Image.new("RGB", (page.width + 200, page.height + 200), (120, 100, 80))
    table.paste(page.rotate(2, expand=True, fillcolor=(120, 100, 80)), (60, 60))
    made = io.BytesIO()
    table.save(made, "JPEG", quality=80)
    return made.getvalue()


def _pdf(word: bytes) -> bytes:
    made = pdf.convert(word)
    assert isinstance(made, bytes), made
    return made
