"""The voices of a vote: who returned something, with what area and head, summed once for all readings that agree on it.

What blanks and differing ballots are worth changes no voice, so that those readings share one sum (law §3.4, §3.7).
Almost everybody owns one flat and nothing else: these are the same under every reading, and summed once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import NamedTuple

from engine.rules import roster as rosters
from engine.rules.count import (
    ABSTAIN,
    AGAINST,
    APPROVE,
    BLANK,
    INVALID,
    Ballot,
    Count,
    Following,
    Item,
    Share,
    Thresholds,
)
from engine.rules.roster import Electorate, Policies, Roster


class Voice(NamedTuple):
    """A person who returned something: ballots and their units, and the area and head they bring.

    ``kinds`` are the marks of this person, item by item; where two ballots differ they are :data:`_UNRESOLVED`.
    """

    ballots: tuple[Ballot, ...]
    units: frozenset[str]
    area: int
    head: int
    kinds: tuple[int, ...]


#: Beside the marks: a person's ballots differ on the item.
_UNRESOLVED = 5
_UNMARKED = frozenset({BLANK, INVALID})


class Alone:
    """The flats that are a person of their own under every reading, and their voices, each summed once for all.

    A flat counts under every reading; where the widest one, which merges most, leaves it to a person who has nothing
    else, so do the others: but for a name that somebody without identity number bears too, who is taken for the one
    or the other by what else counts.  ``rest`` are the ballots of all others.
    """

    def __init__(self, items: int, ballots: Sequence[Ballot], roster: Roster | None = None) -> None:
        self.areas = _alone(roster, ballots) if roster else {}
        self.ballots = [one for one in ballots if one.signed and one.unit_no in self.areas]
        self.rest = [one for one in ballots if one.unit_no not in self.areas]
        self.total = _share(self.areas.values())
        self.sums = _sums([(one.marks, self.areas[one.unit_no], 1) for one in self.ballots], items)
        self.silent = cache(self._silent)

    def _silent(self, delivered: frozenset[str]) -> Share:
        """Those who got a ballot and returned none."""
        spoken = {one.unit_no for one in self.ballots}
        return _share(area for no, area in self.areas.items() if no in delivered and no not in spoken)


def _share(areas: Iterable[int]) -> Share:
    """So many persons with these areas."""
    each = list(areas)
    return Share(sum(each), len(each))


def _alone(roster: Roster, ballots: Sequence[Ballot]) -> dict[str, int]:
    """The area of each flat with at most one signed ballot whose person has nothing else under any reading."""
    widest = rosters.assemble(roster, _WIDEST)
    units = Counter(widest.person_of.values())
    signed = Counter(one.unit_no for one in ballots if one.signed)
    found = ((no, widest.units[no]) for no, person in widest.person_of.items() if units[person] == 1)
    return {
        no: unit.area
        for no, unit in found
        if signed[no] < 2 and not unit.is_parking and roster.unsure.isdisjoint(one.name for one in unit.owners)
    }


_WIDEST = Policies(same_buyer_key="any_common_owner", parking_counting="area_and_headcount", equal_names="merged")


class Box:
    """The voices of a vote under one reading of who counts, and their sums by what their marks on each item are.

    ``electorate`` and ``voices`` are those beside the ones that are ``alone``.
    """

    def __init__(self, electorate: Electorate, items: Sequence[Item], alone: Alone, partial_units: str) -> None:
        self.electorate, self.items, self.alone = electorate, items, alone
        self.voices = _voices(electorate, alone.rest, partial_units)
        self.silent = cache(self._silent)
        self.total = _both(alone.total, Share(electorate.area, electorate.persons))
        own = _sums([(voice.kinds, voice.area, voice.head) for voice in self.voices], len(items))
        self.sums = [tuple(map(_both, *sums)) for sums in zip(alone.sums, own, strict=True)]

    @cached_property
    def weights(self) -> dict[str, tuple[int, int, int]]:
        """Of each returned unit the area and head of its person, and of how many units that person returned.

        Without those who are the same under every reading.
        """
        return {no: (voice.area, voice.head, len(voice.units)) for voice in self.voices for no in voice.units}

    def _silent(self, delivered: frozenset[str]) -> Share:
        """The persons who got a ballot and returned none, with what they got it for."""
        electorate = self.electorate
        spoken = {electorate.person_of[no] for voice in self.voices for no in voice.units}
        silent = [no for no, one in electorate.person_of.items() if no in delivered and one not in spoken]
        persons = {electorate.person_of[no] for no in silent if no in electorate.heads}
        return Share(sum(electorate.units[no].area for no in silent), len(persons))

    def unresolved(self, place: int) -> set[str]:
        """The units of persons whose ballots differ on an item."""
        return {no for voice in self.voices if voice.kinds[place] == _UNRESOLVED for no in voice.units}

    def unmarked(self, place: int) -> set[str]:
        """The units of persons who marked nothing valid on an item."""
        alone = {one.unit_no for one in self.alone.ballots if one.marks[place] in _UNMARKED}
        return alone.union(*(voice.units for voice in self.voices if voice.kinds[place] in _UNMARKED))

    def count(self, policies: Policies, thresholds: Thresholds, following: Following | None) -> list[Count]:
        """Every item under a reading of what blanks and differing ballots are worth."""
        left_out = set() if policies.blank_item == "participating" else set(_UNMARKED)
        left_out |= set() if policies.duplicate_ballot == "participating" else {_UNRESOLVED}
        return [
            self._followed(self._item(item, sums, left_out, thresholds), following)
            for item, sums in zip(self.items, self.sums, strict=True)
        ]

    def _item(self, item: Item, sums: Sequence[Share], left_out: set[int], thresholds: Thresholds) -> Count:
        taking_part = [of for kind, of in enumerate(sums) if kind not in left_out]
        return Count(
            item=item,
            total=self.total,
            participating=Share(sum(of.area for of in taking_part), sum(of.persons for of in taking_part)),
            approving=sums[APPROVE],
            against=sums[AGAINST],
            abstaining=sums[ABSTAIN],
            thresholds=thresholds,
        )

    def _followed(self, made: Count, following: Following | None) -> Count:
        if following is None or made.item.item_class not in following.classes:
            return made
        more = _both(self.alone.silent(following.delivered), self.silent(following.delivered))
        for_it = made.approving.persons > made.against.persons and made.approving.area > made.against.area
        return replace(
            made,
            participating=_both(made.participating, more),
            approving=_both(made.approving, more) if for_it else made.approving,
        )


class Boxes:
    """The boxes of one vote, one for all readings that agree on who counts and with what."""

    def __init__(self, roster: Roster, items: Sequence[Item], ballots: Sequence[Ballot]) -> None:
        self.items, self.alone = items, Alone(len(items), ballots, roster)
        self._others = Roster(tuple(unit for unit in roster.units if unit.unit_no not in self.alone.areas))
        self._electorates: dict[tuple[str, ...], Electorate] = {}
        self._boxes: dict[tuple[str, ...], Box] = {}

    def under(self, reading: Policies) -> Box:
        """The box of a reading; what blanks and differing ballots are worth changes no voice."""
        who = (reading.same_buyer_key, reading.parking_counting, reading.equal_names)
        same = (*who, reading.partial_units)
        if who not in self._electorates:
            self._electorates[who] = rosters.assemble(self._others, reading)
        if same not in self._boxes:
            self._boxes[same] = Box(self._electorates[who], self.items, self.alone, reading.partial_units)
        return self._boxes[same]

    @cached_property
    def _uneven(self) -> set[str]:
        """The units that bring something else in one box than in another, or are missing in one."""
        first, *others = (box.weights.items() for box in self._boxes.values())
        return {no for other in others for no, _ in first ^ other}

    def deciding(self, place: int, questions: Sequence[str]) -> Callable[[], tuple[str, ...]]:
        """Which units are not treated alike by all readings; worked out only where somebody asks.

        Every other unit is treated alike by a passing and a failing one too, and each of these differently by some.
        """

        def found() -> tuple[str, ...]:
            boxes = list(self._boxes.values())
            unresolved = [box.unresolved(place) for box in boxes]
            every = set().union(*unresolved)
            apart = every if "duplicate_ballot" in questions else every - set(unresolved[0]).intersection(*unresolved)
            if "blank_item" in questions:
                apart = apart.union(*(box.unmarked(place) for box in boxes))
            return tuple(sorted(apart | self._uneven))

        return found


def _voices(electorate: Electorate, ballots: Iterable[Ballot], partial_units: str) -> list[Voice]:
    cast: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        if ballot.signed and ballot.unit_no in electorate.units:
            cast.setdefault(electorate.person_of[ballot.unit_no], []).append(ballot)
    units_of: dict[str, list[str]] = {}
    for unit_no, person in electorate.person_of.items():
        units_of.setdefault(person, []).append(unit_no)
    return [_voice(electorate, tuple(own), units_of[person], partial_units) for person, own in cast.items()]


def _voice(electorate: Electorate, ballots: tuple[Ballot, ...], every: Sequence[str], partial_units: str) -> Voice:
    heads, first = electorate.heads, ballots[0].marks
    kinds = first if len(ballots) == 1 else tuple(map(_kind, zip(*(one.marks for one in ballots), strict=True)))
    if len(every) == 1:  # almost everybody
        return Voice(ballots, frozenset(every), electorate.units[every[0]].area, int(every[0] in heads), kinds)
    units = frozenset(ballot.unit_no for ballot in ballots)
    counted = set(every if partial_units == "all_units" else units)
    head = not heads.isdisjoint(counted)
    if head and len(counted) < len(every):
        # what counts by area only needs no ballot of its own: it goes with its person's
        counted |= {unit_no for unit_no in every if unit_no not in heads}
    return Voice(ballots, units, sum(electorate.units[unit_no].area for unit_no in counted), int(head), kinds)


def _kind(marks: Sequence[int]) -> int:
    return marks[0] if len(set(marks)) == 1 else _UNRESOLVED


def _sums(given: Sequence[tuple[Sequence[int], int, int]], items: int) -> list[tuple[Share, ...]]:
    """Area and persons on each item by what the marks are, from each voice's marks, area and head."""
    columns = list(zip(*(marks for marks, _, _ in given), strict=True)) or [()] * items
    areas, heads = [area for _, area, _ in given], [head for _, _, head in given]
    sums = []
    for kinds in columns:
        area, persons = [0] * (_UNRESOLVED + 1), [0] * (_UNRESOLVED + 1)
        for kind, more, head in zip(kinds, areas, heads, strict=True):
            area[kind] += more
            persons[kind] += head
        sums.append(tuple(map(Share, area, persons)))
    return sums


def _both(one: Share, other: Share) -> Share:
    return Share(one.area + other.area, one.persons + other.persons)
