"""What a count is made of: marks, items, ballots, thresholds, and one item counted under one reading (law §3.5)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

APPROVE, AGAINST, ABSTAIN, BLANK, INVALID = 1, 2, 3, 4, 0
MARKS = frozenset({APPROVE, AGAINST, ABSTAIN, BLANK, INVALID})
SPECIAL = frozenset({6, 7, 8})
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
    """One item counted under one reading."""

    item: Item
    total: Share
    participating: Share
    approving: Share
    against: Share
    abstaining: Share
    thresholds: Thresholds

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


def _reaches(some: int, every: int, bound: Fraction) -> bool:
    return every > 0 and some * bound.denominator >= bound.numerator * every
