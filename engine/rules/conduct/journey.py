"""A journey as its log tells it: what still counts, in order, each entry with its legal day and what it kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from engine import events
from engine.rules.conduct.kept import KEPT
from engine.rules.prereview.facts import Absent

_STEPS = frozenset({"TaskCompleted", "TaskReplayed"})
_CONVENED = "resolve_agenda"


@dataclass(frozen=True)
class Entry:
    """One entry of the log; ``on`` is its day where the law is reckoned, ``actor`` whose doing it was."""

    no: int
    on: date
    actor: str
    kind: str
    content: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.content[name]

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.content.get("title", self.kind))

    def get(self, name: str) -> Any:
        """What the step kept under ``name``, None where the question was left open.  Raises Absent."""
        facts = self.content.get("facts", {})
        if name not in facts:
            raise Absent(f"{self['task']}.{name}", f"{self.title}·{KEPT[self['task']][name]}")
        return facts[name]

    def need(self, name: str) -> Any:
        """What the step kept under ``name``.  Raises Absent, also for a question left open."""
        found = self.get(name)
        if found is None:
            raise Absent(f"{self['task']}.{name}", f"{self.title}·{KEPT[self['task']][name]}")
        return found

    def day(self, name: str) -> date:
        """A day that the step kept.  Raises Absent."""
        return date.fromisoformat(self.need(name))

    def said(self, name: str) -> str:
        """A text that the step kept, empty for a question left open.  Raises Absent."""
        return str(self.get(name) or "").strip()


@dataclass(frozen=True)
class Journey:
    """The entries that count, and all of them with those that an undo took out."""

    counted: Sequence[Entry]
    every: Sequence[Entry]

    @staticmethod
    def read(log: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> "Journey":
        """The journey in a log: entries with ``no, at, actor, kind`` and their own fields."""
        fell = events.fallen(log)
        every = [_entry(event, zone) for event in log]
        return Journey([entry for entry in every if entry.no not in fell], every)

    @cached_property
    def steps(self) -> Sequence[Entry]:
        """The steps that somebody completed."""
        return [entry for entry in self.counted if entry.kind in _STEPS]

    def done(self, *tasks: str) -> list[Entry]:
        """Each time that one of ``tasks`` was completed."""
        return [entry for entry in self.steps if entry["task"] in tasks]

    def gates(self, gate: str, *outcomes: str) -> list[Entry]:
        """Each time that a gate decided, with one of ``outcomes`` where some are named."""
        found = [entry for entry in self.counted if entry.kind == "GateDecided" and entry["gate"] == gate]
        return [entry for entry in found if not outcomes or entry["outcome"] in outcomes]

    def of(self, kind: str) -> list[Entry]:
        """The entries of a kind."""
        return [entry for entry in self.counted if entry.kind == kind]

    def papers(self, document: str) -> list[Entry]:
        """Each time that a paper was issued."""
        return [entry for entry in self.of("DocumentIssued") if entry["document"] == document]

    def last(self, task: str, before: Entry) -> Entry | None:
        """The last time that a task was completed before an entry."""
        return last(self.done(task), before)

    def within_vote(self, task: str, before: Entry) -> Entry | None:
        """As :meth:`last`, of the vote that was convened last before the entry."""
        found, convened = self.last(task, before), self.last(_CONVENED, before)
        return None if found is None or (convened is not None and found.no < convened.no) else found

    def first_after(self, tasks: Iterable[str], entry: Entry) -> Entry | None:
        """The first time that one of ``tasks`` was completed after an entry."""
        return next((one for one in self.done(*tasks) if one.no > entry.no), None)


def last(entries: Iterable[Entry], before: Entry) -> Entry | None:
    """The last of ``entries`` before another."""
    found = [entry for entry in entries if entry.no < before.no]
    return found[-1] if found else None


def only(*entries: Entry | None) -> Iterator[Entry]:
    """Those that are there."""
    return (entry for entry in entries if entry is not None)


def _entry(event: Mapping[str, Any], zone: ZoneInfo) -> Entry:
    content = {name: value for name, value in event.items() if name not in {"no", "at", "actor", "kind"}}
    on = datetime.fromisoformat(event["at"]).astimezone(zone).date()
    return Entry(event["no"], on, content.get("by") or event["actor"], event["kind"], content)
