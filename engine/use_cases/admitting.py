"""Whether answers may stand: the rules of law and manual that stop a step, by field of its form."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from engine.errors import InvalidAnswers, Problem
from engine.rules import acceptance, budget, diagnosis, handover, intake, plan, procedure, termination
from engine.rules.signing import carried
from engine.use_cases import reading, voting
from engine.use_cases.dossier import Answers, Dossier

#: Dates that say what has happened: none of them may lie after today.
HAPPENED = frozenset(
    {
        "surveyed_on", "impact_assessment_on", "held_on", "filed_on", "replied_on", "posted_on", "committee_told_on",
        "closed_on", "decided_on", "agenda_posted_on", "frozen_on", "all_owners_notified_on", "started_on",
        "finished_on", "checked_on", "counted_on", "committee_decided_on", "signed_on", "issued_on", "trained_on",
        "dual_control_tested_on", "published_on", "arrived_on", "plan_posted_on", "inspected_on", "settled_on",
        "transferred_on", "entered_on", "notice_posted_on", "evaluated_on", "archived_on", "demanded_on", "resumed_on",
    }
)  # fmt: skip

#: Pairs of one form of which the first may not come after the second.
ORDERED = (
    ("term_start", "term_end", "任期开始日", "任期届满日"),
    ("service_start", "service_end", "服务开始日", "服务结束日"),
    ("started_on", "finished_on", "开始日", "结束日"),
    ("committee_decided_on", "signed_on", "决定日", "签订日"),
    ("filed_on", "published_on", "备案日", "公示日"),
)


def check(dossier: Dossier, task: str, answers: Answers) -> None:
    """Refuse answers that break a rule of their task.  Raises InvalidAnswers with a problem for each field."""
    found = [*_dates(answers, dossier.today), *CHECKS.get(task, _nothing)(dossier, answers)]
    if found:
        raise InvalidAnswers(found)


def _nothing(dossier: Dossier, answers: Answers) -> list[Problem]:
    return []


def _dates(answers: Answers, today: date) -> Iterator[Problem]:
    for where, key, value in _leaves(answers):
        if key in HAPPENED and isinstance(value, date) and value > today:
            yield Problem(where, f"日期 {value} 晚于今天（{today}）；尚未发生的事不能登记，请改正日期。")
    for first, last, first_title, last_title in ORDERED:
        begins, ends = answers.get(first), answers.get(last)
        if isinstance(begins, date) and isinstance(ends, date) and begins > ends:
            yield Problem(last, f"{last_title} {ends} 早于{first_title} {begins}；请核对先后。")


def _leaves(answers: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for key, value in answers.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, Mapping):
                    yield from ((f"{key}[{number}].{column}", column, cell) for column, cell in row.items())
        else:
            yield key, key, value


def _application(dossier: Dossier, answers: Answers) -> list[Problem]:
    return intake.application_problems(reading.application(answers), dossier.today)


def _screening(dossier: Dossier, answers: Answers) -> list[Problem]:
    return intake.problems(reading.screening(answers))


def _register(dossier: Dossier, answers: Answers) -> list[Problem]:
    if dossier.roster.units:
        return []
    return [Problem("registered_total_area", "业主清册还没有导入；请先导入清册，再登记合计面积。")]


def _diagnosis(dossier: Dossier, answers: Answers) -> list[Problem]:
    return list(
        diagnosis.problems(
            dossier.ledgers,
            answers["conclusion"],
            bool(answers["gap_funded"]),
            dossier.times("nurture_estate"),
            dossier.pack.value("nurture_max"),
        )
    )


def _plan(dossier: Dossier, answers: Answers) -> list[Problem]:
    pack = dossier.pack
    limits = plan.Limits(
        pack.value("contract_years_max"), pack.value("remuneration_ratio_max"), pack.value("performance_withhold_max")
    )
    terms = plan.Terms(
        answers["contract_years"],
        answers["fee_std_new"],
        answers["remuneration_ratio"] or 0,
        answers.get("performance_withhold") or 0,
    )
    return plan.terms_problems(terms, limits)


def _budget(dossier: Dossier, answers: Answers) -> list[Problem]:
    share = reading.remuneration(dossier.answers("draft_plan"))
    return budget.check(reading.first_budget(answers["lines"], share, dossier.pack.value("unforeseen_max")))


def _agenda(dossier: Dossier, answers: Answers) -> list[Problem]:
    agenda = reading.agenda(answers)
    found = procedure.agenda_problems(agenda)
    found += procedure.business_problems(agenda, budget.special_majority_lines(dossier.budget))
    found += procedure.convening_problems(
        reading.convening(answers), answers["agenda_posted_on"], dossier.pack.days("oc_agenda_notice")
    )
    return found


def _meeting_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    window = voting.window(dossier, answers)
    found = procedure.window_problems(window, dossier.answers("freeze_roster")["frozen_on"])
    if window.opens_on <= dossier.today:
        found.append(Problem("voting_opens_on", f"表决开始日 {window.opens_on} 不能是今天或以前；请留足公告期。"))
    return found


def _posted_notice(dossier: Dossier, answers: Answers) -> list[Problem]:
    return procedure.notice_problems(
        reading.agenda(dossier.answers("resolve_agenda")),
        reading.notice(answers),
        dossier.answers("prepare_meeting_notice")["voting_opens_on"],
        dossier.pack.days("assembly_notice"),
    )


def _delivery(dossier: Dossier, answers: Answers) -> list[Problem]:
    waiting = [ballot.unit_no for ballot in dossier.ballots if not ballot.delivered_on]
    if not waiting:
        return []
    some = "、".join(waiting[:5])
    return [Problem("finished_on", f"还有 {len(waiting)} 张表决票没有送达记录（{some} 等）；请先登记送达或留置。")]


def _closing(dossier: Dossier, answers: Answers) -> list[Problem]:
    count = procedure.BallotCount(answers["issued"], answers["returned"], answers["unreturned"], answers["void"])
    found = procedure.closing_problems(count, answers["closed_on"], voting.closes_on(dossier))
    registered = voting.ballot_count(dossier)
    found += [
        Problem(field, f"填写 {stated} 张，登记簿为 {known} 张；请逐号核对登记簿后改正。")
        for field, stated, known in (
            ("issued", count.issued, registered.issued),
            ("returned", count.returned, registered.returned),
        )
        if stated != known
    ]
    return found


def _signature(dossier: Dossier, answers: Answers) -> list[Problem]:
    file = reading.body(dossier.answers("verify_owners_body"))
    resolution = reading.convening({**answers, "members_total": file.seats_filled})
    if carried(resolution):
        return []
    return [Problem("members_for", "签约决定须过半数成员到会、全体成员半数以上同意；请核对人数。")]


def _termination_path(dossier: Dossier, answers: Answers) -> list[Problem]:
    contract = reading.old_contract(dossier.answers("submit_application"), answers)
    open_paths = termination.paths(contract, dossier.today)
    if answers["path"] in open_paths:
        return []
    allowed = "、".join(path.value for path in open_paths) or "无（没有原合同）"
    return [Problem("path", f"按原合同的性质和到期日，可用的终止路径是：{allowed}；请改选，或核对原合同。")]


def _dismissal(dossier: Dossier, answers: Answers) -> list[Problem]:
    chosen = dossier.answers("choose_termination_path")
    path = termination.Path(chosen["path"])
    start = dossier.answers("finalise_contract")["service_start"]
    keys = {termination.Path.INDEFINITE_948: "indefinite_term_notice"}
    earliest = termination.earliest(
        path,
        reading.old_contract(dossier.answers("submit_application"), chosen),
        answers["arrived_on"],
        dossier.pack.days(keys.get(path, "dismissal_notice")),
        new_effective=start,
    )
    return termination.problems(earliest, answers["termination_on"], start)


def _inspection(dossier: Dossier, answers: Answers) -> list[Problem]:
    if dossier.handover_items:
        return []
    return [Problem("inspected_on", "移交清单还没有登记；请先录入或导入移交项目。")]


def _settlement(dossier: Dossier, answers: Answers) -> list[Problem]:
    settlement = dossier.settlement_of(answers)
    return handover.reconcile(settlement) if settlement else []


def _certificate(dossier: Dossier, answers: Answers) -> list[Problem]:
    return handover.certificate_problems(
        bool(answers["old_company_signed"]), bool(answers["new_company_signed"]), bool(answers["committee_signed"])
    )


def _first_month(dossier: Dossier, answers: Answers) -> list[Problem]:
    income = sum(row["amount"] for row in answers["income"])
    spent = sum(row["amount"] for row in answers["expense"])
    left = answers["opening_balance"] + income - spent
    if left == answers["bank_balance"]:
        return []
    sums = f"期初 {answers['opening_balance']} 元，加收入 {income} 元，减支出 {spent} 元"
    return [Problem("bank_balance", f"{sums}，应余 {left} 元，与银行余额 {answers['bank_balance']} 元不符；请核对。")]


def _scores(dossier: Dossier, answers: Answers) -> list[Problem]:
    return acceptance.problems(reading.scores(answers), reading.acceptance_standard(dossier.pack).weights)


CHECKS: Mapping[str, Callable[[Dossier, Answers], list[Problem]]] = {
    "submit_application": _application,
    "screen_eligibility": _screening,
    "build_owner_register": _register,
    "hold_diagnosis_meeting": _diagnosis,
    "draft_plan": _plan,
    "draft_budget": _budget,
    "resolve_agenda": _agenda,
    "prepare_meeting_notice": _meeting_notice,
    "post_meeting_notice": _posted_notice,
    "deliver_ballots": _delivery,
    "close_voting": _closing,
    "sign_contract": _signature,
    "choose_termination_path": _termination_path,
    "serve_dismissal_notice": _dismissal,
    "inspect_and_list": _inspection,
    "settle_accounts": _settlement,
    "sign_handover_certificate": _certificate,
    "record_first_month": _first_month,
    "evaluate_acceptance": _scores,
}
