"""An estate's journey as a picture: a diagram of its version, with what is done and what is under way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import NotFound
from engine.process.definitions import Definition
from engine.store import desk as listing
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, onboarding
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import ONBOARDING, Library

DONE, NOW = "done", "now"


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

    estate: str
    process_id: str
    title: str
    source: bytes
    steps: tuple[Step, ...]
    above: Mapping[str, str]


def picture(work: UnitOfWork, library: Library, member: Member, estate_id: int, process_id: str) -> Picture:
    """The diagram ``process_id`` of an estate's journey, in the version it runs on.  Raises NotFound."""
    estate = desk.estate(work, member, estate_id)
    definition = _definition(Dossier(work, library, estate_id))
    file = f"{process_id}.bpmn"
    if file not in definition.files:
        raise NotFound(what="这张流程图")
    marks = listing.marks(work, estate_id)
    steps = tuple(_steps(definition, process_id, marks))
    return Picture(
        estate.name,
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


def _definition(dossier: Dossier) -> Definition:
    journeys = [one for one in dossier.work.instances(dossier.estate_id) if one.process_id == ONBOARDING]
    return onboarding.definition_of(dossier, journeys[-1])


def _title(definition: Definition, process_id: str) -> str:
    """What a process is called where it is called; the whole journey has its own name."""
    calls = (one.name for one in definition.elements.values() if one.called == process_id)
    return next(calls, "导入全程")


def _steps(definition: Definition, process_id: str, marks: Mapping[str, str]) -> Iterator[Step]:
    for one in definition.elements.values():
        if one.process == process_id and (one.kind.endswith("Task") or one.called):
            mark = _mark_within(definition, one.id, marks) if one.called else marks.get(one.id, "")
            yield Step(one.id, one.name, one.lane, one.called, mark)


def _mark_within(definition: Definition, call: str, marks: Mapping[str, str]) -> str:
    """A call is under way while anything within it is, and done when only done things are."""
    inside = definition.within(call)
    found = {marks[one.id] for one in definition.elements.values() if one.process in inside and one.id in marks}
    return NOW if NOW in found else DONE if found else ""
