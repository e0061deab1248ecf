"""Scans of ballots: brought in heaps of any order, each page filed as its ballot; what cannot be, a person settles.

:mod:`engine.ballot_scanning` looks at the pages.  A scan shows what a ballot says and whose it is, so that only those
who enter ballots see one: as long as nobody knows which it is, and then whoever has it to enter or to decide on; and it
is kept sealed, so that whoever finds a copy of the store reads no vote with a name.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine import events, sealing
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import ballot_scan
from engine.rules.ballot_life import State
from engine.rules.ballot_scan import Verdict
from engine.store import ballot_scans, documents, rows
from engine.store import ballots as ballots_store
from engine.store.ballot_scans import Batch, Page, Seen
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import ballot_entry, ballots, incoming
from engine.use_cases.ballots import ENTERING, Vote
from engine.use_cases.dossier import Dossier

MOST_PAGES = 500
_SEALED_FOR = "scanned ballots"
#: What may be typed or noted of a page.
LONGEST = 200


@dataclass(frozen=True)
class Scans:
    """The scans of a vote: its batches, and the serials of what came back and was not scanned."""

    batches: Sequence[Batch]
    lacking: Sequence[int]


@dataclass(frozen=True)
class Standing:
    """A batch as its page shows it: what a person has to settle, and everything else without a picture."""

    batch: Batch
    unsettled: Sequence[Page]
    others: Sequence[Page]

    @property
    def unreturned(self) -> list[Page]:
        """The pages filed as ballots of which nobody entered that they came back."""
        return [page for page in self.others if page.verdict is Verdict.FILED and page.says]


def listed(vote: Vote) -> Scans:
    """The scans of the vote that runs.  Raises NotPermitted for whoever does not enter ballots."""
    ballot_entry.may_enter(vote)
    work, key, meeting = vote.dossier.work, vote.dossier.estate_id, vote.dossier.round
    return Scans(ballot_scans.of_meeting(work, key, meeting), ballot_scans.lacking(work, key, meeting))


def take(vote: Vote, files: Sequence[tuple[str, bytes]]) -> int:
    """Keep a heap of scanned ballots, as photos or PDFs; returns the id of the batch.

    Raises NotPermitted, and InvalidAnswers that names the file; nothing is kept then.
    """
    ballot_entry.may_enter(vote)
    work, dossier = vote.dossier.work, vote.dossier
    many = incoming.pages(files, MOST_PAGES, "表决票", partial(keep, work))
    work.append(dossier.estate_id, events.BallotsScanned(len(many)))
    return ballot_scans.bring(work, dossier.estate_id, dossier.round, many)


def standing(vote: Vote, batch_id: int) -> Standing:
    """A batch of this vote.  Raises NotFound, NotPermitted."""
    ballot_entry.may_enter(vote)
    batch = ballot_scans.one(vote.dossier.work, batch_id)
    if batch is None or (batch.estate_id, batch.meeting) != (vote.dossier.estate_id, vote.dossier.round):
        raise NotFound(what="这批扫描件")
    found = ballot_scans.pages(vote.dossier.work, batch_id)
    unsettled = [page for page in found if page.verdict in ballot_scan.UNSETTLED]
    return Standing(batch, unsettled, [page for page in found if page.verdict not in ballot_scan.UNSETTLED])


def keep(work: UnitOfWork, content: bytes) -> str:
    """Keep a scan sealed; returns the SHA-256 of what lies there."""
    return documents.keep(work, sealing.seal(work.public.key, _SEALED_FOR, content))


def read(work: UnitOfWork, digest: str) -> bytes:
    """A scan that was kept.  Raises DamagedState under another key."""
    return sealing.unseal(work.public.key, _SEALED_FOR, work.files.read(digest))


# looked at


def note(work: UnitOfWork, dossier: Dossier, page: Page, codes: Collection[str], blank: bool, picture: str) -> None:
    """In the commit, keep what a page is by what its codes hold."""
    seen, one = _seen(dossier, codes, blank)
    ballot_scans.see(work, page, replace(seen, picture=picture))
    if one is not None and seen.verdict is Verdict.FILED:
        ballots_store.note(work, [(one.id, "SCANNED", _place(page))])


def _seen(dossier: Dossier, codes: Collection[str], blank: bool) -> tuple[Seen, rows.Ballot | None]:
    if not codes:
        said = ("没有内容；是票的背面就不用管。", "没有读到二维码；请看着图输入票号。")
        return Seen(Verdict.BLANK if blank else Verdict.UNREADABLE, said[not blank]), None
    try:
        serials = {ballots.coded(dossier, text) for text in codes}
        if len(serials) > 1:
            return Seen(Verdict.UNREADABLE, ballot_scan.strays(serials)), None
        one = ballots.registered(dossier, serials.pop())
    except (InvalidAnswers, NotFound) as error:
        return Seen(Verdict.FOREIGN, _why(error)), None
    return _as(dossier, one), one


def _why(error: InvalidAnswers | NotFound) -> str:
    return error.problems[0].message if isinstance(error, InvalidAnswers) else str(error)


def _as(dossier: Dossier, one: rows.Ballot) -> Seen:
    already = ballot_scans.filed(dossier.work, one.id)
    verdict, says = ballot_scan.verdict(one.serial, State(one.state), _place(already[0]) if already else "")
    return Seen(verdict, says, ballot_id=one.id, side=1 if verdict is Verdict.FILED else None)


def _place(page: Page) -> str:
    return f"第 {page.batch_id} 批第 {page.no} 张"


# settled by a person


def settle(vote: Vote, batch_id: int, no: int, do: str, given: Mapping[str, str]) -> str:
    """Settle a page as ``do`` says: a key of :data:`SETTLED`; returns what is told.

    Raises NotFound, NotPermitted, InvalidAnswers; Conflict in the commit where somebody else settled it.
    """
    page = next((one for one in standing(vote, batch_id).unsettled if one.no == no), None)
    if page is None:
        raise _refused(no, "这一张已经处理过；请刷新后再看。")
    if do not in SETTLED:
        raise _refused(no, "没有选择怎样处理；请用页面上的按钮。")
    return SETTLED[do](vote, page, given)


def _assign(vote: Vote, page: Page, given: Mapping[str, str]) -> str:
    """File a page as the ballot whose serial somebody read off it."""
    typed = ballots.typed_serial(given.get("serial", ""))
    if typed is None:
        raise _refused(page.no, "没有写票号；请看着图，把票面上的六位票号抄下来。")
    if page.picture is None:
        raise _refused(page.no, "这一张打不开，没法对照；请重新扫描，这一张放下。")
    try:
        one = ballots.ballot(vote, typed)
    except (InvalidAnswers, NotFound) as error:
        raise _refused(page.no, f"第 {typed:06d} 号：{_why(error)}") from error
    seen = _as(vote.dossier, one)
    if seen.verdict is Verdict.TWICE:
        _say(vote, page, seen)
        return f"第 {typed:06d} 号票已有扫描件；请对照两张，再选这一张是什么。"
    if seen.verdict is not Verdict.FILED:
        raise _refused(page.no, seen.says)
    _file(vote, page, one, 1, seen.says)
    return f"已归到第 {typed:06d} 号票。"


def _leaf(vote: Vote, page: Page, given: Mapping[str, str]) -> str:
    """File a page as one more of the ballot that has a scan, as its back."""
    one, filed = _again(vote, page)
    _file(vote, page, one, 1 + max(each.side or 0 for each in filed))
    return f"已归到第 {one.serial:06d} 号票，作为它的另一页。"


def _instead(vote: Vote, page: Page, given: Mapping[str, str]) -> str:
    """Let a better scan of the same paper take the place of the one there is."""
    one, filed = _again(vote, page)
    _say(vote, filed[0], Seen(Verdict.DROPPED, f"换成了{_place(page)}", ballot_id=one.id))
    _file(vote, page, one, filed[0].side or 1, filed[0].says)
    return f"第 {one.serial:06d} 号票改用这一张。"


def _copy(vote: Vote, page: Page, given: Mapping[str, str]) -> str:
    """Keep on record that a second paper with this serial came; it counts for nothing."""
    one, _ = _again(vote, page)
    said = given.get("note", "").strip()
    if not 0 < len(said) <= LONGEST:
        raise _refused(page.no, "没有写情况；请写这张与原票有什么不同、放在哪里。")
    _say(vote, page, Seen(Verdict.DROPPED, f"同号的另一张，没有计入：{said}", ballot_id=one.id))
    ballots_store.note(vote.dossier.work, [(one.id, "DUPLICATE", f"{_place(page)}：{said}")])
    vote.dossier.work.append(vote.dossier.estate_id, events.BallotDoubled(one.serial))
    return f"已记下又收到一张第 {one.serial:06d} 号票，没有计入。"


def _drop(vote: Vote, page: Page, given: Mapping[str, str]) -> str:
    """Put a page aside; it stays kept."""
    _say(vote, page, Seen(Verdict.DROPPED, f"放下：{page.says}"))
    return "这一张已放下，原图仍保存着。"


SETTLED: Mapping[str, Callable[[Vote, Page, Mapping[str, str]], str]] = {
    "assign": _assign, "leaf": _leaf, "instead": _instead, "copy": _copy, "drop": _drop,
}  # fmt: skip


def _again(vote: Vote, page: Page) -> tuple[rows.Ballot, list[Page]]:
    """The ballot that a page seems to be again, with what is filed as it."""
    if page.verdict is not Verdict.TWICE:
        raise _refused(page.no, "这一张不是同号的又一张；请输入票号，或放下。")
    one = ballots.ballot(vote, page.serial)
    filed = ballot_scans.filed(vote.dossier.work, one.id)
    if not filed:
        raise _refused(page.no, "原来那一张已经不在；请刷新后再看。")
    return one, filed


def _file(vote: Vote, page: Page, one: rows.Ballot, side: int, says: str = "") -> None:
    _say(vote, page, Seen(Verdict.FILED, says, ballot_id=one.id, side=side))
    ballots_store.note(vote.dossier.work, [(one.id, "SCANNED", _place(page))])


def _say(vote: Vote, page: Page, seen: Seen) -> None:
    ballot_scans.see(vote.dossier.work, page, replace(seen, picture=page.picture), vote.member.name)


# shown


def loose(vote: Vote, batch_id: int, no: int) -> bytes:
    """The picture of a page that is not settled, JPEG; of one that is the same again, beside it the first one's.

    Raises NotFound, NotPermitted.
    """
    page = next((one for one in standing(vote, batch_id).unsettled if one.no == no), None)
    return _picture(vote, page)


def original(vote: Vote, batch_id: int, no: int) -> bytes:
    """The picture of the scan that a page seems to be again.  Raises NotFound, NotPermitted."""
    page = next((one for one in standing(vote, batch_id).unsettled if one.no == no), None)
    if page is None or page.verdict is not Verdict.TWICE:
        raise NotFound(what="这张票原来的扫描件")
    return _picture(vote, next(iter(_again(vote, page)[1]), None))


def of_ballot(vote: Vote, serial: int, side: int) -> bytes:
    """A page of the ballot that this member has to enter, or to decide on.  Raises NotFound, NotPermitted."""
    one = ballots.ballot(vote, serial)
    if not ballot_entry.reads(vote, one):
        raise NotPermitted(f"扫描件只给录入、裁定这张票的人看：{'、'.join(ENTERING)}。")
    filed = ballot_scans.filed(vote.dossier.work, one.id)
    return _picture(vote, next((page for page in filed if page.side == side), None))


@dataclass(frozen=True)
class Looked:
    """What was counted of a ballot, beside its scanned pages."""

    marks: str
    pictures: Sequence[bytes]


def look(vote: Vote, serial: int, purpose: str) -> Looked:
    """What a ballot says, beside whose it is, with its pictures to compare; for a purpose that is noted.

    Raises NotPermitted, InvalidAnswers.
    """
    marks = ballots.look_at_marks(vote, serial, purpose)
    filed = ballot_scans.filed(vote.dossier.work, ballots.ballot(vote, serial).id)
    return Looked(marks, [_picture(vote, page) for page in filed if page.picture])


def _picture(vote: Vote, page: Page | None) -> bytes:
    if page is None or not page.picture:
        raise NotFound(what="这一张的图片")
    return read(vote.dossier.work, page.picture)


def _refused(no: int, message: str) -> InvalidAnswers:
    return InvalidAnswers([Problem(f"page-{no}", message)], "没有改动。")
