"""Who may see what of an estate, in sentences and as verdicts: the pages and the administrator's checker ask the same.

Personal data of owners belong to lanes of the estate, never to a role held somewhere (law §6.2): to whoever acts in
them, for as long as he does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.errors import NotPermitted


@dataclass(frozen=True)
class Sight:
    """Personal data that only some lanes of an estate may see: what they are, and why those."""

    title: str
    lanes: tuple[str, ...]
    why: str


#: By key; default visibility of law §6.2.
SIGHTS: Mapping[str, Sight] = {
    "owners": Sight(
        "业主的完整姓名和电话",
        ("社区干部", "网格员", "业委会/物管会"),
        "走访、送达和召集会议要用；其他人只看遮住的姓名和号码",
    ),
    "identity": Sight("证件号", ("社区干部",), "只有核对业主身份的人要用；完整的号码有依据才存入保险库"),
    "attitudes": Sight("逐户的态度和谈话", ("社区干部", "网格员"), "只有走访的人要用；其他人看汇总"),
    "votes": Sight("一户投了什么", ("社区干部",), "只为答复业主、处理异议或者依法调取，计票以后才能看"),
    "requests": Sight("个人信息请求和答复", ("社区干部", "街道"), "受理和答复业主的人要用"),
    "recount": Sight(
        "逐票的数据和起决定作用的票",
        ("社区干部", "法律顾问", "监察人"),
        "只为复核计票、对有争议的结果出具意见或者依法调取，计票以后才能取",
    ),
    "papers": Sight(
        "载有业主姓名和房号的内部文书",
        ("社区干部", "网格员", "业委会/物管会", "街道", "法律顾问"),
        "办理和审查这些文书的人要用",
    ),
    "opinions": Sight(
        "法律顾问的审阅意见书",
        ("社区干部", "业委会/物管会", "街道", "法律顾问"),
        "意见是出给业主一方和街道的，不给合同的对方看",
    ),
    "archive": Sight(
        "一案一档的全本",
        ("社区干部",),
        "全本含以上全部个人信息，只给全部能看的人；其他人取公开本",
    ),
    "balances": Sight(
        "逐户的欠费和预交费",
        ("社区干部", "业委会/物管会", "物业企业", "会计审计"),
        "清算费用的人要用",
    ),
}
#: The papers that hold personal data beyond what the law makes public, by the sight that opens them.
PAPERS: Mapping[str, str] = {
    "talent_list": "papers",
    "discussion_minutes": "papers",
    "body_check": "papers",
    "assembly_application": "papers",
    "pmc_application": "papers",
    "committee_filing": "papers",
    "ballot": "papers",
    "delivery_register": "papers",
    "objection_register": "papers",
    "key_person_talks": "attitudes",
    "opinion": "opinions",
    "data_reply": "requests",
    "settlement": "balances",
    "cutover_statement": "balances",
}


@dataclass(frozen=True)
class Verdict:
    """Whether somebody may, and the reason in words."""

    yes: bool
    because: str


def sees(acting: Mapping[str, str], name: str, sight: str) -> Verdict:
    """Whether ``name``, who acts in these lanes of an estate, each for its reason, may see personal data of it."""
    of = SIGHTS[sight]
    held = [acting[lane] for lane in of.lanes if lane in acting]
    if held:
        return Verdict(True, f"{'，'.join(held)}；{of.why}。每次查看都记入查看记录")
    return Verdict(False, f"{of.title}只给这个小区的{'、'.join(of.lanes)}看（{of.why}），{name}不是其中的人")


def refuse_unless(verdict: Verdict) -> None:
    """Raise NotPermitted with the reason of a verdict that says no."""
    if not verdict.yes:
        raise NotPermitted("{because}。确有需要的，请找其中的人。", because=verdict.because)


def sights_of(lanes: Collection[str]) -> list[Sight]:
    """What personal data some of ``lanes`` may see."""
    return [sight for sight in SIGHTS.values() if set(sight.lanes) & set(lanes)]
