"""In whose hands a task is: its owner, whoever works on it for him, and whoever stands in while one is on leave.

One answer for lists, pages, drafts and the check when a task is completed.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.errors import NotPermitted
from engine.rules import apart
from engine.store import desk, rows
from engine.store import hands as kept
from engine.store.hands import Viewer
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import Member

#: Legal days are those of the place (decisions 8), and every place is in one zone.
ZONE = ZoneInfo("Asia/Shanghai")


def today(work: UnitOfWork) -> date:
    """The legal day."""
    return work.now.astimezone(ZONE).date()


def ago(work: UnitOfWork, at: str) -> str:
    """How long ago that was, in words."""
    minutes = int((work.now - datetime.fromisoformat(at)).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes}分钟前"
    return f"{minutes // 60}小时前" if minutes < 24 * 60 else f"{minutes // (24 * 60)}天前"


def viewer(work: UnitOfWork, member: Member) -> Viewer:
    """A member as lists ask for him."""
    principals = kept.principals(work, member.name, today(work).isoformat())
    return Viewer(member.id, member.name, member.held, principals, work.at)


def owner(task: rows.Task, people: Mapping[str, str]) -> str:
    """Who has to complete a task, empty for nobody."""
    return people.get(task.lane, "") if task.owner is None else task.owner


def completes(work: UnitOfWork, task: rows.Task) -> str:
    """Whom the actor stands in for when he completes a task, empty when it is his own.  Raises NotPermitted."""
    has = owner(task, work.people(task.estate_id))
    principal = in_hands(work, work.actor, has, task.estate_id, task.lane)
    if task.delegate and (principal is not None or task.delegate == work.actor):
        message = "“{title}”由{owner}委派给{delegate}办理，交回以后由{owner}提交。"
        raise NotPermitted(message, title=task.title, owner=has, delegate=task.delegate)
    if principal is None:
        raise NotPermitted(lane=task.lane)
    return principal


def in_hands(work: UnitOfWork, name: str, holder: str | None, estate_id: int, lane: str) -> str | None:
    """Whether what ``holder`` has is in somebody's hands too: None when not, else whom he stands in for, if anybody."""
    if holder == name:
        return ""
    if not holder or holder not in kept.principals(work, name, today(work).isoformat()):
        return None
    return None if unfit(work, estate_id, lane, name) else holder


def unfit(work: UnitOfWork, estate_id: int, lane: str, name: str) -> str:
    """Why somebody may not work on tasks of a lane of an estate, empty when he may."""
    near = near_by(work, estate_id)
    if not any(name in near.get(role, ()) for role in apart.roles_for(lane)):
        return f"没有这个小区的“{lane}”角色"
    return apart.conflict(lane, kept.acts_in(work, estate_id).get(name, ()))


def near_by(work: UnitOfWork, estate_id: int) -> dict[str, list[str]]:
    """Who holds each role at an estate's node or above it, by role."""
    node = desk.node_of(work, estate_id)
    found: dict[str, list[str]] = {}
    for holder in desk.holders(work, desk.above(work, node)) if node is not None else ():
        if holder.name not in found.setdefault(holder.role, []):
            found[holder.role].append(holder.name)
    return found


def fit(work: UnitOfWork, estate_id: int, lane: str, *, own_role: bool) -> list[str]:
    """Who may have a task of a lane, or with a related role work on it: near by, and in no lane apart from it."""
    near, parts = near_by(work, estate_id), kept.acts_in(work, estate_id)
    roles = (lane,) if own_role else apart.roles_for(lane)
    names = dict.fromkeys(name for role in roles for name in near.get(role, ()))
    return [name for name in names if not apart.conflict(lane, parts.get(name, ()))]


def acts_in_lanes(work: UnitOfWork, member: Member, estate_id: int, lanes: Iterable[str]) -> bool:
    """Whether a member acts in one of these lanes of an estate now."""
    return not lanes_of(work, member.name, estate_id).keys().isdisjoint(lanes)


def lanes_of(work: UnitOfWork, name: str, estate_id: int) -> dict[str, str]:
    """The lanes of an estate in which somebody acts now, each with why: it is his, an open task of it is, or he
    stands in for somebody on leave whose it is.
    """
    principals = kept.principals(work, name, today(work).isoformat())
    held = [(holder, lane) for lane, holder in work.people(estate_id).items()]
    at_work = kept.at_work(work, estate_id, (name, *principals))
    found = {lane: f"{name}是这个小区的{lane}" for holder, lane in held if holder == name}
    for holder, lane in at_work:
        if holder == name:
            found.setdefault(lane, f"{name}手里有这个小区{lane}的任务")
    for holder, lane in (*held, *at_work):
        if holder in principals and lane not in found and not unfit(work, estate_id, lane, name):
            found[lane] = f"{name}代请假的{holder}办理这个小区{lane}的任务"
    return found


def reaches(work: UnitOfWork, member: Member, node_id: int, role: str) -> bool:
    """Whether a member holds a role at a node or above it."""
    return bool({node for node, held in member.held if held == role}.intersection(desk.above(work, node_id)))
