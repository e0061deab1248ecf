"""What a scanned page is, by what its code says and how the ballot of that serial stands (law §3.4).

A page is filed only as one ballot, and a ballot has one scan: of a second with its serial a person says what it is.
"""

from enum import StrEnum

from engine.rules import ballot_life
from engine.rules.ballot_life import State


class Verdict(StrEnum):
    """What a scanned page turned out to be; ``WAITS`` before it was looked at."""

    WAITS = ""
    FILED = "filed"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    TWICE = "twice"
    BLANK = "blank"
    BROKEN = "broken"
    DROPPED = "dropped"


WORDS = {
    Verdict.WAITS: "正在看",
    Verdict.FILED: "已归到票",
    Verdict.UNREADABLE: "读不出票号",
    Verdict.FOREIGN: "不收",
    Verdict.TWICE: "同号的又一张",
    Verdict.BLANK: "空白页",
    Verdict.BROKEN: "打不开",
    Verdict.DROPPED: "已放下",
}
#: What a person has to settle; a blank page hinders nobody.
UNSETTLED = (Verdict.UNREADABLE, Verdict.FOREIGN, Verdict.TWICE, Verdict.BROKEN)


def verdict(serial: int, state: State, already: str) -> tuple[Verdict, str]:
    """What a page with this serial is, and what to tell of it; ``already`` says where the ballot's scan is, if any."""
    if state in {State.SPOILED, State.VOID}:
        return Verdict.FOREIGN, ballot_life.why_not(serial, state)
    if already:
        said = f"第 {serial:06d} 号票已有扫描件（{already}）；同一号只计一张，可能是复印件，也可能扫了两次，请对照。"
        return Verdict.TWICE, said
    if state in ballot_life.NOT_BACK:
        return Verdict.FILED, f"第 {serial:06d} 号票还没有登记收回；请看着票面登记谁签的名。"
    return Verdict.FILED, ""


def strays(serials: set[int]) -> str:
    """Why a page with codes of several ballots is filed as none."""
    return f"一页上有{ballot_life.said(sorted(serials))}的二维码；请一张一张分开扫描。"
