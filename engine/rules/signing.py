"""Whether a service contract was signed within what the owners decided (manual §3.3 S8, gate G8; law LC-09)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.errors import Problem
from engine.rules.exact import Percent
from engine.rules.outcome import Outcome
from engine.rules.owners_body import ALL_OWNERS, Body, in_term
from engine.rules.remuneration import Base

#: What a property service consists of, as a contract lists what others do of it (民法典 941, 942).
SERVICES = frozenset({"REPAIR", "CLEANING", "GREENING", "ORDER", "FACILITIES", "PARKING", "ARCHIVE"})


@dataclass(frozen=True)
class Voted:
    """What the owners decided: the outcome of the vote, and the range within which the committee may sign.

    ``company`` is empty where they decided only how to select; ``objections_closed_on`` is None while
    objections are open.
    """

    outcome: str
    result_posted_on: date | None
    objections_closed_on: date | None
    company: str
    fee_max: Decimal
    ratio_max: Percent
    years_max: int
    fixed_max: Decimal = Decimal(0)


@dataclass(frozen=True)
class Contract:
    """The final contract; ``fee_std`` in yuan per m² and month, the last day of service is ``service_end``.

    ``remuneration_fixed`` is yuan a year; ``self_governed`` says that an executive body of the owners serves.
    """

    company: str
    company_code: str
    project_manager: str
    fee_std: Decimal
    remuneration_ratio: Percent
    service_start: date
    service_end: date
    signed_on: date | None
    committee_signatory: str
    company_signatory: str
    witness: str
    covenant_signed: bool
    remuneration_fixed: Decimal = Decimal(0)
    self_governed: bool = False
    oath_taken: bool = True


@dataclass(frozen=True)
class Resolution:
    """The committee's decision to sign (指导规则 38: no proxy for members)."""

    decided_on: date
    members_total: int
    members_present: int
    members_for: int


@dataclass(frozen=True)
class Account:
    """The common fund's account and its tests; ``opening_balance`` in yuan."""

    bank: str
    name: str
    number: str
    dual_control_tested_on: date | None
    rejected_payment_tested: bool
    opening_balance: Decimal


@dataclass(frozen=True)
class Appointment:
    """The supervisor's appointment; ``issued_on`` is the day of the letter."""

    eligible: bool
    issued_on: date | None
    term_start: date | None
    term_end: date | None


@dataclass(frozen=True)
class Filing:
    """Filing with the street, publication to the owners, the manager's report, the open page of the platform."""

    filed_on: date | None
    published_on: date | None
    manager_reported_on: date | None
    platform_opened_on: date | None


@dataclass(frozen=True)
class Signing:
    """Everything gate G8 looks at."""

    voted: Voted
    contract: Contract
    body: Body
    resolution: Resolution
    account: Account
    appointment: Appointment
    filing: Filing


def ready(signing: Signing, today: date) -> Outcome:
    """Gate G8: ``READY``, or ``INCOMPLETE`` with what is missing as sentences in figure ``missing``.

    ``counsel`` is true where a property management committee signs: until the law is settled that
    needs counsel (RC-03; decisions 6).
    """
    missing = [
        *outside_the_vote(signing.contract, signing.voted),
        *_unsigned(signing),
        *_without_mandate(signing),
        *_without_account(signing.account),
        *_without_supervisor(signing.appointment, today),
        *_unfiled(signing),
    ]
    contract, voted = signing.contract, signing.voted
    figures = {
        "missing": missing,
        "counsel": signing.body.kind == "PMC",
        "fee_std": str(contract.fee_std),
        "fee_max": str(voted.fee_max),
        "remuneration_ratio": str(contract.remuneration_ratio),
        "ratio_max": str(voted.ratio_max),
        "signed_on": contract.signed_on.isoformat() if contract.signed_on else None,
        "service_start": contract.service_start.isoformat(),
    }
    return Outcome("INCOMPLETE" if missing else "READY", figures, ("G8", "LC-09", "RC-01", "RC-02", "RC-03"))


def within_vote(contract: Contract, voted: Voted, stated_within: bool) -> Outcome:
    """Gate: ``WITHIN`` what was voted, or ``DRAFT_DIFFERS``, whereupon the owners vote on these terms (8B, RC-02).

    ``stated_within`` is counsel's own reading: other clauses than figures may differ in substance.  The figures name
    the range that holds from now on: what was voted, or the terms that go to the vote.
    """
    outside = outside_the_vote(contract, voted)
    within = stated_within and not outside
    fee, ratio, fixed, years = (
        (voted.fee_max, voted.ratio_max, voted.fixed_max, voted.years_max)
        if within
        else (contract.fee_std, contract.remuneration_ratio, contract.remuneration_fixed, years_of(contract))
    )
    figures = {
        "outside": outside,
        "fee_max": str(fee),
        "ratio_max": str(ratio),
        "fixed_max": str(fixed),
        "years_max": years,
    }
    return Outcome("WITHIN" if within else "DRAFT_DIFFERS", figures, ("RC-02", "CC-939-1"))


def years_of(contract: Contract) -> int:
    """The contract's length in whole years, rounded up."""
    years = 1
    while _years_later(contract.service_start, years) <= contract.service_end:
        years += 1
    return years


def share_problems(base: Base, ratio: Percent | None, fixed: Decimal | None) -> list[Problem]:
    """The share left open: ``ratio`` in percent, or ``fixed`` yuan a year where the owners decided a fixed amount."""
    if base is Base.FIXED:
        message = "表决的酬金是固定金额；请填写每年固定酬金，不收酬金的填 0。"
        return [Problem("remuneration_fixed", message)] if fixed is None else []
    return [Problem("remuneration_ratio", "请填写酬金比例，不得高于表决通过的比例。")] if ratio is None else []


def start_problems(service_start: date, old_end: date | None) -> list[Problem]:
    """A start that the old contract rules out, seen while it can still be changed (LC-11; decisions 5).

    ``old_end`` is the earliest day on which the old contract may end, None where it ends with the new one (民法典 940)
    or where nothing is to end.
    """
    if old_end is None or service_start > old_end:
        return []
    message = f"原合同最早于 {old_end} 终止，服务开始日应晚于该日；原合同另有约定通知期的，请填写约定的天数。"
    return [Problem("service_start", message)]


def whole_outsourced(scopes: Collection[str]) -> bool:
    """Whether all kinds of service were given to others, which nobody may (民法典 941, RC-19)."""
    return set(scopes) >= SERVICES


def late_after_award(signed_on: date, notified_on: date, days: int) -> bool:
    """Whether a contract was signed later than ``days`` after the award notice (招标投标法 46, T-35)."""
    return signed_on > notified_on + timedelta(days)


def outside_the_vote(contract: Contract, voted: Voted) -> list[str]:
    """Where the final terms leave the range that was voted; a contract outside it goes back to the vote (8B)."""
    last_allowed = _years_later(contract.service_start, voted.years_max)
    checks = (
        (not voted.company or contract.company == voted.company, f"表决选定的企业是“{voted.company}”，合同企业不同。"),
        (contract.fee_std <= voted.fee_max, f"物业费 {contract.fee_std} 元高于表决的 {voted.fee_max} 元。"),
        (
            contract.remuneration_ratio <= voted.ratio_max,
            f"酬金比例 {contract.remuneration_ratio}% 高于表决的 {voted.ratio_max}%。",
        ),
        (
            contract.remuneration_fixed <= voted.fixed_max,
            f"固定酬金 {contract.remuneration_fixed} 元高于表决的 {voted.fixed_max} 元。",
        ),
        (contract.service_start < contract.service_end, "服务结束日应晚于开始日。"),
        (
            contract.service_end < last_allowed,
            f"合同期限超过表决的 {voted.years_max} 年（应在 {last_allowed} 之前届满）。",
        ),
    )
    return [sentence for holds, sentence in checks if not holds]


def _unsigned(signing: Signing) -> list[str]:
    contract, voted = signing.contract, signing.voted
    signed = contract.signed_on
    checks = (
        (signed is not None, "合同尚未签订。"),
        (voted.outcome in {"PASSED", "PARTIAL"}, "表决没有通过，不能签约。"),
        (
            voted.result_posted_on is not None and (signed is None or voted.result_posted_on <= signed),
            "表决结果公告后才能签约。",
        ),
        (
            voted.objections_closed_on is not None and (signed is None or voted.objections_closed_on <= signed),
            "异议处理完毕后才能签约。",
        ),
        (bool(contract.committee_signatory.strip()), "业委会/物管会一方没有签署人。"),
        (bool(contract.company_signatory.strip()), "物业企业一方没有签署人。"),
        (bool(contract.witness.strip()), "没有见证人。"),
        (contract.covenant_signed, "信义约定尚未签署。"),
        (contract.oath_taken, "尚未信义宣誓。"),
        (
            contract.self_governed or bool(contract.company_code.strip()),
            "没有物业企业的统一社会信用代码。",
        ),
        (bool(contract.project_manager.strip()), "没有明确项目经理。"),
    )
    return [sentence for holds, sentence in checks if not holds]


def _without_mandate(signing: Signing) -> list[str]:
    signed, body, resolution = signing.contract.signed_on, signing.body, signing.resolution
    if signed is None:
        return []
    checks = (
        (in_term(body, signed), f"签约日 {signed} 不在业委会/物管会任期（{body.term_start} 至 {body.term_end}）内。"),
        (body.kind == ALL_OWNERS or bool(body.filing_no.strip()), "业委会/物管会尚未备案。"),
        (resolution.decided_on <= signed, "业委会/物管会的签约决定应在签约之前作出。"),
        (carried(resolution), f"签约决定未达半数：应有 {resolution.members_total} 人，{_counted(resolution)}。"),
    )
    return [sentence for holds, sentence in checks if not holds]


def carried(resolution: Resolution) -> bool:
    """Whether a committee decided: over half of its members present, half or more of all in favour (GR-38-1)."""
    return (
        resolution.members_total >= resolution.members_present >= resolution.members_for
        and 2 * resolution.members_present > resolution.members_total
        and 2 * resolution.members_for >= resolution.members_total
    )


def _counted(resolution: Resolution) -> str:
    return f"到会 {resolution.members_present} 人，同意 {resolution.members_for} 人"


def _without_account(account: Account) -> list[str]:
    checks = (
        (all(text.strip() for text in (account.bank, account.name, account.number)), "共有资金账户信息不全。"),
        (account.dual_control_tested_on is not None, "账户双控尚未测试。"),
        (account.rejected_payment_tested, "尚未用一笔被拒付款测试双控。"),
        (account.opening_balance >= 0, "账户期初余额为负；请核对。"),
    )
    return [sentence for holds, sentence in checks if not holds]


def _without_supervisor(appointment: Appointment, today: date) -> list[str]:
    in_post = (
        appointment.eligible
        and appointment.issued_on is not None
        and appointment.term_end is not None
        and appointment.issued_on <= today <= appointment.term_end
    )
    return [] if in_post else ["监察人尚未到任，或聘期已满。"]


def _unfiled(signing: Signing) -> list[str]:
    signed, filing = signing.contract.signed_on, signing.filing
    checks = (
        (filing.filed_on is not None, "合同尚未备案。"),
        (filing.published_on is not None, "合同尚未向业主公示。"),
        (filing.manager_reported_on is not None, "项目经理尚未到社区报到。"),
        (filing.platform_opened_on is not None, "平台的信托模块尚未开通。"),
        (signed is None or filing.filed_on is None or filing.filed_on >= signed, "备案日早于签约日；请核对。"),
        (signed is None or filing.published_on is None or filing.published_on >= signed, "公示日早于签约日；请核对。"),
    )
    return [sentence for holds, sentence in checks if not holds]


def _years_later(day: date, years: int) -> date:
    later = day.year + years
    leap_day = (day.month, day.day) == (2, 29)
    return date(later, 3, 1) if leap_day and not _is_leap(later) else day.replace(year=later)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
