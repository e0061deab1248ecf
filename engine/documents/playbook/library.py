"""The clause library read from Markdown: clauses with their variants and where we stand on each (docs/clauses.md).

A clause has no number of its own: it follows from its place, and whoever refers to it names its id.  So numbers have
no gaps and no reference can dangle.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import cn2an

from engine.errors import InvalidDefinition

#: Where we stand: it is printed; it may be accepted when the other side asks; it may not stand in the contract.
Position = Literal["required", "fallback", "forbidden"]
WORDS: Mapping[str, Position] = {"标准": "required", "可接受": "fallback", "禁用": "forbidden"}
_LABELS = frozenset({"编号", "依据", "提示", "立场", "条件", "说明"})
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ITEM = re.compile(r"- ([^：]{2})：(.*)")
_REFERENCE = re.compile(r"\[\[(?:(chapter|annex):)?([a-z0-9_]+)\]\]")
_FILE = re.compile(r"(\d\d)-([a-z][a-z_]*)\.md")
#: In a forbidden wording: any words of the same sentence, none of which forbids what follows.
GAP = "…"


@dataclass(frozen=True)
class Variant:
    """One wording of a clause; ``condition`` says when it is printed, empty for every other case.

    ``lines`` are its paragraphs with the template's tags; of a forbidden one, the wordings to look for.
    """

    position: Position
    name: str
    condition: str
    note: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """A clause by its id, numbered through the whole contract.

    ``basis`` are articles of law and rules of the pre-review, ``warning`` is why owners must be shown it as a
    standard term (民法典 496), ``stance`` what the adviser insists on and how far he may yield.
    """

    id: str
    title: str
    basis: str
    warning: str
    stance: str
    variants: tuple[Variant, ...]
    number: int = 0

    @property
    def called(self) -> str:
        """What it is called in the contract."""
        return f"第{chinese(self.number)}条"

    def of(self, position: Position) -> tuple[Variant, ...]:
        """Its variants of one position, in order."""
        return tuple(one for one in self.variants if one.position == position)


@dataclass(frozen=True)
class Chapter:
    """A chapter with its clauses, by the name of its file."""

    id: str
    number: int
    title: str
    clauses: tuple[Clause, ...]

    @property
    def called(self) -> str:
        """What it is called in the contract."""
        return f"第{chinese(self.number)}章"


@dataclass(frozen=True)
class Annex:
    """An annex: its paragraphs and tables as they are written (docs/clauses.md)."""

    id: str
    number: int
    title: str
    lines: tuple[str, ...]

    @property
    def called(self) -> str:
        """What it is called in the contract."""
        return f"附件{chinese(self.number)}"


@dataclass(frozen=True)
class Playbook:
    """The whole library, in the order of the contract; ``preamble`` stands before the first chapter."""

    preamble: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    annexes: tuple[Annex, ...]
    _names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause, as numbered."""
        return tuple(clause for chapter in self.chapters for clause in chapter.clauses)

    @cached_property
    def by_title(self) -> Mapping[str, Clause]:
        """The clauses by what they are called in the contract."""
        return {clause.called: clause for clause in self.clauses}

    def referred(self, text: str) -> str:
        """A text with its references as the contract prints them."""
        return _REFERENCE.sub(lambda found: self._names[found[0]], text)


def chinese(number: int) -> str:
    """A number as clauses carry it: 十一, 一百零三."""
    written: str = cn2an.an2cn(number)
    return written.removeprefix("一") if 10 <= number < 20 else written


def read(chapters: Mapping[str, str], annexes: Mapping[str, str]) -> Playbook:
    """The library from its files by name.

    Raises InvalidDefinition naming file and entry: for a form that cannot be read, an id given twice, a reference to
    nothing, a clause that no wording would be printed of.
    """
    files = sorted(chapters)
    preamble = _paragraphs(chapters.get(files[0], "")) if files and files[0].startswith("00-") else ()
    found, numbered = [], 0
    for name in files[bool(preamble) :]:
        chapter = _chapter(name, chapters[name])
        clauses = tuple(replace(one, number=numbered + at) for at, one in enumerate(chapter.clauses, 1))
        numbered += len(clauses)
        found.append(replace(chapter, clauses=clauses))
    attached = [_annex(name, annexes[name]) for name in sorted(annexes)]
    _refuse_gaps("chapters", [one.number for one in found])
    _refuse_gaps("annexes", [one.number for one in attached])
    names = _names(found, attached)
    made = Playbook(preamble, tuple(found), tuple(attached), names)
    for where, line in _lines(made):
        for reference in _REFERENCE.finditer(line):
            if reference[0] not in names:
                raise InvalidDefinition(where, reference[0], "没有这一条、章或者附件；请核对编号")
    return made


def _names(chapters: Sequence[Chapter], annexes: Sequence[Annex]) -> dict[str, str]:
    names: dict[str, str] = {}
    listed = "、".join(f"{one.called}《{one.title}》" for one in annexes)
    called = [
        ("[[annexes]]", listed),
        *((f"[[chapter:{one.id}]]", one.called) for one in chapters),
        *((f"[[{clause.id}]]", clause.called) for one in chapters for clause in one.clauses),
        *((f"[[annex:{one.id}]]", one.called) for one in annexes),
    ]
    for reference, name in called:
        if names.setdefault(reference, name) != name:
            raise InvalidDefinition("templates/clauses", reference, "编号用了两次；请改一个")
    return names


def _lines(playbook: Playbook) -> Iterator[tuple[str, str]]:
    yield from (("preamble", line) for line in playbook.preamble)
    for clause in playbook.clauses:
        yield from ((clause.id, line) for variant in clause.variants for line in variant.lines)
    for annex in playbook.annexes:
        yield from ((annex.id, line) for line in annex.lines)


def _refuse_gaps(folder: str, numbers: Sequence[int]) -> None:
    if [*numbers] != [*range(1, len(numbers) + 1)]:
        raise InvalidDefinition(f"templates/clauses/{folder}", "", "文件名开头的编号应当从 01 起连续")


# reading


def _chapter(name: str, text: str) -> Chapter:
    number, key = _file(name)
    head, *sections = re.split(r"^## ", text.replace("\r\n", "\n"), flags=re.MULTILINE)
    title, clauses = _heading(head, name), tuple(_clause(section, name) for section in sections)
    if not clauses:
        raise InvalidDefinition(name, "", "这一章没有条款；每条以“## 标题”开头")
    return Chapter(key, number, title, clauses)


def _annex(name: str, text: str) -> Annex:
    number, key = _file(name)
    head, _, body = text.replace("\r\n", "\n").partition("\n")
    return Annex(key, number, _heading(head, name), _paragraphs(body))


def _file(name: str) -> tuple[int, str]:
    found = _FILE.fullmatch(name)
    if found is None:
        raise InvalidDefinition(name, "", "文件名应为两位编号、短横和英文名，如 03-account.md")
    return int(found[1]), found[2]


def _heading(head: str, name: str) -> str:
    title = head.strip().removeprefix("# ").strip()
    if not head.startswith("# ") or not title or "\n" in title:
        raise InvalidDefinition(name, "", "第一行应为“# 标题”")
    return title


def _clause(section: str, file: str) -> Clause:
    head, *given = re.split(r"^### ", section, flags=re.MULTILINE)
    title, _, body = head.partition("\n")
    title = title.strip()
    items, rest = _items(body, title, file)
    if rest or not _ID.fullmatch(items.get("编号", "")):
        raise InvalidDefinition(file, title, "标题下应先写“- 编号：英文名”，正文写在“### 标准”下面")
    if not items.get("依据"):
        raise InvalidDefinition(file, title, "缺少“- 依据：…”")
    variants = tuple(_variant(one, title, file) for one in given)
    clause = Clause(items["编号"], title, items["依据"], items.get("提示", ""), items.get("立场", ""), variants)
    _check(clause, file)
    return clause


def _variant(section: str, title: str, file: str) -> Variant:
    head, _, body = section.partition("\n")
    word, _, name = head.strip().partition("：")
    if word not in WORDS:
        raise InvalidDefinition(file, title, f"“{word}”应为{'、'.join(WORDS)}之一")
    items, lines = _items(body, title, file)
    if not lines:
        raise InvalidDefinition(file, title, f"“{head.strip()}”没有正文")
    if word != "标准" and not items.get("说明"):
        raise InvalidDefinition(file, title, f"“{head.strip()}”要有“- 说明：…”，写明何时可以接受或者为什么禁用")
    return Variant(WORDS[word], name, items.get("条件", ""), items.get("说明", ""), lines)


def _check(clause: Clause, file: str) -> None:
    printed = clause.of("required")
    if not printed or printed[-1].condition or not all(one.condition for one in printed[:-1]):
        raise InvalidDefinition(file, clause.title, "“标准”除最后一个以外都要有条件，最后一个不写条件，印给其余情形")
    for one in printed:
        if bool(clause.warning) is not any("**" in line for line in one.lines):
            raise InvalidDefinition(
                file, clause.title, "有“提示”的条款，每个“标准”写法都要用 ** ** 标出提示的句子；没有提示的不标"
            )


def _items(body: str, title: str, file: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The items at the head of an entry, and the paragraphs after them."""
    items: dict[str, str] = {}
    lines = [*_paragraphs(body)]
    while lines and (found := _ITEM.fullmatch(lines[0])) and found[1] in _LABELS:
        if found[1] in items:
            raise InvalidDefinition(file, title, f"“{found[1]}”写了两次")
        items[found[1]] = found[2].strip()
        del lines[0]
    return items, tuple(lines)


def _paragraphs(body: str) -> tuple[str, ...]:
    return tuple(line for one in body.splitlines() if (line := one.strip()))
