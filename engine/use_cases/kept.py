"""What is worked out once and kept: at most so much of it, and the oldest goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Kept(Generic[Found]):
    """What was found by the key of all that it depends on, at most ``most`` of it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, Found] = OrderedDict()

    def of(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What ``find`` found for this key when it was asked first."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = find()
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found
