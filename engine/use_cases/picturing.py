"""An estate's journey as a picture: a diagram of its version, with what is done and what is under way."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine.errors import NotFound
from engine.process.definitions import Definition
from engine.process.elements import Element
from engine.store import desk as listing
from engine.store import estates
from engine.store.desk import EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, versions
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library

DONE, NOW, WAIT = "done", "now", "wait"


@dataclass(frozen=True)
class Step:
    """A node of the diagram that somebody or something does: ``called`` is the process that a call activity opens."""

    id: str
    name: str
    lane: str
    called: str
    mark: str


@dataclass(frozen=True)
class Picture:
    """A diagram and its steps in the order of the file; ``above`` are the processes that call it, with their names."""

    estate: EstateListed
    process_id: str
    title: str
    source: bytes
    steps: tuple[Step, ...]
    above: Mapping[str, str]


def picture(work: UnitOfWork, library: Library, member: Member, estate_id: int, process_id: str) -> Picture:
    """The diagram ``process_id`` of an estate's journey, in the version it runs on.  Raises NotFound."""
    estate = desk.estate(work, member, estate_id)
    definition = versions.of(work, library, estate_id)
    return drawn(estate, definition, process_id, listing.marks(work, estate_id), estates.awaited(work, estate_id))


def drawn(
    estate: EstateListed,
    definition: Definition,
    process_id: str,
    marks: Mapping[str, str],
    messages: Collection[str] = (),
) -> Picture:
    """A diagram of a definition with ``marks`` by BPMN id, while ``messages`` are waited for.  Raises NotFound."""
    file = f"{process_id}.bpmn"
    if file not in definition.files:
        raise NotFound(what="这张流程图")
    steps = tuple(_steps(definition, process_id, marks, messages))
    return Picture(
        estate,
        process_id,
        _title(definition, process_id),
        definition.files[file],
        steps,
        {
            one.process: _title(definition, one.process)
            for one in definition.elements.values()
            if one.called == process_id
        },
    )


def _title(definition: Definition, process_id: str) -> str:
    """What a process is called where it is called; the whole journey has its own name."""
    calls = (one.name for one in definition.elements.values() if one.called == process_id)
    return next(calls, "导入全程")


def _steps(
    definition: Definition, process_id: str, marks: Mapping[str, str], messages: Collection[str]
) -> Iterator[Step]:
    for one in definition.elements.values():
        if one.process == process_id and (one.kind.endswith("Task") or one.called):
            mark = marks.get(one.id, "")
            mark = _mark_within(definition, one.id, marks) if one.called and not mark else mark
            yield Step(one.id, one.name, one.lane, one.called, mark)
        elif one.process == process_id and one.kind == "intermediateCatchEvent" and one.name:
            yield Step(one.id, one.name, one.lane, "", _mark_of_wait(one, marks, messages))


def _mark_of_wait(one: Element, marks: Mapping[str, str], messages: Collection[str]) -> str:
    """A wait for a message is known by the message, one for a moment by its own id."""
    return WAIT if one.message and one.message in messages else marks.get(one.id, "")


def _mark_within(definition: Definition, call: str, marks: Mapping[str, str]) -> str:
    """A call is under way while anything within it is, and done when only done things are."""
    inside = definition.within(call)
    found = {marks[one.id] for one in definition.elements.values() if one.process in inside and one.id in marks}
    return next((mark for mark in (NOW, WAIT, DONE) if mark in found), "")
