"""Rendering: a template compiled once, its unchanging parts compressed once; equal facts give equal bytes."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from jinja2 import Template, UndefinedError, nodes

from engine.documents import code, identity, sentences
from engine.documents.code import Place
from engine.documents.dialect import ENVIRONMENT, Source, Use
from engine.documents.facts import Facts
from engine.documents.package import DOCUMENT, Archive
from engine.errors import InvalidDefinition

# A hair-thin paragraph that starts a page: works before a table too, and cannot spill over to an empty page.
NEW_PAGE = (
    b'<w:p><w:pPr><w:pageBreakBefore/><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    b'<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)
#: How hard the body is compressed: one copy as fast as it can be, thousands of copies to a third of that.
_ONE, _MANY = 2, 3
_DRAWING, _DRAWING_ID = "<wp:docPr", re.compile(r'\A([^>]*?\bid=")\d+')
_BOOKMARK = re.compile(r"<w:bookmark(?:Start|End)\b[^>]*/>")


@dataclass(frozen=True)
class Compiled:
    """A published template.

    ``names`` are the facts it may print or ask for, ``groups`` the tasks and registers that these and its lists
    belong to, ``sha256`` is of the template file, ``place`` that of the document's code.
    """

    file: str
    sha256: str
    names: frozenset[str]
    groups: frozenset[str]
    place: Place | None = field(repr=False)
    _static: Archive = field(repr=False)
    _head: bytes = field(repr=False)
    _body: Template = field(repr=False)
    _tail: bytes = field(repr=False)
    _others: Mapping[str, Template] = field(repr=False)
    _drawings: bool = field(repr=False)
    _again: bool = field(repr=False)

    @classmethod
    def of(
        cls,
        file: str,
        content: bytes,
        parts: Mapping[str, bytes],
        sources: Iterable[Source],
        uses: Sequence[Use],
        prose: frozenset[str],
    ) -> "Compiled":
        """Compile inspected sources; use :func:`engine.documents.inspect.publish`."""
        markup = {source.part: source.markup for source in sources}
        head, body, tail = split(markup.pop(DOCUMENT))
        body = _numbered(body, count(1))
        parts = identity.room(parts)
        place = Place.of(file, parts)
        changing = {DOCUMENT, *markup} | (place.dynamic if place else frozenset())
        return cls(
            file=file,
            sha256=hashlib.sha256(content).hexdigest(),
            names=frozenset(use.name for use in uses if use.role != "list") | ({code.FACT} if place else set()),
            groups=frozenset(use.group for use in uses),
            place=place,
            _static=Archive.of({name: part for name, part in parts.items() if name not in changing}),
            _head=head.encode(),
            _body=_template(body, prose),
            _tail=tail.encode(),
            _others={part: _template(text, prose) for part, text in markup.items()},
            _drawings=_DRAWING in body,
            _again=any(_DRAWING in data.data for loop in _loops(body) for data in loop.find_all(nodes.TemplateData)),
        )

    def render(self, facts: Facts) -> bytes:
        """One Word file.  Raises InvalidDefinition naming the fact if the template needs one not known yet."""
        return self._file([facts], [self._fill(self._body, facts)])

    def render_many(self, many: Sequence[Facts]) -> bytes:
        """One Word file with a copy for each of ``many``, each on a new page; headers and footers are shared.

        Raises ValueError if there is nothing to render, InvalidDefinition if a header would differ.
        """
        if not many:
            raise ValueError("nothing to render")
        return self._file(many, (_BOOKMARK.sub("", self._fill(self._body, facts)) for facts in many))

    def _file(self, many: Sequence[Facts], bodies: Iterable[str]) -> bytes:
        archive = self._static.copy()
        for name, part in identity.properties(_identity(many[0])).items():
            archive.add(name, [part], level=0)
        for name, template in self._others.items():
            texts = {self._fill(template, facts) for facts in many}
            if len(texts) > 1:
                raise InvalidDefinition(self.file, name, "合并打印时页眉、页脚须各份相同；请把逐份变化的内容移到正文。")
            archive.add(name, [texts.pop().encode()], level=_ONE)
        if self.place:
            self.place.add(archive, many)
        archive.add(DOCUMENT, self._pieces(bodies, len(many)), level=_ONE if len(many) == 1 else _MANY)
        return archive.close()

    def _pieces(self, bodies: Iterable[str], many: int) -> Iterator[bytes]:
        # no two drawings of a file have one number: a template's have theirs, those of its copies and loops get them
        ids, anew = count(1), self._again or (self._drawings and many > 1)
        yield self._head
        for index, body in enumerate(bodies):
            if index:
                yield NEW_PAGE
            if self.place:
                body = self.place.of_copy(body, index)
            yield (_numbered(body, ids) if anew else body).encode()
        yield self._tail

    def _fill(self, template: Template, facts: Facts) -> str:
        try:
            return template.render(facts.values)
        except UndefinedError as error:
            unknown = facts.unknown(self.names)
            reason = "文书需要的事实尚未产生；请先办理有关任务，或在模板中用 {%p if answered.… %} 判断"
            raise InvalidDefinition(self.file, "、".join(unknown), f"{reason}（{error.message}）。") from error


def _numbered(body: str, ids: Iterator[int]) -> str:
    """The body with its drawings numbered on."""
    before, *drawings = body.split(_DRAWING)
    return _DRAWING.join((before, *(_DRAWING_ID.sub(lambda found: f"{found[1]}{next(ids)}", one) for one in drawings)))


def _template(markup: str, prose: frozenset[str]) -> Template:
    return ENVIRONMENT.from_string(sentences.meet(ENVIRONMENT.parse(markup), prose))


def _loops(body: str) -> Iterator[nodes.For]:
    return ENVIRONMENT.parse(body).find_all(nodes.For)


def _identity(facts: Facts) -> identity.Identity | None:
    """The first version of the document that the facts are of."""
    number = getattr(facts.values.get("document"), "number", "")
    return identity.Identity(str(number), 1) if number else None


def split(markup: str) -> tuple[str, str, str]:
    """What stands before the body's content, the content, and the last section's settings with what follows."""
    start = markup.index(">", markup.index("<w:body")) + 1
    end = markup.rindex("</w:body>")
    section = markup.rfind("<w:sectPr", start, end)
    if section >= 0 and markup[section:end].rstrip().endswith("</w:sectPr>"):
        end = section
    return markup[:start], markup[start:end], markup[end:]
