"""When a field is not asked: comparisons of earlier fields with literals, a small subset of FEEL.

``=kind = "A"``, ``=kind != "A" and kind != "B"``, ``=agreed = true``; all joined by ``and``, or all by ``or``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_COMPARISON = re.compile(r'\s*([a-z][a-z0-9_]*)\s*(!?=)\s*("[^"]*"|true|false)\s*')
_JOINED = re.compile(r"\s(and|or)\s")


class Refused(ValueError):
    """Raised for a condition outside the subset."""


@dataclass(frozen=True)
class Condition:
    """Comparisons ``(field, whether equal, literal)`` of which ``every`` one, or any one, must hold."""

    comparisons: tuple[tuple[str, bool, str], ...]
    every: bool

    @property
    def fields(self) -> frozenset[str]:
        """The fields that are compared."""
        return frozenset(field for field, _, _ in self.comparisons)

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether the condition holds for typed answers; a field without an answer equals nothing."""
        found = ((_said(answers.get(field)) == literal) is equal for field, equal, literal in self.comparisons)
        return all(found) if self.every else any(found)


def parse(text: str) -> Condition:
    """The condition written in a form.  Raises Refused."""
    if not text.startswith("="):
        raise Refused("条件应以 = 开头")
    parts = _JOINED.split(text[1:])
    joins = set(parts[1::2])
    if len(joins) > 1:
        raise Refused("条件只能全用 and，或全用 or")
    return Condition(tuple(_comparison(part) for part in parts[::2]), joins != {"or"})


def _comparison(text: str) -> tuple[str, bool, str]:
    match = _COMPARISON.fullmatch(text)
    if match is None:
        raise Refused(f'“{text.strip()}”应写成 字段 = "值"')
    field, sign, literal = match.groups()
    return field, sign == "=", literal.strip('"')


def _said(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
