"""A second tally, in fractions and with nothing of ours in it, agrees on ten thousand random rosters."""

import random
from collections import defaultdict
from fractions import Fraction

from engine.rules import roster, tally


def second_tally(
    units: list[tuple[str, Fraction, str]], ballots: dict[str, tuple[int, bool]], special: bool
) -> tuple[str, Fraction, int, Fraction, int]:
    """Outcome, participating area and persons, approving area and persons."""
    everything = sum((area for _, area, _ in units), Fraction(0))
    everybody = len({person for _, _, person in units})
    cast: dict[str, list[tuple[Fraction, int]]] = defaultdict(list)
    for number, area, person in units:
        mark, signed = ballots.get(number, (0, False))
        if signed:
            cast[person].append((area, mark))
    part = sum((area for votes in cast.values() for area, _ in votes), Fraction(0))
    for_it = {person: votes for person, votes in cast.items() if {mark for _, mark in votes} == {1}}
    yes = sum((area for votes in for_it.values() for area, _ in votes), Fraction(0))
    if not everything or part / everything < Fraction(2, 3) or Fraction(len(cast), everybody) < Fraction(2, 3):
        return "NO_QUORUM", part, len(cast), yes, len(for_it)
    shares = (yes / part, Fraction(len(for_it), len(cast)))
    passed = all(one >= Fraction(3, 4) for one in shares) if special else all(one > Fraction(1, 2) for one in shares)
    return "PASSED" if passed else "REJECTED", part, len(cast), yes, len(for_it)


def test_the_two_tallies_agree() -> None:
    chance = random.Random(278)
    for _ in range(10_000):
        size = chance.randint(1, 9)
        units = [
            (str(n), Fraction(chance.choice((1, 50, 8_997, 10_235, 15_000)), 100), f"P{chance.randint(0, size)}")
            for n in range(size)
        ]
        ballots = {
            str(n): (chance.choice((0, 1, 1, 1, 2, 3, 4)), chance.random() < 0.9)
            for n in range(size)
            if chance.random() < 0.8
        }
        special = chance.random() < 0.4
        ours = roster.Roster(
            tuple(
                roster.Unit(number, "1", int(area * 100), "住宅", (roster.Owner(person, person),))
                for number, area, person in units
            )
        )
        cast = [tally.Ballot(number, (mark,), signed) for number, (mark, signed) in ballots.items()]
        [found] = tally.count(roster.assemble(ours), [tally.Item(1, 8 if special else 4)], cast)
        assert (
            found.outcome,
            Fraction(found.participating.area, 100),
            found.participating.persons,
            Fraction(found.approving.area, 100),
            found.approving.persons,
        ) == second_tally(units, ballots, special)
