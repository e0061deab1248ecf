"""What owners see, and what is kept beside the contract (RC-29…RC-31, RC-45, RC-46, RC-54)."""

from collections.abc import Iterator
from datetime import timedelta

from engine.rules.prereview.asking import given, lacking, unsettled
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.topics import DATA, RELATED_PARTIES
from engine.rules.prereview.words import DISCLOSED, FILINGS, REPORTS

_YEAR = 12


@rule("RC-29", "H", "报告和公示的间隔", "信托法 33；民法典 943；物业服务收费管理办法 12", "draft_contract_terms")
def reported(file: File, limits: Limits) -> Iterator[str]:
    """A trust report and accounts every year, disclosure as often as the place asks, of all eight items."""
    rhythm = {"TRUST": _YEAR, "ACCOUNTS": _YEAR, "DISCLOSURE": limits.disclosure_months}
    agreed = {report.kind: report.months for report in file.contract.reports}
    for kind, most in rhythm.items():
        if kind not in agreed:
            yield f"合同没有约定{REPORTS[kind]}；请补上，至少每 {most} 个月一次。"
        elif not 1 <= agreed[kind] <= most:
            yield f"{REPORTS[kind]}每 {agreed[kind]} 个月一次，应为 1 到 {most} 个月；请缩短。"
    missing = lacking(file.contract.disclosed, DISCLOSED, DISCLOSED)
    if missing:
        yield f"公示内容缺少：{missing}；请补齐八项。"


@rule("RC-30", "M", "审计", "物业服务收费管理办法 13；信托法 20", "draft_contract_terms")
def audited(file: File, limits: Limits) -> Iterator[str]:
    """Every year, by an auditor of the owners' choice, who sees the vouchers."""
    audit = file.contract.audit
    if audit.chosen_by != "OWNERS":
        yield "审计机构不由业主一方选定；请改由业主组织选定。"
    if not 1 <= audit.months <= _YEAR:
        yield f"审计每 {audit.months} 个月一次；应至少每年一次，请改正。"
    yield from unsettled(file, ("VOUCHER_ACCESS",))


@rule("RC-31", "H", "关联交易", "信托法 26–28", "draft_contract_terms")
def related_parties(file: File, limits: Limits) -> Iterator[str]:
    """Who is related, disclosure, the test of the price, and that the interested do not vote."""
    yield from unsettled(file, RELATED_PARTIES)


@rule("RC-45", "H", "个人信息附件", "个人信息保护法 20–23、26、47、57", "draft_contract_terms")
def data_annexed(file: File, limits: Limits) -> Iterator[str]:
    """Roles, purposes, retention, return, breach, no marketing, and never only a face."""
    yield from unsettled(file, DATA)


@rule("RC-46", "M", "承诺写入合同", "民法典 938 ¶2", "finalise_contract")
def promises_kept(file: File, limits: Limits) -> Iterator[str]:
    """Every promise has its clause, or a reason why it has none."""
    clauses = {clause.no for clause in file.contract.clauses}
    for promise in file.register.promises:
        given(promise.text)
        if promise.clause and promise.clause not in clauses:
            yield f"承诺“{promise.text}”说写入第 {promise.clause} 条，合同没有这一条；请改正。"
        elif not promise.clause and not promise.exception:
            yield f"承诺“{promise.text}”没有写入合同；请写入，或者写明不写入的理由。"


@rule("RC-54", "M", "备案清单", "物业管理条例；特种设备安全法 33；保安服务管理条例 14", "file_contract")
def filings_listed(file: File, limits: Limits) -> Iterator[str]:
    """Every filing of the place has its day, the contract's own within the period."""
    due = {filing.key: filing.due_on for filing in file.register.filings}
    missing = lacking(due, limits.filings, FILINGS)
    if missing:
        yield f"备案清单缺少：{missing}；请列出到期日。"
    last = file.contract.signed_on + timedelta(limits.contract_filing)
    if due.get("CONTRACT", last) > last:
        yield f"合同备案到期日 {due['CONTRACT']} 晚于 {last}（签约后 {limits.contract_filing} 天）；请改正。"
    given(*due.values())
