"""Steps of an estate: what is open and done, the papers, and what belongs to one step of a diagram."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.documents.catalogue import KINDS
from engine.errors import NotFound
from engine.process.definitions import Definition
from engine.process.elements import Element
from engine.store import desk as listing
from engine.store import estates
from engine.store.desk import PAGE, Listed
from engine.store.estates import Done, Paper
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, versions
from engine.use_cases.accounts import Member
from engine.use_cases.library import PROCESSES, Library

_RENDER = "render"


@dataclass(frozen=True)
class Tasks:
    """The open tasks and a page of the completed ones; ``total`` counts these."""

    open: list[Listed]
    done: list[Done]
    total: int

    @property
    def last(self) -> int:
        """The last page."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Step:
    """One step: its name, who does it, its tasks, the papers it made, and those it may make once it is done."""

    id: str
    title: str
    lane: str
    process: str
    open: list[Listed]
    done: list[Done]
    papers: list[Paper]
    makes: tuple[str, ...]


def tasks(work: UnitOfWork, member: Member, estate_id: int, page: int) -> Tasks:
    """The open tasks of an estate, and a page of its completed ones.  Raises NotFound."""
    desk.estate(work, member, estate_id)
    done, total = estates.done(work, estate_id, page)
    return Tasks(listing.open_tasks(work, estate_id), done, total)


def papers(work: UnitOfWork, member: Member, estate_id: int, page: int) -> tuple[list[Paper], int]:
    """A page of the issued documents of an estate, the latest first, and how many there are.  Raises NotFound."""
    desk.estate(work, member, estate_id)
    return estates.papers(work, estate_id, page)


def step(work: UnitOfWork, library: Library, member: Member, estate_id: int, name: str) -> Step:
    """One step of an estate's journey.  Raises NotFound."""
    desk.estate(work, member, estate_id)
    definition, element = _element(work, library, estate_id, name)
    jobs = renders_after(definition, name)
    opened = [task for task in listing.open_tasks(work, estate_id) if task.name == name]
    return Step(
        id=name,
        title=element.name,
        lane=element.lane,
        process=element.process,
        open=opened,
        done=estates.done(work, estate_id, 1, name)[0],
        papers=estates.papers(work, estate_id, 1, [one.id for one in jobs])[0],
        makes=_titles(jobs),
    )


@dataclass(frozen=True)
class Made:
    """The papers that a completed task made, and those that an open one may make."""

    papers: tuple[Paper, ...]
    makes: tuple[str, ...]


def made_by(work: UnitOfWork, library: Library, task: Listed) -> Made:
    """What a task made until it was done again; before it is done, what it may make."""
    try:
        definition, _ = _element(work, library, task.estate_id, task.name)
    except NotFound:
        # a step of a version before the one that the estate runs on
        return Made((), ())
    jobs = renders_after(definition, task.name)
    if task.completed_at is None:
        return Made((), _titles(jobs))
    again = estates.completed_after(work, task.estate_id, task.name, task.completed_at)
    names = [one.id for one in jobs]
    found, _ = estates.papers(work, task.estate_id, 1, names, since=task.completed_at, before=again)
    return Made(tuple(found), _titles(jobs))


def _titles(jobs: Iterable[Element]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(KINDS[one.properties["document"]].title for one in jobs))


def _element(work: UnitOfWork, library: Library, estate_id: int, name: str) -> tuple[Definition, Element]:
    for process in PROCESSES:
        definition = versions.of(work, library, estate_id, process)
        element = definition.elements.get(name)
        if element is not None and element.name and (element.kind.endswith("Task") or element.timer):
            return definition, element
    raise NotFound(what="这一步")


def renders_after(definition: Definition, name: str) -> list[Element]:
    """The steps that make a document after ``name`` and before anybody is asked again, itself among them."""
    return list(_renders(definition, name))


def _renders(definition: Definition, name: str) -> Iterator[Element]:
    seen, waiting = {name}, [name]
    while waiting:
        here = definition.elements[waiting.pop(0)]
        if here.properties.get("operation") == _RENDER:
            yield here
        if here.id != name and (here.kind == "userTask" or here.called or here.timer):
            continue
        targets = definition.following.get(here.id, ())
        waiting += [target for target in targets if target not in seen]
        seen.update(targets)
