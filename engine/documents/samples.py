"""Sample facts: what carried cases print, nobody named, for templates to be tried with and looked at."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from engine.documents import facts
from engine.documents.catalogue import KINDS
from engine.documents.facts import Facts
from engine.documents.printing import Codes, Untrue

#: Where a sample says that it is verified: an address that leads nowhere.
ADDRESS = "https://example.invalid/样例"
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{11}[\dX](?![\dX])")
#: How texts that are no plain ones are written down.
_UNTRUE, _CODES = "0", ","


@dataclass(frozen=True)
class Printed:
    """A paper of a case: its number, its day, and what was otherwise when it was issued, as :func:`otherwise` says."""

    number: str
    day: str
    then: Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """What one case prints at its end: ``values`` as :func:`plain` says.

    ``papers`` are those by kind that are looked at with this case, each with the facts of its own moment.
    """

    title: str
    papers: Mapping[str, Printed]
    values: Mapping[str, Any]

    def facts(self, kind: str) -> Facts:
        """What a template of the kind may say: what was known when the paper was issued, as it was then."""
        paper = self.papers[kind]
        then = {name: value for name, value in {**self.values, **paper.then}.items() if value is not None}
        known = facts.known(_facts(then))
        day = date.fromisoformat(paper.day)
        stamp = {"number": paper.number, "title": KINDS[kind].title, "date": day, "address": ADDRESS}
        return known.having("document", stamp)


def plain(printed: Facts) -> dict[str, Any]:
    """Facts as values of JSON, in the order of their names."""
    return {name: _plain(value) for name, value in sorted(printed.values.items()) if name != "answered"}


def otherwise(then: Mapping[str, Any], end: Mapping[str, Any]) -> dict[str, Any]:
    """Of plain values those that were not yet as at the end, None where there were none; a paper has its own stamp."""
    named = sorted({*then, *end} - {"document"})
    return {name: then.get(name) for name in named if then.get(name) != end.get(name)}


def hide(values: Any, hidden: Callable[[str], str]) -> Any:
    """The same plain values with what ``hidden`` leaves of each text."""
    if isinstance(values, str):
        return hidden(values)
    if isinstance(values, list):
        return [hide(one, hidden) for one in values]
    return {name: hide(value, hidden) for name, value in values.items()}


def without_persons(names: Iterable[str], masked: Callable[[str], str]) -> Callable[[str], str]:
    """What hides these names, telephone and identity numbers in a text; the longer names first."""
    known = sorted({*names}, key=lambda name: (-len(name), name))
    pattern = re.compile("|".join(map(re.escape, known)) or r"(?!)")

    def hidden(text: str) -> str:
        shown = pattern.sub(lambda found: masked(found[0]), text)
        return _IDENTITY.sub(r"\1************", _PHONE.sub(r"\1****\2", shown))

    return hidden


def record(samples: Iterable[Sample]) -> list[dict[str, Any]]:
    """Samples as values of JSON."""
    return [
        {
            "title": one.title,
            "papers": {kind: [paper.number, paper.day, paper.then] for kind, paper in sorted(one.papers.items())},
            "values": one.values,
        }
        for one in samples
    ]


def read(recorded: Iterable[Mapping[str, Any]]) -> tuple[Sample, ...]:
    """Samples as :func:`record` wrote them."""
    return tuple(
        Sample(one["title"], {kind: Printed(*paper) for kind, paper in one["papers"].items()}, one["values"])
        for one in recorded
    )


def _plain(value: Any) -> Any:
    if isinstance(value, SimpleNamespace):
        return {name: _plain(inner) for name, inner in vars(value).items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Untrue):
        return {_UNTRUE: str(value)}
    return {_CODES: str(value)} if isinstance(value, Codes) else str(value)


def _facts(value: Mapping[str, Any]) -> dict[str, Any]:
    """The printed values that plain ones stand for."""
    return {name: _fact(inner) for name, inner in value.items()}


def _fact(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [_fact(inner) for inner in value]
    if _UNTRUE in value:
        return Untrue(value[_UNTRUE])
    if _CODES in value:
        return Codes(value[_CODES])
    return SimpleNamespace(**_facts(value))
