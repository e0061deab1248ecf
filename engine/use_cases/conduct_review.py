"""How an estate's journey was conducted, from its log alone: the rules' findings up to an entry of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.documents import facts, numbering, printing
from engine.documents.catalogue import PROCEDURE_REPORT
from engine.errors import NotFound
from engine.rules import conduct
from engine.rules.conduct import Entry, Finding, Limits, Severity, Verdict
from engine.rules.jurisdiction import Pack
from engine.store import documents
from engine.store.desk import EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, timeline
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

VERDICTS = {
    Verdict.FAULT: "不符合",
    Verdict.UNKNOWN: "记录不全",
    Verdict.KEPT: "符合",
    Verdict.PENDING: "没有发生",
}
SEVERITIES = {
    Severity.BLOCKER: "重大，可能推翻程序",
    Severity.HIGH: "高",
    Severity.MEDIUM: "中",
    Severity.LOW: "低",
}
#: So many entries of the log are named as evidence; a rule over every step would name them all.
MOST = 6


@dataclass(frozen=True)
class Evidence:
    """An entry of the log in words; ``on`` is its legal day."""

    no: int
    on: str
    said: str


@dataclass(frozen=True)
class Judged:
    """A finding, the title of the step where it is mended, its first evidence and how much more there is."""

    finding: Finding
    step: str
    evidence: Sequence[Evidence]
    more: int


@dataclass(frozen=True)
class Report:
    """What the rules say of the log up to the entry ``at``, of ``total`` by now; ``pack`` is by whose numbers.

    ``as_of`` is the moment of that entry, ``on`` its legal day.
    """

    estate: EstateListed
    at: int
    total: int
    as_of: str
    on: date
    pack: str
    judged: Sequence[Judged]

    def of(self, verdict: Verdict) -> list[Judged]:
        """What has one verdict, the gravest first."""
        order = list(Severity)
        found = [one for one in self.judged if one.finding.verdict == verdict]
        return sorted(found, key=lambda one: order.index(one.finding.rule.severity))

    @property
    def blocking(self) -> int:
        """How many faults there are on which the journey may fall."""
        return sum(1 for one in self.judged if one.finding.blocks)


def report(work: UnitOfWork, library: Library, member: Member, estate_id: int, at: int = 0) -> Report:
    """The report up to the entry ``at``, 0 for the newest.  Raises NotFound."""
    estate, dossier = desk.estate(work, member, estate_id), Dossier(work, library, estate_id)
    log = work.log(estate_id)
    at = at or len(log)
    if not 0 < at <= len(log):
        raise NotFound(what="这条流转记录")
    until = log[:at]
    teller = timeline.teller_of(work, library, estate_id)
    words = {event["no"]: event for event in until}

    def evidence(entry: Entry) -> Evidence:
        return Evidence(entry.no, entry.on.isoformat(), teller.entry(words[entry.no]).said)

    pack = _pack_then(dossier, log[at:])
    zone = ZoneInfo(pack.zone)
    found = conduct.review(until, zone, Limits.of(pack, library.calendar))
    judged = [
        Judged(
            one,
            library.tasks[one.step].title if one.step in library.tasks else "",
            [evidence(entry) for entry in one.evidence[:MOST]],
            max(0, len(one.evidence) - MOST),
        )
        for one in found
    ]
    as_of = until[-1]["at"]
    on = datetime.fromisoformat(as_of).astimezone(zone).date()
    return Report(estate, at, len(log), as_of, on, f"{pack.title}（{printing.day(pack.effective_from)}起施行）", judged)


def _pack_then(dossier: Dossier, later: Sequence[Mapping[str, Any]]) -> Pack:
    """The pack under which the estate stood before the entries ``later``: the one that the first move of them left."""
    left = next((event.get("left_version") for event in later if event["kind"] == "EstateMovedToPack"), None)
    return dossier.library.pack_version(left, dossier.work.pack_text) if left else dossier.pack


def paper(work: UnitOfWork, library: Library, member: Member, estate_id: int, at: int) -> tuple[str, str, bytes]:
    """Title, number and Word file of the report up to the entry ``at``: the same whenever it is made.

    It is numbered by the entry, as no other report of the estate ends there.  Raises NotFound.
    """
    shown = report(work, library, member, estate_id, at)
    kind = PROCEDURE_REPORT
    number = numbering.format(kind, documents.code(estate_id), shown.on.year, shown.at)
    known = {
        "document": {"number": number, "title": kind.title, "date": shown.on},
        "estate": {"name": shown.estate.name},
        "conduct": _printed(shown),
    }
    return kind.title, number, library.template(kind.name).render(facts.build({}, known))


def _printed(shown: Report) -> dict[str, Any]:
    return {
        "entries": shown.at,
        "as_of": shown.on,
        "pack": shown.pack,
        "rules": len(shown.judged),
        "faults": len(shown.of(Verdict.FAULT)),
        "blocking": shown.blocking,
        "unknown": len(shown.of(Verdict.UNKNOWN)),
        "kept": len(shown.of(Verdict.KEPT)),
        "pending": len(shown.of(Verdict.PENDING)),
        "open": [_row(one) for verdict in (Verdict.FAULT, Verdict.UNKNOWN) for one in shown.of(verdict)],
        "findings": [_row(one) for one in shown.judged],
    }


def _row(one: Judged) -> dict[str, str]:
    rule = one.finding.rule
    entries = [f"第{entry.no}条（{printing.day(date.fromisoformat(entry.on))}）" for entry in one.evidence]
    total = [f"等{len(one.evidence) + one.more}条"] if one.more else []
    return {
        "id": rule.id,
        "title": rule.title,
        "articles": rule.articles,
        "severity": SEVERITIES[rule.severity].split("，")[0],
        "verdict": VERDICTS[one.finding.verdict],
        "says": "".join(one.finding.says),
        "evidence": "\n".join(entries + total),
    }
