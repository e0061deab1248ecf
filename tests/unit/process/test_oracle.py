"""After every step the library's own serializer sees the same READY set and data as ours."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.process import definitions, instance
from engine.process.instance import WaitState
from tests.unit.process.oracle import Oracle, ours

WORKFLOWS = Path(__file__).parents[3] / "workflows"
NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)

#: What each gate may say, the way onward first.
OUTCOMES = {
    "intake": ("ACCEPT", "RETURN"),
    "survey": ("COMPLETE", "INCOMPLETE"),
    "diagnosis": ("SUITABLE", "NURTURE"),
    "body_way": ("USE", "RE_ELECT", "FIRST_ASSEMBLY", "FORM_PMC", "JOIN"),
    "preparation": ("ON_TIME", "OVERDUE"),
    "first_assembly": ("FORMED", "NOT_FORMED"),
    "re_election": ("ELECTED", "NOT_ELECTED"),
    "property_committee": ("CLEAR", "OBJECTED"),
    "joint_body": ("AGREED", "NOT_AGREED"),
    "body_formed": ("FORMED", "NOT_FORMED"),
    "owners_body": ("READY", "NOT_READY", "NO_BODY"),
    "consent": ("REACHED", "NOT_REACHED"),
    "foundation": ("READY", "EXHAUSTED"),
    "plan": ("CLEAR", "REVISE"),
    "participation": ("PROCEED",),
    "vote": ("PASSED", "REJECTED", "NO_QUORUM", "PROCEDURE_FLAW", "CONTESTED"),
    "contested_vote": ("PASSED",),
    "supervisor": ("ELIGIBLE", "CONFLICT"),
    "signing": ("READY", "INCOMPLETE"),
    "handover": ("COMPLETE", "BLOCKED"),
    "acceptance": ("PASS", "RECTIFY"),
}


class TenDays:
    """Every period is ten days."""

    zone = ZoneInfo("Asia/Shanghai")

    def due(self, key: str, since: datetime) -> datetime:
        return since + timedelta(days=10)


@pytest.mark.parametrize("seed", range(3))
def test_the_shipped_process_stands_where_the_library_says(seed: int) -> None:
    chance = random.Random(seed)
    files = {path.name: path.read_bytes() for path in WORKFLOWS.glob("*.bpmn")}
    definition = definitions.load(files, "onboarding")
    now, deadlines = NOW, TenDays()
    wait = instance.start(definition, deadlines=deadlines, now=now)
    oracle = Oracle(definition, deadlines, now)
    for _ in range(260):
        if wait.finished:
            break
        assert ours(definition, wait.state, deadlines, now) == oracle.waiting()
        now += timedelta(days=1)
        name, values, wait = step(definition, wait, chance, deadlines, now)
        oracle.step(name, values, now)
        assert set(values.items()) <= set(wait.data.items())
    assert seed or wait.outcome_end == "operating"


def step(
    definition: definitions.Definition, wait: WaitState, chance: random.Random, deadlines: Any, now: datetime
) -> tuple[str, dict[str, Any], WaitState]:
    given: dict[str, Any] = {"deadlines": deadlines, "now": now}
    due = [timer for timer in wait.timers if timer.due <= now]
    if due or not (wait.jobs or wait.tasks):
        first = min(wait.timers, key=lambda timer: timer.due)
        moment = max(now, first.due)
        given["now"] = moment
        return first.name, {}, instance.fire_due(definition, wait.state, refs={first.ref}, **given)
    if wait.jobs:
        job = chance.choice(wait.jobs)
        values = decided(job.parameters.get("gate", ""), chance, now)
        return job.name, values, instance.complete_job(definition, wait.state, job.ref, values, **given)
    task = chance.choice(wait.tasks)
    names = definition.user_tasks[task.name].routing
    values = {name: now.date() if name.endswith("_on") else "x" for name in names}
    return task.name, values, instance.complete(definition, wait.state, task.ref, values, **given)


def decided(gate: str, chance: random.Random, now: datetime) -> dict[str, Any]:
    if not gate:
        return {}
    onward = chance.random() < 0.75
    outcome = OUTCOMES[gate][0] if onward else chance.choice(OUTCOMES[gate])
    values: dict[str, Any] = {f"{gate}_outcome": outcome}
    if gate == "participation":
        values["voting_closes_on"] = now.date()
    if gate in {"first_assembly", "re_election"}:
        values["filing_due"] = now.date()
    if gate == "contested_vote":
        values["vote_outcome"] = outcome
    return values
