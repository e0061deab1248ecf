"""What it costs to count a vote of 10,000 persons under every reading, beside one plain pass over the same marks."""

import random
import statistics
import time
from collections.abc import Callable

from bench.report import Figure
from engine.rules import roster, tally
from engine.rules.roster import Owner, Roster, Unit

_PERSONS, _ITEMS, _ROUNDS = 10_000, 9, 5


def measure() -> list[Figure]:
    """The full envelope, and its ratio to a single pass that only adds up."""
    listed, items, ballots = _vote()
    ours, plain = [], []
    for _ in range(_ROUNDS):
        plain.append(_seconds(lambda: _pass(listed, ballots)))
        ours.append(_seconds(lambda: tally.envelope(listed, items, ballots)))
    readings = tally.envelope(listed, items, ballots)[0].readings
    ratio = statistics.median(one / other for one, other in zip(ours, plain, strict=True))
    detail = f"{_PERSONS:,} persons, {_ITEMS} items, {readings} readings, in memory, no database"
    return [
        Figure("tally, full envelope, s", statistics.median(ours), at_most=1.0, detail=detail),
        Figure(
            "the same, to one plain pass", ratio,
            detail="a pass that adds area and heads by mark, once for all items and one reading",
        ),
    ]  # fmt: skip


def _vote() -> tuple[Roster, list[tally.Item], list[tally.Ballot]]:
    """Owners of one unit each, some of two, some parking; three quarters return a ballot, some items blank."""
    dice = random.Random(20)
    units = [
        Unit(f"{number // 100}-{number % 100:04d}", str(number // 100), dice.randrange(4_000, 18_000), "住宅",
             (Owner(f"业主{number}", f"key{number}"),))
        for number in range(_PERSONS)
    ]  # fmt: skip
    more = [
        Unit(f"P{number}", "P", 1250, "车位" if number % 2 else "住宅", units[number * 17].owners)
        for number in range(_PERSONS // 50)
    ]
    marks = (1, 1, 1, 1, 1, 1, 2, 3, 4)
    back = [unit for unit in (*units, *more) if dice.random() < 0.75]
    ballots = [tally.Ballot(unit.unit_no, tuple(dice.choice(marks) for _ in range(_ITEMS))) for unit in back]
    classes = (9, 4, 4, 9, 9, 9, 8, 9, 5)
    return Roster((*units, *more)), [tally.Item(no, of) for no, of in enumerate(classes, 1)], ballots


def _pass(listed: Roster, ballots: list[tally.Ballot]) -> list[list[list[int]]]:
    area = {unit.unit_no: unit.area for unit in roster.assemble(listed).units.values()}
    sums = [[[0, 0] for _ in range(5)] for _ in range(_ITEMS)]
    for ballot in ballots:
        own = area.get(ballot.unit_no, 0)
        for item, mark in zip(sums, ballot.marks, strict=True):
            item[mark][0] += own
            item[mark][1] += 1
    return sums


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
