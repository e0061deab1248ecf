"""What was worked out of an estate stands until the next event in it, so that it is worked out once."""

from collections.abc import Callable, Hashable
from typing import Generic

from engine.store import estates
from engine.use_cases.dossier import Dossier
from engine.use_cases.kept import Found, Kept


class UntilNextEvent(Generic[Found]):
    """What was found of estates, at most ``most`` of it; the oldest goes first."""

    def __init__(self, most: int) -> None:
        self._kept = Kept[Found](most)

    def of(self, dossier: Dossier, what: Hashable, find: Callable[[], Found]) -> Found:
        """What ``find`` found since the last event of the estate; ``what`` tells apart what more it depends on."""
        work, estate_id = dossier.work, dossier.estate_id
        return self._kept.of((str(work.files.root), estate_id, estates.version(work, estate_id), what), find)
