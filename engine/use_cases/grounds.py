"""The grounds 依据 of a decision on a paper: what the review knew at that moment, as the opinion prints it.

They are kept with the decision, so that no later fact, waiver or version changes what the opinion says.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.documents import printing
from engine.documents.playbook.checking import Checked
from engine.store import examinations
from engine.store.examinations import APPROVED, Decided
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import clause_review, waiving
from engine.use_cases.accounts import Member
from engine.use_cases.clause_review import Held
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import CONTRACT, Library
from engine.use_cases.waiving import Examined

if TYPE_CHECKING:
    from engine.use_cases.examining import Examination, Thread

#: What was done, as an opinion says it.
DONE: Mapping[str, str] = {
    "approved": "通过", "returned": "退回修改", "asked": "请{whom}补充材料", "answered": "答复补充的材料",
    "handed": "转给{whom}审阅",
}  # fmt: skip
#: In this order clauses that depart from the library are told; those that say the same are only counted.
_DEPARTS = ("missing", "changed", "added", "figures", "fallback")


def of(
    work: UnitOfWork, library: Library, member: Member, shown: "Examination", decision: str, reason: str
) -> dict[str, Any]:
    """What an approval or a return of the version that is shown rests on, in the shape of the register ``opinion``."""
    found, version, estate_id = shown.found, shown.version, shown.found.known.estate_id
    dossier = Dossier(work, library, estate_id)
    zone = ZoneInfo(dossier.pack.zone)
    known = {
        "title": found.paper.title,
        "number": found.paper.number,
        "version": version.version,
        "sha256": version.sha256,
        "made": f"{_day(version.at, zone)}" + (f"{version.by}上传：{version.why}" if version.by else "由系统出具"),
        "approved": decision == APPROVED,
        "by": work.actor,
        "on": _day(work.at, zone),
        "reason": f"{reason}。" if reason and reason[-1] not in "。！？…" else reason,
        "pack": f"{dossier.pack.title}（{printing.day(dossier.pack.effective_from)}起施行）",
        "remarks": [_remark(one, zone) for one in shown.threads],
        "history": [_told(one, zone) for one in reversed(shown.decided)],
    }
    return known | _of_contract(work, library, member, shown, zone)


def _of_contract(
    work: UnitOfWork, library: Library, member: Member, shown: "Examination", zone: tzinfo
) -> dict[str, Any]:
    """What the pre-review and the clause library say of the service contract; nothing of any other paper."""
    known, number = shown.found.known, shown.found.paper.number
    nothing = {"contract": False, "rules": 0, "blocking": 0, "waived": 0, "findings": [], "mended": []}
    nothing |= {"unheld": "", "standard": 0, "forbidden": [], "deviations": []}
    if known.kind != CONTRACT:
        return nothing
    held = clause_review.held(work, library, member, known.estate_id)
    if held.number != number:
        return nothing
    review = waiving.review(Dossier(work, library, known.estate_id), member)
    findings = [_finding(one, zone) for one in review.examined]
    return {
        "contract": True,
        "rules": review.checked,
        "blocking": sum(1 for one in review.examined if one.finding.blocks),
        "waived": sum(1 for one in review.examined if one.waived),
        "findings": findings,
        "mended": _mended(examinations.earlier_grounds(work, known.id), {one["id"] for one in findings}),
        **_departures(held),
    }


def _finding(one: Examined, zone: tzinfo) -> dict[str, str]:
    rule = one.finding.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": waiving.SEVERITIES[rule.severity].split("，")[0],
        "articles": rule.articles,
        "says": "".join(one.finding.says),
        "outcome": _outcome(one, zone),
    }


def _outcome(one: Examined, zone: tzinfo) -> str:
    """How it stood with a finding: let stand, or still to be mended and where."""
    if one.waived:
        return f"{one.waived.actor}于{_day(one.waived.at, zone)}放行：{one.waived.reason}"
    if one.finding.blocks:
        return f"尚未办结；到“{one.step}”办理，办结以前不能签约"
    if one.finding.absent:
        return "缺少数据，系统不能判断；由法律顾问对照文本核对"
    return f"没有放行；到“{one.step}”改正"


def _mended(earlier: Sequence[Mapping[str, Any]], now: set[str]) -> list[dict[str, str]]:
    """What was found when it was examined before, and is found no more; as it was found last."""
    gone = {}
    for grounds in earlier:
        for one in grounds["findings"]:
            if one["id"] not in now:
                found = f"{grounds['on']}审阅{grounds['number']}第{grounds['version']}版时提出"
                gone[one["id"]] = {name: one[name] for name in ("id", "title", "severity", "says")} | {"found": found}
    return list(gone.values())


def _departures(held: Held) -> dict[str, Any]:
    return {
        "unheld": held.because,
        "standard": len(held.of("standard")),
        "forbidden": [
            {
                "where": one.where,
                "says": one.says,
                "name": one.variant.name,
                "why": one.variant.note,
                "basis": one.clause.basis,
            }
            for one in held.forbidden
        ],
        "deviations": [_deviation(one) for one in held.checked if one.state in _DEPARTS],
    }


def _deviation(one: Checked) -> dict[str, str]:
    accepted = one.state == "fallback" and one.variant is not None
    return {
        "name": f"{one.name}　{one.clause.title}" if one.clause else one.name,
        "state": clause_review.WORDS[one.state],
        "standard": _text(one, "gone"),
        "says": _text(one, "new"),
        "note": one.variant.note if accepted and one.variant else one.clause.stance if one.clause else "",
        "basis": one.clause.basis if one.clause else "",
    }


def _text(one: Checked, op: str) -> str:
    """One side of a comparison: what stays with what is gone, or with what is new."""
    if not any(span.op == op for line in one.lines for span in line):
        return ""
    return "".join(span.text for line in one.lines for span in line if span.op in {"same", op})


def _remark(one: "Thread", zone: tzinfo) -> dict[str, str]:
    said = one.remark
    closed = f"{said.resolved_by}于{_day(said.resolved_at, zone)}办结" if said.resolved_at else "没有办结"
    return {
        "clause": one.named,
        "category": one.category,
        "quote": said.quote,
        "text": said.text,
        "suggestion": said.suggestion,
        "made": f"{said.actor}于{_day(said.at, zone)}对第{said.version}版提出",
        "answers": "；".join(f"{each.actor}答复：{each.text}" for each in one.answers),
        "closed": closed,
    }


def _told(one: Decided, zone: tzinfo) -> dict[str, str]:
    what = DONE[one.decision].format(whom=one.whom)
    return {"on": _day(one.at, zone), "by": one.actor, "what": f"第{one.version}版：{what}", "reason": one.reason}


def _day(at: str, zone: tzinfo) -> str:
    """The legal day of a moment, as papers write it."""
    return printing.day(datetime.fromisoformat(at).astimezone(zone).date())
