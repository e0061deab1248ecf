"""Whether the marks of a redline stand as Word wants them: each part in its order, every mark with an id of its own.

Word repairs or refuses a file where they do not, and what it repairs may be lost (ECMA-376 part 1, 17.3 and 17.13).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from engine.documents.settling import Element, W

_PROPERTIES = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers",
    "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE",
    "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents",
    "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle",
    "rPr", "sectPr", "pPrChange",
)  # fmt: skip
_MARKS = ("ins", "del", "moveFrom", "moveTo")
#: By element what stands first in it, in order, and what last; what else there is stands between.
_ORDERS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    W + name: order
    for name, order in {
        "pPr": (_PROPERTIES, ()),
        "rPr": (_MARKS, ("rPrChange",)),
        "trPr": ((), ("ins", "del", "trPrChange")),
        "p": (("pPr",), ()),
        "r": (("rPr",), ()),
        "tr": (("tblPrEx", "trPr"), ()),
        "tc": (("tcPr",), ()),
        "numbering": (("numPicBullet", "abstractNum", "num"), ("numIdMacAtCleanup",)),
    }.items()
}
#: Marks that are known by an id; the ends of a move have that of its start.
_KNOWN = tuple(
    W + name
    for name in (
        *_MARKS, "moveFromRangeStart", "moveToRangeStart", "pPrChange", "rPrChange", "trPrChange", "sectPrChange",
    )
)  # fmt: skip
_ENDS = {f"{W}moveFromRangeEnd": f"{W}moveFromRangeStart", f"{W}moveToRangeEnd": f"{W}moveToRangeStart"}


def faults(roots: Iterable[Element]) -> Iterator[str]:
    """What stands where it may not in these parts of one file, as ``pPr/rPr``, and ids that are there twice."""
    ids: Counter[str] = Counter()
    for root in roots:
        yield from _out_of_order(root)
        ids.update(str(mark.get(f"{W}id")) for mark in root.iter(*_KNOWN))
        for text in root.iter(f"{W}t", f"{W}delText"):
            holder = next(islice(text.iterancestors(), 1, None), None)
            struck = holder is not None and holder.tag == f"{W}del"
            if struck != (text.tag == f"{W}delText"):
                yield "del/" + str(text.tag)[len(W) :]
        for end, start in _ENDS.items():
            names = [Counter(one.get(f"{W}id") for one in root.iter(tag)) for tag in (start, end)]
            if names[0] != names[1]:
                yield str(start)[len(W) :]
    yield from (f"id {key}" for key, times in ids.items() if times > 1)


def _out_of_order(root: Element) -> Iterator[str]:
    for element in root.iter(*_ORDERS):
        first, last = _ORDERS[str(element.tag)]
        before = 0
        for child in element:
            rank = _rank(str(child.tag), first, last)
            if rank < before:
                yield f"{str(element.tag)[len(W) :]}/{str(child.tag)[len(W) :]}"
            before = rank


def _rank(tag: str, first: Sequence[str], last: Sequence[str]) -> int:
    name = tag.removeprefix(W)
    if name in first:
        return first.index(name)
    return len(first) + 1 + last.index(name) if name in last else len(first)
