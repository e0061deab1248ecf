"""The language of templates: a small subset of docxtpl's, with a clear refusal for the rest (docs/templates.md).

``{{ a.b }}`` prints a fact; ``{% if %}`` and ``{% for %}`` stand inside a paragraph, ``{%p … %}`` alone in a
paragraph, ``{%tr … %}`` alone in a table row.  No calls, no subscripts, no assignments, no macros.
"""

import io
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.filters import do_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from engine.documents import package
from engine.documents.faults import START, Fault, Places, short

Role = Literal["text", "list", "condition"]

#: So many tags that cannot be read are named in one part.
_MOST_FAULTS = 30
#: What a loop knows of itself.
LOOP = frozenset({"index", "first", "last", "length"})

#: What a template may do with a list.
_FILTERS = {"length": len, "join": do_join}
#: What a fact may be: a text, a flag or a count, a list of rows, a group.
_FACTS = (str, int, list, SimpleNamespace)

#: What cannot stand in the text of a part as it is.
_UNWRITTEN = re.compile("[&<>\"'\n]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_NOISE = re.compile(r' (?:w:rsid\w*|w14:paraId|w14:textId)="[^"]*"|<w:(?:proofErr|lastRenderedPageBreak)\b[^>]*/>')
#: A paragraph or a tag begins here.
_BEGINS = re.compile(r"(?=<w:p[ >]|\{[{%])")
_PARAGRAPH = re.compile(r"<w:p[ >]")
_BLOCK = re.compile(r"\{%\s*(if|elif|else|endif|for|endfor)\b")
#: What stands for a tag that is wrong while the others are read, and how its own names begin.
_WRONG = "__wrong"
_INSTEAD = {"if": f"{{% if {_WRONG} %}}", "elif": f"{{% elif {_WRONG} %}}", "else": "{% else %}", "endif": "{% endif %}", "for": f"{{% for {_WRONG} in {_WRONG} %}}", "endfor": "{% endfor %}"}  # fmt: skip # noqa: E501
_LOOPED = re.compile(r"\{%\s*for\s+([^\W\d]\w*)\s+in\b")
_CLOSES = {"endif": "if", "elif": "if", "endfor": "for"}
_TAG = re.compile(r"<[^>]+>")
_ELEMENT = re.compile(r"<(/?)([\w:.-]+)[^<>]*?(/?)>")


@dataclass(frozen=True)
class Use:
    """One place where a template uses a fact: its full name, how, and the text of the paragraph.

    ``at`` is the number of the paragraph in its part, ``tag`` the whole tag.
    """

    name: str
    role: Role
    part: str
    paragraph: str
    at: int = 0
    tag: str = ""

    @property
    def group(self) -> str:
        """The task or register that the fact belongs to, or whose being known is asked for."""
        return self.name.removeprefix("answered.").partition(".")[0].partition("[")[0]


@dataclass(frozen=True)
class Source:
    """A text part of a template, its tags healed as docxtpl heals them."""

    file: str
    part: str
    markup: str
    places: Places

    def uses(self) -> list[Use]:
        """Every use of a fact, in order.  Raises InvalidDefinition for anything outside the subset."""
        uses, faults = self.read()
        for fault in faults:
            raise fault.refusal(self.file)
        return uses

    def read(self) -> tuple[list[Use], list[Fault]]:
        """Every use of a fact that can be read, and everything outside the subset, each in order."""
        return _Reader(self).read()


def heal(part: bytes, file: str, name: str) -> Source:
    """A part with the tags that Word split over runs joined again, without editing traces.

    docxtpl's own function does it, so that a template means the same here and there.
    """
    markup = _NOISE.sub("", part.decode("utf-8").replace("\r\n", "\n"))
    healed: str = DocxTemplate(io.BytesIO()).patch_xml(markup)
    places = Places.of(package.tree(part, name, file), name)
    return Source(file, name, re.sub(r"\?>\s+<", "?><", healed, count=1), places)


def _written(value: object) -> str:
    """A value as Word text: escaped, line ends as line breaks.  Whatever a template prints comes through here."""
    if type(value) is str and not _UNWRITTEN.search(value):
        return value
    return str(escape(value)).replace("\n", _BREAK)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which even what is passed in may only be looked at: facts, never a method or a private name."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What is there under that name; the sandbox looks at everything but a plain fact."""
        value = getattr(obj, attribute, None)
        if self.is_safe_attribute(obj, attribute, value):
            return value
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see the attribute."""
        return isinstance(value, _FACTS) and not attr.startswith("_")


def environment() -> ImmutableSandboxedEnvironment:
    """Strict, escaping and empty: no globals, no tests, two filters."""
    # the library would escape once more what was written, and find each time that it is
    found = _Sandbox(autoescape=False, undefined=StrictUndefined, finalize=_written, keep_trailing_newline=True)
    found.globals.clear()
    found.tests.clear()
    found.filters.clear()
    found.filters |= _FILTERS
    return found


ENVIRONMENT = environment()


class _Reader:
    """One walk over the parsed tags of a source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        # a line for each paragraph and each tag, so that the line of a fault names both
        self._lines = _BEGINS.sub("\n", source.markup).split("\n")
        self._tags = [line for line, text in enumerate(self._lines, 1) if START.match(text)]
        self._paragraphs = [line for line, text in enumerate(self._lines, 1) if _PARAGRAPH.match(text)]
        self._uses: list[Use] = []
        self._faults: list[Fault] = []
        self._wrong: set[int] = set()
        self._unpaired = False

    def read(self) -> tuple[list[Use], list[Fault]]:
        lines = self._paired()
        self._unpaired = bool(self._faults)
        tree = self._parsed(lines)
        if tree is not None:
            self._block(tree.body, {})
        return self._uses, self._faults

    def _paired(self) -> list[str]:
        """Each block is closed by its own word: the one that is not is named, not the end of the file.

        What is returned has every block closed, so that the rest of a part is read even so.
        """
        lines, opened = [*self._lines], list[tuple[str, int]]()
        for line, text in enumerate(self._lines, 1):
            word = found[1] if (found := _BLOCK.match(text)) else ""
            if word in {"if", "for"}:
                opened.append((word, line))
            elif word in _CLOSES and (not opened or opened[-1][0] != _CLOSES[word]):
                self._refuse(line, f"{word} 没有对应的 {_CLOSES[word]}；请核对成对的 if/endif、for/endfor")
                lines[line - 1] = _after(text)
            elif word == "else" and not opened:
                self._refuse(line, "else 不在 if 或 for 里面；请核对成对的 if/endif、for/endfor")
                lines[line - 1] = _after(text)
            elif word in {"endif", "endfor"}:
                opened.pop()
        for line in self._tags if self._faults or opened else ():
            # a word spelt wrong is what leaves the others without their pair
            if self._lines[line - 1].startswith("{%") and not _BLOCK.match(self._lines[line - 1]):
                self._refuse(line, "只可使用 if 和 for 两种语句")
                lines[line - 1] = _after(self._lines[line - 1])
        for word, line in opened:
            self._refuse(line, f"标签写法有误：{word} 没有用 end{word} 结束；请补上")
        lines[-1] += "".join(_INSTEAD[f"end{word}"] for word, _ in reversed(opened))
        return lines

    def _parsed(self, lines: list[str]) -> nodes.Template | None:
        """The parsed tags; one that cannot be read is told, and left out while the others are read."""
        for _ in range(_MOST_FAULTS):
            try:
                return ENVIRONMENT.parse("\n".join(lines))
            except TemplateSyntaxError as error:
                line = self._tag_line(error.lineno)
                if line in self._wrong:
                    return None
                self._wrong.add(line)
                self._refuse(line, f"标签写法有误（{error.message}）；请核对括号和成对的 if/endif、for/endfor")
                lines[line - 1] = self._instead(line)
        return None

    def _tag_line(self, line: int) -> int:
        """The line on which the tag begins that a line belongs to."""
        before = bisect_right(self._tags, line)
        return self._tags[before - 1] if before else 1

    def _instead(self, line: int) -> str:
        text = self._lines[line - 1]
        block = _BLOCK.match(text)
        made = _INSTEAD[block[1]] if block else ""
        if looped := _LOOPED.match(text):
            made = f"{{% for {looped[1]} in {_WRONG} %}}"
        return made + _after(text)

    def _block(self, body: list[nodes.Node], scope: Mapping[str, str]) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                for child in node.nodes:
                    if not isinstance(child, nodes.TemplateData):
                        self._value(child, scope)
            elif isinstance(node, nodes.If):
                self._if(node, scope)
            elif isinstance(node, nodes.For):
                self._for(node, scope)
            else:
                self._refuse(node.lineno, "只可使用 if 和 for 两种语句")

    def _if(self, node: nodes.If, scope: Mapping[str, str]) -> None:
        self._condition(node.test, scope)
        for body in (node.body, node.else_):
            self._check_whole(body)
            self._block(body, scope)
        for branch in node.elif_:
            self._if(branch, scope)

    def _for(self, node: nodes.For, scope: Mapping[str, str]) -> None:
        listed = named(node.iter, scope)
        if listed is None or not isinstance(node.target, nodes.Name) or node.recursive:
            self._refuse(node.lineno, "循环请写作 for 行 in 列表")
            return
        self._use(listed, "list", node.lineno)
        inner = {**scope, node.target.name: f"{listed}[]", "loop": "loop"}
        if node.test is not None:
            self._condition(node.test, inner)
        for body, names in ((node.body, inner), (node.else_, scope)):
            self._check_whole(body)
            self._block(body, names)

    def _value(self, node: nodes.Expr | nodes.Node, scope: Mapping[str, str]) -> None:
        if isinstance(node, nodes.Const) and isinstance(node.value, (str, int)):
            return None
        if isinstance(node, nodes.Filter):
            return self._filter(node, scope)
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            self._condition(node.test, scope)
            self._value(node.expr1, scope)
            return self._value(node.expr2, scope)
        return self._leaf(node, scope, "text")

    def _condition(self, node: nodes.Node, scope: Mapping[str, str]) -> None:
        if isinstance(node, (nodes.And, nodes.Or)):
            self._condition(node.left, scope)
            return self._condition(node.right, scope)
        if isinstance(node, nodes.Not):
            return self._condition(node.node, scope)
        if isinstance(node, nodes.Compare) and len(node.ops) == 1:
            return self._compare(node, scope)
        if isinstance(node, nodes.Filter):
            return self._filter(node, scope)
        return self._leaf(node, scope, "condition")

    def _compare(self, node: nodes.Compare, scope: Mapping[str, str]) -> None:
        operand = node.ops[0]
        sides = (node.expr, operand.expr)
        counted = all(_is_count(side) for side in sides)
        if operand.op not in {"eq", "ne", "in", "notin"} and not counted:
            self._refuse(node.lineno, "事实是文字，不能比较大小；请比较代码，或由规则给出结论")
        for side in sides:
            if isinstance(side, (nodes.List, nodes.Tuple)):
                for item in side.items:
                    self._value(item, scope)
            else:
                self._value(side, scope)

    def _filter(self, node: nodes.Filter, scope: Mapping[str, str]) -> None:
        listed = named(node.node, scope) if node.node is not None else None
        constant = all(isinstance(argument, nodes.Const) for argument in node.args)
        if node.name not in _FILTERS or listed is None or not constant or node.kwargs or node.dyn_args:
            return self._refuse(node.lineno, f'不可使用“|{node.name}”；只可写 列表|length 或 列表|join("、")')
        if node.name == "join":
            return self._use(f"{listed}[]", "text", node.lineno)
        return self._use(listed, "list", node.lineno)

    def _leaf(self, node: nodes.Node, scope: Mapping[str, str], role: Role) -> None:
        name = named(node, scope)
        if name is None:
            self._refuse(node.lineno, "只可写事实的名称，不可调用、取下标或计算")
        elif not name.startswith("loop."):
            self._use(name, role, node.lineno)
        elif name.removeprefix("loop.") not in LOOP:
            self._refuse(node.lineno, f"不可使用 {name}；循环只有 {'、'.join(sorted(LOOP))}")

    def _use(self, name: str, role: Role, line: int) -> None:
        if name.startswith(_WRONG):
            return
        number, tag = self._tag(self._tag_line(line))
        self._uses.append(Use(name, role, self._source.part, self._paragraph(line), number, tag))

    def _check_whole(self, body: list[nodes.Node]) -> None:
        """What a block holds can be left out or repeated: it opens what it closes, within one paragraph."""
        if self._unpaired:
            return
        closed, opened = [], []
        for close, name, single in _elements(body):
            if single:
                continue
            if not close:
                opened.append(name)
            elif opened:
                opened.pop()
            else:
                closed.append(name)
        if opened[::-1] != closed or {*closed} - {"w:t", "w:r", "w:hyperlink"}:
            self._refuse(
                body[0].lineno, "if 或 for 跨越了段落或单元格；整段请用独占一段的 {%p … %}，整行请用 {%tr … %}"
            )

    def _refuse(self, line: int, reason: str) -> None:
        line = self._tag_line(line)
        number, tag = self._tag(line)
        text = short(self._paragraph(line))
        said = f"{reason}。"
        if number:
            fault = self._source.places.at(said, number, tag)
        else:
            fault = Fault(self._source.part, said, 0, text, short(tag))
        if fault not in self._faults:
            self._faults.append(fault)

    def _tag(self, line: int) -> tuple[int, str]:
        """The number of the paragraph in which the tag of a line stands, 0 when that cannot be told, and the tag."""
        before, known = bisect_right(self._tags, line), self._source.places.tags
        return known[before - 1] if before and len(known) == len(self._tags) else (0, "")

    def _paragraph(self, line: int) -> str:
        """The text of the paragraph around a line, its tags included."""
        after = bisect_right(self._paragraphs, line)
        first = self._paragraphs[after - 1] if after else 1
        last = self._paragraphs[after] if after < len(self._paragraphs) else len(self._lines) + 1
        return _TAG.sub("", "".join(self._lines[first - 1 : last - 1])).strip()


def named(node: nodes.Node, scope: Mapping[str, str]) -> str | None:
    """The full name of the fact that a tag names; ``scope`` says what the rows of the loops around it are."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name, node.name)
    if isinstance(node, nodes.Getattr) and not node.attr.startswith("_"):
        base = named(node.node, scope)
        return base and f"{base}.{node.attr}"
    return None


def _after(text: str) -> str:
    """What stands behind the tag with which a line begins."""
    return text[found.start() :] if (found := re.search(r"<", text)) else ""


def _elements(body: list[nodes.Node]) -> Iterator[tuple[str, str, str]]:
    """The XML tags that stand directly in a block; a block inside it is whole by itself."""
    for node in body:
        if isinstance(node, nodes.Output):
            for child in node.nodes:
                if isinstance(child, nodes.TemplateData):
                    yield from (match.groups() for match in _ELEMENT.finditer(child.data))  # type: ignore[misc]


def _is_count(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Const):
        return isinstance(node.value, int)
    if isinstance(node, nodes.Filter):
        return node.name == "length"
    return isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop"
