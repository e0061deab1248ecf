"""Every template, and what it prints of each sample, is laid out as Chinese offices expect; what is not is found out.

Fonts and line heights as the inspection asks of every template (``documents.looks``); beyond that pages numbered, the
paper's number on each page, tables that break well, signatures that never stand alone on a page, blanks for dates in
one style, sums also in capitals.  Of what is printed each run and each line is looked at.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from lxml import etree

from engine.documents import catalogue, fonts, looks, package, printing
from engine.use_cases.library import Library
from tests.documents import word
from tests.documents.conftest import Issued

KINDS = sorted(catalogue.KINDS)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A4 = {"11906", "16838"}
_SIGNED = re.compile(r"盖章|签章|签字|签名")
_INTRODUCES = re.compile(r"(?:：|如下。|联名。)\s*$")
#: Who signs on paper needs three centimetres.
_NO_ROOM = re.compile(r"(?:盖章|签章|签字|签名)）：?_{1,7}(?!_)")
_DATE = re.compile(r"[_\s]+年[_\s]+月[_\s]+日")
_SUM = re.compile(r"\{\{ ([a-z_.]+) \}\}元")
#: Money by the square metre or the household is a price, not a sum.
_PRICES = re.compile(r"fee_std|fee_std_(old|new)|fee_cap|fee_per_household")
_PRINTED_SUM = re.compile(r"(?<![\d,.])(?<!每月)(?<!标准：)(?<!调整为)(\d[\d,]*\.\d\d)元(?!/|／)")
#: No form of two columns has so many rows.
_ROWS_OF_A_PAGE = 20
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
        lambda: _introduced(body),
        lambda: _signatures(body),
        lambda: _rooms(body),
        lambda: _end(body),
        lambda: _dates(body),
        lambda: _sums(kind, body, money),
    )
    return [fault for check in checks for fault in check()]


def printed_faults(kind: str, number: str, paper: bytes) -> list[str]:
    """What is wrong with the layout of a printed paper, each in a few words."""
    parts = word.parts(paper)
    body = parts["word/document.xml"].find(f"{_W}body")
    assert body is not None
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: (fault.said for fault in looks.faults(package.read(paper, kind), kind)),
        lambda: _runs(parts),
        lambda: _lines(parts),
        lambda: _pages(kind, parts, number),
        lambda: _printed_tables(body),
        lambda: _signatures(body),
        lambda: _rooms(body),
        lambda: _end(body),
        lambda: _dates(body),
        lambda: _days(parts),
        lambda: _printed_sums(kind, body),
    )
    return [fault for check in checks for fault in check()]


def _runs(parts: dict[str, etree._Element]) -> Iterator[str]:
    """Each run names its fonts, Latin signs in Times New Roman and Chinese ones in a font that stands for ours."""
    for root in parts.values():
        for run in root.iter(f"{_W}r"):
            said = "".join(node.text or "" for node in run.iter(f"{_W}t"))
            named = run.find(f"{_W}rPr/{_W}rFonts")
            if not said.strip():
                continue
            if named is None or named.get(f"{_W}eastAsia") not in fonts.STANDS:
                yield f"another font: {said}"
            elif {named.get(f"{_W}ascii"), named.get(f"{_W}hAnsi")} != {"Times New Roman"}:
                yield f"another font for Latin signs: {said}"


def _lines(parts: dict[str, etree._Element]) -> Iterator[str]:
    """Each line that says something is of fixed height, a seventh above its largest sign at least: none is cut."""
    for root in parts.values():
        for paragraph in root.iter(f"{_W}p"):
            said, spacing = word.text(paragraph), paragraph.find(f"{_W}pPr/{_W}spacing")
            if not said.strip():
                continue
            if spacing is None or spacing.get(f"{_W}lineRule") != "exact":
                yield f"a line of no fixed height: {said}"
                continue
            largest = max((int(size.get(f"{_W}val", "0")) for size in paragraph.iter(f"{_W}sz")), default=0)
            if 7 * int(spacing.get(f"{_W}line", "0")) < 8 * 10 * largest:  # twips; sizes are half points
                yield f"a line lower than its signs: {said}"


def _pages(kind: str, parts: dict[str, etree._Element], number: str = "{{ document.number }}") -> Iterator[str]:
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
        if "header" in name and number not in said:
            yield f"no number in {name}"
        if name == "word/document.xml" and f"编号：{number}" not in said:
            yield "no number on the first page"


def _tables(body: etree._Element) -> Iterator[str]:
    for table in body.iter(f"{_W}tbl"):
        rows = table.findall(f"{_W}tr")
        if any("{%tr for" in _said(row) for row in rows) and not _has(rows[0], "trPr/tblHeader"):
            yield f"heading row does not repeat: {_said(rows[0])}"
        yield from _headings(rows)
        for row in rows:
            if "{%tr" not in _said(row) and not _has(row, "trPr/cantSplit"):
                yield f"row may split: {_said(row)}"


def _introduced(body: etree._Element) -> Iterator[str]:
    """What introduces a table stays with it; conditions between them print nothing."""
    for table in body.iterchildren(f"{_W}tbl"):
        before = next((each for each in table.itersiblings(preceding=True) if not _said(each).startswith("{%p")), table)
        if before.tag == f"{_W}p" and _INTRODUCES.search(_said(before)) and not _keeps(before):
            yield f"may part from its table: {_said(before)}"


def _printed_tables(body: etree._Element) -> Iterator[str]:
    """A list longer than a page repeats its heading, which is its first row; no row is cut in two."""
    for table in body.iter(f"{_W}tbl"):
        rows = table.findall(f"{_W}tr")
        headings = [place for place, row in enumerate(rows) if _has(row, "trPr/tblHeader")]
        if headings != [*range(len(headings))] or (len(rows) > _ROWS_OF_A_PAGE and not headings):
            yield f"heading row does not repeat: {_said(rows[0])}"
        yield from _headings(rows)
        yield from (f"row may split: {_said(row)}" for row in rows if not _has(row, "trPr/cantSplit"))


def _headings(rows: list[etree._Element]) -> Iterator[str]:
    """A heading keeps with the row below it."""
    for row in rows:
        paragraphs = [*row.iter(f"{_W}p")]
        if _has(row, "trPr/tblHeader") and not all(_has(paragraph, "pPr/keepNext") for paragraph in paragraphs):
            yield f"heading may stand alone: {_said(row)}"


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


def _rooms(body: etree._Element) -> Iterator[str]:
    for said in map(word.text, body.iter(f"{_W}p")):
        if _NO_ROOM.search(said):
            yield f"too little room to sign: {said}"


def _end(body: etree._Element) -> Iterator[str]:
    """Word wants a paragraph behind a last table: one that takes no room, or it makes an empty page of its own."""
    table, last = [element for element in body if element.tag != f"{_W}sectPr"][-2:]
    if table.tag == f"{_W}tbl" and not _said(last):
        spacing = last.find(f"{_W}pPr/{_W}spacing")
        if spacing is None or int(spacing.get(f"{_W}line", "240")) > 20:
            yield "an empty page may follow"


def _dates(body: etree._Element) -> Iterator[str]:
    for paragraph in body.iter(f"{_W}p"):
        for blank in _DATE.findall(word.text(paragraph)):
            if not blank.endswith("　　　　年　　月　　日"):
                yield f"another blank for a date: {word.text(paragraph)}"


def _days(parts: dict[str, etree._Element]) -> Iterator[str]:
    for root in parts.values():
        for text in map(word.text, root.iter(f"{_W}p")):
            if re.search(r"(?<!\d)\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)|\d{4}年0\d月|月0\d日", text):
                yield f"another style for a day: {text}"


def _printed_sums(kind: str, body: etree._Element) -> Iterator[str]:
    """Sums outside of lists; what is by the square metre is a price, and a cent tries an account."""
    if catalogue.kind_of(kind).nature not in _SUMS_IN:
        return
    whole = _said(body)
    listed = [table for table in body.iter(f"{_W}tbl") if table.find(f".//{_W}tblHeader") is not None]
    for paragraph in body.iter(f"{_W}p"):
        if any(table in listed for table in paragraph.iterancestors()):
            continue
        for said in _PRINTED_SUM.findall(word.text(paragraph)):
            amount = Decimal(said.replace(",", ""))
            if amount != Decimal("0.01") and printing.capitals(amount) not in whole:
                yield f"sum without capitals: {said}"


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
        ("<w:keepNext/>", "", "heading may stand alone"),
        ("　　　　年　　月　　日", "____年__月__日", "another blank for a date"),
        ("（人民币{{ settlement.transferred_total_capitals }}）", "", "sum without capitals"),
    ],
)
def test_a_template_that_is_not_is_found_out(
    old: str, new: str, fault: str, library: Library, money: frozenset[str]
) -> None:
    broken = word.replaced(library.templates[catalogue.KINDS["settlement"].template], old, new)
    assert any(fault in found for found in faults("settlement", broken, money))


@pytest.mark.parametrize(
    "kind, old, new, fault",
    [
        ("route_sheet", "（签字）：________________", "（签字）：______", "too little room to sign"),
        ("account_rules", 'w:line="20"', 'w:line="160"', "an empty page may follow"),
        ("gap_demand", "<w:keepNext/>", "", "may part from its table"),
    ],
)
def test_a_place_to_sign_has_room_and_what_belongs_together_is_on_a_page(
    kind: str, old: str, new: str, fault: str, library: Library, money: frozenset[str]
) -> None:
    broken = word.replaced(library.templates[catalogue.kind_of(kind).template], old, new)
    assert any(fault in found for found in faults(kind, broken, money))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_template_prints_of_each_sample_is_laid_out_so_too(kind: str, library: Library) -> None:
    template, found = library.template(kind), []
    for title, known in library.samples_of(kind).items():
        faults_of_one = printed_faults(kind, known.values["document"].number, template.render(known))
        found += [f"{title}: {fault}" for fault in faults_of_one]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ('w:eastAsia="仿宋"', 'w:eastAsia="微软正黑体"', "another font"),
        ('w:ascii="Times New Roman"', 'w:ascii="Arial"', "another font for Latin signs"),
        ('w:line="560" w:lineRule="exact"', 'w:line="560" w:lineRule="atLeast"', "a line of no fixed height"),
        ('w:line="560" w:lineRule="exact"', 'w:line="280" w:lineRule="exact"', "a line lower than its signs"),
        ('w:w="11906"', 'w:w="12240"', "not A4"),
        (">NUMPAGES<", ">DATE<", "pages are not numbered"),
        ("XQ0001-", "XQ0002-", "no number in"),
        ("<w:tblHeader/>", "", "heading row does not repeat"),
        ("<w:cantSplit/>", "", "row may split"),
        ("<w:keepNext/>", "", "may part from the signature"),
        ("　　　　年　　月　　日", "____年__月__日", "another blank for a date"),
        ("2026年7月", "2026年07月", "another style for a day"),
        ("（人民币壹", "（人民币贰", "sum without capitals"),
    ],
)
def test_a_printed_paper_that_is_not_is_found_out(old: str, new: str, fault: str, library: Library) -> None:
    known = next(iter(library.samples_of("settlement").values()))
    broken = word.replaced(library.template("settlement").render(known), old, new)
    found = printed_faults("settlement", known.values["document"].number, broken)
    assert any(fault in one for one in found)


@pytest.mark.parametrize("kind", KINDS)
def test_the_days_on_a_paper_are_written_in_one_style(kind: str, issued: Issued) -> None:
    for text in word.paragraphs(issued.papers[kind]):
        assert not re.search(r"(?<!\d)\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)|\d{4}年0\d月|月0\d日", text), text


#: Lists of units, which run over pages.
_BY_UNIT = re.compile(r"\{%tr for row in (roster\.units|deliveries|settlement\.rows|\w+\.arrears) %\}")


@pytest.mark.parametrize("kind", KINDS)
def test_the_total_of_a_list_that_runs_over_pages_never_stands_alone_on_the_last(kind: str, library: Library) -> None:
    """Units are listed over many pages; their total is the row below the heading.  Other lists have theirs last."""
    body = word.parts(library.templates[catalogue.KINDS[kind].template])["word/document.xml"]
    for table in body.iter(f"{_W}tbl"):
        said = [_said(row) for row in table.findall(f"{_W}tr")]
        loops = [place for place, text in enumerate(said) if text.startswith("{%tr for")]
        totals = [place for place, text in enumerate(said) if re.match("(收入|支出)?合计", text)]
        if loops and totals:
            by_unit = _BY_UNIT.search(said[loops[0]])
            assert totals == ([1] if by_unit else [len(said) - 1]), said


@pytest.mark.parametrize("kind", KINDS)
def test_a_receipt_of_delivery_names_the_paper_by_the_title_that_it_bears(kind: str, library: Library) -> None:
    said = word.paragraphs(library.templates[catalogue.KINDS[kind].template])
    for receipt in (text for text in said if re.match("《.+》一份，编号", text)):
        assert receipt.startswith(f"《{said[0]}》")


#: What is signed, by how many sides that keep a copy: the accountant who compared the figures signs and keeps none.
_SIDES = {
    "processor_agreement": 2, "joint_agreement": 3, "conversion_agreement": 3, "self_governance_agreement": 3,
    "supervisor_agreement": 3, "settlement": 3, "cutover_statement": 3, "neighbour_agreement": 4, "account_rules": 4,
    "fund_route_change": 4, "handover_certificate": 4, "custody_settlement": 4,
}  # fmt: skip
#: Terms that are agreed on later, a letter of appointment; an annex and a record whose signers are not always the same.
_OTHERWISE = {"supervisor_terms", "supervisor_letter", "fiduciary_covenant", "inspection_record"}


@pytest.mark.parametrize("kind", [one.name for one in catalogue.KINDS.values() if one.nature == "C"])
def test_a_contract_is_made_in_as_many_copies_as_sides_keep_one(kind: str, library: Library) -> None:
    said = "".join(word.paragraphs(library.templates[catalogue.KINDS[kind].template]))
    copies = {"一二三四五六七八九".index(count) + 1 for count in re.findall("一式(.)份", said)}
    if kind == "service_contract":  # two for each side, one for each office that files it, one for the supervisor
        assert "双方各执二份，备案的两个机关各一份，监察人存一份" in said
        assert copies == {2 * 2 + 2 + 1}
    elif kind in _OTHERWISE:
        assert not copies
    else:
        assert copies == {_SIDES[kind]}
        assert "各执一份" in said or "各一份" in said
