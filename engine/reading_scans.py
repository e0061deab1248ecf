"""Read scanned pages: drawn from PDFs by poppler, read by tesseract, each in a child process with limits.

Without tesseract nothing is read, and a person looks at the pages alone.
"""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import zxingcpp
from PIL import Image, ImageOps, ImageStat

from engine import pictures
from engine.documents import code, proofreading
from engine.documents.proofreading import Doubt, Match, Read, squeezed

_MEGABYTES, _SECONDS = 2048, 120
#: Pixels on the longer side of a page as it is read: about 200 to an inch of A4.
LONGER_SIDE = 2340
#: How much a doubtful number is enlarged before it is read again, and by which of tesseract's models.
_AGAIN = ((3, "eng"), (2, "eng"), (3, "chi_sim"))
_TURNED = re.compile(rb"^Rotate:\s*(\d+)", re.MULTILINE)
_SURE = re.compile(rb"^Orientation confidence:\s*([\d.]+)", re.MULTILINE)
_CONFIDENT = 3.0
#: How tesseract takes a page: as blocks that it finds, or as words anywhere, as in a table.
_BLOCKS, _SPARSE, _ONE_LINE = "3", "11", "7"
_LOCAL, _GLOBAL = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
#: The longer side of a page on which grain is evened out, and the tone of what is left that is no paper.
_SMALL, _PALE = 400, 200
#: Darker than this is ink; a row of pixels with so much of it, on average, belongs to a line, which is so high.
_INK, _INKED, _HIGH = 150, 10, range(10, 80)


@dataclass(frozen=True)
class Page:
    """A scanned page upright and level, in grey, with the words on it and what its codes hold.

    ``picture`` is what is read, without codes; ``shown`` has them.
    """

    shown: Image.Image
    picture: Image.Image
    words: tuple[Read, ...]
    codes: tuple[str, ...]

    @cached_property
    def sparse(self) -> tuple[Read, ...]:
        """The words once more, each looked for by itself."""
        return _words(self.picture, _SPARSE)

    @cached_property
    def overlooked(self) -> tuple[Read, ...]:
        """The words of whole lines that tesseract passed over: where it is dark though no word stands there."""
        rest = self.picture.copy()
        for word in self.words:
            left, top, width, height = word.box
            rest.paste(255, (left - 2, top - 2, left + width + 2, top + height + 2))
        ink = rest.point(lambda tone: 255 if tone < _INK else 0)
        rows = ink.resize((1, ink.height), Image.Resampling.BOX).tobytes()
        return tuple(word for top, below in _bands(rows) for word in _line(rest, top, below))

    @property
    def blank(self) -> bool:
        """Whether hardly anything stands on it."""
        return all(len(squeezed(said)) < proofreading.FEWEST for said in (_text(self.words), _text(self.sparse)))

    def match(self, pages: Sequence[str]) -> Match:
        """Which of these pages it is."""
        found = proofreading.match(pages, _text(self.words))
        return found if found.page else proofreading.match(pages, _text(self.sparse))

    def strange(self, due: str) -> bool:
        """Whether most of what was read on it stands nowhere on the page ``due``."""
        return proofreading.strange(due, _text(self.words))

    def doubts(self, due: str) -> list[Doubt]:
        """Where the page does not say what it should; what is missing is read once more, and changed numbers again."""
        found = proofreading.doubts(due, [self.words])
        if found:
            found = proofreading.doubts(due, [self.words, self.sparse])
        if found:
            found = proofreading.doubts(due, [(*self.words, *self.overlooked), self.sparse])
        return [one for one in found if one.box is None or not _there(self.picture, one)]


def _text(words: Iterable[Read]) -> str:
    return "".join(word.text for word in words)


def available() -> bool:
    """Whether tesseract can read Chinese here."""
    return bool(shutil.which("tesseract")) and b"chi_sim" in _run("tesseract", ["--list-langs"], b"")


def drawn(pdf: bytes, page: int) -> bytes:
    """A page of a PDF, the first is 1, as PNG in grey; empty when it cannot be drawn."""
    return _drawn(pdf, page, ["-png"])


def sketched(pdf: bytes, page: int) -> bytes:
    """The same as JPEG: for codes and eyes, not for words, in a fortieth of the time where a scan is grainy."""
    return _drawn(pdf, page, ["-jpeg", "-jpegopt", "quality=85"])


def _drawn(pdf: bytes, page: int, options: Sequence[str]) -> bytes:
    size = ["-scale-to", str(LONGER_SIDE)]
    return _run("pdftoppm", [*options, "-gray", *size, "-f", str(page), "-l", str(page), "in"], pdf)


def texts(pdf: bytes) -> list[str]:
    """What each page of a PDF says."""
    return _run("pdftotext", ["-layout", "-enc", "UTF-8", "in", "-"], pdf).decode("utf-8", "replace").split("\f")[:-1]


@dataclass(frozen=True)
class Sight:
    """A page at a glance: upright in grey, what its codes hold, and whether hardly anything stands on it."""

    shown: Image.Image
    codes: tuple[str, ...]
    blank: bool


def glance(picture: bytes) -> Sight:
    """The codes on the picture of a page, sought hard; no word of it is read.  Raises pictures.Unfit."""
    grey = pictures.grey(picture, LONGER_SIDE)
    codes = _codes(grey) or _sought(grey)
    if not codes and _scarcely_inked(grey):
        return Sight(grey, (), True)
    shown = grey.rotate(90 * round(codes[0].orientation / 90), expand=True) if codes else _upright(grey, ())
    return Sight(shown, tuple(one.text for one in codes), False)


def _sought(grey: Image.Image) -> list[zxingcpp.Barcode]:
    """The codes of a pale, dark or blurred page: with its tones spread, enlarged, and cut at one tone for all of it."""
    spread = ImageOps.autocontrast(grey, cutoff=1)
    enlarged = spread.resize((spread.width * 3 // 2, spread.height * 3 // 2), Image.Resampling.BICUBIC)
    tries = ((one, cut) for one in (spread, enlarged) for cut in (_LOCAL, _GLOBAL))
    return next((found for one, cut in tries if (found := _codes(one, cut))), [])


def _scarcely_inked(grey: Image.Image) -> bool:
    """Whether a page is empty but for grain and specks: small in size, hardly a pixel of it is grey."""
    small = grey.copy()
    small.thumbnail((_SMALL, _SMALL), Image.Resampling.BOX)
    return sum(small.histogram()[:_PALE]) * 500 < small.width * small.height


def read(picture: bytes) -> Page:
    """What stands on the picture of a page, which is turned upright and level first.  Raises pictures.Unfit."""
    grey = pictures.grey(picture, LONGER_SIDE)
    shown = _straight(_upright(grey, _codes(grey)))
    codes, grey = _codes(shown), shown.copy()
    for one in codes:
        # what is drawn beside words is taken for words
        _blank(grey, one.position)
    return Page(shown, grey, _words(grey, _BLOCKS), tuple(one.text for one in codes))


def _codes(grey: Image.Image, cut: zxingcpp.Binarizer = _LOCAL) -> list[zxingcpp.Barcode]:
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return zxingcpp.read_barcodes(grey, formats=wanted, binarizer=cut)


def _blank(grey: Image.Image, place: zxingcpp.Position) -> None:
    corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    margin = (max(across) - min(across)) // 12
    grey.paste(255, (min(across) - margin, min(down) - margin, max(across) + margin, max(down) + margin))


def _upright(grey: Image.Image, codes: Iterable[zxingcpp.Barcode]) -> Image.Image:
    """Turned by quarters as our code stands, else as tesseract sees it; as it is where that is not sure."""
    for one in codes:
        if code.held(one.text):
            return grey.rotate(90 * round(one.orientation / 90), expand=True)
    said = _run("tesseract", ["in", "-", "--psm", "0"], _png(grey))
    turned, sure = _TURNED.search(said), _SURE.search(said)
    if turned is None or sure is None or float(sure[1]) < _CONFIDENT:
        return grey
    return grey.rotate(-int(turned[1]), expand=True)


def _straight(grey: Image.Image) -> Image.Image:
    """Turned by up to two degrees so that its lines lie level: the rows of its pixels then differ most."""
    small = grey.copy()
    small.thumbnail((900, 900), Image.Resampling.BOX)

    def contrast(tenths: int) -> float:
        turned = small.rotate(tenths / 10, Image.Resampling.BILINEAR, fillcolor=255)
        rows = turned.resize((1, turned.height), Image.Resampling.BOX)
        return ImageStat.Stat(rows).var[0]

    coarse = max(range(-20, 21, 4), key=contrast)
    best = max(range(coarse - 3, coarse + 4), key=contrast)
    return grey.rotate(best / 10, Image.Resampling.BICUBIC, fillcolor=255) if best else grey


def _words(grey: Image.Image, layout: str) -> tuple[Read, ...]:
    options = ["in", "-", "-l", "chi_sim", "--psm", layout, "tsv"]
    said = _run("tesseract", options, _png(grey)).decode("utf-8", "replace")
    return tuple(
        Read(
            row["text"].strip(),
            (int(row["left"]), int(row["top"]), int(row["width"]), int(row["height"])),
            (int(row["block_num"]), int(row["par_num"]), int(row["line_num"])),
        )
        for row in csv.DictReader(io.StringIO(said), delimiter="\t", quoting=csv.QUOTE_NONE)
        if (row.get("text") or "").strip()
    )


def _bands(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where lines of writing begin and end, from how much ink is in each row of pixels."""
    begun = None
    for at, inked in enumerate([*rows, 0]):
        if inked >= _INKED:
            begun = at if begun is None else begun
        elif begun is not None:
            if at - begun in _HIGH:
                yield begun, at
            begun = None


def _line(picture: Image.Image, top: int, below: int) -> Iterator[Read]:
    """The words of one line of a page; none where there are too few signs for a line, as of rules and specks."""
    margin = (below - top) // 3
    above = max(0, top - margin)
    words = _words(picture.crop((0, above, picture.width, below + margin)), _ONE_LINE)
    if len(squeezed(_text(words))) < proofreading.FEWEST:
        return
    for word in words:
        left, down, width, height = word.box
        yield Read(word.text, (left, above + down, width, height), (-1, top))


def _there(picture: Image.Image, doubt: Doubt) -> bool:
    """Whether the number that should stand there is read after all, enlarged."""
    assert doubt.box is not None
    left, top, width, height = doubt.box
    margin = max(6, height // 3)
    cut = picture.crop((left - margin, top - margin, left + width + margin, top + height + margin))
    for times, model in _AGAIN:
        large = cut.resize((cut.width * times, cut.height * times), Image.Resampling.LANCZOS)
        framed = ImageOps.expand(ImageOps.autocontrast(large), border=20, fill=255)
        said = _run("tesseract", ["in", "-", "-l", model, "--psm", "7"], _png(framed)).decode("utf-8", "replace")
        read = proofreading.numbers(said)
        if doubt.due in read and doubt.read not in read:
            return True
    return False


def _png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return written.getvalue()


def _run(program: str, options: Sequence[str], content: bytes) -> bytes:
    """What a program says of the file ``in``; empty when it fails."""
    path = shutil.which(program)
    if not path:
        return b""
    with tempfile.TemporaryDirectory(prefix="daoru-scans-") as folder:
        (Path(folder) / "in").write_bytes(content)
        command = [sys.executable, "-m", "engine.limited", str(_MEGABYTES), str(_SECONDS), path, *options]
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[1]), "HOME": folder}
        try:
            made = subprocess.run(  # noqa: S603 - our own module and a program found on the path
                command,
                capture_output=True,
                env={**environment, "OMP_THREAD_LIMIT": "1"},
                cwd=folder,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return b""
    return made.stdout if made.returncode == 0 else b""
