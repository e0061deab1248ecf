"""A Word file as parts: opened only if it is harmless, written so that equal parts give equal bytes."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.errors import InvalidDefinition

DOCUMENT = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
_EMPTY_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)

_MOST_PARTS, _MOST_BYTES = 200, 50_000_000
#: What a part may be related to, by the last word of the relationship's type; anything else may run or fetch.
_RELATIONS = frozenset(
    [
        "officeDocument",
        "core-properties",
        "extended-properties",
        "custom-properties",
        "thumbnail",
        "styles",
        "stylesWithEffects",
        "settings",
        "webSettings",
        "fontTable",
        "font",
        "theme",
        "numbering",
        "header",
        "footer",
        "footnotes",
        "endnotes",
        "image",
        "hyperlink",
        "customXml",
        "customXmlProps",
    ]
)
_FIELDS = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|DATABASE|MACROBUTTON)\b", re.I)
_TRACKED = re.compile(rb"<w:(ins|del|moveFrom|moveTo)[ >]")


def read(content: bytes, file: str) -> dict[str, bytes]:
    """The parts of a Word file in their order.  Raises InvalidDefinition for anything but a plain document."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _check_size(infos, file)
            parts = {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise InvalidDefinition(
            file, "", "不是完好的 Word 文件（.docx）；请用 Word 或 WPS 另存为 .docx 后重试。"
        ) from error
    if DOCUMENT not in parts or "[Content_Types].xml" not in parts:
        raise InvalidDefinition(file, "", "不是 Word 文档；请用 Word 或 WPS 另存为 .docx 后重试。")
    for name, part in parts.items():
        _check_part(name, part, file)
    return parts


def tree(part: bytes, name: str, file: str) -> etree._Element:
    """The parsed XML of a part; entities and document types are refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidDefinition(file, name, "部件的 XML 有损坏；请用 Word 或 WPS 重新保存。") from error


def _check_size(infos: list[zipfile.ZipInfo], file: str) -> None:
    names = {info.filename for info in infos}
    if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > _MOST_BYTES:
        raise InvalidDefinition(
            file, "", f"展开后超过 {_MOST_PARTS} 个部件或 {_MOST_BYTES // 1_000_000} MB；请删去大图片。"
        )
    if len(names) != len(infos) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise InvalidDefinition(file, "", "压缩包内的部件重名或路径越界；请用 Word 或 WPS 重新保存。")


def _check_part(name: str, part: bytes, file: str) -> None:
    lower = name.lower()
    if "vbaproject" in lower or "activex" in lower or "/embeddings/" in lower or lower.endswith(".bin"):
        raise InvalidDefinition(file, name, "含有宏、控件或嵌入对象；请删去后另存为不含宏的 .docx。")
    if not lower.endswith((".xml", ".rels")):
        return
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise InvalidDefinition(file, name, "含有文档类型声明；请用 Word 或 WPS 重新保存。")
    root = tree(part, name, file)
    if lower.endswith(".rels"):
        _check_relations(root, name, file)
    if lower == "[content_types].xml" and b"macroEnabled" in part:
        raise InvalidDefinition(file, name, "是启用宏的文档；请另存为不含宏的 .docx。")
    if _TRACKED.search(part):
        raise InvalidDefinition(file, name, "含有未处理的修订；请接受或拒绝全部修订后保存。")
    instructions = "".join(str(text) for text in root.itertext("{*}instrText") if text)
    found_attributes: Any = root.xpath("//@*[local-name()='instr']")
    attributes = " ".join(str(value) for value in found_attributes)
    if found := _FIELDS.search(f"{instructions} {attributes}"):
        raise InvalidDefinition(file, name, f"含有会取用外部内容的域 {found[0]}；请改为固定文字。")


def _check_relations(root: etree._Element, name: str, file: str) -> None:
    for relation in root:
        kind = str(relation.get("Type", "")).rpartition("/")[2]
        target = str(relation.get("Target", ""))
        if kind not in _RELATIONS:
            raise InvalidDefinition(file, name, f"引用了不允许的内容“{kind}”（{target}）；请删去批注、对象或外部模板。")
        if relation.get("TargetMode") == "External" and not (
            kind == "hyperlink" and target.startswith(("https://", "http://", "mailto:"))
        ):
            raise InvalidDefinition(file, name, f"引用了文件外的内容（{target}）；请改为嵌入。")


# 1980-01-01 00:00, the earliest moment a zip can name: a file is dated by what it says, not by when it was made.
_DOS_TIME, _DOS_DATE = 0, (1 << 5) | 1
_UTF8 = 0x800


@dataclass
class Archive:
    """A zip under construction.  ``copy`` shares what was added so far, so that it is compressed only once."""

    chunks: list[bytes] = field(default_factory=list)
    directory: list[bytes] = field(default_factory=list)
    size: int = 0

    @classmethod
    def of(cls, parts: Mapping[str, bytes]) -> "Archive":
        """An archive of parts that never change, compressed as well as possible."""
        archive = cls()
        for name, part in parts.items():
            archive.add(name, [_EMPTY_PROPERTIES if name == _PROPERTIES else part], level=9)
        archive.chunks = [b"".join(archive.chunks)]
        archive.directory = [*archive.directory]
        return archive

    def copy(self) -> "Archive":
        """Another archive that begins as this one."""
        return Archive([*self.chunks], [*self.directory], self.size)

    def add(self, name: str, pieces: Iterable[bytes], level: int = 6) -> None:
        """Append a part given in pieces."""
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        packed, crc, length = [], 0, 0
        for piece in pieces:
            crc, length = zlib.crc32(piece, crc), length + len(piece)
            packed.append(packer.compress(piece))
        packed.append(packer.flush())
        path = name.encode()
        shared = (20, _UTF8, 8, _DOS_TIME, _DOS_DATE, crc, sum(map(len, packed)), length, len(path), 0)
        header = struct.pack("<4s5H3L2H", b"PK\3\4", *shared) + path
        self.directory.append(
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x031E, *shared, 0, 0, 0, 0o600 << 16, self.size) + path
        )
        self.chunks += [header, *packed]
        self.size += len(header) + sum(map(len, packed))

    def close(self) -> bytes:
        """The finished file."""
        directory = b"".join(self.directory)
        count = len(self.directory)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), self.size, 0)
        return b"".join((*self.chunks, directory, end))
