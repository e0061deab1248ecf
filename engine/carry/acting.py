"""Act for the people of an estate: each does the step of a case that is theirs, at the moment of that step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import jobs
from engine.carry import casefile, submitting
from engine.carry.casefile import Step
from engine.store import Store, documents
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import freezing, onboarding, prefilling, registering
from engine.use_cases.library import Library


@dataclass(frozen=True)
class Acting:
    """Does steps for one estate; ``people`` names one person per lane."""

    store: Store
    library: Library
    estate_id: int
    people: Mapping[str, str]
    person_key: bytes

    def do(self, step: Step, moment: datetime, receipt: str = "") -> None:
        """Do everything a step does in one commit, and leave its ``receipt``.  Raises what its use case raises.

        A roster is frozen by two: somebody of another lane has proposed it before.
        """
        if step.task == "freeze_roster" and step.task in self.open(moment):
            self._propose(step, moment)
        with self.store.work(self._actor(step, moment), moment) as work:
            for what, entries in step.rows.items():
                if what == "proofs":
                    entries = [{**row, "sha256": _photo(work, row)} for row in entries]
                registering.enter(work, self.library, self.estate_id, what, entries, self.person_key)
            if step.interrupt:
                onboarding.interrupt(work, self.library, self.estate_id)
            if step.message:
                onboarding.receive(work, self.library, self.estate_id, step.message, step.values)
            if step.task:
                onboarding.complete_task(work, self.library, self.estate_id, step.task, self._submitted(work, step))
            if receipt:
                work.sign(receipt)

    def open(self, moment: datetime) -> list[str]:
        """The names of the open tasks."""
        with self.store.work(jobs.ACTOR, moment) as work:
            return [task.name for task in work.open_tasks(self.estate_id)]

    def _propose(self, step: Step, moment: datetime) -> None:
        freezes = self._actor(step, moment)
        others = (self.people[lane] for lane in freezing.PROPOSING if self.people.get(lane, freezes) != freezes)
        with self.store.work(next(others, freezes), moment) as work:
            freezing.propose_newest(work, self.library, self.estate_id)

    def _submitted(self, work: UnitOfWork, step: Step) -> dict[str, Any]:
        form = self.library.form(step.task)
        known = prefilling.proposals(work, self.library, self.estate_id, step.task, step.answers)
        return submitting.submission(
            step,
            form,
            {key: one.value for key, one in known.items()},
            lambda content: documents.keep(work, content),
        )

    def _actor(self, step: Step, moment: datetime) -> str:
        if step.by:
            return step.by
        with self.store.work(jobs.ACTOR, moment) as work:
            lanes = {task.name: task.lane for task in work.open_tasks(self.estate_id)}
        return self.people.get(lanes.get(step.task, ""), jobs.ACTOR)


def _photo(work: UnitOfWork, row: Mapping[str, str]) -> str:
    photo = row.get("file")
    if not isinstance(photo, casefile.Beside) or not photo.path.is_file():
        return ""
    return registering.keep_photo(work, photo.path.read_bytes())
