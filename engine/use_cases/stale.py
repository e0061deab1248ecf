"""Papers whose facts have changed since they were printed 旧值: which they are, what changed, and what to do about it.

A paper is held against what its template would print now: exactly those that used a changed fact are marked.  What
was posted or signed stays as it is; a supplement or a new issue says the rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.documents.catalogue import KINDS, Kind
from engine.errors import EngineError
from engine.store import documents
from engine.store.documents import Printed
from engine.use_cases import correcting, papers, provenance
from engine.use_cases.dossier import Dossier
from engine.use_cases.outside import Outside
from engine.use_cases.until_next_event import UntilNextEvent

#: What a paper says of itself and of the numbers of other papers is as of its issue, what stands on each ballot as of
#: the roster that was frozen for the vote.
_OWN = frozenset({"document", "issued", "ballots"})
#: So many names of changed facts are told in a line; the page of the paper lists what they say.
_MOST_TOLD = 5


@dataclass(frozen=True)
class Changed:
    """A fact by name that says something else now: what it is called, what was printed, what it is, where it changed.

    Of a list, ``was`` and ``now`` are the first row that differs.
    """

    name: str
    label: str
    was: str
    now: str
    step: str


@dataclass(frozen=True)
class Stale:
    """A paper with the facts that changed since; ``remedy`` says what to do."""

    number: str
    changed: tuple[Changed, ...]
    remedy: str

    @property
    def labels(self) -> str:
        """What changed, in words."""
        told = [*dict.fromkeys(one.label for one in self.changed)]
        return "、".join(told[:_MOST_TOLD]) + (f"等 {len(told)} 项" if len(told) > _MOST_TOLD else "")


def stale(dossier: Dossier, numbers: Iterable[str] | None = None) -> dict[str, Stale]:
    """The stale papers of an estate by number, of these alone where they are named."""
    found, outside = {}, Outside(dossier)
    for paper in documents.printed(dossier.work, dossier.estate_id, numbers):
        # an opinion says what was known when it was decided
        if paper.kind in KINDS and (changed := _changed(dossier, paper)):
            found[paper.number] = Stale(paper.number, changed, _remedy(outside, paper))
    return found


#: What was found of papers; a paper is not held against the present again before something has happened.
_known: UntilNextEvent[tuple[Changed, ...]] = UntilNextEvent(8192)


def _changed(dossier: Dossier, paper: Printed) -> tuple[Changed, ...]:
    return _known.of(dossier, paper.id, lambda: _compared(dossier, paper))


def _compared(dossier: Dossier, paper: Printed) -> tuple[Changed, ...]:
    facts = {name: value for name, value in paper.facts.items() if _group(name) not in _OWN}
    now = _now(dossier, KINDS[paper.kind], paper.number) if facts else {}
    return tuple(
        _told(dossier, name, orjson.loads(value), now.get(name))
        for name, value in facts.items()
        if name not in now or orjson.dumps(now[name]["value"]) != value
    )


def _now(dossier: Dossier, kind: Kind, number: str) -> Mapping[str, Mapping[str, Any]]:
    """What the template would print of the estate now; nothing where a step it needs was undone."""
    names = dossier.template(kind.name).names
    try:
        return provenance.used(papers.facts(dossier, kind, number, ""), names)
    except EngineError:
        return {}


def _told(dossier: Dossier, name: str, was: Any, now: Mapping[str, Any] | None) -> Changed:
    before, after = _differing(was, now["value"] if now else None)
    _, step = correcting.place(dossier.library, now["step"] if now else "")
    return Changed(name, correcting.label(dossier.library, name), before, after, step)


def _differing(was: Any, now: Any) -> tuple[str, str]:
    """Two values as text; of two lists the first that differs."""
    if isinstance(was, list) and isinstance(now, list):
        for before, after in zip(was, now, strict=False):
            if before != after:
                return _differing(before, after)
        return f"{len(was)} 行", f"{len(now)} 行"
    return _text(was), _text(now)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} 行"
    return "（没有）" if value in (None, "") else str(value)


def _group(name: str) -> str:
    return name.partition(".")[0].removesuffix("[]")


def _remedy(outside: Outside, paper: Printed) -> str:
    nature, went = KINDS[paper.kind].nature, outside.went(paper)
    if went == "signed":
        return "已经签署：原件保留不动，出补充协议，或重新签署后取代。"
    if went == "posted":
        return "已经张贴：原件保留不动，出更正公告，或重新出具后在原处张贴。"
    if went and nature in {"A", "P", "N"}:
        return "已经取走，可能已张贴或送达：原件保留不动，出更正公告，或重新出具后再张贴、送达。"
    if went and nature in {"C", "R"}:
        return "已经取走，可能已签署或表决：原件保留不动，出补充件，或重新出具后取代。"
    if went:
        return "已经取走：原件保留不动；还要用的，重新出具后取代。"
    return "还没有人取走：退回到出具它的一步，重新出具。"
