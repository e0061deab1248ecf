"""What stands beside a task: facts of the estate, what earlier steps of the stage said, its papers, what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.forms import Form
from engine.store import desk as listing
from engine.store import estates
from engine.store.desk import EstateListed, Listed
from engine.store.estates import Paper, Said
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, overview, stepping, versions, wording
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library

#: The fields in which somebody says what they think, rather than what there is.
_OPINIONS = (
    "opinion", "result", "conclusion", "agreement_opinion", "opinions", "issues", "reason", "reasons", "note",
    "panel_note", "opinion_note", "risks",
)  # fmt: skip
_LONGEST = 160


@dataclass(frozen=True)
class Earlier:
    """A step of the same stage that was done before, by whom and when, and what was said in it."""

    task_id: int
    title: str
    who: str
    lane: str
    at: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class After:
    """What happens after a task was submitted: the tasks that came open since, and what else is to be waited for."""

    tasks: tuple[Listed, ...]
    says: str


@dataclass(frozen=True)
class Beside:
    """What stands beside a task; ``makes`` are papers that may be issued once it is submitted."""

    estate: EstateListed
    facts: list[tuple[str, str]]
    earlier: tuple[Earlier, ...]
    papers: tuple[Paper, ...]
    makes: tuple[str, ...]
    after: After | None


def beside(work: UnitOfWork, library: Library, member: Member, task: Listed) -> Beside:
    """What stands beside a task in this member's scope.  Raises NotFound."""
    estate, shown = desk.estate(work, member, task.estate_id), stepping.made_by(work, library, task)
    return Beside(
        estate=estate,
        facts=overview.facts(work, library, task.estate_id),
        earlier=tuple(_earlier(work, library, task)),
        papers=shown.papers,
        makes=shown.makes,
        after=_after(work, library, member, estate, task) if _is_last(work, task) else None,
    )


def _is_last(work: UnitOfWork, task: Listed) -> bool:
    """Whether nothing was completed since: what came of an older step is told by the log."""
    return task.completed_at is not None and task.completed_at == estates.last_completed_at(work, task.estate_id)


def _earlier(work: UnitOfWork, library: Library, task: Listed) -> Iterator[Earlier]:
    until = task.completed_at or ""
    for done in estates.said_before(work, task.estate_id, task.stage, task.id, until):
        form = library.forms.get(done.name)
        yield Earlier(done.id, done.title, done.by, done.lane, done.at, _opinions(form, done) if form else ())


def _opinions(form: Form, done: Said) -> tuple[tuple[str, str], ...]:
    told = wording.told(form, done.answers, _OPINIONS)
    return tuple((label, said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…") for label, said in told)


def _after(work: UnitOfWork, library: Library, member: Member, estate: EstateListed, task: Listed) -> After:
    opened = listing.open_tasks(work, estate.id)
    since = tuple(one for one in opened if one.opened_at >= (task.completed_at or ""))
    definition = versions.of(work, library, estate.id)
    waiting = estates.pending(work, estate.id)
    if waiting and estate.status == "running":
        return After(since, f"后台正在{overview.in_words(definition, waiting)}，稍后刷新就能看到结果。")
    if since:
        return After(since, "")
    return After((), overview.coming(work, definition, estate, opened).says)
