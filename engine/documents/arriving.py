"""A Word file that somebody uploads: what it may be is settled before anything of it is parsed."""

from collections.abc import Mapping
from pathlib import PurePath

from engine.documents import outlining, package
from engine.documents.reading import Word
from engine.documents.settling import W
from engine.errors import InvalidAnswers, InvalidDefinition, Problem

LARGEST = 20_000_000
#: A register of 3,000 units has some 30,000.
_MOST_PARAGRAPHS = 60_000
_REFUSED = "文件没有收下，文书没有改动。"
#: By how a file begins: what it is, for whoever took the wrong one.
_BEGINNINGS = {
    b"%PDF": "这是 PDF；请上传修改过的 Word 文件（.docx）。",
    b"\xff\xd8\xff": "这是照片；请上传修改过的 Word 文件（.docx）。",
    b"\x89PNG": "这是图片；请上传修改过的 Word 文件（.docx）。",
    b"{\\rtf": "这是 RTF 文件；请用 Word 或 WPS 打开，另存为 .docx 后再上传。",
    b"Rar!": "这是压缩包；请解压后上传其中的 .docx。",
    b"7z\xbc\xaf": "这是压缩包；请解压后上传其中的 .docx。",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
#: By what else a zip may hold.
_OTHERS = {
    "xl/workbook.xml": "这是 Excel 表格；请上传修改过的 Word 文件（.docx）。",
    "ppt/presentation.xml": "这是演示文稿；请上传修改过的 Word 文件（.docx）。",
    "content.xml": "这是 OpenDocument 文件；请另存为 .docx 后再上传。",
}


def read(content: bytes, name: str) -> dict[str, bytes]:
    """The parts of an uploaded file called ``name``; nothing in it was run, and nothing fetched.

    Tracked changes and comments may stand in it.  Raises InvalidAnswers, which says what is wrong and what to do.
    """
    if said := unlike(content, name):
        raise refused(said)
    try:
        parts = package.read_worked_on(content, name)
    except InvalidDefinition as error:
        where = f"（在 {error.element} 里）" if error.element else ""
        raise refused(f"这份文件{error.reason}{where}") from error
    if said := unreadable(parts):
        raise refused(said)
    return parts


def refused(message: str) -> InvalidAnswers:
    """The refusal of a file, in these words."""
    return InvalidAnswers([Problem("file", message)], _REFUSED)


def unreadable(parts: Mapping[str, bytes]) -> str:
    """Why a file cannot be compared, empty when it can."""
    try:
        body = Word(parts).body
        outlining.outline(body.word)
    except (ValueError, RecursionError):
        return "这份文件的内部结构读不懂；请用 Word 或 WPS 打开，另存为新的 .docx 后再上传。"
    if body.root.find(f"{W}body") is None:
        return "这份文件没有正文；请用 Word 或 WPS 打开，另存为新的 .docx 后再上传。"
    many = sum(1 for _ in body.root.iter(f"{W}p"))
    if many > _MOST_PARAGRAPHS:
        return f"文件有 {many:,} 段，超过 {_MOST_PARAGRAPHS:,} 段，不能逐条对照；请拆开或删去多余的空段后再上传。"
    return ""


def unlike(content: bytes, name: str) -> str:
    """Why this cannot be a .docx, by its size, its name and how it begins; empty when it may be one."""
    if not content:
        return "文件是空的；请确认已保存，再选一次。"
    if len(content) > LARGEST:
        return f"文件有 {len(content) // 1_000_000} MB，超过 {LARGEST // 1_000_000} MB；请压缩文中的图片后再上传。"
    if content.startswith(_OLE):
        if _PASSWORD in content:
            return "文件设了打开密码，读不了；请在 Word 或 WPS 里去掉密码后再上传。"
        return "这是旧格式的文档（.doc 或 .wps）；请用 Word 或 WPS 另存为 .docx 后再上传。"
    for beginning, said in _BEGINNINGS.items():
        if content.startswith(beginning):
            return said
    if not content.startswith(b"PK"):
        return "这不是 Word 文件；请上传修改过的 .docx。"
    for inside, said in _OTHERS.items():
        if inside.encode() in content and package.DOCUMENT.encode() not in content:
            return said
    ending = PurePath(name).suffix.lower()
    if ending == ".docm" or ending == ".dotm":
        return "这是启用宏的文档；请另存为不含宏的 .docx 后再上传。"
    if ending != ".docx":
        return f"文件名以“{ending or '（没有扩展名）'}”结尾，不是 .docx；请用 Word 或 WPS 另存为 .docx 后再上传。"
    return ""
