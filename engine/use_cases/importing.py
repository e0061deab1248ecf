"""The way of a community's list into the register of owners: sent, its columns named, mended, looked at, imported.

What takes long is done by :mod:`engine.use_cases.roster_reading`, for small lists at once, else beside the job loop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from engine import events, sealing, spreadsheets
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import covering, roster_columns
from engine.rules.roster import metres
from engine.rules.roster_columns import FIELDS
from engine.store import disclosures, roster_imports, rosters
from engine.store.desk import EstateListed
from engine.store.roster_imports import CHECKING, COLUMNS, DONE, IMPORTING, LEFT, REVIEW, UNDONE, Import
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import data_notice, desk, disclosing, exporting, figures, hands
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.exporting import Table, Taken
from engine.use_cases.library import Library
from engine.workbooks import Cell

LANES = ("社区干部",)
#: For what a list that waits is sealed.
SEALED_FOR = "roster import"
#: A list of so many bytes is read while its sender waits; a longer one beside the job loop.
AT_ONCE = 256 * 1024
#: What may be decided of a unit, and of the whole against the registered total.
OF_UNITS, TOTAL = ("source", "usage", "status", "apart"), "total"
#: Faults on a page.
PAGE = 50
_REASON = 4
_HOW_TO_MEND = (
    "请在原处改正，不要改动“行号”一列；改好后在导入页上传这份表格。",
    "证件号只露出后四位：不改的就留着，传回来时自动认出；要改的，写完整的号码。不导入的列不在表里。",
)


@dataclass(frozen=True)
class Look:
    """How an import stands: ``found`` is what was read of it, for whoever may import.

    ``frozen_on`` is when the newest version was frozen for a vote; ``undoable`` says whether it may be taken back.
    """

    estate: EstateListed
    mine: bool
    given: Import | None
    found: Mapping[str, Any]
    mended: Mapping[str, Any]
    version: int
    frozen_on: str
    undoable: bool
    notice: bool
    decisions: list[Any] = field(default_factory=list)

    @property
    def step(self) -> int:
        """Which of the five steps it is at; 1 where nothing is on its way."""
        if self.given is None or self.given.status not in (COLUMNS, CHECKING, REVIEW, IMPORTING):
            return 1
        if self.given.status == IMPORTING:
            return 5
        return 2 if self.given.status == COLUMNS or not self.given.setting.get("fields") else 3


def look(work: UnitOfWork, library: Library, member: Member, estate_id: int, key: bytes) -> Look:
    """How the import of an estate's roster stands.  Raises NotFound."""
    estate = desk.estate(work, member, estate_id)
    mine = hands.acts_in_lanes(work, member, estate_id, LANES)
    given = roster_imports.newest(work, estate_id)
    version = rosters.newest(work, estate_id)
    kept = rosters.version(work, estate_id, version)
    frozen_on = (kept.frozen_on or "") if kept else ""
    undoable = bool(mine and given and given.status == DONE and given.version == version and not frozen_on)
    notice = Dossier(work, library, estate_id).answered(data_notice.STEP)
    found = _unsealed(key, given.found) if mine and given else {}
    mended = _unsealed(key, given.mended) if mine and given else {}
    decided = roster_imports.decisions(work, estate_id, version) if mine else []
    return Look(estate, mine, given, found, mended, version, frozen_on, undoable, notice, decided)


def send(
    work: UnitOfWork, library: Library, member: Member, estate_id: int, key: bytes, name: str, content: bytes
) -> None:
    """Take a list.  Raises NotFound, NotPermitted, InvalidAnswers."""
    permitted(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    if dossier.estate.status != "running":
        raise NotPermitted("小区“{name}”已暂停或已结束办理，不能导入名册。", name=dossier.estate.name)
    data_notice.refuse_unless_told(dossier, "sheet", "ROSTER")
    if not content:
        raise InvalidAnswers([Problem("sheet", "没有选择表格；请先选择 xlsx、xls 或 csv 文件。")], "没有导入。")
    if len(content) > spreadsheets.FILE_LIMIT:
        limit = spreadsheets.FILE_LIMIT // 1024 // 1024
        raise InvalidAnswers(
            [Problem("sheet", f"文件超过 {limit} MB；请删去无关的工作表或图片后再导入。")], "没有导入。"
        )
    roster_imports.begin(work, estate_id, name[-200:], sealing.seal(key, SEALED_FOR, content), {"sheet": 0})


def name_columns(
    work: UnitOfWork,
    library: Library,
    member: Member,
    estate_id: int,
    key: bytes,
    sheet: int,
    header: int,
    fields: list[str],
) -> None:
    """Say which row names the columns and what they are; another sheet or row is shown before it is settled.

    A column of a kind that the notice does not name is refused: it may be left out of what is read.

    Raises NotFound, NotPermitted, Conflict, InvalidAnswers.
    """
    estate, given = _open(work, member, estate_id, COLUMNS, REVIEW)
    head = _unsealed(key, given.found)["head"]
    if sheet != given.setting["sheet"]:
        if not 0 <= sheet < len(head["sheets"]):
            raise InvalidAnswers([Problem("sheet", "没有这张工作表；请重新选择。")], "没有保存。")
        roster_imports.change(work, given, status=CHECKING, setting={"sheet": sheet})
        return
    if not 0 <= header < len(head["rows"]):
        raise InvalidAnswers([Problem("header", f"列名应在前 {len(head['rows'])} 行里；请重新选择。")], "没有保存。")
    headings = head["rows"][header]
    place = {"sheet": sheet, "header": header}
    if header != given.setting["header"]:
        known = roster_imports.headings(work, estate.node_id)
        place["guess"] = list(roster_columns.fields(headings, known))  # type: ignore[assignment]
        roster_imports.change(work, given, status=COLUMNS, setting=place)
        return
    chosen = [fields[at] if at < len(fields) and fields[at] in FIELDS else "" for at in range(len(headings))]
    if wrong := roster_columns.missing(chosen, headings):
        raise InvalidAnswers([Problem("fields", wrong)], "没有保存。")
    data_notice.refuse_unless_told(Dossier(work, library, estate_id), "fields", "ROSTER", chosen)
    stated = {one: roster_columns.unit_of(heading) for one, heading in zip(chosen, headings, strict=True)}
    units = {name: unit for name, unit in stated.items() if name in roster_columns.AREAS and unit}
    setting = {**place, "guess": chosen, "fields": chosen, "units": units}
    roster_imports.change(work, given, status=CHECKING, setting=setting, done=0, total=0)
    roster_imports.remember(work, estate.node_id, dict(zip(headings, chosen, strict=True)))


def rename(work: UnitOfWork, member: Member, estate_id: int) -> None:
    """Go back to the columns; what was mended stays.  Raises NotFound, NotPermitted, Conflict."""
    _, given = _open(work, member, estate_id, REVIEW)
    roster_imports.change(work, given, status=COLUMNS)


def mend(
    work: UnitOfWork,
    member: Member,
    estate_id: int,
    key: bytes,
    cells: Mapping[int, Mapping[str, str]],
    out: frozenset[int] = frozenset(),
) -> None:
    """Write other text into cells of a list, by row and field, and leave rows out; the list is read again.

    Raises NotFound, NotPermitted, Conflict.
    """
    _, given = _open(work, member, estate_id, REVIEW)
    mended = _unsealed(key, given.mended)
    kept = mended.setdefault("cells", {})
    for row, texts in cells.items():
        known = {name: text[:200] for name, text in texts.items() if name in given.setting["fields"]}
        if known:
            kept.setdefault(str(row), {}).update(known)
    mended["out"] = sorted({*mended.get("out", ()), *out})
    _again(work, given, key, mended)


def put_back(work: UnitOfWork, member: Member, estate_id: int, key: bytes, row: int) -> None:
    """Take a row in again that was left out, or drop what was mended in it.  Raises as :func:`mend`."""
    _, given = _open(work, member, estate_id, REVIEW)
    mended = _unsealed(key, given.mended)
    mended["out"] = [one for one in mended.get("out", ()) if one != row]
    mended.get("cells", {}).pop(str(row), None)
    _again(work, given, key, mended)


def decide(
    work: UnitOfWork, member: Member, estate_id: int, key: bytes, kind: str, what: str, choice: str, reason: str
) -> None:
    """Decide otherwise than the rule, with a reason; without a choice the rule holds again.

    ``kind`` is ``one_person`` for owners of the name ``what`` without identity number, one of :data:`OF_UNITS` for the
    unit ``what``, or :data:`TOTAL` where the sum of areas is ``what`` more than registered (0.01 m²).
    Raises NotFound, NotPermitted, Conflict, InvalidAnswers.
    """
    _, given = _open(work, member, estate_id, REVIEW)
    mended = _unsealed(key, given.mended)
    if kind in OF_UNITS and not what.strip():
        raise InvalidAnswers([Problem("what", "没有写房号；请写要改的那一户。")], "没有保存。")
    decided = mended.setdefault(kind, {})
    if not choice:
        decided.pop(what, None)
    elif len(reason.strip()) < _REASON:
        raise InvalidAnswers([Problem("reason", "请写明理由，至少四个字，如“持两证到场核对”。")], "没有保存。")
    else:
        decided[what] = [choice, reason.strip()[:200]]
    _again(work, given, key, mended)


def _again(work: UnitOfWork, given: Import, key: bytes, mended: Mapping[str, Any]) -> None:
    sealed = sealing.seal(key, SEALED_FOR, orjson.dumps(mended))
    roster_imports.change(work, given, status=CHECKING, mended=sealed, done=0, total=0)


def begin_import(work: UnitOfWork, member: Member, estate_id: int, key: bytes) -> None:
    """Let the list become the next version, once nothing is wrong.  Raises as :func:`decide`."""
    _, given = _open(work, member, estate_id, REVIEW)
    found = _unsealed(key, given.found)
    if found["bad"]:
        said = f"还有 {found['bad']} 行要改；请改好，或选“不导入这一行”。"
        raise InvalidAnswers([Problem("rows", said)], "没有导入。")
    if found["idle"]:
        said = f"名册里没有{'、'.join(found['idle'][:5])}，对它的决定没有用上；请核对房号，改回或另外决定。"
        raise InvalidAnswers([Problem("what", said)], "没有导入。")
    gap = found["totals"]["listed_area"] - (found["stated_area"] or 0)
    if found["registered"] and gap and str(gap) not in _unsealed(key, given.mended).get(TOTAL, {}):
        said = (
            f"清册面积合计比登记的总面积{'多' if gap > 0 else '少'} {metres(abs(gap))} ㎡；请核对，并写明相差的原因。"
        )
        raise InvalidAnswers([Problem("total", said)], "没有导入。")
    if found["same"]:
        said = f"与现有的第 {found['version']} 版完全相同，没有可导入的；可以放弃这份表格。"
        raise InvalidAnswers([Problem("rows", said)], "没有导入。")
    setting = {**given.setting, "importer": work.actor}
    roster_imports.change(work, given, status=IMPORTING, setting=setting, done=0, total=found["good"])


def give_up(work: UnitOfWork, member: Member, estate_id: int) -> None:
    """Give the list up; nothing of it stays.  Raises NotFound, NotPermitted, Conflict."""
    _, given = _open(work, member, estate_id, *roster_imports.OPEN)
    roster_imports.end(work, given, LEFT)


def undo(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> None:
    """Take the version that was imported last back: the one before counts again, until a vote is frozen on one.

    Raises NotFound, NotPermitted, Conflict.
    """
    permitted(work, member, estate_id)
    given = roster_imports.newest(work, estate_id)
    version = rosters.newest(work, estate_id)
    if given is None or given.status != DONE or given.version != version:
        raise Conflict("这次导入已经不是最新的一版，不能撤销；请重新导入正确的名册。")
    kept = rosters.version(work, estate_id, version)
    if kept is not None and kept.frozen_on:
        raise Conflict(f"名册第 {version} 版已于 {kept.frozen_on} 冻结用于表决，不能撤销；确需更正的，导入新的一版。")
    rosters.undo(work, estate_id, version)
    roster_imports.end(work, given, UNDONE)
    work.append(estate_id, events.RosterImportUndone(version))
    figures.place(Dossier(work, library, estate_id))


def bad_rows(work: UnitOfWork, member: Member, estate_id: int, key: bytes) -> Taken:
    """The rows at fault as a workbook, with what is wrong; who took it is put on record under its number.

    It holds only columns that are read, and of identity numbers only their ends: :func:`mend_from` knows them again.
    Raises NotFound, NotPermitted, Conflict.
    """
    estate, given = _open(work, member, estate_id, REVIEW)
    found = _unsealed(key, given.found)
    said: dict[int, list[str]] = {}
    for fault in found["faults"]:
        said.setdefault(fault["row"], []).append(f"{FIELDS[fault['field']]}：{fault['said']}")
    columns, headings = _read_columns(given, found)
    rows: list[Sequence[Cell]] = []
    for number, cells in _as_they_stand(key, given, found).items():
        covered = [covering.covered(name, cells[name]) for name in columns]
        rows.append([number, "；".join(said.get(number, ())), *covered])
    table = Table("bad_rows", "问题行", ["行号", "问题", *headings], rows)
    taken = exporting.taken(work, member, table, f"{estate.name} · 用途：改正名册", f"estate={estate_id}", _HOW_TO_MEND)
    disclosures.note(work, estate_id, disclosing.PAPER, f"业主名册的问题行 {taken.number}", "改正名册")
    return taken


def _read_columns(given: Import, found: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The columns that are read, as fields and by their headings."""
    headings, fields = found["head"]["rows"][given.setting["header"]], given.setting["fields"]
    kept = [(name, heading) for name, heading in zip(fields, headings, strict=True) if name]
    return [name for name, _ in kept], [heading for _, heading in kept]


def _as_they_stand(key: bytes, given: Import, found: Mapping[str, Any]) -> dict[int, dict[str, str]]:
    """The rows at fault by number, with what was mended in them."""
    mended, fields = _unsealed(key, given.mended).get("cells", {}), given.setting["fields"]
    rows = {}
    for number, cells in found["rows"]:
        own = dict.fromkeys(filter(None, fields), "") | dict(zip(fields, cells, strict=False))
        rows[number] = own | {name: roster_columns.plain(text) for name, text in mended.get(str(number), {}).items()}
    return rows


def mend_from(work: UnitOfWork, member: Member, estate_id: int, key: bytes, name: str, content: bytes) -> int:
    """Take the rows of :func:`bad_rows` back, mended; returns how many were changed.

    Raises NotFound, NotPermitted, Conflict, InvalidAnswers.
    """
    _, given = _open(work, member, estate_id, REVIEW)
    found = _unsealed(key, given.found)
    columns, headings = _read_columns(given, found)
    rows = [[roster_columns.plain(cell) for cell in row] for row in spreadsheets.grid(name, content).rows()]
    start = next((at for at, row in enumerate(rows) if row[:2] == ["行号", "问题"]), None)
    if start is None:
        said = "这不是下载的问题行：没有“行号”和“问题”两列；请改好下载的那一份再上传。"
        raise InvalidAnswers([Problem("sheet", said)], "没有改动。")
    if rows[start][2 : 2 + len(headings)] != headings:
        said = f"列与这次导入的不同，应依次为{'、'.join(headings)}；请重新下载问题行，在那一份里改。"
        raise InvalidAnswers([Problem("sheet", said)], "没有改动。")
    before = _as_they_stand(key, given, found)
    cells: dict[int, dict[str, str]] = {}
    for row in rows[start + 1 :]:
        own = before.get(int(row[0]) if row[0].isdecimal() else 0)
        if own is None:
            continue
        back = {one: covering.put_back(one, text, own[one]) for one, text in zip(columns, row[2:], strict=False)}
        changed = {one: text for one, text in back.items() if text != own[one]}
        if changed:
            cells[int(row[0])] = changed
    if cells:
        mend(work, member, estate_id, key, cells)
    return len(cells)


def permitted(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    """The estate, for whoever may import its roster.  Raises NotFound, NotPermitted."""
    estate = desk.estate(work, member, estate_id)
    if not hands.acts_in_lanes(work, member, estate_id, LANES):
        raise NotPermitted(lane="或".join(LANES))
    return estate


def _open(work: UnitOfWork, member: Member, estate_id: int, *statuses: str) -> tuple[EstateListed, Import]:
    estate = permitted(work, member, estate_id)
    given = roster_imports.newest(work, estate_id)
    if given is None:
        raise NotFound(what="正在导入的名册")
    if given.status not in statuses:
        raise Conflict("这份名册刚刚进入了另一步，您的操作没有保存。请看本页现在的情况再继续。")
    return estate, given


def _unsealed(key: bytes, sealed: bytes | None) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(sealing.unseal(key, SEALED_FOR, bytes(sealed))) if sealed else {}
    return read
