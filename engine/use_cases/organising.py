"""The organisation's tree, of any depth: add, rename and move its nodes, so that nobody loses sight of their work."""

from dataclasses import dataclass

from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import administration, desk
from engine.store.administration import Place
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import Member
from engine.use_cases.managing import ORGANISATION, part, places, reaches


@dataclass(frozen=True)
class Branch:
    """A node of the tree at its depth below the administrator's part; ``top`` nodes are not the administrator's own."""

    place: Place
    depth: int
    top: bool


def tree(work: UnitOfWork, member: Member) -> list[Branch]:
    """The nodes of an administrator's part, each after the one above it.  Raises NotPermitted."""
    nodes = part(member)
    below: dict[int | None, list[Place]] = {}
    known = {place.id: place for place in administration.places(work, nodes)}
    for place in known.values():
        above = place.parent_id if place.parent_id in known else None
        below.setdefault(above, []).append(place)

    def walk(above: int | None, depth: int) -> list[Branch]:
        found = []
        for place in below.get(above, ()):
            found += [Branch(place, depth, above is None), *walk(place.id, depth + 1)]
        return found

    return walk(None, 0)


def add(work: UnitOfWork, member: Member, parent_id: int, name: str) -> None:
    """Add a node below another one.  Raises NotFound, NotPermitted, InvalidAnswers."""
    work.alone(ORGANISATION)
    path, wanted = _place(work, member, parent_id), name.strip()
    _refuse(_name_problems(work, parent_id, wanted))
    made = administration.add_node(work, parent_id, wanted)
    administration.note(work, made, f"{path}/{wanted}", "新建组织")


def rename(work: UnitOfWork, member: Member, node_id: int, name: str) -> None:
    """Give a node another name.  Raises NotFound, NotPermitted, InvalidAnswers."""
    work.alone(ORGANISATION)
    path, wanted = _place(work, member, node_id), name.strip()
    _refuse_top(member, node_id, path)
    _refuse(_name_problems(work, _parent(work, node_id), wanted))
    administration.rename(work, node_id, wanted)
    administration.note(work, node_id, path, f"改名为“{wanted}”")


def move(work: UnitOfWork, member: Member, node_id: int, parent_id: int) -> None:
    """Put a node with all that lies below it under another one.

    Refused when somebody who holds a lane of an estate there would lose sight of it.
    Raises NotFound, NotPermitted, InvalidAnswers.
    """
    work.alone(ORGANISATION)
    path, offered = _place(work, member, node_id), places(work, member)
    _refuse_top(member, node_id, path)
    if parent_id not in offered:
        raise InvalidAnswers([Problem("parent", "没有选择移到哪里；请从您管理的范围里选一个。")], "组织没有移动。")
    chain, name = desk.above(work, parent_id), path.rpartition("/")[2]
    if node_id in chain:
        raise InvalidAnswers([Problem("parent", f"“{name}”不能移到自己或自己的下级里；请另选。")], "组织没有移动。")
    if parent_id == _parent(work, node_id):
        raise InvalidAnswers([Problem("parent", f"“{name}”已经在“{offered[parent_id]}”里；请另选。")], "组织没有移动。")
    _refuse([*_taken(work, parent_id, name), *_orphaned(work, node_id, chain)])
    administration.move(work, node_id, parent_id)
    administration.note(work, node_id, path, f"移到“{offered[parent_id]}”")


def _orphaned(work: UnitOfWork, node_id: int, chain: list[int]) -> list[Problem]:
    """Lanes whose holders would no longer see the estate: they hold the role only above where the node is now."""
    lanes, lost = administration.lanes_below(work, node_id), []
    ways = {key: desk.above(work, key) for key in {lane.node_id for lane in lanes}}
    for lane in lanes:
        before = ways[lane.node_id]
        after = [*before[: before.index(node_id) + 1], *chain]
        if reaches(before, lane.lane, lane.held) and not reaches(after, lane.lane, lane.held):
            lost.append(f"{lane.estate}的{lane.lane}{lane.name}")
    if not lost:
        return []
    more = f"等 {len(lost)} 项" if len(lost) > 5 else ""
    message = f"移过去以后，{'、'.join(lost[:5])}{more}就看不到自己的任务了；请先转办给新上级的人，再移动。"
    return [Problem("parent", message)]


def _place(work: UnitOfWork, member: Member, node_id: int) -> str:
    offered = places(work, member)
    if node_id not in offered:
        raise NotFound(what="这个组织")
    return offered[node_id]


def _parent(work: UnitOfWork, node_id: int) -> int | None:
    chain = desk.above(work, node_id)
    return chain[1] if len(chain) > 1 else None


def _refuse_top(member: Member, node_id: int, path: str) -> None:
    if node_id in part(member):
        raise NotPermitted("“{path}”是您管理的最上一级，由上级管理员变更。", path=path)


def _name_problems(work: UnitOfWork, parent_id: int | None, name: str) -> list[Problem]:
    if not 0 < len(name) <= 60 or "/" in name:
        return [Problem("name", "名称应为 1–60 个字，不含“/”；请改写。")]
    return [Problem("name", problem.message) for problem in _taken(work, parent_id, name)]


def _taken(work: UnitOfWork, parent_id: int | None, name: str) -> list[Problem]:
    if administration.child(work, parent_id, name) is None:
        return []
    return [Problem("parent", f"那里已经有“{name}”；同一上级下不能重名。")]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidAnswers(problems, "组织没有变更。")


def described(work: UnitOfWork, member: Member, node_id: int) -> tuple[str, bool]:
    """A node's path, and whether it is the top of the administrator's part.  Raises NotFound, NotPermitted."""
    path = _place(work, member, node_id)
    return path, node_id in part(member)
