"""The pre-review of a contract as the adviser sees it, and letting a finding stand for a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine import events
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules.prereview import RULES, Finding, Severity
from engine.store import waivers
from engine.store.desk import EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.store.waivers import Waived
from engine.use_cases import contract_review, contract_terms, desk
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

ADVISER = "法律顾问"
LONGEST_REASON = 500
SEVERITIES = {
    Severity.BLOCKER: "必须改正，不能放行",
    Severity.HIGH: "高",
    Severity.MEDIUM: "中",
    Severity.LOW: "低",
}


@dataclass(frozen=True)
class Examined:
    """A finding, the title of the step where it is mended, and how it was let stand, None while it was not."""

    finding: Finding
    step: str
    waived: Waived | None


@dataclass(frozen=True)
class Review:
    """The findings on an estate's contract, the gravest first; ``contract`` is the version they are of.

    ``earlier`` are waivers of another version or of other words, which count no more.
    """

    estate: EstateListed
    ready: bool
    contract: str
    examined: Sequence[Examined]
    earlier: Sequence[Waived]
    may_waive: bool

    def of(self, severity: Severity) -> list[Examined]:
        """The findings of one severity."""
        return [one for one in self.examined if one.finding.rule.severity is severity]

    @property
    def checked(self) -> int:
        """How many rules there are."""
        return len(RULES)


def review(dossier: Dossier, member: Member) -> Review:
    """The pre-review of an estate in this member's scope.  Raises NotFound."""
    work, estate_id = dossier.work, dossier.estate_id
    estate = desk.estate(work, member, estate_id)
    advises = work.people(estate_id).get(ADVISER) == member.name
    if not contract_review.reviewable(dossier):
        return Review(estate, False, "", (), (), advises)
    contract = contract_terms.version(dossier)
    kept = waivers.listed(work, estate_id)
    examined = [
        Examined(finding, dossier.library.tasks[finding.rule.step].title, _standing(kept, contract, finding))
        for finding in contract_review.standing(dossier)
    ]
    counting = [one.waived for one in examined]
    earlier = [one for one in kept if one not in counting]
    return Review(estate, True, contract, examined, earlier, advises)


def waive(
    work: UnitOfWork, library: Library, member: Member, estate_id: int, rule: str, contract: str, reason: str
) -> str:
    """Let the finding of a rule on this version of the contract stand; returns the rule's title.

    Raises NotFound, NotPermitted for anybody but the estate's adviser, InvalidAnswers.
    """
    shown = review(Dossier(work, library, estate_id), member)
    if not shown.may_waive:
        raise NotPermitted("预审意见由这个小区的法律顾问放行；您可以留言请法律顾问处理。")
    found = next((one for one in shown.examined if one.finding.rule.id == rule), None)
    problems = []
    if found is None:
        problems.append(Problem("rule", "没有这条审查意见；请刷新页面再看。"))
    elif found.finding.blocks:
        problems.append(Problem("rule", f"{rule} 必须改正，不能放行；请到“{found.step}”改正。"))
    elif found.waived is not None:
        problems.append(Problem("rule", f"{rule} 已由{found.waived.actor}放行，不用再办。"))
    elif contract != shown.contract:
        problems.append(Problem("rule", "合同已经改过；请看完新的审查意见再放行。"))
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        problems.append(Problem(f"reason-{rule}", f"放行要写明理由，1–{LONGEST_REASON} 个字；请补上。"))
    if problems or found is None:
        raise InvalidAnswers(problems, "没有放行。")
    waivers.add(work, estate_id, rule, contract, _words(found.finding), reason.strip())
    title = found.finding.rule.title
    work.append(estate_id, events.ReviewWaived(rule, title, reason.strip()))
    return title


def _standing(kept: Sequence[Waived], contract: str, finding: Finding) -> Waived | None:
    """The waiver of this finding: of the same version of the contract, and in the same words."""
    same = (finding.rule.id, contract, _words(finding))
    return next((one for one in kept if (one.rule, one.contract, one.finding) == same), None)


def _words(finding: Finding) -> str:
    return "\n".join(finding.says)
