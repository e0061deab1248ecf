"""Whether a paper is genuine: whoever holds it may ask, without an account, and learns nothing about anybody."""

import re
from dataclasses import dataclass

from engine.errors import NotFound
from engine.store import verification
from engine.store.unit_of_work import UnitOfWork
from engine.store.verification import Found, Issued

#: How often one network address, and everybody together, may ask in a minute.
EACH, ALL = 60, 600
CURRENT, SUPERSEDED, WITHDRAWN = "现行有效", "已被新的文书替代", "已作废"
_SPACING = re.compile(r"[\s\-]")


@dataclass(frozen=True)
class Verified:
    """A document as anybody may know it, and the version that counts."""

    found: Found
    newest: Issued

    @property
    def status(self) -> str:
        """Whether it still stands."""
        if not self.found.void:
            return CURRENT
        return SUPERSEDED if self.found.successor else WITHDRAWN


@dataclass(frozen=True)
class Match:
    """Whether a file is a version of a document, in words."""

    yes: bool
    words: str


def may_ask(work: UnitOfWork, address: str) -> bool:
    """Whether somebody at that network address may ask once more in this minute; that they asked is noted."""
    mine, everybody = verification.count(work, address)
    return mine <= EACH and everybody <= ALL


def written(code: str) -> str:
    """A token as it is kept, of one that was read off a screen or typed."""
    return _SPACING.sub("", code).lower()[:40]


def document(work: UnitOfWork, token: str) -> Verified:
    """The document of a token.  Raises NotFound for one that is unknown, or no token at all."""
    found = verification.by_token(work, written(token))
    if found is None:
        raise NotFound("没有这个核验码。请重新扫描纸上的二维码；仍然查不到的，请向发放文书的居委会或街道核实。")
    return Verified(found, found.versions[-1])


def compare(verified: Verified, digest: str) -> Match:
    """Whether the file of that SHA-256 is a version of the document."""
    for one in verified.found.versions:
        if digest not in {one.sha256, one.pdf}:
            continue
        what = f"这个文件就是本文书第 {one.version} 版的{' PDF' if digest == one.pdf else ' Word 原件'}，内容没有改动"
        if verified.found.void:
            return Match(True, f"{what}；但本文书{verified.status}，请不要再使用。")
        if one is not verified.newest:
            return Match(True, f"{what}；但这是旧版，现行的是第 {verified.newest.version} 版。")
        return Match(True, f"{what}，是现行的一版。")
    return Match(
        False,
        "这个文件不是本文书的任何一版：内容被改动过，或是扫描、拍照、另存、转换格式得来的。"
        "请以盖章的纸质件为准，逐项核对下面的名称、编号和日期；不一致的，请向发放文书的居委会或街道核实。",
    )
