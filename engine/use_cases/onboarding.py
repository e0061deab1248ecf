"""Open an estate, complete its tasks, fire its timers: whatever moves a process instance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from engine import events, forms
from engine.errors import NotPermitted
from engine.process import instance as process
from engine.process.definitions import Definition
from engine.process.instance import Value, WaitState
from engine.rules import deadlines, jurisdiction
from engine.store import rows
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import admitting, registering
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import INTERRUPTION, ONBOARDING, Library


@dataclass(frozen=True)
class PackDeadlines:
    """Resolves ``pack.<key>`` in a timer: the end of the last day, in the pack's zone."""

    pack: jurisdiction.Pack
    calendar: deadlines.Calendar

    @property
    def zone(self) -> tzinfo:
        """The zone legal days are counted in."""
        return ZoneInfo(self.pack.zone)

    def due(self, key: str, since: datetime) -> datetime:
        """24:00 of the day on which the period of ``key`` ends, the start day not counted (民法典 200–203)."""
        last = deadlines.end_of(self.pack.parameter(key), since.astimezone(self.zone).date(), self.calendar)
        return datetime.combine(last + timedelta(days=1), datetime.min.time(), self.zone)


def open_estate(work: UnitOfWork, library: Library, name: str, place: str, people: Mapping[str, str]) -> str:
    """Enter an estate and start its journey; ``people`` names one person per lane.  Returns the estate's id."""
    pack = library.pack(place, work.today)
    estate = work.enter_estate(name=name, place=place, pack_version=pack.version, people=people)
    _start(work, library, estate, ONBOARDING, pack)
    return estate.id


def interrupt(work: UnitOfWork, library: Library, estate_id: str) -> None:
    """Ask for the estate to be suspended or withdrawn: the interruption runs beside the journey (decisions 23)."""
    estate = work.estate(estate_id)
    _start(work, library, estate, INTERRUPTION, pack_of(work, library, estate))


def complete_task(work: UnitOfWork, library: Library, ref: str, submitted: Mapping[str, Any]) -> None:
    """Complete a user task with what its form submitted.

    Raises NotPermitted, InvalidAnswers, Conflict; nothing is changed then.
    """
    task = work.task(ref)
    estate = work.estate(task.estate_id)
    dossier = Dossier(work, library, estate)
    _permitted(work, estate, task)
    answers = forms.read(library.form(task.name), submitted)
    admitting.check(dossier, task.name, answers)
    definition = _definition(work, library, task.instance_id)
    spec = definition.user_tasks[task.name]
    routing = {field: _routed(answers.get(field)) for field in spec.routing}
    instance = work.instance(task.instance_id)
    wait = process.complete(
        definition, instance.state, ref, routing, deadlines=dossier.deadlines, now=work.now
    )
    registering.enter(work, dossier, task.name, answers)
    completed = events.TaskCompleted(task=task.name, title=task.title, lane=task.lane, stage=task.stage)
    record(work, dossier, instance, wait, completed, completed=ref, answers=forms.dump(answers))
