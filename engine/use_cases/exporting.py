"""Take a list out as a workbook: what its filter leaves of the member's scope, and no more; it is put on record."""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine import workbooks
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import accounts, desk, filters, views
from engine.store.unit_of_work import UnitOfWork
from engine.store.views import Exported
from engine.use_cases import boarding, hands, telling
from engine.use_cases.accounts import ADMINISTRATOR, Member
from engine.use_cases.boarding import Shown
from engine.use_cases.filtering import LIGHT_NAMES, Lists
from engine.workbooks import Cell

#: Who may take lists out: those who answer for many estates, not a company or a visitor of doors.
EXPORTING = frozenset({"社区干部", "法律顾问", "会计审计", "街道", "区住建", ADMINISTRATOR})
#: A workbook with more rows than this is no list any more.
MOST = 10_000
ZONE = ZoneInfo("Asia/Shanghai")
_AT_ONCE = 500
_ESTATES = (
    "小区", "辖区", "类型", "批次", "状态", "阶段", "灯", "在本阶段天数", "目标天数", "法定期限",
    "本阶段指标", "在办任务", "由谁办理", "挂起原因",
)  # fmt: skip
_TASKS = ("任务", "小区", "阶段", "角色", "办理人", "到达时间", "期限", "办结时间", "办结人")


@dataclass(frozen=True)
class Taken:
    """A workbook and what it is called; ``number`` stands in it, and leads back to who took it and what for."""

    name: str
    content: bytes
    number: str = ""


def workbook(lists: Lists, what: str, query: Mapping[str, str]) -> Taken:
    """The list ``what`` as a workbook; the export is put on record.

    Raises NotPermitted, NotFound, and InvalidAnswers when the list is too long.
    """
    if not lists.member.roles & EXPORTING:
        raise NotPermitted("导出由{lanes}办理，您没有这些角色。", lanes="、".join(sorted(EXPORTING)))
    if what not in _LISTS:
        raise NotFound(what="这个列表")
    title, headings, rows_of = _LISTS[what]
    found = rows_of(lists, query)
    said = "；".join(said for _, said in lists.said) or "没有筛选"
    kept = "&".join(f"{key}={value}" for key, value in query.items())
    return taken(lists.work, lists.member, Table(what, title, headings, found), said, kept)


@dataclass(frozen=True)
class Table:
    """A list as it leaves: ``what`` is its name in the record of exports; ``plain`` for csv."""

    what: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    plain: bool = False


def taken(work: UnitOfWork, member: Member, table: Table, said: str, query: str, notes: Sequence[str] = ()) -> Taken:
    """A table as a workbook whose first line says when, who and what was ``said`` of it; it is put on record.

    Its number stands in that line, on every printed page, in the file's properties and its name; ``notes`` follow it.
    Of csv it stands in the first line and in the name.

    Raises InvalidAnswers when it is too long.
    """
    bounded(len(table.rows))
    at = work.now.astimezone(ZONE)
    number = numbered(work, member.id, table.what, query, len(table.rows))
    by = f"{number} · {member.name} {at:%Y-%m-%d %H:%M} 导出"
    told = f"{member.name}导出 · {said} · 共 {len(table.rows)} 行 · 导出编号 {number}"
    note = f"{table.title} · 截至 {at:%Y-%m-%d %H:%M} · {told}"
    if table.plain:
        return Taken(f"{table.title}-{number}.csv", workbooks.plain([note, *notes], table.headings, table.rows), number)
    mark = workbooks.Mark(number, member.name, f"{by} · {said} · 只供本次用途，不得转发")
    content = workbooks.written(table.title, [note, *notes], table.headings, table.rows, mark)
    return Taken(f"{table.title}-{number}.xlsx", content, number)


def numbered(work: UnitOfWork, account_id: int, what: str, query: str, rows: int) -> str:
    """Put on record that something leaves the house; the number it bears."""
    return f"DC{work.now.astimezone(ZONE):%Y%m%d}-{views.exported(work, account_id, what, query, rows):06d}"


def left(work: UnitOfWork, number: str, query: str, rows: int) -> None:
    """In the commit, note of a number that was reserved what left under it."""
    views.left(work, int(number.rpartition("-")[2]), query, rows)


def traced(work: UnitOfWork, number: str) -> Exported:
    """Who took the list with that number, when and what.  Raises NotFound."""
    read = re.fullmatch(r"DC\d{8}-(\d{6,9})", number.strip())
    found = views.export_of(work, int(read[1])) if read else None
    if found is None:
        raise NotFound(what=f"编号为 {number[:20]} 的导出")
    return found


def _estates(lists: Lists, query: Mapping[str, str], *, way: bool = False) -> list[Sequence[Cell]]:
    paths, found = accounts.paths(lists.work), list[Sequence[Cell]]()
    for first in range(0, MOST, _AT_ONCE):
        page, total = boarding.some(lists, query.get("sort", "name"), first, _AT_ONCE, way=way)
        bounded(total)
        found += [_estate(lists, shown, paths) for shown in page]
        if first + _AT_ONCE >= total:
            break
    return found


def _estate(lists: Lists, shown: Shown, paths: Mapping[int, str]) -> Sequence[Cell]:
    card, told = shown.card, shown.metric
    return (
        card.name, paths.get(card.node_id or 0, ""), lists.types.get(card.type, ""), lists.batches.get(card.batch, ""),
        telling.STATUSES.get(card.status, card.status), lists.stages.get(card.stage, "") if shown.light else "",
        LIGHT_NAMES.get(shown.light, ""), shown.days if shown.light else None, shown.target, card.lawful_on,
        f"{told.label} {told.part}/{told.whole} {told.unit}，{told.percent} %" if told else "",
        "、".join(one.title for one in shown.held),
        "、".join(dict.fromkeys(one.who or one.lane for one in shown.held)), card.paused_for,
    )  # fmt: skip


def _board(lists: Lists, query: Mapping[str, str]) -> list[Sequence[Cell]]:
    return _estates(lists, {"sort": "urgent"}, way=True)


def _tasks(lists: Lists, query: Mapping[str, str]) -> list[Sequence[Cell]]:
    tab, sort = query.get("tab", "mine"), query.get("sort", "due")
    if tab not in desk.TABS or sort not in desk.SORTS:
        raise NotFound(what="这一栏")
    work, narrowed = lists.work, filters.tasks(lists.chosen, lists.day)
    viewer = hands.viewer(work, lists.member)
    bounded(desk.counted(work, lists.nodes, viewer, tab, narrowed))
    found = desk.tasks(work, lists.nodes, viewer, tab, 1, narrowed, sort, MOST)
    return [
        (
            task.title, task.estate, lists.stages.get(task.stage, ""), task.lane, task.who,
            moment(task.opened_at), _last_day(task.due), moment(task.completed_at), task.completed_by,
        )
        for task in found
    ]  # fmt: skip


def bounded(total: int) -> None:
    """Refuse a list with more rows than a workbook is good for.  Raises InvalidAnswers."""
    if total > MOST:
        told = f"这张表有 {total} 行，超过一次导出的上限 {MOST} 行；请先筛选再导出。"
        raise InvalidAnswers([Problem("rows", told)], "没有导出。")


def every(page_of: Callable[[int], tuple[Sequence[Any], int]]) -> list[Any]:
    """Every row of a list that comes in pages.  Raises InvalidAnswers when there are too many."""
    found: list[Any] = []
    for page in itertools.count(1):
        some, total = page_of(page)
        bounded(total)
        found += some
        if not some or len(found) >= total:
            break
    return found


def moment(at: str | None) -> str:
    """A moment in the legal zone as a cell says it, empty for none."""
    return f"{datetime.fromisoformat(at).astimezone(ZONE):%Y-%m-%d %H:%M}" if at else ""


def _last_day(due: str | None) -> str:
    """The last day of a period: one that is over at midnight ends with the day before."""
    return moment((datetime.fromisoformat(due) - timedelta(seconds=1)).isoformat())[:10] if due else ""


_Rows = Callable[[Lists, Mapping[str, str]], list[Sequence[Cell]]]
_LISTS: Mapping[str, tuple[str, Sequence[str], _Rows]] = {
    "board": ("阶段看板", _ESTATES, _board),
    "estates": ("小区列表", _ESTATES, _estates),
    "inbox": ("任务列表", _TASKS, _tasks),
}
