"""Whether a Word file may be set by the plain converter (dxpdf), and the file as that one reads it.

It knows one font for all signs of a run, and takes the one for Latin letters; a field without a result swallows the
line behind it.  Both are mended.  Counted numbers it prints as 第1条, text from top to bottom from left to right, and
an underlined tab without its line: what is written so is not given to it.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy

from lxml import etree

from engine.documents import package
from engine.documents.borrowing import written
from engine.documents.faults import W
from engine.documents.fonts import SERIF, STANDS
from engine.documents.package import Archive

_DRAWN = ("word/document", "word/header", "word/footer", "word/footnotes", "word/endnotes", "word/styles")
_NUMBERING = "word/numbering.xml"
#: Formats of automatic numbers that come out as they should.
_NUMBERS = {"decimal", "bullet", "none", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman"}
_VALUE, _EAST, _KIND = f"{W}val", f"{W}eastAsia", f"{W}fldCharType"


def unfit(parts: Mapping[str, bytes]) -> str:
    """Why the plain converter would print something else than the paper says, in words; empty when it would not."""
    return next(_unfit(parts), "")


def _unfit(parts: Mapping[str, bytes]) -> Iterator[str]:
    for name, root in _trees(parts, (*_DRAWN, _NUMBERING)):
        formats = {str(one.get(_VALUE)) for one in root.iter(f"{W}numFmt")}
        if not formats <= _NUMBERS and name == _NUMBERING:
            yield "含有自动编号的中文条款号"
        if any(str(one.get(_VALUE)) not in {"lrTb", "lr"} for one in root.iter(f"{W}textDirection")):
            yield "含有竖排文字"
        if any(run.find(f"{W}tab") is not None and run.find(f"{W}rPr/{W}u") is not None for run in root.iter(f"{W}r")):
            yield "含有带下划线的制表位"


def fit(parts: Mapping[str, bytes]) -> bytes:
    """The same file with one font for all signs of a run, for its Chinese ones, and a result in each field."""
    trees = dict(_trees(parts, _DRAWN))
    for root in trees.values():
        for fonts in root.iter(f"{W}rFonts"):
            east = str(fonts.get(_EAST, ""))
            stands = STANDS.get(east, east) or STANDS.get(str(fonts.get(f"{W}ascii", "")), SERIF)
            for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.set(f"{W}{script}", stands)
        _give_results(root)
    archive = Archive()
    for name, part in parts.items():
        archive.add(name, [written(trees[name]) if name in trees else part], level=1)
    return archive.close()


def _give_results(root: etree._Element) -> None:
    """Between the code of a field and its end, a result where there is none; a converter puts the right one there."""
    bare = False
    for mark in [*root.iter(f"{W}fldChar")]:
        kind = mark.get(_KIND)
        run = mark.getparent()
        if kind == "end" and bare and run is not None:
            for made in (etree.Element(f"{W}fldChar", {_KIND: "separate"}), etree.Element(f"{W}t")):
                made.text = "1" if made.tag == f"{W}t" else None
                result = deepcopy(run)
                result.replace(next(result.iter(f"{W}fldChar")), made)
                run.addprevious(result)
        bare = kind == "begin"


def _trees(parts: Mapping[str, bytes], kinds: tuple[str, ...]) -> Iterator[tuple[str, etree._Element]]:
    for name, part in parts.items():
        if name.startswith(kinds) and name.endswith(".xml"):
            yield name, package.tree(part, name, name)
