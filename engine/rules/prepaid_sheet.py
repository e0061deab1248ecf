"""The old company's own sheet of prepaid fees, as it comes: headings of many kinds become rows of the ledger.

What a unit is owed is for the time not served (物业服务解释 3): by whole months, by days where the time that was paid
for or what is left of it is not whole months; or it is the balance that the company itself states.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from engine.errors import Problem
from engine.rules.handover import Measure

#: What companies call a column, without spaces, brackets and units.
_HEADINGS = {
    "unit": "房号 房间号 室号 户号 房间 房屋 房屋编号 门牌 门牌号 单元房号 资源名称",
    "building": "楼栋 楼号 楼幢 幢号 栋号 幢 栋",
    "amount": "金额 预收金额 预交金额 预缴金额 预存金额 实收金额 缴费金额 交费金额 已收金额 收费金额 预收款 预收物业费",
    "since": "起 起始日期 开始日期 计费开始 费用起 费用开始 收费起 缴费起始 交费起始 预交起 起始月份",
    "until": "止 截止日期 结束日期 计费截止 费用止 费用截止 收费止 交至 缴至 已交至 已缴至 预交至 预收至 截止月份",
    "months": "预交月数 预缴月数 预收月数 缴费月数 交费月数 月数",
    "left": "剩余月数 未服务月数 应退月数",
    "balance": "余额 预收余额 预存余额 结余 应退 应退金额 待退金额 剩余金额",
}
_KNOWN = {word: key for key, words in _HEADINGS.items() for word in words.split()}
_ASIDE = re.compile(r"[\s（(\[【].*?[)）\]】]|[\s*：:]|元$")
_TOTAL = re.compile(r"(合|总|小|共)\s*计")
_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})(?:\D{1,2}(\d{1,2}))?\D?")
#: So many rows are looked through for the one that names the columns: above it companies write titles and dates.
_SOUGHT = 20
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Line:
    """A row of the sheet: its cells by heading, and its number there."""

    cells: Mapping[str, str]
    number: int


@dataclass(frozen=True)
class Read:
    """What a sheet says: rows of the ledger, what is wrong by row, and the columns that were left aside."""

    rows: Sequence[Mapping[str, str]]
    problems: Sequence[Problem]
    aside: Sequence[str]


@dataclass
class _Reading:
    units: Mapping[str, str]
    ends_on: date | None
    problems: list[Problem] = field(default_factory=list)

    def say(self, line: Line, message: str) -> None:
        self.problems.append(Problem("sheet", f"第 {line.number} 行：{message}"))


def columns(headings: Iterable[str]) -> dict[str, str]:
    """Which column of the ledger each heading stands for; the first that fits, those that stand for none left out."""
    found: dict[str, str] = {}
    for heading in headings:
        key = _KNOWN.get(_ASIDE.sub("", unicodedata.normalize("NFKC", heading)))
        if key and key not in found.values():
            found[heading] = key
    return found


def header(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows names the columns: the one in which most are known, the first where none is."""
    found = [len(columns(row)) for row in rows[:_SOUGHT]]
    return found.index(max(found)) if found and max(found) > 1 else 0


def read(lines: Sequence[Line], units: Mapping[str, str], ends_on: date | None) -> Read:
    """The ledger that a sheet states; ``units`` are those of the roster with their buildings.

    ``ends_on`` is the last day of the old contract, None while there is none.
    """
    headings = list(dict.fromkeys(name for line in lines for name in line.cells))
    known = columns(headings)
    reading = _Reading(units, ends_on)
    if lacking := _lacking(known.values()):
        return Read([], [Problem("sheet", lacking)], headings)
    rows, seen, keys = list[dict[str, str]](), dict[str, int](), _keys(units)
    for line in lines:
        cells = {key: unicodedata.normalize("NFKC", line.cells.get(name, "")).strip() for name, key in known.items()}
        if _TOTAL.search(cells["unit"] + cells.get("building", "")):
            _hold_total(reading, line, cells, rows)
        elif row := _row(reading, line, cells, keys):
            if row["unit_no"] in seen:
                reading.say(line, f"房号“{row['unit_no']}”与第 {seen[row['unit_no']]} 行重复；几笔预交的请合并成一行。")
            seen[row["unit_no"]] = line.number
            rows.append(row)
    return Read(rows, reading.problems, [name for name in headings if name not in known])


def _lacking(known: Iterable[str]) -> str:
    has = set(known)
    if "unit" not in has:
        return "没有找到房号这一列；请把列名写成“房号”。"
    if "balance" in has or ("amount" in has and ("until" in has or {"months", "left"} <= has)):
        return ""
    return "看不出每户应退多少；请有“应退金额”一列，或“金额”加“起始日期、截止日期”，或“金额”加“预交月数、剩余月数”。"


def _row(reading: _Reading, line: Line, cells: Mapping[str, str], keys: Mapping[object, str]) -> dict[str, str] | None:
    unit = _unit(reading, line, cells, keys)
    before = len(reading.problems)
    money = _owed(reading, line, cells)
    if unit is None or money is None or len(reading.problems) > before:
        return None
    row = {"unit_no": unit, "building": reading.units[unit], "amount": str(money.amount)}
    paid, left = f"{money.measure.value.lower()}_paid", f"{money.measure.value.lower()}_left"
    return {**row, paid: str(money.paid), left: str(money.left), "paid_until": money.until, "disposition": ""}


def _keys(units: Mapping[str, str]) -> dict[object, str]:
    """Units by their number as written and by the numbers in it; numbers that several share stand for none."""
    found: dict[object, str] = {}
    for unit in units:
        numbers = _numbers(unit)
        found[numbers] = "" if numbers in found else unit
    return found | {unit: unit for unit in units}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in _DIGITS.findall(text))


def _unit(reading: _Reading, line: Line, cells: Mapping[str, str], keys: Mapping[object, str]) -> str | None:
    said = cells["unit"]
    tries = (said, _numbers(said), _numbers(cells.get("building", "")) + _numbers(said))
    found = next((keys[one] for one in tries if keys.get(one)), None)
    if found is None:
        reading.say(line, f"名册里没有“{' '.join(filter(None, (cells.get('building', ''), said)))}”；请核对房号。")
    return found


@dataclass(frozen=True)
class _Owed:
    """What a row says of the money: ``left`` of the ``paid`` months or days that ``amount`` is for were not served."""

    amount: Decimal
    paid: int
    left: int
    until: str
    measure: Measure = Measure.MONTHS


def _owed(reading: _Reading, line: Line, cells: Mapping[str, str]) -> _Owed | None:
    """What a row says of the money; None with a problem."""
    until = _day(reading, line, cells, "until", last=True)
    shown = until.isoformat() if until else ""
    if not cells.get("amount"):
        balance = _money(reading, line, cells.get("balance", ""), "应退金额")
        return None if balance is None else _Owed(balance, 1, 1, shown)
    amount = _money(reading, line, cells["amount"], "金额")
    if amount is None:
        return None
    if cells.get("balance") and not cells.get("left"):
        balance = _money(reading, line, cells["balance"], "应退金额")
        if balance is not None and balance > amount:
            reading.say(line, f"应退金额 {balance} 元大于预收金额 {amount} 元；请核对。")
        return None if balance is None else _Owed(balance, 1, 1, shown)
    months, left = _whole(reading, line, cells, "months"), _whole(reading, line, cells, "left")
    since = _day(reading, line, cells, "since", last=False)
    if months is not None and left is not None:
        return _held(reading, line, _Owed(amount, months, left, shown))
    if until and since is None and months is not None:
        since = _before(until, months)
    if until is None or since is None:
        reading.say(line, "算不出月数；请补“起始日期、截止日期”，或“预交月数、剩余月数”，或只写“应退金额”。")
        return None
    if until < since:
        reading.say(line, f"截止日期 {until} 早于起始日期 {since}；请核对。")
        return None
    if reading.ends_on is None:
        reading.say(line, "原合同的终止日还没有登记，算不出剩余月数；请先送达终止通知，或写“剩余月数”。")
        return None
    return _held(reading, line, _by_days(amount, months, since, until, reading.ends_on))


def _by_days(amount: Decimal, months: int | None, since: date, until: date, ends_on: date) -> _Owed:
    """What is left of a period: in whole months where it all is whole months, else in days; both ends counted."""
    begins = max(since, ends_on + timedelta(1))
    paid = months or _months(since, until)
    left = 0 if until < begins else _months(begins, until)
    if paid is not None and left is not None:
        return _Owed(amount, paid, left, until.isoformat())
    days = max(0, (until - begins).days + 1)
    return _Owed(amount, (until - since).days + 1, days, until.isoformat(), Measure.DAYS)


def _held(reading: _Reading, line: Line, owed: _Owed) -> _Owed | None:
    if 0 <= owed.left <= owed.paid:
        return owed
    word = owed.measure.word
    reading.say(line, f"剩余 {owed.left} {word}，应在 0 到预交的 {owed.paid} {word}之间；请核对日期。")
    return None


def _months(since: date, until: date) -> int | None:
    """How many whole months lie from one day to another, both counted; None where they are not whole."""
    end = until + timedelta(1)
    months = (end.year - since.year) * 12 + end.month - since.month
    both_last = _is_last(since - timedelta(1)) and _is_last(until)
    return months if months > 0 and (since.day == end.day or both_last) else None


def _before(until: date, months: int) -> date:
    """The first day of so many months that end with ``until``."""
    end = until + timedelta(1)
    year, month = divmod(end.year * 12 + end.month - 1 - months, 12)
    return date(year, month + 1, min(end.day, monthrange(year, month + 1)[1]))


def _is_last(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _day(reading: _Reading, line: Line, cells: Mapping[str, str], key: str, *, last: bool) -> date | None:
    said = cells.get(key, "")
    if not said:
        return None
    found = _DAY.fullmatch(said.partition(" ")[0])
    try:
        if found is None:
            raise ValueError
        year, month = int(found[1]), int(found[2])
        return date(year, month, int(found[3]) if found[3] else monthrange(year, month)[1] if last else 1)
    except ValueError:
        reading.say(line, f"“{said}”不是日期；请写成 2026-03-02 的形式。")
        return None


def _whole(reading: _Reading, line: Line, cells: Mapping[str, str], key: str) -> int | None:
    said = cells.get(key, "")
    if not said:
        return None
    if not said.isdecimal() or len(said) > 4:
        reading.say(line, f"“{said}”不是月数；请写整数。")
        return None
    return int(said)


def _money(reading: _Reading, line: Line, said: str, what: str) -> Decimal | None:
    plain = said.replace(",", "").replace("¥", "").replace("元", "").strip()
    try:
        amount = Decimal(plain)
        if not amount.is_finite() or amount < 0 or amount != amount.quantize(Decimal("0.01")):
            raise InvalidOperation
    except InvalidOperation:
        reading.say(line, f"{what}“{said}”应为不小于 0、最多两位小数的数；请核对票据。")
        return None
    return amount.quantize(Decimal("0.01"))


def _hold_total(reading: _Reading, line: Line, cells: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> None:
    """Hold the sheet's own total against its rows; subtotals are only passed over."""
    if "小" in cells["unit"] or not cells.get("amount") or reading.problems:
        return
    stated = _money(reading, line, cells["amount"], "合计")
    total = sum((Decimal(row["amount"]) for row in rows), Decimal(0))
    if stated is not None and "balance" not in cells and stated != total:
        reading.say(line, f"合计写作 {stated} 元，以上各行相加是 {total} 元；请核对有没有漏行、错行。")
