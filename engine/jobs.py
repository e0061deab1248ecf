"""What runs later: jobs without a result, and timers whose moment has come.

Rows are the work list.  Each job takes a lease with a fence, and its effect and its end are one commit.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from engine.errors import Conflict
from engine.store import Store, rows
from engine.use_cases import onboarding, performing
from engine.use_cases.library import INTERRUPTION, Library

ACTOR = "导入台"
LEASE = timedelta(minutes=5)
_ATTEMPTS = 5
Clock = Callable[[rows.Job], datetime]


def drain(store: Store, library: Library, estate_id: int, clock: Clock) -> list[rows.Job]:
    """Perform every job of an estate, and those that follow from them; returns those that could not be done.

    A job that somebody else is always ahead of is left waiting with its reason after a few attempts; the others go on.
    ``clock`` says at which moment a job is done: the present one, or the moment it was requested.
    """
    return _drain(store, library, estate_id, clock)[1]


def _drain(store: Store, library: Library, estate_id: int, clock: Clock) -> tuple[int, list[rows.Job]]:
    """Perform every job of an estate; returns how many were done, and those that could not be."""
    done, lost = 0, Counter[int]()
    while waiting := [job for job in _jobs(store, estate_id) if lost[job.id] < _ATTEMPTS]:
        for job in waiting:
            try:
                _perform(store, library, job, clock(job))
                done += 1
            except Conflict as error:
                lost[job.id] += 1
                if lost[job.id] == _ATTEMPTS:
                    _leave(store, job, f"试了 {_ATTEMPTS} 次都没有做成：{error}")
    return done, [job for job in _jobs(store, estate_id) if lost[job.id] == _ATTEMPTS]


def advance(store: Store, library: Library, estate_id: int, until: datetime) -> int:
    """Let time pass up to ``until``: every due timer fires at its own moment, and its jobs are done then.

    Returns how many jobs were done and timers fired.
    """
    done = 0
    while True:
        done += _drain(store, library, estate_id, requested)[0]
        with store.work(ACTOR, until) as work:
            estate = work.estate(estate_id)
            due = [timer for timer in work.timers(until, estate_id) if _may_fire(work.instance, timer, estate)]
            latest = work.latest(estate_id)
        if not due:
            return done
        # a timer that was late when it started fires then, not before what has already happened
        moment = max(datetime.fromisoformat(due[0].due), latest)
        with store.work(ACTOR, moment) as work:
            onboarding.fire(work, library, due[0])
        done += 1


def requested(job: rows.Job) -> datetime:
    """The moment at which a job was requested: the clock of a journey that is replayed."""
    return datetime.fromisoformat(job.requested_at)


def _may_fire(instance: Callable[[int], rows.Instance], timer: rows.Timer, estate: rows.Estate) -> bool:
    """A programme timer waits while its estate is suspended; the law's do not (decisions 2)."""
    if estate.status != "suspended" or timer.clock == "statutory":
        return True
    return instance(timer.instance_id).process_id == INTERRUPTION


def _jobs(store: Store, estate_id: int) -> list[rows.Job]:
    # on one machine a lease that is still running belongs to a worker that died with its process
    with store.work(ACTOR, datetime.max.replace(tzinfo=UTC)) as work:
        return work.jobs(estate_id)


def _perform(store: Store, library: Library, job: rows.Job, now: datetime) -> None:
    with store.work(ACTOR, now) as work:
        claimed = work.claim(job, LEASE)
        performing.perform(work, library, claimed)


def _leave(store: Store, job: rows.Job, reason: str) -> None:
    with store.work(ACTOR, datetime.fromisoformat(job.requested_at)) as work:
        work.leave(job, reason)
