"""Who does what for an estate: the person of each lane, and handing a lane to another one 转办."""

from engine import events
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.process.lint import LANES
from engine.rules import apart
from engine.store import desk as listing
from engine.store import hands
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import alerts, desk
from engine.use_cases.accounts import ADMINISTRATOR, Member

#: Who may hand a lane to another person.
REASSIGNING = frozenset({*desk.ENTERING, ADMINISTRATOR})
LONGEST_REASON = 200


def candidates(work: UnitOfWork, member: Member, estate_id: int) -> dict[str, list[str]]:
    """Who may hold each lane of an estate, by lane.  Raises NotFound, NotPermitted."""
    estate = desk.estate(work, member, estate_id)
    if not member.held_at(listing.above(work, estate.node_id) if estate.node_id else ()) & REASSIGNING:
        raise NotPermitted(lane="、".join(sorted(REASSIGNING)))
    return desk.near_by(work, estate.node_id) if estate.node_id else {lane: [] for lane in LANES}


def reassign(work: UnitOfWork, member: Member, estate_id: int, lane: str, name: str, reason: str) -> None:
    """Hand a lane of an estate, with its open tasks, to another holder of that role.

    What was done stays with whoever did it.  Raises NotFound, NotPermitted, InvalidAnswers, and Conflict when
    somebody else changed the lane meanwhile.
    """
    offered = candidates(work, member, estate_id)
    before = work.people(estate_id).get(lane, "")
    found = []
    if lane not in LANES:
        found.append(Problem("lane", "没有这个角色；请从名单中选择。"))
    elif name not in offered[lane]:
        found.append(Problem("name", f"“{name}”没有“{lane}”的角色；请从名单中选择。"))
    elif why := apart.conflict(lane, hands.acts_in(work, estate_id).get(name, ())):
        found.append(Problem("name", f"{name}不能办理“{lane}”：{why}；请选择另一个人。"))
    elif name == before:
        found.append(Problem("name", f"“{lane}”已经由{name}办理；请选择另一个人。"))
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        found.append(Problem("reason", f"转办要写明理由，1–{LONGEST_REASON} 个字；请补上。"))
    if found:
        raise InvalidAnswers(found, "没有转办。")
    work.hand_over(estate_id, lane, before, name)
    if before:
        hands.follow(work, estate_id, lane, before)
    alerts.handed_over(work, estate_id, lane, before, name)
    work.append(estate_id, events.LaneHandedOver(lane, before, name, reason.strip()))
