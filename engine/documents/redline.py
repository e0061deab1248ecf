"""A redline 修订稿: the new Word file with tracked changes, so that accepting all gives it and rejecting all the old.

Words, figures, tables, pictures, automatic numbers, headers and footers are tracked; looks are those of the new file.
No redline leaves unless both views were read back and agree, and its marks stand in order with ids of their own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.documents import aligning, cutting, orderly, package, reading
from engine.documents.aligning import Pair, Text
from engine.documents.borrowing import Borrower, Unmarked, written
from engine.documents.package import Archive
from engine.documents.reading import Piece, Story, Word
from engine.documents.settling import Element, W, paragraph_mark

_P, _TABLE, _ROW, _CELL, _RUN = (W + name for name in ("p", "tbl", "tr", "tc", "r"))
_SETTINGS = "word/settings.xml"
_STORY = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
#: What a copy of an old paragraph leaves behind: anchors that the new file has itself, or has no part for.
_ANCHORS = tuple(
    W + name
    for name in (
        "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference", "permStart",
        "permEnd", "annotationRef",
    )
)  # fmt: skip
#: Shorter paragraphs are alike by chance, and not told to have moved.
_MOVED_FROM = 8
#: What stays a paragraph's own when its other properties change.
_OWN = {f"{W}rPr", f"{W}sectPr", f"{W}pPrChange"}
#: What stands before the switch for tracking among the settings.
_BEFORE_TRACKING = {
    W + name
    for name in (
        "writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime",
        "doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText",
        "printFractionalCharacterWidth", "printFormsData", "embedTrueTypeFonts", "embedSystemFonts",
        "saveSubsetFonts", "saveFormsData", "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader",
        "bordersDoNotSurroundFooter", "gutterAtTop", "hideSpellingErrors", "hideGrammaticalErrors",
        "activeWritingStyle", "proofState", "formsDesign", "attachedTemplate", "linkStyles",
        "stylePaneFormatFilter", "stylePaneSortMethod", "documentType", "mailMerge", "revisionView",
    )
}  # fmt: skip


def make(old: Mapping[str, bytes], new: Mapping[str, bytes], by: str, at: str) -> bytes:
    """The redline between the parts of two Word files; ``by`` and ``at`` (ISO 8601, UTC) stand on every mark.

    Tracked changes that a file brings along count as accepted.  Raises Unmarked, naming what it is, where a change
    cannot be tracked so that both views come out exactly.
    """
    before, after = Word(old), Word(new)
    wanted = outline(before), outline(after)
    marker = _Marker(Borrower(before, after), by, at)
    marker.container(before.body.top, after.body.top, before.body, after.body)
    touched = [after.body]
    for kind, story in after.margins.items():
        if kind in before.margins:
            marker.container(before.margins[kind].root, story.root, before.margins[kind], story)
        else:
            marker.all_new(story)
        touched.append(story)
    if _disorder([story.root for story in touched], old, new):
        raise Unmarked("修订标记的次序")
    parts = {**new, **{story.name: written(story.root) for story in touched}, **marker.borrower.parts()}
    if _SETTINGS in parts:
        parts[_SETTINGS] = _tracking(parts[_SETTINGS])
    for view, whole, what in (("reject", wanted[0], "原稿"), ("accept", wanted[1], "新稿")):
        if outline(Word(parts, view)) != whole:  # type: ignore[arg-type]
            raise Unmarked(f"{what}中的内容")
    archive = Archive()
    for name, part in parts.items():
        archive.add(name, [part])
    return archive.close()


def _disorder(made: Sequence[Element], old: Mapping[str, bytes], new: Mapping[str, bytes]) -> set[str]:
    """What stands out of order in a redline; what did so already in one of the files is not its doing."""
    found = {*orderly.faults(made)}
    for parts in (old, new) if found else ():
        found -= {*orderly.faults(package.tree(parts[name], name, name) for name in _stories(parts))}
    return found


def _stories(parts: Mapping[str, bytes]) -> list[str]:
    return [name for name in parts if _STORY.fullmatch(name)]


def outline(word: Word) -> Any:
    """All that can be read in a file, with its automatic numbers: two files that read alike have equal outlines."""
    numbering = word.numbering()

    def of(story: Story, container: Element) -> tuple[Any, ...]:
        found: list[Any] = []
        for block in _blocks(container):
            if block.tag == _P:
                label = numbering.label(block) if story is word.body else ""
                found.append((label, *_key(story, block)))
            else:
                rows = (tuple(of(story, cell) for cell in row.iterchildren(_CELL)) for row in block.iterchildren(_ROW))
                found.append(tuple(rows))
        return tuple(found)

    return of(word.body, word.body.top), {kind: of(story, story.root) for kind, story in word.margins.items()}


def _key(story: Story, paragraph: Element) -> tuple[str, tuple[str, ...]]:
    pieces = story.pieces(paragraph)
    return reading.text(pieces), tuple(piece.thing for piece in pieces if piece.thing)


def _blocks(container: Element) -> list[Element]:
    return [*container.iterchildren(_P, _TABLE)]


@dataclass
class _Marker:
    """Marks in the new file's parts what changed."""

    borrower: Borrower
    by: str
    at: str
    count: int = 0

    # paragraphs and tables of a body, a margin or a cell

    def container(self, before: Element, after: Element, old: Story, new: Story) -> None:
        mine, theirs = _blocks(before), _blocks(after)
        texts = [_text(old, one) for one in mine], [_text(new, one) for one in theirs]
        pairs = aligning.align(*texts)
        pairs = _ends_together(pairs, mine, theirs)
        self.borrower.learn((mine[one], theirs[other]) for one, other in pairs if one is not None and other is not None)
        went, came = _moves(*texts, pairs)
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
        for block in _blocks(story.root):
            self._mark_block(block, story, "ins")
        last = _blocks(story.root)[-1]
        if (mark := paragraph_mark(last, "ins")) is not None:
            _properties_of_end(last).remove(mark)

    def _both(self, before: Element, after: Element, old: Story, new: Story) -> None:
        if after.tag == _P:
            self._paragraph(before, after, old, new)
            return
        mine, theirs = ([*table.iterchildren(_ROW)] for table in (before, after))
        texts = [_row_text(old, row) for row in mine], [_row_text(new, row) for row in theirs]
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
                    for cells in zip(mine[one].iterchildren(_CELL), here.iterchildren(_CELL), strict=True):
                        self.container(*cells, old, new)

    def _mark_block(self, block: Element, story: Story, kind: str) -> None:
        if block.tag == _TABLE:
            for row in block.iterchildren(_ROW):
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
        for paragraph in [*row.iter(_P)]:
            self._content(paragraph, story, kind)

    def _free_the_end(self, container: Element) -> None:
        """The end of the last paragraph cannot come or go: the ends before it do so in its place, as in Word."""
        blocks = _blocks(container)
        last = blocks.pop() if blocks else None
        mark = None if last is None or last.tag != _P else paragraph_mark(last, "ins", "del")
        if last is None or mark is None:
            return
        kept = next(
            (one for one in reversed(blocks) if one.tag != _P or paragraph_mark(one, mark.tag[len(W) :]) is None), None
        )
        if kept is None or kept.tag != _P or paragraph_mark(kept, "ins", "del") is not None:
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
            self._former(after, _properties(self._copy(before, old, new)))
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


def _text(story: Story, block: Element) -> Text:
    if block.tag == _P:
        key = _key(story, block)
        return Text((*key, story.word.levels.signature(block)), "paragraph", key[0])
    texts = [_row_text(story, row) for row in block.iterchildren(_ROW)]
    return Text(tuple(one.key for one in texts), "table", "".join(one.said for one in texts), rigid=True)


def _row_text(story: Story, row: Element) -> Text:
    cells = [[_text(story, block) for block in _blocks(cell)] for cell in row.iterchildren(_CELL)]
    key = tuple(tuple(one.key for one in cell) for cell in cells)
    return Text(key, f"row of {len(cells)}", "".join(one.said for cell in cells for one in cell))


def _moves(old: Sequence[Text], new: Sequence[Text], pairs: Sequence[Pair]) -> tuple[dict[int, str], dict[int, str]]:
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


def _ends_together(pairs: list[Pair], mine: Sequence[Element], theirs: Sequence[Element]) -> list[Pair]:
    """The last paragraphs are each other's, for their end cannot come or go.

    Unless only paragraphs came, or only went, after one that stayed: then ends change places, as in Word.
    """
    met = [(one, other) for one, other in pairs if one is not None and other is not None]
    last = (len(mine) - 1, len(theirs) - 1)
    if not mine or not theirs or mine[-1].tag != _P or theirs[-1].tag != _P:
        return pairs
    stayed = met[-1] if met else (-1, -1)
    went, came = mine[stayed[0] + 1 :], theirs[stayed[1] + 1 :]
    turns = bool(met) and theirs[stayed[1]].tag == _P and not (went and came)
    if turns and all(one.tag == _P for one in (*went, *came)):
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


def _put(made: Element, here: Element | None, container: Element, first: Element | None = None) -> None:
    """Put a block behind ``here``, else before the first one."""
    if here is not None:
        here.addnext(made)
        return
    first = first if first is not None else next(iter(_blocks(container)), None)
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


def _tracking(settings: bytes) -> bytes:
    """Settings under which whoever goes on working in the file leaves marks too."""
    root = package.tree(settings, _SETTINGS, _SETTINGS)
    if root.find(f"{W}trackRevisions") is None:
        place = sum(1 for child in root if child.tag in _BEFORE_TRACKING)
        root.insert(place, etree.Element(f"{W}trackRevisions"))
    return written(root)
