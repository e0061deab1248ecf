"""The life of a ballot, from the printer to the count, and what must hold before the box is sealed and counted.

Each serial is in one state, and each state in one of the classes of decisions 19: in hand, out, returned, spoiled,
void.  An act that does not fit the state is refused, so that no serial is ever in two places (law LC-07, §3.4).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.errors import Problem


class State(StrEnum):
    """Where a serial is."""

    IN_HAND = "IN_HAND"
    ISSUED = "ISSUED"
    DELIVERED = "DELIVERED"
    REFUSED = "REFUSED"
    UNDELIVERABLE = "UNDELIVERABLE"
    RETURNED = "RETURNED"
    ENTERED = "ENTERED"
    DISPUTED = "DISPUTED"
    RECONCILED = "RECONCILED"
    OBJECTED = "OBJECTED"
    FINAL = "FINAL"
    SPOILED = "SPOILED"
    VOID = "VOID"


class Act(StrEnum):
    """What may happen to it.

    ``RECORD`` is the one recorded act of a sheet, which states what came back together with its marks; ``AGREE`` and
    ``DIFFER`` are what a second entry comes to, ``COUNT`` what a count makes of every serial until it is made again.
    """

    ISSUE = "ISSUE"
    HAND_BACK = "HAND_BACK"
    DELIVER = "DELIVER"
    PAPER = "PAPER"
    REFUSE = "REFUSE"
    MISS = "MISS"
    TAKE = "TAKE"
    TAKE_TOO = "TAKE_TOO"
    RECORD = "RECORD"
    ENTER = "ENTER"
    AGREE = "AGREE"
    DIFFER = "DIFFER"
    OBJECT = "OBJECT"
    RULE = "RULE"
    SPOIL = "SPOIL"
    COUNT = "COUNT"


_S, _A = State, Act
#: What is not back yet, and may still be delivered; a ballot refused or not delivered may be fetched after all.
UNDELIVERED = frozenset({_S.IN_HAND, _S.ISSUED, _S.REFUSED, _S.UNDELIVERABLE})
OUT = frozenset({_S.ISSUED, _S.DELIVERED, _S.REFUSED, _S.UNDELIVERABLE})
NOT_BACK = UNDELIVERED | OUT
#: What waits for an entry, and what for the arbiter 裁定员.
UNENTERED = frozenset({_S.RETURNED, _S.ENTERED})
UNSETTLED = frozenset({_S.DISPUTED, _S.OBJECTED})
#: From which states an act leads to which one.
MOVES: Mapping[Act, tuple[frozenset[State], State]] = {
    _A.ISSUE: (frozenset({_S.IN_HAND}), _S.ISSUED),
    _A.HAND_BACK: (frozenset({_S.ISSUED, _S.REFUSED, _S.UNDELIVERABLE}), _S.IN_HAND),
    _A.DELIVER: (UNDELIVERED, _S.DELIVERED),
    # whoever was told to vote on a platform asks for paper, which is never refused
    _A.PAPER: (frozenset({_S.DELIVERED}), _S.DELIVERED),
    _A.REFUSE: (UNDELIVERED, _S.REFUSED),
    _A.MISS: (UNDELIVERED, _S.UNDELIVERABLE),
    _A.TAKE: (frozenset({_S.DELIVERED}), _S.RETURNED),
    # a paper beside the vote on a platform, which alone is there
    _A.TAKE_TOO: (frozenset({_S.RECONCILED}), _S.RETURNED),
    _A.RECORD: (NOT_BACK, _S.RECONCILED),
    _A.ENTER: (frozenset({_S.RETURNED}), _S.ENTERED),
    _A.AGREE: (frozenset({_S.ENTERED}), _S.RECONCILED),
    _A.DIFFER: (frozenset({_S.ENTERED}), _S.DISPUTED),
    _A.OBJECT: (frozenset({_S.RECONCILED}), _S.OBJECTED),
    _A.RULE: (UNSETTLED, _S.RECONCILED),
    _A.SPOIL: (NOT_BACK, _S.SPOILED),
    _A.COUNT: (frozenset({_S.RECONCILED}), _S.FINAL),
}
WORDS: Mapping[State, str] = {
    _S.IN_HAND: "在手",
    _S.ISSUED: "已领出",
    _S.DELIVERED: "已送达",
    _S.REFUSED: "拒收",
    _S.UNDELIVERABLE: "送不到",
    _S.RETURNED: "已收回",
    _S.ENTERED: "已录一遍",
    _S.DISPUTED: "待裁",
    _S.RECONCILED: "已核对",
    _S.OBJECTED: "有异议",
    _S.FINAL: "已计票",
    _S.SPOILED: "作废换发",
    _S.VOID: "作废",
}
#: What to do first, where an act does not fit.
_INSTEAD: Mapping[State, str] = {
    _S.IN_HAND: "还没有登记送达；请先登记送达",
    _S.ISSUED: "还在领票人手里；请先登记送达，或登记交还",
    _S.DELIVERED: "已经登记送达；污损、遗失的请换发",
    _S.REFUSED: "登记为拒收；业主后来收下的，请先登记送达",
    _S.UNDELIVERABLE: "登记为送不到；业主后来领取的，请先登记送达",
    _S.RETURNED: "已经收回，等待录入",
    _S.ENTERED: "已经收回，等待另一人录入",
    _S.DISPUTED: "两次录入不一致，等待裁定员",
    _S.RECONCILED: "已经核对；录错的请提出异议，由裁定员更正",
    _S.OBJECTED: "已提出异议，等待裁定员",
    _S.FINAL: "已经计票；有异议的请在异议期内提出",
    _S.SPOILED: "已经作废换发；请用换发的新票",
    _S.VOID: "随那次表决作废，不能再用",
}


def after(state: State, act: Act) -> State | None:
    """The state an act leads to; None where it does not fit."""
    starts, end = MOVES[act]
    return end if state in starts else None


def why_not(serial: int, state: State) -> str:
    """Why an act does not fit a ballot in that state, and what to do instead."""
    return f"第 {serial:06d} 号票{_INSTEAD[state]}。"


@dataclass(frozen=True)
class Classes:
    """How many serials are in each class of decisions 19; together they are what was printed."""

    printed: int
    in_hand: int
    out: int
    returned: int
    spoiled: int
    void: int

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing and nothing there twice."""
        return self.printed == self.in_hand + self.out + self.returned + self.spoiled + self.void


def class_of(state: State) -> str:
    """The class of a state, as a field of :class:`Classes`."""
    if state in OUT:
        return "out"
    return {State.IN_HAND: "in_hand", State.SPOILED: "spoiled", State.VOID: "void"}.get(state, "returned")


def classes(printed: int, states: Iterable[State]) -> Classes:
    """The serials by class, beside the number that the printer's record states."""
    counted = Counter(class_of(state) for state in states)
    names = ("in_hand", "out", "returned", "spoiled", "void")
    return Classes(printed, **{name: counted[name] for name in names})


def sealing_problems(printed: int, states: Mapping[int, State]) -> list[Problem]:
    """Why the box may not be sealed: a serial is missing, or still with whoever was to deliver it (LC-07)."""
    found = []
    if not (standing := classes(printed, states.values())).balanced:
        message = f"印制 {printed} 张，登记簿上有 {len(states)} 张（在手 {standing.in_hand}、在外 {standing.out}、"
        message += f"收回 {standing.returned}、换发 {standing.spoiled}、作废 {standing.void}）；请逐号清点。"
        found.append(Problem("issued", message))
    return found + _still(states, "issued", {State.ISSUED}, "领出后没有送达，也没有交还；请登记送达或交还")


def counting_problems(states: Mapping[int, State]) -> list[Problem]:
    """Why the votes may not be counted: a ballot is not entered alike by two people, or waits for the arbiter."""
    unentered = _still(states, "counted_on", UNENTERED, "收回后还没有由两人录入一致；请录完")
    return unentered + _still(states, "counted_on", UNSETTLED, "等待裁定员；请先裁定")


def _still(states: Mapping[int, State], field: str, wrong: Collection[State], what: str) -> list[Problem]:
    serials = [serial for serial, state in states.items() if state in wrong]
    return [Problem(field, f"{said(serials)}{what}。")] if serials else []


def said(serials: Sequence[int], most: int = 5) -> str:
    """Serials as a sentence begins with them."""
    named = "、".join(f"{serial:06d}" for serial in serials[:most])
    return f"第 {named} 号等 {len(serials)} 张票" if len(serials) > most else f"第 {named} 号票"


def amending_problem(cured: bool, today: date, closes_on: date, sealed: bool, counted: bool) -> str:
    """Why it may not be put right any more who signed a ballot and by what right, empty while it may (law §3.4).

    ``cured`` says that the owner put it right, which ends with the vote; what was entered wrongly is corrected until
    the votes are counted.
    """
    if counted:
        return "已经计票；签名情况有误的请在异议期内提出，重新计票时更正。"
    if cured and (sealed or today > closes_on):
        return f"表决到 {closes_on} 截止，截止后不能再补正；当时登记抄错了的，请选“登记错了”。"
    return ""


def late_problem(serial: int, state: State, today: date, closes_on: date, sealed: bool) -> str:
    """Why a ballot is not entered as one that came too late, empty where it is one (law §3.4)."""
    if state not in NOT_BACK:
        return why_not(serial, state)
    if today <= closes_on and not sealed:
        return f"表决到 {closes_on} 截止，现在还没有截止；请登记收回。"
    return ""


def entrant_problem(first_by: str, second_by: str) -> str:
    """Why somebody may not enter a ballot again: who keyed it the first time never keys it the second."""
    return "您已录过这张票，第二遍须由另一人录入。" if first_by == second_by else ""


def arbiter_problem(arbiter: str, entered_by: Iterable[str]) -> str:
    """Why somebody may not settle a ballot: the arbiter is a third person (decisions 39)."""
    return "您录过这张票，须由第三人裁定。" if arbiter in set(entered_by) else ""


def compared(first: Sequence[int], second: Sequence[int]) -> tuple[int, ...]:
    """The numbers of the items, from 1, on which two entries differ."""
    return tuple(no for no, (one, other) in enumerate(zip(first, second, strict=True), 1) if one != other)
