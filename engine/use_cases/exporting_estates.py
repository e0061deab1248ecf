"""Take the lists of one estate's tabs, and what somebody was told, out as workbooks."""

from collections.abc import Callable, Mapping, Sequence

from engine.errors import NotFound, NotPermitted
from engine.store.estates import Done
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import alerts, desk, exporting, stepping
from engine.use_cases.accounts import Member
from engine.use_cases.exporting import EXPORTING, Table, Taken, every, moment
from engine.workbooks import Cell


def workbook(work: UnitOfWork, member: Member, estate_id: int, what: str) -> Taken:
    """The ``tasks`` or ``papers`` of an estate; the export is put on record.  Raises NotFound, NotPermitted."""
    estate = desk.estate(work, member, estate_id)
    if not member.roles & EXPORTING:
        raise NotPermitted("导出由{lanes}办理，您没有这些角色。", lanes="、".join(sorted(EXPORTING)))
    if what not in _LISTS:
        raise NotFound(what="这个列表")
    title, headings, rows_of = _LISTS[what]
    table = Table(what, title, headings, rows_of(work, member, estate_id))
    return exporting.taken(work, member, table, estate.name, f"estate={estate_id}")


def told(work: UnitOfWork, member: Member, tab: str) -> Taken:
    """What somebody was told themselves, under ``tab``.  Raises NotFound, and InvalidAnswers when it is too much."""
    found = every(lambda page: alerts.listed(work, member, tab, page))
    rows = [(moment(one.at), line, "未读" if not one.read_at else moment(one.read_at)) for one, line in found]
    return exporting.taken(work, member, Table("alerts", "提醒", ("时间", "提醒", "已读"), rows), "本人", f"tab={tab}")


def _tasks(work: UnitOfWork, member: Member, estate_id: int) -> list[Sequence[Cell]]:
    opened = stepping.tasks(work, member, estate_id, 1).open

    def page_of(page: int) -> tuple[list[Done], int]:
        shown = stepping.tasks(work, member, estate_id, page)
        return shown.done, shown.total

    return [
        *((one.title, one.lane, one.who or "", "在办", moment(one.opened_at), "") for one in opened),
        *((one.title, one.lane, one.completed_by, "已办", "", moment(one.completed_at)) for one in every(page_of)),
    ]


def _papers(work: UnitOfWork, member: Member, estate_id: int) -> list[Sequence[Cell]]:
    found = every(lambda page: stepping.papers(work, member, estate_id, page))
    return [(one.number, one.title, moment(one.issued_at), one.void_reason or "") for one in found]


_LISTS: Mapping[str, tuple[str, Sequence[str], Callable[[UnitOfWork, Member, int], list[Sequence[Cell]]]]] = {
    "tasks": ("小区任务", ("任务", "角色", "办理人", "状态", "到达时间", "办结时间"), _tasks),
    "papers": ("文书", ("编号", "标题", "出具时间", "作废原因"), _papers),
}
