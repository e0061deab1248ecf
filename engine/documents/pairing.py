"""Which blocks of two containers belong together: what moved, and how the last paragraphs meet."""

from collections.abc import Iterator, Sequence

from engine.documents.aligning import Pair, Text
from engine.documents.outlining import P
from engine.documents.settling import Element

#: Shorter paragraphs are alike by chance, and not told to have moved.
_MOVED_FROM = 8


def moves(old: Sequence[Text], new: Sequence[Text], pairs: Sequence[Pair]) -> tuple[dict[int, str], dict[int, str]]:
    """The paragraphs that stand elsewhere now, by their old and by their new place, with a name for each move.

    Only what is not short, and stands nowhere else; not after the last one that stayed, as ends change places there.
    """
    stayed = [(one, other) for one, other in pairs if one is not None and other is not None]
    if not stayed:
        return {}, {}
    alone = (one for one, other in pairs if one is not None and other is None and one < stayed[-1][0])
    gone = {old[one].key: one for one in alone if old[one].kind == "paragraph"}
    went, came = {}, {}
    for one, other in pairs:
        text = new[other] if one is None and other is not None and other < stayed[-1][1] else None
        if text is not None and other is not None and text.key in gone and len(text.said) >= _MOVED_FROM:
            # a name says which two belong together
            name = f"move{gone[text.key]}"
            went[gone.pop(text.key)] = name
            came[other] = name
    return went, came


def ends_together(pairs: list[Pair], mine: Sequence[Element], theirs: Sequence[Element]) -> list[Pair]:
    """The last paragraphs are each other's, for their end cannot come or go.

    Unless only paragraphs came, or only went, after one that stayed: then ends change places, as in Word.
    """
    met = [(one, other) for one, other in pairs if one is not None and other is not None]
    last = (len(mine) - 1, len(theirs) - 1)
    if not mine or not theirs or mine[-1].tag != P or theirs[-1].tag != P:
        return pairs
    stayed = met[-1] if met else (-1, -1)
    went, came = mine[stayed[0] + 1 :], theirs[stayed[1] + 1 :]
    turns = bool(met) and theirs[stayed[1]].tag == P and not (went and came)
    if turns and all(one.tag == P for one in (*went, *came)):
        return pairs
    return [*_filled([*(pair for pair in met if pair[0] != last[0] and pair[1] != last[1]), last])]


def _filled(met: Sequence[tuple[int, int]]) -> Iterator[Pair]:
    """Pairs in order, with all that stands between them by itself; the last pair ends both."""
    one, other = 0, 0
    for before, after in met:
        yield from ((place, None) for place in range(one, before))
        yield from ((None, place) for place in range(other, after))
        yield before, after
        one, other = before + 1, after + 1
