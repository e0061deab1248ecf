"""Who signs a group of the handover list, and what stands for whoever refuses to (law §5.2, §5.3; 民法典 949).

A signature is recorded, never replaced: the paper bears the ink, this says who put it there, when and under what.  It
holds for the words it was given under; whoever changes an item afterwards makes it lapse.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import orjson

from engine.errors import Problem

#: What of an item a signature covers; a note on how it was found is not part of what was signed.
_COVERED = ("group", "name", "qty", "unit", "location", "state", "missing_plan", "dispute")
#: How many named witnesses stand for a signature that was refused.
WITNESSES = 2


class Side(StrEnum):
    """For whom somebody signs."""

    GIVER = "GIVER"
    TAKER = "TAKER"
    WITNESS = "WITNESS"


SIDES = {Side.GIVER: "移交人", Side.TAKER: "接收人", Side.WITNESS: "见证人"}


@dataclass(frozen=True)
class Signed:
    """A signature of a group, or that it was refused; ``content`` is the digest of what it was given under."""

    group: str
    side: Side
    name: str
    on: date
    content: str
    refused: bool = False
    reason: str = ""
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How a group stands: who signed for each side, which of them lapsed, and whether nothing is left to be signed."""

    by_side: Mapping[Side, Signed]
    lapsed: tuple[Side, ...]

    @property
    def lacking(self) -> tuple[Side, ...]:
        """The sides of which nothing that still holds was recorded."""
        return tuple(side for side in Side if side not in self.by_side or side in self.lapsed)

    @property
    def complete(self) -> bool:
        """Whether each side has signed, or a refusal was witnessed."""
        return not self.lacking

    @property
    def refused(self) -> bool:
        """Whether somebody refused, and that still holds."""
        return any(one.refused for side, one in self.by_side.items() if side not in self.lapsed)


def digest(items: Iterable[Mapping[str, str]]) -> str:
    """The SHA-256 of what a signature covers of these items, in order."""
    covered = [[row.get(name, "") for name in _COVERED] for row in items]
    return hashlib.sha256(orjson.dumps(covered)).hexdigest()


def standing(group: str, content: str, signed: Sequence[Signed]) -> Standing:
    """How a group stands whose items have that digest; of several of one side the last one counts."""
    by_side = {one.side: one for one in signed if one.group == group}
    return Standing(by_side, tuple(side for side, one in by_side.items() if one.content != content))


def problems(new: Signed, today: date, others: Mapping[Side, Signed]) -> list[Problem]:
    """Why a signature or refusal cannot be recorded beside those of the other sides."""
    found = []
    if not new.name.strip():
        found.append(Problem("name", f"没有写{SIDES[new.side]}的姓名；请写本人的全名。"))
    if new.on > today:
        found.append(Problem("on", f"日期 {new.on} 晚于今天（{today}）；请改正。"))
    twice = [SIDES[side] for side, one in others.items() if side != new.side and one.name == new.name.strip()]
    if new.name.strip() and twice:
        message = f"{new.name.strip()}已经作为{twice[0]}签过这一组；移交人、接收人、见证人应是三个人。"
        found.append(Problem("name", message))
    return [*found, *_refusal_problems(new, others)] if new.refused else found


def _refusal_problems(new: Signed, others: Mapping[Side, Signed]) -> list[Problem]:
    found = []
    if new.side == Side.WITNESS:
        found.append(Problem("side", "见证人不愿签的请换一位见证人；拒签只登记移交人或接收人的。"))
    if not new.reason.strip():
        found.append(Problem("reason", "没有写拒签的经过；请写时间、地点和对方的原话。"))
    named = [one.strip() for one in new.witnesses if one.strip()]
    if len(set(named)) < WITNESSES:
        found.append(Problem("witnesses", f"拒签要有 {WITNESSES} 位在场见证人的姓名；请写两个不同的人。"))
    parties = {new.name.strip(), *(one.name for side, one in others.items() if side not in {new.side, Side.WITNESS})}
    if inside := [one for one in named if one in parties]:
        message = f"{inside[0]}是交接的一方，不能见证拒签；请另写一位在场的人，如社区、街道或其他业主。"
        found.append(Problem("witnesses", message))
    return found


def unsigned(groups: Mapping[str, str], signed: Sequence[Signed]) -> list[str]:
    """The groups (name and digest of their items) that are not complete; none while nobody has begun to sign."""
    if not signed:
        return []
    return [name for name, content in groups.items() if not standing(name, content, signed).complete]
