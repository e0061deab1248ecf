"""Every template is laid out as Chinese offices expect a paper, and one that is not is found out.

Fonts and line heights as the inspection asks of every template (``documents.looks``); beyond that pages numbered, the
paper's number on each page, tables that break well, signatures that never stand alone on a page, blanks for dates in
one style, sums also in capitals.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from lxml import etree

from engine.documents import catalogue, looks, package
from engine.use_cases.library import Library
from tests.documents import word
from tests.documents.conftest import Issued

KINDS = sorted(catalogue.KINDS)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A4 = {"11906", "16838"}
_SIGNED = re.compile(r"盖章|签章|签字|签名")
_DATE = re.compile(r"[_\s]+年[_\s]+月[_\s]+日")
_SUM = re.compile(r"\{\{ ([a-z_.]+) \}\}元")
#: Money by the square metre or the household is a price, not a sum.
_PRICES = re.compile(r"fee_std|fee_std_(old|new)|fee_cap|fee_per_household")
#: Papers that bind or are made known; the others are worked with inside.
_SUMS_IN = "CRNPAF"


def faults(kind: str, template: bytes, money: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with the layout of a template, each in a few words."""
    parts = word.parts(template)
    body = parts["word/document.xml"].find(f"{_W}body")
    assert body is not None
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: (fault.said for fault in looks.faults(package.read(template, kind), kind)),
        lambda: _pages(kind, parts),
        lambda: _tables(body),
        lambda: _signatures(body),
        lambda: _dates(body),
        lambda: _sums(kind, body, money),
    )
    return [fault for check in checks for fault in check()]


def _pages(kind: str, parts: dict[str, etree._Element]) -> Iterator[str]:
    (size,) = parts["word/document.xml"].iter(f"{_W}pgSz")
    if {size.get(f"{_W}w"), size.get(f"{_W}h")} != A4:
        yield "not A4"
    if kind == "ballot":  # a slip of its own for each owner
        return
    for name, root in parts.items():
        said = "".join(word.text(paragraph) for paragraph in root.iter(f"{_W}p"))
        asked = [field.text for field in root.iter(f"{_W}instrText")]
        if "footer" in name and (asked != ["PAGE", "NUMPAGES"] or not re.match(r"第\s+页\s+共\s+页", said)):
            yield f"pages are not numbered in {name}"
        if "header" in name and "{{ document.number }}" not in said:
            yield f"no number in {name}"
        if name == "word/document.xml" and "编号：{{ document.number }}" not in said:
            yield "no number on the first page"


def _tables(body: etree._Element) -> Iterator[str]:
    for table in body.iter(f"{_W}tbl"):
        rows = table.findall(f"{_W}tr")
        if any("{%tr for" in _said(row) for row in rows) and not _has(rows[0], "trPr/tblHeader"):
            yield f"heading row does not repeat: {_said(rows[0])}"
        for row in rows:
            if "{%tr" not in _said(row) and not _has(row, "trPr/cantSplit"):
                yield f"row may split: {_said(row)}"


def _signatures(body: etree._Element) -> Iterator[str]:
    """What stands before a signature keeps with it, up to and including the text that is signed."""
    for element in body:
        if _is_signature(element):
            yield from (f"may part from the signature: {_said(each)}" for each in _before(element) if not _keeps(each))
            for row in element.findall(f"{_W}tr")[:-1]:
                if not all(_has(paragraph, "pPr/keepNext") for paragraph in row.iter(f"{_W}p")):
                    yield f"signatures may part: {_said(row)}"


def _before(element: etree._Element) -> Iterator[etree._Element]:
    """What must keep: signatures, empty lines, and the nearest text; conditions print nothing, nor other branches."""
    other = False
    for each in element.itersiblings(preceding=True):
        said = _said(each)
        if said.startswith("{%p"):
            other = said.startswith(("{%p else", "{%p elif")) or (other and not said.startswith("{%p if"))
        elif not other:
            yield each
            if said.strip() and not _is_signature(each):
                return


def _is_signature(element: etree._Element) -> bool:
    """A line at the right margin, or a table of boxes that is not a list of rows."""
    if not _SIGNED.search(_said(element)):
        return False
    if element.tag == f"{_W}tbl":
        return (
            not element.findall(f".//{_W}tblHeader")
            and "{%tr" not in _said(element)
            and "年　　月　　日" in _said(element)
        )
    side = element.find(f"{_W}pPr/{_W}jc")
    return side is not None and side.get(f"{_W}val") == "right"


def _keeps(element: etree._Element) -> bool:
    if element.tag == f"{_W}tbl":
        last = [row for row in element.findall(f"{_W}tr") if "{%tr" not in _said(row)][-1]
        return all(_has(paragraph, "pPr/keepNext") for paragraph in last.iter(f"{_W}p"))
    return _has(element, "pPr/keepNext")


def _dates(body: etree._Element) -> Iterator[str]:
    for paragraph in body.iter(f"{_W}p"):
        for blank in _DATE.findall(word.text(paragraph)):
            if not blank.endswith("　　　　年　　月　　日"):
                yield f"another blank for a date: {word.text(paragraph)}"


def _sums(kind: str, body: etree._Element, money: frozenset[str]) -> Iterator[str]:
    if catalogue.kind_of(kind).nature not in _SUMS_IN:
        return
    said = _said(body)
    for name in sorted(set(_SUM.findall(said)) & money):
        if not _PRICES.fullmatch(name.rpartition(".")[2]) and f"{{{{ {name}_capitals }}}}" not in said:
            yield f"sum without capitals: {name}"


def _said(element: etree._Element) -> str:
    paragraphs = [element] if element.tag == f"{_W}p" else element.iter(f"{_W}p")
    return "".join(word.text(paragraph) for paragraph in paragraphs)


def _has(element: etree._Element, path: str) -> bool:
    return element.find("/".join(f"{_W}{step}" for step in path.split("/"))) is not None


@pytest.fixture(scope="module")
def money(library: Library) -> frozenset[str]:
    """The names of facts that are sums or prices."""
    return frozenset(name for name in library.schema if f"{name}_capitals" in library.schema)


@pytest.mark.parametrize("kind", [*KINDS, *catalogue.REPORTS])
def test_a_template_is_laid_out_as_offices_expect(kind: str, library: Library, money: frozenset[str]) -> None:
    found = faults(kind, library.templates[catalogue.kind_of(kind).template], money)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ('w:eastAsia="仿宋"', 'w:eastAsia="Comic Sans MS"', "字体“Comic Sans MS”"),
        ('w:lineRule="exact"', 'w:lineRule="auto"', "行距不是固定值"),
        ('w:w="11906"', 'w:w="12240"', "not A4"),
        (">NUMPAGES<", ">DATE<", "pages are not numbered"),
        ("{{ document.number }}", "{{ document.title }}", "no number in"),
        ("<w:tblHeader/>", "", "heading row does not repeat"),
        ("<w:cantSplit/>", "", "row may split"),
        ("<w:keepNext/>", "", "may part from the signature"),
        ("　　　　年　　月　　日", "____年__月__日", "another blank for a date"),
        ("（人民币{{ settlement.transferred_total_capitals }}）", "", "sum without capitals"),
    ],
)
def test_a_template_that_is_not_is_found_out(
    old: str, new: str, fault: str, library: Library, money: frozenset[str]
) -> None:
    broken = word.replaced(library.templates[catalogue.KINDS["settlement"].template], old, new)
    assert any(fault in found for found in faults("settlement", broken, money))


@pytest.mark.parametrize("kind", KINDS)
def test_the_days_on_a_paper_are_written_in_one_style(kind: str, issued: Issued) -> None:
    for text in word.paragraphs(issued.papers[kind]):
        assert not re.search(r"(?<!\d)\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)|\d{4}年0\d月|月0\d日", text), text


@pytest.mark.parametrize("kind", KINDS)
def test_the_total_of_a_list_that_runs_over_pages_never_stands_alone_on_the_last(kind: str, library: Library) -> None:
    """Owners are listed over many pages; their total is the row below the heading."""
    body = word.parts(library.templates[catalogue.KINDS[kind].template])["word/document.xml"]
    for table in body.iter(f"{_W}tbl"):
        said = [_said(row) for row in table.findall(f"{_W}tr")]
        loops = [place for place, text in enumerate(said) if "in roster.units" in text]
        assert not [text for text in said[loops[0] :] if text.startswith("合计")] if loops else True, said
