"""An estate's contract held against the clause library: a version of it, or a file that waits."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from engine.documents import clauses, package
from engine.documents.aligning import Span
from engine.documents.catalogue import KINDS
from engine.documents.playbook import Clause, Playbook, Variant, checking
from engine.documents.playbook.checking import Checked, State
from engine.documents.reading import Word
from engine.errors import EngineError, NotFound
from engine.rules.jurisdiction import Parameter
from engine.rules.prereview import contract as review
from engine.rules.prereview import wording
from engine.store import desk as desk_store
from engine.store.desk import EstateListed, Revised
from engine.store.files import Files
from engine.store.unit_of_work import UnitOfWork
from engine.store.uploads import Upload, Version
from engine.use_cases import correcting, desk, disclosing, papers, revising, templating
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import CONTRACT, Library

#: What became of a clause, and what an adviser does about it.
WORDS: Mapping[State, str] = {
    "missing": "缺少", "changed": "改过", "added": "另加", "figures": "数值不同", "fallback": "可接受的写法",
    "standard": "与条款库一致",
}  # fmt: skip


@dataclass(frozen=True)
class Forbidden:
    """A wording that may not stand in the contract: where it was found, and what it says there."""

    clause: Clause
    variant: Variant
    where: str
    says: str


@dataclass(frozen=True)
class Held:
    """A contract held against the library; ``shown`` names the file, ``because`` says why it could not be held.

    ``checked`` has what has to be looked at first in front; ``versions`` and ``waiting`` may be chosen instead.
    """

    estate: EstateListed
    number: str
    shown: Version | Upload | None
    versions: Sequence[Version] = ()
    waiting: Sequence[Upload] = ()
    checked: Sequence[Checked] = ()
    forbidden: Sequence[Forbidden] = ()
    because: str = ""

    def of(self, state: State) -> list[Checked]:
        """The clauses of which this became."""
        return [one for one in self.checked if one.state == state]

    @property
    def counted(self) -> Mapping[State, int]:
        """How many clauses there are of each state."""
        counted = Counter(one.state for one in self.checked)
        return {state: counted[state] for state in checking.STATES if counted[state]}


def held(work: UnitOfWork, library: Library, member: Member, estate_id: int, version: int = 0, upload: int = 0) -> Held:
    """The contract of an estate, its newest version or the one or the file that waits which is asked for.

    Raises NotFound, NotPermitted.
    """
    estate = desk.estate(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    number = next((one.number for one in reversed(dossier.issued) if one.kind == CONTRACT and one.sha256), "")
    if not number:
        return Held(estate, "", None, because="服务合同还没有生成；“合同定稿”办完、文书生成以后，这里逐条对照条款库。")
    found = revising.versions(work, member, number)
    disclosing.open_paper(work, member, number)
    shown = _chosen(found, version, upload)
    there = revising.clauses_of(work, shown.sha256)
    forbidden = [*_forbidden(library.playbook, there)]
    try:
        checked = _checked(dossier, number, there)
    except EngineError as error:
        because = f"合同要用的内容还不齐，暂时不能逐条对照（{error}）；禁用的写法已经查过。"
        return Held(estate, number, shown, found.versions, found.waiting, (), forbidden, because)
    return Held(estate, number, shown, found.versions, found.waiting, checked, forbidden)


def _chosen(found: revising.Versions, version: int, upload: int) -> Version | Upload:
    if not upload:
        return found.version(version) if version else found.newest
    waiting = next((one for one in found.waiting if one.id == upload), None)
    if waiting is None:
        raise NotFound(what=f"文书 {found.paper.number} 等待处理的文件 {upload}")
    return waiting


def _checked(dossier: Dossier, number: str, there: Sequence[clauses.Clause]) -> list[Checked]:
    """What became of each clause; on one side what the library prints for this estate today."""
    template = dossier.library.template(CONTRACT)
    given = papers.facts(dossier, KINDS[CONTRACT], number, "", template.groups)
    expected = clauses.clauses(Word(package.read(template.render(given), "服务合同")))
    return checking.check(dossier.library.playbook, expected, there, given.values)


def _forbidden(playbook: Playbook, there: Sequence[clauses.Clause]) -> Iterator[Forbidden]:
    said = [review.Clause(no=one.name, topics=(), text=one.body) for one in there]
    for clause, variant, sought in _sought(playbook):
        for where, says in wording.said(sought, said):
            yield Forbidden(clause, variant, where.no, says)


@lru_cache(maxsize=2)
def _sought(playbook: Playbook) -> list[tuple[Clause, Variant, wording.Wording]]:
    return [
        (clause, variant, wording.phrase(line))
        for clause in playbook.clauses
        for variant in clause.of("forbidden")
        for line in variant.lines
    ]


# the library itself


#: What differs of a clause between two versions, line by line.
Lines = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Wording:
    """What several estates made of a clause in the same way: the contracts, the last changed first, as one shows it."""

    lines: Lines
    contracts: Sequence[Revised]


@dataclass(frozen=True)
class Edited:
    """A clause that estates changed, and what they made of it, the most frequent first.

    ``proposed`` says whether so many did that the template should follow.
    """

    clause: Clause
    wordings: Sequence[Wording]
    proposed: bool

    @property
    def many(self) -> int:
        """How many contracts changed it."""
        return sum(len(one.contracts) for one in self.wordings)


@dataclass(frozen=True)
class Opened:
    """The clause library as an adviser reads it, and what became of its clauses in the contracts of his scope.

    ``revised`` is how many contracts were changed in Word after they were issued (the newest of them), ``edited`` which
    clauses were changed in them, the most often changed first.  ``threshold`` is from how many contracts on a change
    of the template is proposed, None where no pack says so.
    """

    library: Library
    revised: int
    edited: Sequence[Edited]
    threshold: Parameter | None

    @property
    def edits(self) -> Mapping[str, int]:
        """In how many of these contracts a clause was changed, by the clause's id."""
        return {one.clause.id: one.many for one in self.edited}

    @property
    def playbook(self) -> Playbook:
        """The clauses."""
        return self.library.playbook

    def when(self, clause: Clause, variant: Variant) -> str:
        """In which case a wording is printed or may be accepted, in the words of the forms; empty when always."""
        if variant.condition:
            return _COMPARED.sub(self._compared, _ASKED.sub(self._asked, variant.condition))
        return "其余情形" if variant.position == "required" and len(clause.of("required")) > 1 else ""

    def shown(self, line: str) -> list[str]:
        """A paragraph in pieces, every second one shown to owners as a standard term; tags in words."""
        return [self._read(piece) for piece in self.playbook.referred(line).split("**")]

    def _read(self, text: str) -> str:
        text = _EITHER.sub(lambda found: f"〔{found[1]}，或者{found[2]}〕", text)
        text = _PRINTED.sub(lambda found: f"〔{correcting.label(self.library, found[1])}〕", text)
        return _TAG.sub(lambda found: _TAGS[found[1]], text)

    def _compared(self, found: re.Match[str]) -> str:
        asked = next(one for one in self.library.form(found[1]).fields if one.key == found[2])
        return f"{asked.label}{'不是' if found[3] == '!=' else '是'}“{asked.options[found[4]]}”"

    def _asked(self, found: re.Match[str]) -> str:
        if found[1] == "answered":
            return f"办过“{self.library.tasks[found[2]].title}”"
        return f"填了{next(one.label for one in self.library.form(found[1]).fields if one.key == found[2])}"


def open_library(work: UnitOfWork, library: Library, member: Member) -> Opened:
    """The clause library.  Raises NotPermitted for whoever is neither an adviser nor an administrator."""
    templating.refuse_others(member)
    revised = desk_store.revised(work, member.nodes, CONTRACT, _MOST_COMPARED)
    threshold = _threshold(library, work.now, {one.place for one in revised})
    made: dict[str, list[tuple[Revised, Lines]]] = {}
    for one in revised:
        for title, lines in _edited(work.files, one.first, one.newest).items():
            made.setdefault(title, []).append((one, lines))
    edited = []
    for clause in (one for one in library.playbook.clauses if one.title in made):
        many = len(made[clause.title])
        proposed = threshold is not None and many >= int(threshold.value)
        edited.append(Edited(clause, _wordings(made[clause.title]), proposed))
    return Opened(library, len(revised), sorted(edited, key=lambda one: -one.many), threshold)


#: From how many contracts on that changed the same clause a change of the template is proposed.
_PROPOSED_FROM = "template_change_contracts"


def _threshold(library: Library, now: datetime, places: Iterable[str]) -> Parameter | None:
    """The parameter of the packs in force there now: of several places the one that asks for the fewest."""
    packs = (library.pack(place, now) for place in sorted(places))
    # a pack of a district's own may be older than the parameter
    found = [pack.parameters[_PROPOSED_FROM] for pack in packs if _PROPOSED_FROM in pack.parameters]
    return min(found, key=lambda one: int(one.value), default=None)


def _wordings(made: Sequence[tuple[Revised, Lines]]) -> list[Wording]:
    """The same changes together, whatever each estate's own facts are in what stayed."""
    alike: dict[tuple[tuple[str, str], ...], list[tuple[Revised, Lines]]] = {}
    for one, lines in made:
        change = tuple((span.op, span.text) for line in lines for span in line if span.op != "same")
        alike.setdefault(change, []).append((one, lines))
    found = [Wording(group[0][1], [one for one, _ in group]) for group in alike.values()]
    return sorted(found, key=lambda one: -len(one.contracts))


_PRINTED = re.compile(r"\{\{ ([\w.]+) \}\}")
_EITHER = re.compile(r'\{\{ "([^"]*)" if .*? else "([^"]*)" \}\}')
_TAG = re.compile(r"\{%p? (\w+).*?%\}")
#: What stands for the tags of a wording: what is between them is printed in one case, in the other, or for each row.
_TAGS = {
    "if": "〔有的印：",
    "elif": "；有的印：",
    "else": "；否则印：",
    "endif": "〕",
    "for": "〔逐行印：",
    "endfor": "〕",
}
_COMPARED = re.compile(r'(\w+)\.(\w+)_code (==|!=) "(\w+)"')
_ASKED = re.compile(r"^(\w+)\.(\w+)$")
#: So many contracts are looked through for what was changed in them, the newest first.
_MOST_COMPARED = 50


@lru_cache(maxsize=1024)
def _edited(files: Files, first: str, newest: str) -> Mapping[str, Lines]:
    """What differs of the clauses that were changed or struck out between two versions of a contract, by title."""
    before, after = (
        clauses.clauses(Word(package.read_worked_on(files.read(digest), "文书.docx"))) for digest in (first, newest)
    )
    changes = [one for one in clauses.compare(before, after) if one.kind in {"changed", "removed"}]
    return {one.old.body.partition("。")[0]: one.lines for one in changes if one.old}
