"""Enter registers in bulk: roster, visits, ballots, photos of postings, handover items, prepaid fees."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import orjson
import sqlalchemy as sa

from engine import events, pictures
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules import canvass, handover, handover_list, roster
from engine.rules.handover_gaps import Rung
from engine.store import documents, notices, registers, rosters
from engine.store import handover as handovers
from engine.store.notices import Used
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import ballot_register, cells, data_notice, figures, proof_photos
from engine.use_cases.cells import Row, Rows
from engine.use_cases.dossier import Dossier
from engine.use_cases.handover_records import REFUSED, SIGNED
from engine.use_cases.library import Library
from engine.use_cases.proof_photos import Taken

#: No estate's account comes near it.
_YUAN_LIMIT = Decimal(10) ** 12
#: The columns of each register, as in docs/case-files.md; ``sha256`` is the photo that a row of ``proofs`` names.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "roster": roster.HEADINGS,
    "visits": ("unit_no", "on", "time", "attitude", "concerns", "note", "promise", "visitors", "follow_up"),
    "deliveries": ("unit_no", "on", "mode", "receiver", "by", "proof", "replaces", "reason"),
    "ballots": (
        "unit_no", "on", "marks", "signed", "signed_by", "serial", "no", "cast_by", "proven", "designated", "objected",
        "is_copy", "matter", "scope", "valid_from", "valid_to", "mandate_signed",
    ),
    "proofs": ("task", "board", "on", "file", "sha256"),
    "handover_items": (
        "group", "name", "qty", "unit", "location", "state", "safety", "evidence", "given_by", "received_by", "witness",
        "on", "mitigated", "missing_plan", "dispute", "remark",
    ),
    "prepaid": (
        "unit_no", "building", "paid_until", "amount", "months_paid", "months_left", "days_paid", "days_left",
        "disposition", "done_on", "voucher",
    ),
}  # fmt: skip
_PHOTO_LIMIT = 20 * 1024 * 1024


def enter(work: UnitOfWork, library: Library, estate_id: int, what: str, entries: Rows, person_key: bytes) -> None:
    """Enter ``entries`` into the register ``what``.

    Raises InvalidAnswers with a problem for each row at fault; nothing is entered then.
    """
    dossier = Dossier(work, library, estate_id)
    if dossier.estate.status != "running":
        raise NotPermitted("小区“{name}”已暂停或已结束办理，不能登记。", name=dossier.estate.name)
    if not entries:
        raise InvalidAnswers([Problem(what, "表格只有表头，没有一行内容；请填好后再登记。")], "没有登记。")
    cells.refuse(cells.unknown_columns(entries, what, COLUMNS[what]))
    if what == "roster":
        _roster(dossier, entries, person_key)
    else:
        _REGISTERS[what](dossier, entries)
    figures.place(dossier)


def keep_photo(work: UnitOfWork, content: bytes) -> str:
    """Keep a photo, for a row of ``proofs`` to name by the SHA-256 that is returned.  Raises InvalidAnswers."""
    if len(content) > _PHOTO_LIMIT:
        limit = _PHOTO_LIMIT // 1024 // 1024
        raise InvalidAnswers([Problem("file", f"照片超过 {limit} MB；请缩小后再上传。")])
    try:
        picture = pictures.read(content)
    except pictures.Unfit as error:
        raise InvalidAnswers([Problem("file", str(error))]) from error
    if picture is None:
        raise InvalidAnswers([Problem("file", "这是 PDF，不是照片；请上传张贴现场的照片。")])
    return documents.keep(work, content)


def known_by(person_key: bytes) -> Callable[[str], str]:
    """How an identity number becomes the key that is kept: a keyed hash (decisions 15)."""
    keyed = hmac.new(person_key, digestmod=hashlib.sha256)

    def known(number: str) -> str:
        # a copy of what has taken the key in costs two thirds of beginning anew
        begun = keyed.copy()
        begun.update(number.encode())
        return begun.hexdigest()

    return known


def _roster(dossier: Dossier, entries: Rows, person_key: bytes) -> None:
    """Read a new version of the roster; identity numbers are kept only as keyed hashes (decisions 15)."""
    given = [column for column in COLUMNS["roster"] if any(row.get(column) for row in entries)]
    data_notice.refuse_unless_told(dossier, "roster", "ROSTER", given)
    read = roster.read(entries, known_by(person_key))
    work, estate_id = dossier.work, dossier.estate_id
    version = rosters.next_version(work, estate_id)
    rosters.keep(work, estate_id, version, read, data_notice.version(dossier))
    work.append(estate_id, events.RosterImported(version, len(read.units), read.area))


def _visits(dossier: Dossier, entries: Rows) -> None:
    data_notice.refuse_unless_told(dossier, "visits", "CANVASS")
    problems: list[Problem] = []
    known = dossier.electorate.units
    attitudes = {attitude.value for attitude in canvass.Attitude}
    round = dossier.times("canvass_households", since="hold_briefing") + 1
    values = []
    for number, row in enumerate(entries):
        where = f"visits[{number}]"
        cells.known_unit(row, known, where, problems)
        attitude = row.get("attitude", "")
        if attitude and attitude not in attitudes:
            problems.append(Problem(f"{where}.attitude", f"没有“{attitude}”这个态度；请按表头说明填写。"))
        concerns = [one for one in row.get("concerns", "").split(" ") if one]
        unknown = [one for one in concerns if one not in canvass.CONCERNS]
        if unknown:
            known_ones = "、".join(canvass.CONCERNS)
            problems.append(Problem(f"{where}.concerns", f"没有“{unknown[0]}”这种疑虑；可填：{known_ones}，中间空格。"))
        on = cells.day(row, "on", where, dossier.today, problems)
        values.append(
            {
                "estate_id": dossier.estate_id,
                "unit_no": row.get("unit_no", ""),
                "on": on,
                "time": cells.time_of_day(row, "time", where, problems),
                "round": round,
                "attitude": attitude,
                "concerns": row.get("concerns", ""),
                "note": row.get("note", ""),
                "visitors": row.get("visitors", ""),
                "follow_up": _next_call(row, on, where, problems),
            }
        )
    for number, first in cells.repeated(tuple(sorted(row.items())) for row in entries):
        message = f"与第 {first + 1} 行完全相同；请删去一行，确是两次走访的请写明不同之处。"
        problems.append(Problem(f"visits[{number}].unit_no", message))
    cells.refuse(problems)
    dossier.work.insert(registers.visit, values)
    promises = [
        {
            "estate_id": dossier.estate_id,
            "unit_no": row["unit_no"],
            "on": value["on"],
            "promised_by": dossier.work.actor,
            "text": row["promise"].strip(),
        }
        for row, value in zip(entries, values, strict=True)
        if row.get("promise", "").strip()
    ]
    dossier.work.insert(registers.promise, promises)
    dossier.work.append(dossier.estate_id, events.VisitsRecorded(len(values)))


def _next_call(row: Row, on: str, where: str, problems: list[Problem]) -> str | None:
    """The day of the next call, if one was agreed; it does not come before the visit."""
    if not row.get("follow_up"):
        return None
    again = cells.any_day(row, "follow_up", where, problems)
    if again and again < on:
        problems.append(Problem(f"{where}.follow_up", f"回访日期 {again} 早于走访日期 {on}；请核对先后。"))
    return again


def _proofs(dossier: Dossier, entries: Rows) -> None:
    """Enter photos of postings: each names the task that posted, the board, and a file that was kept already.

    A photo here is held to what one from a phone is held to (:mod:`engine.use_cases.proof_photos`).
    """
    problems: list[Problem] = []
    boards = notices.boards(dossier.work, dossier.estate_id)
    before, values = proof_photos.used(dossier), []
    for number, row in enumerate(entries):
        where = f"proofs[{number}]"
        task, board = row.get("task", ""), row.get("board", "")
        if (task, board) not in boards:
            message = f"没有任务“{task}”第 {board or '？'} 块公告栏的张贴记录；请先办理张贴，或核对栏号。"
            problems.append(Problem(f"{where}.board", message))
        if not row.get("sha256"):
            problems.append(Problem(f"{where}.file", "没有照片；请附上 JPEG 或 PNG 照片。"))
        on = cells.day(row, "on", where, dossier.today, problems)
        if on and (task, board) in boards and row.get("sha256"):
            posting_id, posted_on = boards[task, board]
            taken = _proof(dossier, row, where, posted_on, before, problems)
            if taken:
                before.append(Used(f"第 {number + 1} 行第 {board} 处", on, taken.sha256, taken.looks))
                kept = {"posting_id": posting_id, "taken_on": on, "doubt": taken.doubt}
                values.append({**taken.values, **kept, "at": dossier.work.at, "actor": dossier.work.actor})
    cells.refuse(problems)
    dossier.work.insert(registers.proof, values)
    dossier.work.append(dossier.estate_id, events.PostingsProved(len(values)))


def _proof(
    dossier: Dossier, row: Row, where: str, posted_on: str, before: Sequence[Used], problems: list[Problem]
) -> Taken | None:
    """The photo of a row; None with a problem.  The day that it tells by itself is the day that has to be written."""
    try:
        taken = proof_photos.take(dossier, dossier.work.files.read(row["sha256"]), posted_on, before)
    except InvalidAnswers as error:
        problems += [Problem(f"{where}.file", each.message) for each in error.problems]
        return None
    on = taken.on.isoformat()
    if not taken.values["taken_at"]:
        if row["on"] < posted_on:
            problems.append(Problem(f"{where}.on", f"{row['on']} 早于公告张贴的 {posted_on}；请核对日期。"))
        return replace(taken, doubt="照片里没有拍摄时间，按填写的日期算")
    if on != row["on"]:
        problems.append(Problem(f"{where}.on", f"照片摄于 {on}，登记的是 {row['on']}；请照照片改正，或换一张照片。"))
    return taken


def _handover(dossier: Dossier, entries: Rows) -> None:
    problems: list[Problem] = []
    for number, row in enumerate(entries):
        where = f"handover_items[{number}]"
        problems += handover_list.row_problems(where, row)
        cells.truth(row, "mitigated", where, problems)
        cells.day(row, "on", where, dossier.today, problems)
    cells.refuse([*problems, *_begun(dossier)])
    _replace(dossier, registers.handover_item, entries)
    dossier.work.append(dossier.estate_id, events.HandoverItemsListed(len(entries)))


def _begun(dossier: Dossier) -> Iterator[Problem]:
    """A sheet replaces the whole list: it may not once items were photographed or groups signed."""
    if handovers.photos(dossier.work, dossier.estate_id) or handovers.acts(
        dossier.work, dossier.estate_id, SIGNED, REFUSED, *Rung
    ):
        message = "移交清单已经逐项拍照、签字或者催告，不能再用整张表覆盖；请在“交接”里逐项登记。"
        yield Problem("handover_items", message)


def _prepaid(dossier: Dossier, entries: Rows) -> None:
    problems: list[Problem] = []
    newest = rosters.read(dossier.work, dossier.estate_id, rosters.newest(dossier.work, dossier.estate_id))
    known = {unit.unit_no: unit for unit in newest.units}
    cells.unit_once(entries, "prepaid", "一户只登记一行，几笔预交的请合并", problems)
    for number, row in enumerate(entries):
        where = f"prepaid[{number}]"
        cells.known_unit(row, known, where, problems)
        if row.get("paid_until"):
            cells.any_day(row, "paid_until", where, problems)
        if row.get("done_on"):
            cells.day(row, "done_on", where, dossier.today, problems)
        problems += _period_problems(row, where)
        if not _is_yuan(row.get("amount", "")):
            problems.append(Problem(f"{where}.amount", "金额应为 0 到一万亿之间、最多两位小数的数；请核对票据。"))
        if row.get("disposition") and row["disposition"] not in {one.value for one in handover.Disposition}:
            problems.append(Problem(f"{where}.disposition", "去向应为转入、退还、监管或争议。"))
    if any(row.get("voucher") for row in dossier.prepaid_rows):
        message = "已经有户登记了去向和凭证，不能再用整张表覆盖；请在“交接”的预收台账里逐户登记。"
        problems.append(Problem("prepaid", message))
    cells.refuse(problems)
    _replace(dossier, registers.prepaid_balance, entries)
    dossier.work.append(dossier.estate_id, events.PrepaidFeesListed(len(entries)))


def _replace(dossier: Dossier, table: sa.Table, entries: Rows) -> None:
    dossier.work.execute(sa.delete(table).where(table.c.estate_id == dossier.estate_id))
    dossier.work.insert(table, [{"estate_id": dossier.estate_id, "row": orjson.dumps(dict(row))} for row in entries])


def _is_yuan(text: str) -> bool:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    return amount.is_finite() and 0 <= amount < _YUAN_LIMIT and amount == amount.quantize(Decimal("0.01"))


_REGISTERS: Mapping[str, Callable[[Dossier, Rows], None]] = {
    "visits": _visits,
    "deliveries": ballot_register.hand_out,
    "ballots": ballot_register.take_back,
    "proofs": _proofs,
    "handover_items": _handover,
    "prepaid": _prepaid,
}


def _period_problems(row: Mapping[str, str], where: str) -> list[Problem]:
    """A period that was paid for is counted in months or in days, not in both."""
    days = any(row.get(name) for name in ("days_paid", "days_left"))
    if days and any(row.get(name) for name in ("months_paid", "months_left")):
        return [Problem(f"{where}.days_paid", "月数和天数只写一种：整月的写月数，不是整月的写天数。")]
    column, word = ("days", "天数") if days else ("months", "月数")
    names = (f"{column}_paid", f"{column}_left")
    return [
        Problem(f"{where}.{name}", f"{word}应为整数；请核对票据。") for name in names if not _whole(row.get(name, ""))
    ]


def _whole(said: str) -> bool:
    return said.isdecimal() and len(said) <= 5
