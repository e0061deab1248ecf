"""Heaps of scanned ballots: sheets with the codes that were printed, grainy and turned as a scanner gives them."""

import io
import random
from collections.abc import Iterable

import sqlalchemy as sa
from PIL import Image, ImageDraw

from engine.documents import code
from engine.store import documents, tables
from engine.store.unit_of_work import UnitOfWork
from tests.scans import scanned

#: A4 at 150 pixels to an inch.
_PAGE, _CODE = (1240, 1754), 150


def printed_code(work: UnitOfWork, serial: int, estate_id: int = 1) -> str:
    """What the code of a ballot holds that was printed for an estate."""
    of = (tables.document.c.kind == "ballot") & (tables.document.c.estate_id == estate_id)
    token = work.connection.execute(sa.select(tables.document.c.token).where(of)).scalars().first()
    digits = documents.receipt(work.public.key, estate_id, serial)
    return f"{code.address('https://daoru.example.cn', str(token))}#{serial}.{digits}"


def sheet(held: Iterable[str], seed: random.Random, *, turned: int = 0, lines: int = 30) -> bytes:
    """A scanned sheet with these codes at its top and so many lines of writing, as JPEG."""
    page = Image.new("L", _PAGE, 255)
    pen = ImageDraw.Draw(page)
    for at, text in enumerate(held):
        with Image.open(io.BytesIO(code.picture(text))) as drawn:
            page.paste(drawn.convert("L").resize((_CODE, _CODE)), (980 - at * 300, 120))
    for line in range(lines):
        for word in range(12):
            left = 120 + word * 80 + seed.randrange(20)
            pen.rectangle((left, 400 + line * 40, left + seed.randrange(20, 50), 416 + line * 40), fill=30)
    written = io.BytesIO()
    page.save(written, "PNG")
    return scanned(written.getvalue(), seed, turned=turned)


def heap(sheets: Iterable[bytes]) -> bytes:
    """Sheets as one PDF, as a scanner with a feeder makes it."""
    first, *others = (Image.open(io.BytesIO(one)).convert("L") for one in sheets)
    written = io.BytesIO()
    first.save(written, "PDF", save_all=True, append_images=others, resolution=150)
    return written.getvalue()
