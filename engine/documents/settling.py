"""Tracked changes settled: a part of a Word file as it reads when all of them are accepted, or all rejected."""

from collections.abc import Iterator
from typing import Literal

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Element = etree._Element
View = Literal["accept", "reject"]

_GONE: dict[View, tuple[str, ...]] = {"accept": ("del", "moveFrom"), "reject": ("ins", "moveTo")}
_STAYS: dict[View, tuple[str, ...]] = {"accept": ("ins", "moveTo"), "reject": ("del", "moveFrom")}
_TRACES = tuple(
    f"{W}{name}"
    for name in (
        "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "customXmlInsRangeStart",
        "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd", "customXmlMoveFromRangeStart",
        "customXmlMoveFromRangeEnd", "customXmlMoveToRangeStart", "customXmlMoveToRangeEnd", "numberingChange",
        "cellMerge", "proofErr", "lastRenderedPageBreak",
    )
)  # fmt: skip
#: What holds marks on properties: of a paragraph's end, of a row, of a cell.
_HOLDERS = {f"{W}rPr", f"{W}trPr", f"{W}tcPr"}
_CHANGED = ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "tblPrExChange", "trPrChange",
            "tcPrChange")  # fmt: skip
#: What stays with a paragraph when its other properties go back to what they were.
_OF_PARAGRAPH = {f"{W}rPr", f"{W}sectPr"}
#: What only wraps: content controls, smart tags, custom XML.
_WRAPPERS = tuple(f"{W}{name}" for name in ("sdt", "smartTag", "customXml"))
_ASIDE = {f"{W}{name}" for name in ("sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr")}


def settle(root: Element, view: View) -> Element:
    """Settle every tracked change of a part in place; what merely wraps is taken away, fields are written in full."""
    _rows(root, view)
    _runs(root, view)
    _properties(root, view)
    _paragraphs(root, view)
    for element in [*root.iter(*_TRACES)]:
        _drop(element)
    for element in [*root.iter(*_WRAPPERS)]:
        _unwrap(element)
    for element in [*root.iter(f"{W}fldSimple")]:
        _spell_out(element)
    return root


def paragraph_mark(paragraph: Element, *names: str) -> Element | None:
    """The tracked change on a paragraph's end, among those ``names``."""
    properties = paragraph.find(f"{W}pPr/{W}rPr")
    if properties is None:
        return None
    return next((found for name in names if (found := properties.find(W + name)) is not None), None)


def _rows(root: Element, view: View) -> None:
    gone = _GONE[view]
    for row in [*root.iter(f"{W}tr")]:
        if any(row.find(f"{W}trPr/{W}{name}") is not None for name in gone):
            _drop(row)
    cell = {"accept": "cellDel", "reject": "cellIns"}[view]
    for mark in [*root.iter(f"{W}{cell}")]:
        _drop(_above(mark, f"{W}tc"))
    for table in [*root.iter(f"{W}tbl")]:
        if table.find(f".//{W}tr") is None:
            _drop(table)
    for mark in [*root.iter(f"{W}cellDel", f"{W}cellIns")]:
        _drop(mark)


def _runs(root: Element, view: View) -> None:
    for name in _GONE[view]:
        for element in [*root.iter(W + name)]:
            if _parent(element).tag not in _HOLDERS:
                _drop(element)
    for name in _STAYS[view]:
        for element in [*root.iter(W + name)]:
            if _parent(element).tag in _HOLDERS:
                _drop(element)
            else:
                _unwrap(element)
    if view == "reject":
        for was, now in (("delText", "t"), ("delInstrText", "instrText")):
            for element in [*root.iter(W + was)]:
                element.tag = W + now


def _properties(root: Element, view: View) -> None:
    for element in [*root.iter(*(W + name for name in _CHANGED))]:
        changed, former = _parent(element), next(iter(element), None)
        _drop(element)
        if view == "accept" or former is None:
            continue
        for child in [*changed]:
            if changed.tag != f"{W}pPr" or child.tag not in _OF_PARAGRAPH:
                changed.remove(child)
        for place, child in enumerate([*former]):
            changed.insert(place, child)


def _paragraphs(root: Element, view: View) -> None:
    """A paragraph whose end is gone runs on in the next one; before a table, or at the end, only an empty one goes."""
    for paragraph in [*root.iter(f"{W}p")]:
        mark = paragraph_mark(paragraph, *_GONE[view])
        if mark is None:
            continue
        _drop(mark)
        content = [child for child in paragraph if child.tag != f"{W}pPr"]
        following = paragraph.getnext()
        while following is not None and following.tag not in {f"{W}p", f"{W}tbl", f"{W}sdt", f"{W}sectPr"}:
            following = following.getnext()
        if following is not None and following.tag == f"{W}p":
            first = 1 if following.find(f"{W}pPr") is not None else 0
            following[first:first] = content
            _drop(paragraph)
        elif not content and following is not None and following.tag != f"{W}sectPr":
            _drop(paragraph)


def _parent(element: Element) -> Element:
    parent = element.getparent()
    if parent is None:
        raise ValueError("a root has no parent")
    return parent


def _above(element: Element, tag: str) -> Element:
    return next(element.iterancestors(tag))


def _drop(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Element) -> None:
    parent = _parent(element)
    place = parent.index(element)
    parent[place : place + 1] = [*_content(element)]


def _spell_out(element: Element) -> None:
    """Write a field as its runs, so that it can be marked as they can."""
    begin, code, separate, end = (etree.Element(f"{W}r") for _ in range(4))
    for run, kind in ((begin, "begin"), (separate, "separate"), (end, "end")):
        etree.SubElement(run, f"{W}fldChar", {f"{W}fldCharType": kind})
    etree.SubElement(code, f"{W}instrText").text = str(element.get(f"{W}instr", ""))
    parent = _parent(element)
    place = parent.index(element)
    parent[place : place + 1] = [begin, code, separate, *element, end]


def _content(element: Element) -> Iterator[Element]:
    inner = element.find(f"{W}sdtContent")
    for child in [*(element if inner is None else inner)]:
        if child.tag not in _ASIDE:
            yield child
