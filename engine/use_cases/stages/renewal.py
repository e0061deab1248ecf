"""Beside the journey: whether the old company is to stay when its term is over."""

from collections.abc import Mapping

from engine.errors import Problem
from engine.rules import termination
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.stages.decision import Check, Gate


def _decide_renewal(dossier: Dossier, answers: Answers) -> list[Problem]:
    return termination.renewal_problems(answers["decision"], answers["company_position"])


CHECKS: Mapping[str, Check] = {"decide_renewal": _decide_renewal}
GATES: Mapping[str, Gate] = {}
