"""Paragraphs cut into pieces and put together again from them."""

from collections.abc import Sequence
from copy import deepcopy

from lxml import etree

from engine.documents import aligning, reading
from engine.documents.reading import Piece
from engine.documents.settling import Element, W

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class Cutter:
    """Cuts the pieces of a paragraph from left to right, by signs."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces, self._place, self._within = pieces, 0, 0

    def cut(self, length: int) -> list[Piece]:
        """The pieces of the next so many signs; those without length before them come along."""
        found = []
        while self._place < len(self._pieces):
            piece = self._pieces[self._place]
            taken = min(piece.length - self._within, length)
            if piece.length and not taken:
                break
            found.append(_part(piece, self._within, self._within + taken))
            length -= taken
            self._within += taken
            if self._within == piece.length:
                self._place, self._within = self._place + 1, 0
        return found


def _part(piece: Piece, start: int, end: int) -> Piece:
    if piece.thing or (start, end) == (0, piece.length):
        return piece
    node = etree.Element(f"{W}t")
    node.text = piece.text[start:end]
    return Piece(piece.text[start:end], (node,), piece.look)


def tokens(pieces: list[Piece]) -> list[str]:
    """A paragraph as what changes as a whole; what is no text is told apart by what it is."""
    things = iter([piece.thing for piece in pieces if piece.thing])
    return [one + next(things, "") if one == reading.THING else one for one in aligning.tokens(reading.text(pieces))]


def elements(piece: Piece) -> list[Element]:
    """The children of a paragraph that a piece stands for."""
    if piece.whole:
        return [*piece.nodes]
    run = etree.Element(f"{W}r")
    if piece.look is not None:
        run.append(deepcopy(piece.look))
    for node in piece.nodes:
        run.append(deepcopy(node))
    for node in run.iterchildren(f"{W}t"):
        node.set(_SPACE, "preserve")
    return [run]


def struck(run: Element, kind: str) -> Element:
    """A run as it stands under a mark of that kind."""
    if kind == "del":
        for was, now in (("t", "delText"), ("instrText", "delInstrText")):
            for node in [*run.iterchildren(W + was)]:
                node.tag = W + now
    return run
