"""How a vote of the owners is convened: its agenda, who convenes it, and what owners are given to decide on.

Law gates LC-03 and LC-05, law §3.3 and §3.6, T-13; manual 7.1 and 7.2.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import Problem
from engine.rules import ballot_box
from engine.rules.signing import Resolution, carried

PREP_GROUP, FOLLOW_MAJORITY = "PREP_GROUP", "FOLLOW_MAJORITY"
ELECTION_CLASS = 3
SPECIAL_CLASSES = frozenset({6, 7, 8})
"""Classes of 民法典 278 ¶1 that need three quarters of the participants (¶2)."""
BUSINESS_CLASS = 8
"""Changing the use of shared parts, or running a business with them."""
BODY_CLASSES = frozenset({1, 2, 3})
"""What concerns the owners' body itself: its rules, the covenant, its members."""
#: What must go out with the notice so that owners know what they vote on, by class of item (LC-05).
MATERIALS: Mapping[int, tuple[str, str]] = {
    1: ("RULES", "议事规则草案"),
    2: ("COVENANT", "管理规约草案"),
    3: ("CANDIDATES", "候选人简介"),
    4: ("CONTRACT_TERMS", "合同主要条款"),
}


@dataclass(frozen=True)
class AgendaItem:
    """One question to the owners: its class 1–9 of 民法典 278 ¶1, and whether the whole fails with it.

    In an election each candidate is a question of its own (law §3.3).
    """

    no: int
    text: str
    item_class: int
    key: bool
    candidate: str = ""

    @property
    def majority(self) -> str:
        """``SPECIAL`` (three quarters) or ``ORDINARY`` (more than half)."""
        return "SPECIAL" if self.item_class in SPECIAL_CLASSES else "ORDINARY"


@dataclass(frozen=True)
class Convening:
    """Who convenes, by which decision, and since when the agenda of the deciding meeting was posted.

    ``convenor`` is ``OC``, ``PMC``, ``PREP_GROUP`` or ``ALL_OWNERS`` (representatives of owners without an assembly);
    only a committee posts the agenda of its own meeting.
    ``body_kind`` and ``term_end`` are those of the verified body, empty before one was verified.
    """

    convenor: str
    resolution: Resolution
    agenda_posted_on: date | None
    body_kind: str = ""
    term_end: date | None = None


def agenda_problems(items: Sequence[AgendaItem], seats: int | None = None) -> list[Problem]:
    """Items that may not be announced: without class, text or number of their own (LC-05)."""
    found = [] if items else [Problem("items", "没有表决事项；请至少列一项。")]
    seen: set[int] = set()
    for index, item in enumerate(items):
        where = f"items[{index}]"
        if item.no in seen:
            found.append(Problem(f"{where}.no", f"事项号 {item.no} 重复；请逐项编号。"))
        seen.add(item.no)
        if not item.text.strip():
            found.append(Problem(f"{where}.text", f"事项 {item.no} 没有内容；请写明表决的全文。"))
        if not 1 <= item.item_class <= 9:
            found.append(Problem(f"{where}.item_class", f"事项 {item.no} 没有归类；请选民法典第 278 条的 1–9 项。"))
    if items and not any(item.key or item.candidate for item in items):
        found.append(Problem("items", "没有标出关键事项；请标出决定能否继续导入的事项。"))
    return found + bundling_problems(items) + _candidate_problems(items, seats)


#: Words by which a text puts a matter of three quarters to the owners, by its class (民法典 278 ¶1 nos. 6 to 8).
_SPECIAL_WORDS: Mapping[int, tuple[str, re.Pattern[str]]] = {
    6: ("筹集维修资金", re.compile(r"(筹集|续筹|补缴).{0,10}维修资金")),
    7: ("改建、重建", re.compile(r"(改建|重建)(建筑物|房屋|楼栋|附属设施|共[用有]|小区)")),
    8: (
        "利用共有部分经营或者改变用途",
        re.compile(
            r"(利用|使用)(共用|公共|共有)(部位|部分|设施).{0,8}(经营|出租|广告)|改变(共用|公共|共有)(部位|部分).{0,6}用途"
        ),
    ),
}


def bundling_problems(items: Sequence[AgendaItem]) -> list[Problem]:
    """Items of an ordinary class whose text also asks for what needs three quarters (law §3.3).

    Such a matter is an item of its own; one that stays together takes the class of the highest majority.
    """
    return [
        Problem(
            f"items[{index}].text",
            f"事项 {item.no} 归第 {item.item_class} 类，却写到{what}（第 {special} 类，须四分之三以上同意）；"
            f"请单列一项，或整项归第 {special} 类。",
        )
        for index, item in enumerate(items)
        if item.item_class not in SPECIAL_CLASSES
        for special, (what, words) in _SPECIAL_WORDS.items()
        if words.search(item.text)
    ]


def business_problems(items: Sequence[AgendaItem], new_business: Sequence[str]) -> list[Problem]:
    """Budget lines of new business with shared parts that no item of class 8 puts to the owners (RC-24, manual S6).

    An agenda that concerns the owners' body alone has nothing to do with the budget.
    """
    classes = {item.item_class for item in items}
    if not new_business or BUSINESS_CLASS in classes or classes <= BODY_CLASSES:
        return []
    codes = "、".join(new_business)
    message = f"预算科目 {codes} 是利用共用部位新增的经营，须单列一项第 8 类事项，由四分之三以上通过；请补上该事项。"
    return [Problem("items", message)]


def _candidate_problems(items: Sequence[AgendaItem], seats: int | None) -> list[Problem]:
    """What is wrong with the candidates: each stands in an item of class 3, none decides for the whole."""
    found = []
    for index, item in enumerate(items):
        where = f"items[{index}]"
        if item.candidate and item.item_class != ELECTION_CLASS:
            found.append(Problem(f"{where}.candidate", f"事项 {item.no} 不是选举，不能写候选人；请清空或改归第 3 类。"))
        if item.candidate and item.key:
            found.append(Problem(f"{where}.key", f"事项 {item.no} 是候选人，逐人表决，不能作关键事项；请去掉勾选。"))
    standing = [item.candidate for item in items if item.candidate]
    if len(standing) != len(set(standing)):
        found.append(Problem("items", "同一候选人列了两次；请每人只列一项。"))
    if standing and not seats:
        found.append(Problem("seats", "有候选人事项，没有写应选名额；请补上。"))
    if seats and seats > len(standing):
        found.append(Problem("seats", f"应选 {seats} 人，候选人只有 {len(standing)} 人；请增加候选人或减少名额。"))
    return found


def convening_problems(convening: Convening, agenda_days: int) -> list[Problem]:
    """Why the vote may not be convened (LC-03; 指导规则 38, 39); ``agenda_days`` is the pack's 7."""
    found, resolution = _convenor_problems(convening), convening.resolution
    posted = convening.agenda_posted_on
    if posted is not None and posted + timedelta(agenda_days) > resolution.decided_on:
        earliest = posted + timedelta(agenda_days)
        message = f"会议议程须提前 {agenda_days} 天公告；{posted} 公告，最早 {earliest} 开会。"
        found.append(Problem("agenda_posted_on", message))
    if not carried(resolution):
        message = "须过半数成员到会、全体成员半数以上同意，且同意人数不超过到会人数；请核对。"
        found.append(Problem("members_for", message))
    return found


def _convenor_problems(convening: Convening) -> list[Problem]:
    """A committee convenes only as the body that was verified, and within its term."""
    if convening.convenor == PREP_GROUP:
        return []
    if convening.convenor != convening.body_kind:
        return [Problem("convenor", "召集人与核查通过的业主组织不一致；请改选召集人，或先完成业主组织核查。")]
    if convening.term_end is not None and convening.term_end < convening.resolution.decided_on:
        message = f"业主组织任期到 {convening.term_end} 届满，不能再召集；请由换届小组召集，或先换届。"
        return [Problem("convenor", message)]
    return []


def unreturned_problems(rule: str, adopted_on: date | None, convenor: str, decided_on: date) -> list[Problem]:
    """Why ballots not returned may not follow the majority: only rules adopted before may say so (law §3.6)."""
    if rule != FOLLOW_MAJORITY:
        return []
    return _unadopted(
        ("unreturned_rule", "未交回票只能不计入参与"), ("rules_adopted_on", adopted_on), convenor, decided_on
    )


def duplicate_problems(rule: str | None, adopted_on: date | None, convenor: str, decided_on: date) -> list[Problem]:
    """Why no channel may prevail where paper and platform differ: only rules adopted before may say so (law §3.4)."""
    if rule in (None, ballot_box.HELD):
        return []
    without = ("duplicate_rule", "两票不一致的只能搁置，由裁定员处理")
    return _unadopted(without, ("duplicate_adopted_on", adopted_on), convenor, decided_on)


def _unadopted(
    without: tuple[str, str], adopted: tuple[str, date | None], convenor: str, decided_on: date
) -> list[Problem]:
    """Why adopted rules cannot have said so; ``without`` is the field of the rule, and what holds where there is none.

    ``adopted`` is the field of the day on which they were adopted, and that day.
    """
    if convenor == PREP_GROUP:
        return [Problem(without[0], f"筹备组召集时还没有生效的议事规则；{without[1]}。")]
    field, day = adopted
    if day is None or day >= decided_on:
        return [Problem(field, "载有这一条款的议事规则须在本次决议以前已经通过；请核对日期。")]
    return []


def material_problems(items: Sequence[AgendaItem], attached: Collection[str]) -> list[Problem]:
    """Materials missing from the notice (LC-05); an election needs the candidates', a company the contract's."""
    needed = {item.item_class for item in items} & set(MATERIALS)
    return [
        Problem("attachments", f"议程有第 {number} 类事项，公告须附{MATERIALS[number][1]}；请准备后勾选。")
        for number in sorted(needed)
        if MATERIALS[number][0] not in attached
    ]
