"""A Word file as LibreOffice is given it: nothing of a table gets lost where a page ends.

LibreOffice (7.4) drops what follows a row that may not break across pages at some few heights of the page, where only a
part of that row has room.  Whether it did is seen by the rows that the PDF says; then rows may break for it, as it cuts
those of more than one line in two but loses none.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterable

from lxml import etree

from engine.documents import package
from engine.documents.borrowing import written
from engine.documents.faults import W
from engine.documents.package import Archive
from engine.errors import InvalidDefinition

_WHOLE = f"{W}trPr/{W}cantSplit"
_WHITE = re.compile(r"\s+")


def rows(content: bytes) -> list[str]:
    """What each row says that may not break, for :func:`told`; nothing of what is no orderly Word file."""
    read = _read(content)
    if read is None:
        return []
    whole = (row for row in read[1].iter(f"{W}tr") if row.find(_WHOLE) is not None)
    return [said for row in whole if (said := _squeezed("".join(node.text or "" for node in row.iter(f"{W}t"))))]


def told(rows: Iterable[str], text: str) -> bool:
    """Whether a text, in the order of the paper, says every row in one piece; headings that repeat stand between."""
    said, place = _squeezed(text), 0
    for row in rows:
        found = said.find(row, place)
        if found < 0:
            return False
        place = found + len(row)
    return True


def flowing(content: bytes) -> bytes:
    """The same file with rows that may break; what is no orderly Word file as it is."""
    read = _read(content)
    if read is None:
        return content
    parts, root = read
    whole = [mark for row in root.iter(f"{W}tr") for mark in row.findall(_WHOLE)]
    if not whole:
        return content
    for mark in whole:
        etree.strip_elements(mark.getparent(), mark.tag)
    archive = Archive()
    for name, part in parts.items():
        archive.add(name, [written(root) if name == package.DOCUMENT else part], level=1)
    return archive.close()


def _read(content: bytes) -> tuple[dict[str, bytes], etree._Element] | None:
    try:
        parts = package.parts(content)
        return parts, package.tree(parts[package.DOCUMENT], package.DOCUMENT, package.DOCUMENT)
    except (InvalidDefinition, zipfile.BadZipFile, KeyError):
        return None


def _squeezed(text: str) -> str:
    """Without white space and as one of the signs that look alike: a PDF names its glyphs otherwise."""
    return _WHITE.sub("", unicodedata.normalize("NFKC", text))
