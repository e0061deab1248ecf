"""What a person wrote and the words of the template around it meet as sentences do: with one mark between them.

People close their last sentence or do not.  Where words of the paper follow in the same paragraph, the sentence is
closed; where the template has a mark of its own there, a mark that was typed gives way to it.  What stands at the end
of a paragraph is printed as it was typed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from jinja2 import nodes

from engine.documents import dialect

#: What follows a value in its paragraph: nothing, a mark of the template, words, or what belongs to the sentence.
Follows = Literal["end", "mark", "words", "bracket"]

#: How the two filters are called; neither is a name that a template can write.
CLOSED, OPENED = "closed sentence", "opened sentence"

_PARAGRAPH_ENDS = re.compile(r"</?w:p[ >]|<w:(?:br|tab|cr)\b")
_TAG = re.compile(r"<[^>]*>")
_MARKS = "。！？；，、：）」』”’》】.!?;,:)"
_BRACKETS = "（【(["
_CLOSERS = "”’」』）》】)\"'"
_LAST = "。！？；：…—.!?;:"
_GIVES_WAY = "。；，、.;,"


def closed(value: object) -> str:
    """A sentence that ends: ``。`` is put where no mark was typed, and in the place of a comma."""
    text = str(value).rstrip()
    bare = text.rstrip(_CLOSERS)
    if not bare or (bare[-1] in _LAST and not bare.endswith("——")):
        return text
    return f"{text.rstrip('，、,')}。"


def opened(value: object) -> str:
    """A sentence without its last mark, for the template's own follows."""
    text = str(value).rstrip()
    return text.rstrip(_GIVES_WAY) or text


dialect.ENVIRONMENT.filters |= {CLOSED: closed, OPENED: opened}


@dataclass(frozen=True)
class _Closer:
    """One walk through the tags of a template, from its end: what follows is known before what stands there."""

    prose: frozenset[str]

    def body(self, body: Sequence[nodes.Node], follows: Follows, scope: Mapping[str, str]) -> Follows:
        for node in reversed(body):
            if isinstance(node, nodes.Output):
                follows = self._output(node, follows, scope)
            elif isinstance(node, nodes.If):
                follows = self._if(node, follows, scope)
            elif isinstance(node, nodes.For):
                follows = self._for(node, follows, scope)
        return follows

    def _output(self, node: nodes.Output, follows: Follows, scope: Mapping[str, str]) -> Follows:
        for place in reversed(range(len(node.nodes))):
            child = node.nodes[place]
            if isinstance(child, nodes.TemplateData):
                follows = _first(child.data, follows)
                continue
            node.nodes[place] = self._value(child, follows, scope)
            follows = "words"
        return follows

    def _value(self, node: nodes.Expr, follows: Follows, scope: Mapping[str, str]) -> nodes.Expr:
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            node.expr1 = self._value(node.expr1, follows, scope)
            node.expr2 = self._value(node.expr2, follows, scope)
            return node
        if follows not in {"mark", "words"} or dialect.named(node, scope) not in self.prose:
            return node
        name = CLOSED if follows == "words" else OPENED
        return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)

    def _if(self, node: nodes.If, follows: Follows, scope: Mapping[str, str]) -> Follows:
        begin = [self.body(node.body, follows, scope), self.body(node.else_, follows, scope)]
        begin += [self._if(one, follows, scope) for one in node.elif_]
        return _either(begin)

    def _for(self, node: nodes.For, follows: Follows, scope: Mapping[str, str]) -> Follows:
        listed = dialect.named(node.iter, scope)
        target = node.target.name if isinstance(node.target, nodes.Name) else ""
        inner = {**scope, target: f"{listed}[]", "loop": "loop"}
        # what follows its last row is what follows the loop, what follows another is how a row begins
        begins = _Closer(frozenset()).body(node.body, follows, inner)
        self.body(node.body, _either([begins, follows]), inner)
        return _either([begins, self.body(node.else_, follows, scope)])


def meet(tree: nodes.Template, prose: frozenset[str]) -> nodes.Template:
    """The parsed tags of a part, with the named facts printed as sentences; ``prose`` is what people write freely."""
    _Closer(prose).body(tree.body, "end", {})
    return tree


def _first(data: str, follows: Follows) -> Follows:
    """What comes first in a stretch of a template, or what follows it where it has no words."""
    broken = _PARAGRAPH_ENDS.search(data)
    said = _TAG.sub("", data[: broken.start()] if broken else data).strip()
    if said:
        return "mark" if said[0] in _MARKS else "bracket" if said[0] in _BRACKETS else "words"
    return "end" if broken else follows


def _either(begins: Iterable[Follows]) -> Follows:
    """What follows where it may be one or the other: words that may follow need a sentence that is closed."""
    order: Sequence[Follows] = ("words", "mark", "bracket", "end")
    found = {*begins}
    return next(one for one in order if one in found)
