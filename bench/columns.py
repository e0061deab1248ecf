"""A vote as columns of numbers, counted with numpy under every reading: the peer of the full envelope.

It knows one owner a unit with a number of their own, as the bench has them, which spares it names and sets of owners.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from engine.rules import tally
from engine.rules.count import APPROVE, BLANK, INVALID
from engine.rules.roster import Roster
from engine.rules.tally import Ballot, Count

#: Beside the marks: the ballots of one person differ.
_UNRESOLVED = 5
_KINDS = 6
#: Of all persons, and of those who take part and who approve: area, number.
Figures = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class Columns:
    """Of each unit its area, whether it is parking and the number of its owner; of each ballot its unit and marks."""

    area: Any
    parking: Any
    owner: Any
    unit: Any
    marks: Any

    @classmethod
    def of(cls, roster: Roster, ballots: Sequence[Ballot]) -> "Columns":
        """The columns of a vote."""
        owners = {key: number for number, key in enumerate(dict.fromkeys(one.owners[0].key for one in roster.units))}
        units = {unit.unit_no: number for number, unit in enumerate(roster.units)}
        return cls(
            np.array([unit.area for unit in roster.units]),
            np.array([unit.is_parking for unit in roster.units]),
            np.array([owners[unit.owners[0].key] for unit in roster.units]),
            np.array([units[ballot.unit_no] for ballot in ballots]),
            np.array([ballot.marks for ballot in ballots]),
        )


#: What a vote of such owners leaves open.
OPEN = ("same_buyer_key", "parking_counting", "partial_units", "blank_item", "duplicate_ballot")


def envelope(given: Columns) -> list[list[Figures]]:
    """The figures of every item under every reading of what is open, in the order of their product."""
    boxes: dict[tuple[str, str], Any] = {}
    found = []
    for _, parking, partial, blank, duplicate in product(*(tally.READINGS[name] for name in OPEN)):
        if (parking, partial) not in boxes:
            boxes[parking, partial] = _box(given, parking, partial)
        total, sums = boxes[parking, partial]
        taking_part = np.ones(_KINDS, bool)
        taking_part[[BLANK, INVALID]] = blank == "participating"
        taking_part[_UNRESOLVED] = duplicate == "participating"
        part, approving = sums[:, taking_part].sum(axis=1), sums[:, APPROVE]
        found.append([(*total, *map(int, one), *map(int, other)) for one, other in zip(part, approving, strict=True)])
    return found


def figures(count: Count) -> Figures:
    """The same of a count of ours."""
    shares = (count.total, count.participating, count.approving)
    one, other, third = ((share.area, share.persons) for share in shares)
    return (*one, *other, *third)


def _box(given: Columns, parking: str, partial: str) -> tuple[tuple[int, int], Any]:
    """All area and persons, and by item and mark those who returned something."""
    persons = int(given.owner.max()) + 1
    counts = ~given.parking if parking == "exclude" else np.ones_like(given.parking)
    heads = counts if parking == "area_and_headcount" else ~given.parking
    total = int(given.area[counts].sum()), int(np.unique(given.owner[heads]).size)
    cast = counts[given.unit]
    unit, marks = given.unit[cast], given.marks[cast]
    order = np.argsort(given.owner[unit], kind="stable")
    sorted_owners = given.owner[unit][order]
    begins = np.flatnonzero(np.diff(sorted_owners, prepend=-1))
    low, high = (one.reduceat(marks[order], begins, axis=0) for one in (np.minimum, np.maximum))
    kinds, who = np.where(low == high, low, _UNRESOLVED), sorted_owners[begins]
    returned = np.zeros_like(counts)
    returned[unit] = True
    counted = counts if partial == "all_units" else returned
    head = np.bincount(given.owner[counted & heads], minlength=persons) > 0
    counted = counted | (counts & ~heads & head[given.owner])
    area = np.bincount(given.owner[counted], given.area[counted], minlength=persons)
    sums = [
        np.stack([np.bincount(kind, weight[who], minlength=_KINDS) for weight in (area, head)], axis=1)
        for kind in kinds.T
    ]
    return total, np.array(sums)
