"""Whether somebody may be the estate's supervisor 监察人 (manual §2.1 note b; law RC-39)."""

from dataclasses import dataclass
from datetime import date

from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Nominee:
    """What the nominee declared, and the term he is proposed for."""

    related_to_company: bool
    committee_member: bool
    term_start: date
    term_end: date


def eligible(nominee: Nominee) -> Outcome:
    """``ELIGIBLE``, or ``CONFLICT`` with the reasons as sentences in figure ``missing``."""
    checks = (
        (not nominee.related_to_company, "与物业企业有利益关系。"),
        (not nominee.committee_member, "是本小区业委会或物管会成员。"),
        (nominee.term_start < nominee.term_end, "聘期届满日应晚于开始日。"),
    )
    missing = [sentence for holds, sentence in checks if not holds]
    return Outcome("CONFLICT" if missing else "ELIGIBLE", {"missing": missing}, ("RC-39",))
