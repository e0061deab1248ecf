"""What the changes of a comparison amount to: words that bind 实质, filled-in values 变量, or mere form 格式.

When in doubt a change is one of substance: whatever is not surely a value or form, also a clause that stands elsewhere.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from engine.documents.aligning import Span
from engine.documents.clauses import Change
from engine.documents.dress import Dress
from engine.documents.reading import Word

Sort = Literal["substance", "values", "form"]
SORTS: tuple[Sort, ...] = ("substance", "values", "form")
#: Where a line of the old file holds values, each as where it begins and ends.
Places = Callable[[str], Sequence[tuple[int, int]]]
#: The wide signs of a Chinese keyboard, and the narrow ones that say the same.
_NARROW = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)}
#: White space that keeps nothing apart: between two figures or Latin letters it does.
_LOOSE = re.compile(r"(?<![0-9A-Za-z])\s+|\s+(?![0-9A-Za-z])")
#: Signs that end a thought or keep words apart: a value that takes one up is more than a value.
_THOUGHT = set("，。；：、（）,;:() \u3000\t\n")
#: A value may grow by its own length and so many signs more.
_GROWS = 8


def restyled(old: Word, new: Word, changes: Iterable[Change]) -> list[Change]:
    """The changes, with those clauses that say the same and look otherwise told apart from those that stayed."""
    before, after = Dress(old), Dress(new)

    def otherwise(change: Change) -> bool:
        if change.kind != "same" or change.old is None or change.new is None:
            return False
        return [*map(before.of, change.old.lines)] != [*map(after.of, change.new.lines)]

    return [replace(change, kind="restyled") if otherwise(change) else change for change in changes]


def sorted_out(changes: Iterable[Change], places: Places) -> Mapping[Sort, list[Change]]:
    """The changes by what they amount to, each once, in order."""
    found: dict[Sort, list[Change]] = {sort: [] for sort in SORTS}
    for change in changes:
        if change.kind not in {"same", "left"}:
            found[sort(change, places)].append(change)
    return found


def sort(change: Change, places: Places) -> Sort:
    """What a change amounts to."""
    if change.kind in {"renumbered", "restyled"}:
        return "form"
    if change.kind != "changed" or change.far:
        return "substance"
    weighed = {_weigh(line, places) for line in change.lines}
    return next((one for one in SORTS if one in weighed), "form")


def _weigh(line: Sequence[Span], places: Places) -> Sort | None:
    old, new = ("".join(span.text for span in line if span.op != other) for other in ("new", "gone"))
    if old == new:
        return None
    if _plain(old) == _plain(new):
        return "form"
    values = places(old)
    return "values" if values and all(_only_values(line, values)) else "substance"


def _plain(text: str) -> str:
    """A text by what it says, however wide its signs and gaps are."""
    return _LOOSE.sub("", text.translate(_NARROW)).strip()


def _only_values(line: Sequence[Span], places: Sequence[tuple[int, int]]) -> Iterator[bool]:
    """For each stretch that changed whether it is part of a value that another value took the place of."""
    gone: Span | None = None
    for span, following in zip(line, [*line[1:], None], strict=True):
        if span.op == "gone":
            gone = span
            within = any(start <= span.old and span.old + len(span.text) <= end for start, end in places)
            yield within and following is not None and following.op == "new"
        elif span.op == "new":
            inside = gone is not None or any(start < span.old < end for start, end in places)
            yield inside and _still_a_value(gone.text if gone else "", span.text)
            gone = None
        else:
            gone = None


def _still_a_value(was: str, now: str) -> bool:
    return not (_THOUGHT & set(now)) - set(was) and len(now) <= 2 * len(was) + _GROWS
