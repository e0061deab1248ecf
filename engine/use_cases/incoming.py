"""Scans as people send them: photos and PDFs, several at once, each looked at before anything is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from engine import pages as drawing
from engine import pictures
from engine.errors import InvalidAnswers, Problem
from engine.store.scans import Brought

#: Bytes of one file.
LARGEST = 100 * 1024 * 1024


@dataclass(frozen=True)
class File:
    """A file that can be read, with how many pages it has."""

    name: str
    content: bytes
    pages: int


def read(files: Sequence[tuple[str, bytes]], most: int, what: str) -> list[File]:
    """The files that were sent, of together at most so many pages of ``what``.  Raises InvalidAnswers naming the file.

    A phone may call every photo the same.
    """
    given = [(PurePath(name.replace("\\", "/")).name[-120:] or "（没有文件名）", content) for name, content in files]
    found = [File(name, content, _count(name, content)) for name, content in given if content]
    if not found:
        raise _refused(f"没有选择文件；请选{what}的照片（可以多选）或扫描的 PDF。")
    if (number := sum(one.pages for one in found)) > most:
        raise _refused(f"一共 {number} 页，一次最多 {most} 页；请核对是否选错了文件，或分开上传。")
    return found


def pages(files: Sequence[tuple[str, bytes]], most: int, what: str, keep: Callable[[bytes], str]) -> list[Brought]:
    """Every page of the files that were sent, which ``keep`` keeps under what it returns.  Raises as :func:`read`."""
    return [
        Brought(each.name, source, part)
        for each in read(files, most, what)
        for source in (keep(each.content),)
        for part in range(1, each.pages + 1)
    ]


def _count(name: str, content: bytes) -> int:
    if len(content) > LARGEST:
        raise _refused(f"“{name}”超过 {LARGEST // 1024 // 1024} MB；请用 200–300 dpi 灰度重新扫描。")
    try:
        picture = pictures.read(content)
    except pictures.Unfit as error:
        raise _refused(f"“{name}”：{error}") from error
    if picture is not None:
        return 1
    if not drawing.available():
        raise _refused("这台服务器没有安装 poppler-utils，打不开 PDF；请改传照片，或请管理员安装。")
    if not (number := drawing.count(content)):
        raise _refused(f"“{name}”打不开：可能加了密码或已损坏；请去掉密码、重新扫描后再上传。")
    return number


def _refused(message: str) -> InvalidAnswers:
    return InvalidAnswers([Problem("files", message)], "没有上传。")
