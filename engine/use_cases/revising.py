"""Documents that were changed in Word: a file comes back, is compared with what was issued, and becomes a version.

Versions are never overwritten: what was posted or signed stays as it was, superseded by what came after.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import PurePath
from typing import Any

import orjson

from engine import events
from engine.documents import arriving, clauses, identity, marks, outlining, package, redline, tampering, weighing
from engine.documents.catalogue import KINDS, OPINION
from engine.documents.clauses import Change, Clause, Kind
from engine.documents.identity import Identity
from engine.documents.marks import Left
from engine.documents.reading import Word
from engine.documents.weighing import Sort
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import desk as listing
from engine.store import template_versions, undone, uploads
from engine.store.desk import Issued
from engine.store.unit_of_work import UnitOfWork
from engine.store.uploads import Known, Upload, Version
from engine.use_cases import correcting, desk, disclosing
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library

#: Whose files may become versions: of the estate's own people those who draw up, examine and answer for its papers.
REVISING = ("社区干部", "法律顾问", "街道")
LARGEST, LONGEST_WHY = arriving.LARGEST, 200
_NAME = 120


@dataclass(frozen=True)
class Versions:
    """A document with its versions, the newest first, and the files that wait; ``may`` this member bring another."""

    paper: Issued
    known: Known
    versions: list[Version]
    waiting: list[Upload]
    may: bool
    because: str

    @property
    def newest(self) -> Version:
        """The version that counts."""
        return self.versions[0]

    def version(self, number: int) -> Version:
        """One of them.  Raises NotFound."""
        found = next((one for one in self.versions if one.version == number), None)
        if found is None:
            raise NotFound(what=f"文书 {self.paper.number} 的第 {number} 版")
        return found


@dataclass(frozen=True)
class Told:
    """A fact that was changed by hand: what it is called, in which clause, what was printed, what stands there now.

    ``step`` is where it is corrected, with its ``title``; ``by`` and ``at`` say where the printed value came from.
    """

    label: str
    clause: str
    was: str
    now: str
    step: str
    title: str
    by: str
    at: str


@dataclass(frozen=True)
class Comparison:
    """Two files of a document side by side: what became of each clause, and the facts changed by hand.

    ``amounts`` says what the changes amount to; it is empty where nobody asked.  ``notes`` says that foot- or endnotes
    differ.
    """

    changes: list[Change]
    told: list[Told]
    amounts: Mapping[Sort, list[Change]] = field(default_factory=dict)
    notes: bool = False

    @cached_property
    def summary(self) -> Mapping[Kind, int]:
        """How many clauses there are of each kind."""
        return clauses.summary(self.changes)

    @property
    def count(self) -> int:
        """How many clauses changed."""
        return sum(self.summary.values())


@dataclass(frozen=True)
class Review:
    """A file that waits, against the newest version; ``warnings`` are what somebody has to know before it counts."""

    upload: Upload
    against: Version
    comparison: Comparison
    left: Left
    warnings: list[str]


# looking


def versions(work: UnitOfWork, member: Member, number: str) -> Versions:
    """A document with its versions.  Raises NotFound, NotPermitted."""
    paper = desk.paper(work, member, number)
    known = uploads.known(work, number)
    assert known is not None
    because = _refusal(work, member, known)
    found = uploads.versions(work, known.id)
    return Versions(paper, known, found, uploads.waiting(work, known.id), not because, because)


def _refusal(work: UnitOfWork, member: Member, known: Known) -> str:
    """Why this member may not bring a version of a document, empty when he may."""
    people = work.people(known.estate_id)
    if member.name not in {people.get(lane) for lane in REVISING}:
        return f"修改稿由本小区的{'、'.join(REVISING)}上传，您不是其中的人。"
    if known.void_reason:
        return f"这份文书已作废（{known.void_reason}），不能再出新版。"
    if known.kind == OPINION.name:
        return "审阅意见书按审阅时保存的依据生成，不能改；文书改了，请重新审阅后另出一份。"
    if known.kind == "ballot":
        return "表决票由系统逐户印制，不能改；内容有误请退回到议程一步改正后重印。"
    return ""


def content(work: UnitOfWork, member: Member, number: str, version: int) -> tuple[str, bytes]:
    """Title and file of a version; that it was taken out is noted.  Raises NotFound, NotPermitted."""
    found = versions(work, member, number)
    disclosing.open_paper(work, member, number)
    undone.note_taken(work, number)
    return found.paper.title, work.files.read(found.version(version).sha256)


def compare(work: UnitOfWork, library: Library, member: Member, number: str, old: int, new: int) -> Comparison:
    """Two versions side by side.  Raises NotFound, NotPermitted."""
    found = versions(work, member, number)
    disclosing.open_paper(work, member, number)
    before, after = found.version(old), found.version(new)
    return _comparison(work, library, found, before, parts_of(work, after.sha256))


def redlined(work: UnitOfWork, member: Member, number: str, old: int, new: int) -> tuple[str, bytes]:
    """Title and redline of two versions.  Raises NotFound, NotPermitted, and Unmarked where there can be none."""
    found = versions(work, member, number)
    disclosing.open_paper(work, member, number)
    before, after = found.version(old), found.version(new)
    made = _redline(parts_of(work, before.sha256), parts_of(work, after.sha256), after.by or "导入台", after.at)
    return found.paper.title, made


def _redline(old: Mapping[str, bytes], new: Mapping[str, bytes], by: str, at: str) -> bytes:
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return redline.make(old, new, by, f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def parts_of(work: UnitOfWork, digest: str) -> dict[str, bytes]:
    """The parts of a file that was kept: it was looked through when it came."""
    return package.read_worked_on(work.files.read(digest), "文书.docx")


def clauses_of(work: UnitOfWork, digest: str) -> Sequence[Clause]:
    """The clauses of a file that was kept, without where they stand in it.  Raises NotFound."""
    return _read(work.files.read(digest))


@lru_cache(maxsize=64)
def _read(content: bytes) -> tuple[Clause, ...]:
    """What a file says never changes, so that it is read once; its XML is not held on to."""
    read = clauses.clauses(Word(package.read_worked_on(content, "文书.docx")))
    return tuple(replace(one, lines=[replace(line, nodes=()) for line in one.lines]) for one in read)


def _comparison(
    work: UnitOfWork, library: Library, found: Versions, old: Version, new: Mapping[str, bytes]
) -> Comparison:
    before, after = Word(parts_of(work, old.sha256)), Word(new)
    compared = clauses.compare(clauses.clauses(before), clauses.clauses(after))
    changes = weighing.restyled(before, after, compared)
    printed = uploads.printed(work, found.known.id, old.version)
    template = template_of(work, library, found.known.kind, old, {name: row[0] for name, row in printed.items()})
    told = []
    for one in template.altered(changes):
        step, by, at = printed[one.name][1:]
        label, place = correcting.label(library, one.name), correcting.place(library, step)
        told.append(Told(label, one.clause, one.was, one.now, *place, by, at))
    notes = sorted(before.notes.values()) != sorted(after.notes.values())
    return Comparison(changes, told, weighing.sorted_out(changes, template.spans), notes)


def template_of(
    work: UnitOfWork, library: Library, kind: str, version: Version, values: Mapping[str, Any]
) -> tampering.Template:
    """Where the template that a version was made with prints the facts that were recorded of it, ``values`` by name."""
    digest = version.template_sha256
    brought = template_versions.brought(work, digest)
    content = work.files.read(digest) if brought else library.templates[KINDS[kind].template]
    return _template(content, orjson.dumps(values))


@lru_cache(maxsize=32)
def _template(content: bytes, printed: bytes) -> tampering.Template:
    """What a file prints with these facts never changes, so that its patterns are made once."""
    return tampering.Template(content, orjson.loads(printed))


# bringing


def take(work: UnitOfWork, member: Member, number: str, name: str, brought: bytes) -> int:
    """Keep a changed file for a document; returns the id under which it waits to be looked at.

    Raises NotFound, NotPermitted, and InvalidAnswers for what cannot be a version of it; nothing is kept then.
    """
    found = versions(work, member, number)
    disclosing.open_paper(work, member, number)
    if not found.may:
        raise NotPermitted("{because}", because=found.because)
    name = PurePath(name.replace("\\", "/")).name[-_NAME:] or "（没有文件名）"
    parts = arriving.read(brought, name)
    if said := _foreign(work, member, found, identity.of(parts)):
        raise arriving.refused(said)
    digest = hashlib.sha256(brought).hexdigest()
    for one in found.versions:
        if one.sha256 == digest:
            raise arriving.refused(f"这就是第 {one.version} 版的原文件，没有改动；请选修改后保存的那一份。")
    # of two that bring the same file at once the second finds the first one's
    work.alone(f"upload {found.known.id}")
    for waiting in uploads.waiting(work, found.known.id):
        if waiting.sha256 == digest:
            return waiting.id
    return uploads.take(work, found.known.id, name, brought, found.newest.version)


def _foreign(work: UnitOfWork, member: Member, found: Versions, said: Identity | None) -> str:
    """Whose paper a file is when it is another's; what lies outside the scope is not named."""
    if said is None or said.number == found.paper.number:
        return ""
    other = listing.document_in_scope(work, member.nodes, said.number)
    if other is None:
        return f"这是另一份文书（{said.number}）的文件，不是 {found.paper.number}；请核对后到那份文书的页面上传。"
    if other.estate_id != found.paper.estate_id:
        return (
            f"这是“{other.estate}”的《{other.title}》（{other.number}），不是“{found.paper.estate}”的文书；"
            "请到那个小区上传。"
        )
    return f"这是本小区的《{other.title}》（{other.number}），不是《{found.paper.title}》；请到那份文书的页面上传。"


def review(work: UnitOfWork, library: Library, member: Member, number: str, upload_id: int) -> tuple[Versions, Review]:
    """A file that waits, against the newest version.  Raises NotFound, NotPermitted."""
    found = versions(work, member, number)
    given = _upload(work, found, upload_id)
    disclosing.open_paper(work, member, number)
    parts = parts_of(work, given.sha256)
    comparison = _comparison(work, library, found, found.newest, parts)
    left = marks.left(parts)
    warnings = [*_warnings(found, given, parts, comparison, left)]
    return found, Review(given, found.newest, comparison, left, warnings)


def _warnings(
    found: Versions, given: Upload, parts: Mapping[str, bytes], comparison: Comparison, left: Left
) -> list[str]:
    said = identity.of(parts)
    told = []
    if said is None and found.paper.number in str(outlining.outline(Word(parts))):
        told.append("文件里没有本系统的标记（可能是复制到新文件里改的），按文中的编号认出是这份文书；请核对。")
    elif said is None:
        told.append("文件里没有本系统的标记，文中也没有这份文书的编号，不能确认是它的修改稿；请核对下面的差别。")
    elif said.version > found.newest.version:
        told.append(f"文件自称是第 {said.version} 版，这里还没有这一版；请核对文件的来历。")
    elif said.version < found.newest.version:
        told.append(
            f"这是在第 {said.version} 版上改的，现在已是第 {found.newest.version} 版：两版之间的改动不在这份文件里，"
            "确认后会被它盖过。请先对照，把要保留的改动补进去再上传。"
        )
    if not comparison.count:
        told.append("文字、表格、字体和对齐与现行版没有差别；行距、缩进这类版式不比较。")
    if left.marked:
        told.append(f"文件里有 {left.marked} 处还没有接受或拒绝的修订，下面按全部接受后的文字比较；文件按原样保存。")
    if found.known.taken_at:
        told.append(
            "现行版已经下载过，可能已张贴或签署：它按原样保留，新版只是取代它；已张贴、已签署的纸质件要另行更换。"
        )
    return told


def _upload(work: UnitOfWork, found: Versions, upload_id: int) -> Upload:
    given = uploads.one(work, found.known.id, upload_id)
    if given is None:
        raise NotFound(what="这份上传的文件")
    return given


def brought(work: UnitOfWork, member: Member, number: str, upload_id: int) -> tuple[str, bytes]:
    """Name and bytes of a file as it came.  Raises NotFound, NotPermitted."""
    found = versions(work, member, number)
    given = _upload(work, found, upload_id)
    disclosing.open_paper(work, member, number)
    return given.name, work.files.read(given.sha256)


def redlined_upload(work: UnitOfWork, member: Member, number: str, upload_id: int) -> tuple[str, bytes]:
    """Title and redline of a file that came against the version it was compared with, or followed.

    Raises NotFound, NotPermitted, and Unmarked where there can be none.
    """
    found = versions(work, member, number)
    given = _upload(work, found, upload_id)
    disclosing.open_paper(work, member, number)
    before = found.newest if given.version is None else found.version(given.version - 1)
    made = _redline(parts_of(work, before.sha256), parts_of(work, given.sha256), given.by, given.at)
    return found.paper.title, made


def confirm(
    work: UnitOfWork, library: Library, member: Member, number: str, upload_id: int, seen: int, why: str
) -> int:
    """Let a file become the next version; ``seen`` is the version that it was shown against.  Returns its number.

    Raises NotFound, NotPermitted, InvalidAnswers, and Conflict when there is a newer version meanwhile.
    """
    found, given = _settling(work, member, number, upload_id)
    why = why.strip()
    if not 0 < len(why) <= LONGEST_WHY:
        raise InvalidAnswers(
            [Problem("why", f"没有写改动的理由，或超过 {LONGEST_WHY} 个字；请写明为什么改。")], "新版没有保存。"
        )
    if seen != found.newest.version:
        raise Conflict(f"刚才有了第 {found.newest.version} 版，这份文件还没有和它对照过。请刷新后重新核对再确认。")
    parts = parts_of(work, given.sha256)
    comparison = _comparison(work, library, found, found.newest, parts)
    version = found.newest.version + 1
    made = identity.mark(parts, Identity(number, version))
    digest = uploads.make_version(work, given, version, made, found.newest.template_sha256, why)
    altered = tuple(dict.fromkeys(one.label for one in comparison.told))
    revised = events.DocumentRevised(number, found.paper.title, version, why, digest, altered)
    work.append(found.known.estate_id, revised)
    return version


def put_aside(work: UnitOfWork, member: Member, number: str, upload_id: int) -> None:
    """Let a file not become a version; it stays kept.  Raises NotFound, NotPermitted, Conflict."""
    _, given = _settling(work, member, number, upload_id)
    uploads.put_aside(work, given)


def _settling(work: UnitOfWork, member: Member, number: str, upload_id: int) -> tuple[Versions, Upload]:
    found = versions(work, member, number)
    given = _upload(work, found, upload_id)
    if not found.may:
        raise NotPermitted("{because}", because=found.because)
    if given.settled_at:
        raise Conflict("这份文件已经处理过了。请返回文书的版本页查看。")
    return found, given
