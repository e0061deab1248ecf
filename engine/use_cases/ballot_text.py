"""Ballots under examination: one document that holds a ballot for each unit, examined as their common text.

What each ballot has of its own is listed beside it; unit and owner are masked, read on purpose only, and that is noted.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from engine.documents import ballots
from engine.documents.ballots import PERSONAL, RECEIPT, Ballots
from engine.documents.clauses import Clause
from engine.errors import InvalidAnswers, NotFound, Problem
from engine.store import disclosures, uploads
from engine.store.desk import PAGE
from engine.store.unit_of_work import UnitOfWork
from engine.store.uploads import Version
from engine.use_cases import disclosing, revising, vote_papers
from engine.use_cases.accounts import Member
from engine.use_cases.kept import Kept
from engine.use_cases.revising import Versions

BALLOT = "ballot"
#: What somebody may need to know for which unit and owner a ballot is (law PI-01).
PURPOSES = ("审阅票面内容", "核对票面与业主清册", "处理对票面的异议")
MASK = "＊＊＊"
#: The facts of each ballot, as the document records them.
FACTS = "ballots[]."
_known = Kept[Ballots](16)


@dataclass(frozen=True)
class Sheets:
    """A page of a document's ballots with what each has of its own, by ``names``; masked without a ``purpose``."""

    found: Versions
    names: Sequence[str]
    rows: Sequence[Mapping[str, str]]
    first: int
    total: int
    odd: frozenset[int]
    purpose: str


def ballots_of(work: UnitOfWork, found: Versions) -> Ballots | None:
    """The ballots of a document; None where it holds none."""
    return _read(work, found, found.newest) if found.known.kind == BALLOT else None


def clauses_of(work: UnitOfWork, found: Versions, version: Version) -> Sequence[Clause]:
    """The clauses of a version as they are examined: of ballots those of their common text."""
    if found.known.kind != BALLOT:
        return revising.clauses_of(work, version.sha256)
    return _read(work, found, version).clauses


def _read(work: UnitOfWork, found: Versions, version: Version) -> Ballots:
    """What a file says never changes, so that it is read once."""
    key = f"{found.paper.number} {version.sha256}"
    return _known.of(key, lambda: ballots.read(work.files.read(version.sha256), _rows(work, found, version)))


def _rows(work: UnitOfWork, found: Versions, version: Version) -> list[Mapping[str, str]]:
    """What was recorded of each ballot, by the name of the fact below ``ballots[]``, in the order of the file."""
    printed = uploads.printed(work, found.known.id, version.version)
    columns = {name.removeprefix(FACTS): row[0] for name, row in printed.items() if name.startswith(FACTS)}
    if "serial" in columns:
        columns[RECEIPT] = [vote_papers.receipt(work, found.known.estate_id, int(one)) for one in columns["serial"]]
    return [dict(zip(columns, map(str, values), strict=True)) for values in zip(*columns.values(), strict=True)]


def _masked(rows: Sequence[Mapping[str, str]], units: Set[str]) -> list[Mapping[str, str]]:
    """Without whose they are; another unit with which one is counted is a unit too."""
    return [
        {
            name: MASK if name in PERSONAL else " ".join(MASK if word in units else word for word in value.split(" "))
            for name, value in row.items()
        }
        for row in rows
    ]


def sheets(work: UnitOfWork, member: Member, number: str, page: int, purpose: str | None = None) -> Sheets:
    """A page of the ballots; with one of :data:`PURPOSES` unit and owner in full, and the look is noted.

    Raises NotFound, NotPermitted, InvalidAnswers.
    """
    found = revising.versions(work, member, number)
    read = ballots_of(work, found)
    if read is None:
        raise NotFound(what=f"“{found.paper.title}”的逐票内容；只有表决票按户印制")
    disclosing.may_open(work, member, number)
    rows, first = _rows(work, found, found.newest), (page - 1) * PAGE
    shown = rows[first : first + PAGE]
    if not shown and page > 1:
        raise NotFound(what=f"第 {page} 页")
    if purpose is None:
        shown = _masked(shown, {row.get("unit_no", "") for row in rows})
    elif purpose not in PURPOSES:
        raise InvalidAnswers([Problem("purpose", "没有选择用途；看房号和业主要选一个用途。")], "没有显示。")
    else:
        subject = f"{found.paper.title} {number} 第 {first + 1}–{first + len(shown)} 张"
        disclosures.note(work, found.known.estate_id, disclosing.PAPER, subject, purpose)
    odd = frozenset(place for one in read.odd for place in one.places)
    names = [name for name in ballots.LABELS if shown and name in shown[0] and name != RECEIPT]
    return Sheets(found, names, shown, first, len(rows), odd, purpose or "")
