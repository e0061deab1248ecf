"""The QR code of a document: what it holds, its picture, and the place that a template keeps for it.

A template keeps the place with a picture whose alternative text is 核验码, in its footers or its body.  The renderer
puts another picture into that part; in a body that is printed many times, one part for each copy (decisions 31).
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import zxingcpp
from isal import isal_zlib

from engine.documents import package
from engine.documents.facts import Facts
from engine.documents.package import DOCUMENT, Archive
from engine.errors import InvalidDefinition

#: The alternative text of the picture that keeps the place.
NAME = "核验码"
#: The fact that a code holds.
FACT = "document.address"
_PICTURE = re.compile(rb"<wp:(anchor|inline)\b.*?</wp:\1>", re.S)
_NAMED = re.compile(f'<wp:docPr\\b[^>]*\\bdescr="{NAME}"'.encode())
_EMBEDDED = re.compile(rb'\br:embed="([^"]+)"')
#: A module of the code is a byte of eight pixels, so that a row of it is a row of the picture.
_SCALE = 8
#: Readers take any of the eight masks; trying them all for the most even picture takes six times as long.
MASK = 2
#: What a code holds: a token, alone or at the end of an address, and after ``#`` a page, or the serial of a ballot.
_HELD = re.compile(r"(?:^|/v/)([a-z2-7]{16,})(?:#(?:(\d{1,6})-(\d{1,6})/\d{1,6}$)?.*)?$")


def address(base: str, token: str) -> str:
    """Where a document is verified; the token alone where the installation has no address of its own."""
    return f"{base}/v/{token}" if base else token


@dataclass(frozen=True)
class Held:
    """What a code holds: the token of a document and, where each page has its own, the version and page; else 0."""

    token: str
    version: int = 0
    page: int = 0


def of_page(address: str, version: int, page: int, pages: int) -> str:
    """What the code of a page holds: where its document is verified, and which page of which version it is."""
    return f"{address}#{version}-{page}/{pages}"


def held(text: str) -> Held | None:
    """What a code that was read holds; None when it is none of ours."""
    found = _HELD.search(text)
    return Held(found[1], int(found[2] or 0), int(found[3] or 0)) if found else None


def picture(text: str) -> bytes:
    """A black and white PNG of the code that holds ``text``, with its quiet zone."""
    drawn: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=MASK).to_image()
    side, pixels = drawn.shape[0], memoryview(drawn).tobytes()
    # each row is written once, and those below it say that they are as the one above
    again = (b"\2" + bytes(side)) * (_SCALE - 1)
    rows = b"\0" + (again + b"\0").join([pixels[at : at + side] for at in range(0, side * side, side)]) + again
    header = struct.pack(">2I5B", side * _SCALE, side * _SCALE, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", isal_zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", isal_zlib.crc32(kind + content))


@dataclass(frozen=True)
class Place:
    """Where a template keeps the place of its code.

    ``parts`` are the pictures that are replaced; ``relation`` is the id by which the body shows its own, empty where
    only headers or footers do, ``relations`` the file that says so.
    """

    file: str
    parts: frozenset[str]
    relation: str
    relations: bytes

    @classmethod
    def of(cls, file: str, parts: Mapping[str, bytes]) -> "Place | None":
        """The place in the parts of a template; none when no picture has that name.

        Raises InvalidDefinition for one that cannot be replaced.
        """
        shown = {name: [*_relations_of(part)] for name, part in parts.items() if name.endswith(".xml")}
        targets = {name: _targets(file, name, parts) for name, found in shown.items() if found}
        if not targets:
            return None
        if len(set(shown[DOCUMENT])) > 1:
            raise InvalidDefinition(file, DOCUMENT, f"正文里有几张不同的{NAME}图片；请只留一张，其余从它复制。")
        pictures = {targets[name].get(relation, "") for name in targets for relation in shown[name]}
        if not pictures <= set(parts) or not all(name.lower().endswith(".png") for name in pictures):
            raise InvalidDefinition(file, "", f"{NAME}图片不是嵌入的 PNG；请从自带模板复制过来。")
        relation = next(iter(shown[DOCUMENT]), "")
        return cls(file, frozenset(pictures), relation, parts[_RELATIONS] if relation else b"")

    @property
    def dynamic(self) -> frozenset[str]:
        """The parts that differ from one document to the next."""
        return self.parts | ({_RELATIONS} if self.relation else set())

    def holds(self, facts: Facts) -> str:
        """What the code of a copy holds: where the document is verified; after ``#`` a ballot's serial and receipt.

        Raises InvalidDefinition when that is not known yet.
        """
        if facts.unknown([FACT]):
            raise InvalidDefinition(self.file, FACT, f"文书还没有{NAME}；请先办理取号。")
        where, ballot = str(facts.values["document"].address), facts.values.get("ballot")
        return f"{where}#{ballot.serial}.{ballot.receipt.replace('-', '')}" if ballot else where

    def of_copy(self, body: str, index: int) -> str:
        """The body of a copy, showing its own code; the first shows the template's picture."""
        if not (self.relation and index):
            return body
        return body.replace(f'r:embed="{self.relation}"', f'r:embed="{self.relation}c{index}"')

    def add(self, archive: Archive, many: Iterable[Facts]) -> None:
        """Append the pictures of all copies.  Raises InvalidDefinition where footers would have to differ."""
        texts = [self.holds(facts) for facts in many]
        if not self.relation and len(set(texts)) > 1:
            raise InvalidDefinition(self.file, "", f"合并打印时逐份的{NAME}不同；请把{NAME}图片移到正文。")
        first = picture(texts[0])
        for name in sorted(self.parts):
            archive.add(name, [first], level=0)
        if not self.relation:
            return
        more = {index: picture(text) for index, text in enumerate(texts[1:], 1)}
        for index, content in more.items():
            archive.add(f"word/media/code{index}.png", [content], level=0)
        archive.add(_RELATIONS, self._relations(more), level=1 if more else 0)

    def _relations(self, copies: Iterable[int]) -> Iterator[bytes]:
        begun, _, _ = self.relations.rpartition(b"</Relationships>")
        yield begun
        for index in copies:
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
            target = f'Id="{self.relation}c{index}" Type="{kind}" Target="media/code{index}.png"'
            yield f"<Relationship {target}/>".encode()
        yield b"</Relationships>"


def _relations_of(part: bytes) -> Iterator[str]:
    """The relations by which a part shows a picture of that name."""
    for found in _PICTURE.finditer(part):
        embedded = _EMBEDDED.search(found[0])
        if _NAMED.search(found[0]) and embedded:
            yield embedded[1].decode()


def _targets(file: str, name: str, parts: Mapping[str, bytes]) -> dict[str, str]:
    """By id, the parts that a part is related to."""
    beside, folder = _beside(name), PurePosixPath(name).parent
    if beside not in parts:
        return {}
    return {
        str(one.get("Id")): str(folder / str(one.get("Target"))).removeprefix("/")
        for one in package.tree(parts[beside], beside, file)
    }


def _beside(name: str) -> str:
    """The file of the relations of a part."""
    path = PurePosixPath(name)
    return str(path.parent / "_rels" / f"{path.name}.rels")


_RELATIONS = _beside(DOCUMENT)
