"""The voices of a vote: who returned something, with what area and head, summed once for all readings that agree on it.

What blanks and differing ballots are worth changes no voice, so that those readings share one sum (law §3.4, §3.7).
Almost everybody owns one flat and returns one ballot: these voices are the same under every reading, and summed once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
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
    """A person who returned something: ballots and their units, and the area and head they bring."""

    ballots: tuple[Ballot, ...]
    units: frozenset[str]
    area: int
    head: int

    def kind(self, place: int) -> int:
        """The mark of this person on one item; two ballots that differ leave it :data:`_UNRESOLVED`."""
        mark = self.ballots[0].marks[place]
        differ = any(ballot.marks[place] != mark for ballot in self.ballots[1:])
        return _UNRESOLVED if differ else mark


#: Beside the marks: a person's ballots differ on the item.
_UNRESOLVED = 5
_UNMARKED = frozenset({BLANK, INVALID})


class Alone:
    """The voices that are the same under every reading, and their sums; ``rest`` are all the other ballots.

    A flat counts under every reading; where the widest one, which merges most, leaves it to a person who has nothing
    else, so do the others.
    """

    def __init__(self, items: int, ballots: Sequence[Ballot], roster: Roster | None = None) -> None:
        flats = _alone(roster, ballots) if roster else {}
        self.voices = [
            Voice((one,), frozenset((one.unit_no,)), flats[one.unit_no], 1)
            for one in ballots
            if one.signed and one.unit_no in flats
        ]
        self.rest = [one for one in ballots if not (one.signed and one.unit_no in flats)]
        self.sums = _summed(self.voices, (), items)


def _alone(roster: Roster, ballots: Sequence[Ballot]) -> dict[str, int]:
    """The area of each flat with one signed ballot whose person has nothing else under any reading."""
    widest = rosters.assemble(roster, _WIDEST)
    units = Counter(widest.person_of.values())
    signed = Counter(one.unit_no for one in ballots if one.signed)
    return {
        no: widest.units[no].area
        for no, person in widest.person_of.items()
        if units[person] == 1 and signed[no] == 1 and not widest.units[no].is_parking
    }


_WIDEST = Policies(same_buyer_key="any_common_owner", parking_counting="area_and_headcount", equal_names="merged")


class Box:
    """The voices of a vote under one reading of who counts, and their sums by what their marks on each item are.

    ``voices`` are those beside the ones that are ``alone``.
    """

    def __init__(self, electorate: Electorate, items: Sequence[Item], alone: Alone, partial_units: str) -> None:
        self.electorate, self.items, self.alone = electorate, items, alone
        self.voices = _voices(electorate, alone.rest, partial_units)
        self.single = [voice for voice in self.voices if len(voice.ballots) == 1]
        self.several = [voice for voice in self.voices if len(voice.ballots) > 1]
        self.total = Share(electorate.area, electorate.persons)
        self.sums = [
            tuple(Share(one.area + other.area, one.persons + other.persons) for one, other in zip(*both, strict=True))
            for both in zip(alone.sums, _summed(self.single, self.several, len(items)), strict=True)
        ]

    @cached_property
    def weights(self) -> dict[str, tuple[int, int, int]]:
        """Of each returned unit the area and head of its person, and of how many units that person returned.

        Without those who are the same under every reading.
        """
        return {no: (voice.area, voice.head, len(voice.units)) for voice in self.voices for no in voice.units}

    @cached_property
    def _spoken(self) -> set[str]:
        """The persons who returned something."""
        person_of = self.electorate.person_of
        return {person_of[no] for voice in (*self.alone.voices, *self.voices) for no in voice.units}

    def unresolved(self, place: int) -> set[str]:
        """The units of persons whose ballots differ on an item."""
        return {no for voice in self.several if voice.kind(place) == _UNRESOLVED for no in voice.units}

    def unmarked(self, place: int) -> set[str]:
        """The units of persons who marked nothing valid on an item."""
        single = (*self.alone.voices, *self.single)
        found = [voice for voice in single if voice.ballots[0].marks[place] in _UNMARKED]
        found += [voice for voice in self.several if voice.kind(place) in _UNMARKED]
        return {no for voice in found for no in voice.units}

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
        electorate, delivered = self.electorate, following.delivered
        persons_of = electorate.person_of.items()
        silent = [no for no, person in persons_of if person not in self._spoken and no in delivered]
        area = sum(electorate.units[unit_no].area for unit_no in silent)
        persons = len({electorate.person_of[unit_no] for unit_no in silent if unit_no in electorate.heads})
        for_it = made.approving.persons > made.against.persons and made.approving.area > made.against.area
        return replace(
            made,
            participating=Share(made.participating.area + area, made.participating.persons + persons),
            approving=Share(made.approving.area + area, made.approving.persons + persons) if for_it else made.approving,
        )


class Boxes:
    """The boxes of one vote, one for all readings that agree on who counts and with what."""

    def __init__(self, roster: Roster, items: Sequence[Item], ballots: Sequence[Ballot]) -> None:
        self.roster, self.items, self.alone = roster, items, Alone(len(items), ballots, roster)
        self._electorates: dict[tuple[str, ...], Electorate] = {}
        self._boxes: dict[tuple[str, ...], Box] = {}

    def under(self, reading: Policies) -> Box:
        """The box of a reading; what blanks and differing ballots are worth changes no voice."""
        who = (reading.same_buyer_key, reading.parking_counting, reading.equal_names)
        same = (*who, reading.partial_units)
        if who not in self._electorates:
            self._electorates[who] = rosters.assemble(self.roster, reading)
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
    heads = electorate.heads
    if len(every) == 1:  # almost everybody
        return Voice(ballots, frozenset(every), electorate.units[every[0]].area, int(every[0] in heads))
    units = frozenset(ballot.unit_no for ballot in ballots)
    counted = set(every if partial_units == "all_units" else units)
    head = not heads.isdisjoint(counted)
    if head and len(counted) < len(every):
        # what counts by area only needs no ballot of its own: it goes with its person's
        counted |= {unit_no for unit_no in every if unit_no not in heads}
    return Voice(ballots, units, sum(electorate.units[unit_no].area for unit_no in counted), int(head))


def _summed(single: Sequence[Voice], several: Sequence[Voice], items: int) -> list[tuple[Share, ...]]:
    """Area and persons of the voices on each item, by what their marks are; ``single`` have one ballot each."""
    areas = [voice.area for voice in (*single, *several)]
    heads = [voice.head for voice in (*single, *several)]
    columns = list(zip(*(voice.ballots[0].marks for voice in single), strict=True)) or [()] * items
    sums = []
    for place in range(items):
        area, persons = [0] * (_UNRESOLVED + 1), [0] * (_UNRESOLVED + 1)
        kinds = (*columns[place], *(voice.kind(place) for voice in several))
        for kind, more, head in zip(kinds, areas, heads, strict=True):
            area[kind] += more
            persons[kind] += head
        sums.append(tuple(Share(*pair) for pair in zip(area, persons, strict=True)))
    return sums
