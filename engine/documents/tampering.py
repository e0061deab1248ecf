"""Facts that somebody changed by hand: found where the template printed them, with what stands there now."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from engine.documents import sentences, show
from engine.documents.aligning import Span
from engine.documents.clauses import CELL, Change
from engine.documents.dialect import Use

_TAG = re.compile(r"\{\{\s*(?P<value>.*?)\s*\}\}|\{%(?:p|tr)?\s*(?P<word>\w+).*?%\}")
_PATH = re.compile(r"[\w.]+")
_UNIT = re.compile(rf"[^\n{CELL.strip()}]+")
#: Two signs of one number: 2,000.00 is no value of 42,000.00.
_FIGURE = re.compile(r"[\d,.]{2}")
#: White space that Word keeps outside the text of a template's paragraph.
_LOOSE = re.compile(r"[\s\u3000]+")
#: What a block of a template is in a pattern: left out, one of several, repeated.
_BLOCKS = {"if": "(?:", "for": "(?:", "elif": "|", "else": "|", "endif": "|)", "endfor": ")*"}
#: A value that was not recorded.
_OPEN = ".{0,40}?"
#: A column with more values than this is not looked for one by one.
_MOST_VALUES = 500


def tags(line: str) -> list[tuple[int, int]]:
    """Where a line of a template prints values."""
    return [tag.span() for tag in _TAG.finditer(line) if not tag["word"]]


@dataclass(frozen=True)
class Altered:
    """A fact that was changed by hand in a clause: what was printed, and what stands there now, nothing if it went."""

    name: str
    clause: str
    was: str
    now: str


@dataclass
class Template:
    """Where a template prints facts; ``printed`` are those that the old file recorded, by name."""

    content: bytes
    printed: Mapping[str, Any]
    _matched: dict[str, tuple[tuple[str, int, int], ...]] = field(default_factory=dict)

    def altered(self, changes: Iterable[Change]) -> list[Altered]:
        """The facts that these changes touch, each once for a clause, in order."""
        found: dict[tuple[str, str, str], Altered] = {}
        for change in changes:
            for line in change.lines if change.kind in {"changed", "removed"} else ():
                for name, was, now in self._touched(line):
                    found.setdefault((name, change.title, was), Altered(name, change.title, was, now))
        return [*found.values()]

    def places(self, line: str) -> list[tuple[str, int, int]]:
        """The facts that a line printed, each with where it begins and ends, in order."""
        found = [
            (name, unit.start() + start, unit.start() + end)
            for unit in _UNIT.finditer(line)
            for name, start, end in self._facts_in(unit[0])
        ]
        return sorted(found, key=lambda one: one[1:])

    def spans(self, line: str) -> list[tuple[int, int]]:
        """Where a line printed a fact, whichever it is."""
        return [(start, end) for _, start, end in self.places(line)]

    def _touched(self, line: Sequence[Span]) -> Iterator[tuple[str, str, str]]:
        old = "".join(span.text for span in line if span.op != "new")
        if old == "".join(span.text for span in line if span.op != "gone"):
            return
        for name, *place in self.places(old):
            if _touches(line, *place):
                yield name, old[slice(*place)].strip(), _now(line, *place).strip()

    def _facts_in(self, unit: str) -> tuple[tuple[str, int, int], ...]:
        """The facts that a paragraph prints, and where: as the template says, else wherever their value stands."""
        if unit not in self._matched:
            squeezed = _LOOSE.sub("", unit)
            likely = self._patterns.get(squeezed[:1], self._patterns[""])
            found = next((match for one in likely if (match := one.match(unit, squeezed, self.printed))), None)
            self._matched[unit] = tuple(self._by_value(unit)) if found is None else found
        return self._matched[unit]

    def _by_value(self, unit: str) -> Iterator[tuple[str, int, int]]:
        for name, value in self._telling:
            start = unit.find(value)
            while start >= 0:
                end = start + len(value)
                if not (_FIGURE.match(unit[start - 1 : start + 1]) or _FIGURE.match(unit[end - 1 : end + 1])):
                    yield name, start, end
                start = unit.find(value, end)

    @cached_property
    def _telling(self) -> list[tuple[str, str]]:
        """The values that are known by themselves: a short word stands in many places by chance."""
        texts = [(name, value) for name, value in self.printed.items() if isinstance(value, str)]
        return [
            (name, value)
            for name, value in texts
            if len(value) >= 4 or (len(value) >= 3 and any(map(str.isdigit, value)))
        ]

    @cached_property
    def _patterns(self) -> Mapping[str, Sequence["_Pattern"]]:
        """By the sign that a paragraph begins with those that may fit it; under ``""`` those that begin with a fact."""
        made = [_Pattern.of(text, uses, self.printed) for text, uses in _paragraphs(self.content).items()]
        # the surest first: a pattern that leaves much open fits many paragraphs
        made.sort(key=lambda one: (one.pattern.pattern.count(_OPEN), -len(one.pattern.pattern)))
        signs = {one.begins[:1] for one in made} | {""}
        return {sign: [one for one in made if one.begins[:1] in {sign, ""}] for sign in signs}


@dataclass(frozen=True)
class _Pattern:
    """A paragraph of a template as a pattern; ``begins`` are its first words.

    ``names`` are for each of its groups the facts that it may be: rows of several tables may be written alike.
    """

    pattern: re.Pattern[str]
    names: tuple[tuple[str, ...], ...]
    begins: str

    @classmethod
    def of(cls, text: str, uses: Sequence[Use], printed: Mapping[str, Any]) -> "_Pattern":
        made, names, end = [], [], 0
        tags = [*_TAG.finditer(text)]
        within = _within([str(tag["word"] or "") for tag in tags])
        for place, tag in enumerate(tags):
            made.append(_literal(text[end : tag.start()]))
            end = tag.end()
            if tag["word"]:
                made.append(_BLOCKS.get(tag["word"], "") if place in within else "")
                continue
            may_be = _names(tag["value"], uses)
            names.append(may_be)
            # a sentence is closed where words follow
            made.append(f"({_any([one for name in may_be for one in _values(printed.get(name))])})。?")
        made.append(_literal(text[end:]))
        begins = _plain(text[: tags[0].start()] if tags else text)
        return cls(re.compile("".join(made), re.DOTALL), tuple(names), begins)

    def match(self, unit: str, squeezed: str, printed: Mapping[str, Any]) -> tuple[tuple[str, int, int], ...] | None:
        """Where the facts stand in a paragraph that the template printed, or nothing for another paragraph.

        ``squeezed`` is the paragraph without white space.
        """
        if not squeezed.startswith(self.begins) or (found := self.pattern.fullmatch(squeezed)) is None:
            return None
        kept = [place for place, sign in enumerate(unit) if not _LOOSE.match(sign)]
        places = []
        for number, names in enumerate(self.names, start=1):
            start, end = found.span(number)
            known = [name for name in names if name in printed]
            if 0 <= start < end and known:
                said = found[number]
                name = next((one for one in known if said in map(_plain, _as_met(_values(printed[one])))), known[0])
                places.append((name, kept[start], kept[end - 1] + 1))
        return tuple(places)


def _within(words: Sequence[str]) -> set[int]:
    """Which of these tags belong to blocks that begin and end among them; others go on in further paragraphs."""
    found: set[int] = set()
    opened: list[list[int]] = []
    for place, word in enumerate(words):
        if word in {"if", "for"}:
            opened.append([place])
        elif word in {"elif", "else"} and opened:
            opened[-1].append(place)
        elif word in {"endif", "endfor"} and opened:
            found.update(opened.pop(), [place])
    return found


def _values(value: Any) -> list[str]:
    """The value of a fact, or those of a column, as they are printed."""
    return [str(one) for one in (value if isinstance(value, list) else [value]) if isinstance(one, (str, int))]


def _any(values: Iterable[str]) -> str:
    """A pattern for one of these values, or for a short text where none was recorded."""
    known = sorted(filter(None, map(_literal, _as_met(values))), key=len, reverse=True)
    return "|".join(known) if known and len(known) <= _MOST_VALUES else _OPEN


def _as_met(values: Iterable[str]) -> set[str]:
    """Values as they were given, and with their last mark gone for one of the template's."""
    return {said for value in values for said in (value, sentences.opened(value))}


def _literal(text: str) -> str:
    return re.escape(_plain(text))


def _plain(text: str) -> str:
    """What a stretch of a template prints, without white space."""
    return _LOOSE.sub("", text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@lru_cache(maxsize=256)
def _paragraphs(content: bytes) -> Mapping[str, Sequence[Use]]:
    """The paragraphs of a template that print a fact, each with what it uses; read once for each template."""
    found: dict[str, list[Use]] = {}
    for use in show.show(content, file="template"):
        found.setdefault(use.paragraph, []).append(use)
    return {text: uses for text, uses in found.items() if "{{" in text}


def _names(expression: str, uses: Sequence[Use]) -> tuple[str, ...]:
    """The facts that a tag may print: its path, or what the loops around it stand for."""
    path = _PATH.match(expression)
    said = path[0] if path else ""
    ending = "[]." + said.partition(".")[2]
    names = [use.name for use in uses if use.role == "text"]
    found = dict.fromkeys(name for name in names if name in {said, f"{said}[]"} or name.endswith(ending))
    return tuple(found) or (said,)


def _touches(line: Sequence[Span], start: int, end: int) -> bool:
    for span in line:
        if span.op == "gone" and span.old < end and span.old + len(span.text) > start:
            return True
        if span.op == "new" and start < span.old < end:
            return True
    return False


def _now(line: Sequence[Span], start: int, end: int) -> str:
    """What stands now where an old stretch stood."""
    found, replaced = [], False
    for span in line:
        if span.op == "same":
            found.append(span.text[max(0, start - span.old) : max(0, end - span.old)])
            replaced = False
        elif span.op == "gone":
            replaced = span.old < end and span.old + len(span.text) > start
        elif replaced or start < span.old < end:
            found.append(span.text)
    return "".join(found)
