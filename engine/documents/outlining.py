"""What can be read in a Word file, put side by side with another: paragraphs, tables, headers, footers and notes."""

from typing import Any

from engine.documents import reading
from engine.documents.aligning import Text
from engine.documents.reading import NOTES, Story, Word
from engine.documents.settling import Element, W

P, TABLE, ROW, CELL = (W + name for name in ("p", "tbl", "tr", "tc"))


def outline(word: Word) -> Any:
    """All that can be read in a file, with its automatic numbers: two files that read alike have equal outlines."""
    referred = [(NOTES[str(node.tag)], str(node.get(f"{W}id"))) for node in word.body.root.iter(*NOTES)]
    return (
        reads(word.body, word.body.top),
        {kind: reads(story, story.root) for kind, story in word.margins.items()},
        [reads(word.noted(kind), note) for kind, one in referred if (note := word.note(kind, one)) is not None],
    )


def reads(story: Story, container: Element) -> tuple[Any, ...]:
    """All that can be read in a body, a margin, a cell or a note; in a body with the automatic numbers."""
    numbering = story.word.numbering()

    def of(container: Element) -> tuple[Any, ...]:
        found: list[Any] = []
        for block in blocks(container):
            if block.tag == P:
                label = numbering.label(block) if story is story.word.body else ""
                found.append((label, *key(story, block)))
            else:
                rows = (tuple(of(cell) for cell in row.iterchildren(CELL)) for row in block.iterchildren(ROW))
                found.append(tuple(rows))
        return tuple(found)

    return of(container)


def key(story: Story, paragraph: Element) -> tuple[str, tuple[str, ...]]:
    """What a paragraph says, and what in it is no text."""
    pieces = story.pieces(paragraph)
    return reading.text(pieces), tuple(piece.thing for piece in pieces if piece.thing)


def blocks(container: Element) -> list[Element]:
    """The paragraphs and tables that stand in something."""
    return [*container.iterchildren(P, TABLE)]


def text(story: Story, block: Element) -> Text:
    """A paragraph or table to be aligned with others."""
    if block.tag == P:
        said, things = key(story, block)
        return Text((said, things, story.word.levels.signature(block)), "paragraph", said)
    texts = [row_text(story, row) for row in block.iterchildren(ROW)]
    return Text(tuple(one.key for one in texts), "table", "".join(one.said for one in texts), rigid=True)


def row_text(story: Story, row: Element) -> Text:
    """A row of a table to be aligned with others."""
    cells = [[text(story, block) for block in blocks(cell)] for cell in row.iterchildren(CELL)]
    told = tuple(tuple(one.key for one in cell) for cell in cells)
    return Text(told, f"row of {len(cells)}", "".join(one.said for cell in cells for one in cell))
