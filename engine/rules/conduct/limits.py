"""The periods and shares of a place by which a journey is read, as its pack has them."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from engine.rules.deadlines import Calendar
from engine.rules.jurisdiction import Pack
from engine.rules.prereview.facts import Facts, fact
from engine.rules.tally import Thresholds


@dataclass(frozen=True, kw_only=True)
class Limits(Facts):
    """Periods in days, shares as the tally has them, ``callback`` in percent; ``calendar`` of the years."""

    calendar: Calendar = fact("放假安排")
    thresholds: Thresholds = fact("规则包：表决比例")
    assembly_notice: int = fact("规则包：会议公告期")
    window_min: int = fact("规则包：表决期下限")
    window_max: int = fact("规则包：表决期上限")
    result_notice: int = fact("规则包：公告表决结果")
    result_told: int = fact("规则包：决定告知居委会")
    objection: int = fact("规则包：结果异议期")
    roster_objection: int = fact("规则包：名册异议期")
    callback: int = fact("规则包：抽查回访比例")
    prep_group_setup: int = fact("规则包：组织筹备组")
    first_assembly: int = fact("规则包：召开首次业主大会")
    first_meeting: int = fact("规则包：业委会首次会议")
    committee_filing: int = fact("规则包：业委会备案")
    agenda: int = fact("规则包：业委会会议议程公告")
    decision_notice: int = fact("规则包：业委会决定公告")
    member_notice: int = fact("规则包：物管会成员公示")
    comments: int = fact("规则包：方案征求意见")
    contract_filing: int = fact("规则包：合同备案")
    dismissal: int = fact("规则包：解聘通知")
    indefinite: int = fact("规则包：解除不定期合同通知")
    exit: int = fact("规则包：原企业退出移交")
    refund: int = fact("规则包：退还预交物业费")
    takeover_filing: int = fact("规则包：承接查验备案")
    display: int = fact("规则包：公示张贴时间")

    @staticmethod
    def of(pack: Pack, calendar: Calendar) -> "Limits":
        """The limits that a pack sets; an older one may lack a number, and the rule that needs it says so."""
        known: dict[str, Any] = {name: pack.value(key) for name, key in _KEYS.items() if key in pack.parameters}
        shares: list[Fraction] = [pack.value(share) for share in _SHARES]
        return Limits(at="pack", calendar=calendar, thresholds=Thresholds(*shares), **known)

    def last_day(self, begins: date, days: int) -> date:
        """The last day of so many in which something has to be done: past a holiday it is the next working day
        (民法典 203)."""
        return self.calendar.next_working(begins + timedelta(days))


_SHARES = ("quorum_area", "quorum_headcount", "pass_ordinary", "pass_special")
_KEYS = {
    "assembly_notice": "assembly_notice",
    "window_min": "voting_window_min",
    "window_max": "voting_window_max",
    "result_notice": "result_notice",
    "result_told": "result_told",
    "objection": "objection_period",
    "roster_objection": "roster_objection",
    "callback": "callback_min",
    "prep_group_setup": "prep_group_setup",
    "first_assembly": "prep_group_first_assembly",
    "first_meeting": "oc_first_meeting",
    "committee_filing": "oc_filing",
    "agenda": "oc_agenda_notice",
    "decision_notice": "oc_decision_notice",
    "member_notice": "pmc_member_notice",
    "comments": "plan_comment_period",
    "contract_filing": "contract_filing",
    "dismissal": "dismissal_notice",
    "indefinite": "indefinite_term_notice",
    "exit": "handover_exit",
    "refund": "prepaid_refund",
    "takeover_filing": "takeover_filing",
    "display": "disclosure_display",
}
