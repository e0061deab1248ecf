"""Look at signed copies page by page, from rows, beside the job loop.

What a page turned out to be is kept in one commit: whoever is killed leaves nothing half, and the next one goes on.
"""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime

from PIL import Image

from engine import pictures, reading_scans
from engine.documents import code
from engine.documents.code import Held
from engine.documents.proofreading import Doubt
from engine.errors import Conflict
from engine.store import Store, documents, signed_copies, uploads, verification
from engine.store.signed_copies import BLANK, BROKEN, FOREIGN, MATCHED, UNLIKE, UNREAD, UNSURE, Copy, Page, Seen
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import printing

ACTOR = "导入台"
_QUALITY = 60


class Scanner:
    """Looks at the pages of signed copies; keeps what the version last looked at says on each page."""

    def __init__(self, opened: Store) -> None:
        self._store = opened
        self._due: dict[str, Sequence[str]] = {}

    def round(self, now: datetime) -> bool:
        """Look at the next page of the oldest copy; whether there was one.  No transaction is open meanwhile."""
        with self._store.work(ACTOR, now) as work:
            copy = signed_copies.waiting(work)
            page = copy.next if copy else None
            if copy is None or page is None:
                self._due.clear()
                return False
            brought = work.files.read(page.source)
        picture = reading_scans.drawn(brought, page.part) if brought.startswith(b"%PDF-") else brought
        try:
            read = reading_scans.read(picture)
        except pictures.Unfit:
            self._keep(copy, page, Seen(BROKEN, "这一页画不出来；请重新扫描这一页。"), None, now)
        else:
            self._keep(copy, page, self._seen(copy, page, read, now), read.shown, now)
        return True

    def _keep(self, copy: Copy, page: Page, seen: Seen, picture: Image.Image | None, now: datetime) -> None:
        """Keep what a page is; somebody may have put the copy aside meanwhile: then nothing is kept."""
        with suppress(Conflict), self._store.work(ACTOR, now) as work:
            if picture is not None:
                kept = documents.keep(work, _jpeg(picture))
                seen = replace(seen, picture=kept, width=picture.width, height=picture.height)
            signed_copies.see(work, copy, page, seen)

    def _seen(self, copy: Copy, brought: Page, read: reading_scans.Page, now: datetime) -> Seen:
        """What a page turned out to be: a person or its code says which it is, and where neither does, its words."""
        held = [one for text in read.codes if (one := code.held(text))]
        with self._store.work(ACTOR, now) as work:
            said = _foreign(work, copy, held)
        if said:
            return Seen(FOREIGN, said)
        if brought.page:
            return self._named(copy, brought.page, brought.says, held, read, now)
        coded = next((one.page for one in held if one.page), None)
        if not reading_scans.available():
            told = f"二维码说是第 {coded} 页；" if coded else ""
            return Seen(UNREAD, f"这台服务器没有安装 tesseract-ocr-chi-sim，文字没有核对；{told}请人工对照并指明页码。")
        if not held and read.blank:
            return Seen(BLANK, "没有读到字：空白页，或者太模糊、太暗；请重扫或去掉。")
        due = self._pages(copy.sha256, now)
        if not due:
            return Seen(UNREAD, "定稿转不成 PDF，没有自动核对；请人工对照并指明页码。")
        found = read.match(due)
        page = coded or found.page
        if coded and (coded > len(due) or found.page not in {None, coded}):
            return Seen(UNSURE, f"二维码说是第 {coded} 页，文字像第 {found.page or '？'} 页；请对照后指明。")
        if page is None:
            # words alone never say that a page is of another paper: of a torn one too little is read
            if not found.foreign:
                return Seen(UNSURE, "认不出是第几页；请指明。")
            return Seen(UNLIKE, "内容和这份文书的哪一页都对不上：是别的文书的请去掉；撕坏、拍糊的请重拍补传。")
        doubts = read.doubts(due[page - 1])
        if older := None if coded else self._older(copy, read, doubts, now):
            return Seen(UNLIKE, f"文字像第 {older} 版，不像第 {copy.version} 版；是旧版的请去掉，换成现行版重签。")
        return Seen(MATCHED, "", page, doubts=[asdict(one) for one in doubts])

    def _named(
        self, copy: Copy, page: int, says: str, held: Sequence[Held], read: reading_scans.Page, now: datetime
    ) -> Seen:
        """A page held against the one that somebody says it is."""
        due = self._pages(copy.sha256, now)
        if not due:
            return Seen(MATCHED, f"{says}，文字没有自动核对", page)
        if page > len(due):
            return Seen(UNSURE, f"这份文书共 {len(due)} 页，没有第 {page} 页；请重新指明。")
        other = next((one.page for one in held if one.page not in {0, page}), 0)
        told = f"{says}；二维码说是第 {other} 页" if other else says
        if read.strange(due[page - 1]):
            told += "；读到的字大多不在这一页上，是别的文书的请去掉"
        return Seen(MATCHED, told, page, doubts=[asdict(one) for one in read.doubts(due[page - 1])])

    def _older(self, copy: Copy, read: reading_scans.Page, doubts: Sequence[Doubt], now: datetime) -> int | None:
        """The earlier version that a page says word for word, where it does not say what this one does."""
        if not any(one.changed for one in doubts):
            return None
        with self._store.work(ACTOR, now) as work:
            earlier = [one for one in uploads.versions(work, copy.document_id) if one.version < copy.version]
        for version in earlier:
            pages = self._pages(version.sha256, now)
            page = read.match(pages).page if pages else None
            if page and not any(one.changed for one in read.doubts(pages[page - 1])):
                return version.version
        return None

    def _pages(self, sha256: str, now: datetime) -> Sequence[str]:
        """What each page of a version says in print; nothing where it cannot be printed."""
        if sha256 not in self._due:
            made = printing.of_file(self._store, sha256, now, signed=True)
            self._due[sha256] = reading_scans.texts(made) if isinstance(made, bytes) else ()
        return self._due[sha256]


def _foreign(work: UnitOfWork, copy: Copy, codes: Sequence[Held]) -> str:
    """Whose page it is by its codes, when it is of another paper or another version."""
    for one in codes:
        known = verification.by_token(work, one.token)
        if known and known.document_id != copy.document_id:
            return f"页上的二维码是另一份文书的：《{known.title}》（{known.number}）；请换成这份文书的这一页。"
        versions = {version.version: version.sha256 for version in known.versions} if known else {}
        if known and one.page and versions.get(one.version) != copy.sha256:
            return f"页上的二维码是第 {one.version} 版第 {one.page} 页的，不是第 {copy.version} 版；请换成现行版重签。"
    return ""


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
