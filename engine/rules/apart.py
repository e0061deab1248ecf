"""Who must be somebody else: pairs of lanes in which one person may not act for the same estate.

The rule binds the real person: whoever claims a task, is handed one, works on it for another or stands in during
a leave.  Lanes that no pair names may meet in one person, as a community's cadre may be supervisor (manual §2.1).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_COMPANY, _OWNERS, _SUPERVISOR = "物业企业", "业委会/物管会", "监察人"
_COMMUNITY, _STREET, _DISTRICT = "社区干部", "街道", "区住建"
_ADVISERS = ("法律顾问", "会计审计")


@dataclass(frozen=True)
class Apart:
    """Two sides between which a person stands on one only; ``source`` says by what."""

    one: frozenset[str]
    other: frozenset[str]
    because: str
    source: str


#: Every pair with its source.
RULES = (
    Apart(
        frozenset({_COMPANY}),
        frozenset({_OWNERS, _SUPERVISOR, _COMMUNITY, "网格员", *_ADVISERS, _STREET, _DISTRICT}),
        "物业企业是受托人，不能替委托、审核或者监督它的一方办理",
        "信托法 26–28 (law TL-26-1); law RC-31, RC-39; manual §2.1, §2.3 S6",
    ),
    Apart(
        frozenset({_SUPERVISOR}),
        frozenset({_OWNERS}),
        "监察人不能是本小区业委会或物管会的人",
        "manual §2.1 note b; law RC-39",
    ),
    Apart(
        frozenset({_OWNERS}),
        frozenset({*_ADVISERS, _STREET, _DISTRICT}),
        "方案由业委会或物管会拟订，审核要由另外的人来做",
        "manual §2.3 S6 (R draft; R check, A)",
    ),
    Apart(
        frozenset({_COMMUNITY}),
        frozenset({_STREET, _DISTRICT}),
        "社区申请和自评，初审和验收要由另外的人来做",
        "manual §2.3 S1, S10",
    ),
    Apart(
        frozenset({_STREET}),
        frozenset({_DISTRICT}),
        "街道初审，区里复核要由另外的人来做",
        "manual §2.3 S10 (R first review; A)",
    ),
)
#: Beside holders of a lane's own role, whose role also does for working on its tasks: a grid is part of its community
#: (manual §2.2), and visits are entered by either.
STAND_INS: Mapping[str, tuple[str, ...]] = {"网格员": (_COMMUNITY,)}


def roles_for(lane: str) -> tuple[str, ...]:
    """The roles of which one is needed to work on a task of ``lane`` for its owner."""
    return (lane, *STAND_INS.get(lane, ()))


def apart_from(lane: str) -> dict[str, Apart]:
    """The lanes that must be in other hands than ``lane``, each with the rule that says so."""
    found: dict[str, Apart] = {}
    for rule in RULES:
        for here, there in ((rule.one, rule.other), (rule.other, rule.one)):
            if lane in here:
                found.update(dict.fromkeys(sorted(there), rule))
    return found


def conflict(lane: str, acts_in: Iterable[str]) -> str:
    """Why somebody who acts in these lanes of an estate may not act in ``lane`` too; empty when he may."""
    forbidden = apart_from(lane)
    return next((f"在这个小区办“{other}”的事：{forbidden[other].because}" for other in sorted(acts_in)
                 if other in forbidden), "")  # fmt: skip
