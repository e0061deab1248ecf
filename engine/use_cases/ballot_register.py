"""The register of ballots: handed out, replaced when spoiled, and come back, signed by whom and by what right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine import events
from engine.errors import Problem
from engine.rules import ballot_box, ballot_life, tally
from engine.rules.ballot_box import CastBy
from engine.rules.ballot_life import Act, State
from engine.rules.roster import Unit
from engine.store import ballots, registers, rosters, rows, votes
from engine.store.ballots import Moved
from engine.use_cases import cells, counting, reprinting, voting
from engine.use_cases.cells import Row, Rows
from engine.use_cases.dossier import Dossier

_TABLE = registers.ballot
_NOTICE = "prepare_meeting_notice"
#: Whoever was not met fetches the ballot where the announcement says, whatever else the notice names.
_FETCHED = "PICK_UP"
_ELECTRONIC = "ELECTRONIC"
#: How a delivery is proved: in words, and by a photo that is kept.
_PROVED = ("proof", "proof_file", "proof_screen")
PROOFS = ("proven", "designated", "objected", "is_copy")


def hand_out(dossier: Dossier, entries: Rows) -> None:
    """Enter ballots handed out; a row that says which serial it ``replaces`` hands out a new one for a spoiled one."""
    problems: list[Problem] = []
    handed: list[Moved] = []
    replaced: list[_Replaced] = []
    out = dossier.ballot_of
    modes = named_modes(dossier) if out else {}
    cells.unit_once(entries, "deliveries", "同一户一次只能换发一张，或登记一次送达；请删去一行", problems)
    for number, row in enumerate(entries):
        where = f"deliveries[{number}]"
        cells.known_unit(row, out, where, problems)
        on = cells.day(row, "on", where, dossier.today, problems)
        ballot, mode = out.get(row.get("unit_no", "")), row.get("mode", "")
        if ballot is None:
            continue
        replacing = bool(row.get("replaces"))
        if mode not in modes and (mode or not replacing):
            problems.append(Problem(f"{where}.mode", _no_such_mode(mode, modes)))
        given = {"delivered_on": on, "delivery_mode": mode, "receiver": row.get("receiver", "")}
        given |= {"delivered_by": row.get("by", "").strip() or ballot.issued_to or ""}
        given |= {name: row[name] for name in _PROVED if row.get(name)}
        if not replacing:
            problems += _handed_out(ballot, row, where)
            paper = delivery(ballot, mode) is Act.PAPER
            handed.append(Moved(ballot, *(State.DELIVERED, "PAPER") if paper else _arrived(mode), given))
            continue
        problems += _not_replaceable(dossier, ballot, row, on, where)
        replaced.append(_Replaced(ballot, row.get("reason", "").strip(), on, given if mode else {}))
    cells.refuse(problems)
    ballots.move(dossier.work, handed)
    if delivered := len(handed) + sum(bool(one.given) for one in replaced):
        dossier.work.append(dossier.estate_id, events.BallotsDelivered(delivered))
    _replace(dossier, replaced)


@dataclass(frozen=True)
class _Replaced:
    """A ballot that is spoiled, why and when, and how the next one of its unit was delivered, if it was."""

    ballot: rows.Ballot
    why: str
    on: str
    given: Mapping[str, Any]


def _arrived(mode: str) -> tuple[State, str]:
    """The state of a ballot that was delivered like this, and the word of its history; one announced may be fetched."""
    return (State.UNDELIVERABLE, "ANNOUNCED") if mode == counting.ON_SITE else (State.DELIVERED, "DELIVERED")


def named_modes(dossier: Dossier) -> dict[str, str]:
    """How a ballot may reach its unit: as the meeting notice named, fetched by whoever was not met, or announced."""
    named = voting.delivery_modes(dossier, (*dossier.answers(_NOTICE)["delivery_modes"], _FETCHED))
    return {**named, counting.ON_SITE: "在小区内公告送达"}


def _no_such_mode(mode: str, modes: Mapping[str, str]) -> str:
    said = f"“{mode}”不是会议公告写明的送达方式" if mode else "没有填写送达方式"
    return f"{said}；请写 {'、'.join(f'{code}（{label}）' for code, label in modes.items())} 之一。"


def _handed_out(ballot: rows.Ballot, row: Row, where: str) -> list[Problem]:
    """Why a ballot cannot be handed out again: one announced on site may still be fetched, and paper be asked for."""
    act = delivery(ballot, row.get("mode", ""))
    fetched = ballot.delivery_mode == counting.ON_SITE and row.get("mode") != counting.ON_SITE
    if ballot.delivered_on and not fetched and act is not Act.PAPER:
        message = (
            f"第 {ballot.serial:06d} 号票已于 {ballot.delivered_on} 登记送达，不能再登记；"
            "污损、遗失要换发的，请在“replaces”写原票号，其余请删去这一行。"
        )
        return [Problem(f"{where}.unit_no", message)]
    return unfit(ballot, act, f"{where}.unit_no")


def delivery(ballot: rows.Ballot, mode: str) -> Act:
    """What handing out a ballot is: for the first time, or on paper to whoever was told to vote on a platform."""
    asked = ballot.delivery_mode == _ELECTRONIC and ballot.state == State.DELIVERED and mode != _ELECTRONIC
    return Act.PAPER if asked and mode != counting.ON_SITE else Act.DELIVER


def unfit(ballot: rows.Ballot, act: Act, field: str) -> list[Problem]:
    """Why an act does not fit a ballot as it stands, if it does not."""
    state = State(ballot.state)
    return [] if ballot_life.after(state, act) else [Problem(field, ballot_life.why_not(ballot.serial, state))]


def _not_replaceable(dossier: Dossier, ballot: rows.Ballot, row: Row, on: str, where: str) -> list[Problem]:
    found = []
    if row["replaces"].strip().lstrip("0") != str(ballot.serial):
        message = f"这一户现用的是第 {ballot.serial:06d} 号票，不是第 {row['replaces']} 号；请核对原票号。"
        found.append(Problem(f"{where}.replaces", message))
    if not row.get("reason", "").strip():
        found.append(Problem(f"{where}.reason", "没有写明原票为什么作废；请补上，如污损、遗失。"))
    if any(one.ballot_id == ballot.id for one in dossier.ballot_returns):
        found.append(Problem(f"{where}.replaces", f"第 {ballot.serial:06d} 号票已经交回，不能换发。"))
    closes = counting.closes_on(dossier)
    if on > closes.isoformat() or dossier.times("close_voting", since="freeze_roster"):
        found.append(Problem(f"{where}.on", f"表决到 {closes} 截止，截止后不能换发。"))
    return found


def _replace(dossier: Dossier, replaced: list[_Replaced]) -> None:
    """Spoil each ballot, and make and print the next one of its unit; serials go on from the last."""
    if not replaced:
        return
    spoiled = [
        Moved(one.ballot, State.SPOILED, "SPOILED", {"spoiled_on": one.on, "spoiled_why": one.why}) for one in replaced
    ]
    ballots.move(dossier.work, spoiled)
    printed = dossier.work.register(_TABLE, dossier.estate_id, _TABLE.c.serial)
    made = [_next(one, serial) for serial, one in enumerate(replaced, printed[-1].serial + 1)]
    ballots.add(dossier.work, dossier.estate_id, dossier.round, made)
    serials = tuple((one.ballot.serial, new.serial) for one, new in zip(replaced, made, strict=True))
    dossier.work.append(dossier.estate_id, events.BallotsReplaced(serials))
    reprinting.issue(dossier, made)


def _next(one: _Replaced, serial: int) -> rows.Ballot:
    """The ballot that follows a spoiled one: in hand, or delivered as was said."""
    old, given = one.ballot, one.given
    fresh = rows.Ballot(0, serial, old.unit_no, old.issue + 1, old.area)
    return replace(fresh, state=_arrived(given["delivery_mode"])[0], **given) if given else fresh


def take_back(dossier: Dossier, entries: Rows) -> None:
    """Enter what came back; a late one, one already entered or one of another unit is refused (law §3.4).

    A sheet is one recorded act: it states what came back together with its marks, under the name of whoever enters it.
    Whether it is a ballot is settled when the votes are counted; what comes back again says so in ``no``.
    """
    problems: list[Problem] = []
    times = {ballot.unit_no: 0 for ballot in dossier.ballots}
    unit_of = {ballot.id: ballot.unit_no for ballot in dossier.ballots}
    for one in dossier.ballot_returns:
        times[unit_of[one.ballot_id]] += 1
    values, moved, made = [], [], {}
    for number, row in enumerate(entries):
        where = f"ballots[{number}]"
        cells.known_unit(row, dossier.ballot_of, where, problems)
        ballot = dossier.ballot_of.get(row.get("unit_no", ""))
        on = _within(dossier, row, where, problems)
        marks = read_marks(dossier, row.get("marks", ""), f"{where}.marks", problems)
        if ballot is None:
            continue
        times[ballot.unit_no] += 1
        no = times[ballot.unit_no]
        problems += _not_its_turn(row, ballot, no, where)
        signed = came(dossier, row, ballot, where, problems)
        values.append({**signed, "no": no, "returned_on": on, "settled": 1})
        made[votes.returned(ballot.id, no)] = marks
        if no == 1:
            problems += unfit(ballot, Act.RECORD, f"{where}.unit_no")
            moved.append(Moved(ballot, State.RECONCILED, "RETURNED"))
        elif ballot.state in ballot_life.UNENTERED | ballot_life.UNSETTLED:
            problems.append(Problem(f"{where}.unit_no", ballot_life.why_not(ballot.serial, State(ballot.state))))
    cells.refuse(problems)
    ballots.move(dossier.work, moved)
    # what somebody else entered meanwhile has the same number, and is not entered again
    dossier.work.insert(registers.ballot_return, values)
    votes.keep(dossier.work, dossier.estate_id, dossier.round, made)
    ballots.note(dossier.work, [(one["ballot_id"], "RETURNED", "") for one in values if one["no"] > 1])
    dossier.work.append(dossier.estate_id, events.BallotsReturned(len(values)))


def take(dossier: Dossier, ballot: rows.Ballot, row: Row) -> None:
    """Enter that one ballot came back, folded: what it says is entered later, by two people.

    Of a unit that changed hands since the freeze the new owner votes, with a ``note`` of what was seen of it.
    """
    before = [one for one in dossier.ballot_returns if one.ballot_id == ballot.id]
    problems = unfit(ballot, Act.TAKE_TOO if evoted(before) else Act.TAKE, "ballot.serial")
    on = _within(dossier, row, "ballot", problems)
    buyer, note = bought(dossier, ballot.unit_no), row.get("note", "").strip()
    if buyer is not None and not note:
        message = f"房号“{ballot.unit_no}”在名册冻结后换了业主：由新业主表决，面积和人数不变；请写明核对了什么。"
        problems.append(Problem("ballot.note", message))
    signed = came(dossier, row, ballot, "ballot", problems, buyer)
    cells.refuse(problems)
    ballots.move(dossier.work, [Moved(ballot, State.RETURNED, "TAKEN", note=note)])
    dossier.work.insert(registers.ballot_return, [{**signed, "no": len(before) + 1, "returned_on": on, "settled": 0}])
    dossier.work.append(dossier.estate_id, events.BallotsReturned(1))


def evoted(backs: Sequence[rows.BallotReturn]) -> bool:
    """Whether all that came back for a ballot is a vote on a platform, so that a paper may still come."""
    return bool(backs) and all(one.channel == registers.ELECTRONIC for one in backs)


def bought(dossier: Dossier, unit_no: str) -> Unit | None:
    """The unit as the newest register has it, where it changed hands since the roster was frozen for the vote."""
    newest = rosters.newest(dossier.work, dossier.estate_id)
    if newest == dossier.roster_version:
        return None
    return ballot_box.changed_hands(dossier.roster, rosters.read(dossier.work, dossier.estate_id, newest), unit_no)


def came(
    dossier: Dossier, row: Row, ballot: rows.Ballot, where: str, problems: list[Problem], buyer: Unit | None = None
) -> dict[str, Any]:
    """Who signed what came back, by what right and with what to show for it."""
    cast_by = _cast_by(dossier, row, buyer or dossier.electorate.units[ballot.unit_no], where, problems)
    return {
        "ballot_id": ballot.id,
        "signed": int(cells.truth(row, "signed", where, problems)),
        "signed_by": row.get("signed_by", "").strip(),
        "cast_by": cast_by,
        **{name: int(cells.truth(row, name, where, problems)) for name in PROOFS},
        **_mandate(row, cast_by, where, problems),
    }


def _within(dossier: Dossier, row: Row, where: str, problems: list[Problem]) -> str:
    opens, closes = dossier.answers(_NOTICE)["voting_opens_on"], counting.closes_on(dossier)
    on = cells.day(row, "on", where, dossier.today, problems)
    if on and not opens.isoformat() <= on <= closes.isoformat():
        message = f"{on} 不在表决期（{opens} 至 {closes}）内，不计入；请从登记中删去，另行存档备查。"
        problems.append(Problem(f"{where}.on", message))
    return on


def read_marks(dossier: Dossier, text: str, where: str, problems: list[Problem]) -> str:
    """The marks of a ballot, one for each item, with a blank between."""
    marks, items = text.split(), len(dossier.answers("resolve_agenda")["items"])
    if len(marks) != items or any(not mark.isdecimal() or int(mark) not in tally.MARKS for mark in marks):
        message = f"应有 {items} 个标记（1 同意 2 反对 3 弃权 4 空白 0 无效），中间空格；请核对原票。"
        problems.append(Problem(where, message))
    return " ".join(marks)


def _not_its_turn(row: Row, ballot: rows.Ballot, no: int, where: str) -> list[Problem]:
    found = []
    if row.get("no", "").strip() not in {str(no), "" if no == 1 else str(no)}:
        message = f"房号“{ballot.unit_no}”的表决票已经登记；同一户确实又交回一次的，在“no”写 {no}；更正须由裁定员办理。"
        if no == 1:
            message = f"房号“{ballot.unit_no}”还没有登记过；“no”请写 1 或留空。"
        found.append(Problem(f"{where}.unit_no", message))
    serial = row.get("serial", "").strip()
    if serial and serial.lstrip("0") != str(ballot.serial):
        message = f"这一户现用的是第 {ballot.serial:06d} 号票，第 {serial} 号已作废或不是这一户的；请核对票号。"
        found.append(Problem(f"{where}.serial", message))
    return found


def _cast_by(dossier: Dossier, row: Row, unit: Unit, where: str, problems: list[Problem]) -> str:
    """What the one who signed is to the unit: as entered, or else as the roster says."""
    stated = row.get("cast_by", "").strip()
    if stated:
        if stated not in set(CastBy):
            problems.append(Problem(f"{where}.cast_by", f"没有“{stated}”这种签名人；可填：{'、'.join(CastBy)}。"))
        return stated
    signed_by = row.get("signed_by", "")
    if wrong := ballot_box.unsold_problem(unit, dossier.roster.developer, signed_by):
        problems.append(Problem(f"{where}.signed_by", wrong))
        return ""
    known = ballot_box.signer(unit, signed_by)
    if known is None:
        message = f"“{signed_by}”不是这一户登记的业主；请在“cast_by”写明是谁：{'、'.join(CastBy)}。"
        problems.append(Problem(f"{where}.cast_by", message))
    return known or ""


def _mandate(row: Row, cast_by: str, where: str, problems: list[Problem]) -> dict[str, Any]:
    """What the mandate of a proxy states (民法典 165); one that leaves something out is entered as it is."""
    stated: dict[str, Any] = {name: row.get(name, "").strip() for name in ("matter", "scope")}
    for name in ("valid_from", "valid_to"):
        stated[name] = cells.any_day(row, name, where, problems) if row.get(name) else None
    if cast_by == CastBy.PROXY and not row.get("signed_by", "").strip():
        problems.append(Problem(f"{where}.signed_by", "没有写受托人姓名；请补上。"))
    return {**stated, "mandate_signed": int(cells.truth(row, "mandate_signed", where, problems))}
