"""What owners may and what may not be done to them, and how service ends (RC-32, RC-34…RC-38, RC-49)."""

from collections.abc import Iterator

from engine.rules import handover_list
from engine.rules.deadlines import WEEKENDS_ONLY, Length
from engine.rules.prereview import wording
from engine.rules.prereview.asking import unsettled
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.topics import EXIT, FINAL_ACCOUNT, TRUSTEE_CHANGE

_COMPANY_ENDS = frozenset({"END_DISSOLUTION", "END_BANKRUPTCY"})


@rule("RC-32", "B", "合法催费", "民法典 944；物业管理条例 64", "draft_contract_terms")
def no_coercion(file: File, limits: Limits) -> Iterator[str]:
    """No cutting of power, water, doors or cards; dunning before a suit."""
    for coercion in (wording.CUTTING, wording.BLOCKING):
        for clause, words in wording.said(coercion, file.contract.clauses):
            yield f"第 {clause.no} 条写有“{words}”，不得以此催交物业费；请删去。"
    yield from unsettled(file, ("DUNNING",))


@rule("RC-34", "H", "业主的解聘权", "民法典 946", "draft_contract_terms")
def may_dismiss(file: File, limits: Limits) -> Iterator[str]:
    """No waiver, no long lock-in, no penalty that makes dismissal worthless."""
    contract, most = file.contract, limits.lock_in_months_max
    for clause, words in wording.said(wording.WAIVER, contract.clauses):
        yield f"第 {clause.no} 条写有“{words}”，限制了业主依法解聘；请删去。"
    if contract.lock_in_months > most:
        yield f"合同约定 {contract.lock_in_months} 个月内不得解聘，超过 {most} 个月；请缩短或者删去。"
    if contract.penalty_months > most:
        yield f"解聘须赔付 {contract.penalty_months:f} 个月物业费，超过 {most} 个月；请调低。"


@rule("RC-35", "M", "通知期", "民法典 946、947、948", "draft_contract_terms")
def notice_periods(file: File, limits: Limits) -> Iterator[str]:
    """Agreed notices within what is usual; of an indefinite contract never below the law's."""
    notices = file.contract.notices
    for what, days in (("解聘", notices.dismissal), ("不续约", notices.non_renewal)):
        if not limits.notice_min <= days <= limits.notice_max:
            yield f"{what}的通知期 {days} 天，应在 {limits.notice_min} 到 {limits.notice_max} 天之间；请改正。"
    if notices.indefinite < limits.indefinite_min:
        yield f"不定期合同的通知期 {notices.indefinite} 天，不得少于 {limits.indefinite_min} 天；请改正。"


@rule("RC-36", "B", "退出和移交", "民法典 949、950；物业管理条例 38", "draft_contract_terms")
def leaves_whole(file: File, limits: Limits) -> Iterator[str]:
    """Twenty groups, within the place's days, nothing kept back, service until taken over, data returned."""
    ending = file.contract.ending
    missing = handover_list.uncovered(ending.groups)
    if missing:
        yield f"移交清单缺少：{'、'.join(missing)}；请补齐二十类。"
    if not 1 <= ending.days <= limits.exit_days:
        yield f"退场期限 {ending.days} 天，应为 1 到 {limits.exit_days} 天；请改正。"
    yield from unsettled(file, EXIT)
    for clause, words in wording.said(wording.WITHHOLDING, file.contract.clauses):
        yield f"第 {clause.no} 条写有“{words}”，不得以此扣留或者拒绝移交；请删去。"


@rule("RC-37", "H", "终止清算", "信托法 57、58", "draft_contract_terms")
def final_account(file: File, limits: Limits) -> Iterator[str]:
    """A report in time, an audit, the balance to the owners or the next trustee, a limited right to retain."""
    days = file.contract.ending.account_days
    if not 1 <= days <= limits.final_account_days:
        yield f"清算报告期限 {days} 天，应为 1 到 {limits.final_account_days} 天；请改正。"
    yield from unsettled(file, FINAL_ACCOUNT)


@rule("RC-38", "H", "受托人变更", "信托法 38–41", "draft_contract_terms")
def trustee_changes(file: File, limits: Limits) -> Iterator[str]:
    """The ways in which a trustee ends, the successor by vote, and who holds the property until then.

    An executive body of the owners is no company that could be dissolved or go bankrupt.
    """
    yield from unsettled(
        file, (topic for topic in TRUSTEE_CHANGE if not (file.self_governed and topic in _COMPANY_ENDS))
    )


@rule("RC-49", "L", "合同期限", "民法典 938、947", "finalise_contract")
def term_sound(file: File, limits: Limits) -> Iterator[str]:
    """A term that begins before it ends, not too long, and not far beyond that of the body that signs."""
    start, end = file.contract.service_start, file.contract.service_end
    if start >= end:
        yield f"服务届满日 {end} 不晚于开始日 {start}；请改正。"
    longest = Length(limits.years_max, "years").after(start, WEEKENDS_ONLY)
    if end >= longest:
        yield f"合同期限超过 {limits.years_max} 年（应在 {longest} 之前届满）；请缩短。"
    beyond = Length(limits.beyond_body_months, "months").after(file.body.term_end, WEEKENDS_ONLY)
    if end > beyond:
        yield (
            f"服务到 {end} 届满，比业主组织的任期（到 {file.body.term_end}）长出 {limits.beyond_body_months} 个月以上；"
            "请缩短，或者说明理由。"
        )
