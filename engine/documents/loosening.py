"""A part of a template that is laid out wrongly, read as its author meant it: so that every other fault is named too.

docxtpl loses what stands beside a tag that has to stand alone, and does not see one in signs of full width.  Here each
such tag keeps its place, apart from the text around it, and nothing gets lost.  What comes of it is only read.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from engine.documents.dialect import Source
from engine.documents.faults import START, Places, tag_at

#: A tag for whole paragraphs, rows or cells.
_WHOLE = re.compile(r"(\{%(?:p|tr|tc|r)\s.*?%\})")
_MARKED = re.compile(r"(\{[{%])(?:p|tr|tc|r)\s")
_TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})")
#: What docxtpl or Jinja would take for something else, and what its author meant.
_MEANT = (
    (re.compile("[｛{](?=[｛{%％])|(?<=[｛{])｛"), "{"),
    (re.compile("(?<=[%％｝}])[｝}]|｝(?=[｝}])"), "}"),
    (re.compile("(?<=[{])％|％(?=[}])"), "%"),
    (re.compile(r"\{#.*?#\}"), ""),
    (re.compile(r"(?<=\{[{%])-|-(?=[}%]\})"), ""),
    (re.compile(r"\{%\s*(?:colspan|cellbg|hm|vm)\b.*?%\}"), ""),
    (re.compile("[“”]"), '"'),
    (re.compile("[‘’]"), "'"),
)


def loosened(places: Places, file: str) -> Source:
    """The tags of a part, each in the paragraph that ``places`` counts."""
    made, tags = ["<w:body>"], []
    for number, text in enumerate(places.texts, 1):
        meant = _meant(text)
        tags += [(number, tag_at(meant, found.start())) for found in START.finditer(meant)]
        made += _paragraphs(meant)
    read = Places(places.part, places.texts, tags, {})
    return Source(file, places.part, "".join((*made, "</w:body>")), read)


def _meant(text: str) -> str:
    for pattern, instead in _MEANT:
        text = pattern.sub(instead, text)
    return text


def _paragraphs(text: str) -> Iterator[str]:
    """The stretches of a paragraph between tags of whole ones, and these, in their order."""
    for place, stretch in enumerate(_WHOLE.split(text)):
        if place % 2:
            yield _MARKED.sub(r"\1 ", stretch)
        elif stretch.strip():
            pieces = _TAG.split(stretch)
            said = "".join(_MARKED.sub(r"\1 ", piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces))
            yield f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>"
