"""Count a vote of the owners: 民法典 278, by area and by persons, exactly (law §3.4, §3.5, §3.7).

Every item is counted on its own.  Open questions are not settled here: :func:`envelope` counts under every
reading that the adopted rules leave open, and says whether the result depends on one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import product
from typing import Any

from engine.rules import roster as rosters
from engine.rules.roster import Electorate, Policies, Roster

APPROVE, AGAINST, ABSTAIN, BLANK, INVALID = 1, 2, 3, 4, 0
MARKS = frozenset({APPROVE, AGAINST, ABSTAIN, BLANK, INVALID})
SPECIAL = frozenset({6, 7, 8})
#: The readings of each open question.
READINGS: Mapping[str, tuple[str, ...]] = {
    "same_buyer_key": ("exact_set", "any_common_owner"),
    "parking_counting": ("exclude", "area_only", "area_and_headcount"),
    "partial_units": ("returned_only", "all_units"),
    "blank_item": ("participating", "excluded"),
    "duplicate_ballot": ("participating", "excluded"),
    "equal_names": ("separate", "merged"),
}
#: Classes on which unreturned ballots may follow the majority; others need rules that say so and counsel (law §3.6).
FOLLOWING_CLASSES = frozenset({1, 2, 4, 5, 9})


@dataclass(frozen=True)
class Share:
    """Some owners: their area in 0.01 m² and their number."""

    area: int
    persons: int


@dataclass(frozen=True)
class Item:
    """A question: ``item_class`` is its number in 民法典 278 ¶1; 6, 7 and 8 need three quarters."""

    no: int
    item_class: int


@dataclass(frozen=True)
class Ballot:
    """What came back for one unit: a mark for each item, in order; unsigned it is no ballot (law §3.4).

    Of several for one unit, equal ones count once; where they differ the unit is held (decisions 13).
    """

    unit_no: str
    marks: tuple[int, ...]
    signed: bool = True


@dataclass(frozen=True)
class Thresholds:
    """The pack's shares: quorum by area and by persons, what an ordinary item must exceed, a special one reach."""

    quorum_area: Fraction = Fraction(2, 3)
    quorum_persons: Fraction = Fraction(2, 3)
    ordinary: Fraction = Fraction(1, 2)
    special: Fraction = Fraction(3, 4)


@dataclass(frozen=True)
class Following:
    """An adopted rule by which unreturned ballots follow the majority of those returned (law §3.6).

    Only units in ``delivered``, whose owner provably got the ballot, and only items of ``classes``.
    """

    delivered: frozenset[str]
    classes: frozenset[int] = FOLLOWING_CLASSES


@dataclass(frozen=True)
class Count:
    """One item counted under one reading; ``treated`` says of each returned unit how it was counted."""

    item: Item
    total: Share
    participating: Share
    approving: Share
    against: Share
    abstaining: Share
    thresholds: Thresholds
    treated: Mapping[str, str]

    @property
    def quorum_area(self) -> bool:
        """Whether enough area took part; the bound itself is enough (民法典 1259)."""
        return _reaches(self.participating.area, self.total.area, self.thresholds.quorum_area)

    @property
    def quorum_persons(self) -> bool:
        """Whether enough persons took part."""
        return _reaches(self.participating.persons, self.total.persons, self.thresholds.quorum_persons)

    @property
    def quorum(self) -> bool:
        """Whether both quorums are there."""
        return self.quorum_area and self.quorum_persons

    @property
    def approved_area(self) -> bool:
        """Whether the approving area suffices, of the area that took part."""
        return self._approved(self.approving.area, self.participating.area)

    @property
    def approved_persons(self) -> bool:
        """Whether the approving persons suffice, of the persons who took part."""
        return self._approved(self.approving.persons, self.participating.persons)

    @property
    def passed(self) -> bool:
        """Whether the item passed."""
        return self.quorum and self.approved_area and self.approved_persons

    @property
    def outcome(self) -> str:
        """``PASSED``, ``REJECTED`` or ``NO_QUORUM``."""
        if not self.quorum:
            return "NO_QUORUM"
        return "PASSED" if self.passed else "REJECTED"

    def _approved(self, some: int, every: int) -> bool:
        if self.item.item_class in SPECIAL:
            return _reaches(some, every, self.thresholds.special)
        bound = self.thresholds.ordinary
        return some * bound.denominator > bound.numerator * every

    def figures(self) -> dict[str, Any]:
        """The exact figures, areas in 0.01 m²."""
        names = ("total", "participating", "approving", "against", "abstaining")
        shares = {name: getattr(self, name) for name in names}
        return {
            "no": self.item.no,
            "item_class": self.item.item_class,
            "outcome": self.outcome,
            **{f"{name}_area": share.area for name, share in shares.items()},
            **{f"{name}_persons": share.persons for name, share in shares.items()},
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
    voices = _voices(electorate, ballots, policies)
    total = Share(electorate.area, electorate.persons)
    counts = [_count_item(item, place, voices, total, policies, thresholds) for place, item in enumerate(items)]
    return [_followed(made, electorate, following) for made in counts]


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
    for chosen in product(*(READINGS[name] for name in questions)):
        reading = replace(policies, **dict(zip(questions, chosen, strict=True)))
        electorate = rosters.assemble(roster, reading)
        for rule in (None, following) if following else (None,):
            key = (*chosen, "followed" if rule else "strict")
            counted[key] = count(electorate, items, ballots, reading, thresholds, following=rule)
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
        )
        for position in range(len(items))
    ]


_Reading = tuple[str, ...]


def _questions(roster: Roster, ballots: Sequence[Ballot]) -> list[str]:
    """The questions that this roster and these ballots raise at all; the others cannot change a count."""
    owned = [owner for unit in roster.units for owner in {one.key: one for one in unit.owners}.values()]
    names = Counter(owner.name for owner in owned)
    equal_names = any(names[owner.name] > 1 for owner in owned if not owner.identified)
    shared = len({owner.key for owner in owned}) != len(owned) or equal_names
    developers = sum(1 for unit in roster.units if unit.developers) > 1
    twice = len({ballot.unit_no for ballot in ballots}) != len(ballots)
    raised = {
        "same_buyer_key": shared,
        "parking_counting": any(unit.is_parking for unit in roster.units),
        # nobody who holds a single unit returns a part of it
        "partial_units": shared or developers,
        "blank_item": any(mark in (BLANK, INVALID) for ballot in ballots for mark in ballot.marks),
        "duplicate_ballot": shared or developers or twice,
        "equal_names": equal_names,
    }
    return [name for name in (field.name for field in fields(Policies)) if raised[name]]


@dataclass(frozen=True)
class _Voice:
    """A person who returned something: ballots and their units, and the area and head they bring."""

    ballots: tuple[Ballot, ...]
    units: frozenset[str]
    area: int
    head: int


def _voices(electorate: Electorate, ballots: Iterable[Ballot], policies: Policies) -> list[_Voice]:
    cast: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        if ballot.signed and ballot.unit_no in electorate.units:
            cast.setdefault(electorate.person_of[ballot.unit_no], []).append(ballot)
    units_of: dict[str, list[str]] = {}
    for unit_no, person in electorate.person_of.items():
        units_of.setdefault(person, []).append(unit_no)
    return [_voice(electorate, tuple(own), units_of[person], policies) for person, own in cast.items()]


def _voice(electorate: Electorate, ballots: tuple[Ballot, ...], every: Sequence[str], policies: Policies) -> _Voice:
    units, heads = frozenset(ballot.unit_no for ballot in ballots), electorate.heads
    counted = set(every if policies.partial_units == "all_units" else units)
    head = not heads.isdisjoint(counted)
    if head and len(counted) < len(every):
        # what counts by area only needs no ballot of its own: it goes with its person's
        counted |= {unit_no for unit_no in every if unit_no not in heads}
    return _Voice(ballots, units, sum(electorate.units[unit_no].area for unit_no in counted), int(head))


def _count_item(
    item: Item, place: int, voices: Iterable[_Voice], total: Share, policies: Policies, thresholds: Thresholds
) -> Count:
    sums = {name: [0, 0] for name in ("participating", "approving", "against", "abstaining")}
    treated: dict[str, str] = {}
    for voice in voices:
        kind = _kind({ballot.marks[place] for ballot in voice.ballots}, policies)
        treatment = f"{kind}:{voice.area}:{voice.head}:{len(voice.units)}"
        treated.update(dict.fromkeys(voice.units, treatment))
        if kind == "excluded":
            continue
        for name in {"participating", kind} & sums.keys():
            sums[name][0] += voice.area
            sums[name][1] += voice.head
    shares = {name: Share(*pair) for name, pair in sums.items()}
    return Count(item=item, total=total, thresholds=thresholds, treated=treated, **shares)


def _kind(marks: set[int], policies: Policies) -> str:
    """How one person's marks on one item count."""
    if len(marks) > 1:
        return "unresolved" if policies.duplicate_ballot == "participating" else "excluded"
    [mark] = marks
    if mark in (BLANK, INVALID):
        return "unmarked" if policies.blank_item == "participating" else "excluded"
    return {APPROVE: "approving", AGAINST: "against", ABSTAIN: "abstaining"}[mark]


def _followed(made: Count, electorate: Electorate, following: Following | None) -> Count:
    if following is None or made.item.item_class not in following.classes:
        return made
    spoken = {electorate.person_of[unit_no] for unit_no in made.treated}
    silent = [no for no, person in electorate.person_of.items() if person not in spoken and no in following.delivered]
    area = sum(electorate.units[unit_no].area for unit_no in silent)
    persons = len({electorate.person_of[unit_no] for unit_no in silent if unit_no in electorate.heads})
    for_it = made.approving.persons > made.against.persons and made.approving.area > made.against.area
    return replace(
        made,
        participating=Share(made.participating.area + area, made.participating.persons + persons),
        approving=Share(made.approving.area + area, made.approving.persons + persons) if for_it else made.approving,
    )


def _enveloped(base: Count, ruled: Count | None, counts: Mapping[_Reading, Count], names: Sequence[str]) -> Envelope:
    passing = [key for key, each in counts.items() if each.passed]
    failing = [key for key, each in counts.items() if not each.passed]
    if not failing:
        return Envelope(base, ruled, "PASS_ROBUST", (), (), len(counts))
    if not passing:
        return Envelope(base, ruled, "FAIL_ROBUST", (), (), len(counts))
    deciding: set[str] = set()
    turning: set[str] = set()
    for one, other in product(passing, failing):
        treated, otherwise = counts[one].treated, counts[other].treated
        deciding |= {no for no in treated.keys() | otherwise.keys() if treated.get(no) != otherwise.get(no)}
        apart = [name for name, here, there in zip(names, one, other, strict=True) if here != there]
        if len(apart) == 1:
            turning.update(apart)
    ordered = tuple(name for name in names if name in turning)
    return Envelope(base, ruled, "CONTESTED", tuple(sorted(deciding)), ordered, len(counts))


def _reaches(some: int, every: int, bound: Fraction) -> bool:
    return every > 0 and some * bound.denominator >= bound.numerator * every
