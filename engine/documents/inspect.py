"""What a template must keep to be published; a fault is found here, not when a paper is printed."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache

from lxml import etree

from engine.documents import dialect, package
from engine.documents.dialect import Source, Use
from engine.documents.render import Compiled
from engine.errors import InvalidDefinition

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_ANY_TAG = re.compile(r"\{[{%#]|[}%#]\}")
_LONE = {"p": re.compile(r"\s*\{%p\s[^{}]*%\}\s*"), "tr": re.compile(r"\s*\{%tr\s[^{}]*%\}\s*")}
_FULL_WIDTH = re.compile(r"[｛｝][｛｝{}%％]|[{}%％][｛｝]|\{％|％\}")
_FOREIGN = re.compile(r"\{\{(?:p|tr|tc|r)\s|\{%(?:tc|r)\s|\{[{%#]-|-[}%#]\}|\{%\s*(?:colspan|cellbg|hm|vm)\b")


def publish(content: bytes, schema: Iterable[str], *, file: str) -> Compiled:
    """A template checked against the names it may use (``facts.schema``), ready to render.

    Raises InvalidDefinition naming the fact or the paragraph at fault.
    """
    parts = package.read(content, file)
    sources = [*read(parts, file)]
    uses = [use for source in sources for use in source.uses()]
    _check_names(uses, frozenset(schema), file)
    return Compiled.of(file, content, parts, sources, uses)


def read(parts: dict[str, bytes], file: str) -> Iterator[Source]:
    """The text parts that hold tags, and the body in any case; their layout is checked first."""
    for name, part in parts.items():
        if not name.lower().endswith(".xml"):
            continue
        root = package.tree(part, name, file)
        if not _TEXT_PART.fullmatch(name):
            _refuse_tags(root, name, file)
            continue
        _check_layout(root, name, file)
        if name == package.DOCUMENT or _ANY_TAG.search(_whole(root)):
            yield dialect.heal(part, file, name)


def _refuse_tags(root: etree._Element, name: str, file: str) -> None:
    if _ANY_TAG.search(_whole(root)):
        raise InvalidDefinition(file, name, "标签只可写在正文、页眉、页脚和脚注里；请删去此处的标签。")


def _check_layout(root: etree._Element, part: str, file: str) -> None:
    for element in root.iter():
        if any("{{" in value or "{%" in value for value in element.attrib.values()):
            raise InvalidDefinition(file, part, f"标签写在了属性里（{element.attrib.values()}）；请写在文字里。")
        if element.tag != f"{_W}t" and _ANY_TAG.search(element.text or ""):
            raise InvalidDefinition(file, part, f"标签写在了域代码或图形里（{element.text}）；请写在文字里。")
    for paragraph in root.iter(f"{_W}p"):
        _check_tags(_text(paragraph), part, file)
    for row in root.iter(f"{_W}tr"):
        if "{%tr" in (text := _text(row)) and not _LONE["tr"].fullmatch(text):
            raise InvalidDefinition(file, part, f"{{%tr … %}} 须独占一行，该行其余内容会丢失：“{text}”。")
    for kind, container, remedy in (("tr", "tbl", "表头行"), ("p", "tc", "空段落")):
        for element in root.iter(f"{_W}{container}"):
            _check_rest(element, kind, remedy, part, file)


def _check_tags(text: str, part: str, file: str) -> None:
    """Refuse tags that docxtpl would print, lose or take for something outside the subset."""
    if found := _FULL_WIDTH.search(text):
        raise InvalidDefinition(file, part, f"标签用了全角符号“{found[0]}”；请改用半角 {{ }} %：“{text}”。")
    if found := _FOREIGN.search(text):
        raise InvalidDefinition(
            file, part, f"不支持标签“{found[0]}”；只可用 {{{{ }}}}、{{% %}}、{{%p %}} 和 {{%tr %}}：“{text}”。"
        )
    if "{%p" in text and not _LONE["p"].fullmatch(text):
        raise InvalidDefinition(file, part, f"{{%p … %}} 须独占一段，该段其余文字会丢失：“{text}”。")


def _check_rest(container: etree._Element, kind: str, remedy: str, part: str, file: str) -> None:
    """Something must remain when every block is left out: Word refuses a table without rows, a cell without text."""
    depth, rests, tagged = 0, False, False
    for child in container.iterchildren(f"{_W}{kind}"):
        found = _LONE[kind].fullmatch(_text(child))
        word = found[0].strip().removeprefix(f"{{%{kind}").split()[0] if found else ""
        tagged |= bool(found)
        depth += (word in {"if", "for"}) - (word in {"endif", "endfor"})
        rests |= not found and depth == 0
    if tagged and not rests:
        raise InvalidDefinition(
            file, part, f"条件不成立或没有数据时此处会变空；请在标签之外留一个{remedy}：“{_text(container)}”。"
        )


def _check_names(uses: Iterable[Use], schema: frozenset[str], file: str) -> None:
    listed = _lists(schema)
    for use in uses:
        known = listed if use.role == "list" else schema | listed if use.role == "condition" else schema
        if use.name in known or f"{use.name.rpartition('.')[0]}.*" in schema:
            continue
        near = get_close_matches(use.name, known, n=1)
        hint = f"是否应为“{near[0]}”？" if near else "请对照任务表单和登记簿的名称。"
        what = "没有这项列表" if use.role == "list" else "没有这项事实"
        raise InvalidDefinition(file, use.name, f"{what}；{hint}所在段落：“{use.paragraph}”（{use.part}）。")


@lru_cache(maxsize=4)
def _lists(schema: frozenset[str]) -> frozenset[str]:
    """Every name of the schema that stands for a list."""
    return frozenset(name[: match.start()] for name in schema for match in re.finditer(r"\[\]", name))


def _whole(root: etree._Element) -> str:
    return "".join(str(text) for text in root.itertext())


def _text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext(f"{_W}t"))
