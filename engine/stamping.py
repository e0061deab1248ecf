"""A code of its own on each page of a PDF, so that a scanned page tells which it is (decisions 30).

The codes are appended to the file, as PDF has it for changes, and drawn from plain squares: what LibreOffice wrote
stays as it is, byte by byte.  It writes a table of where its objects begin, and one node that lists all pages.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import zxingcpp

#: A code stands in the lower right corner: points from the right and lower edge, and its side, one inch being 72.
_RIGHT, _BELOW, _SIDE = 66, 13, 50
_TABLE = re.compile(rb"xref\s+0 (\d+)\s+")
_ENTRY = re.compile(rb"(\d{10}) \d{5} ([nf])\s{1,2}")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_CONTENTS = re.compile(rb"/Contents (\d+) 0 R")
_BOX = re.compile(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) [\d.]+\s*\]")
#: What was drawn before may have moved and scaled the page: it is drawn between these two.
_SAVE, _RESTORE = b"q\n", b"\nQ\n"


class _Foreign(Exception):
    """Raised for a PDF that is not written as LibreOffice writes it."""


def stamped(pdf: bytes, said: Callable[[int, int], str]) -> bytes:
    """The PDF with a code on each page that holds what ``said`` says of it, given its number and how many there are.

    One that is written otherwise than LibreOffice writes it is given back as it came.
    """
    try:
        begun, size, offsets = _table(pdf)
        root = _object(pdf, offsets, _one(rb"/Root (\d+) 0 R", pdf[begun:]))
        node = _object(pdf, offsets, _one(rb"/Pages (\d+) 0 R", root))
        pages = [int(number) for number in _REFERENCE.findall(_found(_KIDS, node)[1])]
        changed = dict(_changed(pdf, offsets, pages, size, said))
    except _Foreign:
        return pdf
    kept = b"".join(found[0] + b"\n" for found in re.finditer(rb"/(?:Root|Info) \d+ 0 R", pdf[begun:]))
    return pdf.rstrip(b"\n") + b"\n" + _appended(len(pdf.rstrip(b"\n")) + 1, changed, kept, begun)


def _table(pdf: bytes) -> tuple[int, int, Mapping[int, int]]:
    """Where the table of objects begins, how many it counts, and where each of them begins."""
    begun = int(_found(re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$"), pdf[-64:])[1])
    head = _TABLE.match(pdf, begun)
    if head is None:
        raise _Foreign
    size, entries = int(head[1]), _ENTRY.finditer(pdf, head.end())
    offsets = {number: int(entry[1]) for number, entry in zip(range(size), entries, strict=False) if entry[2] == b"n"}
    return begun, size, offsets


def _changed(
    pdf: bytes, offsets: Mapping[int, int], pages: list[int], size: int, said: Callable[[int, int], str]
) -> Iterator[tuple[int, bytes]]:
    """The objects to append by their numbers: two small drawings around each page's own, and the page that has all."""
    yield size, _stream(_SAVE)
    for place, number in enumerate(pages, 1):
        page, drawing = _object(pdf, offsets, number), size + place
        width = int(float(_found(_BOX, page)[1]))
        own = _found(_CONTENTS, page)
        yield drawing, _stream(_RESTORE + _drawn(said(place, len(pages)), width - _RIGHT))
        many = b"/Contents [%d 0 R %s 0 R %d 0 R]" % (size, own[1], drawing)
        yield number, page.replace(own[0], many)


def _drawn(text: str, right: int) -> bytes:
    """The code as squares on white, for what draws a page."""
    made: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image()
    side, pixels = made.shape[0], memoryview(made).tobytes()
    dark = (at for at in range(side * side) if not pixels[at])
    squares = b"".join(b"%d %d 1 1 re\n" % (at % side, side - 1 - at // side) for at in dark)
    scale = b"%d.%03d" % divmod(1000 * _SIDE // side, 1000)
    place = b"%s 0 0 %s %d %d cm\n" % (scale, scale, right - _SIDE, _BELOW)
    return b"q\n" + place + b"1 g\n0 0 %d %d re f\n0 g\n" % (side, side) + squares + b"f\nQ\n"


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)


def _appended(at: int, objects: Mapping[int, bytes], kept: bytes, before: int) -> bytes:
    """The objects with a table of their own, which goes on with the table that stands at ``before``."""
    written, table = bytearray(), bytearray(b"xref\n")
    for number in sorted(objects):
        table += b"%d 1\n%010d 00000 n \n" % (number, at + len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    size = max(objects) + 1
    trailer = b"trailer\n<</Size %d\n%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, kept, before, at + len(written))
    return bytes(written + table) + trailer


def _object(pdf: bytes, offsets: Mapping[int, int], number: int) -> bytes:
    """An object without the words around it."""
    head = b"%d 0 obj" % number
    begins = offsets.get(number, -1)
    if begins < 0 or not pdf.startswith(head, begins):
        raise _Foreign
    return pdf[begins + len(head) : pdf.index(b"endobj", begins)].strip()


def _one(pattern: bytes, text: bytes) -> int:
    return int(_found(re.compile(pattern), text)[1])


def _found(pattern: re.Pattern[bytes], text: bytes) -> re.Match[bytes]:
    found = pattern.search(text)
    if found is None:
        raise _Foreign
    return found
