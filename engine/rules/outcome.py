"""What a decision was, and what it rested on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """The result of a gate.

    ``name`` routes the process (``PASSED``, ``NO_QUORUM`` …); ``figures`` are the exact numbers
    it was decided on (integers, strings, nested lists of these; areas in 0.01 m², money as decimal
    strings in yuan); ``rules`` are the ids of the rules applied (``CC-278-2``, ``T-04``, ``G5`` …).
    """

    name: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
