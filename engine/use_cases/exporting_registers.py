"""Take a register of an estate out as a workbook: masked, or in full by whom it belongs to, on purpose and on record.

What ballots say is never taken out (law PI-09), identity numbers neither (law §6.2).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules.roster import Owner, masked
from engine.store import disclosures, registers, rosters, rows
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import disclosing, exporting, hands, powers, sheets
from engine.use_cases.accounts import ADMINISTRATOR, Member
from engine.use_cases.exporting import Table, Taken
from engine.use_cases.powers import Verdict
from engine.use_cases.sheets import Sheet
from engine.workbooks import Cell

KIND = "登记表"
_Rows = Callable[[UnitOfWork, int, Sheet, bool], list[Sequence[Cell]]]


@dataclass(frozen=True)
class Leaving:
    """How a register leaves: ``sight`` opens it in full, for one of ``purposes``; without ``also_masked`` only so."""

    headings: Sequence[str]
    rows: _Rows
    sight: str = ""
    purposes: tuple[str, ...] = ()
    also_masked: bool = True


@dataclass(frozen=True)
class Offer:
    """What a member may take of a register: ``masked``, or in full for one of ``purposes`` as ``full`` says."""

    masked: bool
    full: Verdict
    purposes: tuple[str, ...]


def offer(work: UnitOfWork, member: Member, estate_id: int, what: str) -> Offer:
    """What this member may take of the register ``what``.  Raises NotFound."""
    of = sheets.sheet(what)
    leaving = _LEAVING[what]
    no = Verdict(False, "")
    acting = hands.lanes_of(work, member.name, estate_id)
    full = powers.sees(acting, member.name, leaving.sight) if leaving.sight else no
    works = bool(member.roles & (exporting.EXPORTING - {ADMINISTRATOR})) or full.yes
    may = leaving.also_masked and (works or sheets.may_enter(work, member, estate_id, of))
    return Offer(may, full, leaving.purposes)


def workbook(work: UnitOfWork, member: Member, estate_id: int, what: str, purpose: str | None = None) -> Taken:
    """A register as a workbook, masked; with a ``purpose`` in full.  What was taken, and for what, is put on record.

    Raises NotFound, NotPermitted, and InvalidAnswers for a purpose that is none.
    """
    estate, of, leaving = disclosing.estate(work, member, estate_id), sheets.sheet(what), _LEAVING[what]
    offered = offer(work, member, estate_id, what)
    if purpose is None and not offered.masked:
        raise NotPermitted("{why}。", why=offered.full.because or f"{of.title}由{'、'.join(of.lanes)}导出")
    if purpose is not None:
        powers.refuse_unless(offered.full)
        if purpose not in leaving.purposes:
            raise InvalidAnswers([Problem("purpose", "没有选择用途；导出完整内容要选一个用途。")], "没有导出。")
    found = leaving.rows(work, estate_id, of, purpose is not None)
    said = f"{estate.name} · " + (f"用途：{purpose}" if purpose else "姓名和号码已遮住" if leaving.sight else "全部")
    taken = exporting.taken(
        work, member, Table(what, of.title, leaving.headings, found), said, f"estate={estate_id}&full={bool(purpose):d}"
    )
    if purpose is not None:
        disclosures.note(work, estate_id, KIND, f"{of.title} {len(found)} 行 {taken.number}", f"导出：{purpose}")
    return taken


def _roster(work: UnitOfWork, estate_id: int, of: Sheet, full: bool) -> list[Sequence[Cell]]:
    found = rosters.read(work, estate_id, rosters.newest(work, estate_id))
    return [
        (
            unit.unit_no, unit.building, _square_metres(unit.area), unit.usage,
            "、".join(_name(one, full) for one in unit.owners),
            "、".join(one.phone if full else one.masked_phone for one in unit.owners if one.phone),
        )
        for unit in found.units
    ]  # fmt: skip


def _name(owner: Owner, full: bool) -> str:
    return owner.name if full else owner.masked


def _visits(work: UnitOfWork, estate_id: int, of: Sheet, full: bool) -> list[Sequence[Cell]]:
    promised: dict[tuple[str, str], list[str]] = {}
    for row in work.register(registers.promise, estate_id):
        promised.setdefault((row.unit_no, row.on), []).append(row.text)
    return [
        (
            row.unit_no, row.on, row.time, row.round, _word(of, "attitude", row.attitude),
            "、".join(_word(of, "concerns", one) for one in row.concerns.split()), row.note,
            "；".join(promised.get((row.unit_no, row.on), ())), row.visitors, row.follow_up,
        )
        for row in work.register(registers.visit, estate_id)
    ]  # fmt: skip


def _word(of: Sheet, column: str, code: str | None) -> str:
    words = {known: word for word, known in of.words[column].items()}
    return words.get(code or "", code or "")


def _deliveries(work: UnitOfWork, estate_id: int, of: Sheet, full: bool) -> list[Sequence[Cell]]:
    return [
        (
            one.serial, one.unit_no, one.issue, _square_metres(one.area), one.delivered_on,
            _word(of, "mode", one.delivery_mode), _said(one.receiver, full), one.spoiled_on, one.spoiled_why,
        )
        for one in _ballots(work, estate_id)
    ]  # fmt: skip


def _returns(work: UnitOfWork, estate_id: int, of: Sheet, full: bool) -> list[Sequence[Cell]]:
    """What came back, without what it says."""
    ballots = {one.id: one for one in _ballots(work, estate_id)}
    return [
        (
            ballots[back.ballot_id].serial, ballots[back.ballot_id].unit_no, back.no, back.returned_on,
            "是" if back.signed else "否", _said(back.signed_by, full), "是" if back.is_copy else "否",
        )
        for back in work.ballot_returns(estate_id, _newest_vote(work, estate_id))
        if back.ballot_id in ballots
    ]  # fmt: skip


def _ballots(work: UnitOfWork, estate_id: int) -> list[rows.Ballot]:
    return work.ballots(estate_id, _newest_vote(work, estate_id))


def _newest_vote(work: UnitOfWork, estate_id: int) -> int:
    return max((row.number for row in work.register(registers.meeting, estate_id)), default=0)


def _said(name: str | None, full: bool) -> str:
    return masked(name) if name and not full else name or ""


def _kept(table: Any, columns: Sequence[str]) -> _Rows:
    """Rows that were kept as they were entered."""

    def found(work: UnitOfWork, estate_id: int, of: Sheet, full: bool) -> list[Sequence[Cell]]:
        kept = [orjson.loads(row.row) for row in work.register(table, estate_id)]
        return [tuple(_entered(of, column, row.get(column, "")) for column in columns) for row in kept]

    return found


def _entered(of: Sheet, column: str, cell: str) -> str:
    return _word(of, column, cell) if column in of.words else cell


def _square_metres(area: int) -> str:
    """An area of 0.01 m² as people write it."""
    return f"{area // 100}.{area % 100:02d}"


def _whole(what: str, table: Any) -> tuple[Sequence[str], _Rows]:
    columns = sheets.SHEETS[what].columns
    return list(columns), _kept(table, list(columns.values()))


_CALLS = ("安排走访和回访", "核对走访记录", "答复业主本人")
_LEAVING: Mapping[str, Leaving] = {
    "roster": Leaving(
        ("房号", "楼栋", "登记面积（㎡）", "用途", "业主", "电话"), _roster, "owners", disclosing.PURPOSES
    ),
    "visits": Leaving(
        ("房号", "日期", "时间", "轮次", "态度", "疑虑", "备注", "承诺", "走访人", "回访日期"),
        _visits, "attitudes", _CALLS, also_masked=False,
    ),
    "deliveries": Leaving(
        ("票号", "房号", "第几张", "面积（㎡）", "送达日期", "方式", "签收人", "作废日期", "作废原因"),
        _deliveries, "owners", ("核对送达", "答复业主本人"),
    ),
    "ballots": Leaving(
        ("票号", "房号", "次序", "收回日期", "已签名", "签名", "复印件"),
        _returns, "owners", ("核对收回的表决票", "答复业主本人"),
    ),
    "handover_items": Leaving(*_whole("handover_items", registers.handover_item)),
    "prepaid": Leaving(
        *_whole("prepaid", registers.prepaid_balance), "balances", ("清算费用", "答复业主本人"), also_masked=False
    ),
}  # fmt: skip
