"""The ballots of a vote as one text: what all of them say, where each says its own, and which say something else.

A person examines the common text with a blank for each value that a ballot has of its own; that every other ballot is
this text with its own values is read from the file that is printed, not taken on trust.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from engine.documents import clauses, package
from engine.documents.clauses import Clause
from engine.documents.package import DOCUMENT
from engine.documents.reading import Word
from engine.documents.render import NEW_PAGE, split

#: What only the owner's strip says; nobody is shown it.
RECEIPT = "receipt"
#: What a ballot prints of its own, by the fact's name below ``ballots[]``; others are called 逐票内容.
LABELS: Mapping[str, str] = {
    "serial": "票号", "unit_no": "房号", "owner_masked": "业主", "area": "专有部分面积", "headcount": "计票人数",
    "receipt": "查询码",
}  # fmt: skip
#: Whose a ballot is, and by what its owner asks for it: never part of the common text, be it the same on all.
PERSONAL = ("unit_no", "owner_masked", RECEIPT)
_OTHER = "逐票内容"
_UNTOLD = "没有逐票登记的内容，或张数与文件不符，不能逐张核对"
_TEXT = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)(</w:t>)")
#: What differs between copies without being read: which picture part a code is, and the number of a drawing.
_UNREAD = re.compile(r'(\br:embed="[^"]*?)c\d+(?=")|(\bid=")\d+(?=")')
#: Values this short stand in many places by chance.
_SHORT = 2
_END = "</w:p>"
_SAMPLES = 12
#: A stretch of a paragraph: words, or with a name the value of that name.
_Part = tuple[str, str]
Row = Mapping[str, str]


@dataclass(frozen=True)
class Odd:
    """Ballots that say something else: by their places, 0 first, and how, each as what is due and what stands."""

    places: Sequence[int]
    differs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Ballots:
    """The common text with blanks such as 〔票号〕; how many ballots there are; the blanks; the odd ones."""

    clauses: Sequence[Clause]
    copies: int
    blanks: Sequence[str]
    odd: Sequence[Odd]

    @property
    def alike(self) -> int:
        """How many are the common text with their own values."""
        return self.copies - sum(len(one.places) for one in self.odd)


def label(name: str) -> str:
    """What a value of a ballot is called."""
    return LABELS.get(name, _OTHER)


def blank(name: str) -> str:
    """What stands for a value in the common text."""
    return f"〔{label(name)}〕"


def read(content: bytes, rows: Sequence[Row]) -> Ballots:
    """The ballots of a file that the renderer made, ``rows`` what was recorded of each, in order.

    Where there are not as many rows as ballots, what is not the same on all is blank, and nothing is told to be like.
    """
    parts = package.parts(content)
    head, body, tail = split(parts[DOCUMENT].decode())
    sheets = [_Sheet.of(one) for one in body.split(NEW_PAGE.decode())]
    told = len(rows) == len(sheets)
    known = rows if told else [{}] * len(sheets)
    frame, _ = Counter(sheet.frame for sheet in sheets).most_common(1)[0]
    like = [place for place, sheet in enumerate(sheets) if sheet.frame == frame]
    texts = [_common(place, like, sheets, known) for place in range(len(sheets[like[0]].texts))]
    shown = [_shown(text) for text in texts]
    whole = {**parts, DOCUMENT: (head + sheets[like[0]].saying(shown) + tail).encode()}
    blanks = dict.fromkeys(name for text in texts for name, _ in text if name)
    odd = _odd(sheets, known, frame, texts) if told else [Odd(range(len(sheets)), [("", _UNTOLD)])]
    return Ballots(clauses.clauses(Word(whole)), len(sheets), [*blanks], odd)


@dataclass(frozen=True)
class _Sheet:
    """A ballot: what each of its paragraphs says, and all besides that is read, as ``frame``."""

    markup: str
    frame: int
    texts: Sequence[str]

    @classmethod
    def of(cls, markup: str) -> "_Sheet":
        read = [_paragraph(one) for one in markup.split(_END)]
        return cls(markup, hash(tuple(frame for frame, _ in read)), [said for _, said in read])

    def saying(self, texts: Iterable[str]) -> str:
        """The ballot with other words in its paragraphs."""
        made = []
        for paragraph, was, now in zip(self.markup.split(_END), self.texts, texts, strict=True):
            made.append(paragraph if was == now else _saying(paragraph, now))
        return _END.join(made)


@lru_cache(maxsize=4096)
def _paragraph(markup: str) -> tuple[int, str]:
    """All of a paragraph that is read besides its words, and its words; most are the same on every ballot."""
    said = "".join(unescape(found[2]) for found in _TEXT.finditer(markup))
    return hash(_UNREAD.sub(r"\1\2", _TEXT.sub("", markup))), said


def _saying(paragraph: str, words: str) -> str:
    """A paragraph with other words, in the place of its first."""
    left = iter([escape(words, quote=False)])
    return _TEXT.sub(lambda found: found[1] + next(left, "") + found[3], paragraph)


def _common(place: int, like: Sequence[int], sheets: Sequence[_Sheet], rows: Sequence[Row]) -> Sequence[_Part]:
    """What a paragraph says on all ballots: its words, and by name the values that each has of its own."""
    said = sheets[like[0]].texts[place]
    if all(sheets[one].texts[place] == said for one in like):
        kept = [(name, rows[like[0]][name]) for name in PERSONAL if len(rows[like[0]].get(name, "")) > _SHORT]
        return [*_taken_out(said, kept)]
    best: tuple[int, Sequence[_Part]] = (0, [(_OTHER, "")])
    for found in _readings(place, like, sheets, rows):
        fits = sum(_fits(found, sheets[one].texts[place], rows[one]) for one in like)
        best = max(best, (fits, found), key=lambda one: one[0])
        if best[0] == len(like):
            break
    return best[1]


def _readings(
    place: int, like: Sequence[int], sheets: Sequence[_Sheet], rows: Sequence[Row]
) -> Iterator[Sequence[_Part]]:
    """What a paragraph may be on all ballots, as two of them agree; the first one may be the odd one."""
    for first in (like[0], like[len(like) // 2], like[-1]):
        varying = [name for name in rows[first] if len({rows[one].get(name) for one in like}) > 1]
        long = [name for name in varying if len(rows[first][name]) > _SHORT]
        for names in (varying, long):
            for other in like[:: max(1, len(like) // _SAMPLES)]:
                beside = rows[other], sheets[other].texts[place]
                if other != first and (found := _both(sheets[first].texts[place], rows[first], *beside, names)):
                    yield found


def _both(one: str, row: Row, beside: Row, other: str, names: Sequence[str]) -> list[_Part]:
    """Two ballots' paragraph as common words and values; nothing where they differ in more than these values."""
    found: list[_Part] = []
    here = there = 0
    while here < len(one) or there < len(other):
        fits = [
            name
            for name in names
            if row[name] and beside.get(name) and one.startswith(row[name], here)
            and other.startswith(beside[name], there)
        ]  # fmt: skip
        if fits:
            name = max(fits, key=lambda each: len(row[each]))
            found.append((name, ""))
            here, there = here + len(row[name]), there + len(beside[name])
        elif one[here : here + 1] == other[there : there + 1]:
            found.append(("", one[here]))
            here, there = here + 1, there + 1
        else:
            return []
    return found


def _taken_out(said: str, values: Sequence[_Part]) -> Iterator[_Part]:
    """Words without the values of these names."""
    here = next(((name, value) for name, value in values if value in said), None)
    if here is None:
        yield "", said
        return
    before, _, after = said.partition(here[1])
    yield from _taken_out(before, values)
    yield here[0], ""
    yield from _taken_out(after, values)


def _fits(text: Sequence[_Part], said: str, row: Row) -> bool:
    return said == "".join(row.get(name, "") if name else words for name, words in text)


def _shown(text: Sequence[_Part]) -> str:
    return "".join(blank(name) if name else words for name, words in text)


def _odd(sheets: Sequence[_Sheet], rows: Sequence[Row], frame: int, texts: Sequence[Sequence[_Part]]) -> Sequence[Odd]:
    """Ballots that are not the common text with their own values, those together that differ alike."""
    found: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place, (sheet, row) in enumerate(zip(sheets, rows, strict=True)):
        if sheet.frame == frame and all(map(_fits, texts, sheet.texts, [row] * len(texts))):
            continue
        found.setdefault((*_differing(sheet, row, frame, texts),), []).append(place)
    return [Odd(places, differs) for differs, places in found.items()]


def _differing(sheet: _Sheet, row: Row, frame: int, texts: Sequence[Sequence[_Part]]) -> Iterator[tuple[str, str]]:
    """What a ballot says otherwise, its own values as blanks."""
    own = [(name, value) for name, value in row.items() if len(value) > _SHORT]
    said = [_shown([*_taken_out(text, own)]) for text in sheet.texts]
    if len(said) == len(texts):
        pairs = zip(texts, said, sheet.texts, strict=True)
        told = [(_shown(text), now) for text, now, plain in pairs if not _fits(text, plain, row)]
        yield from told or [("", "文字相同，图片、表格或版式不同")]
        return
    due = {_shown(text) for text in texts}
    yield from (("", now) for now in said if now and now not in due)
    yield from ((_shown(text), "") for text in texts if text and _shown(text) not in said)
