"""Tracked changes set into the parts of a new Word file, against those of an old one."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from engine.documents import aligning, cutting, outlining, pairing, reading
from engine.documents.borrowing import Borrower
from engine.documents.outlining import CELL, ROW, TABLE, P
from engine.documents.reading import Piece, Story
from engine.documents.settling import Element, W, paragraph_mark

_RUN = f"{W}r"
#: What a copy of an old paragraph leaves behind: anchors that the new file has itself, or has no part for.
_ANCHORS = tuple(
    W + name
    for name in (
        "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference", "permStart",
        "permEnd", "annotationRef", "footnoteRef", "endnoteRef",
    )
)  # fmt: skip
#: What stays a paragraph's own when its other properties change.
_OWN = {f"{W}rPr", f"{W}sectPr", f"{W}pPrChange"}


@dataclass
class Marker:
    """Marks in the new file's parts what changed."""

    borrower: Borrower
    by: str
    at: str
    count: int = 0

    # paragraphs and tables of a body, a margin or a cell

    def container(self, before: Element, after: Element, old: Story, new: Story) -> None:
        mine, theirs = outlining.blocks(before), outlining.blocks(after)
        texts = [outlining.text(old, one) for one in mine], [outlining.text(new, one) for one in theirs]
        pairs = aligning.align(*texts)
        pairs = pairing.ends_together(pairs, mine, theirs)
        self.borrower.learn((mine[one], theirs[other]) for one, other in pairs if one is not None and other is not None)
        went, came = pairing.moves(*texts, pairs)
        here: Element | None = None
        for one, other in pairs:
            if other is None and one is not None:
                gone = self._copy(mine[one], old, new)
                self._mark_block(gone, old, "moveFrom" if one in went else "del")
                _put(gone, here, after)
                here = self._range(gone, "moveFrom", went[one]) if one in went else gone
            elif other is not None:
                here = theirs[other]
                if one is None:
                    self._mark_block(here, new, "moveTo" if other in came else "ins")
                    here = self._range(here, "moveTo", came[other]) if other in came else here
                elif texts[0][one].key != texts[1][other].key:
                    self._both(mine[one], here, old, new)
        self._free_the_end(after)

    def _range(self, block: Element, kind: str, name: str) -> Element:
        """Put the ends of a move around a paragraph; returns the second."""
        start = self._mark(f"{kind}RangeStart")
        start.set(f"{W}name", name)
        end = etree.Element(f"{W}{kind}RangeEnd", {f"{W}id": str(start.get(f"{W}id"))})
        block.addprevious(start)
        block.addnext(end)
        return end

    def all_new(self, story: Story) -> None:
        """Mark a header or footer that the old file had none of; its last paragraph's end stays."""
        for block in outlining.blocks(story.root):
            self._mark_block(block, story, "ins")
        last = outlining.blocks(story.root)[-1]
        if (mark := paragraph_mark(last, "ins")) is not None:
            _properties_of_end(last).remove(mark)

    def _both(self, before: Element, after: Element, old: Story, new: Story) -> None:
        if after.tag == P:
            self._paragraph(before, after, old, new)
            return
        mine, theirs = ([*table.iterchildren(ROW)] for table in (before, after))
        texts = [outlining.row_text(old, row) for row in mine], [outlining.row_text(new, row) for row in theirs]
        here: Element | None = None
        for one, other in aligning.align(*texts):
            if other is None and one is not None:
                gone = self._copy(mine[one], old, new)
                self._row(gone, old, "del")
                _put(gone, here, after, first=theirs[0] if theirs else None)
                here = gone
            elif other is not None:
                here = theirs[other]
                if one is None:
                    self._row(here, new, "ins")
                elif texts[0][one].key != texts[1][other].key:
                    for cells in zip(mine[one].iterchildren(CELL), here.iterchildren(CELL), strict=True):
                        self.container(*cells, old, new)

    def _mark_block(self, block: Element, story: Story, kind: str) -> None:
        if block.tag == TABLE:
            for row in block.iterchildren(ROW):
                self._row(row, story, kind)
            return
        self._content(block, story, kind)
        _properties_of_end(block).insert(0, self._mark(kind))

    def _row(self, row: Element, story: Story, kind: str) -> None:
        properties = row.find(f"{W}trPr")
        if properties is None:
            properties = etree.Element(f"{W}trPr")
            row.insert(0 if row.find(f"{W}tblPrEx") is None else 1, properties)
        properties.append(self._mark(kind))
        for paragraph in [*row.iter(P)]:
            self._content(paragraph, story, kind)

    def _free_the_end(self, container: Element) -> None:
        """The end of the last paragraph cannot come or go: the ends before it do so in its place, as in Word."""
        blocks = outlining.blocks(container)
        last = blocks.pop() if blocks else None
        mark = None if last is None or last.tag != P else paragraph_mark(last, "ins", "del")
        if last is None or mark is None:
            return
        kept = next(
            (one for one in reversed(blocks) if one.tag != P or paragraph_mark(one, mark.tag[len(W) :]) is None), None
        )
        if kept is None or kept.tag != P or paragraph_mark(kept, "ins", "del") is not None:
            return
        _properties_of_end(last).remove(mark)
        _properties_of_end(kept).insert(0, mark)
        kept_properties, last_properties = (deepcopy(_properties(one)) for one in (kept, last))
        if mark.tag == f"{W}ins":
            self._former(last, kept_properties)
        else:
            own = [child for child in _properties(last) if child.tag in _OWN]
            taken = [child for child in kept_properties if child.tag not in _OWN]
            _properties(last)[:] = [*taken, *own]
            self._former(last, last_properties)

    # within a paragraph

    def _paragraph(self, before: Element, after: Element, old: Story, new: Story) -> None:
        if old.word.levels.signature(before) != new.word.levels.signature(after):
            self._former(after, self._copy(_properties(before), old, new))
        mine, theirs = old.pieces(before), new.pieces(after)
        was, now = cutting.tokens(mine), cutting.tokens(theirs)
        if was == now:
            return
        made: list[Element] = []
        cut_old, cut_new = cutting.Cutter(mine), cutting.Cutter(theirs)
        for op, part in aligning.steps(was, now):
            length = sum(1 if token.startswith(reading.THING) else len(token) for token in part)
            if op == "gone":
                gone = (one for one in cut_old.cut(length) if one.length)
                made += self._wrapped((self.borrower.piece(one, old, new.name) for one in gone), "del")
                continue
            came = cut_new.cut(length)
            if op == "same":
                cut_old.cut(length)
                made += (element for piece in came for element in cutting.elements(piece))
            else:
                made += self._wrapped(came, "ins")
        made += (element for piece in cut_new.cut(0) for element in cutting.elements(piece))
        _fill(after, made)

    def _content(self, paragraph: Element, story: Story, kind: str) -> None:
        _fill(paragraph, [*self._wrapped(story.pieces(paragraph), kind)])

    def _wrapped(self, pieces: Iterable[Piece], kind: str) -> Iterator[Element]:
        """Pieces under marks; neighbours share one."""
        mark: Element | None = None
        for piece in pieces:
            elements = cutting.elements(piece)
            if piece.length and all(element.tag == _RUN for element in elements):
                if mark is None:
                    mark = self._mark(kind)
                    yield mark
                for element in elements:
                    mark.append(cutting.struck(element, kind))
                continue
            mark = None
            for element in elements:
                # a mark may not stand around a link, a field or a formula, only inside
                for run in [*element.iter(_RUN)] if piece.length else ():
                    inner = self._mark(kind)
                    run.addprevious(inner)
                    inner.append(cutting.struck(run, kind))
                yield element

    def _former(self, paragraph: Element, was: Element) -> None:
        """Note on a paragraph the properties that it had."""
        properties = _properties(paragraph)
        for change in [*properties.iterchildren(f"{W}pPrChange")]:
            properties.remove(change)
        change = self._mark("pPrChange")
        properties.append(change)
        former = etree.SubElement(change, f"{W}pPr")
        former.extend([child for child in was if child.tag not in _OWN])

    def _copy(self, block: Element, old: Story, new: Story) -> Element:
        copy = self.borrower.block(block, old, new.name)
        for anchor in [*copy.iter(*_ANCHORS)]:
            parent = anchor.getparent()
            if parent is not None:
                parent.remove(anchor)
        return copy

    def _mark(self, kind: str) -> Element:
        self.count += 1
        return etree.Element(
            W + kind, {f"{W}id": str(900_000 + self.count), f"{W}author": self.by, f"{W}date": self.at}
        )


def _put(made: Element, here: Element | None, container: Element, first: Element | None = None) -> None:
    """Put a block behind ``here``, else before the first one."""
    if here is not None:
        here.addnext(made)
        return
    first = first if first is not None else next(iter(outlining.blocks(container)), None)
    if first is None:
        container.append(made)
    else:
        first.addprevious(made)


def _properties(paragraph: Element) -> Element:
    found = paragraph.find(f"{W}pPr")
    if found is None:
        found = etree.Element(f"{W}pPr")
        paragraph.insert(0, found)
    return found


def _properties_of_end(paragraph: Element) -> Element:
    properties = _properties(paragraph)
    found = properties.find(f"{W}rPr")
    if found is None:
        found = etree.Element(f"{W}rPr")
        after = [child for child in properties if child.tag in {f"{W}sectPr", f"{W}pPrChange"}]
        properties.insert(len(properties) - len(after), found)
    return found


def _fill(paragraph: Element, made: list[Element]) -> None:
    properties = paragraph.find(f"{W}pPr")
    paragraph[:] = [*([properties] if properties is not None else []), *made]
