"""What every event is: a past-tense fact, appended and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Something that happened; ``kind`` is the class name in the log.  Values are JSON: text, integers, lists."""

    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        Event.registry[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which the log keeps it."""
        return type(self).__name__

    def content(self) -> dict[str, Any]:
        """Its fields as JSON values."""
        return dict(vars(self))


def load(kind: str, content: Mapping[str, Any]) -> Event:
    """The event that the log holds.  Raises KeyError for a kind nobody knows."""
    return Event.registry[kind](**content)
