"""What law and manual ask each paper to say, and whether a template still says it.

The lines are ``templates/mandatory_contents.tsv``, cited by ``templates/sources.tsv``.  A template says a line where
the words stand in one of its paragraphs, white space aside, or where somebody put them in other words: a paragraph that
the shipped template has not, and that prints the facts which the line names, or shares half of its words where it
names none.  What is in neither is lost.  Whether other words say the same in law, a person judges.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import cn2an

from engine.documents import package
from engine.documents.faults import Fault, W, own_text

_TEXT = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_SPACE = re.compile(r"\s")
_PRINTED = re.compile(r"\{\{([^{}]*)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\|\s*\w+(?:\([^)]*\))?")
_NAME = re.compile(r"[a-z_]\w*(?:\.\w+)*")
_LOOPED = re.compile(r"\bfor\s+(\w+)\s+in\b")
_WORDS = frozenset({"if", "else", "and", "or", "not", "in"})
#: How the lines call the row of a list, whatever a template calls it.
_ROW = "row"


@dataclass(frozen=True)
class Content:
    """What one rule asks one kind of paper to say; ``source`` is where that comes from, as people cite it."""

    law: str
    kind: str
    says: str
    source: str

    def __str__(self) -> str:
        return f"{self.law} {self.kind}: {self.says}"

    @property
    def whole(self) -> str:
        """What it says, with the tag closed that a line may leave open."""
        return f"{self.says} … }}}}" if self.says.count("{{") > self.says.count("}}") else self.says


@dataclass(frozen=True)
class Reworded:
    """A line that a template says in other words: those of ``paragraph``."""

    content: Content
    paragraph: str


@dataclass(frozen=True)
class Asked:
    """What a template has to say, and the paragraphs of the shipped one, which nobody has put in other words."""

    contents: tuple[Content, ...] = ()
    shipped: frozenset[str] = frozenset()

    @classmethod
    def of(cls, contents: Iterable[Content], kind: str, parts: Mapping[str, bytes], file: str) -> "Asked":
        """The lines of a kind; ``parts`` are those of the shipped template."""
        return cls(
            tuple(one for one in contents if one.kind == kind), frozenset(map(_folded, _paragraphs(parts, file)))
        )

    def lost(self, parts: Mapping[str, bytes], file: str) -> list[Content]:
        """The lines that a template does not say."""
        return self._looked_through(parts, file).lost

    def faults(self, parts: Mapping[str, bytes], file: str) -> Iterator[Fault]:
        """A fault for each line that a template does not say."""
        for content in self.lost(parts, file):
            said = (
                f"没有写明“{content.whole}”。依据：{content.source}。请补上；可以换说法，但其中的标签要在，意思要全。"
            )
            yield Fault(package.DOCUMENT, said)

    def reworded(self, parts: Mapping[str, bytes], file: str) -> list[Reworded]:
        """The lines that a template says in other words."""
        return self._looked_through(parts, file).reworded

    def _looked_through(self, parts: Mapping[str, bytes], file: str) -> "_Found":
        if not self.contents:
            return _Found([], [])
        return _look_through(self, [*_paragraphs(parts, file)])


#: For what is no kind of ours.
NOTHING = Asked()


@dataclass(frozen=True)
class _Found:
    lost: list[Content]
    reworded: list[Reworded]


@dataclass(frozen=True)
class _Paragraph:
    """A paragraph with the row variables of its template."""

    text: str
    rows: frozenset[str]

    @cached_property
    def folded(self) -> str:
        return _folded(self.text)

    @cached_property
    def facts(self) -> frozenset[str]:
        return frozenset(_facts(self.text, self.rows))

    @cached_property
    def pairs(self) -> frozenset[str]:
        return _pairs(self.text)


def read(lines: str, sources: str) -> tuple[Content, ...]:
    """The lines of the two files.  Raises ValueError for a line of another form, KeyError for one without a source."""
    cited = {cells[0]: cells[1] for cells in _rows(sources, 2)}
    return tuple(Content(law, kind, says, _source(law, cited)) for law, kind, says in _rows(lines, 3))


def _rows(text: str, columns: int) -> Iterator[Sequence[str]]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != columns:
                raise ValueError(line)
            yield cells


def _source(law: str, cited: Mapping[str, str]) -> str:
    begins = max((one for one in cited if law == one or law.startswith(f"{one}-")), key=len, default=law)
    article = law.removeprefix(begins).strip("-").partition("-")[0]
    number = f"第{cn2an.an2cn(article)}条" if article else ""
    return cited[begins].format(article=number, id=law)


def _look_through(asked: Asked, texts: Sequence[str]) -> _Found:
    rows = frozenset(_LOOPED.findall("\n".join(texts)))
    paragraphs = [_Paragraph(text, rows) for text in texts]
    new = [one for one in paragraphs if one.folded not in asked.shipped]
    found = _Found([], [])
    for content in asked.contents:
        words = _folded(content.says)
        if any(words in one.folded for one in paragraphs):
            continue
        if (other := _in_other_words(content, new)) is not None:
            found.reworded.append(Reworded(content, other.text.strip()))
        else:
            found.lost.append(content)
    return found


def _in_other_words(content: Content, new: Sequence[_Paragraph]) -> _Paragraph | None:
    """The new paragraph that is nearest to a line, of those that print its facts or share half of its words."""
    facts, pairs = frozenset(_facts(content.says, frozenset({_ROW}))), _pairs(content.says)
    near = [one for one in new if (facts <= one.facts if facts else 2 * len(pairs & one.pairs) >= len(pairs))]
    return max(near, key=lambda one: len(pairs & one.pairs), default=None)


def _paragraphs(parts: Mapping[str, bytes], file: str) -> Iterator[str]:
    for name, part in parts.items():
        if _TEXT.fullmatch(name):
            yield from (own_text(paragraph) for paragraph in package.tree(part, name, file).iter(f"{W}p"))


def _facts(text: str, rows: frozenset[str]) -> Iterator[str]:
    """The facts that a text prints or asks for in printing; those of a row by the name that the lines give it."""
    for tag in _PRINTED.findall(text):
        for name in _NAME.findall(_QUOTED.sub("", tag)):
            first, dot, rest = name.partition(".")
            if name not in _WORDS:
                yield f"{_ROW if first in rows else first}{dot}{rest}"


def _pairs(text: str) -> frozenset[str]:
    words = _folded(_PRINTED.sub("", text).replace("}}", ""))
    return frozenset(words[at : at + 2] for at in range(len(words) - 1))


def _folded(text: str) -> str:
    return _SPACE.sub("", text)
