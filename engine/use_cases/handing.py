"""Acts on who has a task: claim 认领, put back 放回, hand on 转办, delegate 委派, give back 交回, put aside 挂起, urge.

Each is refused in words when it is not this member's to do; of two who are quick, one succeeds and the other reads who.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from engine import events
from engine.errors import Conflict, EngineError, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import Store
from engine.store import hands as kept
from engine.store.desk import Listed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import alerts, desk, hands
from engine.use_cases.accounts import Member
from engine.use_cases.staffing import REASSIGNING

#: Who may urge whatever lies in his scope.
URGING = frozenset({"街道", "区住建"})
LONGEST_REASON = 200
#: A hold of more than this hides a task from everybody.
LONGEST_HOLD = timedelta(days=366)
Act = Callable[[UnitOfWork], None]
#: What may be done to several tasks at once.
SEVERAL = {"claim": "认领", "transfer": "转办", "urge": "催办"}
_CALLED = {
    "release": "放回", "transfer": "转办", "delegate": "委派", "give_back": "交回", "recall": "收回",
    "hold": "挂起", "take_up": "恢复办理", "urge": "催办",
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What came of an act on one task; ``said`` is empty when it was done."""

    task_id: int
    title: str
    said: str


def possible(work: UnitOfWork, member: Member, found: Listed) -> frozenset[str]:
    """The acts that are this member's to do on a task."""
    if found.status != "open":
        return frozenset()
    owns, works = _for(work, member, found, found.owner), _for(work, member, found, found.who)
    manages, held = bool(member.roles & REASSIGNING), bool(found.held_until and found.held_until > work.at)
    acts = {
        "claim": found.owner is None and hands.reaches(work, member, found.node_id, found.lane),
        "return": works is not None,
        "release": owns is not None and not found.delegate,
        "transfer": (owns is not None or manages) and not found.delegate,
        "delegate": owns is not None and not found.delegate,
        "give_back": works is not None and bool(found.delegate),
        "recall": owns is not None and works is None and bool(found.delegate),
        "hold": works is not None and not held,
        "take_up": works is not None and held,
        "urge": works is None and _may_urge(work, member, found),
    }
    return frozenset(act for act, may in acts.items() if may)


def _for(work: UnitOfWork, member: Member, found: Listed, holder: str | None) -> str | None:
    return hands.in_hands(work, member.name, holder, found.estate_id, found.lane)


def _may_urge(work: UnitOfWork, member: Member, found: Listed) -> bool:
    """The street, the district, whoever took the step before, and whoever delegated it."""
    return bool(member.roles & URGING) or member.name in (found.owner, kept.before(work, found.id))


def claim(work: UnitOfWork, member: Member, task_id: int) -> None:
    """Take a task that belongs to nobody.  Raises NotFound, NotPermitted, and Conflict when somebody was first."""
    found = _open(work, member, task_id)
    if found.owner == member.name:
        return
    if not hands.reaches(work, member, found.node_id, found.lane):
        raise NotPermitted(lane=found.lane)
    if found.owner is not None:
        when = f" {hands.ago(work, found.handed_at)}已认领" if found.handed_at else "正在办理"
        raise Conflict(f"{found.owner}{when}“{found.title}”，您不用再认领。")
    if why := hands.unfit(work, found.estate_id, found.lane, member.name):
        raise NotPermitted("您不能认领“{title}”：您{why}。", title=found.title, why=why)
    _put(work, found, owner=member.name)
    work.append(found.estate_id, events.TaskClaimed(found.name, found.title, found.lane))


def release(work: UnitOfWork, member: Member, task_id: int) -> None:
    """Put a task back: whoever holds its role may claim it.  Raises NotFound, NotPermitted, Conflict."""
    found = _may(work, member, task_id, "release")
    _put(work, found, owner="")
    of = _for(work, member, found, found.owner) or ""
    work.append(found.estate_id, events.TaskReleased(found.name, found.title, found.lane, on_behalf=of))


def transfer(work: UnitOfWork, member: Member, task_id: int, name: str, reason: str) -> None:
    """Hand one task on to another holder of its role.  Raises NotFound, NotPermitted, InvalidAnswers, Conflict."""
    found = _may(work, member, task_id, "transfer")
    _check(_choice(work, found, name, own_role=True), _reason(reason, "转办"), "没有转办。")
    _put(work, found, owner=name)
    of = _for(work, member, found, found.owner) or ""
    handed = events.TaskTransferred(
        found.name, found.title, found.lane, found.owner or "", name, reason.strip(), on_behalf=of
    )
    work.append(found.estate_id, handed)
    _tell(work, found, name, "given")


def delegate(work: UnitOfWork, member: Member, task_id: int, name: str, reason: str) -> None:
    """Let somebody else work on a task; it comes back to its owner, who completes it.

    Raises NotFound, NotPermitted, InvalidAnswers, Conflict.
    """
    found = _may(work, member, task_id, "delegate")
    _check(_choice(work, found, name, own_role=False), _reason(reason, "委派"), "没有委派。")
    _put(work, found, owner=found.owner, delegate=name)
    of = _for(work, member, found, found.owner) or ""
    given = events.TaskDelegated(found.name, found.title, found.lane, name, reason.strip(), on_behalf=of)
    work.append(found.estate_id, given)
    _tell(work, found, name, "delegated")


def give_back(work: UnitOfWork, member: Member, task_id: int) -> None:
    """Give a task that was delegated back to its owner.  Raises NotFound, NotPermitted, Conflict."""
    found = _may(work, member, task_id, "give_back")
    _put(work, found, owner=found.owner)
    of = _for(work, member, found, found.who) or ""
    work.append(found.estate_id, events.TaskGivenBack(found.name, found.title, found.owner or "", on_behalf=of))
    _tell(work, found, found.owner or "", "back")


def recall(work: UnitOfWork, member: Member, task_id: int) -> None:
    """Take a delegated task back from whoever works on it.  Raises NotFound, NotPermitted, Conflict."""
    found = _may(work, member, task_id, "recall")
    _put(work, found, owner=found.owner)
    of = _for(work, member, found, found.owner) or ""
    work.append(found.estate_id, events.TaskRecalled(found.name, found.title, found.delegate or "", on_behalf=of))


def hold(work: UnitOfWork, member: Member, task_id: int, until: str, reason: str) -> date:
    """Put a task aside until the day ``until`` begins, when it comes back by itself; deadlines run on (decisions 2).

    Returns the day.  Raises NotFound, NotPermitted, InvalidAnswers, Conflict.
    """
    found = _may(work, member, task_id, "hold")
    day, wrong = _day(until), []
    if day is None or not hands.today(work) < day <= hands.today(work) + LONGEST_HOLD:
        wrong.append(Problem("until", "挂起要写明哪天恢复，从明天起一年以内；请选一个日期。"))
    _check(wrong, _reason(reason, "挂起"), "没有挂起。")
    assert day is not None
    begins = datetime.combine(day, time.min, hands.ZONE).astimezone(UTC).isoformat(timespec="seconds")
    kept.put(work, found.id, found.handled, {"held_until": begins, "held_why": reason.strip()})
    of = _for(work, member, found, found.who) or ""
    work.append(
        found.estate_id, events.TaskHeld(found.name, found.title, day.isoformat(), reason.strip(), on_behalf=of)
    )
    return day


def take_up(work: UnitOfWork, member: Member, task_id: int) -> None:
    """Take up a task again before its day.  Raises NotFound, NotPermitted, Conflict."""
    found = _may(work, member, task_id, "take_up")
    kept.put(work, found.id, found.handled, {"held_until": None, "held_why": None})
    of = _for(work, member, found, found.who) or ""
    work.append(found.estate_id, events.TaskTakenUp(found.name, found.title, on_behalf=of))


def urge(work: UnitOfWork, member: Member, task_id: int) -> None:
    """Urge whoever has a task, once a day.  Raises NotFound, NotPermitted, Conflict."""
    found = _may(work, member, task_id, "urge")
    day = hands.today(work).isoformat()
    if at := kept.last_urged(work, found.id, member.id, day):
        clock = datetime.fromisoformat(at).astimezone(hands.ZONE)
        raise Conflict(f"“{found.title}”您今天 {clock:%H:%M} 已经催过；一天催一次，明天可以再催。")
    kept.note_urge(work, found.id, member.id, day)
    work.append(found.estate_id, events.TaskUrged(found.name, found.title, found.lane, found.who or ""))
    alerts.tell(
        work, found.who or "", f"urged:{found.id}:{member.id}:{day}", "urged", estate_id=found.estate_id,
        task_id=found.id,
    )  # fmt: skip


def _tell(work: UnitOfWork, found: Listed, person: str, kind: str) -> None:
    fact = f"{kind}:{found.id}:{found.handled}"
    alerts.tell(work, person, fact, kind, estate_id=found.estate_id, task_id=found.id)


def candidates(work: UnitOfWork, found: Listed, *, own_role: bool) -> list[str]:
    """To whom a task may go."""
    return [name for name in hands.fit(work, found.estate_id, found.lane, own_role=own_role) if name != found.owner]


def asked(work: UnitOfWork, member: Member, task_id: int, act: str) -> Listed:
    """The task of an act that asks something first.  Raises NotFound, NotPermitted."""
    return _may(work, member, task_id, act)


def choices(work: UnitOfWork, member: Member, task_ids: Iterable[int]) -> tuple[list[Listed], list[str]]:
    """Those of several tasks that lie in scope, and to whom one or another may go."""
    found, people = [], dict[str, None]()
    for task_id in dict.fromkeys(task_ids):
        with suppress(NotFound):
            found.append(one := desk.task(work, member, task_id))
            people.update(dict.fromkeys(candidates(work, one, own_role=True)))
    return found, list(people)


def settle(store: Store, member: Member, now: datetime, act: Act) -> None:
    """Do an act in a unit of its own; when somebody was quicker, look again, so that the refusal says who."""
    try:
        with store.work(member.name, now) as work:
            act(work)
    except Conflict:
        with store.work(member.name, now) as work:
            act(work)


def each(
    store: Store, member: Member, now: datetime, task_ids: Iterable[int], act: Callable[[UnitOfWork, int], None]
) -> list[Result]:
    """Do an act on each of several tasks, by itself: one that fails says why and stops no other."""
    return [_result(store, member, now, task_id, act) for task_id in dict.fromkeys(task_ids)]


def _result(
    store: Store, member: Member, now: datetime, task_id: int, act: Callable[[UnitOfWork, int], None]
) -> Result:
    title = f"第 {task_id} 号任务"
    try:
        with store.work(member.name, now) as work:
            found = desk.task(work, member, task_id)
            title = f"{found.title}（{found.estate}）"
        settle(store, member, now, lambda work: act(work, task_id))
    except InvalidAnswers as error:
        return Result(task_id, title, "".join(problem.message for problem in error.problems))
    except EngineError as error:
        return Result(task_id, title, str(error))
    return Result(task_id, title, "")


def _open(work: UnitOfWork, member: Member, task_id: int) -> Listed:
    found = desk.task(work, member, task_id)
    desk.still_open(found)
    return found


def _may(work: UnitOfWork, member: Member, task_id: int, act: str) -> Listed:
    found = _open(work, member, task_id)
    if act not in possible(work, member, found):
        who = f"现在由{found.who}办理" if found.who else "现在还没有人办理"
        raise NotPermitted("“{title}”{who}，您不能{called}。", title=found.title, who=who, called=_CALLED[act])
    return found


def _put(work: UnitOfWork, found: Listed, *, owner: str | None, delegate: str | None = None) -> None:
    """Put a task into other hands: what was put aside is to be done again."""
    given = {"owner": owner, "delegate": delegate, "handed_at": work.at, "held_until": None, "held_why": None}
    kept.put(work, found.id, found.handled, given)


def _choice(work: UnitOfWork, found: Listed, name: str, *, own_role: bool) -> list[Problem]:
    if not name:
        return [Problem("name", "没有选人；请从名单中选择。")]
    if name == found.owner:
        return [Problem("name", f"“{found.title}”已经由{name}办理；请选择另一个人。")]
    if name in candidates(work, found, own_role=own_role):
        return []
    why = hands.unfit(work, found.estate_id, found.lane, name) or f"没有“{found.lane}”的角色"
    return [Problem("name", f"{name}不能办理“{found.title}”：{why}；请从名单中选择。")]


def _reason(reason: str, called: str) -> list[Problem]:
    if 0 < len(reason.strip()) <= LONGEST_REASON:
        return []
    return [Problem("reason", f"{called}要写明理由，1–{LONGEST_REASON} 个字；请补上。")]


def _check(first: list[Problem], then: list[Problem], said: str) -> None:
    if first or then:
        raise InvalidAnswers([*first, *then], said)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
