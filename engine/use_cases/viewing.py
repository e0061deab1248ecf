"""Views that members keep of their lists, for themselves or for everybody within a node."""

from engine.errors import InvalidAnswers, NotFound, Problem
from engine.store import board, desk, views
from engine.store.unit_of_work import UnitOfWork
from engine.store.views import View
from engine.use_cases.accounts import Member

_LONGEST_NAME = 40
_LONGEST_QUERY = 1_000


def seen(work: UnitOfWork, member: Member, page: str) -> list[View]:
    """A member's own views of a page, and those shared at or above one of the member's nodes."""
    above = {key for node in member.nodes for key in desk.above(work, node)}
    return views.views(work, member.id, above, page)


def places(work: UnitOfWork, member: Member) -> list[tuple[int, str]]:
    """The nodes within which a member may share a view: those at which roles are held."""
    return sorted(board.names(work, member.nodes).items())


def save(work: UnitOfWork, member: Member, page: str, name: str, query: str, shared_at: int | None) -> None:
    """Keep a view of a page, in place of the member's earlier one of that name.  Raises InvalidAnswers."""
    found = []
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        found.append(Problem("name", f"视图名称应为 1–{_LONGEST_NAME} 个字；请写一个看得懂的名字。"))
    if shared_at is not None and shared_at not in member.nodes:
        found.append(Problem("shared_at", "只能共享给您任职的辖区；请重新选择。"))
    if len(query) > _LONGEST_QUERY:
        found.append(Problem("name", "筛选太长，没有存下；请减少条件后再保存。"))
    if views.counted(work, member.id) >= views.MOST:
        found.append(Problem("name", f"已经存了 {views.MOST} 个视图；请先删掉不用的。"))
    if found:
        raise InvalidAnswers(found, "视图没有保存。")
    views.save(work, member.id, page, name.strip(), query, shared_at)


def drop(work: UnitOfWork, member: Member, view_id: int) -> str:
    """Forget a view of the member's own; returns its page.  Raises NotFound."""
    page = views.own(work, member.id, view_id)
    if page is None:
        raise NotFound(what="这个视图")
    views.drop(work, member.id, view_id)
    return page
