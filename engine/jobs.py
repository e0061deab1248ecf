"""What runs later: jobs without a result, and timers whose moment has come.

Rows are the work list.  Each job takes a lease with a fence, and its effect and its end are one commit.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine import faults
from engine.errors import Conflict, EngineError
from engine.store import Store, pending, returns, rows, running
from engine.use_cases import onboarding, performing, photos, returning
from engine.use_cases.library import INTERRUPTION, Library

ACTOR = "导入台"
LEASE = timedelta(minutes=5)
_ATTEMPTS = 5
#: On one machine a lease that is still running belongs to a worker that died with its process.
_WHATEVER_LEASE = datetime.max.replace(tzinfo=UTC)
#: What has failed so often is tried again when an administrator says so.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_SWEEP_EVERY = timedelta(hours=1)
_LOG = logging.getLogger("daoru.jobs")
Clock = Callable[[rows.Job], datetime]
#: Is told of whatever is about to change an estate, and when: a job, or nothing for a timer or a step done anew.
Before = Callable[[rows.Job | None, datetime], None]


@dataclass(frozen=True)
class Shared:
    """Work that others do too, at the moment ``at``: a job that is taken is its worker's alone for ``lease``."""

    at: datetime
    lease: timedelta

    @property
    def ends(self) -> datetime:
        """When a job that is taken now is free again, should its worker have died."""
        return self.at + self.lease


class Sweeper:
    """Throws away, now and then, what people began to send and never finished; remembers only when it looked last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._swept: datetime | None = None

    def round(self, now: datetime) -> None:
        """Sweep at ``now`` unless that was done a short while ago; what is left over is for the next time."""
        if self._swept is not None and timedelta(0) <= now - self._swept < _SWEEP_EVERY:
            return
        self._swept = now
        try:
            with self._store.work(ACTOR, now) as work:
                photos.sweep(work)
        except Exception as error:
            # whatever is wrong with a file, work that people wait for goes on
            _LOG.error("unfinished photos could not be swept: %s", faults.told(error))


def _nobody(job: rows.Job | None, moment: datetime) -> None:
    """Nobody asked to be told."""


def drain(store: Store, library: Library, estate_id: int, clock: Clock, before: Before = _nobody) -> list[rows.Job]:
    """Perform every job of an estate, and those that follow from them; returns those that could not be done.

    A job that somebody else is always ahead of is left waiting with its reason after a few attempts; the others go on.
    ``clock`` says at which moment a job is done: the present one, or the moment it was requested.  ``before`` is told
    of everything that is about to be done.
    """
    return _drain(store, library, estate_id, clock, before=before)[1]


def _drain(
    store: Store,
    library: Library,
    estate_id: int,
    clock: Clock,
    until: datetime | None = None,
    shared: Shared | None = None,
    before: Before = _nobody,
) -> tuple[int, list[rows.Job]]:
    """Perform every job of an estate; returns how many were done, and those that could not be.

    After a return the steps in between are completed again as soon as no job stands before them.
    """
    done = 0
    while True:
        performed, left = _performed(store, library, estate_id, clock, until, shared, before)
        done += performed
        if left or not _replayed(store, library, estate_id, before):
            return done, left
        done += 1


def _performed(
    store: Store,
    library: Library,
    estate_id: int,
    clock: Clock,
    until: datetime | None,
    shared: Shared | None,
    before: Before,
) -> tuple[int, list[rows.Job]]:
    """Perform the jobs; with ``until``, the present moment, one that fails rests with its reason, and others go on."""
    done, lost, at = 0, Counter[int](), shared.at if shared else _WHATEVER_LEASE
    resting = _resting(store, estate_id, until) if until else set()
    while waiting := [job for job in _jobs(store, estate_id, at) if lost[job.id] < _ATTEMPTS and job.id not in resting]:
        for job in waiting:
            now = clock(job)
            before(job, now)
            try:
                _perform(store, library, job, now, shared.ends - now if shared else LEASE)
                done += 1
            except Conflict as error:
                lost[job.id] += 1
                if lost[job.id] == _ATTEMPTS:
                    _leave(store, job, f"试了 {_ATTEMPTS} 次都没有做成：{error}")
            except Exception as error:
                if until is None:
                    raise
                resting.add(job.id)
                _fail(store, job, error, until)
    return done, [job for job in _jobs(store, estate_id, at) if lost[job.id] == _ATTEMPTS]


def _replayed(store: Store, library: Library, estate_id: int, before: Before) -> bool:
    """Take the next step of a return; somebody else may be ahead, then it is for the next time."""
    with store.work(ACTOR, _WHATEVER_LEASE) as work:
        if not returns.waiting(work, estate_id):
            return False
        moment = work.latest(estate_id)
    before(None, moment)
    try:
        with store.work(ACTOR, moment) as work:
            return returning.go_on(work, library, estate_id)
    except Conflict:
        return False


def advance(
    store: Store,
    library: Library,
    estate_id: int,
    until: datetime,
    shared: Shared | None = None,
    before: Before = _nobody,
) -> int:
    """Let time pass up to ``until``: every due timer fires at its own moment, and its jobs are done then.

    Returns how many jobs were done and timers fired.  Where other workers do the same work (``shared``), no timer
    fires before the jobs that one of them has at this moment, and Conflict is raised when one of them was first.
    ``before`` is told of everything that is about to be done.
    """
    done = 0
    while True:
        clock = _not_before(store, estate_id, until)
        done += _drain(store, library, estate_id, clock, until, shared, before)[0]
        with store.work(ACTOR, until) as work:
            estate = work.estate(estate_id)
            tried = running.timer_failures(work, estate_id)
            rests = {key for key, (_, retry_at) in tried.items() if _later(retry_at, until)}
            due = [
                timer
                for timer in pending.timers(work, until, estate_id)
                if timer.id not in rests and _may_fire(work.instance, timer, estate)
            ]
            latest = work.latest(estate_id)
        if not due or (shared and _taken(store, estate_id, until)):
            return done
        # a timer that was late when it started fires then, not before what has already happened
        moment = max(datetime.fromisoformat(due[0].due), latest)
        before(None, moment)
        try:
            with store.work(ACTOR, moment) as work:
                onboarding.fire(work, library, due[0])
            done += 1
        except Conflict:
            raise
        except Exception as error:
            # it rests, as a job that failed does, and the others fire
            _fail_timer(store, due[0], tried.get(due[0].id, (0, None))[0] + 1, error, until)


def _taken(store: Store, estate_id: int, until: datetime) -> set[int]:
    """The jobs that another worker has; one that failed and rests holds up nothing."""
    return {job.id for job in _jobs(store, estate_id, _WHATEVER_LEASE)} - _resting(store, estate_id, until)


def requested(job: rows.Job) -> datetime:
    """The moment at which a job was requested: the clock of a journey that is replayed."""
    return datetime.fromisoformat(job.requested_at)


def _not_before(store: Store, estate_id: int, until: datetime) -> Clock:
    """The moment a job was requested; for one that failed, not before what has happened meanwhile."""
    with store.work(ACTOR, until) as work:
        failed = running.failures(work, estate_id)
        latest = work.latest(estate_id) if failed else until
    return lambda job: max(requested(job), latest) if job.id in failed else requested(job)


def _may_fire(instance: Callable[[int], rows.Instance], timer: rows.Timer, estate: rows.Estate) -> bool:
    """A programme timer waits while its estate is suspended; the law's do not (decisions 2)."""
    if estate.status != "suspended" or timer.clock == "statutory":
        return True
    return instance(timer.instance_id).process_id == INTERRUPTION


def _jobs(store: Store, estate_id: int, at: datetime) -> list[rows.Job]:
    with store.work(ACTOR, at) as work:
        return pending.jobs(work, estate_id)


def _perform(store: Store, library: Library, job: rows.Job, now: datetime, lease: timedelta) -> None:
    with store.work(ACTOR, now) as work:
        claimed = pending.claim(work, job, lease)
        performing.perform(work, library, claimed)


def _resting(store: Store, estate_id: int, until: datetime) -> set[int]:
    """The jobs of an estate that failed and are not to be tried again yet."""
    with store.work(ACTOR, until) as work:
        found = running.failures(work, estate_id)
    return {key for key, retry_at in found.items() if _later(retry_at, until)}


def _later(retry_at: str | None, until: datetime) -> bool:
    return bool(retry_at and datetime.fromisoformat(retry_at) > until)


def _fail(store: Store, job: rows.Job, error: Exception, now: datetime) -> None:
    """Let a job that failed rest, longer each time, and in the end until an administrator wants it tried again."""
    _LOG.error("job %s of estate %s failed: %s", job.id, job.estate_id, faults.told(error))
    with store.work(ACTOR, now) as work:
        pending.leave(work, job, _reason(error), _again(running.attempts(work, job.id), now))


def _fail_timer(store: Store, timer: rows.Timer, tried: int, error: Exception, now: datetime) -> None:
    """Let a timer that failed to fire rest likewise."""
    _LOG.error("timer %s of estate %s failed: %s", timer.id, timer.estate_id, faults.told(error))
    with store.work(ACTOR, now) as work:
        running.leave_timer(work, timer.id, tried, _reason(error), _again(tried, now))


def _reason(error: Exception) -> str:
    fault = f"程序出错：{faults.place(error)}。请把这一行告诉维护人员。"
    return str(error) if isinstance(error, EngineError) else fault


def _again(tried: int, now: datetime) -> datetime:
    """When what failed the ``tried``th time is tried once more."""
    return NEVER if tried >= _ATTEMPTS else now + timedelta(minutes=1) * 4 ** (tried - 1)


def _leave(store: Store, job: rows.Job, reason: str) -> None:
    with store.work(ACTOR, datetime.fromisoformat(job.requested_at)) as work:
        pending.leave(work, job, reason)
