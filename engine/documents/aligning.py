"""What became of what: two sequences side by side, and two texts sign by sign."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

#: Numbers, in figures or in Chinese, and Latin words change as a whole, Chinese sign by sign.
_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|[〇零一二三四五六七八九十百千万亿]{2,}|.", re.DOTALL)
#: From here on two texts are one that was changed; below, one went and another came.
ALIKE = 0.45
#: More pairs than this are not weighed one by one.
_MOST_PAIRS = 60_000
#: So often may the same stand on both sides before the search for the best match is given up.
_MOST_STEPS = 4_000_000
Op = Literal["same", "gone", "new"]


@dataclass(frozen=True)
class Span:
    """A stretch of two texts: what is the same, what is gone from the old, what is new; places count signs."""

    op: Op
    text: str
    old: int
    new: int


def tokens(text: str) -> list[str]:
    """A text as what changes as a whole."""
    return _TOKEN.findall(text)


def steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Op, Sequence[str]]]:
    """How one row of tokens became another, in order; what is gone stands before what took its place."""
    for op, old_from, old_to, new_from, new_to in _opcodes(old, new):
        if op == "equal":
            yield "same", new[new_from:new_to]
            continue
        if old_from < old_to:
            yield "gone", old[old_from:old_to]
        if new_from < new_to:
            yield "new", new[new_from:new_to]


def spans(old: str, new: str) -> tuple[Span, ...]:
    """How one text became another."""
    found, before, after = [], 0, 0
    for op, part in steps(tokens(old), tokens(new)):
        text = "".join(part)
        found.append(Span(op, text, before, after))
        before += len(text) if op != "new" else 0
        after += len(text) if op != "gone" else 0
    return tuple(found)


def _opcodes(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterable[tuple[str, int, int, int, int]]:
    """As difflib's; where the same comes too often to weigh each pair, what begins and ends alike is kept, no more."""
    often = Counter(new)
    if sum(count * often[one] for one, count in Counter(old).items()) <= _MOST_STEPS:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    shorter = min(len(old), len(new))
    head = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    rest = shorter - head
    tail = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    old_end, new_end = len(old) - tail, len(new) - tail
    found = [("equal", 0, head, 0, head), ("replace", head, old_end, head, new_end)]
    found.append(("equal", old_end, len(old), new_end, len(new)))
    return [one for one in found if one[1] < one[2] or one[3] < one[4]]


@dataclass(frozen=True)
class Text:
    """Something to be aligned: ``key`` says what it is in full, ``kind`` with what it may be paired, ``said`` its text.

    What is ``rigid`` is paired with whatever of its kind stands in its place, however different.
    """

    key: Hashable
    kind: str
    said: str
    rigid: bool = False


#: The places in the old and in the new sequence; None where there is none.
Pair = tuple[int | None, int | None]


def align(old: Sequence[Text], new: Sequence[Text]) -> list[Pair]:
    """Each of both sequences once, in the order of both; those alike are paired, what went stands before what came."""
    found: list[Pair] = []
    keys = [one.key for one in old], [one.key for one in new]
    for op, old_from, old_to, new_from, new_to in _opcodes(*keys):
        if op == "equal":
            found += zip(range(old_from, old_to), range(new_from, new_to), strict=True)
        else:
            found += _between(old, new, range(old_from, old_to), range(new_from, new_to))
    return found


def _between(old: Sequence[Text], new: Sequence[Text], gone: range, came: range) -> list[Pair]:
    if not gone or not came or len(gone) * len(came) > _MOST_PAIRS:
        return [*((place, None) for place in gone), *((None, place) for place in came)]
    weights = [[_weight(old[one], new[other]) for other in came] for one in gone]
    found: list[Pair] = []
    went, arrived = gone.start, came.start
    for one, other in [*_heaviest(weights), (len(gone), len(came))]:
        found += [(place, None) for place in range(went, gone.start + one)]
        found += [(None, place) for place in range(arrived, came.start + other)]
        if one < len(gone):
            found.append((gone.start + one, came.start + other))
        went, arrived = gone.start + one + 1, came.start + other + 1
    return found


def _heaviest(weights: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs in order whose weights add up to most."""
    rows, columns = len(weights), len(weights[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            paired = weights[row][column] + best[row + 1][column + 1] if weights[row][column] > 0 else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    found, row, column = [], 0, 0
    while row < rows and column < columns:
        if weights[row][column] > 0 and best[row][column] == weights[row][column] + best[row + 1][column + 1]:
            found.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def _weight(one: Text, other: Text) -> float:
    if one.kind != other.kind:
        return 0.0
    alike = likeness(one.said, other.said)
    if one.rigid and other.rigid:
        return alike + 0.05
    return alike - ALIKE + 0.01 if alike >= ALIKE else 0.0


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, from 0 to 1: by pairs of neighbouring signs."""
    if one == other:
        return 1.0
    mine, theirs = _pairs(one), _pairs(other)
    shared = len(mine & theirs)
    return 2 * shared / (len(mine) + len(theirs)) if mine or theirs else 0.0


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, _neighbours(text)))


def _neighbours(text: str) -> Iterator[tuple[str, str]]:
    return zip(text, text[1:] + "\0", strict=False)
