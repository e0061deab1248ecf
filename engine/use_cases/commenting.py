"""Comments on an estate or on one of its tasks, with whom they mention; never changed, taken back by their author."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine import events
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import comments
from engine.store import desk as listing
from engine.store.comments import Comment
from engine.store.desk import PAGE, EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import alerts, desk
from engine.use_cases.accounts import Member

LONGEST = 1_000
#: So many stand on the page of the estate or the task itself; the rest on a page of their own.
FIRST = 5
_MOST_MENTIONED = 20


@dataclass(frozen=True)
class Comments:
    """Comments, the latest first, how many there are, and the names one may mention."""

    shown: list[Comment]
    total: int
    names: list[str]
    estate_id: int
    task_id: int | None

    @property
    def last(self) -> int:
        """The last page of them."""
        return max(1, -(-self.total // PAGE))


def listed(
    work: UnitOfWork, member: Member, estate: EstateListed, task_id: int | None = None, page: int | None = None
) -> Comments:
    """The first few comments, or a page of all, on an estate in this member's scope or on a task of it."""
    shown = comments.listed(work, estate.id, task_id, page or 1, PAGE if page else FIRST)
    total = comments.counted(work, estate.id, task_id)
    names = [name for name in _names(work, estate) if name != member.name]
    return Comments(shown, total, names, estate.id, task_id)


def _names(work: UnitOfWork, estate: EstateListed) -> Mapping[str, int]:
    """Who may be mentioned: whoever holds a role where the estate lies, or above it."""
    return comments.within_reach(work, listing.above(work, estate.node_id)) if estate.node_id else {}


def add(
    work: UnitOfWork, member: Member, estate_id: int, task_id: int | None, text: str, chosen: Collection[str]
) -> list[str]:
    """Leave a comment; returns who is to be told: those ``chosen``, and those named in it as ``@姓名``.

    Raises NotFound, InvalidAnswers.
    """
    estate = desk.estate(work, member, estate_id)
    title = ""
    if task_id is not None:
        found = desk.task(work, member, task_id)
        if found.estate_id != estate_id:
            raise NotFound(what="这项任务")
        title = found.title
    names, text = _names(work, estate), text.replace("\r\n", "\n").strip()
    problems = []
    if not 0 < len(text) <= LONGEST:
        problems.append(Problem("text", f"留言应为 1–{LONGEST} 个字，现在是 {len(text)} 个；请改写。"))
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        problems.append(Problem("text", "留言里有不可见的控制字符；请重新输入。"))
    problems += [
        Problem("mention", f"“{name[:20]}”不在这个小区的办理人员之中；请从名单中选择。")
        for name in chosen
        if name not in names
    ]
    mentioned = [name for name in names if name in {*chosen, *_named(text, names)} and name != member.name]
    if len(mentioned) > _MOST_MENTIONED:
        problems.append(Problem("mention", f"一次最多提醒 {_MOST_MENTIONED} 人；请分几次留言。"))
    if problems:
        raise InvalidAnswers(problems, "留言没有发出。")
    key = comments.add(work, estate_id, task_id, member.id, text, [names[name] for name in mentioned])
    work.append(estate_id, events.CommentMade(key, title, tuple(mentioned)))
    for name in mentioned:
        alerts.tell(work, name, f"mentioned:{key}", "mentioned", estate_id=estate_id)
    return mentioned


def _named(text: str, names: Collection[str]) -> Iterator[str]:
    """Those whom the text names as ``@姓名``; of two names that begin alike the longer one is meant."""
    for name in sorted(names, key=len, reverse=True):
        if f"@{name}" in text:
            text = text.replace(f"@{name}", "")
            yield name


def withdraw(work: UnitOfWork, member: Member, estate_id: int, comment_id: int) -> None:
    """Take one's own comment back; that there was one stays.  Raises NotFound, NotPermitted, Conflict."""
    desk.estate(work, member, estate_id)
    found = comments.one(work, estate_id, comment_id)
    if found is None:
        raise NotFound(what="这条留言")
    if found.account_id != member.id:
        raise NotPermitted("留言只能由留言的人撤回。")
    if found.withdrawn_at is None:
        comments.withdraw(work, comment_id)
        work.append(estate_id, events.CommentWithdrawn(comment_id))
