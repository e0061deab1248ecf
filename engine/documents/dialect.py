"""The language of templates: a small subset of docxtpl's, with a clear refusal for the rest (docs/templates.md).

``{{ a.b }}`` prints a fact; ``{% if %}`` and ``{% for %}`` stand inside a paragraph, ``{%p … %}`` alone in a
paragraph, ``{%tr … %}`` alone in a table row.  No calls, no subscripts, no assignments, no macros.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.filters import do_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from engine.errors import InvalidDefinition

Role = Literal["text", "list", "condition"]

#: What a loop knows of itself.
LOOP = frozenset({"index", "first", "last", "length"})

#: What a fact may be: a text, a flag or a count, a list of rows, a group.
_FACTS = (str, int, list, SimpleNamespace)

_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_NOISE = re.compile(r' (?:w:rsid\w*|w14:paraId|w14:textId)="[^"]*"|<w:(?:proofErr|lastRenderedPageBreak)\b[^>]*/>')
_PARAGRAPH = re.compile(r"<w:p([ >])")
_TAG = re.compile(r"<[^>]+>")
_ELEMENT = re.compile(r"<(/?)([\w:.-]+)[^<>]*?(/?)>")


@dataclass(frozen=True)
class Use:
    """One place where a template uses a fact: its full name, how, and the text of the paragraph."""

    name: str
    role: Role
    part: str
    paragraph: str

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

    def uses(self) -> list[Use]:
        """Every use of a fact, in order.  Raises InvalidDefinition for anything outside the subset."""
        return _Reader(self).read()


def heal(part: bytes, file: str, name: str) -> Source:
    """A part with the tags that Word split over runs joined again, without editing traces.

    docxtpl's own function does it, so that a template means the same here and there.
    """
    markup = _NOISE.sub("", part.decode("utf-8").replace("\r\n", "\n"))
    healed: str = DocxTemplate(io.BytesIO()).patch_xml(markup)
    return Source(file, name, re.sub(r"\?>\s+<", "?><", healed, count=1))


def _written(value: object) -> object:
    """A fact as Word text: escaped, line ends as line breaks."""
    if isinstance(value, (str, int)):
        shown = escape(value)
        # a plain str, for Markup would escape the break as well
        return Markup(str(shown).replace("\n", _BREAK)) if "\n" in shown else shown  # noqa: S704 - escaped above
    return value


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which even what is passed in may only be looked at: facts, never a method or a private name."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see the attribute."""
        return isinstance(value, _FACTS) and not attr.startswith("_")


def environment() -> ImmutableSandboxedEnvironment:
    """Strict, escaping and empty: no globals, no tests, two filters."""
    found = _Sandbox(autoescape=True, undefined=StrictUndefined, finalize=_written, keep_trailing_newline=True)
    found.globals.clear()
    found.tests.clear()
    found.filters.clear()
    found.filters |= {"length": len, "join": do_join}
    return found


ENVIRONMENT = environment()


class _Reader:
    """One walk over the parsed tags of a source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        # A line for each paragraph, so that the line of a fault names its paragraph.
        self._text = _PARAGRAPH.sub(r"\n<w:p\1", source.markup)
        self._lines = self._text.split("\n")
        self._uses: list[Use] = []

    def read(self) -> list[Use]:
        try:
            tree = ENVIRONMENT.parse(self._text)
        except TemplateSyntaxError as error:
            raise self._refusal(
                error.lineno, f"标签写法有误（{error.message}）；请核对括号和成对的 if/endif、for/endfor"
            ) from error
        self._block(tree.body, {})
        return self._uses

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
                raise self._refusal(node.lineno, "只可使用 if 和 for 两种语句")

    def _if(self, node: nodes.If, scope: Mapping[str, str]) -> None:
        self._condition(node.test, scope)
        for body in (node.body, node.else_):
            self._check_whole(body)
            self._block(body, scope)
        for branch in node.elif_:
            self._if(branch, scope)

    def _for(self, node: nodes.For, scope: Mapping[str, str]) -> None:
        listed = self._name(node.iter, scope)
        if listed is None or not isinstance(node.target, nodes.Name) or node.recursive:
            raise self._refusal(node.lineno, "循环请写作 for 行 in 列表")
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
            raise self._refusal(node.lineno, "事实是文字，不能比较大小；请比较代码，或由规则给出结论")
        for side in sides:
            if isinstance(side, (nodes.List, nodes.Tuple)):
                for item in side.items:
                    self._value(item, scope)
            else:
                self._value(side, scope)

    def _filter(self, node: nodes.Filter, scope: Mapping[str, str]) -> None:
        listed = self._name(node.node, scope) if node.node is not None else None
        constant = all(isinstance(argument, nodes.Const) for argument in node.args)
        if node.name not in ENVIRONMENT.filters or listed is None or not constant or node.kwargs or node.dyn_args:
            raise self._refusal(node.lineno, f'不可使用“|{node.name}”；只可写 列表|length 或 列表|join("、")')
        if node.name == "join":
            return self._use(f"{listed}[]", "text", node.lineno)
        return self._use(listed, "list", node.lineno)

    def _leaf(self, node: nodes.Node, scope: Mapping[str, str], role: Role) -> None:
        name = self._name(node, scope)
        if name is None:
            raise self._refusal(node.lineno, "只可写事实的名称，不可调用、取下标或计算")
        if not name.startswith("loop."):
            self._use(name, role, node.lineno)
        elif name.removeprefix("loop.") not in LOOP:
            raise self._refusal(node.lineno, f"不可使用 {name}；循环只有 {'、'.join(sorted(LOOP))}")

    def _name(self, node: nodes.Node, scope: Mapping[str, str]) -> str | None:
        if isinstance(node, nodes.Name):
            return scope.get(node.name, node.name)
        if isinstance(node, nodes.Getattr) and not node.attr.startswith("_"):
            base = self._name(node.node, scope)
            return base and f"{base}.{node.attr}"
        return None

    def _use(self, name: str, role: Role, line: int) -> None:
        self._uses.append(Use(name, role, self._source.part, self._paragraph(line)))

    def _check_whole(self, body: list[nodes.Node]) -> None:
        """What a block holds can be left out or repeated: it opens what it closes, within one paragraph."""
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
            raise self._refusal(
                body[0].lineno, "if 或 for 跨越了段落或单元格；整段请用独占一段的 {%p … %}，整行请用 {%tr … %}"
            )

    def _refusal(self, line: int, reason: str) -> InvalidDefinition:
        return InvalidDefinition(
            self._source.file, self._source.part, f"{reason}。所在段落：“{self._paragraph(line)}”。"
        )

    def _paragraph(self, line: int) -> str:
        return _TAG.sub("", self._lines[line - 1]).strip() if line <= len(self._lines) else ""


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
