"""What is missing at a handover: each gap with its age, the letters that follow by date, and what was made good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import events
from engine.documents import code, facts, printing
from engine.documents.catalogue import GAP_PAPERS
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules import handover_gaps
from engine.rules.handover import State
from engine.rules.handover_gaps import BASIS, PERIODS, Due, Gap, Rung
from engine.store import documents
from engine.store import handover as kept
from engine.store.handover import Act, Item
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import cells, handover_records, provenance, taking_over
from engine.use_cases.accounts import Member
from engine.use_cases.handover_records import DELIVERED
from engine.use_cases.library import Library
from engine.use_cases.taking_over import LISTING, Handover

#: Who writes to the old company, the street and the housing department on behalf of the owners.
DEMANDING = ("业委会/物管会", "社区干部")
RUNGS = {Rung.DEMAND: "催告函", Rung.REPORT: "报街道", Rung.EVIDENCE: "证据清单"}


@dataclass(frozen=True)
class Gaps:
    """The gaps of an estate: each with its next step; the letters sent, the earliest first."""

    of: Handover
    due: Sequence[Due]
    letters: Sequence[Act]
    closed: Mapping[int, Act]

    @property
    def demands(self) -> bool:
        """Whether this member sends letters."""
        return not self.of.lanes.isdisjoint(DEMANDING)

    @property
    def today(self) -> date:
        """The legal day."""
        return self.of.dossier.today

    def ready(self, rung: Rung) -> list[Gap]:
        """The gaps for which that step may be taken today."""
        return handover_gaps.open_gaps(self.due, rung, self.today)

    def locked(self) -> str:
        """Why nothing is sent or made good: an estate at rest; a signed certificate is no reason."""
        return "" if self.of.dossier.estate.status == "running" else "小区已暂停或已结束办理，缺项不能登记。"


def gaps(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Gaps:
    """The gaps of an estate.  Raises NotFound."""
    of = taking_over.handover(work, library, member, estate_id)
    letters = kept.acts(work, estate_id, *Rung)
    closed = {int(act.about): act for act in kept.acts(work, estate_id, DELIVERED)}
    dossier = of.dossier
    pack = {rung: dossier.pack.parameter(key) for rung, key in PERIODS.items()}
    found = [_gap(of, item, letters, closed) for item in of.items if item.row["state"] == State.MISSING]
    calendar = dossier.deadlines.calendar
    due = [handover_gaps.next_step(one, dossier.termination_on, pack, calendar) for one in found]
    return Gaps(of, due, letters, closed)


def _gap(of: Handover, item: Item, letters: Sequence[Act], closed: Mapping[int, Act]) -> Gap:
    taken = {Rung(act.kind): date.fromisoformat(act.on) for act in letters if item.id in act.row["items"]}
    row, done = item.row, closed.get(item.id)
    found_on = date.fromisoformat(row["on"]) if row.get("on") else of.dossier.today
    name = row["name"] + (f"（{row['location']}）" if row.get("location") else "")
    refused = of.standing(row["group"]).refused
    return Gap(item.id, row["group"], name, found_on, taken, refused, date.fromisoformat(done.on) if done else None)


def send(found: Gaps, rung: Rung) -> str:
    """Issue the paper of a step for every gap that it is due for; its number.

    Raises NotPermitted, InvalidAnswers when none is due.
    """
    _permitted(found, DEMANDING)
    work, estate_id = found.of.dossier.work, found.of.dossier.estate_id
    ready = found.ready(rung)
    if not ready:
        raise InvalidAnswers([Problem("rung", _why_not(found, rung))], "没有出具。")
    work.alone(f"gaps {estate_id}")
    number, kind = _issue(found, rung, ready), GAP_PAPERS[rung]
    items = {"items": [one.item for one in ready]}
    kept.record(work, estate_id, rung, number, found.today.isoformat(), "", items)
    work.append(estate_id, events.HandoverGapsPursued(number, kind.title, len(ready)))
    return number


def _why_not(found: Gaps, rung: Rung) -> str:
    waiting = [one for one in found.due if one.rung == rung and one.from_on]
    if waiting:
        first = min(one.from_on for one in waiting if one.from_on)
        return f"还不到{RUNGS[rung]}的日子：上一步的期限没有满，{first} 起可以出具。"
    return f"没有要出{RUNGS[rung]}的缺项；请先走完上一步。"


def make_good(found: Gaps, item: int, given: Mapping[str, str]) -> str:
    """Record that something missing was handed over after all, when and how; its name.  Raises InvalidAnswers."""
    _permitted(found, LISTING)
    gap = next((one.gap for one in found.due if one.gap.item == item and one.gap.closed_on is None), None)
    problems: list[Problem] = []
    on = cells.day(given, "on", "", found.today, problems)
    if gap is None:
        problems.append(Problem("item", "这一项不在缺项里，或者已经登记补交。"))
    elif on and on < gap.found_on.isoformat():
        problems.append(Problem("on", f"补交日期 {on} 早于查明缺失的日期 {gap.found_on}；请核对。"))
    note = given.get("note", "").strip()[:500]
    if not note:
        problems.append(Problem("note", "没有写怎样补交；请写谁交给谁、原件还是副本、收条号。"))
    if problems or gap is None:
        raise InvalidAnswers([Problem(one.field.removeprefix("."), one.message) for one in problems], "没有登记。")
    work, estate_id = found.of.dossier.work, found.of.dossier.estate_id
    kept.record(work, estate_id, DELIVERED, str(item), on, "", {"note": note})
    work.append(estate_id, events.HandoverGapClosed(gap.group, gap.name))
    return gap.name


def _permitted(found: Gaps, lanes: Sequence[str]) -> None:
    if found.of.lanes.isdisjoint(lanes):
        raise NotPermitted(lane="或".join(lanes))
    if why := found.locked():
        raise NotPermitted(why)


def _issue(found: Gaps, rung: Rung, ready: Sequence[Gap]) -> str:
    dossier, kind = found.of.dossier, GAP_PAPERS[rung]
    work, estate_id, template = dossier.work, dossier.estate_id, dossier.library.template(kind.name)
    number = documents.take_number(work, estate_id, kind, found.today.year)
    address = code.address(work.public.address, documents.token(work.public.key, number))
    known = {
        "document": {"number": number, "title": kind.title, "date": found.today, "address": address},
        "estate": {"name": dossier.estate.name},
        "gaps": _printed(found, rung, ready),
    }
    made = facts.build({}, known, provenance.sources(dossier, kind))
    documents.issue_beside(
        work, estate_id, kind, number, template.render(made), template.sha256, provenance.used(made, template.names)
    )
    return number


def _printed(found: Gaps, rung: Rung, ready: Sequence[Gap]) -> dict[str, Any]:
    dossier = found.of.dossier
    pack = {one: dossier.pack.parameter(key) for one, key in PERIODS.items()}
    after = pack[Rung.EVIDENCE if rung != Rung.DEMAND else Rung.REPORT]
    deadline = handover_gaps.last_day(rung, found.today, pack, dossier.deadlines.calendar)
    body, ended = dossier.answers_if_any("verify_owners_body"), dossier.termination_on
    applied = dossier.answers_if_any("submit_application")
    photos = kept.photos(dossier.work, dossier.estate_id)
    return {
        "old_company": dossier.answers_if_any("choose_termination_path").get("old_company") or "原物业服务企业",
        "body": body.get("body_name") or "业主代表",
        "mark": "签字" if body.get("body_kind", "ALL_OWNERS") == "ALL_OWNERS" else "盖章",
        "street": applied.get("street") or "街道",
        "ended": f"已于{printing.day(ended)}终止" if ended and ended <= found.today else "即将终止",
        "deadline": printing.day(deadline),
        "days": str(after.value),
        "demands": _sent(found, Rung.DEMAND),
        "reports": _sent(found, Rung.REPORT),
        "money": _money(found),
        "items": [_row(found, one, [str(photo.sha256)[:16] for photo in photos.get(one.item, ())]) for one in ready],
    }


def _sent(found: Gaps, rung: Rung) -> str:
    said = [f"{act.about}，{printing.day(date.fromisoformat(act.on))}" for act in found.letters if act.kind == rung]
    return "；".join(said) or "没有"


def _row(found: Gaps, gap: Gap, photos: Sequence[str]) -> dict[str, str]:
    row = next(item.row for item in found.of.items if item.id == gap.item)
    told = [f"{printing.day(gap.found_on)}查明缺失", *(f"{printing.day(on)}{RUNGS[r]}" for r, on in gap.taken.items())]
    told += [f"约定：{row['missing_plan']}"] if row.get("missing_plan") else []
    told += [f"争议：{row['dispute']}"] if row.get("dispute") else []
    for one in found.of.standing(gap.group).by_side.values():
        if one.refused:
            told.append(f"{printing.day(one.on)}{one.name}拒签：{one.reason}（见证人{'、'.join(one.witnesses)}）")
    return {
        "name": f"{gap.group}·{gap.name}",
        "found": printing.day(gap.found_on),
        "basis": BASIS[gap.group],
        "history": "；".join(told),
        "photos": "、".join(photos) or "没有照片",
    }


def _money(found: Gaps) -> str:
    entries, stated = found.of.dossier.prepaid, handover_records.acknowledged(found.of.dossier)
    if not entries:
        return "台账没有登记。"
    placed = handover_records.settlement(found.of.dossier)
    left = placed.by_disposition()
    owed = f"应退合计 {placed.refundable_total} 元，{len(entries)} 户"
    agreed = f"原企业确认 {stated.total} 元" if stated else "原企业没有确认"
    return f"{owed}；{agreed}；没有去向 {left['NONE']} 元，争议 {left['DISPUTED']} 元。"
