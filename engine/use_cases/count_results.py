"""What came of a vote: each item on both bases and under every reading, and what may be taken out to count it again.

The figures for everybody are sums.  What each ballot says leaves only for whom it belongs to, for a purpose, on record,
and under names of its own: ``daoru tally`` comes to the same items from it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.documents import catalogue
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules import convening, deadlines
from engine.rules.roster import Owner, Unit, metres
from engine.rules.tally import Ballot, Count, Envelope
from engine.store import disclosures, estates, signed_copies
from engine.use_cases import (
    ballot_entry,
    count_session,
    counting,
    disclosing,
    exporting,
    gauging,
    hands,
    powers,
    vote_papers,
    vote_turns,
    voting,
)
from engine.use_cases.ballots import Vote
from engine.use_cases.dossier import Dossier
from engine.use_cases.exporting import Table, Taken
from engine.use_cases.gauging import Question
from engine.use_cases.powers import Verdict
from engine.workbooks import Cell

#: For what somebody may take out what each ballot says, or learn which ballots decide.
PURPOSES = ("复核计票", "出具法律意见", "法院或者主管部门调取")
STATUSES = {"PASS_ROBUST": "通过", "FAIL_ROBUST": "没有通过", "CONTESTED": "有争议"}
#: What a vote came to as a whole.
DECIDED = {
    "PASSED": "通过", "PARTIAL": "部分通过", "REJECTED": "没有通过", "NO_QUORUM": "参与未达法定比例",
    "CONTESTED": "有争议，由法律顾问出具意见", "PROCEDURE_FLAW": "程序有瑕疵，不产生结果",
}  # fmt: skip
OUTCOMES = {"PASSED": "通过", "REJECTED": "未通过", "NO_QUORUM": "参与未达法定比例"}


@dataclass(frozen=True)
class Line:
    """An item with its gauges on both bases; ``questions`` are those on whose reading it hangs, in words."""

    item: convening.AgendaItem
    gauges: Question
    found: Envelope
    questions: Sequence[str]

    @property
    def fractions(self) -> Sequence[tuple[str, str, str]]:
        """What, by area and by persons, as exact fractions."""
        count = self.found.count
        took = count.participating
        rows = (
            ("参与", took, count.total),
            ("同意", count.approving, took),
            ("反对", count.against, took),
            ("弃权", count.abstaining, took),
        )
        return [
            (what, _of(some.area, every.area), f"{some.persons} / {every.persons} 人") for what, some, every in rows
        ]


def _of(some: int, every: int) -> str:
    return f"{metres(some)} / {metres(every)} ㎡"


@dataclass(frozen=True)
class Result:
    """What came of a vote: its outcome, the items, and what is or may be said against it.

    ``flaws`` are why it came to nothing; ``signed`` is what shows that counters and scrutineers signed, if anything;
    ``counsel`` is what the adviser said of a contested one; ``deciding`` how
    many ballots a contested item hangs on.
    """

    outcome: str
    times: int
    lines: Sequence[Line]
    elected: Sequence[str]
    seats: int
    counsel: tuple[str, str] | None
    days: Sequence[tuple[str, str]]
    takes: bool
    detail: Verdict
    flaws: Sequence[str]
    signed: str


def result(vote: Vote) -> Result | None:
    """What came of the vote; None before its count."""
    dossier = vote.dossier
    if not (dossier.convened and dossier.ballots and voting.counted(dossier)):
        return None
    meters = gauging.resolve(dossier, estates.decisions(dossier.work, dossier.estate_id), frozenset())
    if meters is None:
        return None
    items, found = counting.items(dossier), counting.envelopes(dossier)
    lines = [
        Line(item, gauges, one, [vote_papers.QUESTIONS[name] for name in one.questions])
        for item, gauges, one in zip(items, meters.items, found, strict=True)
    ]
    advised = dossier.times("advise_on_contested_vote", since="count_votes") > 0
    advice = dossier.answers("advise_on_contested_vote") if advised else {}
    return Result(
        dossier.outcome("vote", "contested_vote"),
        dossier.times("count_votes", since="freeze_roster"),
        lines,
        counting.elected(dossier) if counting.seats(dossier) else (),
        counting.seats(dossier),
        (advice["counsel_view"], advice["opinion"]) if advised else None,
        _days(dossier),
        bool(vote.member.roles & exporting.EXPORTING),
        _detail(vote),
        vote_turns.flaws(dossier, "vote", "freeze_roster"),
        _signed(dossier),
    )


def _signed(dossier: Dossier) -> str:
    """What shows that those who counted and watched signed (LC-08), empty where nothing does."""
    if count_session.held(dossier).session.finished:
        return "计票现场记录，各人已签字"
    if dossier.answers("count_votes").get("signed_sheet"):
        return "签字的原始计票表，照片在“计票”一步"
    papers = [kind for kind in _SIGNED_PAPERS if signed_copies.filed_of(dossier.work, dossier.estate_id, kind)]
    return f"{'、'.join(catalogue.kind_of(kind).title for kind in papers)}的签署件已归档" if papers else ""


def _detail(vote: Vote) -> Verdict:
    """Whether this member may see what each ballot says."""
    acting = hands.lanes_of(vote.dossier.work, vote.member.name, vote.dossier.estate_id)
    return powers.sees(acting, vote.member.name, "recount")


def _days(dossier: Dossier) -> list[tuple[str, str]]:
    """When it was counted and announced, until when objections may come, and when they were settled."""
    said = [("计票", str(dossier.answers("count_votes")["counted_on"]))]
    if dossier.times("announce_result", since="count_votes"):
        posted = dossier.answers("announce_result")["posted_on"]
        last = deadlines.end_of(dossier.pack.parameter("objection_period"), posted, dossier.library.calendar)
        said += [("结果公告", str(posted)), ("异议期最后一天", str(last))]
    if dossier.times("settle_objections", since="count_votes"):
        said.append(("异议处理完", str(dossier.answers("settle_objections")["closed_on"])))
    return said


#: The papers of a count that counters and scrutineers sign.
_SIGNED_PAPERS = ("count_sheet", "scrutiny_record")

# taken out

_HEADINGS = (
    "事项", "内容", "类别", "结果", "口径", "全体面积（㎡）", "全体人数", "参与面积（㎡）", "参与人数",
    "同意面积（㎡）", "同意人数", "反对面积（㎡）", "反对人数", "弃权面积（㎡）", "弃权人数",
    "有争议的口径", "起决定作用的票数",
)  # fmt: skip


def workbook(vote: Vote) -> Taken:
    """The count as a workbook: every item by the strict tally, and by the adopted rule where there is one.

    It is put on record.  Raises NotPermitted, InvalidAnswers before the count.
    """
    if not vote.member.roles & exporting.EXPORTING:
        raise NotPermitted("导出由{lanes}办理，您没有这些角色。", lanes="、".join(sorted(exporting.EXPORTING)))
    shown = _counted(vote)
    found: list[Sequence[Cell]] = []
    for line in shown.lines:
        found.append(_row(line, line.found.count, "严格：未交回的不计入"))
        if line.found.ruled is not None:
            found.append(_row(line, line.found.ruled, "议事规则：未交回的随多数"))
    said, query = f"{vote.estate.name} · 第 {shown.times} 次计票", f"estate={vote.estate.id}"
    return exporting.taken(vote.dossier.work, vote.member, Table("count", "计票表", _HEADINGS, found), said, query)


def _row(line: Line, count: Count, reading: str) -> Sequence[Cell]:
    shares = (count.total, count.participating, count.approving, count.against, count.abstaining)
    figures = [cell for share in shares for cell in (metres(share.area), share.persons)]
    return (
        line.item.no, line.item.text, line.item.item_class, OUTCOMES[count.outcome], reading, *figures,
        "；".join(line.questions), len(line.found.deciding) or None,
    )  # fmt: skip


def _counted(vote: Vote) -> Result:
    shown = result(vote)
    if shown is None:
        raise InvalidAnswers([Problem("count", "还没有计票，没有可以导出的结果。")], "没有导出。")
    return shown


def question(vote: Vote, purpose: str) -> dict[str, Any]:
    """What ``daoru tally`` answers with the very items of this count: every unit and ballot under a name of its own.

    Units, owners and agents get numbers that only the installation's key makes, and stand in their order; areas stay,
    for they are what is counted.  The look is noted.  Raises NotPermitted, InvalidAnswers.
    """
    shown, dossier = _in_detail(vote, purpose), vote.dossier
    valid = counting.sifted(dossier).ballots
    disclosures.note(dossier.work, dossier.estate_id, disclosing.VOTE, f"逐票数据 {len(valid)} 张", purpose)
    names = _Names(dossier)
    units = sorted(dossier.roster.units, key=lambda unit: names.of("U", unit.unit_no))
    thresholds = counting.thresholds(dossier)
    asked: dict[str, Any] = {
        "units": [_unit(names, unit) for unit in units],
        "items": [{"no": line.item.no, "item_class": line.item.item_class} for line in shown.lines],
        "ballots": sorted((_ballot(names, one) for one in valid), key=lambda one: (one["unit_no"], one["marks"])),
        "readings": vars(dossier.policies),
        "thresholds": {name: str(share) for name, share in vars(thresholds).items()},
    }
    return {**asked, **_unreturned(dossier, names)}


_FORMS = {"xlsx": "Excel", "csv": "CSV"}


def sheet(vote: Vote, purpose: str, form: str) -> Taken:
    """Each ballot that was counted as a line, under names as :func:`question` gives them; with a number of the export.

    Raises NotPermitted, InvalidAnswers.
    """
    if form not in _FORMS:
        raise InvalidAnswers([Problem("form", "没有选择格式；请选 Excel、CSV 或者重新计算用的数据。")], "没有导出。")
    asked = question(vote, purpose)
    area = {one["unit_no"]: one["area"] for one in asked["units"]}
    headings = ["房号代号", "面积（㎡）", *(f"事项{one['no']}" for one in asked["items"])]
    found = [
        [one["unit_no"], area[one["unit_no"]], *(ballot_entry.MARKS[mark] for mark in one["marks"])]
        for one in asked["ballots"]
    ]
    table = Table("votes", "逐票数据", headings, found, plain=form == "csv")
    said = f"{vote.estate.name} · {purpose} · 房号用代号"
    query = f"estate={vote.estate.id}"
    return exporting.taken(vote.dossier.work, vote.member, table, said, query)


def _in_detail(vote: Vote, purpose: str) -> Result:
    """The result for whoever may see what each ballot says, and says what for."""
    powers.refuse_unless(_detail(vote))
    if purpose not in PURPOSES:
        raise InvalidAnswers([Problem("purpose", "没有选择用途；逐票的数据要选一个用途。")], "没有导出。")
    return _counted(vote)


class _Names:
    """Names that stand for units and people in what is taken out; alike for as long as the key is."""

    def __init__(self, dossier: Dossier) -> None:
        self._key, self._of = dossier.work.public.key, f"{dossier.estate_id}:{dossier.round}"

    def of(self, kind: str, known: str) -> str:
        """The name of ``known``, which begins with ``kind``."""
        digest = hmac.digest(self._key, f"count:{self._of}:{kind}:{known}".encode(), "sha256")
        return f"{kind}{int.from_bytes(digest[:8]):020d}"


def _unit(names: _Names, unit: Unit) -> dict[str, str]:
    return {
        "unit_no": names.of("U", unit.unit_no),
        "area": metres(unit.area),
        "usage": unit.usage,
        "status": {"DELIVERED": "已交付", "UNSOLD": "未售", "SOLD_UNDELIVERED": "已售未交付"}[unit.status],
        "owners": "；".join(names.of("N", one.name) for one in unit.owners),
        "owner_ids": "；".join(_number(names, one) for one in unit.owners),
    }


def _number(names: _Names, owner: Owner) -> str:
    return names.of("P", owner.key) if owner.identified else ""


def _ballot(names: _Names, one: Ballot) -> dict[str, Any]:
    return {"unit_no": names.of("U", one.unit_no), "marks": list(one.marks), "signed": one.signed}


def _unreturned(dossier: Dossier, names: _Names) -> dict[str, Any]:
    rule = counting.unreturned_rule(dossier)
    if rule is None:
        return {}
    days = {"adopted_on": str(rule.adopted_on), "noticed_on": str(rule.noticed_on)}
    delivered = sorted(names.of("U", no) for no in rule.delivered)
    return {"unreturned": {**days, "shown": rule.shown, "delivered": delivered}}


def deciding(vote: Vote, purpose: str) -> list[tuple[int, tuple[str, ...]]]:
    """The units whose ballots decide each contested item, for a purpose that is noted.

    Raises NotPermitted, InvalidAnswers.
    """
    shown = _in_detail(vote, purpose)
    found = [(line.item.no, line.found.deciding) for line in shown.lines if line.found.deciding]
    units = {unit for _, some in found for unit in some}
    disclosures.note(
        vote.dossier.work, vote.dossier.estate_id, disclosing.VOTE, f"有争议事项起决定作用的 {len(units)} 户", purpose
    )
    return found
