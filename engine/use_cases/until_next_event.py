"""What was worked out of an estate stands until the next event in it, so that it is worked out once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from engine.store import estates
from engine.use_cases.dossier import Dossier

Found = TypeVar("Found")


class UntilNextEvent(Generic[Found]):
    """What was found of estates, at most ``most`` of it; the oldest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[tuple[Hashable, ...], Found] = OrderedDict()

    def of(self, dossier: Dossier, what: Hashable, find: Callable[[], Found]) -> Found:
        """What ``find`` found since the last event of the estate; ``what`` tells apart what more it depends on."""
        work, estate_id = dossier.work, dossier.estate_id
        key = (str(work.files.root), estate_id, estates.version(work, estate_id), what)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = find()
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found
