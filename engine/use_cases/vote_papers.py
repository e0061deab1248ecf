"""The facts of the papers of a vote: agenda, count, ballots and their delivery."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from engine.documents.facts import Facts, Source
from engine.documents.render import Compiled
from engine.rules import ballot_box, convening, tally
from engine.store import ballots as ballots_store
from engine.store import documents, rows
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import count_session, counting, voting
from engine.use_cases.dossier import Dossier

#: What is open where a result hangs on how a question is read.
QUESTIONS = {
    "same_buyer_key": "部分产权人相同的是否合并计人",
    "parking_counting": "车位是否计入",
    "partial_units": "多套业主只交回部分表决票的面积",
    "blank_item": "空白、多选的是否计入参与",
    "duplicate_ballot": "同一业主先后两票不一致",
    "equal_names": "同名业主是否同一人",
    "unreturned": "未交回票是否随多数",
}
_ITEM_COUNTS = (
    "outcome", "disputed", "area_participating", "area_for", "area_against", "area_abstain", "area_unmarked",
    "persons_participating", "persons_for", "persons_against", "persons_abstain", "persons_unmarked", "rules",
)  # fmt: skip


def vote(dossier: Dossier) -> dict[str, Any]:
    """The vote that runs, or ran last, as far as it has come."""
    planned = dossier.times("prepare_meeting_notice", since="freeze_roster")
    counted = bool(dossier.times("count_votes", since="freeze_roster") and dossier.ballots)
    found = counting.envelopes(dossier) if counted else []
    items = _counted_items(dossier, found) if counted else [_item(item) for item in counting.items(dossier)]
    return {
        "opens_on": dossier.answers("prepare_meeting_notice")["voting_opens_on"] if planned else None,
        "closes_on": counting.closes_on(dossier) if planned else None,
        "extended": bool(dossier.figures("extension", since="freeze_roster"))
        and dossier.outcome("extension") == "EXTENDED",
        "items": items,
        "ruled": [
            _ruled(item, one.ruled) for item, one in zip(counting.items(dossier), found, strict=False) if one.ruled
        ],
        "outcome": dossier.outcome("vote", "contested_vote") if counted else None,
        "contested": _by_counsel(dossier),
        "elected": counting.elected(dossier) if counted and counting.seats(dossier) else [],
        "participation_area": max((item["area_participating"] for item in items), default=0) if counted else None,
        "participation_persons": max((item["persons_participating"] for item in items), default=0) if counted else None,
        **_electorate(dossier),
        **_box(dossier),
    }


def _electorate(dossier: Dossier) -> dict[str, Any]:
    total, pack = tally.Share(dossier.electorate.area, dossier.electorate.persons), dossier.pack
    return {
        "total_area": total.area,
        "total_persons": total.persons,
        "quorum_area": _at_least(total.area, pack.value("quorum_area")),
        "quorum_persons": _at_least(total.persons, pack.value("quorum_headcount")),
    }


def _box(dossier: Dossier) -> dict[str, Any]:
    closing = dossier.answers("close_voting") if dossier.times("close_voting", since="freeze_roster") else {}
    invalid = counting.invalid(dossier) if dossier.ballot_returns else Counter()
    return {
        "issued": len(dossier.ballots),
        "returned": voting.ballot_count(dossier).returned,
        "unreturned": closing.get("unreturned"),
        "void": closing.get("void"),
        "invalid": invalid.total(),
        "invalid_reasons": _reasons(dossier, invalid),
        "replaced": _replaced(dossier),
        "session": count_session.printed(dossier),
        "unreachable": voting.unreachable(dossier),
    }


def _reasons(dossier: Dossier, invalid: Counter[ballot_box.Ground]) -> str:
    """Why what came does not count; what came after the close was never returned, and stands beside it."""
    late = len(ballots_store.noted(dossier.work, dossier.estate_id, dossier.round, "LATE"))
    said = [f"{ballot_box.NAMES[ground]}{times}张" for ground, times in sorted(invalid.items())]
    return "；".join([*said, *([f"另有截止以后才交来的{late}张，列入未收回"] if late else [])])


def _replaced(dossier: Dossier) -> list[dict[str, Any]]:
    """Each spoiled ballot and the one that its unit got for it."""
    following = {(ballot.unit_no, ballot.issue): ballot.serial for ballot in dossier.ballots}
    return [
        {
            "serial": f"{ballot.serial:06d}",
            "unit_no": ballot.unit_no,
            "on": date.fromisoformat(ballot.spoiled_on),
            "why": ballot.spoiled_why,
            "new_serial": f"{following[ballot.unit_no, ballot.issue + 1]:06d}",
        }
        for ballot in dossier.ballots
        if ballot.spoiled_on
    ]


def _item(item: convening.AgendaItem) -> dict[str, Any]:
    special = item.majority == "SPECIAL"
    return {
        "no": item.no,
        "text": item.text,
        "item_class": str(item.item_class),
        "key": item.key,
        "candidate": item.candidate or None,
        "threshold": f"同意的面积和人数均{'达到参与表决的四分之三' if special else '超过参与表决的半数'}",
        **dict.fromkeys(_ITEM_COUNTS),
    }


def _counted_items(dossier: Dossier, found: list[tally.Envelope]) -> list[dict[str, Any]]:
    return [
        _counted(item, one, _by_counsel(dossier), dossier.outcome("vote", "contested_vote"))
        for item, one in zip(counting.items(dossier), found, strict=True)
    ]


def _counted(item: convening.AgendaItem, found: tally.Envelope, by_counsel: bool, outcome: str) -> dict[str, Any]:
    count = found.count
    marked = tally.Share(
        count.approving.area + count.against.area + count.abstaining.area,
        count.approving.persons + count.against.persons + count.abstaining.persons,
    )
    disputed = "；".join(QUESTIONS[name] for name in found.questions)
    if found.deciding:  # ballots that never came back are nobody's vote that is read either way
        disputed += f"（涉及 {len(found.deciding)} 户）"
    return {
        **_item(item),
        "outcome": _outcome(item, found, by_counsel, outcome),
        "disputed": disputed if found.status == "CONTESTED" else None,
        "area_participating": count.participating.area,
        "area_for": count.approving.area,
        "area_against": count.against.area,
        "area_abstain": count.abstaining.area,
        "area_unmarked": count.participating.area - marked.area,
        "persons_participating": count.participating.persons,
        "persons_for": count.approving.persons,
        "persons_against": count.against.persons,
        "persons_abstain": count.abstaining.persons,
        "persons_unmarked": count.participating.persons - marked.persons,
        "rules": "民法典第二百七十八条第二款",
    }


def _ruled(item: convening.AgendaItem, count: tally.Count) -> dict[str, Any]:
    """An item where unreturned ballots follow the majority; that tally never decides alone (law §3.6)."""
    return {
        "no": item.no,
        "outcome": count.outcome,
        "area_participating": count.participating.area,
        "area_for": count.approving.area,
        "persons_participating": count.participating.persons,
        "persons_for": count.approving.persons,
    }


def _outcome(item: convening.AgendaItem, found: tally.Envelope, by_counsel: bool, outcome: str) -> str:
    """What an item came to; one that hangs on a reading is carried by counsel's word alone, and only if key."""
    if found.status != "CONTESTED":
        return found.count.outcome
    if outcome == "CONTESTED":
        return "CONTESTED"
    return "PASSED" if item.key and by_counsel and outcome in {"PASSED", "PARTIAL"} else "REJECTED"


def _by_counsel(dossier: Dossier) -> bool:
    return bool(dossier.figures("contested_vote", since="count_votes"))


def _at_least(every: int, share: Any) -> int:
    return int(-(-every * share.numerator // share.denominator))


def ballots(dossier: Dossier) -> list[dict[str, Any]]:
    """What stands on each ballot."""
    return printed(dossier, dossier.ballots)


def printed(dossier: Dossier, some: Iterable[rows.Ballot]) -> list[dict[str, Any]]:
    """What stands on these ballots."""
    units, heads, work = dossier.electorate.units, headcounts(dossier), dossier.work
    return [
        {
            "serial": f"{ballot.serial:06d}",
            "unit_no": ballot.unit_no,
            "owner_masked": units[ballot.unit_no].names,
            "area": ballot.area,
            "headcount": heads[ballot.unit_no],
            "receipt": receipt(work, dossier.estate_id, ballot.serial),
        }
        for ballot in some
    ]


def receipt(work: UnitOfWork, estate_id: int, serial: int) -> str:
    """By what the owner of a ballot asks for it, as the strip says it."""
    return "-".join(textwrap.wrap(documents.receipt(work.public.key, estate_id, serial), 4))


def rendered(
    template: Compiled, facts: Facts, printed: Sequence[Mapping[str, Any]], work: UnitOfWork
) -> tuple[Facts, bytes]:
    """These ballots as one file, and the facts with what stands on each, to be recorded with it."""
    known = facts.having("ballots", printed, Source("BallotsPrinted", work.actor, work.at))
    return known, template.render_many([facts.having("ballot", ballot) for ballot in printed])


def headcounts(dossier: Dossier) -> dict[str, str]:
    """How each unit enters the headcount: the first of a person as 1, the others with that one."""
    first: dict[str, str] = {}
    persons = dossier.electorate.person_of
    counted = {no: first.setdefault(person, no) for no, person in persons.items()}
    every = {unit.unit_no: "不计入" for unit in dossier.roster.units}
    return every | {no: "1" if no == with_unit else f"并入 {with_unit}" for no, with_unit in counted.items()}


def deliveries(dossier: Dossier) -> list[dict[str, Any]]:
    """Who got each ballot, how and when."""
    return [
        {
            "unit_no": ballot.unit_no,
            "delivered_on": date.fromisoformat(ballot.delivered_on) if ballot.delivered_on else None,
            "mode": ballot.delivery_mode,
            "receiver": ballot.receiver,
            "serial": f"{ballot.serial:06d}",
        }
        for ballot in dossier.ballots
    ]
