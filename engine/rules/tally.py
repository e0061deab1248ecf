"""Count a vote of the owners: 民法典 278, by area and by persons, exactly (law §3.4, §3.5, §3.7).

Every item is counted on its own.  Open questions are not settled here: :func:`envelope` counts under every
reading that the adopted rules leave open, and says whether the result depends on one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product

from engine.rules.count import (
    ABSTAIN,
    AGAINST,
    APPROVE,
    BLANK,
    FOLLOWING_CLASSES,
    INVALID,
    MARKS,
    SPECIAL,
    Ballot,
    Count,
    Following,
    Item,
    Share,
    Thresholds,
)
from engine.rules.roster import Electorate, Policies, Roster
from engine.rules.voices import Alone, Box, Boxes

__all__ = [
    "ABSTAIN",
    "AGAINST",
    "APPROVE",
    "BLANK",
    "FOLLOWING_CLASSES",
    "INVALID",
    "MARKS",
    "READINGS",
    "SPECIAL",
    "Ballot",
    "Count",
    "Envelope",
    "Following",
    "Item",
    "Share",
    "Thresholds",
    "count",
    "envelope",
]
#: The readings of each open question.
READINGS: Mapping[str, tuple[str, ...]] = {
    "same_buyer_key": ("exact_set", "any_common_owner"),
    "parking_counting": ("exclude", "area_only", "area_and_headcount"),
    "partial_units": ("returned_only", "all_units"),
    "blank_item": ("participating", "excluded"),
    "duplicate_ballot": ("participating", "excluded"),
    "equal_names": ("separate", "merged"),
}


@dataclass(frozen=True)
class Envelope:
    """An item under every open reading.

    ``status`` is ``PASS_ROBUST``, ``FAIL_ROBUST`` or ``CONTESTED``; ``deciding`` are the units whose ballots
    are treated differently between a reading that passes and one that fails, ``questions`` the open questions
    whose answer alone turns the result; ``count`` is the strict count under the rules in force, ``ruled`` the one in
    which unreturned ballots follow the majority, where the adopted rules say so (law §3.6).
    """

    count: Count
    ruled: Count | None
    status: str
    deciding: tuple[str, ...]
    questions: tuple[str, ...]
    readings: int


def count(
    electorate: Electorate,
    items: Sequence[Item],
    ballots: Iterable[Ballot],
    policies: Policies | None = None,
    thresholds: Thresholds | None = None,
    *,
    following: Following | None = None,
) -> list[Count]:
    """Count every item under one reading; with ``following`` this is the rule-based tally of law §3.6."""
    policies, thresholds = policies or Policies(), thresholds or Thresholds()
    box = Box(electorate, items, Alone(len(items), list(ballots)), policies.partial_units)
    return box.count(policies, thresholds, following)


def envelope(
    roster: Roster,
    items: Sequence[Item],
    ballots: Sequence[Ballot],
    policies: Policies | None = None,
    thresholds: Thresholds | None = None,
    *,
    fixed: Iterable[str] = (),
    following: Following | None = None,
) -> list[Envelope]:
    """Count every item under every reading that is not ``fixed`` by adopted rules (law §3.7, decisions 14).

    With an adopted rule for unreturned ballots the tally by it is one more reading of each.
    """
    policies = policies or Policies()
    questions = [name for name in _questions(roster, ballots) if name not in set(fixed)]
    counted: dict[_Reading, list[Count]] = {}
    boxes = Boxes(roster, items, ballots)
    for chosen in product(*(READINGS[name] for name in questions)):
        reading = replace(policies, **dict(zip(questions, chosen, strict=True)))
        for rule in (None, following) if following else (None,):
            key = (*chosen, "followed" if rule else "strict")
            counted[key] = boxes.under(reading).count(reading, thresholds or Thresholds(), rule)
    defaults = (*(getattr(policies, name) for name in questions), "strict")
    base = counted[defaults]
    ruled = counted.get((*defaults[:-1], "followed"))
    names = (*questions, "unreturned")
    return [
        _enveloped(
            base[position],
            ruled[position] if ruled else None,
            {key: counts[position] for key, counts in counted.items()},
            names,
            boxes.deciding(position, questions),
        )
        for position in range(len(items))
    ]


_Reading = tuple[str, ...]


def _questions(roster: Roster, ballots: Sequence[Ballot]) -> list[str]:
    """The questions that this roster and these ballots raise at all; the others cannot change a count."""
    keys = [key for unit in roster.units for key in {one.key for one in unit.owners}]
    shared = len(set(keys)) != len(keys) or bool(roster.unsure)
    developers = sum(1 for unit in roster.units if unit.developers) > 1
    twice = len({ballot.unit_no for ballot in ballots}) != len(ballots)
    raised = {
        "same_buyer_key": shared,
        "parking_counting": any(unit.is_parking for unit in roster.units),
        # nobody who holds a single unit returns a part of it
        "partial_units": shared or developers,
        "blank_item": any(mark in (BLANK, INVALID) for ballot in ballots for mark in ballot.marks),
        "duplicate_ballot": shared or developers or twice,
        "equal_names": bool(roster.unsure),
    }
    return [name for name in (one.name for one in fields(Policies)) if raised[name]]


def _enveloped(
    base: Count,
    ruled: Count | None,
    counts: Mapping[_Reading, Count],
    names: Sequence[str],
    deciding: Callable[[], tuple[str, ...]],
) -> Envelope:
    passing = [key for key, each in counts.items() if each.passed]
    failing = [key for key, each in counts.items() if not each.passed]
    if not failing:
        return Envelope(base, ruled, "PASS_ROBUST", (), (), len(counts))
    if not passing:
        return Envelope(base, ruled, "FAIL_ROBUST", (), (), len(counts))
    turning: set[str] = set()
    for one, other in product(passing, failing):
        apart = [name for name, here, there in zip(names, one, other, strict=True) if here != there]
        if len(apart) == 1:
            turning.update(apart)
    ordered = tuple(name for name in names if name in turning)
    return Envelope(base, ruled, "CONTESTED", deciding(), ordered, len(counts))
