"""Note, while a case is carried, what each paper could say of the estate when it was issued: samples are made of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from engine import jobs
from engine.store import Store, documents, rows
from engine.use_cases import sampling
from engine.use_cases.library import Library


@dataclass(frozen=True)
class Noting:
    """Does what waits in this process, on the clock of the case; ``folder`` gets a file of facts for each paper.

    A paper that a step or a timer asks for is noted just before it is rendered.  Ballots, which are there only then,
    and what is issued beside the journey are noted before anything else of the estate changes: a job, a timer, a step
    that is done anew, or the next step of the case.
    """

    store: Store
    library: Library
    folder: Path

    def advance(self, estate_id: int, until: datetime) -> object:
        """Let time pass up to ``until``."""
        done = jobs.advance(self.store, self.library, estate_id, until, before=self._before(estate_id))
        self._note_missed(estate_id, until)
        return done

    def drain(self, estate_id: int, now: datetime) -> list[rows.Job]:
        """Do every job at ``now``; returns those that could not be done."""
        left = jobs.drain(self.store, self.library, estate_id, jobs.requested, self._before(estate_id))
        self._note_missed(estate_id, now)
        return left

    def _before(self, estate_id: int) -> jobs.Before:
        def told(job: rows.Job | None, moment: datetime) -> None:
            self._note_missed(estate_id, moment)
            if job is not None and job.operation == "render" and job.parameters["document"] != "ballot":
                with self.store.work(jobs.ACTOR, moment) as work:
                    number, _ = documents.asked(work, job)
                self._note(estate_id, number, moment)

        return told

    def _note_missed(self, estate_id: int, now: datetime) -> None:
        """Note what was issued and is not noted yet, each at its own moment."""
        with self.store.work(jobs.ACTOR, now) as work:
            issued = {document.number: document.issued_at for document in work.documents(estate_id)}
        for number, moment in issued.items():
            if not self._file(number).exists():
                self._note(estate_id, number, datetime.fromisoformat(moment))

    def _note(self, estate_id: int, number: str, moment: datetime) -> None:
        with self.store.work(jobs.ACTOR, moment) as work:
            found = sampling.printed(work, self.library, estate_id)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file(number).write_bytes(orjson.dumps(found))

    def _file(self, number: str) -> Path:
        return self.folder / f"{number}.json"
