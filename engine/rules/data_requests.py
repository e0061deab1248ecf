"""What an owner may ask about their personal data, and what may be answered (个人信息保护法 15、44–50)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What is asked."""

    ACCESS = "ACCESS"
    COPY = "COPY"
    CORRECT = "CORRECT"
    DELETE = "DELETE"
    WITHDRAW = "WITHDRAW"
    EXPLAIN = "EXPLAIN"


class Outcome(StrEnum):
    """What was decided."""

    GRANTED = "GRANTED"
    PARTLY = "PARTLY"
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class Right:
    """A right as people name it, with its article; ``forgets`` says whether granting it takes something away."""

    title: str
    source: str
    forgets: bool = False


RIGHTS: Mapping[Kind, Right] = {
    Kind.ACCESS: Right("查阅", "《个人信息保护法》第四十五条"),
    Kind.COPY: Right("复制", "《个人信息保护法》第四十五条"),
    Kind.CORRECT: Right("更正、补充", "《个人信息保护法》第四十六条"),
    Kind.DELETE: Right("删除", "《个人信息保护法》第四十七条", forgets=True),
    Kind.WITHDRAW: Right("撤回同意", "《个人信息保护法》第十五条", forgets=True),
    Kind.EXPLAIN: Right("解释处理规则", "《个人信息保护法》第四十八条"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.GRANTED: "同意", Outcome.PARTLY: "部分同意", Outcome.REFUSED: "不同意",
}  # fmt: skip
#: Why a request is turned down, as the reply says it; anything else is no ground (50 ¶2: a refusal gives its reasons).
REFUSALS: Mapping[str, tuple[str, str]] = {
    "UNPROVEN": ("没有核实请求人就是业主本人或者有权代理", "《个人信息保护法》第四十四条、第五十条"),
    "NOT_HELD": ("没有处理所说的信息", "《个人信息保护法》第四十四条"),
    "RIGHT_AS_IT_IS": ("经核对，登记的与原件一致", "《个人信息保护法》第四十六条第二款"),
    "SECRET": ("法律、行政法规规定应当保密或者不需要告知", "《个人信息保护法》第十八条第一款、第四十五条第一款"),
    "KEPT_BY_LAW": ("保存期限没有届满，除存储和安全保护以外已停止其他处理", "《个人信息保护法》第四十七条第二款"),
    "NOT_BY_CONSENT": ("处理的依据不是同意，撤回不适用", "《个人信息保护法》第十三条、第十五条"),
}


@dataclass(frozen=True)
class Held:
    """Something that is kept about a person: what, what for, until when, and why it has to stay.

    ``must_stay`` is empty for what may be deleted when the person asks.
    """

    name: str
    title: str
    content: str
    purpose: str
    until: str
    must_stay: str = ""


def allowed(kind: Kind, proven: bool) -> Collection[Outcome]:
    """What may be decided: nobody is told, and nothing taken away, before it is known who asks."""
    if not proven:
        return (Outcome.REFUSED,)
    # what is deleted says by itself how far it was granted
    return (Outcome.PARTLY, Outcome.REFUSED) if RIGHTS[kind].forgets else (Outcome.GRANTED, Outcome.REFUSED)


def of_deletion(held: Sequence[Held], chosen: Collection[str]) -> Outcome:
    """How far a deletion is granted by what is chosen of what is held; what must stay is never among it."""
    taken = [one for one in held if one.name in chosen and not one.must_stay]
    if not taken:
        return Outcome.REFUSED
    return Outcome.GRANTED if len(taken) == len(held) else Outcome.PARTLY


def late(due_on: date, decided_on: date | None, today: date) -> bool:
    """Whether the reply is overdue, or came too late."""
    return (decided_on or today) > due_on
