"""Undo a step 撤回, send the matter back to an earlier one 退回, take one's own last step back 拿回.

All three restore the state before the step (decisions 24); they differ in who may, and in what happens afterwards.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from engine import events
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import hands, returns, undone
from engine.store.desk import Listed
from engine.store.undone import Done
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import (
    alerts,
    desk,
    falling,
    figures,
    onboarding,
    prefilling,
    presence,
    staffing,
    standings,
    telling,
)
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.falling import Fall
from engine.use_cases.library import Library

UNDO, RETURN, TAKE_BACK = "undo", "return", "take_back"
#: What a return asks of the steps in between: all done again, or straight back to whoever returned the matter.
REDO, STRAIGHT = "redo", "straight"
_LONGEST_REASON = 500


def preview(work: UnitOfWork, library: Library, member: Member, task_id: int, manner: str, source: int = 0) -> Fall:
    """What would fall if this member went back before the completed task; ``source`` is the open task of a return.

    Raises NotFound, and NotPermitted with the reason.
    """
    target = _target(work, member, task_id)
    dossier = Dossier(work, library, target.estate_id)
    if manner == RETURN:
        _may_return(work, member, target, source)
    elif manner == UNDO and not member.roles & staffing.REASSIGNING:
        raise NotPermitted("撤回别人办结的步骤由街道、区住建或管理员办理；您办的最后一步可以拿回，在办的任务可以退回。")
    elif manner == TAKE_BACK and target.completed_by != member.name:
        raise NotPermitted("只有办结的人自己可以拿回；请{by}办理，或由街道撤回。", by=target.completed_by)
    fall = falling.of(dossier, target)
    if manner == TAKE_BACK:
        _untouched(work, fall)
    return fall


def go_back(
    work: UnitOfWork,
    library: Library,
    member: Member,
    task_id: int,
    manner: str,
    given: Mapping[str, str],
) -> Fall:
    """Go back before the completed task, with everything that the preview named; returns what fell.

    ``given`` holds ``reason``, ``seen``, the version of the instance that the preview showed, and for a return
    ``source`` and ``policy``.  Raises NotFound, NotPermitted, InvalidAnswers, and Conflict when the estate was moved
    since the preview; nothing is changed then.
    """
    source = int(given.get("source") or 0)
    fall = preview(work, library, member, task_id, manner, source)
    reason = given.get("reason", "").strip() or ("本人拿回" if manner == TAKE_BACK else "")
    _refuse(manner, reason, given.get("policy", ""))
    if given.get("seen") != str(fall.instance.version):
        raise Conflict("看过预览以后这个小区又办了别的，什么都没有改。请重新核对会失效的内容，再决定。")
    straight = manner == RETURN and given.get("policy") == STRAIGHT
    _apply(Dossier(work, library, fall.target.estate_id), fall, manner, reason, source if straight else 0)
    return fall


def earlier(work: UnitOfWork, member: Member, task_id: int) -> tuple[Listed, Sequence[Done]]:
    """An open task of this member, and the completed ones to which they may return the matter, the latest first.

    Raises NotFound, NotPermitted.
    """
    found = desk.task(work, member, task_id)
    if found.status != "open" or not desk.may_fill(work, member, found):
        raise NotPermitted("只有正在办理这一步的人可以退回；这一步由{lane}办理。", lane=found.lane)
    opened = undone.task(work, task_id)
    assert opened is not None
    before = [done for done in undone.tasks(work, opened.instance_id) if _before(done, opened)]
    return found, before[::-1]


def _before(done: Done, opened: Done) -> bool:
    return done.status == "completed" and done.completed_at is not None and done.completed_at <= opened.opened_at


def _target(work: UnitOfWork, member: Member, task_id: int) -> Done:
    desk.task(work, member, task_id)
    found = undone.task(work, task_id)
    if found is None:
        raise NotFound(what="这一步")
    return found


def _may_return(work: UnitOfWork, member: Member, target: Done, source: int) -> None:
    _, before = earlier(work, member, source)
    if target.id not in {done.id for done in before}:
        raise NotPermitted(
            "“{title}”不是这一步之前办结的步骤，不能退回到那里；请从列出的步骤中选择。", title=target.title
        )


def _untouched(work: UnitOfWork, fall: Fall) -> None:
    """Nobody has taken up what followed, and nothing of it went out (features: 拿回)."""
    if len(fall.undone) > 1:
        raise NotPermitted("后面的“{title}”已经办结，不能拿回；请请街道撤回。", title=fall.undone[-1].title)
    if fall.drafted:
        raise NotPermitted("后面的任务已有人在填写，不能拿回；请与对方商量由其退回，或请街道撤回。")
    following = [done.id for done in fall.vanishing]
    for title, name, theirs in hands.taken_up(work, following, work.actor, presence.since(work)):
        how = "已经接手" if theirs else "正打开着填写"
        message = "后面的“{title}”{name}{how}，不能拿回；请与对方商量由其退回，或请街道撤回。"
        raise NotPermitted(message, title=title, name=name, how=how)
    if fall.public:
        raise NotPermitted("这一步的文书或公告已经有人取走、张贴或签署，不能拿回；请街道撤回，并按提示更正。")


def _refuse(manner: str, reason: str, policy: str) -> None:
    found = []
    if not 0 < len(reason) <= _LONGEST_REASON:
        what = telling.MANNERS[manner]
        found.append(Problem("reason", f"{what}要写明理由，1–{_LONGEST_REASON} 个字；请补上。"))
    if manner == RETURN and policy not in {REDO, STRAIGHT}:
        found.append(Problem("policy", "没有选择改正后怎么走；请选择重走后续步骤，或改完直接回到本步。"))
    if found:
        raise InvalidAnswers(found, f"没有{telling.MANNERS[manner]}。")


def _apply(dossier: Dossier, fall: Fall, manner: str, reason: str, source: int) -> None:
    work, estate_id, target = dossier.work, dossier.estate_id, fall.target
    back_to = undone.task(work, source) if source else None
    kept = _kept(dossier, fall) if back_to else []
    work.restore(fall.instance, fall.wait, dossier.deadlines.clock, _ids(fall))
    undone.void(work, [paper.id for paper in fall.papers], f"{telling.MANNERS[manner]}到“{target.title}”：{reason}")
    undone.unmake_votes(work, estate_id, fall.meetings, [votes.meeting for votes in fall.ballots])
    undone.stay_back(work, estate_id, fall.events)
    if fall.closing:
        work.close(fall.closing)
    if fall.reviving and fall.revived:
        revived, refs = fall.reviving.id, list(fall.revived.waits)
        work.later(lambda connection: undone.revive(connection, revived, refs))
    if fall.ends_again:
        work.set_status(estate_id, "running")
    [ref] = [task.ref for task in fall.opening if task.name == target.name]
    said = {"manner": manner, "reason": reason, "back_to": back_to.name if back_to else ""}
    returns.forget(work, estate_id)
    returns.keep(work, estate_id, (fall.instance.id, ref), said, kept)
    work.append(
        estate_id,
        events.MoveUndone(
            to=target.name,
            title=target.title,
            done_by=target.completed_by or "",
            manner=manner,
            reason=reason,
            fell=tuple(event["no"] for event in fall.events),
            tasks=tuple(done.title for done in fall.undone),
            documents=tuple(paper.number for paper in fall.papers),
        ),
    )
    onboarding.number_documents(dossier, fall.wait)
    alerts.went_back(work, estate_id, fall.wait)
    if manner == RETURN and target.completed_by:
        fact = f"returned:{fall.instance.id}:{fall.instance.version}"
        alerts.tell(work, target.completed_by, fact, "returned", estate_id=estate_id, detail=target.title)
    standings.place(dossier)
    figures.place(dossier)


def _ids(fall: Fall) -> dict[str, list[int]]:
    """The ids of the rows that fall, by kind."""
    ids = {"task": [done.id for done in (*fall.undone, *fall.vanishing)]}
    for thing in fall.ended:
        ids.setdefault(thing.kind, []).append(thing.id)
    return ids


def _kept(dossier: Dossier, fall: Fall) -> list[dict[str, Any]]:
    """The steps in between, in the order they were done, with what each was filled in from and which papers it had."""
    before = _papers_before(fall)
    before[fall.target.name].popleft()
    return [
        {
            "task_id": done.id,
            "name": done.name,
            "by": done.completed_by,
            "inputs": inputs(dossier, done.name),
            "papers": before[done.name].popleft(),
        }
        for done in fall.undone[1:]
    ]


def _papers_before(fall: Fall) -> dict[str, deque[list[int]]]:
    """For each time that a step was completed, by its name: the papers among what falls that were there by then."""
    ids = {paper.number: paper.id for paper in fall.papers}
    found: defaultdict[str, deque[list[int]]] = defaultdict(deque)
    there: list[int] = []
    for event in fall.events:
        if event["kind"] == "DocumentIssued":
            there = [*there, ids[event["number"]]]
        elif "task" in event:
            found[event["task"]].append(there)
    return found


def inputs(dossier: Dossier, name: str) -> dict[str, Any]:
    """What a form takes from other steps, the roster and the pack, as the form would submit it."""
    known = prefilling.proposals(dossier.work, dossier.library, dossier.estate_id, name)
    return {key: one.value for key, one in known.items()}
