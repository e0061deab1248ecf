"""What a paper could say is noted while the estate is still as it was when the paper was issued."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import orjson

from engine import jobs
from engine.carry import run
from engine.carry.noting import Noting
from engine.documents.catalogue import CHECKLIST_SHEET
from engine.store import Store, documents, rows
from engine.use_cases import sampling
from engine.use_cases.library import Library
from tests.integration.test_renewal import ENDS, carry, said

ISSUED, LATER = run.morning(date(2026, 1, 31)), run.morning(date(2026, 2, 20))


def issue_beside(opened: Store) -> str:
    with opened.work("周敏", ISSUED) as work:
        number = documents.take_number(work, 1, CHECKLIST_SHEET, 2026)
        documents.issue_beside(work, 1, CHECKLIST_SHEET, number, b"a sheet", "", {})
    return number


@dataclass(frozen=True)
class Watched(Noting):
    """Notes, and keeps how many timers had fired by then."""

    fired: dict[str, int] = field(default_factory=dict)

    def _note(self, estate_id: int, number: str, moment: datetime) -> None:
        self.fired[number] = len(said(self.store, "TimerFired"))
        super()._note(estate_id, number, moment)


def test_a_paper_issued_beside_the_journey_is_noted_before_the_next_timer_fires(
    opened: Store, library: Library, tmp_path: Path
) -> None:
    carry(opened, library, "reference", ENDS, until="verify_owners_body")
    number, fired = issue_beside(opened), len(said(opened, "TimerFired"))
    with opened.work(jobs.ACTOR, ISSUED) as work:
        then = sampling.printed(work, library, 1)
    noting = Watched(opened, library, tmp_path)
    noting.advance(1, LATER)
    assert len(said(opened, "TimerFired")) > fired, "nothing happened after the paper"
    assert noting.fired[number] == fired
    assert orjson.loads((tmp_path / f"{number}.json").read_bytes()) == orjson.loads(orjson.dumps(then))


def test_whoever_watches_is_told_of_a_timer_before_it_fires(opened: Store, library: Library) -> None:
    carry(opened, library, "reference", ENDS, until="verify_owners_body")
    fired, told = len(said(opened, "TimerFired")), []

    def before(job: rows.Job | None, moment: datetime) -> None:
        if job is None:
            told.append((moment.date(), len(said(opened, "TimerFired")) - fired))

    jobs.advance(opened, library, 1, LATER, before=before)
    assert told == [(date(2026, 2, 15), 0)]  # 16 February begins, in China
