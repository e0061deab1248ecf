"""What scans of ballots and of signed copies are alike in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Brought:
    """A page as it came: of the file ``source``, called ``name``, the ``part``th page."""

    name: str
    source: str
    part: int
