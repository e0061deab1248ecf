"""A kind of made-up day that the rules of visits were not built on: written once their figures were settled.

After it had been measured for the first time only the figure of the score was raised, which finds fewer.
"""

from collections.abc import Iterator
from random import Random

from engine.rules.honesty import Day, Knock
from trials.visit_logs import Door, Habits, _spot


def walked_past(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """Somebody really climbs the stairs, but knocks nowhere, and ticks what comes to mind: every answer in its turn."""
    clock = chance.randint(17 * 60, 19 * 60)
    return Day.of(person, on, _ticked(chance, doors[: chance.randint(20, 40)], clock, way))


def _ticked(chance: Random, doors: list[Door], clock: int, way: Habits) -> Iterator[Knock]:
    answers = ["SUPPORT", "SUPPORT", "NOT_MET", "STRONG_SUPPORT", "SUPPORT FEE_RISE", "NEUTRAL"]
    last = ""
    for door in doors:
        # people who make up a row avoid to repeat themselves
        answer = chance.choice([one for one in answers if one != last])
        last, met = answer, answer != "NOT_MET"
        yield Knock(
            door.unit_no, door.building, door.entrance, door.step, clock, clock, answer, met, "",
            _spot(chance, door, way),
        )  # fmt: skip
        clock += chance.choice((1, 1, 2, 2, 3)) + (4 if chance.random() < 0.1 else 0)
