"""How notices were published where an estate keeps its boards: on each of them, to each unit, with answers."""

from collections.abc import Iterator

from engine.rules.conduct.journey import Journey
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen


@rule(
    "PR-38",
    "H",
    "公告在每处公告栏连续公示满期，有照片或者见证",
    "民法典 201、203；物业管理条例 14",
    "T-04；features §3 第 7 项",
    "",
)
def hung_everywhere(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """On the day that ended it a notice had hung for its days on every board, and that is proved."""
    for ended in journey.of("PublicationEnded"):
        boards, whole = ended["boards"], ended["whole"]
        what = (
            f"公示结束时（{ended['on']}），{boards} 处公告栏中只有 {whole} 处连续满期并有证据，"
            f"中断过的 {ended['restarted']} 处；请补证据，补不上的重新公示。"
        )
        yield seen(ended, fault=what if whole < boards else "")


@rule(
    "PR-39",
    "M",
    "会议公告逐户送达、告知居委会有据可查",
    "物业管理条例 14；民法典 137",
    "T-04、DV-13",
    "post_meeting_notice",
)
def reached_everybody(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Every unit and the residents' committee are on record as reached by the meeting notice."""
    for ended in journey.of("PublicationEnded"):
        if ended["subject"] != "meeting":
            continue
        missing = ended["units"] - ended["reached"]
        lacking = [f"{missing} 户没有送达记录"] if missing else []
        lacking += [] if ended["committee_on"] else ["没有登记送居民委员会"]
        what = f"会议公告{'，'.join(lacking)}；请补登送达证明，补不上的以张贴为准并写明。"
        yield seen(ended, fault=what if lacking else "")


@rule("PR-84", "H", "公示期内的异议、询问在结束以前答复", "地方异议期；信托制导入操作手册", "LC-04", "")
def owners_answered(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Nobody who objected or asked while a notice hung was left without an answer when its days ended."""
    for ended in journey.of("PublicationEnded"):
        left = ended["heard"] - ended["answered"]
        what = f"公示结束时（{ended['on']}）还有 {left} 条异议或者询问没有答复；请逐条答复并告知。"
        yield seen(ended, fault=what if left else "")
