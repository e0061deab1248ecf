"""Examining papers of one kind as a batch 批量审阅: only what differs between estates is shown; several are approved.

Each approval is a decision of its own, bound to the hash of the version that was shown; refusals are said by name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from engine.documents import batch
from engine.documents.batch import Differs
from engine.documents.catalogue import KINDS
from engine.documents.clauses import Clause
from engine.errors import EngineError, InvalidAnswers, NotFound, Problem
from engine.store import examinations
from engine.store.examinations import APPROVED, Queued
from engine.store.unit_of_work import UnitOfWork
from engine.store.uploads import Version
from engine.use_cases import ballot_text, examining, origins, revising
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.examining import Standing
from engine.use_cases.kept import Kept
from engine.use_cases.library import Library
from engine.use_cases.origins import Filled, Origin

#: What a file says, and what was filled in, never changes: the skeleton of a version is made once, and versions that
#: were laid side by side are not compared anew for whoever looks next.
_skeletons, _laid = Kept[Sequence[Clause]](256), Kept["Laid"](16)
#: So many papers are laid side by side at once; the rest come when these are decided.
MOST = 20


@dataclass(frozen=True)
class Paper:
    """A paper of the batch: the clauses and values in which it differs; ``older`` that another template made it."""

    queued: Queued
    shown: Standing
    differs: Sequence[Differs]
    values: Sequence[Filled]
    older: bool

    @property
    def refused(self) -> str:
        """Why it cannot be approved here, empty when it can."""
        return self.shown.hindered if self.shown.mine else "这份文书由别人审阅。"


@dataclass(frozen=True)
class Laid:
    """Versions side by side: the ``clauses`` of their common text, in which of them each differs, and its values.

    ``apart`` are the names of the values that are not the same in all, ``usual`` what more than half say of these.
    """

    clauses: int
    differs: Sequence[Sequence[Differs]]
    values: Sequence[Sequence[Filled]]
    apart: frozenset[str]
    usual: Mapping[str, str]

    def own(self, values: Sequence[Filled]) -> list[Filled]:
        """The values of a paper that neither all nor most papers have."""
        return [one for one in values if one.name in self.apart and one.value != self.usual.get(one.name)]

    @property
    def same(self) -> list[Filled]:
        """The values that all have in common."""
        return [one for one in self.values[0] if one.name not in self.apart] if self.values else []

    @property
    def most(self) -> list[tuple[Filled, int]]:
        """The values that more than half have in common, each with how many."""
        held = [one for values in self.values for one in values if self.usual.get(one.name) == one.value]
        return [
            (next(one for one in held if one.name == name), many)
            for name, many in Counter(one.name for one in held).items()
        ]


@dataclass(frozen=True)
class Batch:
    """The papers of a kind that wait for this member, ``total`` with those not shown.

    ``same`` are the values all have in common, ``most`` those that more than half have, each with how many.
    """

    title: str
    papers: Sequence[Paper]
    total: int
    clauses: int
    same: Sequence[Filled]
    most: Sequence[tuple[Filled, int]]


@dataclass(frozen=True)
class Result:
    """What came of approving a paper; ``refused`` is empty when it was approved."""

    number: str
    estate: str
    refused: str
    told: str


def batch_of(work: UnitOfWork, library: Library, member: Member, kind: str) -> Batch:
    """The papers of a kind that this member has to examine, the oldest lawful date first.  Raises NotFound."""
    if kind not in KINDS:
        raise NotFound(what="这一种文书")
    asked = examining.asked_by(work, member)
    queued = examinations.of_kind(work, asked, kind, MOST)
    shown = [examining.standing(work, member, one.number) for one in queued]
    # what a value is called depends on the estate's pack beside its name
    packs = [work.estate(one.found.known.estate_id).pack_version for one in shown]
    known = tuple((one.found.paper.number, one.version.sha256, pack) for one, pack in zip(shown, packs, strict=True))
    laid = _laid.of((str(work.files.root), known), lambda: _side_by_side(work, library, shown))
    current = max((one.version.at, one.version.template_sha256) for one in shown)[1] if shown else ""
    papers = [
        Paper(one, seen, differs, laid.own(values), _template(seen) != current)
        for one, seen, differs, values in zip(queued, shown, laid.differs, laid.values, strict=True)
    ]
    waiting = examinations.waiting_of(work, asked, kind)
    return Batch(KINDS[kind].title, papers, waiting, laid.clauses, laid.same, laid.most)


def _side_by_side(work: UnitOfWork, library: Library, shown: Sequence[Standing]) -> Laid:
    sources = [origins.values(Dossier(work, library, one.found.known.estate_id), one.found) for one in shown]
    # the words of each paper as the template made it, and as it stands now
    made, now = [], []
    for one, given in zip(shown, sources, strict=True):
        made.append(_skeleton(work, library, one, given, one.found.versions[-1]))
        edited = len(one.found.versions) > 1
        now.append(_skeleton(work, library, one, given, one.version) if edited else made[-1])
    shared = batch.common(made)
    filled = [_told(given) for given in sources]
    said = [{value.name: value.value for value in values} for values in filled]
    return Laid(len(shared), batch.differences(shared, now), filled, frozenset(batch.apart(said)), batch.usual(said))


def _told(given: Sequence[Origin]) -> list[Filled]:
    """The values that tell estates apart, each once: not again in capitals, or as the choice behind its words."""
    names = {value.name for origin in given for value in origin.filled}
    again = {f"{name}{ending}" for name in names for ending in ("_capitals", "_code")}
    return [one for origin in given for one in origin.filled if _tells(one.name) and one.name not in again]


def _tells(name: str) -> bool:
    """Whether a value tells estates apart beyond what the head of each paper says: its number, its code, its estate.

    Of what each ballot has of its own the serials alone, which say how many there are.
    """
    each = name.startswith(ballot_text.FACTS) and name != f"{ballot_text.FACTS}serial"
    return name != "estate.name" and not name.startswith("document.") and not each


def _template(shown: Standing) -> str:
    return shown.version.template_sha256


def _skeleton(
    work: UnitOfWork, library: Library, shown: Standing, sources: Sequence[Origin], version: Version
) -> Sequence[Clause]:
    def read() -> Sequence[Clause]:
        found = ballot_text.clauses_of(work, shown.found, version)
        lines = origins.pieces(work, library, shown.found, found, sources)
        return [
            batch.skeleton(clause, [[(piece.text, piece.label) for piece in line] for line in lines[clause.name]])
            for clause in found
        ]

    return _skeletons.of((str(work.files.root), shown.found.paper.number, version.sha256), read)


#: A work in this member's name, committed when it is left.
Works = Callable[[], AbstractContextManager[UnitOfWork]]


def approve(works: Works, library: Library, member: Member, chosen: Iterable[str]) -> list[Result]:
    """Approve papers, each by itself; ``chosen`` are ``number|version|sha256`` as they were shown.

    Raises InvalidAnswers when none is chosen or more than a batch.
    """
    marked = [*dict.fromkeys(chosen)]
    if not 0 < len(marked) <= MOST:
        raise InvalidAnswers([Problem("paper", f"没有勾选文书，或超过 {MOST} 份；请看过不同处再勾选。")], "没有处理。")
    return [_approved(works, library, member, one) for one in marked]


def _approved(works: Works, library: Library, member: Member, mark: str) -> Result:
    number, seen, sha256 = (*mark.split("|"), "", "")[:3]
    given = {"decision": APPROVED, "seen": seen, "sha256": sha256}
    estate = ""
    try:
        with works() as work:
            estate = revising.versions(work, member, number).paper.estate
        with works() as work:
            told = examining.decide(work, library, member, number, given)
    except InvalidAnswers as error:
        return Result(number, estate, "".join(problem.message for problem in error.problems), "")
    except EngineError as error:
        return Result(number, estate, str(error), "")
    return Result(number, estate, "", told)
