"""Invented logs of visits: honest teams of very different habits, and seven kinds of made-up days.

What stands in :mod:`trials.unseen_visit_logs` was written after the rules and their figures were settled.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from engine.rules.honesty import Day, Knock, Spot

#: The estate: buildings, entrances of each, floors, doors on a floor.
_BUILDINGS, _ENTRANCES, _FLOORS, _SIDES = 8, 2, 11, 2
_CONCERNS = ("FEE_RISE", "MONEY_SAFETY", "COMPANY_LOYALTY", "OC_TRUST", "QUALITY", "ARREARS", "PARKING", "PREPAID")
_NOTES = ("要看预算", "等儿子回来定", "问电梯", "问停车", "说以前没人管", "要账目公开", "想先看合同", "希望早点换")
#: One step of latitude is about 1.1 m, of longitude 0.95 m there.
_HERE: Spot = (3_178_000, 11_997_000)


@dataclass(frozen=True)
class Door:
    """A door of the invented estate, on its place in the walk."""

    unit_no: str
    building: str
    entrance: str
    step: int
    at: Spot


@dataclass(frozen=True)
class Habits:
    """How an honest canvasser works."""

    talk: tuple[int, int]
    concerns: float
    notes: float
    located: float
    jitter: int
    radio: bool
    entry: str
    support: float


def estate() -> list[Door]:
    """The doors as they are walked: building by building, entrance by entrance, from the top floor down."""
    doors: list[Door] = []
    for building in range(1, _BUILDINGS + 1):
        for entrance in range(1, _ENTRANCES + 1):
            at = (_HERE[0] + 45 * (building // 4), _HERE[1] + 45 * (building % 4) + 15 * entrance)
            for floor in range(_FLOORS, 0, -1):
                for side in range(1, _SIDES + 1):
                    number = f"{building}-{entrance}-{floor:02d}{side:02d}"
                    doors.append(Door(number, str(building), str(entrance), len(doors), at))
    return doors


def habits(chance: Random) -> Habits:
    """Somebody's habits: quick or slow, sparing or careful with words, with a phone or with a sheet of paper."""
    entry = chance.choices(("online", "offline", "paper"), (5, 3, 2))[0]
    return Habits(
        talk=chance.choice(((2, 5), (3, 7), (4, 9), (5, 12))),
        concerns=chance.choice((0.15, 0.3, 0.5)),
        notes=chance.choice((0.03, 0.1, 0.25)),
        located=0.0 if entry == "paper" else chance.choice((0.0, 0.7, 0.95)),
        jitter=chance.choice((8, 15, 30)),
        radio=chance.random() < 0.4,
        entry=entry,
        support=chance.choice((0.75, 0.85, 0.93)),
    )


def honest(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """A day at the doors: an evening, or a morning of a weekend; who was not at home is tried again on the way back."""
    evening = chance.random() < 0.7
    clock = chance.randint(17 * 60 + 20, 19 * 60) if evening else chance.randint(9 * 60, 15 * 60)
    until = chance.randint(20 * 60 + 10, 21 * 60 + 15) if evening else clock + chance.randint(110, 230)
    away = chance.uniform(0.2, 0.45) if evening else chance.uniform(0.35, 0.65)
    todo, missed = list(doors), list[Door]()
    told: list[Knock] = []
    while clock < until and (todo or missed):
        if not todo:
            todo, missed = missed, []
            if clock - (told[-1].minute or 0) < 5:
                break
        door = todo.pop(0)
        if chance.random() < away:
            told.append(_knock(chance, door, clock, way, met=False))
            if chance.random() < 0.5:
                missed.append(door)
            clock += chance.randint(0, 2)
        else:
            told.append(_knock(chance, door, clock, way, met=True))
            clock += chance.randint(*way.talk)
        if chance.random() < 0.06:
            clock += chance.randint(5, 25)
    return Day.of(person, on, _entered(chance, told, way.entry))


def _knock(chance: Random, door: Door, clock: int, way: Habits, *, met: bool) -> Knock:
    answer = _answer(chance, way) if met else "NOT_MET"
    note = chance.choice(_NOTES) if met and chance.random() < way.notes else ""
    return Knock(
        door.unit_no, door.building, door.entrance, door.step, clock, None, answer, met, note, _spot(chance, door, way)
    )


def _answer(chance: Random, way: Habits) -> str:
    attitude = chance.choices(
        ("SUPPORT", "STRONG_SUPPORT", "NEUTRAL", "OPPOSE", "", "REFUSED"),
        (way.support * 0.85, way.support * 0.15, *(((1 - way.support) * part) for part in (0.5, 0.2, 0.2, 0.1))),
    )[0]
    some = chance.sample(_CONCERNS, chance.randint(1, 2)) if chance.random() < way.concerns else []
    return " ".join([attitude, *sorted(some)])


def _spot(chance: Random, door: Door, way: Habits) -> Spot | None:
    if chance.random() >= way.located:
        return None
    # a position that comes from a building's radio is the same for a whole entrance
    jitter = 0 if way.radio else way.jitter
    return door.at[0] + round(chance.gauss(0, jitter)), door.at[1] + round(chance.gauss(0, jitter))


def _entered(chance: Random, told: list[Knock], entry: str) -> Iterator[Knock]:
    """When each reached us, and what a sheet of paper makes of the times."""
    home = (told[-1].minute or 0) + chance.randint(5, 90) if told else 0
    desk = 1440 + chance.randint(9 * 60, 16 * 60)
    for number, one in enumerate(told):
        minute = one.minute or 0
        if entry == "paper":
            rounded = minute // 5 * 5 if chance.random() < 0.7 else minute
            yield replace(one, minute=rounded, entered=desk + number // 2)
        else:
            yield replace(one, entered=home if entry == "offline" else minute + chance.randint(0, 1))


# made up


def hurried(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """A whole list ticked within minutes, with answers that look like others'."""
    begun = chance.randint(9 * 60, 20 * 60)
    told = []
    for number, door in enumerate(doors[: chance.randint(20, 45)]):
        met = chance.random() > 0.15
        told.append(_knock(chance, door, begun + number * chance.randint(20, 60) // 60, way, met=met))
    return Day.of(person, on, (replace(one, entered=one.minute) for one in told))


def copied_down(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """The same answer for nearly everybody, at a plausible pace."""
    clock, told = chance.randint(17 * 60, 18 * 60 + 30), []
    for door in doors[: chance.randint(20, 40)]:
        one = _knock(chance, door, clock, way, met=True)
        same = chance.random() < 0.97
        told.append(replace(one, answer="SUPPORT" if same else one.answer, note="", entered=clock))
        clock += chance.randint(2, 7)
    return Day.of(person, on, told)


def from_one_chair(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """Plausible answers and times, all recorded from one place: a bench in the estate, or home."""
    real = honest(chance, person, on, _few(chance), replace(way, entry="online", located=0.9))
    away = chance.choice((0, 0, 900, 4_000))
    here = (_HERE[0] + 60 + away, _HERE[1] + 80)
    jitter = chance.choice((0, 0, 4))
    told = [one if one.spot is None else replace(one, spot=_near(chance, here, jitter)) for one in real.knocks]
    return Day.of(person, on, told)


def _few(chance: Random) -> list[Door]:
    """Doors of several buildings, as somebody picks them who is in none."""
    doors = estate()
    chosen = chance.sample(sorted({one.building for one in doors}), 4)
    return [one for one in doors if one.building in chosen and chance.random() < 0.35]


def _near(chance: Random, here: Spot, jitter: int) -> Spot:
    return here[0] + round(chance.gauss(0, jitter)), here[1] + round(chance.gauss(0, jitter))


def by_night(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """Filled in at home by night: with the times of the night, or with those of an evening that is told."""
    night, shown = chance.randint(22 * 60 + 10, 24 * 60), chance.randint(18 * 60, 19 * 60)
    pretended, told = chance.random() < 0.5, []
    for door in doors[: chance.randint(18, 40)]:
        met = chance.random() > 0.25
        one = _knock(chance, door, shown if pretended else night % 1440, way, met=met)
        told.append(replace(one, entered=night, spot=None))
        night += chance.randint(0, 2)
        shown += chance.randint(2, 6)
    return Day.of(person, on, told)


def from_the_armchair(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """A day thought up with care, at plausible hours and pace: hardly anybody out, little variety, in the list's order.

    So interviews look that interviewers made up (AAPOR, Interviewer Falsification in Survey Research, 2003).
    """
    clock, told = chance.randint(17 * 60 + 30, 18 * 60 + 30), []
    pace = chance.randint(4, 6)
    for number, door in enumerate(doors[: chance.randint(18, 32)]):
        if number and clock > 21 * 60:
            break
        met = chance.random() > 0.08
        answer = chance.choices(("SUPPORT", "SUPPORT FEE_RISE", "NEUTRAL FEE_RISE", "NEUTRAL"), (6, 2, 1, 1))[0]
        entered = clock + chance.randint(0, 1)
        told.append(
            Knock(
                door.unit_no, door.building, door.entrance, door.step, clock, entered, answer if met else "NOT_MET", met
            )
        )
        clock += pace + chance.choice((-1, 0, 0, 1))
    return Day.of(person, on, told)


def imitated(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """Somebody who knows the figures of others: as many out, the same mix of answers, at the usual pace and hours."""
    clock, told = chance.randint(17 * 60 + 20, 19 * 60), []
    for door in doors[: chance.randint(18, 35)]:
        met = chance.random() > 0.35
        attitude = chance.choices(("SUPPORT", "STRONG_SUPPORT", "NEUTRAL", "OPPOSE", ""), (70, 12, 9, 4, 5))[0]
        concern = chance.choice(("FEE_RISE", "MONEY_SAFETY", "QUALITY", "PARKING"))
        answer = f"{attitude} {concern}" if chance.random() < 0.3 else attitude
        entered = clock + chance.randint(0, 1)
        told.append(
            Knock(
                door.unit_no, door.building, door.entrance, door.step, clock, entered, answer if met else "NOT_MET", met
            )
        )
        clock += chance.randint(2, 6)
    return Day.of(person, on, told)


def half_true(chance: Random, person: str, on: str, doors: list[Door], way: Habits) -> Day:
    """A real day at the doors, but nearly everybody who was out is entered as in favour."""
    real = honest(chance, person, on, doors, replace(way, entry="online"))
    told = [
        replace(one, answer="SUPPORT", met=True) if not one.met and chance.random() < 0.9 else one
        for one in real.knocks
    ]
    return Day.of(person, on, told)


Fake = Callable[[Random, str, str, list[Door], Habits], Day]
#: The kinds that were looked at while the rules were built.
FAKES: Mapping[str, Fake] = {
    "hurried": hurried, "copied down": copied_down, "from one chair": from_one_chair, "by night": by_night,
    "from the armchair": from_the_armchair,
    "imitated": imitated, "half true": half_true,
}  # fmt: skip


def round_of(seed: int, fake: Fake | None = None, fakers: int = 1) -> tuple[list[Day], list[Day]]:
    """A round of an estate: its honest days, and the days that ``fake`` made up, each person their own part."""
    chance, doors = Random(seed), estate()
    people = [f"走访人{number}" for number in range(1, chance.randint(5, 8) + 1)]
    each = len(doors) // len(people)
    true, false = [], []
    for number, person in enumerate(people):
        way, own = habits(chance), doors[number * each : (number + 1) * each]
        for day in range(chance.randint(3, 5)):
            rest = own[day * each // 5 :] or own
            on = f"2026-02-{day + 1:02d}"
            if fake and number < fakers:
                false.append(fake(chance, person, on, rest if len(rest) > 20 else doors, way))
            else:
                true.append(honest(chance, person, on, rest, way))
    return true, false
