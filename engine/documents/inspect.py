"""What a template must keep to be published; a fault is found here, not when a paper is printed."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache

from lxml import etree

from engine.documents import arriving, contents, dialect, identity, looks, loosening, package
from engine.documents.contents import Asked
from engine.documents.dialect import Source, Use
from engine.documents.faults import Fault, Places, W, own_text, short
from engine.documents.render import Compiled
from engine.errors import InvalidDefinition

_TEXT_PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_ANY_TAG = re.compile(r"\{[{%#]|[}%#]\}")
_LONE = {"p": re.compile(r"\s*\{%p\s[^{}]*%\}\s*"), "tr": re.compile(r"\s*\{%tr\s[^{}]*%\}\s*")}
_FULL_WIDTH = re.compile(r"[｛｝][｛｝{}%％]|[{}%％][｛｝]|\{％|％\}")
_FOREIGN = re.compile(r"\{\{(?:p|tr|tc|r)\s|\{%(?:tc|r)\s|\{[{%#]-|-[}%#]\}|\{%\s*(?:colspan|cellbg|hm|vm)\b")


def publish(content: bytes, schema: Iterable[str], prose: Iterable[str] = (), *, file: str) -> Compiled:
    """A template checked against the names it may use (``facts.schema``), ready to render.

    ``prose`` are those of them whose values people write as sentences (``facts.prose``).  Raises InvalidDefinition
    naming the fact or the paragraph at fault.
    """
    parts = package.read(content, file)
    sources = [*read(parts, file)]
    uses = [use for source in sources for use in source.uses()]
    for fault in _name_faults(uses, frozenset(schema)):
        raise fault.refusal(file)
    return Compiled.of(file, content, parts, sources, uses, frozenset(prose))


def faults(content: bytes, schema: Iterable[str], asked: Asked = contents.NOTHING, *, file: str) -> list[Fault]:
    """Everything that keeps a template from being published, in the order of its parts; empty when all is well.

    ``asked`` is what its kind of paper has to say.
    """
    try:
        parts = package.unpacked(content, file)
    except InvalidDefinition as error:
        return [Fault("", error.reason)]
    found = [*package.faults(parts, file)]
    if any(name.endswith(".xml") and package.readable(part, name, file) is None for name, part in parts.items()):
        return found
    if said := arriving.unreadable(parts):
        return [*found, Fault(package.DOCUMENT, said)]
    if (issued := identity.of(parts)) is not None:
        said = f"这是已经生成的文书（{issued.number}），不是模板；请下载模板文件，在它上面改。"
        found.append(Fault(identity.CORE, said, tag=issued.number))
    for name, part in parts.items():
        if not name.lower().endswith(".xml"):
            continue
        root = package.tree(part, name, file)
        layout = [*_layout_faults(root, name)]
        found += layout
        if _TEXT_PART.fullmatch(name) and _ANY_TAG.search(_whole(root)):
            healed = loosening.loosened(Places.of(root, name), file) if layout else dialect.heal(part, file, name)
            uses, others = healed.read()
            found += [*others, *_name_faults(uses, frozenset(schema))]
    found += looks.faults(parts, file)
    found += asked.faults(parts, file)
    return [*dict.fromkeys(found)]


def read(parts: dict[str, bytes], file: str) -> Iterator[Source]:
    """The text parts that hold tags, and the body in any case; their layout is checked first."""
    for name, part in parts.items():
        if not name.lower().endswith(".xml"):
            continue
        root = package.tree(part, name, file)
        for fault in _layout_faults(root, name):
            raise fault.refusal(file)
        if name == package.DOCUMENT or (_TEXT_PART.fullmatch(name) and _ANY_TAG.search(_whole(root))):
            yield dialect.heal(part, file, name)


def _layout_faults(root: etree._Element, part: str) -> Iterator[Fault]:
    """Tags where none may stand, or where docxtpl would print them, lose them or lose what stands beside them."""
    if not _TEXT_PART.fullmatch(part):
        if found := _ANY_TAG.search(_whole(root)):
            shown = short(_whole(root)[max(0, found.start() - 10) :].strip())
            yield Fault(part, "标签只可写在正文、页眉、页脚和脚注里；请删去此处的标签。", 0, shown, found[0])
        return
    places = Places.of(root, part)
    for element in root.iter(etree.Element):
        for value in map(str, element.attrib.values()):
            if "{{" in value or "{%" in value:
                yield places.fault(f"标签写在了属性里（{value}）；请写在文字里。", element, value)
        text = element.text or ""
        if element.tag != f"{W}t" and _ANY_TAG.search(text):
            yield places.fault(f"标签写在了域代码或图形里（{text}）；请写在文字里。", element, text)
    for paragraph in root.iter(f"{W}p"):
        for said, tag in _tag_faults(own_text(paragraph)):
            yield places.fault(said, paragraph, tag)
    for row in root.iter(f"{W}tr"):
        if "{%tr" in (text := _text(row)) and not _LONE["tr"].fullmatch(text):
            yield places.fault(f"{{%tr … %}} 须独占一行，该行其余内容会丢失：“{short(text)}”。", row, "{%tr … %}")
    for kind, container, remedy in (("tr", "tbl", "表头行"), ("p", "tc", "空段落")):
        for element in root.iter(f"{W}{container}"):
            if _may_be_empty(element, kind):
                said = f"条件不成立或没有数据时此处会变空；请在标签之外留一个{remedy}：“{short(_text(element))}”。"
                yield places.fault(said, element)


def _tag_faults(text: str) -> Iterator[tuple[str, str]]:
    """Tags that docxtpl would print, lose or take for something outside the subset, each with the tag."""
    if found := _FULL_WIDTH.search(text):
        yield f"标签用了全角符号“{found[0]}”；请改用半角 {{{{ }}}} %。", found[0]
    if found := _FOREIGN.search(text):
        yield f"不支持标签“{found[0]}”；只可用 {{{{ }}}}、{{% %}}、{{%p %}} 和 {{%tr %}}。", found[0]
    if "{%p" in text and not _LONE["p"].fullmatch(text):
        yield "{%p … %} 须独占一段，该段其余文字会丢失。", text[text.index("{%p") :].partition("%}")[0] + "%}"


def _may_be_empty(container: etree._Element, kind: str) -> bool:
    """Whether nothing remains when every block is left out: Word refuses a table without rows, a cell without text."""
    depth, rests, tagged = 0, False, False
    for child in container.iterchildren(f"{W}{kind}"):
        found = _LONE[kind].fullmatch(_text(child))
        word = found[0].strip().removeprefix(f"{{%{kind}").split()[0] if found else ""
        tagged |= bool(found)
        depth += (word in {"if", "for"}) - (word in {"endif", "endfor"})
        rests |= not found and depth == 0
    return tagged and not rests


def _name_faults(uses: Iterable[Use], schema: frozenset[str]) -> Iterator[Fault]:
    listed = _lists(schema)
    for use in uses:
        known = listed if use.role == "list" else schema | listed if use.role == "condition" else schema
        if use.name in known or f"{use.name.rpartition('.')[0]}.*" in schema:
            continue
        near = get_close_matches(use.name, known, n=1)
        hint = f"是否应为“{near[0]}”？" if near else "请对照任务表单和登记簿的名称。"
        what = "没有这项列表" if use.role == "list" else "没有这项事实"
        yield Fault(use.part, f"{what}“{use.name}”；{hint}", use.at, short(use.paragraph), use.tag or use.name)


@lru_cache(maxsize=4)
def _lists(schema: frozenset[str]) -> frozenset[str]:
    """Every name of the schema that stands for a list."""
    return frozenset(name[: match.start()] for name in schema for match in re.finditer(r"\[\]", name))


def _whole(root: etree._Element) -> str:
    return "".join(str(text) for text in root.itertext())


def _text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext(f"{W}t"))
