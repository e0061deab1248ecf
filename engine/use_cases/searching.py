"""One search for everything: estates, units, documents and people, each as far as somebody's roles reach.

Units are for those who keep registers, owners for those who visit them: by the whole name only, and masked.
"""

from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidAnswers, NotFound, Problem
from engine.store import accounts, search
from engine.store import desk as listing
from engine.store.desk import PAGE
from engine.store.search import Page
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import Member

#: Who sees the numbers of units, and who is told of owners; only where they hold that role.
UNITS_SEEN_BY = frozenset({"社区干部", "网格员", "业委会/物管会", "街道", "区住建"})
OWNERS_SEEN_BY = frozenset({"社区干部", "网格员"})
KINDS = {"estates": "小区", "units": "房号", "papers": "文书", "staff": "办理人员", "owners": "业主"}
#: So many of each kind stand together on the first page.
FIRST = 5
#: So many estates are offered while somebody types.
SWITCHED = 8
_LONGEST, _MOST_WORDS = 60, 5


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    kind: str
    title: str
    found: list[Any]
    total: int

    @property
    def last(self) -> int:
        """The last page of them."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Results:
    """What was found, by kind; ``paths`` say where a node lies."""

    groups: tuple[Group, ...]
    paths: dict[int, str]


def search_for(work: UnitOfWork, member: Member, text: str, kind: str = "", page: int = 1) -> Results:
    """What ``text`` finds in this member's scope: the first of each kind, or a page of one ``kind``.

    Raises NotFound for an unknown kind, InvalidAnswers for what cannot be searched.
    """
    if kind and kind not in KINDS:
        raise NotFound(what="这一类")
    if len(text) > _LONGEST:
        raise InvalidAnswers([Problem("q", f"查找内容最多 {_LONGEST} 个字；请写短一些。")], "没有查找。")
    words = [one for part in text.split() if (one := search.word(part))]
    if len(words) > _MOST_WORDS:
        raise InvalidAnswers([Problem("q", f"一次最多查 {_MOST_WORDS} 个词；请减少。")], "没有查找。")
    if not words:
        return Results((), {})
    sought = _Sought(work, member, text, words, Page(PAGE, (page - 1) * PAGE) if kind else Page(FIRST))
    groups = [sought.group(one) for one in KINDS if kind in ("", one)]
    return Results(tuple(group for group in groups if group.total), accounts.paths(work))


def estates(work: UnitOfWork, member: Member, text: str) -> list[tuple[search.Estate, str]]:
    """The first estates of this member's scope that ``text`` finds, each with where it lies."""
    words = [one for part in text.split()[:_MOST_WORDS] if (one := search.word(part))]
    if not words:
        return []
    found, paths = search.estates(work, member.nodes, words, Page(SWITCHED))[0], accounts.paths(work)
    return [(one, paths.get(one.node_id, "")) for one in found]


class _Sought:
    """What is sought by whom: the words that name an estate, and those that name something in it."""

    def __init__(self, work: UnitOfWork, member: Member, text: str, words: list[str], page: Page) -> None:
        self.work, self.member, self.words, self.page = work, member, words, page
        self.named = [word for word in words if search.names_an_estate(work, member.nodes, word)]
        self.rest = [word for word in words if word not in self.named]
        #: Names as they were typed: an owner's is not searched by Pinyin.
        self.typed = [part for part in text.split() if search.word(part) in self.rest]

    def group(self, kind: str) -> Group:
        """What is found of one kind."""
        found, total = getattr(self, f"_{kind}")()
        return Group(kind, KINDS[kind], found, total)

    def _estates(self) -> tuple[list[Any], int]:
        if self.rest:
            return [], 0
        return search.estates(self.work, self.member.nodes, self.words, self.page)

    def _units(self) -> tuple[list[Any], int]:
        nodes = self._held(UNITS_SEEN_BY)
        if not nodes or not self.rest or (not self.named and len(self.rest) > 1):
            return [], 0
        words = self.rest if self.named else self.typed
        return search.units(self.work, nodes, self.named, words, self.page)

    def _papers(self) -> tuple[list[Any], int]:
        # the number of a document begins with the code of its estate
        coded = [word for word in self.words if search.code_of(word) is not None]
        words = [*self.rest, *(word for word in coded if word not in self.rest)]
        if not self.named or not words:
            return [], 0
        return search.papers(self.work, self.member.nodes, self.named, words, self.page)

    def _staff(self) -> tuple[list[Any], int]:
        nodes = {key for node in self.member.nodes for key in listing.above(self.work, node)}
        nodes |= listing.scope(self.work, self.member.nodes)
        return search.staff(self.work, nodes, self.words, self.page)

    def _owners(self) -> tuple[list[Any], int]:
        nodes = self._held(OWNERS_SEEN_BY)
        if not nodes or len(self.typed) != 1 or len(self.typed[0]) < 2:
            return [], 0
        return search.owners(self.work, nodes, self.named, self.typed[0], self.page)

    def _held(self, roles: frozenset[str]) -> set[int]:
        return {node for node, role in self.member.held if role in roles}


def masked(name: str) -> str:
    """A name as others read it: ``张**``."""
    return f"{name[:1]}**"
