"""The desk: what somebody signed in sees of tasks and estates, types into a form, and enters.

Everything is asked within the member's scope: what lies outside answers as if it did not exist.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from engine import forms
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.forms import Form, checks
from engine.process.lint import LANES
from engine.rules import apart
from engine.store import accounts, desk, filters, photos, returns, undone
from engine.store.accounts import Draft
from engine.store.desk import EstateListed, Holder, Issued, Listed
from engine.store.photos import Photo
from engine.store.returns import Undoing
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import disclosing, hands, onboarding, prefilling, sums
from engine.use_cases.accounts import Member
from engine.use_cases.filtering import Lists
from engine.use_cases.library import Library
from engine.use_cases.prefilling import Known

#: Who may enter an estate: the manual has the street take up the application (3.3, step 1.1).
ENTERING = ("街道", "区住建")
#: So near a deadline is shown as near.
NEAR = timedelta(days=3)


@dataclass(frozen=True)
class TaskPage:
    """A task with its form: ``known`` is filled in before anybody writes, ``draft`` is what was typed since.

    It is ``mine`` to work on; ``principal`` is on leave and the member stands in for him, if anybody.  ``photos`` are
    those kept for the task, by their SHA-256; ``weights`` are those by which it scores, if it does.  ``again`` is what
    was answered before the task was undone, ``noted`` why it is open again; ``mine_last`` says whether this member
    did it last of all, and may take it back.
    """

    task: Listed
    form: Form
    known: Mapping[str, Known]
    draft: Draft | None
    handbook: str
    mine: bool
    principal: str
    photos: Mapping[str, Photo]
    weights: Mapping[str, int]
    again: Mapping[str, Any]
    noted: Undoing | None
    mine_last: bool


def inbox(lists: Lists, tab: str, page: int, sort: str = "due") -> tuple[list[Listed], Mapping[str, int]]:
    """A page of the tasks under ``tab`` in the order ``sort``, and how many tasks each tab has.

    Raises NotFound for another tab or order.
    """
    if tab not in desk.TABS or sort not in desk.SORTS:
        raise NotFound(what="这一栏")
    work, narrowed = lists.work, filters.tasks(lists.chosen, lists.day)
    viewer = hands.viewer(work, lists.member)
    found = desk.tasks(work, lists.nodes, viewer, tab, page, narrowed, sort)
    return found, desk.counts(work, lists.nodes, viewer, narrowed)


def next_task(work: UnitOfWork, member: Member) -> Listed | None:
    """The first task in a member's hands, in the order of the inbox, if they want it opened by itself."""
    known = accounts.by_id(work, member.id)
    if known is None or not known.opens_next:
        return None
    found = desk.tasks(work, member.nodes, hands.viewer(work, member), "mine", 1, size=1)
    return found[0] if found else None


def held_due(work: UnitOfWork, member: Member) -> int:
    """How many of the tasks that this member put aside are late or due within :data:`NEAR`."""
    by = (work.now + NEAR).astimezone(UTC).isoformat()
    return desk.held_due(work, member.nodes, hands.viewer(work, member), by)


def task(work: UnitOfWork, member: Member, task_id: int) -> Listed:
    """One task.  Raises NotFound."""
    found = desk.task_in_scope(work, member.nodes, task_id)
    if found is None:
        raise NotFound(what="这项任务")
    return found


def task_page(work: UnitOfWork, library: Library, member: Member, task_id: int) -> TaskPage:
    """A task with its form as this member finds it.  Raises NotFound."""
    found = task(work, member, task_id)
    form, draft = library.form(found.name), accounts.draft_of(work, task_id)
    known = prefilling.proposals(work, library, found.estate_id, found.name, draft.content if draft else None)
    principal = hands.in_hands(work, member.name, found.who, found.estate_id, found.lane)
    handbook = library.handbook[found.name]
    kept = {one.sha256: one for one in photos.of_task(work, task_id) if one.sha256}
    weights = sums.weights_of(work, library, found.estate_id, found.name)
    again = undone.last_answers(work, found.estate_id, found.name) if found.status == "open" else {}
    last = bool(undone.untouched(work, member.name, [task_id]))
    noted = returns.noted(work, task_id)
    return TaskPage(
        task=found,
        form=form,
        known=known,
        draft=draft,
        handbook=handbook,
        mine=principal is not None,
        principal=principal or "",
        photos=kept,
        weights=weights,
        again=typed(form, again),
        noted=noted,
        mine_last=last,
    )


def typed(form: Form, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored answers as the form would submit them."""
    answers = forms.load(form, stored) if stored else {}
    return {
        one.key: forms.submittable(one, answers[one.key]) for one in form.fields if answers.get(one.key) is not None
    }


def may_fill(work: UnitOfWork, member: Member, found: Listed) -> bool:
    """Whether a task is this member's to work on."""
    return hands.in_hands(work, member.name, found.who, found.estate_id, found.lane) is not None


def save_draft(
    work: UnitOfWork, library: Library, member: Member, task_id: int, revision: int, content: Mapping[str, Any]
) -> None:
    """Keep what somebody typed for an open task.  Raises NotFound, NotPermitted, Conflict."""
    found = task(work, member, task_id)
    still_open(found)
    if not may_fill(work, member, found):
        raise NotPermitted(lane=found.lane)
    accounts.save_draft(work, task_id, member.id, revision, _stamped(work, library, member, found, content))


def complete(work: UnitOfWork, library: Library, member: Member, task_id: int, submitted: Mapping[str, Any]) -> Listed:
    """Complete an open task.  Raises what :func:`onboarding.complete_task` raises; nothing is changed then."""
    found = task(work, member, task_id)
    still_open(found)
    stamped = _stamped(work, library, member, found, submitted)
    onboarding.complete_task(work, library, found.estate_id, found.name, stamped)
    return found


def _stamped(
    work: UnitOfWork, library: Library, member: Member, found: Listed, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """What was typed, with who marked each row of a checklist and when, by the draft that it goes beyond."""
    draft = accounts.draft_of(work, found.id)
    before = draft.content if draft else {}
    stamped: dict[str, Any] = checks.stamped(library.form(found.name), typed, before, member.name, work.at)
    return stamped


def still_open(found: Listed) -> None:
    """Refuse what is added to a task that is over.  Raises NotFound, which says why."""
    if found.status != "open":
        why = f"已由{found.completed_by}办结" if found.completed_by else "流程已不再需要它"
        raise NotFound(what=f"待办的“{found.title}”（{why}）")


def estate(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    """One estate.  Raises NotFound."""
    found = desk.estate_in_scope(work, member.nodes, estate_id)
    if found is None:
        raise NotFound(what="这个小区")
    return found


def paper(work: UnitOfWork, member: Member, number: str) -> Issued:
    """An issued document, its newest version.  Raises NotFound."""
    found = desk.document_in_scope(work, member.nodes, number)
    if found is None:
        raise NotFound(what=f"文书 {number}")
    return found


def document(work: UnitOfWork, member: Member, number: str) -> tuple[str, bytes]:
    """Title and Word file of a paper; that it was taken out is noted, since its step cannot be taken back then.

    Raises NotFound, NotPermitted.
    """
    found = paper(work, member, number)
    disclosing.open_paper(work, member, number)
    undone.note_taken(work, number)
    return found.title, work.files.read(found.sha256)


@dataclass(frozen=True)
class Choices:
    """What one may choose from when an estate is entered: nodes by path, and who may hold each lane at which node."""

    nodes: Mapping[int, str]
    holders: Mapping[str, list[str]]


def choices(work: UnitOfWork, member: Member) -> Choices:
    """What this member may enter an estate with.  Raises NotPermitted."""
    _may_enter(member)
    paths = accounts.paths(work)
    entering = [node for node, role in member.held if role in ENTERING]
    nodes = sorted(desk.scope(work, entering), key=paths.__getitem__)
    return Choices({key: paths[key] for key in nodes}, holders(work, member))


def holders(work: UnitOfWork, member: Member) -> dict[str, list[str]]:
    """Who holds the role of each lane in this member's scope or above it: the district serves every community."""
    above = {key for node in member.nodes for key in desk.above(work, node)}
    return _by_lane(desk.holders(work, above | desk.scope(work, member.nodes)))


def near_by(work: UnitOfWork, node_id: int) -> dict[str, list[str]]:
    """Who holds the role of each lane at a node or above it: an estate there lies in their scope."""
    return _by_lane(desk.holders(work, desk.above(work, node_id)))


def _by_lane(holders: Iterable[Holder]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {lane: [] for lane in LANES}
    for holder in holders:
        if holder.role in found and holder.name not in found[holder.role]:
            found[holder.role].append(holder.name)
    return found


def enter(
    work: UnitOfWork, library: Library, member: Member, name: str, place: str, node_id: int, people: Mapping[str, str]
) -> int:
    """Enter an estate and start its journey; returns its id.  Raises NotPermitted, InvalidAnswers."""
    offered = choices(work, member)
    found = []
    if not 0 < len(name.strip()) <= 40:
        found.append(Problem("name", "小区名称应为 1–40 个字；请按门牌或备案名称填写。"))
    if place not in {pack.place for pack in library.packs}:
        found.append(Problem("place", "没有选择适用的规则包；请选择小区所在地。"))
    if node_id not in offered.nodes:
        found.append(Problem("node", "没有选择所在社区；请选择您辖区内的社区。"))
    found += [
        Problem(f"people.{lane}", f"“{person}”没有“{lane}”的角色；请从名单中选择。")
        for lane, person in people.items()
        if person not in offered.holders.get(lane, ())
    ]
    if node_id in offered.nodes:
        found += _out_of_reach(work, node_id, people, offered)
    found += _not_apart(people)
    found += [
        Problem(f"people.{lane}", f"没有选择“{lane}”由谁办理；没有人，这一泳道的任务就无人能办。")
        for lane in LANES
        if lane not in people and any(not apart.conflict(lane, _lanes_of(one, people)) for one in offered.holders[lane])
    ]
    if found:
        raise InvalidAnswers(found, "小区没有登记。")
    return onboarding.open_estate(work, library, name.strip(), place, people, node_id)


def _not_apart(people: Mapping[str, str]) -> Iterable[Problem]:
    """Who is chosen for two lanes between which a person stands on one side only, said of the later one."""
    for lane, person in people.items():
        earlier = _lanes_of(person, people)
        if why := apart.conflict(lane, earlier[: earlier.index(lane)]):
            yield Problem(f"people.{lane}", f"{person}不能办理“{lane}”：{why}；请选择另一个人。")


def _lanes_of(person: str, people: Mapping[str, str]) -> list[str]:
    return [lane for lane, chosen in people.items() if chosen == person]


def _out_of_reach(work: UnitOfWork, node_id: int, people: Mapping[str, str], offered: Choices) -> Iterable[Problem]:
    """Who holds the lane elsewhere only: the estate would not lie in their scope, and nobody could do its tasks."""
    near = near_by(work, node_id)
    for lane, person in people.items():
        if person in offered.holders.get(lane, ()) and person not in near[lane]:
            message = f"“{person}”是别处的“{lane}”，看不到这个小区；请选本社区或其上级的人，或改选社区。"
            yield Problem(f"people.{lane}", message)


def _may_enter(member: Member) -> None:
    if not member.roles.intersection(ENTERING):
        raise NotPermitted("登记小区由{lanes}办理，您没有这个角色。", lanes="或".join(ENTERING))
