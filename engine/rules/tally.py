"""Count a vote of the owners: 民法典 278, by area and by persons, exactly (law §3.4, §3.5, §3.7).

Every item is counted on its own.  Open questions are not settled here: :func:`envelope` counts under every
reading that the adopted rules leave open, and says whether the result depends on one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import product
from typing import Any

from engine.errors import InvalidAnswers, Problem
from engine.rules import roster as rosters
from engine.rules.roster import Electorate, Policies, Roster, metres

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
}


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
    """What came back for one unit: a mark for each item, in order; unsigned it is no ballot (law §3.4)."""

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
    are treated differently between a reading that passes and one that fails; ``count`` is the count under
    the rules in force.
    """

    count: Count
    status: str
    deciding: tuple[str, ...]
    readings: int


def count(
    electorate: Electorate,
    items: Sequence[Item],
    ballots: Iterable[Ballot],
    policies: Policies | None = None,
    thresholds: Thresholds | None = None,
    *,
    unreturned_follow: bool = False,
) -> list[Count]:
    """Count every item under one reading.

    ``unreturned_follow`` is the rule-based tally: ballots not returned join the majority of those returned
    (law §3.6); only adopted rules may ask for it.
    """
    policies, thresholds = policies or Policies(), thresholds or Thresholds()
    returned = [ballot for ballot in ballots if ballot.signed and ballot.unit_no in electorate.units]
    total = Share(electorate.area, electorate.persons)
    counts = []
    for position, item in enumerate(items):
        made = _count_item(electorate, item, position, returned, policies, thresholds, total)
        counts.append(_with_unreturned(made, electorate) if unreturned_follow else made)
    return counts


def envelope(
    roster: Roster,
    items: Sequence[Item],
    ballots: Sequence[Ballot],
    policies: Policies | None = None,
    thresholds: Thresholds | None = None,
    *,
    fixed: Iterable[str] = (),
    unreturned_clause: bool = False,
) -> list[Envelope]:
    """Count every item under every reading that is not ``fixed`` by adopted rules (law §3.7, decisions 14).

    With an adopted ``unreturned_clause`` the rule-based tally is one more reading.
    """
    policies = policies or Policies()
    combinations = list(_combinations(policies, set(fixed), roster, ballots))
    counted: list[list[Count]] = []
    for reading in combinations:
        electorate = rosters.assemble(roster, reading)
        counted.append(count(electorate, items, ballots, reading, thresholds))
        if unreturned_clause:
            counted.append(count(electorate, items, ballots, reading, thresholds, unreturned_follow=True))
    base = count(rosters.assemble(roster, policies), items, ballots, policies, thresholds)
    return [_enveloped(base[position], [counts[position] for counts in counted]) for position in range(len(items))]


def _combinations(policies: Policies, fixed: set[str], roster: Roster, ballots: Sequence[Ballot]) -> Iterable[Policies]:
    open_ones = [name for name in _questions(roster, ballots) if name not in fixed]
    for chosen in product(*(READINGS[name] for name in open_ones)):
        yield replace(policies, **dict(zip(open_ones, chosen, strict=True)))


def _questions(roster: Roster, ballots: Sequence[Ballot]) -> list[str]:
    """The questions that this roster and these ballots raise at all; the others cannot change a count."""
    keys = [owner.key for unit in roster.units for owner in {o.key: o for o in unit.owners}.values()]
    raised = {
        "same_buyer_key": len(keys) != len(set(keys)),
        "parking_counting": any(unit.is_parking for unit in roster.units),
        "partial_units": True,
        "blank_item": any(mark in (BLANK, INVALID) for ballot in ballots for mark in ballot.marks),
        "duplicate_ballot": True,
    }
    exact = rosters.assemble(roster)
    if exact.persons == len(exact.person_of):
        # nobody holds two units, so nobody returns a part of them or differs from himself
        raised["partial_units"] = raised["duplicate_ballot"] = raised["same_buyer_key"]
    return [name for name in (field.name for field in fields(Policies)) if raised[name]]


def _count_item(
    electorate: Electorate,
    item: Item,
    position: int,
    ballots: Sequence[Ballot],
    policies: Policies,
    thresholds: Thresholds,
    total: Share,
) -> Count:
    marks = {ballot.unit_no: ballot.marks[position] for ballot in ballots}
    by_person: dict[str, list[str]] = {}
    for unit_no in marks:
        # a parking space that counts by area only follows the person of its owner, where there is one
        person = electorate.person_of.get(unit_no)
        if person is not None:
            by_person.setdefault(person, []).append(unit_no)
    units_of = _units_of(electorate) if policies.partial_units == "all_units" else {}
    sums = {kind: [0, 0] for kind in ("participating", "approving", "against", "abstaining")}
    treated: dict[str, str] = {}
    for person, returned in by_person.items():
        kind = _kind({marks[unit_no] for unit_no in returned}, policies)
        area = sum(electorate.units[unit_no].area for unit_no in units_of.get(person, returned))
        for unit_no in returned:
            treated[unit_no] = f"{kind}:{area}"
        if kind == "excluded":
            continue
        for name in {"participating", kind}:
            if name in sums:
                sums[name][0] += area
                sums[name][1] += 1
    shares = {name: Share(*pair) for name, pair in sums.items()}
    return Count(item=item, total=total, thresholds=thresholds, treated=treated, **shares)


def _units_of(electorate: Electorate) -> dict[str, list[str]]:
    units: dict[str, list[str]] = {}
    for unit_no, person in electorate.person_of.items():
        units.setdefault(person, []).append(unit_no)
    return units


def _kind(marks: set[int], policies: Policies) -> str:
    """How one person's marks on one item count."""
    if len(marks) > 1:
        return "unresolved" if policies.duplicate_ballot == "participating" else "excluded"
    [mark] = marks
    if mark in (BLANK, INVALID):
        return "unmarked" if policies.blank_item == "participating" else "excluded"
    return {APPROVE: "approving", AGAINST: "against", ABSTAIN: "abstaining"}[mark]


def _with_unreturned(made: Count, electorate: Electorate) -> Count:
    silent = {person for unit_no, person in electorate.person_of.items() if unit_no not in made.treated}
    silent -= {electorate.person_of[unit_no] for unit_no in made.treated if unit_no in electorate.person_of}
    area = sum(unit.area for unit_no, unit in electorate.units.items() if electorate.person_of.get(unit_no) in silent)
    follow = made.approving.persons > made.against.persons and made.approving.area > made.against.area
    joined = Share(made.approving.area + area, made.approving.persons + len(silent))
    return replace(
        made,
        participating=Share(made.participating.area + area, made.participating.persons + len(silent)),
        approving=joined if follow else made.approving,
    )


def _enveloped(base: Count, counts: Sequence[Count]) -> Envelope:
    passing = [each for each in counts if each.passed]
    failing = [each for each in counts if not each.passed]
    if not failing:
        return Envelope(base, "PASS_ROBUST", (), len(counts))
    if not passing:
        return Envelope(base, "FAIL_ROBUST", (), len(counts))
    deciding = {
        unit_no
        for one in passing
        for other in failing
        for unit_no in set(one.treated) | set(other.treated)
        if one.treated.get(unit_no) != other.treated.get(unit_no)
    }
    return Envelope(base, "CONTESTED", tuple(sorted(deciding)), len(counts))


def _reaches(some: int, every: int, bound: Fraction) -> bool:
    return every > 0 and some * bound.denominator >= bound.numerator * every


def answer(request: Mapping[str, object]) -> dict[str, object]:
    """The JSON answer of ``daoru tally``: ``docs/tally.md``.  Raises InvalidAnswers naming the field."""
    units, items, ballots = (request.get(name) for name in ("units", "items", "ballots"))
    if not isinstance(units, list) or not isinstance(items, list) or not isinstance(ballots, list):
        raise InvalidAnswers([Problem("units", "应有 units、items、ballots 三份清单。")])
    if not all(isinstance(row, dict) for row in units):
        raise InvalidAnswers([Problem("units", "应为逐户的清单，每户一个对象。")])
    roster = rosters.read([{key: str(value) for key, value in row.items()} for row in units])
    asked = [_item(entry, f"items[{number}]") for number, entry in enumerate(items)]
    known = {unit.unit_no for unit in roster.units}
    cast = [_ballot(entry, f"ballots[{number}]", len(asked), known) for number, entry in enumerate(ballots)]
    given = request.get("rules") or {}
    if not isinstance(given, dict) or set(given) - set(READINGS):
        raise InvalidAnswers([Problem("rules", f"只能写：{'、'.join(READINGS)}。")])
    for name, reading in given.items():
        if reading not in READINGS[name]:
            raise InvalidAnswers([Problem(f"rules.{name}", f"应为 {'、'.join(READINGS[name])} 之一。")])
    policies = Policies(**given)
    electorate = rosters.assemble(roster, policies)
    results = envelope(roster, asked, cast, policies, fixed=set(given))
    return {
        "total_area": metres(electorate.area),
        "total_persons": electorate.persons,
        "items": [
            {**_readable(result.count.figures()), "status": result.status, "deciding": list(result.deciding)}
            for result in results
        ],
    }


def _readable(figures: dict[str, Any]) -> dict[str, Any]:
    return {key: metres(value) if key.endswith("_area") else value for key, value in figures.items()}


def _item(entry: object, where: str) -> Item:
    if not isinstance(entry, dict) or not _is_count(entry.get("no")):
        raise InvalidAnswers([Problem(f"{where}.no", "应为事项的序号。")])
    if entry.get("item_class") not in range(1, 10) or isinstance(entry["item_class"], bool):
        raise InvalidAnswers([Problem(f"{where}.item_class", "应为民法典第 278 条的 1–9 项。")])
    return Item(entry["no"], entry["item_class"])


def _ballot(entry: object, where: str, items: int, known: set[str]) -> Ballot:
    if not isinstance(entry, dict) or str(entry.get("unit_no")) not in known:
        raise InvalidAnswers([Problem(f"{where}.unit_no", "清册中没有这个房号；请核对。")])
    marks = entry.get("marks")
    if (
        not isinstance(marks, list)
        or len(marks) != items
        or any(type(mark) is not int or mark not in MARKS for mark in marks)
    ):
        message = f"应为 {items} 个标记：1 同意 2 反对 3 弃权 4 空白 0 无效。"
        raise InvalidAnswers([Problem(f"{where}.marks", message)])
    return Ballot(str(entry["unit_no"]), tuple(marks), bool(entry.get("signed", True)))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
