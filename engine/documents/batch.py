"""One template over many estates: what of each paper is other than the text that they have in common.

A paper is read as its skeleton 骨架: its clauses with each filled value as a blank, so that estates differ only where
the words do.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.documents import clauses
from engine.documents.clauses import Change, Clause, Line

#: A stretch of a line: what it says, and what a filled value is called, empty for the template's own words.
Stretch = tuple[str, str]


def skeleton(clause: Clause, lines: Iterable[Sequence[Stretch]]) -> Clause:
    """A clause with its filled values as blanks; rows that repeat one another stand once."""
    found: list[Line] = []
    for line, stretches in zip(clause.lines, lines, strict=True):
        bare = Line("".join(f"〔{label}〕" if label else text for text, label in stretches), row=line.row)
        if not (bare.row and found and found[-1] == bare):
            found.append(bare)
    return Clause(clause.title, clause.chapter, found, clause.time)


def common(sheets: Sequence[Sequence[Clause]]) -> Sequence[Clause]:
    """Of the papers as the template made them the one that has most clauses in common with the others."""
    often = Counter((one.name, one.body) for sheet in sheets for one in sheet)
    return max(sheets, key=lambda sheet: sum(often[one.name, one.body] - 1 for one in sheet), default=())


@dataclass(frozen=True)
class Differs:
    """A clause of a paper that is other than the common text; ``also`` are the places of papers that say the same."""

    change: Change
    also: Sequence[int]


def differences(shared: Sequence[Clause], sheets: Sequence[Sequence[Clause]]) -> list[list[Differs]]:
    """For each paper the clauses in which it differs from the common text, in order."""
    each = [[one for one in clauses.compare(shared, sheet) if one.kind not in {"same", "left"}] for sheet in sheets]
    keys = [{_key(one) for one in changes} for changes in each]
    return [
        [
            Differs(one, [other for other, said in enumerate(keys) if other != place and _key(one) in said])
            for one in changes
        ]
        for place, changes in enumerate(each)
    ]


def _key(change: Change) -> tuple[str, str, str, str]:
    was, now = change.old, change.new
    return (was.name if was else "", was.body if was else "", now.name if now else "", now.body if now else "")


def apart(values: Sequence[Mapping[str, str]]) -> set[str]:
    """The names of the values that are not the same in all papers, those among them that some do not print."""
    names = {name for one in values for name in one}
    return {name for name in names if len({one.get(name) for one in values}) > 1}


def usual(values: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What more than half of the papers say of the values that are not the same in all, by name."""
    found = {}
    for name in apart(values):
        said, many = Counter(one[name] for one in values if name in one).most_common(1)[0]
        if many * 2 > len(values):
            found[name] = said
    return found
