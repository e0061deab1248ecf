"""What national law lets no place undercut (law §2.2, §3.5; decisions 9).

A pack repeats the bound beside its own value, so that whoever reads the pack sees both; :mod:`jurisdiction`
refuses a pack that states another one, or goes beyond it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.rules import laws


@dataclass(frozen=True)
class Limit:
    """A bound of national law: at least (``min``), at most (``max``) or exactly (``fixed``) ``value``."""

    direction: str
    value: int | Fraction
    source: str

    def holds(self, value: int | Fraction) -> bool:
        """Whether ``value`` keeps within the bound."""
        if self.direction == "fixed":
            return value == self.value
        return value >= self.value if self.direction == "min" else value <= self.value


LIMITS: Mapping[str, Limit] = {
    "quorum_area": Limit("min", Fraction(2, 3), "民法典 278 ¶2"),
    "quorum_headcount": Limit("min", Fraction(2, 3), "民法典 278 ¶2"),
    "pass_ordinary": Limit("min", Fraction(1, 2), "民法典 278 ¶2"),
    "pass_special": Limit("min", Fraction(3, 4), "民法典 278 ¶2"),
    "assembly_notice": Limit("min", 15, "物业管理条例 14"),
    "extraordinary_notice": Limit("min", 15, "物业管理条例 14"),
    "first_assembly_notice": Limit("min", 15, f"{laws.GUIDING_RULES} 12"),
    "requisition": Limit("max", 20, "物业管理条例 13"),
    "prep_group_setup": Limit("max", 60, f"{laws.GUIDING_RULES} 9"),
    "prep_group_first_assembly": Limit("max", 90, f"{laws.GUIDING_RULES} 15"),
    "prep_group_owner_share_min": Limit("min", 50, f"{laws.GUIDING_RULES} 10"),
    "oc_filing": Limit("max", 30, "物业管理条例 16"),
    "oc_change_filing": Limit("max", 30, f"{laws.GUIDING_RULES} 34"),
    "oc_first_meeting": Limit("max", 7, f"{laws.GUIDING_RULES} 31"),
    "oc_agenda_notice": Limit("min", 7, f"{laws.GUIDING_RULES} 39"),
    "oc_decision_notice": Limit("max", 3, f"{laws.GUIDING_RULES} 39"),
    "oc_requested_meeting": Limit("max", 7, f"{laws.GUIDING_RULES} 37"),
    "election_lead": Limit("min", 3, f"{laws.GUIDING_RULES} 47"),
    "oc_handover": Limit("max", 10, f"{laws.GUIDING_RULES} 48"),
    "oc_size_min": Limit("min", 5, f"{laws.GUIDING_RULES} 31"),
    "oc_size_max": Limit("max", 11, f"{laws.GUIDING_RULES} 31"),
    "oc_term_max": Limit("max", 5, f"{laws.GUIDING_RULES} 32"),
    # what a contract itself may agree under 946 and 947 is rules.termination's business, not the place's
    "dismissal_notice": Limit("min", 60, "民法典 946"),
    "company_no_renew_notice": Limit("min", 90, "民法典 947"),
    "indefinite_term_notice": Limit("min", 60, "民法典 948"),
    "inspection_archive": Limit("max", 10, "物业承接查验办法 35"),
    "revocation_period": Limit("fixed", 1, f"民法典 280；{laws.OWNERSHIP} 12"),
    "trust_revocation_period": Limit("fixed", 1, "信托法 22"),
    "limitation_period": Limit("fixed", 3, "民法典 188"),
    "trust_report": Limit("max", 1, "信托法 33"),
    "annual_accounts": Limit("max", 1, "物业服务收费管理办法 12"),
    "guard_filing": Limit("max", 30, "保安服务管理条例 14"),
    "tender_contract": Limit("max", 30, "招标投标法 46"),
    "impact_assessment_retention": Limit("min", 3, "个人信息保护法 56"),
    "data_sharing_retention": Limit("min", 3, "网络数据安全管理条例 12"),
    "breach_notice": Limit("max", 0, "个人信息保护法 57"),
}
