"""A second tally, in fractions and with nothing of ours in it, agrees on ten thousand random rosters."""

import random
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from engine.rules import roster, tally

ROSTERS = 10_000


@dataclass
class Flat:
    """A unit as the second tally knows it."""

    area: Fraction
    owners: frozenset[str]
    held_by_developer: bool
    parking: bool
    marks: set[int] = field(default_factory=set)


def groups_of(flats: list[Flat], any_common: bool) -> list[list[Flat]]:
    """Units that are one person: the developer's, equal owners', with ``any_common`` whoever shares an owner."""
    groups = [[flat] for flat in flats]
    merged = True
    while merged:
        merged = False
        for one, other in combinations(groups, 2):
            if any(same_person(a, b, any_common) for a in one for b in other):
                one.extend(other)
                groups.remove(other)
                merged = True
                break
    return groups


def same_person(a: Flat, b: Flat, any_common: bool) -> bool:
    if a.held_by_developer or b.held_by_developer:
        return a.held_by_developer and b.held_by_developer
    return bool(a.owners & b.owners) if any_common else a.owners == b.owners


def second_tally(flats: list[Flat], policies: dict[str, str], special: bool) -> tuple[object, ...]:
    """Outcome, all area and persons, participating and approving area and persons."""
    parking = policies["parking_counting"]
    heads = [flat for flat in flats if not flat.parking or parking == "area_and_headcount"]
    groups = groups_of(heads, policies["same_buyer_key"] == "any_common_owner")
    everything = sum((flat.area for group in groups for flat in group), Fraction(0))
    part, yes, takers, approvers = Fraction(0), Fraction(0), 0, 0
    for group in groups:
        marks = set().union(*(flat.marks for flat in group))
        if not marks:
            continue
        unclear = len(marks) > 1
        blank = not unclear and marks <= {0, 4}
        if unclear and policies["duplicate_ballot"] == "excluded":
            continue
        if blank and policies["blank_item"] == "excluded":
            continue
        counted = group if policies["partial_units"] == "all_units" else [flat for flat in group if flat.marks]
        area = sum((flat.area for flat in counted), Fraction(0))
        part, takers = part + area, takers + 1
        if marks == {1}:
            yes, approvers = yes + area, approvers + 1
    found = (everything, len(groups), part, takers, yes, approvers)
    if not everything or part / everything < Fraction(2, 3) or Fraction(takers, len(groups)) < Fraction(2, 3):
        return "NO_QUORUM", *found
    shares = (yes / part, Fraction(approvers, takers))
    passed = all(one >= Fraction(3, 4) for one in shares) if special else all(one > Fraction(1, 2) for one in shares)
    return "PASSED" if passed else "REJECTED", *found


def random_flats(chance: random.Random) -> list[Flat]:
    size = chance.randint(1, 9)
    flats = []
    for _ in range(size):
        owners = frozenset(f"P{chance.randint(0, size)}" for _ in range(chance.choice((1, 1, 1, 2))))
        area = Fraction(chance.choice((1, 50, 8_997, 10_235, 15_000)), 100)
        flat = Flat(area, owners, held_by_developer=chance.random() < 0.1, parking=chance.random() < 0.15)
        if chance.random() < 0.85:
            flat.marks = {chance.choice((0, 1, 1, 1, 1, 2, 3, 4)) for _ in range(chance.choice((1, 1, 1, 1, 2)))}
        flats.append(flat)
    return flats


def first_tally(
    flats: list[Flat], policies: dict[str, str], special: bool, chance: random.Random
) -> tuple[object, ...]:
    units = tuple(
        roster.Unit(
            str(number),
            "1",
            int(flat.area * 100),
            "车位" if flat.parking else "住宅",
            tuple(roster.Owner(name, name) for name in sorted(flat.owners)),
            "UNSOLD" if flat.held_by_developer else "DELIVERED",
        )
        for number, flat in enumerate(flats)
    )
    ballots = [tally.Ballot(str(number), (mark,)) for number, flat in enumerate(flats) for mark in flat.marks]
    ballots += [tally.Ballot(str(number), (1,), signed=False) for number in range(len(flats)) if chance.random() < 0.2]
    chance.shuffle(ballots)
    reading = roster.Policies(**policies)
    [found] = tally.count(
        roster.assemble(roster.Roster(units), reading), [tally.Item(1, 8 if special else 4)], ballots, reading
    )
    shares = (found.total, found.participating, found.approving)
    return found.outcome, *(figure for one in shares for figure in (Fraction(one.area, 100), one.persons))


def test_the_two_tallies_agree() -> None:
    chance = random.Random(278)
    seen: dict[object, int] = {}
    for _ in range(ROSTERS):
        flats, special = random_flats(chance), chance.random() < 0.4
        # parking by area alone has its own tests: who it follows is not for a second opinion
        readings = {
            **tally.READINGS,
            "parking_counting": ("exclude", "area_and_headcount"),
            "equal_names": ("separate",),
        }
        policies = {name: chance.choice(values) for name, values in readings.items()}
        ours = first_tally(flats, policies, special, chance)
        assert ours == second_tally(flats, policies, special), (flats, policies, special)
        seen[ours[0]] = seen.get(ours[0], 0) + 1
    print(f"{sum(seen.values())} random rosters counted twice: {seen}")
    assert sum(seen.values()) == ROSTERS
    assert min(seen[name] for name in ("PASSED", "REJECTED", "NO_QUORUM")) > 300, "all three outcomes were met"
