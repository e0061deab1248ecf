"""S6: plan, contract terms and first budget."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import budget, budget_posts, plan
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate, gate


def _draft_plan(dossier: Dossier, answers: Answers) -> list[Problem]:
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
    known = dossier.answers("submit_application")["fee_std"]
    return plan.terms_problems(terms, limits) + plan.old_fee_problems(answers["fee_std_old"], known)


def _draft_budget(dossier: Dossier, answers: Answers) -> list[Problem]:
    share = reading.remuneration(dossier.answers("draft_plan"))
    drawn = reading.first_budget(answers["lines"], share, dossier.pack.value("unforeseen_max"))
    return budget.check(drawn) or budget_posts.check(reading.posts(answers.get("posts")), drawn.lines)


def _draft_contract_terms(dossier: Dossier, answers: Answers) -> list[Problem]:
    years = dossier.answers("draft_plan")["contract_years"]
    return plan.years_problems(answers["service_start"], answers["service_end"], years)


def _check_rules(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["amendment_needed"] and not answers["amendments"]:
        return [Problem("amendments", "勾选了需要修订，却没有写修订对照；请逐条写出原条文和修订条文。")]
    return []


def _audit_fee_rise(dossier: Dossier, answers: Answers) -> list[Problem]:
    if answers["auditor"] in {dossier.answers("submit_application")["company_name"], ""}:
        return [Problem("auditor", "审计单位不能是物业企业自己；请委托独立的第三方。")]
    return []


def _decide_plan(dossier: Dossier) -> Decision:
    posted, settled = dossier.answers("post_plan_for_comment"), dossier.answers("settle_comments")
    consultation = plan.Consultation(
        posted_on=posted["posted_on"],
        committee_told_on=posted["committee_told_on"],
        closed_on=settled["closed_on"],
        days=dossier.pack.days("plan_comment_period"),
        comments=[
            plan.Comment(row["opinion"], bool(row["adopted"]), row["reason"] or "") for row in settled["comments"] or ()
        ],
    )
    terms = dossier.answers("draft_contract_terms")
    groups = {"standard_clauses_complete": "法定必备条款", "fiduciary_clauses_complete": "信义条款"}
    absent = [name for field_name, name in groups.items() if not terms[field_name]]
    reviewers = {
        "法律顾问": "review_plan",
        "会计": "review_budget",
        "街道": "review_by_street",
        "区住建": "review_by_housing",
    }
    opinions = {who: dossier.answers(task)["opinion"] for who, task in reviewers.items()}
    return Decision(plan.review(absent, dossier.budget_problems, consultation, opinions))


def _decide_fee_change(dossier: Dossier) -> Decision:
    drafted = dossier.answers("draft_plan")
    return Decision(plan.fee_change(drafted["fee_std_old"], drafted["fee_std_new"]))


CHECKS: Mapping[str, Check] = {
    "draft_plan": _draft_plan,
    "draft_budget": _draft_budget,
    "estimate_budget": _draft_budget,
    "draft_contract_terms": _draft_contract_terms,
    "check_rules": _check_rules,
    "audit_fee_rise": _audit_fee_rise,
}
GATES: Mapping[str, Gate] = {
    "plan": gate(_decide_plan, "CLEAR REVISE"),
    "fee_change": gate(_decide_fee_change, "RISES HOLDS"),
}
