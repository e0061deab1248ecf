"""The numbers of a place by which a contract is reviewed, as its pack has them."""

from dataclasses import dataclass
from typing import Any

from engine.rules.jurisdiction import Pack
from engine.rules.prereview.facts import Facts, fact
from engine.rules.tally import Thresholds

#: Liquidated damages more than this above the loss are normally too high (合同编通则解释 65), percent.
DAMAGES_OVER_LOSS_MAX = 30


@dataclass(frozen=True, kw_only=True)
class Limits(Facts):
    """Periods in days unless the name says otherwise, shares in percent, the late fee in 万分之 a day.

    An estate keeps its pack, and an older one may lack a number: a rule that needs it finds that it is absent.
    """

    thresholds: Thresholds = fact("规则包：表决比例")
    ratio_min: int = fact("规则包：酬金比例下限")
    ratio_max: int = fact("规则包：酬金比例上限")
    bidders_min: int = fact("规则包：最少投标家数")
    subcontract_share_max: int = fact("规则包：单项分包上限")
    single_payment_max: int = fact("规则包：单笔支付限额")
    disclosure_months: int = fact("规则包：公示最长间隔")
    late_fee_max: int = fact("规则包：违约金上限")
    lock_in_months_max: int = fact("规则包：不得解聘的月数上限")
    notice_min: int = fact("规则包：约定通知期下限")
    notice_max: int = fact("规则包：约定通知期上限")
    indefinite_min: int = fact("规则包：不定期合同通知期")
    dismissal: int = fact("规则包：解聘通知期")
    exit_days: int = fact("规则包：退出移交期限")
    final_account_days: int = fact("规则包：清算报告期限")
    beyond_body_months: int = fact("规则包：合同比组织任期长出的上限")
    years_max: int = fact("规则包：合同年限上限")
    fee_mode: str = fact("规则包：定价方式")
    supervisor_required: str = fact("规则包：是否设监察人")
    filings: tuple[str, ...] = fact("规则包：应列出的备案")
    contract_filing: int = fact("规则包：合同备案期限")

    @staticmethod
    def of(pack: Pack) -> "Limits":
        """The limits that a pack sets."""
        known: dict[str, Any] = {name: pack.value(key) for name, key in _KEYS.items() if key in pack.parameters}
        if "contract_filings" in pack.parameters:
            known["filings"] = pack.words("contract_filings")
        shares = ("quorum_area", "quorum_headcount", "pass_ordinary", "pass_special")
        return Limits(at="pack", thresholds=Thresholds(*(pack.value(share) for share in shares)), **known)


_KEYS = {
    "ratio_min": "remuneration_ratio_min",
    "ratio_max": "remuneration_ratio_max",
    "bidders_min": "bidders_min",
    "subcontract_share_max": "subcontract_share_max",
    "single_payment_max": "payment_limit_b",
    "disclosure_months": "disclosure_min",
    "late_fee_max": "late_fee_cap",
    "lock_in_months_max": "lock_in_max",
    "notice_min": "agreed_notice_min",
    "notice_max": "agreed_notice_max",
    "indefinite_min": "indefinite_term_notice",
    "dismissal": "dismissal_notice",
    "exit_days": "handover_exit",
    "final_account_days": "final_account_report",
    "beyond_body_months": "contract_beyond_term_max",
    "years_max": "contract_years_max",
    "fee_mode": "fee_mode",
    "supervisor_required": "supervisor_required",
    "contract_filing": "contract_filing",
}
