"""Votes of a city's platform entered into the register, beside those on paper (law §3.4, decisions 13).

A platform's file is one recorded act of whoever enters it.  Nothing of it is kept but the votes and its SHA-256: it
holds names beside choices.  Of a unit that voted both ways equal votes count once; where they differ the unit is held.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import events, spreadsheets
from engine.errors import InvalidAnswers, Problem
from engine.rules import ballot_box, evote_sheet, tally
from engine.rules.ballot_box import CastBy
from engine.rules.ballot_life import Act, State
from engine.rules.evote_sheet import Cast
from engine.rules.roster import Unit
from engine.store import ballots as ballots_store
from engine.store import registers, rows, votes
from engine.store.ballots import Moved
from engine.store.registers import ELECTRONIC, ON_PAPER
from engine.use_cases import ballot_entry, ballot_register, counting, figures
from engine.use_cases.ballots import Vote
from engine.use_cases.dossier import Dossier

#: So many problems are told of a file at once.
_TOLD = 30


@dataclass(frozen=True)
class Entered:
    """What came of a file: how many votes are new, beside a paper, entered before, outside the days, void."""

    new: int
    beside: int
    known: int
    outside: int
    void: int


def take(vote: Vote, name: str, content: bytes) -> Entered:
    """Enter the votes of a platform's file.  Raises NotPermitted, InvalidAnswers; nothing is entered then."""
    ballot_entry.may_enter(vote)
    dossier = vote.dossier
    sheet = spreadsheets.read_content(name, content) if content else []
    if not sheet:
        raise InvalidAnswers(
            [Problem("sheet", "没有选择文件，或表里没有一行票；请选平台导出的 xlsx、xls 或 csv。")], "没有登记。"
        )
    read = evote_sheet.read(
        [(row.number, row) for row in sheet], {item.no: item.text for item in counting.items(dossier)}
    )
    opens, closes = dossier.answers("prepare_meeting_notice")["voting_opens_on"], counting.closes_on(dossier)
    within = [one for one in read.cast if opens <= one.on <= closes]
    fresh, problems = _fresh(dossier, within)
    problems = [*read.problems, *problems]
    if problems:
        more = [Problem("sheet", f"还有 {len(problems) - _TOLD} 处。")] if len(problems) > _TOLD else []
        raise InvalidAnswers([*problems[:_TOLD], *more], "没有登记。")
    beside = _enter(dossier, fresh)
    outside = len(read.cast) - len(within)
    digest = hashlib.sha256(content).hexdigest()
    dossier.work.append(dossier.estate_id, events.EvotesEntered(len(fresh), beside, outside, read.void, digest))
    figures.place(dossier)
    return Entered(len(fresh), beside, len(within) - len(fresh), outside, read.void)


def channel_problems(dossier: Dossier, told: Mapping[str, Any]) -> list[Problem]:
    """Where what is told of paper and platform cannot be, or is not what came by each, where a file was entered."""
    if told["duplicates"] > min(told["electronic"], told["paper"]):
        return [Problem("duplicates", "重复票多于电子票或纸质票；重复票是两种票都投了的户数，请核对。")]
    by = {channel: {one.ballot_id for one in _came_by(dossier, channel)} for channel in (ELECTRONIC, ON_PAPER)}
    if not by[ELECTRONIC]:
        return []
    known = {
        "electronic": ("电子票", len(by[ELECTRONIC])),
        "paper": ("纸质票", len(by[ON_PAPER])),
        "duplicates": ("重复票", len(by[ELECTRONIC] & by[ON_PAPER])),
    }
    return [
        Problem(
            field, f"填写{label} {told[field]} 户，登记簿为 {number} 户；请与导入的平台文件、纸质票逐户核对后改正。"
        )
        for field, (label, number) in known.items()
        if told[field] != number
    ]


def item_problems(dossier: Dossier, told: Sequence[Mapping[str, Any]] | None, electronic: int) -> list[Problem]:
    """Where the platform's sums of an item are not its votes: what it adds up to, and those of the register.

    What the register says is not told: nobody learns before the count how many are for an item (decisions 3).
    Where no file was entered the register does not know what came by which way, and the sums alone are held together.
    """
    if not told:
        return []
    items = [item.no for item in counting.items(dossier)]
    if sorted(row["no"] for row in told) != sorted(items):
        return [Problem("items", f"应有第 {'、'.join(map(str, items))} 项各一行；请照平台的结果逐项填写。")]
    sums = {row["no"]: sum(row[name] for name in _SUMS) for row in told}
    if wrong := [no for no in items if sums[no] != electronic]:
        return [
            Problem("items", f"第 {no} 项四栏合计 {sums[no]} 户，电子票填的是 {electronic} 户；请照平台的结果核对。")
            for no in wrong
        ]
    marks = [counting.said(dossier, one).split() for one in _came_by(dossier, ELECTRONIC)]
    found = []
    for row in told if marks else ():
        place = items.index(row["no"])
        counted = Counter(int(one[place]) for one in marks)
        if any(counted[mark] != row[name] for name, mark in _SUMS.items()):
            said = f"第 {row['no']} 项平台报出的票数与导入的逐户票数不一致；请向平台核实，或核对是否漏导、导错文件。"
            found.append(Problem("items", said))
    return found


_SUMS = {"approve": tally.APPROVE, "against": tally.AGAINST, "abstain": tally.ABSTAIN, "blank": tally.BLANK}


def _came_by(dossier: Dossier, channel: str) -> list[rows.BallotReturn]:
    return [one for one in dossier.ballot_returns if one.channel == channel]


def _fresh(dossier: Dossier, cast: Sequence[Cast]) -> tuple[list[Cast], list[Problem]]:
    """The votes that are not entered yet; a problem for each that does not fit the register."""
    fresh, problems = list[Cast](), list[Problem]()
    before = {one.ballot_id: one for one in dossier.ballot_returns if one.channel == ELECTRONIC}
    for one in cast:
        ballot = dossier.ballot_of.get(one.unit_no)
        where = f"row-{one.row}"
        if ballot is None:
            said = f"第 {one.row} 行的房号“{one.unit_no}”不在冻结的名册里；是测试账号的请平台剔除后重新导出。"
            problems.append(Problem(where, said))
        elif ballot.id not in before:
            fresh.append(one)
        elif counting.said(dossier, before[ballot.id]) != _marks(one):
            said = f"第 {one.row} 行“{one.unit_no}”的电子票登记过，内容不同；请向平台核实，更正由裁定员办理。"
            problems.append(Problem(where, said))
    return fresh, problems


def _enter(dossier: Dossier, cast: Sequence[Cast]) -> int:
    """Enter new votes; how many stand beside what came on paper."""
    times: dict[int, int] = {}
    for back in dossier.ballot_returns:
        times[back.ballot_id] = max(times.get(back.ballot_id, 0), back.no)
    values, moved, made, beside = list[dict[str, Any]](), list[Moved](), dict[votes.Place, str](), list[int]()
    for one in cast:
        ballot = dossier.ballot_of[one.unit_no]
        no = times.get(ballot.id, 0) + 1
        values.append(_return(dossier, ballot, one, no))
        made[votes.returned(ballot.id, no)] = _marks(one)
        if no == 1:
            problems = ballot_register.unfit(ballot, Act.RECORD, "sheet")
            if problems:
                raise InvalidAnswers(problems, "没有登记。")
            moved.append(Moved(ballot, State.RECONCILED, "EVOTED"))
        else:
            beside.append(ballot.id)
    ballots_store.move(dossier.work, moved)
    dossier.work.insert(registers.ballot_return, values)
    votes.keep(dossier.work, dossier.estate_id, dossier.round, made)
    ballots_store.note(dossier.work, [(key, "EVOTED", "") for key in beside])
    return len(beside)


def _return(dossier: Dossier, ballot: rows.Ballot, one: Cast, no: int) -> dict[str, Any]:
    unit = dossier.electorate.units[one.unit_no]
    voter = _named(unit, one.voter)
    proofs = dict.fromkeys(ballot_register.PROOFS, 0)
    return {
        "ballot_id": ballot.id, "no": no, "returned_on": one.on.isoformat(), "settled": 1, "signed": 1,
        "signed_by": voter, "cast_by": ballot_box.signer(unit, voter) or CastBy.UNKNOWN, **proofs, "matter": "",
        "scope": "", "valid_from": None, "valid_to": None, "mandate_signed": 0, "channel": ELECTRONIC,
    }  # fmt: skip


def _named(unit: Unit, voter: str) -> str:
    """Who voted as the roster has it, where the platform masks names."""
    if "*" not in voter:
        return voter
    alike = [owner.name for owner in unit.owners if owner.name[:1] == voter[:1]]
    return alike[0] if len(alike) == 1 else voter


def _marks(one: Cast) -> str:
    return " ".join(map(str, one.marks))
