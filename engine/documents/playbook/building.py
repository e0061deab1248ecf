"""The Word template of the contract built from the clause library: the same library gives the same bytes.

What stands before the first clause and the places to sign are laid out in Word and kept as they are, as are headers,
footers and styles; preamble, chapters and annexes are written anew.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

from lxml import etree
from markupsafe import escape

from engine.documents import package
from engine.documents.playbook.library import Annex, Chapter, Clause, Playbook
from engine.errors import InvalidDefinition

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P, _TBL, _SECT = f"{{{_W}}}p", f"{{{_W}}}tbl", f"{{{_W}}}sectPr"
_STRONG = re.compile(r"\*\*(.+?)\*\*")
#: Between two cells; a filter in a tag has no space before its bar.
_BAR = re.compile(r" \|(?= |$)")
_COLUMN = re.compile(r"(\d+)([cr]?)")
_ALIGNED = {"c": "center", "r": "right", "": ""}
_BODY, _HEADING, _CELL = "仿宋", "黑体", "宋体"
_ANNEX_BREAK = (
    '<w:p><w:pPr><w:pageBreakBefore/><w:spacing w:before="0" w:after="0" w:line="40" w:lineRule="exact"/></w:pPr></w:p>'
)
_SPACER = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/></w:pPr></w:p>'


def build(playbook: Playbook, frame: bytes, *, file: str) -> bytes:
    """The template; ``frame`` is the one there is, whose head, places to sign, styles and margins are kept.

    Raises InvalidDefinition for a frame without the two tables between which clauses stand.
    """
    parts = package.read(frame, file)
    parts[package.DOCUMENT] = document(playbook, parts, file=file)
    archive = package.Archive()
    for name, part in parts.items():
        archive.add(name, [part], level=9)
    return archive.close()


def is_built(playbook: Playbook, content: bytes, *, file: str) -> bool:
    """Whether a template says what the library says.  Raises InvalidDefinition."""
    parts = package.read(content, file)
    return document(playbook, parts, file=file) == parts[package.DOCUMENT]


def document(playbook: Playbook, parts: Mapping[str, bytes], *, file: str) -> bytes:
    """The main part of the template, in the frame of the parts given.  Raises InvalidDefinition."""
    root = package.tree(parts[package.DOCUMENT], package.DOCUMENT, file)
    body = root[0]
    tables = [child for child in body if child.tag == _TBL]
    signing = next((one for one in tables[1:] if "委托人（" in _text(one)), None)
    if signing is None or body[-1].tag != _SECT:
        raise InvalidDefinition(file, "", "模板里没有当事人表或者签署表；请从现行模板另存后再改")
    head, end = [*body][: body.index(tables[0]) + 1], body[-1]
    clauses = chain([_SPACER], map(_paragraph, playbook.preamble), *map(_chapter, playbook.chapters), [_SPACER])
    annexes = chain([_SPACER, _ANNEX_BREAK], *(_annex(one, playbook) for one in playbook.annexes))
    body[:] = [*head, *_signed(_elements(playbook, clauses)), signing, *_ended(_elements(playbook, annexes)), end]
    etree.cleanup_namespaces(body, keep_ns_prefixes=list(filter(None, root.nsmap)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _ended(elements: Iterable[etree._Element]) -> list[etree._Element]:
    """The same elements; the paragraph that Word wants behind a last table takes no room: no empty page follows it."""
    found = list(elements)
    if not _text(found[-1]):
        for spacing in found[-1].iter(f"{{{_W}}}spacing"):
            spacing.set(f"{{{_W}}}line", "20")
    return found


def _text(element: etree._Element) -> str:
    return "".join(str(one) for one in element.itertext(f"{{{_W}}}t"))


def _elements(playbook: Playbook, markup: Iterable[str]) -> list[etree._Element]:
    """Markup as elements, references in it as the contract prints them."""
    whole = playbook.referred("".join(markup))
    return [*etree.fromstring(f'<w:body xmlns:w="{_W}">{whole}</w:body>')]


def _signed(elements: list[etree._Element]) -> list[etree._Element]:
    """The last text and the space below it keep with the places to sign, which never stand alone on a page."""
    for paragraph in elements[-2:]:
        paragraph[0].insert(0, paragraph.makeelement(f"{{{_W}}}keepNext"))
    return elements


# text


def _chapter(chapter: Chapter) -> Iterator[str]:
    title = _run(f"{chapter.called}　{chapter.title}", _HEADING, 30)
    layout = '<w:keepNext/><w:spacing w:before="200" w:after="80" w:line="560" w:lineRule="exact"/><w:jc w:val="center"/><w:outlineLvl w:val="1"/>'  # noqa: E501
    yield f"<w:p><w:pPr>{layout}</w:pPr>{title}</w:p>"
    yield from chain.from_iterable(map(_clause, chapter.clauses))


def _clause(clause: Clause) -> Iterator[str]:
    """What is printed of a clause: one of its wordings, whichever case there is."""
    printed = clause.of("required")
    for at, variant in enumerate(printed):
        if len(printed) > 1:
            yield _tag(f"{'elif' if at else 'if'} {variant.condition}" if variant.condition else "else")
        head = _run(f"{clause.called}　{clause.title}。", _HEADING, 28)
        first, *others = variant.lines
        yield _paragraph(first, head)
        yield from map(_paragraph, others)
    if len(printed) > 1:
        yield _tag("endif")


def _tag(word: str) -> str:
    return _paragraph(f"{{%p {word} %}}")


def _paragraph(text: str, head: str = "", *, kept: bool = False) -> str:
    """A paragraph, ``kept`` with what follows; ``**…**`` in it is what owners must be shown: bold and underlined."""
    keep = "<w:keepNext/>" if kept else ""
    indent = "" if text.startswith("{%p") else '<w:ind w:firstLine="560"/>'
    layout = f'<w:pPr>{keep}<w:spacing w:before="0" w:after="0" w:line="560" w:lineRule="exact"/>{indent}</w:pPr>'
    return f"<w:p>{layout}{head}{_runs(text)}</w:p>"


def _runs(text: str) -> str:
    pieces = _STRONG.split(text)
    return "".join(_run(one, _BODY, 28, strong=bool(at % 2)) for at, one in enumerate(pieces) if one)


def _run(text: str, font: str, size: int, *, strong: bool = False) -> str:
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
    marked = "<w:b/>" if strong else ""
    lined = '<w:u w:val="single"/>' if strong else ""
    said = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return f'<w:r><w:rPr>{fonts}{marked}<w:sz w:val="{size}"/>{lined}</w:rPr>{said}</w:r>'


# annexes


def _annex(annex: Annex, playbook: Playbook) -> Iterator[str]:
    layout = '<w:keepNext/><w:spacing w:before="160" w:after="80" w:line="560" w:lineRule="exact"/><w:ind w:firstLine="560"/><w:outlineLvl w:val="1"/>'  # noqa: E501
    yield f"<w:p><w:pPr>{layout}</w:pPr>{_run(f'{annex.called}　{annex.title}', _HEADING, 28)}</w:p>"
    rows: list[str] = []
    for line, after in pairwise([*annex.lines, "", ""]):
        if rows and (not line.startswith("|") or line.startswith("|:")):
            yield from (_table(rows, playbook), _SPACER)
            rows = []
        if line.startswith("|"):
            rows.append(line)
        elif line:
            yield _paragraph(line, kept=after.startswith("|:"))


def _table(rows: Sequence[str], playbook: Playbook) -> str:
    """A table: ``|:`` gives the columns in millimetres, ``|!`` a heading, ``|=`` a label and its text, ``|.`` a sum."""
    columns = [_COLUMN.fullmatch(one) for one in rows[0].removeprefix("|:").split()]
    widths = [_width(int(one[1])) for one in columns if one]
    sides = [_ALIGNED[one[2]] for one in columns if one]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    margins = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in _MARGINS)
    layout = f'<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:type="auto" w:w="0"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar><w:tblLook w:val="04A0"/></w:tblPr>'  # noqa: E501
    made = "".join(
        _row(one, widths, sides, follows=row is not rows[-1]) for row in rows[1:] for one in _expanded(row, playbook)
    )
    return f"<w:tbl>{layout}<w:tblGrid>{grid}</w:tblGrid>{made}</w:tbl>"


_MARGINS = (("top", 40), ("left", 85), ("bottom", 40), ("right", 85))


def _width(millimetres: int) -> int:
    return millimetres * 14400 // 254


def _expanded(row: str, playbook: Playbook) -> Iterator[str]:
    """A row as it stands; ``|* warnings`` is one row for each clause that owners must be shown, with the reason."""
    if row != "|* warnings":
        yield row
        return
    for clause in playbook.clauses:
        if clause.warning:
            yield f"| {clause.title}（[[{clause.id}]]） | {clause.warning}"


def _row(row: str, widths: Sequence[int], sides: Sequence[str], *, follows: bool) -> str:
    """A row; a heading keeps with what comes below it, a label with the row that ``follows`` it: a form stays whole."""
    kind, cells = row[1], [one.strip() for one in _BAR.split(row[2:])]
    if cells[0].startswith("{%tr"):
        return f"<w:tr>{_cell(cells[0], sum(widths), '', len(widths))}</w:tr>"
    if len(cells) != (2 if kind == "." else len(widths)):
        raise InvalidDefinition("templates/clauses/annexes", row, "这一行的格数与表头的列数不同；空格子也要写竖线")
    if kind == ".":
        spans = [(sum(widths[:-1]), len(widths) - 1), (widths[-1], 1)]
        made = "".join(
            _cell(text, width, side, span, label=not at)
            for at, (text, (width, span), side) in enumerate(zip(cells, spans, ("", sides[-1]), strict=True))
        )
    else:
        made = "".join(
            _cell(
                text,
                width,
                "center" if kind == "!" else side,
                label=kind == "!" or (kind == "=" and not at),
                kept=kind == "!" or (kind == "=" and follows),
            )
            for at, (text, width, side) in enumerate(zip(cells, widths, sides, strict=True))
        )
    heading = "<w:tblHeader/>" if kind == "!" else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{made}</w:tr>"


def _cell(text: str, width: int, side: str, span: int = 1, *, label: bool = False, kept: bool = False) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>' if label else ""
    aligned = f'<w:jc w:val="{side}"/>' if side else ""
    layout = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{shade}<w:vAlign w:val="center"/></w:tcPr>'
    keep = "<w:keepNext/>" if kept else ""
    spaced = f'<w:pPr>{keep}<w:spacing w:before="0" w:after="0" w:line="360" w:lineRule="exact"/>{aligned}</w:pPr>'
    return f"<w:tc>{layout}<w:p>{spaced}{_run(text, _HEADING if label else _CELL, 21)}</w:p></w:tc>"
