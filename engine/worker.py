"""The job loop: does what is waiting for every estate, and fires timers as their moments come.

``python -m engine.worker`` runs until it is told to end; nothing is lost when it is killed, as rows are the work list.
"""

import logging
import signal
import threading
from datetime import datetime, timedelta

from engine import (
    ballot_scanning,
    channels,
    clock,
    faults,
    importing,
    jobs,
    printing,
    rounds,
    scanning,
    settings,
    store,
    watching,
)
from engine.errors import Conflict
from engine.sending import Sender
from engine.store import Public, Store, pending
from engine.use_cases import library, standings
from engine.use_cases.library import Library

_EVERY, _TELL_EVERY = 0.2, 1.0
#: An estate whose work failed waits so long before it is tried again, so that the others go on.
_AFTER_FAILURE = timedelta(minutes=1)
_LOG = logging.getLogger("daoru.worker")


class Tending:
    """Goes round the estates with something to do; remembers where it failed."""

    def __init__(self, opened: Store, published: Library) -> None:
        self._store, self._library = opened, published
        self._resting: dict[int, datetime] = {}
        self._sweeper = jobs.Sweeper(opened)

    def round(self, now: datetime) -> int:
        """Do what is waiting at ``now``; returns for how many estates something was done."""
        self._sweeper.round(now)
        with self._store.work(jobs.ACTOR, now) as work:
            waiting = pending.estates_with_work(work, now)
        due = [key for key in waiting if self._resting.get(key, now) <= now]
        return sum(self._tend(key, now) for key in due)

    def _tend(self, estate_id: int, now: datetime) -> bool:
        try:
            done = jobs.advance(self._store, self._library, estate_id, now)
        except Conflict:
            # somebody took a step of it at this moment: the next round finds what that left to do
            return False
        except Exception as error:
            # the loop serves every estate: one that fails is told of, and tried again later
            _LOG.error("estate %s could not be tended: %s", estate_id, faults.told(error))
            self._resting[estate_id] = now + _AFTER_FAILURE
            return False
        self._resting.pop(estate_id, None)
        # what waits may have to wait on, as a programme timer of a suspended estate does: that is nothing to hurry for
        return done > 0


def main() -> None:
    """Run the loop until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    kept = settings.read()
    opened = store.open(
        kept.database_url,
        files=kept.home / "files",
        synchronous=kept.synchronous,
        public=Public(kept.public_url, kept.person_key),
    )
    published = library.shipped()
    tending = Tending(opened, published)
    standings.refresh(opened, published, jobs.ACTOR, clock.now())
    outgoing = settings.read_outgoing(kept.home)
    sender = Sender(opened, channels.opened(outgoing), outgoing.public_url)
    # a mail server that does not answer holds up nobody's work
    telling = threading.Thread(target=_tell, args=(sender, ending), name="telling")
    telling.start()
    rounds.beside("printing", printing.Printer(opened).round, ending)
    rounds.beside("scanning", scanning.Scanner(opened).round, ending)
    rounds.beside("ballots", ballot_scanning.BallotScanner(opened, published).round, ending)
    rounds.beside("watching", watching.Watcher(opened, published).round, ending)
    rounds.beside("importing", importing.Importer(opened, published, kept.person_key).round, ending)
    try:
        while not ending.is_set():
            if not tending.round(clock.now()):
                ending.wait(_EVERY)
    finally:
        ending.set()
        telling.join()
        opened.close()


def _tell(sender: Sender, ending: threading.Event) -> None:
    while not ending.is_set():
        try:
            done = sender.round(clock.now())
        except Exception:
            # whatever is wrong with one message, the others are tried again after a while
            _LOG.exception("people could not be told")
            done = 0
        if not done:
            ending.wait(_TELL_EVERY)


if __name__ == "__main__":
    main()
