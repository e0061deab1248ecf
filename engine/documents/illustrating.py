"""Photos put into a paper where its template prints their marks: each a small picture part of the Word file.

A mark is a text of its own, as ``⟦0f1e2d3c4b5a6978⟧``, so that a template and its facts know of no bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.documents import package
from engine.documents.package import DOCUMENT, Archive

_RELATIONS, _TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
_MARK = re.compile(r"<w:t(?: [^>]*)?>⟦([0-9a-f]{16})⟧</w:t>")
#: A mark is what one of these facts says; the line that it stands in grows with the picture.
PLACES = ("left", "middle", "right")
#: A picture fits into a square with such sides, in English metric units: 360,000 are a centimetre.
_SIDE = 1_800_000
#: Drawings of the templates have ids below.
_FIRST_ID = 90_000
_DRAWING = (
    '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0"'
    ' distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{id}" name="照片{number}"'
    ' descr="照片{mark}"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData'
    ' uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="{id}"'
    ' name="照片{number}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rIdPhoto{number}"/>'
    '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
)
_RELATION = (
    '<Relationship Id="rIdPhoto{number}" Target="media/photo{number}.jpg"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
)


@dataclass(frozen=True)
class Photo:
    """A JPEG and its size in pixels."""

    content: bytes
    width: int
    height: int


def mark(sha256: str) -> str:
    """What a template prints where the photo with that SHA-256 is to be."""
    return f"⟦{sha256[:16]}⟧"


def illustrate(content: bytes, photos: Mapping[str, Photo]) -> bytes:
    """The Word file with the photos by SHA-256 where their marks stood; marks of others go, the same gives the same."""
    parts = package.parts(content)
    known = {sha256[:16]: photo for sha256, photo in photos.items()}
    shown: list[str] = []

    def drawn(found: re.Match[str]) -> str:
        photo = known.get(found[1])
        if photo is None:
            return "<w:t></w:t>"
        shown.append(found[1])
        number, longer = len(shown), max(photo.width, photo.height)
        size = {"width": _SIDE * photo.width // longer, "height": _SIDE * photo.height // longer}
        return _DRAWING.format(id=_FIRST_ID + number, number=number, mark=found[1], **size)

    parts[DOCUMENT] = _MARK.sub(drawn, parts[DOCUMENT].decode()).encode()
    relations = "".join(_RELATION.format(number=number) for number in range(1, len(shown) + 1)).encode()
    parts[_RELATIONS] = _before(parts[_RELATIONS], b"</Relationships>", relations)
    if shown and b'Extension="jpg"' not in parts[_TYPES]:
        kind = b'<Default Extension="jpg" ContentType="image/jpeg"/>'
        parts[_TYPES] = parts[_TYPES].replace(b"<Default ", kind + b"<Default ", 1)
    archive = Archive()
    for name, part in parts.items():
        archive.add(name, [part])
    for number, name in enumerate(shown, 1):
        archive.add(f"word/media/photo{number}.jpg", [known[name].content], level=0)
    return archive.close()


def _before(part: bytes, end: bytes, more: bytes) -> bytes:
    head, _, tail = part.rpartition(end)
    return head + more + end + tail
