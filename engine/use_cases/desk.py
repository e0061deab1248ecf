"""The desk: what somebody signed in sees of tasks and estates, types into a form, and enters.

Everything is asked within the member's scope: what lies outside answers as if it did not exist.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.forms import Form
from engine.process.lint import LANES
from engine.store import accounts, desk, rows
from engine.store.accounts import Draft
from engine.store.desk import Card, EstateListed, Holder, Listed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import onboarding, prefilling, telling
from engine.use_cases.accounts import Member
from engine.use_cases.library import ONBOARDING, Library
from engine.use_cases.prefilling import Known

#: Who may enter an estate: the manual has the street take up the application (3.3, step 1.1).
ENTERING = ("街道", "区住建")


@dataclass(frozen=True)
class TaskPage:
    """A task with its form: ``known`` is filled in before anybody writes, ``draft`` is what this member typed."""

    task: Listed
    form: Form
    known: Mapping[str, Known]
    draft: Draft | None
    handbook: str
    mine: bool


@dataclass(frozen=True)
class EstatePage:
    """An estate with its open tasks, running timers, papers and log, and where its journey stands."""

    estate: EstateListed
    path: str
    stages: tuple[tuple[str, str, str], ...]
    open: list[Listed]
    timers: list[rows.Timer]
    documents: list[rows.Document]
    people: Mapping[str, str]
    log: list[tuple[str, str]]


def inbox(work: UnitOfWork, member: Member, tab: str, page: int) -> tuple[list[Listed], Mapping[str, int]]:
    """A page of the tasks under ``tab``, and how many tasks each tab has.  Raises NotFound for another tab."""
    if tab not in desk.TABS:
        raise NotFound(what="这一栏")
    found = desk.tasks(work, member.nodes, (member.id, member.name), tab, page)
    return found, {each: desk.counted(work, member.nodes, member.name, each) for each in desk.TABS}


def task(work: UnitOfWork, member: Member, task_id: int) -> Listed:
    """One task.  Raises NotFound."""
    found = desk.task_in_scope(work, member.nodes, member.id, task_id)
    if found is None:
        raise NotFound(what="这项任务")
    return found


def task_page(work: UnitOfWork, library: Library, member: Member, task_id: int) -> TaskPage:
    """A task with its form as this member finds it.  Raises NotFound."""
    found = task(work, member, task_id)
    form, draft = library.form(found.name), accounts.draft_of(work, task_id, member.id)
    known = prefilling.proposals(work, library, found.estate_id, found.name, draft.content if draft else None)
    handbook = library.handbook[found.name]
    return TaskPage(found, form, known, draft, handbook, found.who == member.name)


def save_draft(work: UnitOfWork, member: Member, task_id: int, revision: int, content: Mapping[str, Any]) -> None:
    """Keep what somebody typed for an open task.  Raises NotFound, NotPermitted, Conflict."""
    found = task(work, member, task_id)
    if found.status != "open":
        raise NotFound(what=f"待办的“{found.title}”（{_whose(found)}）")
    if found.who != member.name:
        raise NotPermitted(lane=found.lane)
    accounts.save_draft(work, task_id, member.id, revision, content)


def complete(work: UnitOfWork, library: Library, member: Member, task_id: int, submitted: Mapping[str, Any]) -> Listed:
    """Complete an open task.  Raises what :func:`onboarding.complete_task` raises; nothing is changed then."""
    found = task(work, member, task_id)
    if found.status != "open":
        raise NotFound(what=f"待办的“{found.title}”（{_whose(found)}）")
    onboarding.complete_task(work, library, found.estate_id, found.name, submitted)
    return found


def _whose(found: Listed) -> str:
    return f"已由{found.completed_by}办结" if found.completed_by else "流程已不再需要它"


def estate_page(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> EstatePage:
    """An estate as its page shows it.  Raises NotFound."""
    found = estate(work, member, estate_id)
    log = work.log(estate_id)
    paths = accounts.paths(work)
    return EstatePage(
        estate=found,
        path=paths.get(found.node_id or 0, ""),
        stages=tuple(_stages(library, log)),
        open=desk.open_tasks(work, member.id, estate_id),
        timers=work.timers(estate_id=estate_id),
        documents=work.documents(estate_id),
        people=work.people(estate_id),
        log=[(event["at"], telling.line(_in_words(event, library)).strip()) for event in log],
    )


def _stages(library: Library, log: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str, str]]:
    """Each stage of the journey: its id, its title, and whether it is ``done``, ``now`` or ``ahead``."""
    definition = library.definition(ONBOARDING)
    state = dict.fromkeys(definition.stages, "ahead")
    for event in log:
        if event["kind"] == "StageEntered":
            state[event["stage"]] = "now"
        elif event["kind"] == "StageLeft":
            state[event["stage"]] = "done"
    for stage in definition.stages:
        yield stage, definition.elements[stage].name, state[stage]


def _in_words(event: Mapping[str, Any], library: Library) -> dict[str, Any]:
    """An event with the names that its diagram gives to stages and gates, and its outcome in words."""
    elements = library.definition(ONBOARDING).elements
    said = dict(event)
    if event.get("stage") in elements:
        said["stage"] = elements[event["stage"]].name
    if "gate" in event:
        names = (one.name for one in elements.values() if one.properties.get("gate") == event["gate"])
        said.update(gate=next(names, event["gate"]), outcome=telling.OUTCOMES[event["outcome"]])
    return said


@dataclass(frozen=True)
class Column:
    """A stage on the board: how many estates stand in it, and the first of them with where they lie."""

    stage: str
    title: str
    count: int
    cards: list[tuple[Card, str]]


def board(work: UnitOfWork, library: Library, member: Member) -> list[Column]:
    """The estates on their way in this member's scope, a column for each stage of the journey."""
    definition, paths = library.definition(ONBOARDING), accounts.paths(work)
    cards: dict[str, list[Card]] = {stage: [] for stage in definition.stages}
    for card in desk.board(work, member.nodes, definition.stages):
        cards.setdefault(card.stage, []).append(card)
    return [
        Column(
            stage,
            definition.elements[stage].name,
            found[0].of if found else 0,
            [(card, paths.get(card.node_id or 0, "")) for card in found],
        )
        for stage, found in cards.items()
        if stage in definition.elements
    ]


def estate(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    """One estate.  Raises NotFound."""
    found = desk.estate_in_scope(work, member.nodes, estate_id)
    if found is None:
        raise NotFound(what="这个小区")
    return found


def estates(work: UnitOfWork, member: Member, page: int, words: str) -> tuple[list[EstateListed], int]:
    """A page of the estates in scope whose name contains ``words``, and how many there are."""
    return desk.estates(work, member.nodes, page, words.strip())


def document(work: UnitOfWork, member: Member, number: str) -> tuple[str, bytes]:
    """Title and Word file of a paper.  Raises NotFound."""
    found = desk.document_in_scope(work, member.nodes, number)
    if found is None:
        raise NotFound(what=f"文书 {number}")
    title, sha256 = found
    return title, work.files.read(sha256)


@dataclass(frozen=True)
class Choices:
    """What one may choose from when an estate is entered: nodes by path, and who may hold each lane at which node."""

    nodes: Mapping[int, str]
    holders: Mapping[str, list[str]]


def choices(work: UnitOfWork, member: Member) -> Choices:
    """What this member may enter an estate with.  Raises NotPermitted."""
    _may_enter(member)
    paths = accounts.paths(work)
    nodes = sorted(desk.scope(work, member.nodes), key=paths.__getitem__)
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
    found += [
        Problem(f"people.{lane}", f"没有选择“{lane}”由谁办理；没有人，这一泳道的任务就无人能办。")
        for lane in LANES
        if offered.holders[lane] and lane not in people
    ]
    if found:
        raise InvalidAnswers(found, "小区没有登记。")
    return onboarding.open_estate(work, library, name.strip(), place, people, node_id)


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
