"""Ballots as the printer gave them out, filled in with a pen, and scanned or photographed as people do."""

import io
import random
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from engine import pdf
from engine.documents.copies import Copies

#: Where the three boxes of an item stand, from 同意 to 弃权, in pixels.
Row = tuple[tuple[float, float], ...]
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">□</word>')
_PAGE = re.compile(r"<page .*?</page>", re.DOTALL)
_WHITE, _QUALITY = 255, 40
#: How far down the sheet is cut.
_CUT = 0.745
_CODES = ((0.80, 0.07), (0.80, 0.10), (0.84, 0.08))


@dataclass(frozen=True)
class Printed:
    """The page of a ballot in grey, and where its boxes stand."""

    serial: int
    page: Image.Image
    rows: Sequence[Row]
    dpi: int


def printed(word: bytes, first: int, last: int, dpi: int) -> Iterator[Printed]:
    """The ballots ``first`` to ``last`` of what was rendered, as LibreOffice prints them, each on one page."""
    made = pdf.convert(Copies(word).cut(first, last))
    assert isinstance(made, bytes), made
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.pdf", Path(folder) / "page"
        source.write_bytes(made)
        command = ["pdftoppm", "-gray", "-png", "-r", str(dpi), str(source), str(out)]
        subprocess.run(command, check=True)
        told = subprocess.run(
            ["pdftotext", "-bbox", str(source), "-"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        drawn, places = sorted(Path(folder).glob("page*.png")), _PAGE.findall(told)
        assert len(drawn) == len(places) == last - first + 1
        for serial, (file, place) in enumerate(zip(drawn, places, strict=True), first):
            with Image.open(file) as opened:
                yield Printed(serial, opened.convert("L"), _rows(place, dpi), dpi)


def _rows(place: str, dpi: int) -> list[Row]:
    found: dict[float, list[tuple[float, float]]] = {}
    for box in _WORD.finditer(place):
        left, top, right, below = (float(one) * dpi / 72 for one in box.groups())
        found.setdefault(round(top), []).append(((left + right) / 2, (top + below) / 2))
    rows = [tuple(sorted(boxes)) for _, boxes in sorted(found.items()) if len(boxes) == 3]
    # the boxes that say who signs stand in other columns
    columns = Counter(tuple(round(across) for across, _ in row) for row in rows).most_common(1)[0][0]
    return [row for row in rows if tuple(round(across) for across, _ in row) == columns]


# filled in


def filled(ballot: Printed, seed: random.Random) -> Image.Image:
    """The page with a mark for each item, of all hands: ticks, crosses, circles, and strokes that leave the box."""
    page, size = ballot.page.copy(), ballot.dpi / 16
    pen = ImageDraw.Draw(page)
    ink, width = seed.randint(15, 95), max(2, ballot.dpi // 70)
    draw = seed.choice((_tick, _cross, _circle, _overflow))
    for row in ballot.rows:
        across, down = seed.choice(row)
        at = across + seed.uniform(-0.2, 0.2) * size, down + seed.uniform(-0.2, 0.2) * size
        draw(pen, at, size * seed.uniform(0.8, 1.5), ink, width)
    _signed(pen, page.size, seed, ink, width)
    # most cut off the stub and their own strip, which has the second code
    return page.crop((0, 0, page.width, round(page.height * _CUT))) if seed.random() < 0.75 else page


_At = tuple[float, float]


def _tick(pen: ImageDraw.ImageDraw, at: _At, size: float, ink: int, width: int) -> None:
    x, y = at
    pen.line([(x - size * 0.6, y), (x - size * 0.1, y + size * 0.5), (x + size, y - size)], ink, width, "curve")


def _cross(pen: ImageDraw.ImageDraw, at: _At, size: float, ink: int, width: int) -> None:
    x, y = at
    pen.line([(x - size / 2, y - size / 2), (x + size / 2, y + size / 2)], ink, width)
    pen.line([(x + size / 2, y - size / 2), (x - size / 2, y + size / 2)], ink, width)


def _circle(pen: ImageDraw.ImageDraw, at: _At, size: float, ink: int, width: int) -> None:
    x, y = at
    pen.ellipse((x - size, y - size * 0.8, x + size * 0.9, y + size * 0.8), outline=ink, width=width)


def _overflow(pen: ImageDraw.ImageDraw, at: _At, size: float, ink: int, width: int) -> None:
    x, y = at
    line = [(x - size * 2.5, y + size), (x - size, y + size * 1.2), (x + size * 3, y - size * 2)]
    pen.line(line, ink, width * 2, "curve")


def _signed(pen: ImageDraw.ImageDraw, size: tuple[int, int], seed: random.Random, ink: int, width: int) -> None:
    """A scrawl below the items."""
    left, top = size[0] * 0.3, size[1] * seed.uniform(0.69, 0.73)
    steps = [(left + at * size[0] * 0.012, top + seed.uniform(-1, 1) * size[1] * 0.012) for at in range(14)]
    pen.line(steps, ink, width, "curve")


# scanned


def _scanner(page: Image.Image, seed: random.Random, *, turned: int = 0, paper: int = 245, quality: int = 70) -> bytes:
    """As a feeder takes it: up to three degrees askew, blurred, grainy, on paper of that tone."""
    tilt = seed.uniform(-3, 3)
    picture = page.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=_WHITE)
    picture = picture.filter(ImageFilter.GaussianBlur(seed.uniform(0.3, 1.0)))
    picture = picture.point(lambda tone: 30 + tone * (paper - 30) // 255)
    picture = ImageChops.add(picture, _grain(picture.size, seed, seed.uniform(4, 14)), 1, -128)
    return jpeg(picture.rotate(turned, expand=True, fillcolor=_WHITE), quality)


def _phone(page: Image.Image, seed: random.Random) -> bytes:
    """As a phone takes it from a table: in perspective, with the shadow of whoever holds it, out of focus a little."""
    width, height = page.width * 6 // 5, page.height * 6 // 5
    table = Image.new("L", (width, height), seed.randint(70, 140))
    table.paste(page.point(lambda tone: tone * 225 // 255), (page.width // 10, page.height // 10))
    corners = [
        (x * width + seed.uniform(-0.05, 0.05) * width, y * height + seed.uniform(-0.05, 0.05) * height)
        for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    seen = table.transform(
        table.size, Image.Transform.PERSPECTIVE, _seen(corners, table.size), Image.Resampling.BICUBIC, fillcolor=90
    )
    shadow = Image.linear_gradient("L").rotate(seed.choice((0, 90, 180, 270))).resize(seen.size)
    deep = seed.uniform(0.3, 0.6)
    seen = ImageChops.multiply(seen, shadow.point(lambda tone: round(255 * (1 - deep) + tone * deep)))
    # out of focus by up to two pixels of twelve million
    seen = seen.filter(ImageFilter.GaussianBlur(seed.uniform(0.5, 2.0) * page.width / 2480))
    seen = ImageChops.add(seen, _grain(seen.size, seed, seed.uniform(4, 12)), 1, -128)
    return jpeg(seen.rotate(seed.choice((0, 0, 90, 180, 270)), expand=True), _QUALITY)


def _grain(size: tuple[int, int], seed: random.Random, deep: float) -> Image.Image:
    """Grain around the middle tone, as deep as its standard deviation; the same for the same seed."""
    even = Image.frombytes("L", size, seed.randbytes(size[0] * size[1]))
    return even.point(lambda tone: round(128 + (tone - 128) * deep / 74))


def _seen(corners: Sequence[_At], size: tuple[int, int]) -> tuple[float, ...]:
    """The coefficients by which a picture of that size shows what lies between these corners (Heckbert)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    across, down = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    whole = dx1 * dy2 - dx2 * dy1
    g, h = (across * dy2 - dx2 * down) / whole, (dx1 * down - across * dy1) / whole
    width, height = size
    return (
        (x1 - x0 + g * x1) / width, (x3 - x0 + h * x3) / height, x0,
        (y1 - y0 + g * y1) / width, (y3 - y0 + h * y3) / height, y0, g / width, h / height,
    )  # fmt: skip


def _stained(page: Image.Image, seed: random.Random) -> bytes:
    """With a stroke of the pen across the code, or a ring of tea on it, and the sheet folded through it."""
    spoiled = page.copy()
    pen, (across, down) = ImageDraw.Draw(spoiled), seed.choice(_CODES)
    x, y, size = across * page.width, down * page.width * 2**0.5, page.width // 10
    if seed.random() < 0.5:
        pen.line([(x - size, y + size), (x + 2 * size, y - size // 2)], 40, page.width // 150)
    else:
        pen.ellipse((x - size, y - size, x + size, y + size), outline=150, width=page.width // 90)
    fold = round(y + seed.uniform(-0.5, 1) * size)
    pen.line([(0, fold), (page.width, fold + seed.randint(-8, 8))], 190, 3)
    return _scanner(spoiled, seed)


def back(page: Image.Image, seed: random.Random) -> bytes:
    """The empty back of a sheet, through which its front shows."""
    pale = ImageOps.mirror(page).filter(ImageFilter.GaussianBlur(3)).point(lambda tone: 255 - (255 - tone) // 14)
    return _scanner(pale, seed)


def together(left: Image.Image, right: Image.Image, seed: random.Random) -> bytes:
    """Two ballots side by side on one large sheet."""
    sheet = Image.new("L", (left.width + right.width, max(left.height, right.height)), _WHITE)
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width, 0))
    return _scanner(sheet, seed)


def photocopy(page: Image.Image, seed: random.Random) -> bytes:
    """A copy of a ballot in hard black and white, scanned."""
    return _scanner(page.point(lambda tone: 255 if tone > 150 else 0), seed)


#: How a filled ballot reaches the desk.
WAYS: Mapping[str, Callable[[Image.Image, random.Random], bytes]] = {
    "scanner": _scanner,
    "scanner, grey paper, JPEG 40": lambda page, seed: _scanner(page, seed, paper=205, quality=_QUALITY),
    "scanner, upside down": lambda page, seed: _scanner(page, seed, turned=180),
    "photo": _phone,
    "code stained or struck through": _stained,
}


def jpeg(picture: Image.Image, quality: int = _QUALITY) -> bytes:
    """A picture as JPEG."""
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return written.getvalue()
