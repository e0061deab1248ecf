"""S10: first month, disclosure, acceptance."""

from collections.abc import Mapping
from datetime import date, timedelta

from engine.errors import Problem
from engine.rules import acceptance
from engine.rules.exact import Ratio
from engine.rules.outcome import Outcome
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _record_first_month(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["payments_dual"] > answers["payments_total"]:
        return [Problem("payments_dual", "双方核准的笔数多于支付笔数；请对照核准记录改正。")]
    if (answers["repair_reserve_balance"] or 0) > answers["bank_balance"]:
        message = "维修储备含在银行余额之内，不能多于它；请核对分账记录。"
        return [Problem("repair_reserve_balance", message)]
    income = sum(row["amount"] for row in answers["income"])
    spent = sum(row["amount"] for row in answers["expense"])
    left = answers["opening_balance"] + income - spent
    if left == answers["bank_balance"]:
        return []
    sums = f"期初 {answers['opening_balance']} 元，加收入 {income} 元，减支出 {spent} 元"
    return [Problem("bank_balance", f"{sums}，应余 {left} 元，与银行余额 {answers['bank_balance']} 元不符；请核对。")]


def _check_first_month(dossier: Dossier, answers: Answers) -> list[Problem]:
    ticks = {"reconciled": "账实不符", "within_budget": "有超预算支出", "vouchers_complete": "凭证不全"}
    return [
        Problem(field, f"{why}的，不能公示；请退回企业更正后再核对。")
        for field, why in ticks.items()
        if not answers[field]
    ]


def _post_first_disclosure(dossier: Dossier, answers: Answers) -> list[Problem]:
    shown = (answers["display_until"] - answers["posted_on"]).days
    least = dossier.pack.days("disclosure_display")
    found = []
    if shown < least:
        message = f"只张贴 {shown} 天，应不少于 {least} 天；请改为 {answers['posted_on'] + timedelta(least)} 以后。"
        found.append(Problem("display_until", message))
    if _disclosure(dossier, answers["posted_on"]).name == "LATE" and not answers["late_reason"]:
        found.append(Problem("late_reason", "晚于规定的公示日；请写明逾期原因，并告知业委会和街道。"))
    return found


def _answer_owner_questions(dossier: Dossier, answers: Answers) -> list[Problem]:
    if any(answers["closed_on"] < row["replied_on"] for row in answers["questions"] or ()):
        return [Problem("closed_on", "办结日期早于最后一次答复；请核对先后。")]
    return []


def _disclosure(dossier: Dossier, posted_on: date) -> Outcome:
    pack = dossier.pack
    rule = acceptance.DisclosureRule(
        pack.value("disclosure_month_day"), pack.days("disclosure_late_committee"), pack.days("disclosure_late_street")
    )
    month_end = dossier.answers("record_first_month")["month_end"]
    return acceptance.disclosure(month_end, posted_on, dossier.today, rule)


def _evidence(dossier: Dossier) -> acceptance.Evidence:
    month, own = dossier.answers("record_first_month"), dossier.answers("self_evaluate")
    terms, days = dossier.answers("draft_contract_terms"), dossier.pack.days("challenge_reply")
    asked = dossier.answers("answer_owner_questions")["questions"] or ()
    return acceptance.Evidence(
        procedure_complete=dossier.outcome("signing") == "READY",
        clauses_complete=bool(terms["standard_clauses_complete"] and terms["fiduciary_clauses_complete"]),
        payments=Ratio(month["payments_dual"], month["payments_total"]),
        budget_published=dossier.answered("announce_result"),
        disclosed_on_time=_disclosure(dossier, dossier.answers("post_first_disclosure")["posted_on"]).name == "ON_TIME",
        open_challenges=sum(1 for row in asked if (row["replied_on"] - row["asked_on"]).days > days),
        supervisor_opinion=dossier.answered("issue_supervision_opinion"),
        overdue_handover_items=0 if dossier.outcome("handover") in {"COMPLETE", "PARTIAL", ""} else 1,
        awareness=Ratio(own["awareness_known"], own["awareness_sampled"]),
        satisfaction=Ratio(own["satisfaction_satisfied"], own["satisfaction_sampled"]),
        response=Ratio(own["sla_hit"], own["sla_total"]),
    )


def _evaluate_acceptance(dossier: Dossier, answers: Answers) -> list[Problem]:
    pack, scores = dossier.pack, reading.scores(answers)
    weights = reading.acceptance_standard(pack).weights
    targets = acceptance.SampleTargets(
        pack.value("awareness_min"), pack.value("satisfaction_min"), pack.value("response_rate_min")
    )
    found = acceptance.problems(scores, weights)
    return found or acceptance.unearned(scores, acceptance.proposed(_evidence(dossier), targets, weights))


def _decide_acceptance(dossier: Dossier) -> Decision:
    evaluated = dossier.answers("evaluate_acceptance")
    round = dossier.times("evaluate_acceptance")
    outcome = acceptance.judge(reading.scores(evaluated), reading.acceptance_standard(dossier.pack), round)
    return Decision(outcome, {"acceptance_round": round})


CHECKS: Mapping[str, Check] = {
    "record_first_month": _record_first_month,
    "check_first_month": _check_first_month,
    "post_first_disclosure": _post_first_disclosure,
    "answer_owner_questions": _answer_owner_questions,
    "evaluate_acceptance": _evaluate_acceptance,
}
GATES: Mapping[str, Gate] = {
    "acceptance": gate(_decide_acceptance, "PASS RECTIFY SUSPEND", acceptance_round=None),
}
