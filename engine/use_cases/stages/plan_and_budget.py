"""S6: plan, contract terms and first budget."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import budget, plan
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate


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
    return plan.terms_problems(terms, limits)


def _draft_budget(dossier: Dossier, answers: Answers) -> list[Problem]:
    share = reading.remuneration(dossier.answers("draft_plan"))
    return budget.check(reading.first_budget(answers["lines"], share, dossier.pack.value("unforeseen_max")))


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
    opinion = dossier.answers("review_plan")["opinion"]
    return Decision(plan.review(absent, dossier.budget_problems, consultation, opinion))


CHECKS: Mapping[str, Check] = {
    "draft_plan": _draft_plan,
    "draft_budget": _draft_budget,
}
GATES: Mapping[str, Gate] = {
    "plan": _decide_plan,
}
