"""The rules RC-01…RC-55 of law §7: each registered with its severity, article, and where its fault is mended."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.rules.prereview.facts import Absent
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits

Check = Callable[[File, Limits], Iterator[str]]


class Severity(StrEnum):
    """``B`` stops signing and is never waived; ``H``, ``M``, ``L`` the adviser may waive with a reason."""

    BLOCKER = "B"
    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


@dataclass(frozen=True)
class Rule:
    """One rule; ``step`` is the task whose answer is at fault."""

    id: str
    severity: Severity
    title: str
    articles: str
    step: str
    check: Check


@dataclass(frozen=True)
class Finding:
    """What a rule found: faults as sentences, and the first fact it needed and nobody gave (path and Chinese name)."""

    rule: Rule
    faults: tuple[str, ...]
    absent: tuple[str, str] | None = None

    @property
    def says(self) -> tuple[str, ...]:
        """The faults, and what is lacking, in words."""
        if self.absent is None:
            return self.faults
        return (*self.faults, f"没有填写“{self.absent[1]}”，无法审查；请补上。")

    @property
    def blocks(self) -> bool:
        """Whether it stops signing."""
        return self.rule.severity is Severity.BLOCKER


RULES: dict[str, Rule] = {}


def rule(id: str, severity: str, title: str, articles: str, step: str) -> Callable[[Check], Check]:
    """Register the function below as a rule; it yields a sentence for each fault."""

    def register(check: Check) -> Check:
        if id in RULES:
            raise ValueError(f"{id} stands twice")
        RULES[id] = Rule(id, Severity(severity), title, articles, step, check)
        return check

    return register


def examine(rules: Mapping[str, Rule], file: File, limits: Limits) -> list[Finding]:
    """What every rule finds, in their order.  A rule that lacks a fact finds that; it never passes over it."""
    found = (_apply(rules[id], file, limits) for id in sorted(rules))
    return [finding for finding in found if finding is not None]


def _apply(one: Rule, file: File, limits: Limits) -> Finding | None:
    faults: list[str] = []
    absent = None
    try:
        for sentence in one.check(file, limits):
            faults.append(sentence)
    except Absent as lacking:
        absent = (lacking.field, lacking.label)
    return Finding(one, tuple(faults), absent) if faults or absent else None
