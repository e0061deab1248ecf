"""Work beside the job loop: a thread that looks again and again, and ends with its process."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from engine import clock

#: Seconds between two looks, and after a fault of ours.
_EVERY, _AFTER_FAULT = 1.0, 30.0
_LOG = logging.getLogger("daoru.rounds")


def beside(name: str, go: Callable[[datetime], bool], ending: threading.Event) -> None:
    """Let ``go`` look what is to be done until ``ending``, at once again while it says that there was something."""
    threading.Thread(target=_go_round, args=(name, go, ending), name=name, daemon=True).start()


def _go_round(name: str, go: Callable[[datetime], bool], ending: threading.Event) -> None:
    while not ending.is_set():
        try:
            pause = 0.0 if go(clock.now()) else _EVERY
        except Exception:
            # what cannot be done holds up nothing but its own kind
            _LOG.exception("%s could not go on", name)
            pause = _AFTER_FAULT
        ending.wait(pause)
