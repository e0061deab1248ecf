"""Take a list of administration out as a workbook: everything that its pages show of the administrator's part."""

from collections.abc import Callable, Mapping, Sequence

from engine.errors import NotFound
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import exporting, managing, overseeing
from engine.use_cases.accounts import Member
from engine.use_cases.exporting import Table, Taken, every, moment
from engine.use_cases.library import Library
from engine.workbooks import Cell

_Rows = Callable[[UnitOfWork, Library, Member, str], list[Sequence[Cell]]]


def workbook(work: UnitOfWork, library: Library, member: Member, what: str, words: str) -> Taken:
    """The list ``what``, of accounts those whose name or login contains ``words``; the export is put on record.

    Raises NotFound, NotPermitted, and InvalidAnswers when the list is too long.
    """
    managing.part(member)
    if what not in _LISTS:
        raise NotFound(what="这个列表")
    title, headings, rows_of = _LISTS[what]
    found = rows_of(work, library, member, words)
    said = f"含“{words}”" if words else "没有筛选"
    return exporting.taken(work, member, Table(what, title, headings, found), said, f"q={words}" if words else "")


def _accounts(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    paths = managing.places(work, member)
    found = every(lambda page: managing.users(work, member, page, words))
    return [
        (
            one.name, one.login, "；".join(f"{role} {paths.get(node, '（范围之外）')}" for node, role in one.held),
            "已停用" if one.disabled_at else "还没换密码" if one.one_time_until else "在用",
            "两步验证" if one.totp_on_at else "仅密码", moment(one.made_at), moment(one.disabled_at),
        )
        for one in found
    ]  # fmt: skip


def _jobs(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    found = every(lambda page: overseeing.failed_jobs(work, library, member, page))
    return [
        (
            one.job.estate, one.stage, one.step, one.what, one.job.failure, one.job.attempts,
            moment(one.job.requested_at), "不再自动重试" if one.stopped else moment(one.job.retry_at),
        )
        for one in found
    ]  # fmt: skip


def _timers(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    found = every(lambda page: overseeing.what_fires_next(work, library, member, page))
    return [
        (
            one.timer.title, one.timer.estate, one.stage, "法定" if one.timer.clock == "statutory" else "计划",
            moment(one.timer.due), one.does, "暂停中，不触发" if one.waits else "",
        )
        for one in found
    ]  # fmt: skip


def _packs(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    return [
        (
            one.pack.place, one.pack.version, one.pack.effective_from.isoformat(), one.estates, moment(one.kept_at),
            "现行" if one.in_force else "已发布" if one.published else "以前的",
        )
        for one in overseeing.packs(work, library, member)
    ]  # fmt: skip


def _definitions(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    return [
        (one.title, one.version, moment(one.kept_at), one.instances, one.open, "最新" if one.newest else "")
        for one in overseeing.definitions(work, library, member)
    ]


def _templates(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    return [
        (one.code, one.title, one.version, one.papers, one.earlier, moment(one.last_at))
        for one in overseeing.templates(work, library, member)
    ]


def _looks(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    found = every(lambda page: overseeing.looks(work, member, page))
    return [(moment(one.at), one.actor, one.estate, one.kind, one.subject, one.purpose) for one in found]


def _changes(work: UnitOfWork, library: Library, member: Member, words: str) -> list[Sequence[Cell]]:
    found = every(lambda page: overseeing.changes(work, member, page))
    return [(moment(one.at), one.actor, path, one.subject, one.what) for one, path in found]


_LISTS: Mapping[str, tuple[str, Sequence[str], _Rows]] = {
    "users": ("账号", ("姓名", "登录名", "角色", "状态", "登录方式", "建立时间", "停用时间"), _accounts),
    "jobs": ("失败的后台任务", ("小区", "阶段", "步骤", "事项", "原因", "已试次数", "提出时间", "下次重试"), _jobs),
    "timers": ("期限", ("期限", "小区", "阶段", "性质", "到期时间", "到期时", "说明"), _timers),
    "packs": ("规则包", ("地区", "版本", "施行日期", "小区数", "留存时间", "状态"), _packs),
    "definitions": ("流程", ("流程", "版本", "留存时间", "实例数", "在办实例", "状态"), _definitions),
    "templates": ("模板", ("编号", "名称", "版本", "现版文书", "以前版本的文书", "最近出具"), _templates),
    "looks": ("查看记录", ("时间", "查看人", "小区", "类别", "对象", "用途"), _looks),
    "log": ("变更记录", ("时间", "变更人", "组织", "对象", "变更"), _changes),
}
