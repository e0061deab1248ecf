"""S10: first month, disclosure, acceptance."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import acceptance
from engine.use_cases import reading
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Decision, Gate


def _record_first_month(dossier: Dossier, answers: Answers) -> list[Problem]:
    income = sum(row["amount"] for row in answers["income"])
    spent = sum(row["amount"] for row in answers["expense"])
    left = answers["opening_balance"] + income - spent
    if left == answers["bank_balance"]:
        return []
    sums = f"期初 {answers['opening_balance']} 元，加收入 {income} 元，减支出 {spent} 元"
    return [Problem("bank_balance", f"{sums}，应余 {left} 元，与银行余额 {answers['bank_balance']} 元不符；请核对。")]


def _evaluate_acceptance(dossier: Dossier, answers: Answers) -> list[Problem]:
    return acceptance.problems(reading.scores(answers), reading.acceptance_standard(dossier.pack).weights)


def _decide_acceptance(dossier: Dossier) -> Decision:
    evaluated = dossier.answers("evaluate_acceptance")
    round = dossier.times("evaluate_acceptance")
    outcome = acceptance.judge(reading.scores(evaluated), reading.acceptance_standard(dossier.pack), round)
    return Decision(outcome, {"acceptance_round": round})


CHECKS: Mapping[str, Check] = {
    "record_first_month": _record_first_month,
    "evaluate_acceptance": _evaluate_acceptance,
}
GATES: Mapping[str, Gate] = {
    "acceptance": _decide_acceptance,
}
