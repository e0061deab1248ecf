"""What came back of a vote, and which of it is a valid ballot (law §3.4; decisions 12, 13).

Sifting settles who voted, when and by what right; what the marks are worth is :mod:`engine.rules.tally`.
Nothing is dropped in silence: whatever is set aside says why, and whether it can still be cured.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.errors import Problem
from engine.rules.roster import Electorate, Roster, Unit
from engine.rules.tally import FOLLOWING_CLASSES, Ballot, Following


class CastBy(StrEnum):
    """Who signed; what that one is to the unit."""

    OWNER = "OWNER"
    CO_OWNER = "CO_OWNER"
    GUARDIAN = "GUARDIAN"
    HEIR = "HEIR"
    PROXY = "PROXY"
    DEVELOPER = "DEVELOPER"
    TENANT = "TENANT"
    UNKNOWN = "UNKNOWN"


class Ground(StrEnum):
    """Why something that came back is not, or not yet, a ballot."""

    NOT_ON_ROSTER = "NOT_ON_ROSTER"
    UNSIGNED = "UNSIGNED"
    EARLY = "EARLY"
    LATE = "LATE"
    COPY = "COPY"
    WRONG_PERSON = "WRONG_PERSON"
    NO_PROOF = "NO_PROOF"
    NO_DESIGNATION = "NO_DESIGNATION"
    OBJECTED = "OBJECTED"
    BAD_MANDATE = "BAD_MANDATE"
    TOO_MANY_MANDATES = "TOO_MANY_MANDATES"
    OVERRULED = "OVERRULED"


SAYS = {
    Ground.NOT_ON_ROSTER: "清册中没有这个房号，或这一户不计票；请核对房号。",
    Ground.UNSIGNED: "没有业主签名，不是有效表决票；截止前补签可以计入。",
    Ground.EARLY: "在表决开始前返回；请在表决期内重新表决。",
    Ground.LATE: "在表决截止后返回，不计入；已登记备查。",
    Ground.COPY: "是照片或传真件；议事规则没有允许，请在截止前交原件。",
    Ground.WRONG_PERSON: "签名人不是业主、共有人、监护人、继承人或受托人；请由业主本人或受托人补投。",
    Ground.NO_PROOF: "没有监护或继承的证明；请在截止前补交。",
    Ground.NO_DESIGNATION: "共有人没有推选代表；请补交推选书，或由签名人书面确认一次。",
    Ground.OBJECTED: "其他共有人提出异议；由裁定员处理，处理前不计入。",
    Ground.BAD_MANDATE: "委托书不完整或不在期限内：须写明受托人、事项、权限、期限并由委托人签名；请在截止前补正。",
    Ground.TOO_MANY_MANDATES: "受托人接受的委托超过上限；请业主本人或另一受托人在截止前表决。",
    Ground.OVERRULED: "与同一户的另一票重复；依照议事规则以另一票为准，这一票不计入。",
}
#: The same in a word, for a count of them.
NAMES = {
    Ground.NOT_ON_ROSTER: "房号不符",
    Ground.UNSIGNED: "未签字",
    Ground.EARLY: "提前交回",
    Ground.LATE: "逾期交回",
    Ground.COPY: "照片或传真件",
    Ground.WRONG_PERSON: "签名人无权表决",
    Ground.NO_PROOF: "缺监护或继承证明",
    Ground.NO_DESIGNATION: "共有人未推选代表",
    Ground.OBJECTED: "共有人有异议",
    Ground.BAD_MANDATE: "委托书不合规定",
    Ground.TOO_MANY_MANDATES: "超过一人受托上限",
    Ground.OVERRULED: "同一户以另一票为准",
}
#: What nobody can put right any more, even before the close.
_FINAL = frozenset({Ground.LATE, Ground.OVERRULED})
#: What adopted rules may say of a unit that votes on paper and on a platform; ``HELD`` where they say nothing.
HELD, PAPER, ELECTRONIC, FIRST, LAST = DUPLICATES = ("HELD", "PAPER", "ELECTRONIC", "FIRST", "LAST")


@dataclass(frozen=True)
class Mandate:
    """A written authority (民法典 165): who may act, for what, how far, from when to when, and that it is signed."""

    agent: str
    matter: str
    scope: str
    valid_from: date
    valid_to: date
    signed: bool

    def covers(self, on: date) -> bool:
        """Whether it states everything it must, and is in force on that day."""
        stated = all(text.strip() for text in (self.agent, self.matter, self.scope))
        return stated and self.signed and self.valid_from <= on <= self.valid_to


@dataclass(frozen=True)
class Returned:
    """One paper or electronic vote as it came back for a unit on a day.

    ``proven`` says that guardianship or inheritance was shown; ``designated`` that the co-owners named this
    one, or that this one confirmed in writing to vote for them; ``objected`` that another co-owner objects.
    ``is_copy``: a photograph or fax of the signed paper; ``electronic`` that it was cast on a platform.
    """

    unit_no: str
    marks: tuple[int, ...]
    on: date
    cast_by: CastBy = CastBy.OWNER
    signed: bool = True
    mandate: Mandate | None = None
    proven: bool = False
    designated: bool = False
    objected: bool = False
    is_copy: bool = False
    electronic: bool = False


@dataclass(frozen=True)
class Standard:
    """The window, both days included, and what the pack says: mandates one agent may hold, copies accepted or not.

    ``duplicates`` is what the adopted rules say of paper and platform, one of :data:`DUPLICATES`.
    """

    opens_on: date
    closes_on: date
    proxy_max: int | None
    copies_accepted: bool = False
    duplicates: str = HELD


@dataclass(frozen=True)
class SetAside:
    """Something that is not counted: the place it came in, its unit, why; whether it may be cured before the close."""

    place: int
    unit_no: str
    ground: Ground

    @property
    def curable(self) -> bool:
        """Whether the owner can still put it right before the close."""
        return self.ground not in _FINAL

    @property
    def problem(self) -> Problem:
        """The same as a sentence to a person."""
        return Problem(f"ballots[{self.place}]", f"房号“{self.unit_no}”的表决票{SAYS[self.ground]}")


@dataclass(frozen=True)
class Sifted:
    """What counts, in the order of units, and what was set aside, in the order it came."""

    ballots: tuple[Ballot, ...]
    set_aside: tuple[SetAside, ...]


def signer(unit: Unit, signed_by: str) -> CastBy | None:
    """What the one who signed is to the unit by the roster alone; None where that does not say (law §3.4).

    Without a name, whoever counts for the unit has signed; one of several owners is a co-owner.
    """
    signed = {name for name in re.split(r"[;；、,，\s]+", signed_by) if name}
    owners = {owner.name for owner in unit.owners}
    if unit.developers:
        return None if unit.status != "UNSOLD" and signed & owners else CastBy.DEVELOPER
    if not signed or signed == owners:
        return CastBy.OWNER
    return CastBy.CO_OWNER if signed < owners else None


def sift(returned: Sequence[Returned], electorate: Electorate, standard: Standard) -> Sifted:
    """Part what came back into ballots and what is set aside.

    Two ballots for one unit both stay: equal ones count once, differing ones hold the unit (the tally sees to
    both).  Where adopted rules say which of paper and platform prevails, the other is set aside, whatever either
    says, so that nothing of it is told before the count.  Of an agent's mandates the first ``proxy_max`` persons
    count, by day and then by unit, so that the order of counting never matters.
    """
    set_aside: list[SetAside] = []
    kept: list[tuple[int, Returned]] = []
    for place, one in enumerate(returned):
        ground = _ground(one, electorate, standard)
        if ground is None:
            kept.append((place, one))
        else:
            set_aside.append(SetAside(place, one.unit_no, ground))
    overruled = _overruled(kept, standard.duplicates)
    set_aside += [SetAside(place, one.unit_no, Ground.OVERRULED) for place, one in kept if place in overruled]
    kept = [entry for entry in kept if entry[0] not in overruled]
    beyond = _beyond(kept, electorate, standard)
    set_aside += [SetAside(place, one.unit_no, Ground.TOO_MANY_MANDATES) for place, one in kept if place in beyond]
    ballots = sorted((one.unit_no, one.marks) for place, one in kept if place not in beyond)
    return Sifted(
        tuple(Ballot(unit_no, marks) for unit_no, marks in ballots),
        tuple(sorted(set_aside, key=lambda one: one.place)),
    )


def _ground(one: Returned, electorate: Electorate, standard: Standard) -> Ground | None:
    if one.unit_no not in electorate.units:
        return Ground.NOT_ON_ROSTER
    if one.on < standard.opens_on:
        return Ground.EARLY
    if one.on > standard.closes_on:
        return Ground.LATE
    if not one.signed:
        return Ground.UNSIGNED
    if one.is_copy and not standard.copies_accepted:
        return Ground.COPY
    return _without_right(one, electorate)


def _overruled(kept: Iterable[tuple[int, Returned]], rule: str) -> set[int]:
    """The places of ballots over which the same unit's other channel prevails; on one day none came first."""
    of: dict[str, list[tuple[int, Returned]]] = {}
    for entry in kept:
        of.setdefault(entry[1].unit_no, []).append(entry)
    found: set[int] = set()
    for entries in of.values():
        platform, paper = ([one for one in entries if one[1].electronic is it] for it in (True, False))
        if platform and paper:
            found.update(place for place, _ in _beaten(platform, paper, rule))
    return found


def _beaten(
    platform: list[tuple[int, Returned]], paper: list[tuple[int, Returned]], rule: str
) -> list[tuple[int, Returned]]:
    """Of a unit's ballots on a platform and on paper those that do not count by the rule; none where it is silent."""
    if rule in (PAPER, ELECTRONIC):
        return platform if rule == PAPER else paper
    earlier, later = sorted((platform, paper), key=lambda some: min(one.on for _, one in some))
    days = [{one.on for _, one in some} for some in (earlier, later)]
    if rule not in (FIRST, LAST) or max(days[0]) >= min(days[1]):
        return []
    return later if rule == FIRST else earlier


def _without_right(one: Returned, electorate: Electorate) -> Ground | None:
    """Why the signer may not vote for the unit; only the developer votes for what it still holds (law §3.2 no. 1)."""
    unit = electorate.units[one.unit_no]
    if one.cast_by is CastBy.PROXY:
        return None if one.mandate is not None and one.mandate.covers(one.on) else Ground.BAD_MANDATE
    if one.cast_by in {CastBy.TENANT, CastBy.UNKNOWN} or unit.developers != (one.cast_by is CastBy.DEVELOPER):
        return Ground.WRONG_PERSON
    if one.cast_by in {CastBy.GUARDIAN, CastBy.HEIR}:
        return None if one.proven else Ground.NO_PROOF
    if one.cast_by is CastBy.CO_OWNER and one.objected:
        return Ground.OBJECTED
    if one.cast_by is CastBy.CO_OWNER and not one.designated:
        return Ground.NO_DESIGNATION
    return None


def changed_hands(frozen: Roster, newest: Roster, unit_no: str) -> Unit | None:
    """The unit with its new owners, where others stand in the newest register than in the frozen one (law §3.5).

    They vote in place of the old ones; area and headcount stay as they were frozen.
    """
    units = [next((one for one in of.units if one.unit_no == unit_no), None) for of in (frozen, newest)]
    before, now = units
    if before is None or now is None or {one.key for one in before.owners} == {one.key for one in now.owners}:
        return None
    return now


def unsold_problem(unit: Unit, developer: tuple[str, ...], signed_by: str) -> str:
    """Why ``signed_by`` may not sign for a unit that is unsold or undelivered, empty where he may (law §3.2 no. 1).

    Its vote is the ``developer``'s, who is not always on record; a buyer votes from delivery on (区分所有权解释 9).
    """
    if not unit.developers or not developer or signed_by.startswith(developer):
        return ""
    return f"房号“{unit.unit_no}”还没有交付，由{'、'.join(developer)}盖章表决；买受人交付以后才能表决，请退回重签。"


def _beyond(kept: Iterable[tuple[int, Returned]], electorate: Electorate, standard: Standard) -> set[int]:
    """The places of mandates beyond what one agent may hold, counted in principals and not in units."""
    if standard.proxy_max is None:
        return set()
    principals: dict[str, set[str]] = {}
    beyond = set()
    for place, one in sorted(kept, key=lambda entry: (entry[1].on, entry[1].unit_no, entry[1].marks)):
        if one.mandate is None or one.cast_by is not CastBy.PROXY:
            continue
        person = electorate.person_of[one.unit_no]
        acts_for = principals.setdefault(one.mandate.agent, set())
        if person not in acts_for and len(acts_for) >= standard.proxy_max:
            beyond.add(place)
        else:
            acts_for.add(person)
    return beyond


@dataclass(frozen=True)
class UnreturnedRule:
    """What must hold before unreturned ballots may follow the majority (law §3.6 a–d).

    ``adopted_on`` is the day the owners adopted the clause, None where they never did; ``shown`` says that
    notice and ballot state its effect in bold; ``delivered`` are units whose owner provably got the ballot
    by a mode the rules allow; ``counsel_for`` are classes 3, 6, 7, 8 for which the rules say so and counsel signed.
    """

    adopted_on: date | None
    noticed_on: date
    shown: bool
    delivered: frozenset[str]
    counsel_for: frozenset[int] = frozenset()


def following(rule: UnreturnedRule) -> Following | None:
    """The rule-based tally that these facts allow, None where they allow none."""
    if unreturned_problems(rule):
        return None
    return Following(rule.delivered, FOLLOWING_CLASSES | rule.counsel_for)


def unreturned_problems(rule: UnreturnedRule) -> list[Problem]:
    """Why unreturned ballots may not follow the majority; they are then no participation at all."""
    found = []
    if rule.adopted_on is None or rule.adopted_on >= rule.noticed_on:
        message = "“未返回从多数”须在本次会议公告前已由业主大会写入议事规则；首次会议不能适用，请按未参与计算。"
        found.append(Problem("unreturned.adopted_on", message))
    if not rule.shown:
        message = "公告和表决票没有用醒目文字写明未返回的后果；请按未参与计算。"
        found.append(Problem("unreturned.shown", message))
    return found
