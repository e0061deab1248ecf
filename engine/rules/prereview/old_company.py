"""How the old contract ends, and that nobody serves beside it (RC-06…RC-08)."""

from collections.abc import Generator, Iterator
from datetime import date
from fractions import Fraction

from engine.errors import InvalidAnswers, Problem
from engine.rules import termination
from engine.rules.exact import yuan
from engine.rules.prereview.asking import undated
from engine.rules.prereview.facts import Absent
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.words import PATHS
from engine.rules.termination import OldContract, Path, Termination

_DAYS_OF_YEAR, _MONTHS = Fraction(1461, 4), 12


@rule("RC-06", "B", "不与原企业的服务重叠", "物业管理条例 33；民法典 940", "finalise_contract")
def no_overlap(file: File, limits: Limits) -> Iterator[str]:
    """The new service starts after the old contract's end; on that day only under 民法典 940 (decisions 5)."""
    if _stays(file) or file.old_contract.kind == "NONE":
        return
    old, start = file.old_contract, file.contract.service_start
    ends = Termination(Path(old.path), old.termination_on, start, ())
    yield from _of("service_start", termination.problems(ends, old.termination_on, start))
    preliminary = old.path == Path.PRELIMINARY_940
    if preliminary and start == old.termination_on and file.contract.effective_on != start:
        yield f"前期合同随新合同生效而终止：服务开始日 {start} 应与生效日 {file.contract.effective_on} 同日；请改正。"


@rule("RC-07", "H", "原合同的终止路径正确", "民法典 940、946、947、948", "choose_termination_path")
def path_fits(file: File, limits: Limits) -> Iterator[str]:
    """The path is one that this contract knows, with notice enough from a proven arrival."""
    old = file.old_contract
    if old.kind == "NONE":
        return
    if file.route == "CONVERT_EXISTING":
        if not _stays(file):
            yield "路线是原物业改签，合同企业却不是原企业；请核对企业代码，或者改选终止路径。"
        return
    known = OldContract(old.kind, old.ends_on, old.notice_days)
    arrived = yield from _arrival(file)
    open_to_it = termination.paths(known, arrived)
    if old.path not in open_to_it:
        fitting = "、".join(PATHS[path] for path in open_to_it)
        yield f"这份原合同按民法典{fitting}终止，选的是{PATHS[old.path]}；请改选路径。"
        return
    yield from undated(old.arrived, file.on, f"送达凭证“{old.arrived.paper}”")
    yield from _too_early(file, known, limits)


@rule("RC-08", "H", "提前解聘的赔偿风险", "民法典 946 ¶2", "choose_termination_path")
def early_end(file: File, limits: Limits) -> Iterator[str]:
    """A fixed term with time left: what it may cost, unless evidence of the company's faults is listed."""
    old = file.old_contract
    fixed = old.kind == "OWNERS_ASSEMBLY" and not _stays(file)
    if not fixed or old.ends_on is None or old.ends_on <= old.termination_on:
        return
    if not old.faults:
        days = (old.ends_on - old.termination_on).days
        months = Fraction(days) / (_DAYS_OF_YEAR / _MONTHS)
        exposed = yuan(months * Fraction(old.monthly_remuneration))
        yield (
            f"原合同还有 {days} 天才到期，可能按剩余期间赔偿，估计 {exposed} 元；"
            "请列出原企业违约的证据，或者改在到期日终止。"
        )
    for fault in old.faults:
        yield from undated(fault, file.on, f"证据“{fault.paper}”")


def _arrival(file: File) -> Generator[str, None, date]:
    """The day on which the notice arrived; raises Absent, with a word on why that stays open, before it has."""
    try:
        return file.old_contract.arrived.on
    except Absent:
        yield "解聘（不续聘）通知还没有送达凭证；送达登记以前这一条一直开着，不妨碍签约，送达后自动再审。"
        raise


def _stays(file: File) -> bool:
    """Whether the old company is the new one: its contract is exchanged, not ended."""
    if file.route != "CONVERT_EXISTING":
        return False
    return bool(file.old_contract.credit_code) and file.old_contract.credit_code == file.company.credit_code


def _too_early(file: File, known: OldContract, limits: Limits) -> Iterator[str]:
    old, path = file.old_contract, Path(file.old_contract.path)
    days = limits.indefinite_min if path is Path.INDEFINITE_948 else limits.dismissal
    try:
        earliest = termination.earliest(path, known, old.arrived.on, days, file.contract.effective_on)
    except InvalidAnswers as refused:
        yield from (problem.message for problem in refused.problems)
        return
    yield from _of("termination_on", termination.problems(earliest, old.termination_on, file.contract.service_start))


def _of(field: str, problems: list[Problem]) -> Iterator[str]:
    return (problem.message for problem in problems if problem.field == field)
