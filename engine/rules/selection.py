"""How a property company is chosen: candidates, bids, the scoring of judges, and what the owners decided of it.

Manual §3.3 S8 (8A); law §1.8 TD-1…4, T-34, T-35, CC-939, RC-01, RC-05, RC-55.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from engine.errors import Problem
from engine.rules.exact import Percent, Ratio
from engine.rules.outcome import Outcome
from engine.rules.remuneration import Base, Remuneration

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ENGAGING_CLASS = 4
"""Engaging and dismissing a property company (民法典 278 ¶1)."""


@dataclass(frozen=True)
class Judge:
    """Who scores: an ``EXPERT`` or somebody of the owners' side, and whether he signed that nothing ties him."""

    name: str
    kind: str
    avoidance_declared: bool


@dataclass(frozen=True)
class Recusal:
    """Who withdrew from the scoring, the company that ties him, and how."""

    name: str
    company: str
    relation: str


@dataclass(frozen=True)
class Sheet:
    """What one judge gave one company: points from 0 to 100 by criterion, None where not scored."""

    company: str
    judge: str
    points: Mapping[str, Percent | None]


@dataclass(frozen=True)
class Ranked:
    """A company's place: ``total`` is the mean over its judges of the weighted points."""

    rank: int
    company: str
    total: Fraction


@dataclass(frozen=True)
class Panel:
    """The place's wishes for a bid panel: least size, and least share of experts (good practice, TD-3)."""

    size_min: int
    expert_share_min: Fraction


@dataclass(frozen=True)
class Bid:
    """A bid as opened; ``fee`` in yuan per m² and month, its remuneration ``ratio`` in percent or ``fixed`` a year."""

    company: str
    credit_code: str
    fee: Decimal
    ratio: Percent | None
    fixed: Decimal | None
    sealed: bool
    valid: bool
    reason: str


@dataclass(frozen=True)
class Decided:
    """An item the owners voted on, and whether it was carried."""

    no: int
    text: str
    item_class: int
    passed: bool


def credit_code_fits(code: str) -> bool:
    """Whether the last of 18 signs is the check sign of a unified social credit code (GB 32100-2015)."""
    if len(code) != 18 or any(sign not in _SIGNS for sign in code):
        return False
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return _SIGNS.index(code[17]) == (31 - total % 31) % 31


def credit_code_problem(field: str, company: str, code: str) -> Problem:
    """What to say of a code whose check sign is wrong."""
    return Problem(field, f"“{company}”的统一社会信用代码 {code} 校验位不对；请对照营业执照重新抄录（RC-05）。")


def candidate_problems(candidates: Sequence[tuple[str, str, bool]], least: int = 2, most: int = 3) -> list[Problem]:
    """What is wrong with the invited: name, credit code and whether interests were declared, for each (8A)."""
    found = []
    if not least <= len(candidates) <= most:
        found.append(Problem("candidates", f"邀请了 {len(candidates)} 家，应邀请 {least} 至 {most} 家。"))
    names = [name for name, _, _ in candidates]
    for number, (name, code, declared) in enumerate(candidates):
        if names.index(name) != number:
            found.append(Problem(f"candidates[{number}].name", f"“{name}”重复；请删去一行。"))
        if not credit_code_fits(code):
            found.append(credit_code_problem(f"candidates[{number}].credit_code", name, code))
        if not declared:
            found.append(
                Problem(f"candidates[{number}].conflict_declared", f"“{name}”没有申报利益关系；请补交后再邀请。")
            )
    return found


def weight_problems(weights: Sequence[tuple[str, int]]) -> list[Problem]:
    """Whether each criterion stands once and the weights make 100."""
    found = []
    criteria = [criterion for criterion, _ in weights]
    total = sum(weight for _, weight in weights)
    if len(set(criteria)) != len(criteria):
        found.append(Problem("weights", "同一评分内容列了两次；请合并。"))
    if total != 100:
        found.append(Problem("weights", f"权重合计 {total}，应为 100；请调整。"))
    return found


def panel_problems(judges: Sequence[Judge], panel: Panel | None, note: str) -> list[Problem]:
    """Judges who may not score; with ``panel``, what a bid panel lacks unless ``note`` gives the reason (TD-3)."""
    found = [
        Problem(f"judges[{number}].avoidance_declared", f"评委{judge.name}没有签回避声明，不能评分；请补签或者更换。")
        for number, judge in enumerate(judges)
        if not judge.avoidance_declared
    ]
    if panel is None or note.strip():
        return found
    experts = sum(1 for judge in judges if judge.kind == "EXPERT")
    checks = (
        (len(judges) >= panel.size_min, f"评委 {len(judges)} 人，少于 {panel.size_min} 人"),
        (len(judges) % 2 == 1, f"评委 {len(judges)} 人，不是单数"),
        (
            Ratio(experts, len(judges)).reaches(100 * panel.expert_share_min),
            f"专家 {experts} 人，不足评委的 {panel.expert_share_min}",
        ),
    )
    lacking = "；".join(sentence for holds, sentence in checks if not holds)
    return [*found, Problem("panel_note", f"{lacking}；请补足，或者写明理由。")] if lacking else found


def recusal_problems(
    judges: Sequence[Judge], withdrawn: Sequence[Recusal], declared: Mapping[str, str]
) -> list[Problem]:
    """Judges who are tied to a company and score all the same; ``declared`` holds the interests by company (RC-55)."""
    names = {judge.name for judge in judges}
    found = []
    for number, one in enumerate(withdrawn):
        if one.name in names:
            message = f"{one.name}与“{one.company}”有利益关系，已回避，不能评分；请从评委和评分中删去。"
            found.append(Problem(f"withdrawn[{number}].name", message))
        if one.company not in declared:
            message = f"“{one.company}”不在候选之列；请核对名称。"
            found.append(Problem(f"withdrawn[{number}].company", message))
    found += [
        Problem(f"judges[{number}].name", f"“{company}”申报的利益关系写到{judge.name}，应当回避；请移到回避的评委。")
        for number, judge in enumerate(judges)
        for company, interests in declared.items()
        if judge.name in interests
    ]
    return found


def sheet_problems(
    sheets: Sequence[Sheet], companies: Sequence[str], judges: Sequence[Judge], weights: Mapping[str, int]
) -> list[Problem]:
    """Whether every judge scored every company once, on exactly the criteria that have weight."""
    found = []
    seen: set[tuple[str, str]] = set()
    names = {judge.name for judge in judges}
    for number, sheet in enumerate(sheets):
        where = f"scores[{number}]"
        if sheet.company not in companies:
            found.append(Problem(f"{where}.company", f"“{sheet.company}”不在候选之列；请核对名称。"))
        if sheet.judge not in names:
            found.append(Problem(f"{where}.judge", f"“{sheet.judge}”不在评委名单；请核对姓名。"))
        if (sheet.company, sheet.judge) in seen:
            found.append(Problem(f"{where}.judge", f"{sheet.judge}对“{sheet.company}”评了两次；请删去一行。"))
        seen.add((sheet.company, sheet.judge))
        for criterion, points in sheet.points.items():
            if (points is not None) != (criterion in weights):
                wanted = "有权重，应评分" if criterion in weights else "没有权重，不评分"
                found.append(Problem(f"{where}.{criterion.lower()}", f"这一项{wanted}；请改正。"))
    wanted_sheets = {(company, judge.name) for company in companies for judge in judges}
    missing = sorted(wanted_sheets - seen)
    if missing:
        company, judge = missing[0]
        found.append(Problem("scores", f"还差 {len(missing)} 份评分，如{judge}对“{company}”；请补齐。"))
    return found


def rank(sheets: Iterable[Sheet], weights: Mapping[str, int]) -> list[Ranked]:
    """The companies by their totals, best first; equal totals share a rank."""
    given: dict[str, list[Fraction]] = {}
    for sheet in sheets:
        total = sum(Fraction(sheet.points.get(name) or 0) * weight / 100 for name, weight in weights.items())
        given.setdefault(sheet.company, []).append(Fraction(total))
    means = {company: sum(totals, Fraction(0)) / len(totals) for company, totals in given.items()}
    order = sorted(means, key=lambda company: -means[company])
    return [Ranked(1 + sum(1 for other in means.values() if other > means[c]), c, means[c]) for c in order]


def cap_problems(
    fee_cap: Decimal, share_cap: Remuneration, fee_voted: Decimal, share_voted: Remuneration
) -> list[Problem]:
    """Where the caps of a tender leave what the owners decided: each lies within it, on the same base."""
    if share_cap.base is not share_voted.base:
        message = "酬金基数与表决通过的方案不一致；请改成方案的基数，确需改变的先重新表决。"
        return [Problem("remuneration_base", message)]
    caps = (
        ("fee_cap", "物业费", fee_cap, fee_voted),
        ("ratio_cap", "酬金比例", share_cap.ratio, share_voted.ratio),
        ("fixed_cap", "固定酬金", share_cap.fixed, share_voted.fixed),
    )
    return [
        Problem(field, f"{label}上限高于表决通过的 {voted}；请调低。")
        for field, label, cap, voted in caps
        if cap > voted
    ]


def bid_problems(bids: Sequence[Bid], fee_cap: Decimal, share_cap: Remuneration) -> list[Problem]:
    """Bids that were taken for valid and are not, or refused without a reason; ``share_cap`` holds the asked cap."""
    found = []
    for number, bid in enumerate(bids):
        where = f"bids[{number}]"
        found += _offer_problems(bid, share_cap.base, where)
        if not credit_code_fits(bid.credit_code):
            found.append(credit_code_problem(f"{where}.credit_code", bid.company, bid.credit_code))
        flaws = [
            sentence
            for holds, sentence in (
                (bid.sealed, "没有密封"),
                (bid.fee <= fee_cap, f"物业费报价 {bid.fee} 元高于上限 {fee_cap} 元"),
                _share_within(bid, share_cap),
            )
            if not holds
        ]
        if bid.valid and flaws:
            found.append(Problem(f"{where}.valid", f"“{bid.company}”{'、'.join(flaws)}，不是有效投标；请改为无效。"))
        if not bid.valid and not bid.reason.strip():
            found.append(Problem(f"{where}.reason", f"“{bid.company}”判为无效，没有写理由；请补写。"))
    return found


def _offer_problems(bid: Bid, base: Base, where: str) -> list[Problem]:
    """Whether the remuneration is offered as the tender asked for it: a ratio, or a yearly amount for a fixed one."""
    ratio, fixed = ("ratio", "酬金比例", bid.ratio), ("fixed", "固定酬金", bid.fixed)
    (asked, label, offer), (other, unasked, stray) = (fixed, ratio) if base is Base.FIXED else (ratio, fixed)
    found = []
    if bid.valid and offer is None:
        message = f"“{bid.company}”没有{label}报价；请补填，投标书里没有报的改为无效。"
        found.append(Problem(f"{where}.{asked}", message))
    if stray is not None:
        message = f"招标要求报{label}，“{bid.company}”却填了{unasked}；请对照投标书改正。"
        found.append(Problem(f"{where}.{other}", message))
    return found


def _share_within(bid: Bid, cap: Remuneration) -> tuple[bool, str]:
    """Whether the remuneration offered is within its cap, and what to say if it is not."""
    if cap.base is Base.FIXED:
        return (bid.fixed or 0) <= cap.fixed, f"固定酬金报价 {bid.fixed} 元/年高于上限 {cap.fixed} 元/年"
    return (bid.ratio or 0) <= cap.ratio, f"酬金比例报价 {bid.ratio}% 高于上限 {cap.ratio}%"


def bidding_time_problems(issued_on: date, opens_on: date, days: int, reason: str) -> list[Problem]:
    """A bidding time shorter than the pack's needs a reason (T-34: good practice where tender is not compulsory)."""
    earliest = issued_on + timedelta(days)
    if opens_on >= earliest or reason.strip():
        return []
    message = f"投标时间不足 {days} 日，开标最早 {earliest}；请推后，或者写明理由。"
    return [Problem("bids_open_on", message)]


def bidders(bids: Sequence[Bid], least: int, extended: bool) -> Outcome:
    """Gate of a tender: ``ENOUGH``, ``EXTEND`` once, or ``TOO_FEW`` which leads to choosing by agreement."""
    valid = sum(1 for bid in bids if bid.valid)
    name = "ENOUGH" if valid >= least else "TOO_FEW" if extended else "EXTEND"
    return Outcome(name, {"valid": valid, "received": len(bids), "least": least, "extended": extended}, ("PMR-24-1",))


def named_in(decided: Iterable[Decided], company: str) -> Decided | None:
    """The carried item on engaging a company that names ``company``: the resolution behind the contract (RC-01)."""
    items = (item for item in decided if item.passed and item.item_class == ENGAGING_CLASS)
    return next((item for item in items if company in item.text), None)


def engagement(item: Decided | None, company: str, authorised: bool, first: str) -> Outcome:
    """Gate: ``VOTED`` when the owners chose the company, or let the tender's first sign; else ``VOTE_NEEDED``."""
    by_tender = authorised and company == first
    figures = {"company": company, "item_no": item.no if item else None, "authorised": by_tender}
    return Outcome("VOTED" if item or by_tender else "VOTE_NEEDED", figures, ("RC-01", "CC-939-1"))


def choice_problems(company: str, standing: Sequence[Ranked], most: int, authorised: bool) -> list[Problem]:
    """Whether the company ranked well enough: the best one left where signing is authorised, else a recommended one.

    ``standing`` is the ranking without those that withdrew.
    """
    if not standing:
        return []
    allowed = [ranked.company for ranked in standing[: 1 if authorised else most]]
    if company in allowed:
        return []
    return [Problem("company_name", f"“{company}”不在可选的名次之内；可选：{'、'.join(allowed)}。")]


def replacement_problems(replacement: str, standing: Sequence[Ranked], withdrawn: str) -> list[Problem]:
    """Nobody moves up where no other ranked company is left."""
    left = [ranked.company for ranked in standing if ranked.company != withdrawn]
    if replacement == "RESELECT" or left:
        return []
    return [Problem("replacement", "没有下一名可以递补；请选重新选聘。")]


def agenda_answer_problems(
    field: str, item_no: int, decided: Sequence[Decided], classes: Iterable[int] | None = None
) -> list[Problem]:
    """Whether the item the committee points at was on the agenda, of the right class, and carried."""
    item = next((one for one in decided if one.no == item_no), None)
    if item is None:
        return [Problem(field, f"表决事项中没有第 {item_no} 项；请对照结果公告。")]
    if not item.passed:
        return [Problem(field, f"第 {item_no} 项没有通过；请改填通过的事项，或者另行表决。")]
    if classes is not None and item.item_class not in classes:
        return [Problem(field, f"第 {item_no} 项不是选聘物业企业的事项；请改填。")]
    return []


def executive_problems(members: Sequence[tuple[str, str]]) -> list[Problem]:
    """A self-governed estate's executive needs a manager, a cashier and an accountant, the last two not one person."""
    found = []
    by_job: dict[str, set[str]] = {}
    for name, job in members:
        by_job.setdefault(job, set()).add(name)
    for job, label in (("MANAGER", "负责人"), ("CASHIER", "出纳"), ("ACCOUNTANT", "会计")):
        if job not in by_job:
            found.append(Problem("members", f"没有{label}；请补齐。"))
    both = by_job.get("CASHIER", set()) & by_job.get("ACCOUNTANT", set())
    if both:
        found.append(Problem("members", f"{min(both)}不能同时任出纳和会计；请分开。"))
    return found
