"""A Word file as parts: opened only if it is harmless, written so that equal parts give equal bytes."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from isal import isal_zlib
from lxml import etree

from engine.documents.faults import Fault, Places, W
from engine.errors import InvalidDefinition

DOCUMENT = "word/document.xml"

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
#: What a file that people worked on may hold besides: their comments.
_REMARKS = frozenset(
    ["comments", "commentsExtended", "commentsIds", "commentsExtensible", "people", "intelligence", "glossaryDocument"]
)
#: What is refused, in a word, and how to be rid of it.
_UNFIT = {
    "attachedTemplate": "附着了另外的模板；请在 Word 的“开发工具—文档模板”里改为 Normal 并去掉自动更新",
    "aFChunk": "嵌入了另一份文件（altChunk）；请用 Word 打开，另存为新的 .docx",
    "oleObject": "含有嵌入或链接的对象（OLE）；请删去对象，或改贴成图片",
    "package": "含有嵌入的文件；请删去，或改贴成图片",
    "control": "含有控件；请删去控件",
    "vbaProject": "含有宏；请另存为不含宏的 .docx",
    "subDocument": "是主控文档，引用了子文档；请合并成一个文件",
    "chart": "含有图表；请改贴成图片",
    "frame": "引用了框架页；请另存为新的 .docx",
}
_FIELDS = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|DATABASE|MACROBUTTON)\b", re.I)
#: The codes of fields that stand in an attribute.
_INSTRUCTIONS = etree.XPath("//@*[local-name() = 'instr']")
_TRACKED = tuple(f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo"))


def read(content: bytes, file: str) -> dict[str, bytes]:
    """The parts of a Word file in their order.  Raises InvalidDefinition for anything but a plain document."""
    parts = unpacked(content, file)
    for fault in faults(parts, file):
        raise fault.refusal(file)
    return parts


def faults(parts: Mapping[str, bytes], file: str) -> Iterator[Fault]:
    """All that keeps a file from being a plain document: what runs, fetches or is not settled."""
    for name, part in parts.items():
        yield from _faults_in(name, part, file, _RELATIONS)
        root = readable(part, name, file) if name.lower().endswith(".xml") else None
        if root is not None and (tracked := [*root.iter(*_TRACKED)]):
            said = f"含有 {len(tracked):,} 处未处理的修订；请接受或拒绝全部修订后保存。"
            yield Places.of(root, name).fault(said, tracked[0])


def read_worked_on(content: bytes, file: str) -> dict[str, bytes]:
    """As :func:`read`, for a file that people worked on: tracked changes and comments may stand in it."""
    parts = unpacked(content, file)
    for name, part in parts.items():
        for fault in _faults_in(name, part, file, _RELATIONS | _REMARKS):
            raise fault.refusal(file)
    return parts


def unpacked(content: bytes, file: str) -> dict[str, bytes]:
    """The parts as they lie in the archive, no more than a document has.  Raises InvalidDefinition."""
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
    return parts


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a file that we made ourselves, or that was looked through when it came; however many they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


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


def readable(part: bytes, name: str, file: str) -> etree._Element | None:
    """The XML of a part, unless it is broken or declares what it must not."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        return None
    try:
        return tree(part, name, file)
    except InvalidDefinition:
        return None


def _faults_in(name: str, part: bytes, file: str, relations: frozenset[str]) -> Iterator[Fault]:
    lower = name.lower()
    if "vbaproject" in lower or "activex" in lower or "/embeddings/" in lower or lower.endswith(".bin"):
        yield Fault(name, "含有宏、控件或嵌入对象；请删去后另存为不含宏的 .docx。")
        return
    if not lower.endswith((".xml", ".rels")):
        return
    root = readable(part, name, file)
    if root is None:
        declares = b"<!DOCTYPE" in part or b"<!ENTITY" in part
        what = "含有文档类型声明" if declares else "部件的 XML 有损坏"
        yield Fault(name, f"{what}；请用 Word 或 WPS 重新保存。")
        return
    if lower.endswith(".rels"):
        yield from _relation_faults(root, name, relations)
    if lower == "[content_types].xml" and b"macroEnabled" in part:
        yield Fault(name, "是启用宏的文档；请另存为不含宏的 .docx。")
    yield from _field_faults(root, name)


def _field_faults(root: etree._Element, name: str) -> Iterator[Fault]:
    """Fields that fetch or run; Word may spread the code of one over several elements, and over paragraphs."""
    stated: Any = _INSTRUCTIONS(root)
    codes: list[tuple[etree._Element, str]] = [(value.getparent(), str(value)) for value in stated]
    spread: dict[etree._Element, str] = {}
    for element in root.iter("{*}instrText"):
        holder = next(element.iterancestors(f"{W}p"), root)
        spread[holder] = spread.get(holder, "") + (element.text or "")
    found = [
        (element, code, match[0]) for element, code in (*codes, *spread.items()) if (match := _FIELDS.search(code))
    ]
    if not found and (match := _FIELDS.search("".join(spread.values()))):
        found = [(next(iter(spread)), "".join(spread.values()), match[0])]
    for element, code, word in found:
        yield Places.of(root, name).fault(f"含有会取用外部内容的域 {word}；请改为固定文字。", element, code.strip())


def _relation_faults(root: etree._Element, name: str, relations: frozenset[str]) -> Iterator[Fault]:
    for relation in root:
        kind = str(relation.get("Type", "")).rpartition("/")[2]
        target = str(relation.get("Target", ""))
        if kind in _UNFIT:
            yield Fault(name, f"{_UNFIT[kind]}（{target}）。")
        elif kind not in relations:
            yield Fault(name, f"引用了不允许的内容“{kind}”（{target}）；请删去批注、对象或外部模板。")
        elif relation.get("TargetMode") == "External" and not (
            kind == "hyperlink" and target.startswith(("https://", "http://", "mailto:"))
        ):
            yield Fault(name, f"引用了文件外的内容（{target}）；请改为嵌入。")


# 1980-01-01 00:00, the earliest moment a zip can name: a file is dated by what it says, not by when it was made.
_DOS_TIME, _DOS_DATE = 0, (1 << 5) | 1
_UTF8, _STORED, _DEFLATED = 0x800, 0, 8
#: Up to this level ISA-L compresses, which knows no other: about as small in a third of the time.
_QUICK = 3
_HEADER, _ENTRY, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")


def _deflated(pieces: Iterable[bytes], level: int) -> tuple[bytes, int, int]:
    """The pieces compressed as one, their checksum, and how long they are."""
    packer: Any = (isal_zlib if level <= _QUICK else zlib).compressobj(level, zlib.DEFLATED, -15)
    packed, crc, length = [], 0, 0
    for piece in pieces:
        crc, length = isal_zlib.crc32(piece, crc), length + len(piece)
        packed.append(packer.compress(piece))
    return b"".join((*packed, packer.flush())), crc, length


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
            archive.add(name, [part], level=9)
        archive.chunks = [b"".join(archive.chunks)]
        archive.directory = [*archive.directory]
        return archive

    def copy(self) -> "Archive":
        """Another archive that begins as this one."""
        return Archive([*self.chunks], [*self.directory], self.size)

    def add(self, name: str, pieces: Iterable[bytes], level: int = 6) -> None:
        """Append a part given in pieces; with level 0 as it is, for what is short or compressed already."""
        if level:
            packed, crc, length = _deflated(pieces, level)
        else:
            packed = b"".join(pieces)
            crc, length = isal_zlib.crc32(packed), len(packed)
        path, method = name.encode(), _DEFLATED if level else _STORED
        shared = (20, _UTF8, method, _DOS_TIME, _DOS_DATE, crc, len(packed), length, len(path), 0)
        header = _HEADER.pack(b"PK\3\4", *shared) + path
        self.directory.append(_ENTRY.pack(b"PK\1\2", 0x031E, *shared, 0, 0, 0, 0o600 << 16, self.size) + path)
        self.chunks += [header, packed]
        self.size += len(header) + len(packed)

    def close(self) -> bytes:
        """The finished file."""
        directory = b"".join(self.directory)
        count = len(self.directory)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), self.size, 0)
        return b"".join((*self.chunks, directory, end))
