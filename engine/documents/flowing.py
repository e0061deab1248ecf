"""A Word file as LibreOffice is given it: nothing of a table gets lost where a page ends.

LibreOffice (7.4) drops what follows a row that may not break across pages where only a part of that row has room.  So
rows may break for it, and the paragraphs in them may not, which keeps a row of one paragraph a cell as whole as before.
"""

import zipfile

from lxml import etree

from engine.documents import package
from engine.documents.borrowing import written
from engine.documents.faults import W
from engine.documents.package import Archive
from engine.errors import InvalidDefinition

_WHOLE = f"{W}trPr/{W}cantSplit"
_BEFORE = {f"{W}pStyle", f"{W}keepNext"}


def flowing(content: bytes) -> bytes:
    """The same file with rows that may break, of paragraphs that may not; what is no orderly Word file as it is."""
    try:
        parts = package.parts(content)
        root = package.tree(parts[package.DOCUMENT], package.DOCUMENT, package.DOCUMENT)
    except (InvalidDefinition, zipfile.BadZipFile, KeyError):
        return content
    whole = [mark for row in root.iter(f"{W}tr") for mark in row.findall(_WHOLE)]
    if not whole:
        return content
    for mark in whole:
        for paragraph in next(mark.iterancestors(f"{W}tr")).iter(f"{W}p"):
            _keep_lines(paragraph)
        etree.strip_elements(mark.getparent(), mark.tag)
    archive = Archive()
    for name, part in parts.items():
        archive.add(name, [written(root) if name == package.DOCUMENT else part], level=1)
    return archive.close()


def _keep_lines(paragraph: etree._Element) -> None:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    if properties.find(f"{W}keepLines") is None:
        place = sum(1 for one in properties if one.tag in _BEFORE)
        properties.insert(place, etree.Element(f"{W}keepLines"))
