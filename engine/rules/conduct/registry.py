"""The rules PR-01… by which a journey is read as a judge would: each with severity, source and where it is mended."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.rules.conduct.journey import Entry, Journey, only
from engine.rules.conduct.limits import Limits
from engine.rules.prereview.facts import Absent
from engine.rules.prereview.registry import Severity


@dataclass(frozen=True)
class Seen:
    """What a rule looked at, and what was wrong with it; ``fault`` is empty where nothing was."""

    entries: tuple[Entry, ...]
    fault: str


def seen(*entries: Entry | None, fault: str = "") -> Seen:
    """What was looked at, of that what is there."""
    return Seen(tuple(only(*entries)), fault)


Check = Callable[[Journey, Limits], Iterator[Seen]]


class Verdict(StrEnum):
    """What a rule says of a journey; ``PENDING`` where nothing it speaks of has happened."""

    FAULT = "FAULT"
    UNKNOWN = "UNKNOWN"
    KEPT = "KEPT"
    PENDING = "PENDING"


@dataclass(frozen=True)
class Rule:
    """One rule: the articles that people read, its source by the ids of law, manual and decisions.

    ``step`` is the task where a fault of it is mended, empty where that is the step that shows the fault.
    """

    id: str
    severity: Severity
    title: str
    articles: str
    source: str
    step: str
    check: Check


@dataclass(frozen=True)
class Finding:
    """What a rule says: its verdict, a sentence for each fault, and the entries of the log that it rests on.

    Of a fault, ``evidence`` are the entries of the faults; else everything that was looked at.
    """

    rule: Rule
    verdict: Verdict
    says: tuple[str, ...]
    evidence: tuple[Entry, ...]

    @property
    def step(self) -> str:
        """The task where it is mended: the rule's, else the last that it names; empty where there is none."""
        tasks = [str(entry["task"]) for entry in self.evidence if "task" in entry.content]
        return self.rule.step or (tasks[-1] if tasks else "")

    @property
    def blocks(self) -> bool:
        """Whether it is a fault on which the journey may fall."""
        return self.verdict is Verdict.FAULT and self.rule.severity is Severity.BLOCKER


RULES: dict[str, Rule] = {}


def rule(id: str, severity: str, title: str, articles: str, source: str, step: str) -> Callable[[Check], Check]:
    """Register the function below as a rule; it yields what it looks at, with the fault where there is one."""

    def register(check: Check) -> Check:
        if id in RULES:
            raise ValueError(f"{id} stands twice")
        RULES[id] = Rule(id, Severity(severity), title, articles, source, step, check)
        return check

    return register


def examine(rules: Mapping[str, Rule], journey: Journey, limits: Limits) -> list[Finding]:
    """What every rule says, in their order.  A rule that lacks a fact says so; none passes over what is missing."""
    return [_apply(rules[id], journey, limits) for id in sorted(rules)]


def _apply(one: Rule, journey: Journey, limits: Limits) -> Finding:
    looked: list[Seen] = []
    lacking = ""
    try:
        looked.extend(one.check(journey, limits))
    except Absent as absent:
        lacking = f"流转记录里没有“{absent.label}”，无法核对；请对照原件人工核对。"
    faults = [look for look in looked if look.fault]
    says = tuple(dict.fromkeys([*(look.fault for look in faults), *([lacking] if lacking else [])]))
    if faults:
        return Finding(one, Verdict.FAULT, says, _evidence(faults))
    verdict = Verdict.UNKNOWN if lacking else Verdict.KEPT if looked else Verdict.PENDING
    return Finding(one, verdict, says, _evidence(looked))


def _evidence(looked: list[Seen]) -> tuple[Entry, ...]:
    found = {entry.no: entry for look in looked for entry in look.entries}
    return tuple(found[no] for no in sorted(found))
