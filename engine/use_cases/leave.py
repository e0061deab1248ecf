"""Leave 请假: a person names who stands in for some days; the deputy's acts are on record as 乙 代 甲.

The deputy gets nothing by it but the tasks: whether one may be done by him is asked of each (:mod:`hands`), so that
what must be in other hands never is, whatever changes after he was named.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from engine.errors import InvalidAnswers, NotFound, Problem
from engine.rules import apart
from engine.store import desk
from engine.store import hands as kept
from engine.store.hands import Leave
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import hands
from engine.use_cases.accounts import Member

LONGEST = timedelta(days=366)


def leaves(work: UnitOfWork, member: Member) -> list[Leave]:
    """The leaves, under way or to come, in which a member is away or stands in."""
    return kept.leaves(work, member.id, hands.today(work).isoformat())


def candidates(work: UnitOfWork, member: Member) -> list[str]:
    """Who may stand in for a member: holders, near by, of one of his roles or of one that does for it."""
    found = dict[str, None]()
    for node, role in member.held:
        for holder in desk.holders(work, desk.above(work, node)):
            if holder.role in apart.roles_for(role) and holder.name != member.name:
                found[holder.name] = None
    return list(found)


def begin(work: UnitOfWork, member: Member, deputy: str, first: str, last: str) -> list[str]:
    """Have ``deputy`` stand in from the first to the last day; returns what he may not do, a sentence for each lane.

    Raises InvalidAnswers.
    """
    found, days = [], _days(work, first, last)
    if days is None:
        found.append(Problem("first", "请假要写明从哪天到哪天，从今天起，不超过一年；请选两个日期。"))
    elif taken := kept.away(work, member.name, *days):
        found.append(Problem("first", f"{taken.first_day} 至 {taken.last_day} 已经请过假；请改日期，或先销假。"))
    left = []
    if deputy not in candidates(work, member):
        found.append(Problem("deputy", "没有选代办人，或者他没有您的角色；请从名单中选择。"))
    elif days is not None and (also := kept.away(work, deputy, *days)):
        found.append(Problem("deputy", f"{deputy} {also.first_day} 至 {also.last_day} 自己请假；请另选一人。"))
    else:
        lanes = kept.lanes_of(work, member.name)
        left = list(_left(work, lanes, deputy))
        if left and len(left) == len(lanes):
            found.append(Problem("deputy", f"{deputy}不能代办：{left[0]}；请另选一人。"))
    if found:
        raise InvalidAnswers(found, "没有登记请假。")
    assert days is not None
    kept.add_leave(work, member.id, deputy, *days)
    return left


def end(work: UnitOfWork, member: Member, leave_id: int) -> None:
    """End one's leave before its last day.  Raises NotFound."""
    mine = {one.id for one in leaves(work, member) if one.name == member.name}
    if leave_id not in mine:
        raise NotFound(what="这次请假")
    kept.end_leave(work, leave_id)


def _left(work: UnitOfWork, lanes: Iterable[tuple[int, str, str]], deputy: str) -> Iterable[str]:
    for estate_id, estate, lane in lanes:
        if why := hands.unfit(work, estate_id, lane, deputy):
            yield f"“{estate}”的“{lane}”：{why}"


def _days(work: UnitOfWork, first: str, last: str) -> tuple[str, str] | None:
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    if not hands.today(work) <= begins <= ends <= begins + LONGEST or begins > hands.today(work) + LONGEST:
        return None
    return begins.isoformat(), ends.isoformat()
