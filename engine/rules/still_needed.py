"""How little is still needed 还差多少: the fewest doors to a quorum, and the area that is lacking (民法典 278 ¶2).

Only who has not voted enters, never what anybody might say: the list is sorted by how easily a door is reached.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.rules import shortfall
from engine.rules.tally import Share, Thresholds


@dataclass(frozen=True)
class Door:
    """A unit whose ballot is not back: its area in 0.01 m², its person, and whether that person has been counted.

    ``heads`` says whether the unit makes its person count at all; ``reach`` is lower the easier it is to reach.
    """

    unit_no: str
    area: int
    person: str
    counted: bool = False
    heads: bool = True
    reach: int = 0


@dataclass(frozen=True)
class Needed:
    """The fewest doors to one threshold, and what it lacks in its own measure; ``doors`` None where all do not do."""

    doors: int | None
    lacking: int


@dataclass(frozen=True)
class StillNeeded:
    """To the quorum by area (0.01 m²), by persons, and to both at once: ``doors`` None where all do not do."""

    area: Needed
    persons: Needed
    doors: int | None


def still_needed(took_part: Share, total: Share, thresholds: Thresholds, doors: Sequence[Door]) -> StillNeeded:
    """The fewest doors that make the quorum, each with a ballot that comes back."""
    area = shortfall.to_reach(took_part.area, total.area, thresholds.quorum_area)
    persons = shortfall.to_reach(took_part.persons, total.persons, thresholds.quorum_persons)
    return StillNeeded(
        Needed(fewest(doors, area, 0), area), Needed(fewest(doors, 0, persons), persons), fewest(doors, area, persons)
    )


def fewest(doors: Sequence[Door], area: int, persons: int) -> int | None:
    """The fewest doors with at least this area and so many persons not counted yet; None where all are too few.

    The largest door of each new person is taken for the persons, the largest of the rest for the area: any other choice
    of as many doors has no more area.
    """
    largest = sorted(doors, key=lambda door: door.area, reverse=True)
    heads: list[Door] = []
    met: set[str] = set()
    for door in largest:
        if door.heads and not door.counted and door.person not in met:
            met.add(door.person)
            heads.append(door)
    if len(heads) < persons:
        return None
    taken = heads[:persons]
    brought, number = sum(door.area for door in taken), len(taken)
    chosen = {door.unit_no for door in taken}
    for door in largest:
        if brought >= area:
            break
        if door.unit_no not in chosen:
            brought, number = brought + door.area, number + 1
    return number if brought >= area else None


def by_reach(doors: Iterable[Door]) -> list[Door]:
    """The doors as they are best visited: the easiest first, then by unit; attitude never enters."""
    return sorted(doors, key=lambda door: (door.reach, door.unit_no))
