"""Each stage's checks of answers and its gates: what the rules are asked, read from the dossier.

A stage module names ``CHECKS`` by user task and ``GATES`` by the ``gate`` property of a business rule task.
"""

from collections.abc import Mapping

from engine.use_cases.stages import (
    acceptance,
    consent,
    diagnosis,
    foundation,
    fund_account,
    handover,
    intake,
    owners_body,
    owners_vote,
    plan_and_budget,
    selection,
    signing,
    supervisor_appointment,
    survey,
)
from engine.use_cases.stages.decision import Check, Gate

_STAGES = (
    intake, survey, diagnosis, owners_body, consent, foundation, plan_and_budget, owners_vote,
    selection, supervisor_appointment, signing, fund_account, handover, acceptance,
)  # fmt: skip

#: The check of each user task that has one.
CHECKS: Mapping[str, Check] = {task: check for stage in _STAGES for task, check in stage.CHECKS.items()}
#: Every gate that a diagram may name.
GATES: Mapping[str, Gate] = {gate: decide for stage in _STAGES for gate, decide in stage.GATES.items()}
