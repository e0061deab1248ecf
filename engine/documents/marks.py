"""What people left in a Word file they worked on: tracked changes not settled yet, and comments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.documents import clauses, package
from engine.documents.settling import Element, W

_COMMENTS = "word/comments.xml"
#: So many are listed; the rest is counted.
MOST = 200
Kind = Literal["added", "removed"]
_KINDS: Mapping[str, Kind] = {"ins": "added", "moveTo": "added", "del": "removed", "moveFrom": "removed"}
_TRACKED = tuple(W + name for name in _KINDS)


@dataclass(frozen=True)
class Mark:
    """A tracked change: what was added or removed, in which clause, by whom and when as the file says."""

    kind: Kind
    text: str
    clause: str
    by: str
    at: str


@dataclass(frozen=True)
class Comment:
    """A comment in a file, and the words it stands at."""

    text: str
    on: str
    by: str
    at: str


@dataclass(frozen=True)
class Left:
    """The first of both, and how many there are."""

    marks: tuple[Mark, ...]
    marked: int
    comments: tuple[Comment, ...]
    commented: int


def left(parts: Mapping[str, bytes]) -> Left:
    """What people left in a file."""
    root = package.tree(parts[package.DOCUMENT], package.DOCUMENT, package.DOCUMENT)
    marks = [*_marks(root)]
    comments = [*_comments(parts, root)]
    return Left(tuple(marks[:MOST]), len(marks), tuple(comments[:MOST]), len(comments))


def _marks(root: Element) -> Iterator[Mark]:
    clause = ""
    for element in root.iter(f"{W}p", *_TRACKED):
        if element.tag == f"{W}p":
            clause = clauses.title_of(_said(element, "t")) or clause
            continue
        kind = _KINDS[str(element.tag)[len(W) :]]
        text = _said(element, "t", "delText")
        if text:
            yield Mark(kind, text, clause, *_who(element))
        elif next(element.iterancestors(), element).tag == f"{W}trPr":
            yield Mark(kind, "（表格的一行）", clause, *_who(element))


def _comments(parts: Mapping[str, bytes], root: Element) -> Iterator[Comment]:
    if _COMMENTS not in parts:
        return
    anchors = _anchors(root)
    for one in package.tree(parts[_COMMENTS], _COMMENTS, _COMMENTS).iterchildren(f"{W}comment"):
        text = "\n".join(_said(paragraph, "t") for paragraph in one.iter(f"{W}p")).strip()
        yield Comment(text, anchors.get(str(one.get(f"{W}id")), ""), *_who(one))


def _anchors(root: Element) -> dict[str, str]:
    """By the id of a comment, the words it stands at."""
    found: dict[str, str] = {}
    open_ids: set[str] = set()
    for node in root.iter(f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}t"):
        if node.tag == f"{W}t":
            for key in open_ids:
                found[key] = found.get(key, "") + str(node.text or "")
        elif node.tag == f"{W}commentRangeStart":
            open_ids.add(str(node.get(f"{W}id")))
        else:
            open_ids.discard(str(node.get(f"{W}id")))
    return found


def _said(element: Element, *names: str) -> str:
    return "".join(str(node.text or "") for node in element.iter(*(W + name for name in names)))


def _who(element: Element) -> tuple[str, str]:
    return str(element.get(f"{W}author", "")), str(element.get(f"{W}date", ""))
