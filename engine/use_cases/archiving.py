"""One estate, one archive 一案一档: all that is kept of an estate in one file, or what of it may be published.

The whole is personal data: it is taken on purpose, by whom all of it belongs to, and on record.  What may be published
names no owner: tables without households, papers that the law makes public, and of these none that names one.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape, unescape
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import orjson

from engine import events
from engine.archives import MANIFEST, NUMBER, VERIFIER, Archive, table
from engine.documents import catalogue
from engine.errors import InvalidAnswers, Problem
from engine.rules import roster
from engine.store import accounts, archives, disclosures
from engine.store.archives import Paper, Sheet
from engine.store.desk import EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, exporting, hands, powers
from engine.use_cases.accounts import Member
from engine.use_cases.powers import Verdict

#: What the whole may be taken for.
PURPOSES = ("移交区级档案", "法院、仲裁或主管部门调取", "业主组织换届交接", "本社区留存")
FULL, PUBLIC = "全本", "公开本"
SUBJECT = "一案一档"
_TOLD = "目录.html", "目录.txt"
#: What an event may say in public: codes, titles and counts, nothing that somebody typed.
_SAID = frozenset((
    "stage", "task", "title", "lane", "gate", "outcome", "rules", "code", "number", "document", "version", "units",
    "visits", "ballots", "photos", "items", "days", "end", "entries", "profile", "files", "sha256",
))  # fmt: skip
_UNFIT = re.compile(r"[^\w.（）()-]+")
_TAG = re.compile(r"<[^>]+>")
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Offer:
    """What may be taken of an estate: the whole by whom ``whole`` says, and what may be published."""

    estate: EstateListed
    whole: Verdict


@dataclass(frozen=True)
class Taken:
    """An archive that was written."""

    estate: str
    profile: str
    files: int
    sha256: str
    number: str


@dataclass(frozen=True)
class Asked:
    """An archive that somebody may take, under the number that will stand in it; without an account it has none."""

    estate_id: int
    purpose: str
    public: bool
    number: str = ""


def offer(work: UnitOfWork, member: Member, estate_id: int) -> Offer:
    """What this member may take.  Raises NotFound."""
    estate = desk.estate(work, member, estate_id)
    return Offer(estate, powers.sees(hands.lanes_of(work, member.name, estate_id), member.name, "archive"))


def ask(work: UnitOfWork, member: Member, estate_id: int, purpose: str, *, public: bool) -> Asked:
    """Reserve the number of an archive, in a commit of its own: packing it locks nobody out.

    Raises NotFound, NotPermitted, InvalidAnswers without one of :data:`PURPOSES` for the whole.
    """
    found = offer(work, member, estate_id)
    if not public:
        powers.refuse_unless(found.whole)
        if purpose not in PURPOSES:
            raise InvalidAnswers([Problem("purpose", "没有选择用途；取全本要选一个用途。")], "没有取出。")
    return reserve(work, estate_id, "公布" if public else purpose, public=public)


def reserve(work: UnitOfWork, estate_id: int, purpose: str, *, public: bool) -> Asked:
    """As :func:`ask`, for whoever keeps the installation.  Raises NotFound."""
    work.estate(estate_id)
    asked, by = Asked(estate_id, purpose, public), accounts.id_named(work, work.actor)
    return replace(asked, number=exporting.numbered(work, by, "archive", _query(asked), 0)) if by is not None else asked


def take(work: UnitOfWork, asked: Asked, target: BinaryIO) -> Taken:
    """Write the archive that was asked for into ``target``, and put it on record.  Raises NotFound."""
    taken = write(work, asked.estate_id, target, public=asked.public, number=asked.number)
    # after it is packed: what is put on record at once lets no one else write until the end
    work.append(asked.estate_id, events.ArchiveTaken(taken.profile, taken.files, taken.sha256, asked.purpose))
    if asked.number:
        exporting.left(work, asked.number, f"{_query(asked)}&sha256={taken.sha256}", taken.files)
    if not asked.public:
        disclosures.note(work, asked.estate_id, "档案", f"{SUBJECT}（{FULL}）{asked.number}", asked.purpose)
    return taken


def _query(asked: Asked) -> str:
    return f"estate={asked.estate_id}&profile={'public' if asked.public else 'whole'}&purpose={asked.purpose}"


def write(work: UnitOfWork, estate_id: int, target: BinaryIO, *, public: bool, number: str = "") -> Taken:
    """Write the archive of an estate: for the same state of the store and the same number the same bytes.

    Raises NotFound for an estate, and for a file that the store has lost.
    """
    name, profile = work.estate(estate_id).name, PUBLIC if public else FULL
    head = f"{name} {SUBJECT}（{profile}）{number and f' 导出编号 {number}'}"
    contents = _public(work, estate_id) if public else _whole(work, estate_id)
    with Archive(target) as archive:
        contents.fill(archive)
        archive.add(NUMBER, f"{number or '没有编号'}\n".encode())
        for told, page in zip(_TOLD, (contents.as_page(head), contents.as_text(head)), strict=True):
            archive.add(told, page.encode())
    return Taken(name, profile, len(archive.names), archive.sha256, number)


@dataclass
class _Contents:
    """What goes into an archive, and what its table of contents says of it.

    ``papers`` with their names, ``masked`` papers with name and text, ``files`` with their names by SHA-256.
    """

    work: UnitOfWork
    papers: list[tuple[Paper, str]] = field(default_factory=list)
    masked: list[tuple[Paper, str, str]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    log: Sequence[Mapping[str, Any]] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)

    def fill(self, archive: Archive) -> None:
        """Write everything but the table of contents."""
        for paper, name in self.papers:
            archive.add(name, self.work.files.read(paper.sha256))
            if paper.pdf:
                archive.add(_as_pdf(name), self.work.files.read(paper.pdf))
        for _, name, text in self.masked:
            archive.add(name, text.encode())
        for digest, name in self.files.items():
            archive.add(name, self.work.files.read(digest))
        for sheet in self.sheets:
            archive.add(f"表格/{sheet.title}.csv", table(sheet.headings, sheet.rows))
        archive.add("流转记录.jsonl", b"".join(orjson.dumps(event) + b"\n" for event in self.log))

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Group, name of the file, and what it is."""
        for paper, name in self.papers:
            stands = f"；已作废：{paper.void_reason}" if paper.void_reason else ""
            yield "文书", name, f"{paper.number} 第 {paper.version} 版，{_day(paper.issued_at)}{stands}"
            if paper.pdf:
                yield "文书", _as_pdf(name), "上面这份的 PDF"
        for paper, name, _ in self.masked:
            yield "文书", name, f"{paper.number} 第 {paper.version} 版遮去业主姓名和号码的文字，{_day(paper.issued_at)}"
        for digest, name in self.files.items():
            yield "照片、扫描件和附件", name, f"SHA-256 {digest}"
        for sheet in self.sheets:
            yield "表格", f"表格/{sheet.title}.csv", f"{len(sheet.rows)} 行"
        yield "记录", "流转记录.jsonl", f"{len(self.log)} 条，每行一条"
        yield "核对", NUMBER, "这份档案的导出编号；取出的记录按编号查：daoru exported 编号"
        yield "核对", MANIFEST, "每份文件的 SHA-256；也可以用 sha256sum -c 核对"
        yield "核对", VERIFIER, "核对程序，只要 Python 3.8 以上：python3 verify.py，或 python3 verify.py 档案.zip"

    def as_text(self, head: str) -> str:
        """The table of contents as text."""
        said, last = [head, ""], ""
        for group, name, what in self.lines():
            said += ["", f"【{group}】"] if group != last else []
            said.append(f"{name}　{what}")
            last = group
        said += ["", "【没有收入】", *self.withheld] if self.withheld else []
        return "\n".join(said) + "\n"

    def as_page(self, head: str) -> str:
        """The table of contents as a page that needs nothing else."""
        said, last = [f"<h1>{escape(head)}</h1>"], ""
        for group, name, what in self.lines():
            if group != last:
                said.append(f"{'</ul>' if last else ''}<h2>{group}</h2><ul>")
            said.append(f'<li><a href="{escape(name)}">{escape(name)}</a>　{escape(what)}</li>')
            last = group
        said.append("</ul>")
        if self.withheld:
            said.append(f"<h2>没有收入</h2><ul>{''.join(f'<li>{escape(one)}</li>' for one in self.withheld)}</ul>")
        body = "\n".join(said)
        title = f'<meta charset="utf-8"><title>{escape(head)}</title>'
        return f'<!doctype html>\n<html lang="zh-CN">{title}\n{body}\n</html>\n'


def _whole(work: UnitOfWork, estate_id: int) -> _Contents:
    papers = archives.papers(work, estate_id)
    listed = [
        [one.number, one.title, one.version, _day(one.issued_at), one.sha256, one.void_reason or ""] for one in papers
    ]
    register = Sheet("文书", ("编号", "名称", "版本", "签发日期", "SHA-256", "作废原因"), listed)
    return _Contents(
        work,
        papers=[(one, _named(one)) for one in papers],
        files={digest: f"附件/{digest[:12]}_{_fit(name)}" for digest, name in archives.files(work, estate_id).items()},
        sheets=[register, *archives.sheets(work, estate_id, public=False)],
        log=work.log(estate_id),
    )


def _public(work: UnitOfWork, estate_id: int) -> _Contents:
    names, phones = archives.owners(work, estate_id)
    secret = _Secrets(frozenset(names | phones))
    contents = _Contents(work)
    for paper in archives.papers(work, estate_id):
        if why := _withheld(paper):
            contents.withheld.append(f"{paper.number} {paper.title}：{why}")
            continue
        content = work.files.read(paper.sha256)
        if secret.stands_in(_words(content)):
            contents.masked.append((paper, _named(paper, "txt"), _masked_text(paper, content, secret)))
        else:
            contents.papers.append((replace(paper, pdf=None), _named(paper)))
    contents.withheld += ["照片、扫描件和附件：可能有人像、签名和房号", "走访、表决票、异议和费用：逐户的记录"]
    contents.sheets = [_masked(sheet, secret) for sheet in archives.sheets(work, estate_id, public=True)]
    lanes = {name: lane for lane, name in work.people(estate_id).items()}
    contents.log = [_in_public(event, lanes, secret) for event in work.log(estate_id)]
    return contents


@dataclass(frozen=True)
class _Secrets:
    """Names and numbers of owners, which may stand nowhere."""

    words: frozenset[str]

    def stands_in(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        return any(word in text for word in self.words)

    def hidden(self, value: Any) -> Any:
        """A value with each of them replaced; the longer first, so that no end of one is left."""
        if not isinstance(value, str) or not self.stands_in(value):
            return value
        for word in sorted(self.words, key=lambda word: (-len(word), word)):
            value = value.replace(word, "（业主）")
        return value


def _withheld(paper: Paper) -> str:
    """Why a paper is not published, empty when it is, whole or as its text."""
    if paper.void_reason is not None:
        return "已作废"
    if catalogue.kind_of(paper.kind).privacy != "PUBLIC" or paper.kind in powers.PAPERS:
        return "不是对外公布的文书"
    return ""


def _words(content: bytes) -> str:
    """Everything that a Word file of ours says, its mark-up and words run together."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        markup = [parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))]
    return "\n".join([*markup, *(_TAG.sub("", part) for part in markup)])


def _masked_text(paper: Paper, content: bytes, secret: _Secrets) -> str:
    """What a paper says, a line for each paragraph, without names and numbers of owners."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        body = parts.read("word/document.xml").decode()
    said = [unescape(_TAG.sub("", line)) for line in body.split("</w:p>")]
    head = f"（遮去业主姓名和号码的文字，不是原件。原件 {paper.number} 第 {paper.version} 版，SHA-256 {paper.sha256}）"
    return str(secret.hidden("\n".join([head, "", *filter(None, said), ""])))


def _masked(sheet: Sheet, secret: _Secrets) -> Sheet:
    masked = {place for place, heading in enumerate(sheet.headings) if heading == archives.OWNER}
    rows = [
        [roster.masked(value or "") if place in masked else secret.hidden(value) for place, value in enumerate(row)]
        for row in sheet.rows
    ]
    return Sheet(sheet.title, sheet.headings, rows)


def _in_public(event: Mapping[str, Any], lanes: Mapping[str, str], secret: _Secrets) -> dict[str, Any]:
    """An event without persons: who acted is a role, and of the rest what is a code, a title or a count."""
    said = {key: _plain(value, secret) for key, value in event.items() if key in _SAID}
    return {
        "no": event["no"],
        "at": event["at"],
        "who": lanes.get(event["actor"], "系统"),
        "kind": event["kind"],
    } | said


def _plain(value: Any, secret: _Secrets) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [secret.hidden(one) for one in value if isinstance(one, (str, int))]
    return secret.hidden(value) if isinstance(value, (str, int)) else None


def _named(paper: Paper, ending: str = "docx") -> str:
    return f"文书/{_fit(f'{paper.number}_{paper.title}_第{paper.version}版')}.{ending}"


def _as_pdf(name: str) -> str:
    return name.removesuffix(".docx") + ".pdf"


def _fit(name: str) -> str:
    """A name that every system takes as that of a file."""
    return _UNFIT.sub("_", name)[-80:].strip("._") or "文件"


def _day(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(_ZONE):%Y-%m-%d}"
