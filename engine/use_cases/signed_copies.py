"""Signed copies 签署件: scans come in, are held against the version they are of, and are filed by a named person.

:mod:`engine.scanning` reads the pages; nothing is filed before somebody looked at every doubt and every seal.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from engine import events, pages, pdf, reading_scans
from engine.documents import show
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import documents, signed_copies
from engine.store.signed_copies import (
    ASIDE,
    BLANK,
    BROKEN,
    DROPPED,
    FILED,
    FOREIGN,
    MATCHED,
    READ,
    UNLIKE,
    UNREAD,
    UNSURE,
    WAITS,
    WHY,
    Copy,
    Page,
    Seen,
    Tick,
)  # fmt: skip
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import disclosing, incoming, revising
from engine.use_cases.accounts import Member
from engine.use_cases.revising import Versions

MOST_PAGES, LONGEST_WHY = 200, 200
_LONGEST_PLACE = 40
#: What a signed page has a place for.
_MARK = "签字|签名|签章|盖章|公章|捺印|指印"
_PLACE = re.compile(rf"（[^（）]*(?:{_MARK})[^（）]*）|(?:{_MARK})\s*[：:]")
_BLANKS = re.compile(r"[_＿\s]+")
VERDICTS: Mapping[str, str] = {
    WAITS: "正在看", MATCHED: "已对上", UNSURE: "认不出是第几页", UNLIKE: "内容对不上", FOREIGN: "不是这份文书",
    BLANK: "空白页", BROKEN: "打不开", UNREAD: "没有自动核对", DROPPED: "已去掉",
}  # fmt: skip
#: Pages that somebody has to settle: to say which page it is, or to drop it.
_UNSETTLED = (UNSURE, UNLIKE, FOREIGN, BLANK, BROKEN, UNREAD)


@dataclass(frozen=True)
class Standing:
    """A signed copy as its page shows it: ``total`` pages there are to be, 0 when that is not known.

    ``places`` are the words at each place for a seal or a signature, ``ticks`` what people ticked so far.
    """

    found: Versions
    copy: Copy
    total: int
    places: Sequence[str]
    ticks: Sequence[Tick] = ()

    def mine(self, member: Member) -> dict[str, Tick]:
        """What this person ticked; a page that is another one by now was not compared with that."""
        pages = {of_page(page) for page in self.copy.pages}
        return {
            one.what: one for one in self.ticks if one.who == member.name and ("=" not in one.what or one.what in pages)
        }

    def others(self, member: Member, what: str) -> list[Tick]:
        """Who else ticked this."""
        return [one for one in self.ticks if one.what == what and one.who != member.name]

    @property
    def missing(self) -> list[int]:
        """Which pages are not there."""
        there = {page.page for page in (*self.copy.of(MATCHED), *self.waiting)}
        return [page for page in range(1, self.total + 1) if page not in there]

    @property
    def twice(self) -> list[int]:
        """Which pages are there more than once."""
        there = [page.page for page in self.copy.of(MATCHED) if page.page]
        return sorted({page for page in there if there.count(page) > 1})

    @property
    def waiting(self) -> list[Page]:
        """The pages that are still to be held against the document."""
        return self.copy.of(WAITS)

    @property
    def unsettled(self) -> list[Page]:
        """The pages that are none of this document, or of which nobody knows."""
        return [page for page in self.copy.pages if page.verdict in _UNSETTLED]

    @property
    def doubtful(self) -> list[Page]:
        """The pages that do not quite say what they should, and those that only a person held against the document."""
        return [page for page in self.copy.of(MATCHED) if page.doubts or page.says]

    @property
    def open(self) -> bool:
        """Whether it is read and neither filed nor put aside."""
        return self.copy.status == READ

    @property
    def in_order(self) -> list[Page]:
        """The pages as the document has them, what is not known of last."""
        return sorted(self.copy.pages, key=lambda page: (page.verdict == DROPPED, page.page or self.total + 1, page.no))


def of_page(page: Page) -> str:
    """What is ticked of a page: that it was compared with the one which it is."""
    return f"{page.no}={page.page}"


def of_place(place: int) -> str:
    """What is ticked of a place: that it is signed or sealed."""
    return f"place{place}"


def lacking() -> list[str]:
    """What this machine cannot do with a scan, for want of which Debian package."""
    told = []
    if not pages.available():
        told.append("打不开 PDF，请逐页传照片（缺 poppler-utils）")
    if not reading_scans.available():
        told.append("不核对文字，页码由您逐张指明（缺 tesseract-ocr、tesseract-ocr-chi-sim）")
    if not pdf.available():
        told.append("不知道定稿的页数和每页内容，缺页要您自己核对（缺 libreoffice-writer-nogui、fonts-noto-cjk）")
    return told


def listed(work: UnitOfWork, member: Member, number: str) -> tuple[Versions, list[Copy]]:
    """A document with the signed copies of it, the latest first.  Raises NotFound, NotPermitted."""
    found = revising.versions(work, member, number)
    return found, signed_copies.of_document(work, found.known.id)


def take(work: UnitOfWork, member: Member, number: str, files: Sequence[tuple[str, bytes]]) -> int:
    """Keep a scan of the newest version, of one or several files in any order; returns the id of the copy.

    Raises NotFound, NotPermitted, and InvalidAnswers that names the file; nothing is kept then.
    """
    found = revising.versions(work, member, number)
    _permit(work, member, found)
    disclosing.open_paper(work, member, number)
    many = incoming.pages(files, MOST_PAGES, "签署件", partial(documents.keep, work))
    return signed_copies.bring(work, found.known.id, found.newest.version, found.newest.sha256, many)


def add(work: UnitOfWork, member: Member, shown: Standing, files: Sequence[tuple[str, bytes]]) -> int:
    """Add pages that are missing, or were scanned anew, to a copy that is not settled; returns how many came.

    Raises NotPermitted, InvalidAnswers that names the file, and Conflict in the commit; nothing is kept then.
    """
    _permit(work, member, shown.found)
    if not shown.open:
        raise InvalidAnswers([Problem("files", "这份签署件现在不能补页；请刷新后再看。")], "没有上传。")
    many = incoming.pages(files, MOST_PAGES - len(shown.copy.pages), "签署件", partial(documents.keep, work))
    signed_copies.add(work, shown.copy, many)
    return len(many)


def _permit(work: UnitOfWork, member: Member, found: Versions) -> None:
    if found.known.kind == "ballot":
        raise NotPermitted("表决票在“表决票收回”里登记，不作为签署件归档。")
    people = work.people(found.known.estate_id)
    if member.name not in {people.get(lane) for lane in revising.REVISING}:
        raise NotPermitted(f"签署件由本小区的{'、'.join(revising.REVISING)}上传归档，您不是其中的人。")
    if found.known.void_reason:
        raise NotPermitted(f"这份文书已作废（{found.known.void_reason}），不再归档签署件。")


def standing(work: UnitOfWork, member: Member, number: str, copy_id: int, total: int) -> Standing:
    """A signed copy; ``total`` is how many pages its version has in print.  Raises NotFound, NotPermitted."""
    found = revising.versions(work, member, number)
    disclosing.open_paper(work, member, number)
    copy = signed_copies.one(work, copy_id)
    if copy is None or copy.document_id != found.known.id:
        raise NotFound(what="这份签署件")
    ticks = signed_copies.ticks(work, copy.id)
    return Standing(found, copy, total, places(work.files.read(copy.sha256)), ticks)


def places(content: bytes) -> list[str]:
    """What stands at each place for a seal or a signature, without its blanks, in the order of the document."""
    told = [_BLANKS.sub(" ", line).strip() for line in show.paragraphs(content, file="文书")]
    # in a table whose place it is stands in the cell before
    return [
        f"{before if line.startswith('（') and len(before) <= _LONGEST_PLACE // 4 else ''}{line}".rstrip(" ：:")
        for before, line in pairwise(["", *told])
        if _PLACE.search(line) and len(line) <= _LONGEST_PLACE
    ]


def nameable(page: Page) -> bool:
    """Whether somebody may say which page of the paper this is: not of what shows nothing, or another paper's code."""
    return bool(page.picture) and page.verdict not in {FOREIGN, BLANK, DROPPED}


def assign(work: UnitOfWork, member: Member, shown: Standing, no: int, page: int | None) -> None:
    """Say which page a scanned page is, which is then held against that one, or drop it.

    Raises NotPermitted, InvalidAnswers.
    """
    _permit(work, member, shown.found)
    one = next((each for each in shown.copy.pages if each.no == no), None)
    if one is None or not shown.open:
        raise InvalidAnswers([Problem(f"page-{no}", "这一页现在不能改；请刷新后再看。")], "没有改动。")
    if page is None:
        seen = Seen(DROPPED, "已去掉，不归档", None, one.picture, one.width, one.height)
    elif one.verdict == FOREIGN:
        said = f"第 {no} 张不是这份文书的页，不能指明为其中一页；请去掉，再补传这份文书的那一页。"
        raise InvalidAnswers([Problem(f"page-{no}", said)], "没有改动。")
    elif not nameable(one):
        seen_as = "没有读到字" if one.verdict == BLANK else "打不开"
        said = f"第 {no} 张{seen_as}，没法对照；请去掉这一张，重新扫描这一页后补传。"
        raise InvalidAnswers([Problem(f"page-{no}", said)], "没有改动。")
    elif 1 <= page <= (shown.total or MOST_PAGES):
        named, readable = f"由{member.name}指明", reading_scans.available()
        told = named if readable else f"{named}，文字没有自动核对"
        seen = Seen(WAITS if readable else MATCHED, told, page, one.picture, one.width, one.height)
    else:
        raise InvalidAnswers([Problem(f"page-{no}", f"这份文书共 {shown.total} 页，没有第 {page} 页。")], "没有改动。")
    signed_copies.see(work, shown.copy, one, seen)


@dataclass(frozen=True)
class Given:
    """What a page sends of ticks: those that ``was`` there when it was shown, and what is ticked ``now``.

    ``why`` is the reason that stands there for places without a tick, None where it is not asked.
    """

    was: frozenset[str]
    now: frozenset[str]
    why: str | None = None


def keep(work: UnitOfWork, member: Member, shown: Standing, given: Given) -> None:
    """Keep what a person ticked, whatever else they do on the page; what was not shown to them as ticked stays.

    Raises NotPermitted.
    """
    _permit(work, member, shown.found)
    if not shown.open:
        return
    known = {*map(of_page, shown.doubtful), *map(of_place, range(len(shown.places)))}
    before = shown.mine(member)
    said = dict.fromkeys(given.now & known - {*before}, "")
    if given.why is not None and given.why.strip() != (before[WHY].said if WHY in before else ""):
        said[WHY] = given.why.strip()[:LONGEST_WHY]
    signed_copies.tick(work, shown.copy.id, said, given.was - given.now - {WHY})


def put_aside(work: UnitOfWork, member: Member, shown: Standing) -> None:
    """Put a copy aside; its pages stay kept.  Raises NotPermitted, Conflict in the commit."""
    _permit(work, member, shown.found)
    signed_copies.set_status(work, shown.copy, ASIDE)


def file(work: UnitOfWork, member: Member, shown: Standing, why: str) -> None:
    """File a copy as the signed copy of its version, by what this person ticked: pages compared, places signed.

    ``why`` says what of the other places.  Raises NotPermitted, InvalidAnswers.
    """
    ticked = shown.mine(member)
    _permit(work, member, shown.found)
    left = {place for place in range(len(shown.places)) if of_place(place) not in ticked}
    problems = [*_hindrances(work, shown), *_unlooked(shown, ticked)]
    if left and not 0 < len(why.strip()) <= LONGEST_WHY:
        first = "、".join(shown.places[place] for place in sorted(left)[:3])
        problems.append(Problem("why", f"还有 {len(left)} 处没有勾选（{first}）；确实没有签章的，请写明原因。"))
    if problems:
        raise InvalidAnswers(problems, "没有归档。")
    signed_copies.set_status(work, shown.copy, FILED, why.strip() if left else "")
    about, copy = shown.found.paper, shown.copy
    filed = events.SignedCopyFiled(
        about.number, about.title, copy.version, copy.sha256, len(copy.of(MATCHED)), len(shown.places) - len(left),
        why.strip() if left else "",
    )  # fmt: skip
    work.append(shown.found.known.estate_id, filed)


def _hindrances(work: UnitOfWork, shown: Standing) -> Iterable[Problem]:
    """Why this cannot be the signed copy."""
    if not shown.open:
        yield Problem("copy", "这份签署件已经处理过；请刷新后再看。")
    if shown.copy.version != shown.found.newest.version:
        yield Problem("copy", f"这是第 {shown.copy.version} 版的签署件，现行版是第 {shown.found.newest.version} 版。")
    for other in signed_copies.of_document(work, shown.copy.document_id):
        if other.status == FILED and other.version == shown.copy.version:
            yield Problem(
                "copy", f"第 {other.version} 版已由{other.settled_by}归档过签署件，不再换；有误请出新版重签。"
            )
    if shown.waiting:
        yield Problem("copy", f"还有 {len(shown.waiting)} 张正在核对；请稍后刷新再归档。")
    if shown.unsettled:
        listed = "、".join(f"第 {page.no} 张" for page in shown.unsettled[:5])
        first = f"page-{shown.unsettled[0].no}"
        yield Problem(first, f"还有 {len(shown.unsettled)} 张没有对上（{listed}）；请指明是第几页，或去掉。")
    if shown.missing:
        yield Problem("copy", f"缺第 {_ranges(shown.missing)} 页；请在“补页”里补传，已经传的不用再传。")
    if shown.twice:
        yield Problem("all", f"第 {_ranges(shown.twice)} 页有两张；请去掉一张。")


def _unlooked(shown: Standing, ticked: Container[str]) -> Iterable[Problem]:
    left = [page for page in shown.doubtful if of_page(page) not in ticked]
    if left:
        told = "、".join(f"第 {page.page} 页" for page in left[:5])
        said = f"{told}与定稿可能不一致，或没有自动核对；请逐处对照，一致的打勾，不一致的不能归档。"
        yield Problem(f"page-{left[0].no}", said)


def _ranges(numbers: Sequence[int]) -> str:
    """Page numbers as people write them: 3、5–8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def picture(work: UnitOfWork, member: Member, number: str, copy_id: int, no: int) -> bytes:
    """The upright picture of a page, JPEG.  Raises NotFound, NotPermitted."""
    found = revising.versions(work, member, number)
    disclosing.open_paper(work, member, number)
    copy = signed_copies.one(work, copy_id)
    page = (
        next((one for one in copy.pages if one.no == no), None) if copy and copy.document_id == found.known.id else None
    )
    if page is None or not page.picture:
        raise NotFound(what="这一页的图片")
    return work.files.read(page.picture)
