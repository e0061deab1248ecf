"""How a template looks wherever it is printed: fonts that machines have, and lines of fixed height.

With lines of fixed height a contract has as many pages under one font as under another; with others it does not.
"""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from engine.documents import fonts, illustrating, package
from engine.documents.faults import Fault, Places, W, own_text

_TEXT = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_STYLES, _THEME = "word/styles.xml", "word/theme/theme1.xml"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|\{\{")
_LONE = re.compile(r"\s*\{%(?:p|tr)\s[^{}]*%\}\s*")
_PICTURED = re.compile(rf"\{{\{{ \w+\.({'|'.join(illustrating.PLACES)}) \}}\}}")


def faults(parts: Mapping[str, bytes], file: str) -> Iterator[Fault]:
    """Fonts that are not known, in every part, and paragraphs of the body whose lines are not of fixed height."""
    styles = _Styles(parts, file)
    for name, part in parts.items():
        if _TEXT.fullmatch(name):
            yield from _font_faults(package.tree(part, name, file), name, styles)
    if styles.font("") and styles.font("") not in fonts.STANDS:
        yield Fault(_STYLES, _unknown(styles.font("")), tag=styles.font(""))
    if package.DOCUMENT in parts:
        yield from _line_faults(package.tree(parts[package.DOCUMENT], package.DOCUMENT, file), styles)


class _Styles:
    """What the styles say of Chinese fonts and of lines, looked up through what they are based on."""

    def __init__(self, parts: Mapping[str, bytes], file: str) -> None:
        self._theme = _theme(package.tree(parts[_THEME], _THEME, file)) if _THEME in parts else {}
        root = package.tree(parts[_STYLES], _STYLES, file) if _STYLES in parts else etree.Element(f"{W}styles")
        self._by_id = {str(one.get(f"{W}styleId")): one for one in root.iter(f"{W}style")}
        self._defaults = root.find(f"{W}docDefaults")
        given = (one for one in self._by_id.values() if one.get(f"{W}type") == "paragraph" and one.get(f"{W}default"))
        self._usual = next((str(one.get(f"{W}styleId")) for one in given), "")

    def font(self, style: str) -> str:
        """The Chinese font of a style, of what is usual where it is empty; empty where none is named."""
        found = (self.named(one.find(f"{W}rPr/{W}rFonts")) for one in self._line(style))
        usual = self._defaults.find(f"{W}rPrDefault/{W}rPr/{W}rFonts") if self._defaults is not None else None
        return next(filter(None, found), "") or self.named(usual)

    def named(self, given: etree._Element | None) -> str:
        """The Chinese font that an element names, by the theme where it refers to that."""
        if given is None:
            return ""
        theme = str(given.get(f"{W}eastAsiaTheme", ""))
        return self._theme.get(theme[:5], "") if theme else str(given.get(f"{W}eastAsia", ""))

    def fixed(self, style: str) -> bool:
        """Whether lines of a style are of fixed height."""
        spacings = [one.find(f"{W}pPr/{W}spacing") for one in self._line(style)]
        if self._defaults is not None:
            spacings.append(self._defaults.find(f"{W}pPrDefault/{W}pPr/{W}spacing"))
        return _fixed(next((one for one in spacings if one is not None and one.get(f"{W}line")), None))

    def _line(self, style: str) -> Iterator[etree._Element]:
        seen: set[str] = set()
        name = style or self._usual
        while name in self._by_id and name not in seen:
            seen.add(name)
            yield self._by_id[name]
            name = _value(self._by_id[name].find(f"{W}basedOn"))


def _font_faults(root: etree._Element, part: str, styles: _Styles) -> Iterator[Fault]:
    places, seen = Places.of(root, part), set[tuple[int, str]]()
    for run in root.iter(f"{W}r"):
        text = "".join(one.text or "" for one in run.iterchildren(f"{W}t"))
        own, style = run.find(f"{W}rPr/{W}rFonts"), _value(run.find(f"{W}rPr/{W}rStyle"))
        holder = next(run.iterancestors(f"{W}p"), None)
        if holder is None or not _CHINESE.search(text):
            continue
        of_paragraph = _value(holder.find(f"{W}pPr/{W}pStyle"))
        font = styles.named(own) or (styles.font(style or of_paragraph) if style or of_paragraph else "")
        if font and font not in fonts.STANDS:
            fault = places.fault(_unknown(font), run, font)
            if (fault.paragraph, font) not in seen:
                seen.add((fault.paragraph, font))
                yield fault


def _line_faults(root: etree._Element, styles: _Styles) -> Iterator[Fault]:
    """The first paragraph of each row of paragraphs, with how many they are."""
    places, first, many = Places.of(root, package.DOCUMENT), 0, 0
    for number, paragraph in enumerate([*root.iter(f"{W}p"), None], 1):
        if paragraph is not None and not _is_fixed(paragraph, styles):
            first, many = first or number, many + 1
        elif first:
            said = f"从这一段起有 {many} 段" if many > 1 else "这一段"
            yield places.at(f"{said}的行距不是固定值，换一台电脑页数会变；请在“段落—行距”里选“固定值”。", first)
            first, many = 0, 0


def _is_fixed(paragraph: etree._Element, styles: _Styles) -> bool:
    """Whether its lines have a fixed height, or need none: a picture would be cut, a lone tag is not printed."""
    text, holder = own_text(paragraph), paragraph.getparent()
    empty_cell = not text and holder is not None and holder.tag == f"{W}tc"
    pictured = _PICTURED.fullmatch(text) or next(paragraph.iter(f"{W}drawing", f"{W}pict"), None) is not None
    if empty_cell or pictured or _LONE.fullmatch(text):
        return True
    spacing = paragraph.find(f"{W}pPr/{W}spacing")
    if spacing is not None and spacing.get(f"{W}line"):
        return _fixed(spacing)
    return styles.fixed(_value(paragraph.find(f"{W}pPr/{W}pStyle")))


def _fixed(spacing: etree._Element | None) -> bool:
    return spacing is not None and spacing.get(f"{W}lineRule") == "exact"


def _theme(root: etree._Element) -> dict[str, str]:
    """The Chinese font of the theme for headings (``major``) and for text (``minor``)."""
    found = {}
    for kind in ("major", "minor"):
        for one in root.iter(f"{_A}{kind}Font"):
            latin, named = one.find(f"{_A}ea"), one.find(f"{_A}font[@script='Hans']")
            usual = "" if latin is None else str(latin.get("typeface", ""))
            found[kind] = usual or ("" if named is None else str(named.get("typeface", "")))
    return found


def _unknown(font: str) -> str:
    return f"字体“{font}”不在约定的几种里，别的电脑上会换成别的字体；请改用仿宋、宋体、黑体或楷体。"


def _value(element: etree._Element | None) -> str:
    return "" if element is None else str(element.get(f"{W}val", ""))
