"""Clauses of a Word file, and what became of each of them in another: changed, added, removed or moved."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import cn2an

from engine.documents import aligning, reading
from engine.documents.aligning import Span, Text
from engine.documents.reading import Word
from engine.documents.settling import Element, W

_NUMBER = "零〇一二三四五六七八九十百千两0-9０-９"
_CLAUSE = re.compile(rf"\s*第\s*([{_NUMBER}]+)\s*(条)((?:之[{_NUMBER}]+)?)[\s、.．:：]*")
_CHAPTER = re.compile(rf"\s*第\s*([{_NUMBER}]+)\s*(章|编|部分)")
_ANNEX = re.compile(rf"\s*附\s*(?:件|表|录)\s*([{_NUMBER}]*)(?:\s|[：:、.．]|$)")
#: How a notice without clauses is divided.
_SECTION = re.compile(r"\s*([零〇一二三四五六七八九十百]+)、")
#: What a section was called before it was called by its number.
_FORMERLY = re.compile(r"([零〇一二三四五六七八九十百]+)、(（第\d+处）)?")
#: Shorter texts are not told to have moved: they are alike by chance.
_MOVED_FROM = 8
#: Signs between the cells of a row, as a person reads it.
CELL = " ｜ "


@dataclass(frozen=True)
class Line:
    """A paragraph, or a row of a table, as it reads; ``number`` is its automatic one, ``nodes`` where it stands."""

    text: str
    number: str = ""
    row: bool = False
    nodes: tuple[Element, ...] = field(default=(), compare=False, repr=False)

    @property
    def whole(self) -> str:
        """With its number."""
        return f"{self.number} {self.text}".strip() if self.number else self.text


@dataclass
class Clause:
    """A clause: what it is called (``第三十条之一``), its chapter, and its lines, those of its tables among them.

    ``time`` counts the clauses that are called the same, as in annexes.
    """

    title: str
    chapter: str = ""
    lines: list[Line] = field(default_factory=list)
    time: int = 1

    @property
    def name(self) -> str:
        """What tells it apart from all others."""
        return self.title if self.time == 1 else f"{self.title}（第{self.time}处）"

    @property
    def body(self) -> str:
        """What it says, without its own number."""
        return "\n".join(self.texts)

    @property
    def texts(self) -> list[str]:
        """What each line says, the number of the clause apart."""
        head = self.lines[0].whole[_head_length(self.lines[0].whole) :] if self.lines else ""
        return [head, *(line.whole for line in self.lines[1:])] if self.lines else []


Kind = Literal["same", "changed", "added", "removed", "moved", "renumbered", "restyled", "left"]
KINDS: tuple[Kind, ...] = ("changed", "added", "removed", "moved", "renumbered", "restyled")


@dataclass(frozen=True)
class Change:
    """What became of a clause; ``lines`` show it, line by line; ``far`` says that it stands elsewhere now.

    ``left`` marks the place that a clause has left which stands elsewhere, and is told there; ``restyled`` says that
    the words are the same and look otherwise, which only :mod:`weighing` finds.
    """

    kind: Kind
    old: Clause | None
    new: Clause | None
    lines: tuple[tuple[Span, ...], ...]
    far: bool = False

    @property
    def title(self) -> str:
        """What it is called now, or was."""
        shown = self.new or self.old
        return shown.name if shown else ""


def lines(word: Word) -> Iterator[Line]:
    """The paragraphs and rows of the main text that say something, in order."""
    numbering = word.numbering()

    def of(container: Element) -> Iterator[Line]:
        for child in container:
            if child.tag == f"{W}p":
                yield _line(word, child, numbering.label(child))
            elif child.tag == f"{W}tbl":
                for row in child.iter(f"{W}tr"):
                    if next(row.iterancestors(f"{W}tbl")) is child:
                        cells = ("\n".join(one.whole for one in of(cell)) for cell in row.iterchildren(f"{W}tc"))
                        yield Line(CELL.join(cells), row=True, nodes=(row,))

    for line in of(word.body.top):
        if line.whole.strip(" ｜\n\f"):
            yield line


def _line(word: Word, paragraph: Element, number: str) -> Line:
    return Line(reading.said(word.body.pieces(paragraph)).strip("\f"), number, nodes=(paragraph,))


def clauses(word: Word) -> list[Clause]:
    """The clauses of a file: 第…条 with chapters and annexes; in a paper without them, its sections 一、二、…"""
    found = [*lines(word)]
    lawful = any(_CLAUSE.match(line.whole) for line in found if not line.row)
    divided = [*_divided(found, _lawful if lawful else _sectioned)]
    seen: Counter[str] = Counter()
    for clause in divided:
        seen[clause.title] += 1
        clause.time = seen[clause.title]
    margins = [Line(text) for story in word.margins.values() if (text := _margin(story))]
    return [*divided, *([Clause("页眉页脚", lines=margins)] if margins else [])]


def _margin(story: reading.Story) -> str:
    said = (reading.said(story.pieces(paragraph)) for paragraph in story.root.iter(f"{W}p"))
    return "\n".join(filter(None, (one.strip() for one in said)))


def _divided(found: Iterable[Line], head: Callable[[str], tuple[str, bool]]) -> Iterator[Clause]:
    here, chapter = Clause("开头"), ""
    for line in found:
        title, is_chapter = ("", False) if line.row else head(line.whole)
        if title:
            if here.lines:
                yield here
            chapter = title if is_chapter else chapter
            here = Clause(title, "" if is_chapter else chapter)
        here.lines.append(line)
    if here.lines:
        yield here


def title_of(text: str) -> str:
    """The clause or chapter that a paragraph opens, empty when it opens none."""
    return _lawful(text)[0]


def _lawful(text: str) -> tuple[str, bool]:
    """The title that a line gives, and whether it is a chapter's."""
    if found := _CLAUSE.match(text):
        return f"第{_chinese(found[1])}条{found[3]}", False
    if found := _CHAPTER.match(text):
        return f"第{_chinese(found[1])}{found[2]}", True
    return _annex(text), False


def _sectioned(text: str) -> tuple[str, bool]:
    found = _SECTION.match(text)
    return (f"第{found[1]}部分", False) if found else (_annex(text), False)


def called(name: str) -> str:
    """What a clause is called now that was noted under this name."""
    found = _FORMERLY.fullmatch(name)
    return f"第{found[1]}部分{found[2] or ''}" if found else name


def _annex(text: str) -> str:
    return text.strip()[:20] if _ANNEX.match(text) and len(text.strip()) <= 40 else ""


def _chinese(number: str) -> str:
    try:
        return reading.written(int(cn2an.cn2an(number, "smart")), "chineseCounting")
    except ValueError:
        # no number as people write them: it is called as it stands
        return number


def _head_length(text: str) -> int:
    found = _CLAUSE.match(text) or _SECTION.match(text)
    return found.end() if found else 0


# comparing


def compare(old: Sequence[Clause], new: Sequence[Clause]) -> list[Change]:
    """What became of each clause, in the order of the new file; what was removed stands where it stood."""
    pairs = _pairs(old, new)
    by_new, by_old = {after: before for before, after in pairs}, dict(pairs)
    near = _in_order(pairs)
    found: list[Change] = []

    def pass_by(places: range) -> None:
        for place in places:
            if place not in by_old:
                gone = tuple((Span("gone", line.whole, 0, 0),) for line in old[place].lines)
                found.append(Change("removed", old[place], None, gone))
            elif place not in near:
                found.append(Change("left", old[place], new[by_old[place]], (), far=True))

    next_old = 0
    for place, clause in enumerate(new):
        before = by_new.get(place)
        if before is not None and before in near:
            pass_by(range(next_old, before))
            next_old = before + 1
        found.append(_change(None if before is None else old[before], clause, far=before not in near))
    pass_by(range(next_old, len(old)))
    return found


def summary(changes: Sequence[Change]) -> dict[Kind, int]:
    """How many clauses there are of each kind that is not ``same``."""
    counted = Counter(change.kind for change in changes)
    return {kind: counted[kind] for kind in KINDS if counted[kind]}


def _change(old: Clause | None, new: Clause, *, far: bool) -> Change:
    if old is None:
        return Change("added", None, new, tuple((Span("new", line.whole, 0, 0),) for line in new.lines))
    if old.body != new.body:
        return Change("changed", old, new, _differences(old, new), far)
    if far:
        return Change("moved", old, new, tuple((Span("same", line.whole, 0, 0),) for line in new.lines), far)
    if old.lines == new.lines:
        return Change("same", old, new, tuple((Span("same", line.whole, 0, 0),) for line in new.lines))
    return Change("changed" if old.title == new.title else "renumbered", old, new, _differences(old, new))


def _differences(old: Clause, new: Clause) -> tuple[tuple[Span, ...], ...]:
    before, after = ([_text(line) for line in clause.lines] for clause in (old, new))
    found = []
    for one, other in aligning.align(before, after):
        was = old.lines[one].whole if one is not None else ""
        now = new.lines[other].whole if other is not None else ""
        found.append(aligning.spans(was, now))
    return tuple(found)


def _text(line: Line) -> Text:
    return Text(line.whole, "row" if line.row else "paragraph", line.whole)


def _pairs(old: Sequence[Clause], new: Sequence[Clause]) -> list[tuple[int, int]]:
    """Which clause became which: equal ones in order first, then those with the same title, then those most alike."""
    free_old, free_new = dict(enumerate(old)), dict(enumerate(new))
    found: list[tuple[int, int]] = []

    def take(before: int, after: int) -> None:
        found.append((before, after))
        del free_old[before], free_new[after]

    texts = [[Text((one.name, one.body), "", one.body) for one in side] for side in (old, new)]
    for before, after in aligning.align(*texts):
        if before is not None and after is not None and old[before].body == new[after].body:
            take(before, after)
    for after, clause in [*free_new.items()]:
        same = [key for key, one in free_old.items() if one.body == clause.body and len(clause.body) >= _MOVED_FROM]
        if len(same) == 1:
            take(same[0], after)
    for after, clause in [*free_new.items()]:
        titled = [key for key, one in free_old.items() if one.name == clause.name]
        if titled and aligning.likeness(old[titled[0]].body, clause.body) >= ALIKE_BY_TITLE:
            take(titled[0], after)
    for after, clause in [*free_new.items()]:
        ranked = [(aligning.likeness(one.body, clause.body), -abs(key - after), key) for key, one in free_old.items()]
        if ranked and max(ranked)[0] >= aligning.ALIKE:
            take(max(ranked)[2], after)
    return sorted(found, key=lambda pair: pair[1])


#: Two clauses of the same number are one that was changed even when little of it is left.
ALIKE_BY_TITLE = 0.25


def _in_order(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """The old places of the longest row of pairs that keep their order; the others have moved."""
    ends: list[int] = []
    before_it: dict[int, int | None] = {}
    for before, _ in pairs:
        place = bisect_left(ends, before)
        before_it[before] = ends[place - 1] if place else None
        ends[place : place + 1] = [before]
    found, here = set(), ends[-1] if ends else None
    while here is not None:
        found.add(here)
        here = before_it[here]
    return found
