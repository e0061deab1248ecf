"""How the lines of a Word file look: weight, size, colour, font and alignment, however the file writes them down.

Looks are worked out through styles and defaults, so that a file that another program saved looks as it did.
"""

from collections.abc import Hashable, Iterator
from functools import cache

from engine.documents.clauses import Line
from engine.documents.reading import Word
from engine.documents.settling import Element, W

_STYLES = "word/styles.xml"
#: What is switched on by its mere presence, and how it is written that it is off.
_SWITCHES, _OFF = ("b", "i", "strike", "dstrike", "caps", "vanish"), {"0", "false", "off", "none"}
#: What has a value, with the one that means nothing.
_VALUES = {"u": "none", "color": "auto", "sz": "", "highlight": "none", "vertAlign": "baseline"}
#: Names of one alignment.
_SIDES = {"start": "left", "end": "right", "": "left"}
#: A stretch of a line and how it looks.
Stretch = tuple[int, Hashable]


class Dress:
    """How the lines of one file look."""

    def __init__(self, word: Word) -> None:
        root = word.tree(_STYLES) if _STYLES in word.parts else None
        self._by_id = {} if root is None else {str(one.get(f"{W}styleId")): one for one in root.iter(f"{W}style")}
        self._defaults = None if root is None else root.find(f"{W}docDefaults")
        usual = (one for one in self._by_id.values() if one.get(f"{W}type") == "paragraph" and one.get(f"{W}default"))
        self._usual = next((str(one.get(f"{W}styleId")) for one in usual), "")
        self._of_run = cache(self._run)

    def of(self, line: Line) -> tuple[Hashable, ...]:
        """How a line looks: each paragraph with its alignment and its stretches; equal for lines that look alike."""
        return tuple(
            (self._side(paragraph), *self._stretches(paragraph))
            for node in line.nodes
            for paragraph in (node.iter(f"{W}p") if node.tag != f"{W}p" else (node,))
        )

    def _side(self, paragraph: Element) -> str:
        own = paragraph.find(f"{W}pPr/{W}jc")
        given = (one.find(f"{W}pPr/{W}jc") for one in self._line(_style(paragraph, "pPr", "pStyle") or self._usual))
        found = own if own is not None else next((one for one in given if one is not None), None)
        said = "" if found is None else str(found.get(f"{W}val", ""))
        return _SIDES.get(said, said)

    def _stretches(self, paragraph: Element) -> Iterator[Stretch]:
        """Runs that look alike count as one; white space has no looks of its own."""
        length, look = 0, None
        style = _style(paragraph, "pPr", "pStyle") or self._usual
        for run in paragraph.iter(f"{W}r"):
            signs = sum(len("".join((node.text or "").split())) for node in run.iterchildren(f"{W}t"))
            if not signs:
                continue
            properties = run.find(f"{W}rPr")
            own = () if properties is None else tuple(_said(properties))
            here = self._of_run(style, _style(run, "rPr", "rStyle"), own)
            if here != look and length:
                yield length, look
                length = 0
            length, look = length + signs, here
        if length:
            yield length, look

    def _run(self, style: str, own_style: str, own: tuple[tuple[str, str], ...]) -> Hashable:
        """What holds for a run: its own, else what its style says, else the paragraph's, else the default."""
        found: dict[str, str] = {}
        defaults = [] if self._defaults is None else [*self._defaults.iterfind(f"{W}rPrDefault/{W}rPr")]
        styles = [one for name in (own_style, style) for one in self._line(name)]
        named = [own, *(tuple(_said(one)) for part in styles for one in part.iterfind(f"{W}rPr"))]
        for said in [*named, *(tuple(_said(one)) for one in defaults)]:
            for name, value in said:
                found.setdefault(name, value)
        return frozenset((name, value) for name, value in found.items() if value)

    def _line(self, style: str) -> Iterator[Element]:
        """A style and what it is based on."""
        seen: set[str] = set()
        while style in self._by_id and style not in seen:
            seen.add(style)
            yield self._by_id[style]
            based = self._by_id[style].find(f"{W}basedOn")
            style = "" if based is None else str(based.get(f"{W}val", ""))


def _said(properties: Element) -> Iterator[tuple[str, str]]:
    """What properties say of looks; the empty value says that there is nothing of it."""
    for name in _SWITCHES:
        if (switch := properties.find(W + name)) is not None:
            yield name, "" if str(switch.get(f"{W}val", "")) in _OFF else "on"
    for name, nothing in _VALUES.items():
        if (given := properties.find(W + name)) is not None:
            value = str(given.get(f"{W}val", ""))
            yield name, "" if value in (nothing, "") else value.lower()
    fonts = properties.find(f"{W}rFonts")
    if fonts is not None and fonts.get(f"{W}eastAsia"):
        yield "font", str(fonts.get(f"{W}eastAsia"))


def _style(element: Element, properties: str, name: str) -> str:
    given = element.find(f"{W}{properties}/{W}{name}")
    return "" if given is None else str(given.get(f"{W}val", ""))
