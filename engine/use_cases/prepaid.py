"""The ledger of prepaid fees: read from the old company's sheet, acknowledged by it, and each unit's money placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from engine import events
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules import prepaid_ledger, prepaid_sheet
from engine.rules.handover import Prepaid
from engine.rules.prepaid_ledger import Acknowledged, Compared
from engine.rules.prepaid_sheet import Line
from engine.spreadsheets import Row
from engine.store import disclosures, rosters
from engine.store import handover as kept
from engine.store.desk import PAGE, EstateListed
from engine.store.handover import Item
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, disclosing, handover_records, hands, powers, registering
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.handover_records import ACKNOWLEDGED, LEDGER
from engine.use_cases.library import Library
from engine.use_cases.powers import Verdict

#: Who keeps the ledger, and who besides may say that the old company acknowledged it.
KEEPING = ("会计审计", "物业企业")
HEARING = (*KEEPING, "业委会/物管会", "社区干部")
#: Which rows are shown: a word by key.
FILTERS = {"open": "没有去向", "placed": "已有去向", "all": "全部"}
_PURPOSE = "清算费用"


@dataclass(frozen=True)
class Ledger:
    """The ledger of an estate as this member finds it; ``sees`` says whether its units are shown, and why."""

    dossier: Dossier
    estate: EstateListed
    member: Member
    lanes: frozenset[str]
    rows: Sequence[Item]
    stated: Acknowledged | None
    sees: Verdict
    locked: str

    @property
    def keeps(self) -> bool:
        """Whether this member writes the ledger."""
        return not self.lanes.isdisjoint(KEEPING)

    @property
    def hears(self) -> bool:
        """Whether this member may record the old company's acknowledgement."""
        return not self.lanes.isdisjoint(HEARING)

    @property
    def content(self) -> str:
        """The digest of what an acknowledgement covers now."""
        return prepaid_ledger.digest(row.row for row in self.rows)

    @property
    def entries(self) -> list[Prepaid]:
        """The rows as the rules see them."""
        return self.dossier.prepaid


def ledger(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Ledger:
    """The ledger of an estate.  Raises NotFound."""
    estate, dossier = desk.estate(work, member, estate_id), Dossier(work, library, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    sees, stated = powers.sees(acting, member.name, "balances"), handover_records.acknowledged(dossier)
    rows = kept.balances(work, estate_id)
    return Ledger(dossier, estate, member, frozenset(acting), rows, stated, sees, _locked(dossier))


def _locked(dossier: Dossier) -> str:
    if dossier.estate.status != "running":
        return "小区已暂停或已结束办理，预收台账不能登记。"
    settled = dossier.times("settle_accounts", since="inspect_and_list") or dossier.times("settle_cutover")
    if settled and dossier.outcome("handover") in {"COMPLETE", "PARTIAL"}:
        return "费用已经清算、交接判定通过，预收台账不再改动；要改的请退回清算那一步。"
    return ""


@dataclass(frozen=True)
class Overview:
    """The ledger at a glance: buildings against what was stated, where the money went, and what bars the close."""

    compared: Sequence[Compared]
    placed: Mapping[str, Decimal]
    problems: Sequence[Problem]
    without: int


def overview(of: Ledger) -> Overview:
    """The ledger at a glance."""
    entries = of.entries
    units = len(of.dossier.roster.units)
    problems = prepaid_ledger.close_problems(entries, of.stated, of.content, named=of.sees.yes)
    differs = [one for one in prepaid_ledger.compared(entries, of.stated) if one.differs]
    problems += [
        Problem(
            "total",
            f"{one.building + ' ' if one.building else '合计'}按户相加 {one.found} 元，原企业确认 {one.stated} 元。",
        )
        for one in differs
    ]
    placed = handover_records.settlement(of.dossier).by_disposition()
    return Overview(prepaid_ledger.compared(entries, of.stated), placed, problems, units - len(entries))


@dataclass(frozen=True)
class UnitLine:
    """A unit of the ledger, with what it is owed and for how much of what it paid for."""

    item: Item
    entry: Prepaid

    @property
    def owed(self) -> Decimal:
        """Yuan."""
        return self.entry.refundable

    @property
    def paid_for(self) -> str:
        """What it paid for, in months or days."""
        return f"{self.entry.paid} {self.entry.measure.word}"

    @property
    def left(self) -> int:
        """How much of that was not served."""
        return self.entry.left


def units(of: Ledger, chosen: str, page: int) -> tuple[list[UnitLine], int]:
    """A page of the units under a filter, and how many there are; the look is noted.

    Empty for whom they are not shown to.
    """
    if not of.sees.yes or not of.rows:
        return [], 0
    lines = [UnitLine(row, entry) for row, entry in zip(of.rows, of.entries, strict=True)]
    if chosen in {"open", "placed"}:
        wanted = chosen == "placed"
        lines = [one for one in lines if bool(one.item.row.get("disposition")) == wanted and one.owed]
    shown = lines[(page - 1) * PAGE : page * PAGE]
    if shown:
        first, last = shown[0].item.row["unit_no"], shown[-1].item.row["unit_no"]
        disclosures.note(of.dossier.work, of.dossier.estate_id, disclosing.UNIT, f"预收费 {first} 至 {last}", _PURPOSE)
    return shown, len(lines)


def permitted(of: Ledger, lanes: Sequence[str]) -> None:
    """Raise NotPermitted unless this member may change the ledger now."""
    if of.lanes.isdisjoint(lanes):
        raise NotPermitted(lane="或".join(lanes))
    if of.locked:
        raise NotPermitted(of.locked)


def place(of: Ledger, ids: Sequence[str], given: Mapping[str, str]) -> int:
    """Say where the money of these rows went, as they were read (``rev-<id>``); how many.  Raises InvalidAnswers."""
    permitted(of, KEEPING)
    chosen = [row for row in of.rows if str(row.id) in ids]
    on, voucher, today = _day(given.get("done_on", "")), given.get("voucher", "").strip()[:200], of.dossier.today
    problems = prepaid_ledger.disposal_problems(given.get("disposition", ""), on, voucher, today)
    if not chosen:
        problems.append(Problem("unit", "没有勾选任何一户；请先勾选。"))
    problems += [
        Problem("unit", f"{row.row['unit_no']} 刚被别人改过；请核对以后重新勾选。")
        for row in chosen
        if given.get(f"rev-{row.id}") != str(row.revision)
    ]
    _refuse(problems)
    told = {"disposition": given["disposition"], "done_on": given["done_on"], "voucher": voucher}
    for row in chosen:
        kept.change_balance(of.dossier.work, row, {**row.row, **told})
    of.dossier.work.append(of.dossier.estate_id, events.PrepaidPlaced(len(chosen), given["disposition"]))
    return len(chosen)


def acknowledge(of: Ledger, given: Mapping[str, str]) -> Acknowledged:
    """Record what the old company signed for: ``name``, ``on``, ``total``, ``units`` and ``building-<place>``.

    It need not agree with the ledger; what differs is shown and bars the close.  Raises InvalidAnswers.
    """
    permitted(of, HEARING)
    problems: list[Problem] = []
    if not of.rows:
        problems.append(Problem("total", "台账还没有登记；请先导入原企业的预收表。"))
    if given.get("content", "") != of.content:
        problems.append(Problem("total", "台账刚被改过；请重新核对再登记确认。"))
    names = [one.building for one in prepaid_ledger.compared(of.entries, None)[:-1]]
    written = {name: given.get(f"building-{place}", "").strip() for place, name in enumerate(names)}
    parts = {name: _money(said, f"{name} 金额", problems) for name, said in written.items() if said}
    if parts and len(parts) < len(names):
        problems.append(Problem("total", "分幢金额要么都写，要么都不写；没有的写 0。"))
    total, on, count = (
        _money(given.get("total", ""), "合计", problems),
        _day(given.get("on", "")),
        given.get("units", ""),
    )
    if on is None:
        problems.append(Problem("on", "确认日期不是日期；请写成 2026-03-02 的形式。"))
    if not count.isdecimal() or len(count) > 6:
        problems.append(Problem("units", "户数应为整数；请照清算书填写。"))
    _refuse(problems)
    assert on is not None
    made = Acknowledged(given.get("name", "").strip()[:60], on, total, parts, int(count), of.content)
    _refuse(prepaid_ledger.acknowledgement_problems(made, of.dossier.today))
    row = {"name": made.name, "total": str(total), "units": made.units}
    by_building = {name: str(amount) for name, amount in parts.items()}
    work, estate_id = of.dossier.work, of.dossier.estate_id
    kept.record(
        work, estate_id, ACKNOWLEDGED, LEDGER, on.isoformat(), made.content, {**row, "by_building": by_building}
    )
    work.append(estate_id, events.PrepaidAcknowledged(str(made.total), made.units))
    return made


def read_sheet(of: Ledger, entries: Sequence[Row], person_key: bytes) -> tuple[int, Sequence[str]]:
    """Enter the old company's sheet as the ledger, whole or not at all; how many units, and the columns left aside.

    Names and numbers of owners are never kept.  Raises InvalidAnswers with a problem for each row at fault.
    """
    permitted(of, KEEPING)
    work, estate_id = of.dossier.work, of.dossier.estate_id
    newest = rosters.read(work, estate_id, rosters.newest(work, estate_id))
    known = {unit.unit_no: unit.building for unit in newest.units}
    lines = [Line(row, row.number) for row in entries]
    found = prepaid_sheet.read(lines, known, of.dossier.termination_on)
    if found.problems:
        raise InvalidAnswers(list(found.problems)[:50], f"共 {len(found.problems)} 处有误，全部没有登记。")
    registering.enter(work, of.dossier.library, estate_id, "prepaid", found.rows, person_key)
    return len(found.rows), found.aside


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _money(said: str, what: str, problems: list[Problem]) -> Decimal:
    try:
        amount = Decimal(said.replace(",", "").strip())
        if not amount.is_finite() or not 0 <= amount < 10**12 or amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
        return amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        problems.append(Problem("total", f"{what}“{said}”应为不小于 0、最多两位小数的数；请照清算书填写。"))
        return Decimal(0)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InvalidAnswers(list(problems), "没有登记。")
