"""Hold what was read on a scanned page against what the page should say: which page it is, and what is doubtful.

Reading is never quite right, and a table is read in another order than it was written.  So numbers are held against
each other as a heap: one that is missing while another stands there that nobody wrote was changed, or misread; one that
is just missing was not read.  Of words only a line counts of which hardly anything was found.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: A page counts as found when so many of its pairs of signs, in hundredths, stand on the scan.
_SAME_PAGE, _OTHER_PAGE, _AHEAD = 55, 30, 5
#: With fewer signs a page is as good as blank.
FEWEST = 12
#: A line of at least so many signs is missing when less of it, in hundredths, was found.
_LINE, _FOUND = 10, 50
#: Two words are one number when they stand closer than this part of their height, in hundredths.
_JOINED = 35
_AROUND = 10
_NUMBER = re.compile(r"\d+(?:[.,] ?\d+)*")
_SHARE = re.compile(rf"({_NUMBER.pattern})\s?%")
#: A single digit with nothing beside it is often overlooked.
_ALONE = re.compile(r"^\s?\d\s?$")
#: As what a sign of per cent is often read, behind its number.
_PER_CENT = ("9", "6", "96")
_KEPT = ("L", "N")
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Read:
    """A word as it was read, and where: left, top, width and height in pixels; ``line`` tells lines apart."""

    text: str
    box: Box
    line: tuple[int, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """A place where the scan does not say what it should.

    ``due`` is what should stand there, with the words ``around`` it, and ``read`` what was read instead, empty when
    nothing was; ``box`` is where, None when that is not known.
    """

    due: str
    read: str
    around: str
    box: Box | None = None

    @property
    def changed(self) -> bool:
        """Whether something else stands there; else it was only not read."""
        return bool(self.read)


@dataclass(frozen=True)
class Match:
    """Which page a scan is: ``page`` from 1 on, None when it is none of them; ``foreign`` when it is none at all."""

    page: int | None
    foreign: bool = False


def squeezed(text: str) -> str:
    """A text without white space and marks: letters, digits and Chinese signs only."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign)[0] in _KEPT)


def match(pages: Sequence[str], read: str) -> Match:
    """The page that a scan shows, by the pairs of signs they share; a page that two fit is left to a person."""
    pairs = _pairs(read)
    if not pairs:
        return Match(None)
    found = sorted(((_shared(_pairs(page), pairs), number) for number, page in enumerate(pages, 1)), reverse=True)
    best, page = found[0]
    second = found[1][0] if len(found) > 1 else 0
    if best >= _SAME_PAGE and best - second >= _AHEAD:
        return Match(page)
    return Match(None, best < _OTHER_PAGE)


def strange(due: str, read: str) -> bool:
    """Whether most of what was read is not of the page ``due``: of a torn page little is read, but that is of it."""
    pairs = _pairs(read)
    return bool(pairs) and _shared(pairs, _pairs(due)) < _OTHER_PAGE


def _pairs(text: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(squeezed(text)))


def _shared(due: Counter[tuple[str, str]], read: Counter[tuple[str, str]]) -> int:
    """How much of ``due`` is in ``read``, in hundredths."""
    return 100 * (due & read).total() // max(1, due.total())


def doubts(due: str, passes: Sequence[Sequence[Read]]) -> list[Doubt]:
    """What of the page ``due`` is missing in every one of several readings: numbers first, then lines."""
    wanted = Counter(number for number, _ in _numbers_of(due))
    found = [dict(_numbers_read(words)) for words in passes]
    read = [Counter(number for number, _ in _numbers_read(words)) for words in passes]
    most: Counter[str] = Counter()
    for one in read:
        most |= one
    missing, strange, told = wanted - most, most - wanted, []
    around = dict(_numbers_of(due))
    shares = {_digits(found[1]) for found in _SHARE.finditer(unicodedata.normalize("NFKC", due))}
    for number in missing.elements():
        if number in shares and any(number + sign in strange for sign in _PER_CENT):
            continue
        other = next((one for one in strange if _alike(number, one)), "")
        box = next((one[other] for one in found if other in one), None)
        told.append(Doubt(number, other, around[number], box))
    return [*told, *_lines(due, passes)]


def numbers(text: str) -> list[str]:
    """The numbers of a text as digits only, in their order."""
    return [_digits(found[0]) for found in _NUMBER.finditer(unicodedata.normalize("NFKC", text))]


def _numbers_of(text: str) -> Iterator[tuple[str, str]]:
    """Each number of a text as digits only, with the words around it; not a single digit in a cell of its own."""
    plain = unicodedata.normalize("NFKC", text)
    for found in _NUMBER.finditer(plain):
        if len(found[0]) == 1 and _ALONE.search(plain[max(0, found.start() - 1) : found.end() + 1]):
            continue
        around = plain[max(0, found.start() - _AROUND) : found.end() + _AROUND]
        yield _digits(found[0]), " ".join(around.split())


def _numbers_read(words: Iterable[Read]) -> Iterator[tuple[str, Box]]:
    """Each number that was read as digits only, and where; one that the reader cut into words is put together."""
    joined: list[Read] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and last.line == word.line and _close(last.box, word.box):
            joined[-1] = Read(last.text + word.text, _about(last.box, word.box), word.line)
        else:
            joined.append(word)
    for word in joined:
        yield from ((number, word.box) for number in numbers(word.text))


def _close(one: Box, other: Box) -> bool:
    return (other[0] - one[0] - one[2]) * 100 < _JOINED * min(one[3], other[3])


def _alike(one: str, other: str) -> bool:
    """Whether a number is another with one digit changed, lost or added, or of a long one with two."""
    if len(one) == len(other):
        return 0 < sum(a != b for a, b in zip(one, other, strict=True)) <= (1 if len(one) < 6 else 2)
    longer, shorter = sorted((one, other), key=len, reverse=True)
    lost = len(longer) - len(shorter) == 1 and len(shorter) > 2
    return lost and any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


def _lines(due: str, passes: Sequence[Sequence[Read]]) -> Iterator[Doubt]:
    """Each line of which no reading found half."""
    read = [_pairs("".join(word.text for word in words)) for words in passes]
    for line in due.splitlines():
        wanted = _pairs(_letters(line))
        if wanted.total() >= _LINE and all(_shared(wanted, one) < _FOUND for one in read):
            yield Doubt(line.strip(), "", line.strip())


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _letters(text: str) -> str:
    return "".join(sign for sign in text if not sign.isdigit())


def _about(one: Box, other: Box) -> Box:
    """What encloses two boxes."""
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top)
