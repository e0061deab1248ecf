"""What the receipt of a ballot tells whoever holds it: that it arrived, counts or does not, and why; never the choice.

Holding the owner's strip is all it takes, so that nothing is told that a neighbour may not know.
"""

from dataclasses import dataclass

from engine.rules import ballot_life
from engine.rules.ballot_box import SAYS, Ground
from engine.rules.ballot_life import State

ARRIVED, COUNTED, NOT_COUNTED, NOT_BACK = "已收到", "已计入", "不计入", "还没有收到"
#: Of what did not come back, where the paper is as far as anybody wrote down.
_OUT = {
    State.IN_HAND: "这张票还在召集人手里，没有登记送达。",
    State.ISSUED: "这张票已由送票人领出，还没有登记送达。",
    State.DELIVERED: "这张票已登记送达，还没有登记交回。",
    State.REFUSED: "这张票登记为拒收。",
    State.UNDELIVERABLE: "这张票没有送到，已在小区内公告领取。",
}


@dataclass(frozen=True)
class Receipt:
    """How a ballot stands, in a word and in a sentence with what to do."""

    status: str
    says: str


#: Of a ballot of a meeting before the one that runs: its vote is over, and what came of it is told by its notice.
EARLIER = Receipt(
    "以前的会议", "这张票是以前一次会议的，那次表决已经结束；它的结果见当时的公告，要查存档的请向召集人申请。"
)


@dataclass(frozen=True)
class Standing:
    """A ballot as the register has it.

    ``returned_on`` is the day it came back, empty if it did not; ``ground`` why what came back is no ballot, as far
    as known; ``spoiled_why`` and ``replaced_by`` say what became of one that was replaced; ``closed`` that nothing
    comes in any more, ``late`` that it came after that.
    """

    state: State
    returned_on: str = ""
    ground: Ground | None = None
    spoiled_why: str = ""
    replaced_by: int = 0
    closed: bool = False
    late: bool = False


def receipt(one: Standing) -> Receipt:
    """What its holder is told."""
    if one.state is State.SPOILED:
        instead = f"请使用换发的第 {one.replaced_by:06d} 号票。" if one.replaced_by else ""
        return Receipt(NOT_COUNTED, f"这张票已作废（{one.spoiled_why}），不再使用。{instead}")
    if one.state is State.VOID:
        return Receipt(NOT_COUNTED, "那次表决已经作废，这张票随之作废；重新表决时另发新票。")
    if one.late:
        return Receipt(NOT_COUNTED, "这张票在表决截止以后才收到，不计入；原件留存备查。")
    if one.state in ballot_life.NOT_BACK:
        then = "表决已经截止，按没有交回办理。" if one.closed else "请在截止前交回；已经交回的，请向召集人核实。"
        return Receipt(NOT_BACK, _OUT[one.state] + then)
    came = f"这张票于 {one.returned_on} 收到。"
    if one.ground is not None:
        return Receipt(NOT_COUNTED, f"{came}目前不能计入：{SAYS[one.ground]}")
    if one.state is State.FINAL:
        return Receipt(COUNTED, f"{came}计票时已计入参与表决。")
    return Receipt(ARRIVED, f"{came}计票以后可以再查是否计入。")
