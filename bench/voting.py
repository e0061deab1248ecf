"""What it costs to count a vote of 10,000 persons under every reading, beside passes over the same marks."""

import random
import statistics
import time
from collections.abc import Callable
from itertools import product

from bench import columns
from bench.columns import Columns
from bench.report import Figure
from engine.rules import roster, tally
from engine.rules.roster import Owner, Policies, Roster, Unit
from engine.rules.voices import Boxes

_PERSONS, _ITEMS, _ROUNDS = 10_000, 9, 5


def measure() -> list[Figure]:
    """The full envelope, and its ratios to the same sums in numpy and to a single pass that only adds up."""
    listed, items, ballots = _vote()
    given = Columns.of(listed, ballots)
    _compare(given, listed, items, ballots)
    rounds = [
        {
            "plain": _seconds(lambda: _pass(listed, ballots)),
            "vectorised": _seconds(lambda: columns.envelope(given)),
            # a roster works out some things only once
            "ours": _seconds(lambda: tally.envelope(Roster(listed.units), items, ballots)),
        }
        for _ in range(_ROUNDS)
    ]
    seconds = {way: statistics.median(took[way] for took in rounds) for way in rounds[0]}
    ratio = {way: statistics.median(took["ours"] / took[way] for took in rounds) for way in ("vectorised", "plain")}
    readings = tally.envelope(listed, items, ballots)[0].readings
    detail = f"{_PERSONS:,} persons, {_ITEMS} items, {readings} readings, in memory, no database"
    return [
        Figure("tally, full envelope, s", seconds["ours"], at_most=1.0, detail=detail),
        Figure(
            "the same, × a vectorised pass", ratio["vectorised"],
            detail=f"numpy, {seconds['vectorised'] * 1_000:.0f} ms: the same sums of each reading, which is checked, "
            "from arrays laid out before",
        ),
        Figure(
            "the same, × one plain pass", ratio["plain"],
            detail="a pass that adds area and heads by mark, once for all items and one reading",
        ),
    ]  # fmt: skip


def _compare(given: Columns, listed: Roster, items: list[tally.Item], ballots: list[tally.Ballot]) -> None:
    """Raises AssertionError unless both come to the same under every reading."""
    boxes, thresholds = Boxes(listed, items, ballots), tally.Thresholds()
    every = product(*(tally.READINGS[name] for name in columns.OPEN))
    readings = [Policies(**dict(zip(columns.OPEN, one, strict=True))) for one in every]
    ours = [[columns.figures(one) for one in boxes.under(of).count(of, thresholds, None)] for of in readings]
    assert ours == columns.envelope(given), "numpy comes to another count"
    assert tally.envelope(listed, items, ballots)[0].readings == len(readings)


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
