"""What owners were promised at the door or by a bid: each is in a clause of the contract, or declined for a reason.

民法典 938 ¶2 makes what a company publicly promises to the owners' good a part of its contract; law RC-46.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cn2an

from engine.errors import Problem

_CHINESE = "一二三四五六七八九十百"
_CLAUSE = re.compile(rf"第?\s*(?P<no>[1-9]\d?|[{_CHINESE}]+)\s*条?|(?P<annex>附件)\s*(?P<of>[1-9]\d?|[{_CHINESE}]+)")


@dataclass(frozen=True)
class Settled:
    """What becomes of a promise: the clause that keeps it as somebody wrote it, or why none does."""

    promise: str
    clause: str
    reason: str

    @property
    def number(self) -> str:
        """The clause's number as contracts write it: 二十, 附件八; empty for none that can be read."""
        found = _CLAUSE.fullmatch(self.clause.strip())
        if found is None:
            return ""
        number = found["no"] or found["of"]
        return (found["annex"] or "") + (cn2an.an2cn(number, "low") if number.isdigit() else number)


def open_still(noted: Collection[str], settled: Sequence[Settled]) -> list[str]:
    """The promises of which nobody said what becomes of them, in the order in which they were noted."""
    answered = {_same(one.promise) for one in settled}
    return [promise for promise in dict.fromkeys(noted) if _same(promise) not in answered]


def problems(noted: Collection[str], settled: Sequence[Settled]) -> list[Problem]:
    """Why a contract is not final: promises left out, a row with neither clause nor reason or with both, one twice."""
    found = [
        Problem("promises", f"承诺“{promise}”还没有处理；请加一行，写明写入第几条，或者不写入的理由。")
        for promise in open_still(noted, settled)
    ]
    seen: set[str] = set()
    for index, one in enumerate(settled):
        where, name = f"promises[{index}]", _same(one.promise)
        if name in seen:
            found.append(Problem(f"{where}.promise", f"承诺“{one.promise}”写了两行；请删去一行。"))
        seen.add(name)
        if one.clause.strip() and not one.number:
            found.append(Problem(f"{where}.clause", "条号应写成 12、第十二条或者附件八；请改正。"))
        elif bool(one.clause.strip()) == bool(one.reason.strip()):
            message = "写入的条号和不写入的理由，二者填一项；请改正。"
            found.append(Problem(f"{where}.clause", message))
    return found


def _same(promise: str) -> str:
    return "".join(promise.split()).rstrip("。；;.")
