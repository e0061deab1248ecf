"""A Word file as it reads: paragraphs cut into pieces with their automatic numbers, tables, headers and footers.

Only what can be read counts: looks, bookmarks and traces of editing do not.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import cn2an

from engine.documents import package
from engine.documents.settling import Element, View, W, settle

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_DRAWINGS = {f"{W}drawing", f"{W}pict", f"{W}object", "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"}  # fmt: skip # noqa: E501
#: What refers to a note, with the kind that names the part of the notes.
NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
#: Signs that stand for themselves.
_SIGNS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
_BREAKS = {"page": "\f", "column": "\v"}
#: Fields whose result is worked out anew wherever the file is opened.
_RUNNING = {"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "DATE", "TIME", "FILENAME", "SAVEDATE", "PRINTDATE"}
_INVISIBLE = re.compile("[\u200b\ufeff\u00ad]")
#: What is not a letter stands in a paragraph's text as this sign.
THING = "\ufffc"


@dataclass(frozen=True)
class Piece:
    """Part of a paragraph: what it says, and for what is no text (a picture, a field, a note) what tells it apart.

    ``nodes`` are children of one run with the look ``look``, or whole elements of the paragraph where ``whole``.
    """

    text: str
    nodes: tuple[Element, ...]
    look: Element | None = None
    thing: str = ""
    whole: bool = False

    @property
    def length(self) -> int:
        """How many signs it takes in the paragraph's text; none for a bookmark or the like."""
        return 1 if self.thing else len(self.text)


@dataclass
class Story:
    """A part that reads by itself, body, header or footer, with its tracked changes settled; ``name`` of the part."""

    name: str
    root: Element
    word: "Word"

    @property
    def top(self) -> Element:
        """What holds its paragraphs and tables."""
        body = self.root.find(f"{W}body")
        return self.root if body is None else body

    @cached_property
    def targets(self) -> Mapping[str, tuple[str, str]]:
        """By id, the kind and the target of each thing the part refers to; outside targets as they stand."""
        return self.word.relations(self.name)

    def pieces(self, paragraph: Element) -> list[Piece]:
        """A paragraph in pieces, in order."""
        return [*_pieces(self, paragraph)]

    def digest(self, element: Element) -> str:
        """What tells a picture or drawing apart: the pictures it shows and what is written in it."""
        ids = {str(value) for node in element.iter() for name, value in node.attrib.items() if str(name).startswith(_R)}
        shown = (self.word.parts.get(self.targets[key][1], b"") for key in ids if key in self.targets)
        shown_hashes = sorted(hashlib.sha256(content).hexdigest()[:16] for content in shown if content)
        # the second version of a drawing, for old programs, says the same once more
        texts = element.find("{*}Choice") if element.tag.endswith("}AlternateContent") else element
        said = "".join(str(node.text or "") for node in (element if texts is None else texts).iter(f"{W}t"))
        return "图" + "".join(shown_hashes) + said


@dataclass
class Word:
    """A Word file under a view of its tracked changes; ``called`` tells notes apart otherwise than by what they say."""

    parts: Mapping[str, bytes]
    view: View = "accept"
    called: dict[tuple[str, str], str] = field(default_factory=dict)
    _trees: dict[str, Element] = field(default_factory=dict)

    def tree(self, name: str) -> Element:
        """The settled XML of a part, parsed once."""
        if name not in self._trees:
            self._trees[name] = settle(package.tree(self.parts[name], name, name), self.view)
        return self._trees[name]

    def has(self, name: str) -> bool:
        """Whether the file holds a part of that name."""
        return name in self.parts or name in self._trees

    def put(self, name: str, root: Element) -> None:
        """Let a part that the file lacks be there."""
        self._trees[name] = root

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """By id, what the part of that name refers to: the kind, and the part or the outside address."""
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        if rels not in self.parts:
            return {}
        return {
            str(one.get("Id")): (
                str(one.get("Type", "")).rpartition("/")[2],
                _target(folder, str(one.get("Target", "")), one.get("TargetMode") == "External"),
            )
            for one in package.tree(self.parts[rels], rels, rels)
        }

    @cached_property
    def body(self) -> Story:
        """The main text."""
        return Story(package.DOCUMENT, self.tree(package.DOCUMENT), self)

    @cached_property
    def margins(self) -> dict[tuple[str, int], Story]:
        """Headers and footers that say something, by kind (``header``, ``first footer``) and how many came before."""
        found: dict[tuple[str, int], Story] = {}
        seen: set[str] = set()
        for reference in self.body.root.iter(f"{W}headerReference", f"{W}footerReference"):
            name = self.body.targets.get(str(reference.get(f"{_R}id")), ("", ""))[1]
            if name not in self.parts or name in seen:
                continue
            seen.add(name)
            story = Story(name, self.tree(name), self)
            kind = f"{reference.get(W + 'type', 'default')} {'header' if 'header' in reference.tag else 'footer'}"
            if any(piece.length for paragraph in story.root.iter(f"{W}p") for piece in story.pieces(paragraph)):
                found[kind, sum(1 for known, _ in found if known == kind)] = story
        # each program names them in an order of its own
        return dict(sorted(found.items(), key=lambda one: (one[0][0].endswith("footer"), one[0])))

    @cached_property
    def notes(self) -> dict[tuple[str, str], str]:
        """What foot- and endnotes say, by kind and id."""
        found = {}
        for kind in ("footnotes", "endnotes"):
            if (name := f"word/{kind}.xml") in self.parts:
                for note in self.tree(name):
                    said = "\n".join("".join(str(t.text or "") for t in p.iter(f"{W}t")) for p in note.iter(f"{W}p"))
                    found[kind, str(note.get(f"{W}id"))] = said.strip()
        return found

    def noted(self, kind: str) -> Story:
        """The part that holds the notes of a kind."""
        name = f"word/{kind}.xml"
        return Story(name, self.tree(name), self)

    def note(self, kind: str, key: str) -> Element | None:
        """A note by its id; None for one that the file refers to and lacks."""
        if not self.has(f"word/{kind}.xml"):
            return None
        return next((one for one in self.noted(kind).root if one.get(f"{W}id") == key), None)

    @cached_property
    def levels(self) -> "Levels":
        """How its lists are numbered."""
        return Levels.of(self)

    def numbering(self) -> "Numbering":
        """A fresh count of its lists."""
        return Numbering(self.levels)


def _target(folder: str, target: str, outside: bool) -> str:
    if outside:
        return target
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")


def text(pieces: list[Piece]) -> str:
    """The text of a paragraph, a sign for each thing that is no text."""
    return "".join(THING if piece.thing else piece.text for piece in pieces)


def said(pieces: list[Piece]) -> str:
    """What a paragraph says to a person."""
    return _INVISIBLE.sub("", "".join(piece.text for piece in pieces))


def _pieces(story: Story, paragraph: Element) -> Iterator[Piece]:
    fields = _Fields(story)
    for child in paragraph:
        if child.tag == f"{W}pPr":
            continue
        if child.tag == f"{W}r":
            yield from fields.run(child)
        elif child.tag == f"{W}hyperlink":
            words = "".join(str(node.text or "") for node in child.iter(f"{W}t"))
            if words:
                yield Piece(words, (child,), thing=f"链接{words}", whole=True)
        elif child.tag == _MATH or child.tag.endswith("}oMathPara"):
            words = "".join(str(node.text or "") for node in child.iter("{*}t"))
            yield Piece(words, (child,), thing=f"式{words}", whole=True)
        else:
            yield Piece("", (child,), whole=True)
    yield from fields.rest()


class _Fields:
    """The runs of one paragraph; those of a field that begins and ends in it are one piece."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._open: list[tuple[Element, list[Piece]]] = []
        self._depth = 0

    def run(self, run: Element) -> Iterator[Piece]:
        marks = [str(node.get(f"{W}fldCharType")) for node in run.iter(f"{W}fldChar")]
        if not marks and not self._depth:
            yield from _run(self._story, run)
            return
        self._depth += marks.count("begin") - marks.count("end")
        self._open.append((run, [*_run(self._story, run)]))
        if self._depth <= 0:
            self._depth = 0
            yield self._closed()

    def rest(self) -> Iterator[Piece]:
        """A field that goes on in the next paragraph: its pieces one by one."""
        for _, pieces in self._open:
            yield from pieces

    def _closed(self) -> Piece:
        runs = tuple(run for run, _ in self._open)
        code = "".join(str(node.text or "") for run in runs for node in run.iter(f"{W}instrText"))
        shown, after = [], False
        for run, pieces in self._open:
            kinds = {str(node.get(f"{W}fldCharType")) for node in run.iter(f"{W}fldChar")}
            after = after or "separate" in kinds
            if after:
                shown += [piece.text for piece in pieces]
        self._open = []
        return _field(code, "".join(shown), runs)


def _field(code: str, shown: str, nodes: tuple[Element, ...]) -> Piece:
    word = (code.split() or [""])[0].upper()
    thing = f"域{word}" if word in _RUNNING else f"域{word}{shown}"
    return Piece("" if word in _RUNNING else shown, nodes, thing=thing, whole=True)


def _run(story: Story, run: Element) -> Iterator[Piece]:
    look = run.find(f"{W}rPr")
    for node in run:
        if node.tag == f"{W}rPr":
            continue
        if node.tag == f"{W}t":
            if node.text:
                yield Piece(str(node.text), (node,), look)
        elif node.tag in _SIGNS:
            yield Piece(_SIGNS[node.tag], (node,), look)
        elif node.tag == f"{W}br":
            yield Piece(_BREAKS.get(str(node.get(f"{W}type")), "\n"), (node,), look)
        elif node.tag == f"{W}sym":
            yield Piece("□", (node,), look, thing=f"号{node.get(W + 'font')}{node.get(W + 'char')}")
        elif node.tag in _DRAWINGS:
            yield Piece("", (node,), look, thing=story.digest(node))
        elif node.tag in NOTES:
            key = NOTES[node.tag], str(node.get(f"{W}id"))
            note = story.word.notes.get(key, "")
            yield Piece(f"〔注：{note}〕", (node,), look, thing=f"注{story.word.called.get(key, note)}")
        else:
            yield Piece("", (node,), look)


# automatic numbers


@dataclass(frozen=True)
class Level:
    """One level of a list: its pattern (``第%1条``), how numbers are written, and the first."""

    pattern: str
    style: str
    start: int


@dataclass(frozen=True)
class Levels:
    """The levels of each list by the id paragraphs use, the list they count in, and the styles that number."""

    lists: Mapping[str, Mapping[int, Level]]
    counted_in: Mapping[str, str]
    styles: Mapping[str, tuple[str, int]]

    @classmethod
    def of(cls, word: Word) -> "Levels":
        """As a file's numbering and styles say."""
        if "word/numbering.xml" not in word.parts:
            return cls({}, {}, {})
        root = word.tree("word/numbering.xml")
        abstract = {
            str(one.get(f"{W}abstractNumId")): {
                int(level.get(f"{W}ilvl", "0")): _level(level) for level in one.iter(f"{W}lvl")
            }
            for one in root.iterchildren(f"{W}abstractNum")
        }
        counted = {str(one.get(f"{W}numId")): _value(one, "abstractNumId") for one in root.iterchildren(f"{W}num")}
        lists = {key: abstract.get(of, {}) for key, of in counted.items()}
        styles = {}
        if "word/styles.xml" in word.parts:
            for style in word.tree("word/styles.xml").iterchildren(f"{W}style"):
                numbered = style.find(f"{W}pPr/{W}numPr")
                if numbered is not None and (key := _value(numbered, "numId")):
                    styles[str(style.get(f"{W}styleId"))] = (key, int(_value(numbered, "ilvl") or 0))
        return cls(lists, counted, styles)

    def of_paragraph(self, paragraph: Element) -> tuple[str, int] | None:
        """The list and the level that number a paragraph."""
        if not self.lists:
            return None
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return None
        numbered = properties.find(f"{W}numPr")
        if numbered is not None and (key := _value(numbered, "numId")):
            return (key, int(_value(numbered, "ilvl") or 0)) if key in self.lists else None
        return self.styles.get(_value(properties, "pStyle"))

    def signature(self, paragraph: Element) -> str:
        """How a paragraph is numbered, apart from which number it gets; empty when it is not."""
        found = self.of_paragraph(paragraph)
        level = self.lists.get(found[0], {}).get(found[1]) if found else None
        return f"{level.pattern}\0{level.style}" if level and level.style != "none" else ""


class Numbering:
    """Counts the numbered paragraphs of a story in order."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels
        self._counts: dict[str, dict[int, int]] = {}

    def label(self, paragraph: Element) -> str:
        """The automatic number of the next paragraph, empty when it has none."""
        found = self._levels.of_paragraph(paragraph)
        if found is None:
            return ""
        key, depth = found
        levels = self._levels.lists.get(key, {})
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(self._levels.counted_in.get(key, key), {})
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        if levels[depth].style in {"none", "bullet"}:
            return ""
        return re.sub(r"%(\d)", lambda match: self._written(levels, counts, int(match[1]) - 1), levels[depth].pattern)

    @staticmethod
    def _written(levels: Mapping[int, Level], counts: Mapping[int, int], depth: int) -> str:
        level = levels.get(depth, Level("", "decimal", 1))
        return written(counts.get(depth, level.start), level.style)


def written(number: int, style: str) -> str:
    """A number as a list writes it: in Chinese where its style is Chinese, else in figures."""
    if style.startswith(("chinese", "ideograph", "japaneseCounting", "taiwanese")) and "Traditional" not in style:
        shown = str(cn2an.an2cn(number))
        return shown.removeprefix("一") if 10 <= number < 20 else shown
    if style == "lowerLetter" and number <= 26:
        return chr(96 + number)
    if style == "upperLetter" and number <= 26:
        return chr(64 + number)
    return str(number)


def _level(level: Element) -> Level:
    return Level(_value(level, "lvlText"), _value(level, "numFmt") or "decimal", int(_value(level, "start") or 1))


def _value(element: Element, name: str) -> str:
    found = element.find(W + name)
    return "" if found is None else str(found.get(f"{W}val", ""))
