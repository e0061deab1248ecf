"""The same work under Celery: rows are the work list, a broker only wakes whoever is free.

``python -m engine.queueing relay`` looks at the rows and sends; ``python -m engine.queueing work N`` does what is sent.
The broker may lose all that it holds: what still waits in the rows is sent again.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

import celery
from celery.exceptions import CeleryError
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.exceptions import OperationalError

from engine import channels, clock, importing, jobs, printing, rounds, scanning, settings, store, watching
from engine.errors import Conflict, EngineError
from engine.sending import Sender
from engine.store import Public, Store, queue
from engine.use_cases import library

_QUEUE, _TEND, _TELL = "daoru", "daoru.tend", "daoru.tell"
_EVERY, _TELL_EVERY = 0.2, 2.0
_SCHEMES = ("redis://", "rediss://")
_LOG = logging.getLogger("daoru.queueing")


def commands(broker: str, workers: int, lease: int) -> list[list[str]]:
    """What is to run beside each other: the relay, and the workers.

    Raises EngineError where the broker does not answer; the children find it in their environment.
    """
    if not broker.startswith(_SCHEMES):
        raise EngineError(
            f"--broker 应是 Redis 的地址，如 redis://127.0.0.1:6379/0，写的是“{_hidden(broker)}”；请改写。"
        )
    try:
        with Connection(broker, connect_timeout=3, transport_options={"socket_connect_timeout": 3}) as asked:
            asked.ensure_connection(max_retries=1, timeout=3)
    except (OperationalError, OSError, ValueError) as error:
        raise EngineError(f"连不上 {_hidden(broker)}；请核对 --broker 的地址，并确认 Redis 已启动。") from error
    os.environ["DAORU_BROKER"] = broker
    return [["-m", "engine.queueing", "relay", str(lease)], ["-m", "engine.queueing", "work", str(lease), str(workers)]]


def _hidden(broker: str) -> str:
    """An address without its password."""
    scheme, _, rest = broker.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else scheme


class Relay:
    """Sends a task for each estate with something to do; once, until it was seen to or ``again`` has passed."""

    def __init__(self, opened: Store, app: celery.Celery, again: timedelta) -> None:
        self._store, self._app, self._again = opened, app, again.total_seconds()
        self._sent: dict[int, tuple[tuple[queue.Mark, ...], float]] = {}
        self._told = 0.0
        self._sweeper = jobs.Sweeper(opened)

    def look(self, now: datetime) -> int:
        """Send what has not been sent; returns for how many estates."""
        self._sweeper.round(now)
        with self._store.work(jobs.ACTOR, now) as work:
            found = queue.waiting(work, now)
        self._sent = {estate_id: sent for estate_id, sent in self._sent.items() if estate_id in found}
        unsent = [estate_id for estate_id in found if self._is_unsent(estate_id, found)]
        for estate_id in unsent:
            # a message that nobody took in time is of no use any more: the next one says the same
            self._app.send_task(_TEND, (estate_id,), expires=self._again)
            self._sent[estate_id] = (found[estate_id], time.monotonic())
        if time.monotonic() - self._told > _TELL_EVERY:
            self._app.send_task(_TELL, expires=_TELL_EVERY)
            self._told = time.monotonic()
        return len(unsent)

    def _is_unsent(self, estate_id: int, found: Mapping[int, tuple[queue.Mark, ...]]) -> bool:
        marks, at = self._sent.get(estate_id, ((), 0.0))
        return marks != found[estate_id] or time.monotonic() - at > self._again


def application(broker: str, lease: timedelta) -> celery.Celery:
    """The Celery application that both sides share."""
    app = celery.Celery("daoru", broker=broker)
    # the nameless exchange needs no binding in the broker, which may be emptied while we run
    queues = [Queue(_QUEUE, Exchange("", type="direct"), routing_key=_QUEUE)]
    app.conf.update(
        task_queues=queues,
        task_default_queue=_QUEUE,
        task_default_exchange="",
        task_default_routing_key=_QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"visibility_timeout": lease.total_seconds() * 2},
    )
    return app


def _tend(estate_id: int, lease: timedelta) -> None:
    now = clock.now()
    try:
        jobs.advance(_opened(), library.shipped(), estate_id, now, jobs.Shared(now, lease))
    except Conflict:
        # another worker or a person was first: the rows still say what is left to do
        return
    except Exception:
        # the relay sends again what still waits, after a while
        _LOG.exception("estate %s could not be tended", estate_id)


def _tell() -> None:
    try:
        _sender().round(clock.now())
    except Exception:
        # the relay asks again
        _LOG.exception("people could not be told")


@cache
def _sender() -> Sender:
    outgoing = settings.read_outgoing(settings.read().home)
    return Sender(_opened(), channels.opened(outgoing), outgoing.public_url)


@cache
def _opened() -> Store:
    """The store of this process; opened after the fork, as no connection may be shared."""
    kept = settings.read()
    return store.open(
        kept.database_url,
        files=kept.home / "files",
        synchronous=kept.synchronous,
        public=Public(kept.public_url, kept.person_key),
    )


def _relay(app: celery.Celery, lease: timedelta) -> None:
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    relay = Relay(_opened(), app, lease)
    # what is made one after the other needs no queue, and there is one relay
    rounds.beside("printing", printing.Printer(_opened()).round, ending)
    rounds.beside("scanning", scanning.Scanner(_opened()).round, ending)
    lists = importing.Importer(_opened(), library.shipped(), settings.read().person_key)
    rounds.beside("importing", lists.round, ending)
    rounds.beside("watching", watching.Watcher(_opened(), library.shipped()).round, ending)
    while not ending.wait(_EVERY):
        try:
            relay.look(clock.now())
        except (OperationalError, CeleryError, OSError):
            _LOG.exception("the broker could not be told; what waits is sent when it answers")


def _work(app: celery.Celery, lease: timedelta, workers: str) -> None:
    def tend(estate_id: int) -> None:
        _tend(estate_id, lease)

    app.task(name=_TEND)(tend)
    app.task(name=_TELL)(_tell)
    library.shipped().check()
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    app.worker_main(["worker", "--concurrency", workers, "--hostname", f"daoru-{os.getpid()}@%h", *quiet])


def main() -> None:
    """Be the relay, or the workers."""
    logging.basicConfig(level=logging.WARNING)
    what, seconds, *rest = sys.argv[1:]
    lease = timedelta(seconds=int(seconds))
    app = application(os.environ["DAORU_BROKER"], lease)
    if what == "relay":
        _relay(app, lease)
    else:
        _work(app, lease, *rest)


if __name__ == "__main__":
    main()
