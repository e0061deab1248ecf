"""What people are told 提醒: of a task that is theirs, a period that ends, what others ask of them.

Nobody is told twice of one fact.  Nothing that owners gave stands in what is told: names of estates, steps and staff.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.errors import InvalidAnswers, NotFound, Problem
from engine.process.instance import WaitState
from engine.rules.data_requests import RIGHTS, Kind
from engine.store import Store, alerts, data_requests, desk
from engine.store.alerts import Setting, Told
from engine.store.data_requests import Waiting
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import ADMINISTRATOR, Member

#: The legal zone: days of periods and quiet hours are those of Beijing time.
ZONE = ZoneInfo("Asia/Shanghai")
#: So many days before the last one people are reminded (decisions 22).
REMINDERS = (1, 3, 7)
#: Who answers requests about personal data.
ANSWERING = ("社区干部", "街道")
_REQUEST = "asked"
TABS = ("unread", "all")
MODES: Mapping[str, str] = {"now": "随时发送", "daily": "每天汇总一次", "none": "不发邮件"}
#: When the daily digest leaves.
DIGEST = time(8, 30)
_MOST = 500
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_WORDS: Mapping[str, Callable[[Told], str]] = {
    "opened": lambda told: f"新任务：{told.task}",
    "near": lambda told: f"快到期：{told.task}，最后一天 {_last_day(told.due)}",
    "late": lambda told: f"已过期：{told.task}，最后一天是 {_last_day(told.due)}",
    "urged": lambda told: f"{told.by}催办：{told.task}",
    "given": lambda told: f"{told.by}转办给您：{told.task}",
    "back": lambda told: f"{told.by}交回了：{told.task}",
    "delegated": lambda told: f"{told.by}委派给您：{told.task}",
    "returned": lambda told: f"{told.by}退回：{told.detail}",
    "mentioned": lambda told: f"{told.by}在留言里提到您",
    "lane": lambda told: f"{told.by}把“{told.detail}”转给您办理",
    "examine": lambda told: f"{told.by}转给您审阅：{told.detail}",
    "material": lambda told: f"{told.by}请您补充材料：{told.detail}",
    "answered": lambda told: f"{told.by}答复了要补充的材料：{told.detail}",
    "revise": lambda told: f"{told.by}退回修改：{told.detail}",
    "approved": lambda told: f"{told.by}审阅通过：{told.detail}",
    "job": lambda told: f"后台作业没有做成：{told.detail}",
    "asked": lambda told: f"新的个人信息请求：{_titled(told)}，最晚 {_last_day(told.due)}答复",
    "asked_near": lambda told: f"个人信息请求快到期：{_titled(told)}，最晚 {_last_day(told.due)}答复",
    "asked_late": lambda told: f"个人信息请求已过期：{_titled(told)}，最晚 {_last_day(told.due)}答复",
    "checks": lambda told: f"走访抽查：{told.detail} 的走访有要问一问的，请核",
    "checks_over": lambda told: f"走访抽查：{told.detail} 的走访已改正，不用再核",
}

#: Those of a paper: their detail begins with its number.
OF_PAPERS = frozenset({"examine", "material", "answered", "revise", "approved"})
#: Those of a request about personal data: their detail begins with its id.
OF_REQUESTS = frozenset({"asked", "asked_near", "asked_late"})
#: Those of a canvass that asks for a question.
OF_CHECKS = frozenset({"checks", "checks_over"})


def tell(
    work: UnitOfWork, person: str, fact: str, kind: str, *, estate_id: int, task_id: int | None = None, detail: str = ""
) -> None:
    """In the commit, tell a person, by the name under which they act, of what whoever acts now has done.

    ``fact`` names it for ever, as ``urged:17:2``: told again it is told once.  Somebody without an account is not told.
    """
    if kind not in _WORDS:
        raise KeyError(kind)
    alerts.tell(work, person, fact, kind, estate_id=estate_id, task_id=task_id, by=work.actor, detail=detail)


def moved(work: UnitOfWork, estate_id: int, wait: WaitState) -> None:
    """In the commit of a move, tell of the tasks that it opens; what was told of those that it ends is settled."""
    opened = [task.ref for task in wait.tasks if task.ref not in wait.before]
    if opened:
        alerts.tell_opened(work, estate_id, opened)
    if any(ref not in wait.waits for ref in wait.before):
        alerts.settle(work, estate_id)


def went_back(work: UnitOfWork, estate_id: int, wait: WaitState) -> None:
    """In the commit of an undo, tell of the tasks that are open again; what was told of those that fell is settled."""
    alerts.tell_opened(work, estate_id, [task.ref for task in wait.tasks])
    alerts.settle(work, estate_id)


def late(work: UnitOfWork, timer_id: int) -> None:
    """In the commit in which a timer fires, tell of the period that is over."""
    alerts.tell_late(work, timer_id)


def handed_over(work: UnitOfWork, estate_id: int, lane: str, before: str, after: str) -> None:
    """In the commit, tell the next holder of a lane; the one before has nothing to read of its tasks any more."""
    tell(work, after, f"lane:{estate_id}:{lane}:{work.at}", "lane", estate_id=estate_id, detail=lane)
    alerts.settle_lane(work, estate_id, lane, before)


def asked(work: UnitOfWork, estate_id: int, key: int, kind: str, due_on: date) -> None:
    """In the commit in which a request about personal data is taken in, tell whoever answers it by which day."""
    _of_request(work, Waiting(key, estate_id, kind, due_on.isoformat()), "new", "asked", but=work.actor)


def answered(work: UnitOfWork, estate_id: int, key: int) -> None:
    """In the commit in which a request about personal data is decided, count as read what was told of it."""
    settle(work, estate_id, f"{_REQUEST}:{key}:")


def settle(work: UnitOfWork, estate_id: int, begins: str) -> None:
    """In the commit, count as read what was told of facts whose name begins so."""
    alerts.settle_fact(work, estate_id, begins)


def _of_request(work: UnitOfWork, one: Waiting, which: str, kind: str, *, but: str = "") -> int:
    fact, people = f"{_REQUEST}:{one.id}:{which}", work.people(one.estate_id)
    names = {people[lane] for lane in ANSWERING if people.get(lane)} - {but}
    if not names or alerts.was_told(work, fact):
        return 0
    due = datetime.combine(date.fromisoformat(one.due_on) + timedelta(days=1), time(), ZONE).astimezone(UTC)
    detail = f"{one.id} {RIGHTS[Kind(one.kind)].title}"
    for name in sorted(names):
        alerts.tell(work, name, fact, kind, estate_id=one.estate_id, due=due.isoformat(), detail=detail)
    return len(names)


def _remind_of_requests(work: UnitOfWork, today: date) -> int:
    told = 0
    for one in data_requests.waiting(work, today + timedelta(days=max(REMINDERS))):
        left = (date.fromisoformat(one.due_on) - today).days
        which = "late" if left < 0 else str(next(days for days in REMINDERS if left <= days))
        told += _of_request(work, one, which, "asked_late" if left < 0 else "asked_near")
    return told


def remind(store: Store, actor: str, now: datetime) -> int:
    """Remind of periods that end within :data:`REMINDERS` days, also those of requests about personal data, and tell
    of jobs and timers that failed; of how many.
    """
    today, after, told = now.astimezone(ZONE).date(), now, 0
    with store.work(actor, now) as work:
        for days in REMINDERS:
            until = datetime.combine(today + timedelta(days=days + 1), time(), ZONE)
            told += alerts.tell_near(work, days, after, until, _MOST)
            after = until
        for fact, estate_id, node_id, name in alerts.failures(work, _MOST):
            above = desk.above(work, node_id)
            for person in alerts.holding(work, ADMINISTRATOR, above):
                alerts.tell(work, person, fact, "job", estate_id=estate_id, detail=name)
                told += 1
        told += _remind_of_requests(work, today)
    return told


# what a person reads


def line(told: Told) -> str:
    """What somebody is told, in one line."""
    words = _WORDS[told.kind](told)
    return f"{words}（{told.estate}）" if told.estate else words


def unread(work: UnitOfWork, member: Member) -> int:
    """How much somebody has not read, counted up to what the store calls many."""
    return alerts.unread(work, member.id)


def setting_of(work: UnitOfWork, member: Member) -> Setting:
    """How somebody wants to be told."""
    return alerts.setting_of(work, member.id)


def read_all(work: UnitOfWork, member: Member) -> None:
    """Note that somebody has read everything."""
    alerts.read(work, member.id)


def listed(work: UnitOfWork, member: Member, tab: str, page: int) -> tuple[list[tuple[Told, str]], int]:
    """A page of what somebody was told, in words, and how much there is under ``tab``.  Raises NotFound."""
    if tab not in TABS:
        raise NotFound(what="这一栏")
    found, total = alerts.listed(work, member.nodes, member.id, page, only_unread=tab == "unread")
    return [(told, line(told)) for told in found], total


def read(work: UnitOfWork, member: Member, alert_id: int) -> Told:
    """Note that somebody has read something, and return it.  Raises NotFound."""
    found = alerts.one(work, member.id, alert_id)
    if found is None:
        raise NotFound(what="这条提醒")
    alerts.read(work, member.id, alert_id)
    return found


def save_setting(work: UnitOfWork, member: Member, given: Mapping[str, str]) -> None:
    """Keep how somebody wants to be told.  Raises InvalidAnswers with every problem."""
    mail = given.get("mail", "").strip()
    hours = {key: given.get(key, "").strip() for key in ("quiet_from", "quiet_until")}
    found = []
    if mail and (len(mail) > 254 or not _MAIL.fullmatch(mail)):
        found.append(Problem("mail", "邮箱地址读不懂；请写成 name@example.cn 的样子，不收邮件就留空。"))
    mode = given.get("mode", "")
    if mode not in MODES:
        found.append(Problem("mode", f"没有选择怎样发送；请选 {'、'.join(MODES.values())} 之一。"))
    for key, hour in hours.items():
        if not _HOUR.fullmatch(hour):
            found.append(Problem(key, "时刻应写成 21:00 的样子，从 00:00 到 23:59；请改写。"))
    if found:
        raise InvalidAnswers(found, "提醒设置没有保存。")
    alerts.save_setting(work, member.id, Setting(mail, mode, **hours, forward=bool(given.get("forward"))))


# when it leaves the house


def leaves(setting: Setting, now: datetime) -> datetime:
    """When a mail may leave: now, or with the next digest, but not within the quiet hours."""
    local = now.astimezone(ZONE)
    if setting.mode == "daily":
        local = _next(local, DIGEST)
    begin, end = time.fromisoformat(setting.quiet_from), time.fromisoformat(setting.quiet_until)
    if _within(local.time(), begin, end):
        local = _next(local, end)
    return local.astimezone(UTC)


def _within(at: time, begin: time, end: time) -> bool:
    """Whether a time of day lies in hours that may pass midnight; equal ends are no hours at all."""
    return begin <= at < end if begin <= end else at >= begin or at < end


def _next(local: datetime, at: time) -> datetime:
    same: datetime = datetime.combine(local.date(), at, ZONE)
    return same if same >= local else same + timedelta(days=1)


def _titled(told: Told) -> str:
    """What a request asks for; its id stands before that."""
    return told.detail.partition(" ")[2]


def _last_day(due: str | None) -> str:
    """The last day of a period: one that ends at midnight ends with the day before."""
    on: date = (datetime.fromisoformat(due or "") - timedelta(seconds=1)).astimezone(ZONE).date()
    return f"{on:%Y-%m-%d}（周{'一二三四五六日'[on.weekday()]}）"
