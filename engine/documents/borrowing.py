"""Parts of an old Word file carried over into a new one: with their pictures, styles, lists and notes."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy

from lxml import etree

from engine.documents import package
from engine.documents.reading import NOTES, Piece, Story, Word
from engine.documents.settling import Element, W

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_P = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_C = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TYPES, _LISTS, _STYLES = "[Content_Types].xml", "word/numbering.xml", "word/styles.xml"
_IMAGES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "bmp": "image/bmp",
           "tif": "image/tiff", "tiff": "image/tiff", "emf": "image/x-emf", "wmf": "image/x-wmf", "svg": "image/svg+xml"}  # fmt: skip # noqa: E501
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


class Unmarked(Exception):
    """Raised where a change cannot be shown as a tracked one; says what it is, in Chinese."""


class Borrower:
    """Copies from ``old``, fit to stand in ``new``; :meth:`parts` are those of the new file that changed by it."""

    def __init__(self, old: Word, new: Word) -> None:
        self._old, self._new = old, new
        self._styles: dict[str, str] = {}
        self._lists: dict[str, str] = {}
        self._known = _ids(new.tree(_STYLES), "style", "styleId") if _STYLES in new.parts else set()
        self._relations: dict[str, Element] = {}
        self._parts: dict[str, bytes] = {}
        self._types: Element | None = None
        self._notes: dict[str, Element] = {}

    def learn(self, pairs: Iterable[tuple[Element, Element]]) -> None:
        """Learn from paragraphs that stayed what the new file calls the old one's styles and lists."""
        for before, after in pairs:
            for path, known in (("pStyle", self._styles), ("numPr/{w}numId", self._lists)):
                was, now = (one.find(f"{W}pPr/{W}{path.format(w=W)}") for one in (before, after))
                if was is not None and now is not None:
                    known.setdefault(str(was.get(f"{W}val")), str(now.get(f"{W}val")))

    def block(self, block: Element, story: Story, into: str) -> Element:
        """A copy of a paragraph, row or table for the part ``into`` of the new file."""
        copy = deepcopy(block)
        copy.tail = None
        self._fit(copy, story, into)
        return copy

    def piece(self, piece: Piece, story: Story, into: str) -> Piece:
        """A copy of a piece of a paragraph."""
        nodes = tuple(self.block(node, story, into) for node in piece.nodes)
        look = None if piece.look is None else self.block(piece.look, story, into)
        return Piece(piece.text, nodes, look, piece.thing, piece.whole)

    def parts(self) -> dict[str, bytes]:
        """The parts of the new file that took something up, and those that came along."""
        found = {**self._parts}
        for name, root in self._relations.items():
            found[_rels(name)] = written(root)
        if self._types is not None:
            found[_TYPES] = written(self._types)
        for name, root in self._notes.items():
            found[name] = written(root)
        return found

    def _fit(self, copy: Element, story: Story, into: str) -> None:
        for section in [*copy.iter(f"{W}sectPr")]:
            _remove(section)
        for name in ("pStyle", "rStyle", "tblStyle"):
            for style in [*copy.iter(W + name)]:
                was = str(style.get(f"{W}val"))
                now = self._styles.get(was, was)
                style.set(f"{W}val", now)
                if now not in self._known:
                    _remove(style)
        for number in [*copy.iter(f"{W}numId")]:
            number.set(f"{W}val", self._list(str(number.get(f"{W}val"))))
        for node in copy.iter(*NOTES):
            node.set(f"{W}id", self._note(NOTES[str(node.tag)], str(node.get(f"{W}id"))))
        for node in copy.iter():
            for attribute, value in node.attrib.items():
                if str(attribute).startswith(_R) and str(value) in story.targets:
                    node.set(attribute, self._relation(story, str(value), into))

    def _list(self, number: str) -> str:
        """The new file's name of a list; a list that it lacks comes along."""
        if number in self._lists or number not in self._old.levels.lists:
            return self._lists.get(number, "0")
        if self._new.levels.lists.get(number) == self._old.levels.lists[number]:
            self._lists[number] = number
        elif _LISTS not in self._new.parts:
            raise Unmarked("自动编号")
        else:
            self._lists[number] = self._take_list(number)
        return self._lists[number]

    def _take_list(self, number: str) -> str:
        mine, theirs = self._old.tree(_LISTS), self._new.tree(_LISTS)
        abstract = self._old.levels.counted_in[number]
        taken = next(one for one in mine.iterchildren(f"{W}abstractNum") if one.get(f"{W}abstractNumId") == abstract)
        copy = deepcopy(taken)
        made = str(max(map(int, _ids(theirs, "abstractNum", "abstractNumId") | {"0"})) + 1)
        copy.set(f"{W}abstractNumId", made)
        for link in [*copy.iter(f"{W}styleLink", f"{W}numStyleLink", f"{W}nsid", f"{W}pStyle")]:
            _remove(link)
        theirs.insert(len(theirs.findall(f"{W}numPicBullet")), copy)
        named = str(max(map(int, _ids(theirs, "num", "numId") | {"0"})) + 1)
        numbered = etree.Element(f"{W}num", {f"{W}numId": named})
        theirs.insert(len(theirs) - len(theirs.findall(f"{W}numIdMacAtCleanup")), numbered)
        etree.SubElement(numbered, f"{W}abstractNumId", {f"{W}val": made})
        self._parts[_LISTS] = written(theirs)
        return named

    def _note(self, kind: str, key: str) -> str:
        """The id under which an old note stands in the new file: no two references may share a note."""
        note, name = self._old.note(kind, key), f"word/{kind}.xml"
        if note is None:
            raise Unmarked("脚注")
        root = self._notes[name] if name in self._notes else self._noted(kind, name)
        copy = self.block(note, self._old.noted(kind), name)
        # those of the lines that part notes from the text may be below 0
        made = str(max((int(one) for one in _ids(root, _tag(note), "id") if one.isdecimal()), default=0) + 1)
        copy.set(f"{W}id", made)
        root.append(copy)
        return made

    def _noted(self, kind: str, name: str) -> Element:
        """The new file's notes of a kind; where it has none, with the old one's lines that part notes from the text."""
        if not self._new.has(name):
            root = deepcopy(self._old.tree(name))
            for note in [one for one in root if one.get(f"{W}type") in {None, "normal"}]:
                root.remove(note)
            self._new.put(name, root)
            related = self._rooted(package.DOCUMENT)
            values = {"Id": f"rIdOld{len(related) + 1}", "Type": _TYPE + kind, "Target": f"{kind}.xml"}
            etree.SubElement(related, f"{_P}Relationship", values)
            named = {"PartName": f"/{name}", "ContentType": f"{_WORD}.{kind}+xml"}
            etree.SubElement(self._typed(), f"{_C}Override", named)
        self._notes[name] = self._new.tree(name)
        return self._notes[name]

    def _typed(self) -> Element:
        if self._types is None:
            self._types = package.tree(self._new.parts[_TYPES], _TYPES, _TYPES)
        return self._types

    def _relation(self, story: Story, key: str, into: str) -> str:
        """The id in the new part of what the old one refers to by ``key``."""
        kind, target = story.targets[key]
        outside = target not in story.word.parts
        if not outside and kind != "image":
            raise Unmarked("图形")
        root = self._rooted(into)
        folder = into.rpartition("/")[0]
        for one in root:
            there = str(one.get("Target"))
            full = there if outside else posixpath.normpath(f"{folder}/{there}")
            same = full == target if outside else self._bytes(full) == story.word.parts[target]
            if str(one.get("Type", "")).endswith(f"/{kind}") and same:
                return str(one.get("Id"))
        made = f"rIdOld{len(root) + 1}"
        values = {"Id": made, "Type": _TYPE + kind, "Target": target}
        if outside:
            values["TargetMode"] = "External"
        else:
            values["Target"] = f"media/{self._picture(target, story.word.parts)}"
        etree.SubElement(root, f"{_P}Relationship", values)
        return made

    def _picture(self, target: str, parts: Mapping[str, bytes]) -> str:
        name = re.sub(r"[^A-Za-z0-9.]", "", posixpath.basename(target))
        ending = name.rpartition(".")[2].lower()
        if ending not in _IMAGES:
            raise Unmarked("图片")
        made = f"old{len(self._parts)}_{name}"
        self._parts[f"word/media/{made}"] = parts[target]
        types = self._typed()
        if not any(str(one.get("Extension", "")).lower() == ending for one in types.iterchildren(f"{_C}Default")):
            types.insert(0, etree.Element(f"{_C}Default", {"Extension": ending, "ContentType": _IMAGES[ending]}))
        return made

    def _bytes(self, name: str) -> bytes | None:
        return self._parts.get(name, self._new.parts.get(name))

    def _rooted(self, into: str) -> Element:
        if into not in self._relations:
            name = _rels(into)
            known = self._new.parts.get(name)
            self._relations[into] = (
                etree.fromstring(f'<Relationships xmlns="{_P[1:-1]}"/>')
                if known is None
                else package.tree(known, name, name)
            )
        return self._relations[into]


def written(root: Element) -> bytes:
    """A part as bytes."""
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _rels(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def _tag(element: Element) -> str:
    return str(element.tag)[len(W) :]


def _ids(root: Element, tag: str, name: str) -> set[str]:
    return {str(one.get(W + name)) for one in root.iterchildren(W + tag)}


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
