"""Edits as people make them in Word: words changed, paragraphs and rows added, removed and moved."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from random import Random

from lxml import etree

from engine.documents.package import DOCUMENT

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORDS = ("应当", "三十日内", "18,000.50", "全体业主", "，并书面通知", "\u3000", "A4", "《民法典》", "〇")


def edited(parts: Mapping[str, bytes], chance: Random, times: int) -> dict[str, bytes]:
    """A copy in which so many things were changed at random."""
    root = etree.fromstring(parts[DOCUMENT])
    for _ in range(times):
        chance.choice(_EDITS)(root, chance)
    return {**parts, DOCUMENT: etree.tostring(root)}


def _paragraph(root: etree._Element, chance: Random) -> etree._Element:
    return chance.choice([*root.iter(f"{_W}p")])


def _word(root: etree._Element, chance: Random) -> None:
    """Change some signs of a text."""
    texts = [node for node in root.iter(f"{_W}t") if node.text]
    if texts:
        node = chance.choice(texts)
        said = str(node.text)
        start = chance.randrange(len(said) + 1)
        node.text = said[:start] + chance.choice(_WORDS) + said[min(len(said), start + chance.randrange(4)) :]
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _added(root: etree._Element, chance: Random) -> None:
    place = _paragraph(root, chance)
    made = etree.Element(f"{_W}p")
    run = etree.SubElement(made, f"{_W}r")
    etree.SubElement(run, f"{_W}t").text = f"第{chance.randrange(99)}条　新增的一款。"
    (place.addnext if chance.random() < 0.5 else place.addprevious)(made)


def _removed(root: etree._Element, chance: Random) -> None:
    """Remove a paragraph; a cell and the file keep their last one."""
    place = _paragraph(root, chance)
    parent = place.getparent()
    if place.find(f".//{_W}sectPr") is None and place.getnext() is not None and place.getnext().tag == f"{_W}p":
        parent.remove(place)


def _last_removed(root: etree._Element, chance: Random) -> None:
    """Remove the last of several paragraphs in a cell or before the end."""
    place = _paragraph(root, chance)
    previous, following = place.getprevious(), place.getnext()
    ends = following is None or following.tag == f"{_W}sectPr"
    if ends and previous is not None and previous.tag == f"{_W}p":
        place.getparent().remove(place)


def _moved(root: etree._Element, chance: Random) -> None:
    body = root.find(f"{_W}body")
    blocks = [one for one in body if one.tag == f"{_W}p" and one.find(f".//{_W}sectPr") is None][:-1]
    if len(blocks) > 2:
        one, other = chance.sample(blocks, 2)
        if one.getnext() is not None and one.getnext().tag == f"{_W}p":
            other.addnext(one)


def _row(root: etree._Element, chance: Random) -> None:
    rows = [*root.iter(f"{_W}tr")]
    if not rows:
        return
    row = chance.choice(rows)
    if chance.random() < 0.5:
        row.addnext(deepcopy(row))
    elif len(row.getparent().findall(f"{_W}tr")) > 1:
        row.getparent().remove(row)


def _split(root: etree._Element, chance: Random) -> None:
    """Cut a run in two, as Word does where one merely clicked."""
    runs = [
        one for one in root.iter(f"{_W}r") if len(one.findall(f"{_W}t")) == 1 and len(one.findtext(f"{_W}t") or "") > 1
    ]
    if runs:
        run = chance.choice(runs)
        said = run.findtext(f"{_W}t") or ""
        at = chance.randrange(1, len(said))
        copy = deepcopy(run)
        run.find(f"{_W}t").text, copy.find(f"{_W}t").text = said[:at], said[at:]
        run.addnext(copy)


_EDITS: tuple[Callable[[etree._Element, Random], None], ...] = (
    _word, _word, _word, _added, _removed, _last_removed, _moved, _row, _split,
)  # fmt: skip
