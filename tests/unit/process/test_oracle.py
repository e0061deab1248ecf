"""After every step the library's own serializer sees the same READY set and data as ours."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.carry import casefile
from engine.process import definitions, instance
from engine.process.instance import Value, WaitState
from engine.process.routes import Choice
from engine.process.waiting import date_name
from engine.use_cases import linting
from engine.use_cases.library import shipped
from tests.unit.process.oracle import Brief, Oracle, ours

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
LIBRARY = shipped()
KNOWN = linting.known(LIBRARY)
#: What was said last on the reference estate's way to operation: each gate's outcome, each task's answers.
REFERENCE = casefile.read(Path(__file__).parents[2] / "cases" / "reference.yaml")
OUTCOMES = {gate: outcome for step in REFERENCE.steps for gate, outcome in step.outcomes.items()}
ANSWERS = {step.task: step.answers for step in REFERENCE.steps if not step.refused}
#: The routing values that a timer reads.
DATES = {date_name(one.timer.text) for one in LIBRARY.definition("onboarding").elements.values() if one.timer}


class TenDays:
    """Every period is ten days."""

    zone = ZoneInfo("Asia/Shanghai")

    def due(self, key: str, since: datetime) -> datetime:
        return since + timedelta(days=10)


class Chance(random.Random):
    """Chance that mostly says what was said on the reference estate's way."""

    def __init__(self, seed: int, usual: float) -> None:
        super().__init__(seed)
        self.usual = usual


@pytest.mark.parametrize(("seed", "usual", "kept"), [(0, 1, Oracle), (1, 0.8, Brief), (2, 0.8, Brief)])
def test_the_shipped_process_stands_where_the_library_says(seed: int, usual: float, kept: type[Oracle]) -> None:
    chance = Chance(seed, usual)
    definition = LIBRARY.definition("onboarding")
    now, deadlines = NOW, TenDays()
    wait = instance.start(definition, deadlines=deadlines, now=now)
    oracle = kept(definition, deadlines, now)
    for _ in range(260):
        if wait.finished:
            break
        assert ours(definition, wait.state, deadlines, now) == oracle.waiting()
        now = later(wait, now)
        name, values, wait = step(definition, wait, chance, deadlines, now)
        oracle.step(name, values, now)
        assert set(values.items()) <= set(wait.data.items())
        assert_flows(definition, wait)
    assert usual < 1 or wait.outcome_end == "operating"


def test_a_decoded_instance_comes_to_the_same_bytes_as_a_live_one() -> None:
    chance, now, deadlines = Chance(7, 0.8), NOW, TenDays()
    definition = LIBRARY.definition("onboarding")
    wait = instance.start(definition, deadlines=deadlines, now=now)
    for _ in range(260):
        if wait.finished:
            break
        now = later(wait, now)
        drawn = chance.getstate()
        live = step(definition, wait, chance, deadlines, now)[2]
        instance.forget_warm()
        chance.setstate(drawn)
        decoded = step(definition, wait, chance, deadlines, now)[2]
        assert decoded == live
        wait = decoded


def assert_flows(definition: definitions.Definition, wait: WaitState) -> None:
    """Whatever was passed says by which flow it was reached; only starts and boundary events were reached by none."""
    ends = {flow: target for (_, target), flow in definition.flows.items()}
    for one in wait.passed:
        reached = ends[one.flow] == one.name if one.flow else one.kind in {"startEvent", "boundaryEvent"}
        assert reached, f"{one.name} was reached by “{one.flow}”"


def later(wait: WaitState, now: datetime) -> datetime:
    """The next day; when nothing can be done then, the day on which a timer is due."""
    tomorrow = now + timedelta(days=1)
    if wait.jobs or wait.tasks or wait.messages:
        return tomorrow
    return max(tomorrow, min(timer.due for timer in wait.timers))


def step(
    definition: definitions.Definition, wait: WaitState, chance: Chance, deadlines: Any, now: datetime
) -> tuple[str, dict[str, Any], WaitState]:
    """Do one of the things that can be done, mostly as the reference estate did: what, with which values, and then."""
    given: dict[str, Any] = {"deadlines": deadlines, "now": now}
    due = [timer for timer in wait.timers if timer.due <= now]
    if due:
        first = min(due, key=lambda timer: timer.due)
        return first.name, {}, instance.fire_due(definition, wait.state, refs={first.ref}, **given)
    if not (wait.jobs or wait.tasks):
        heard = chance.choice(wait.messages)
        name = heard.ref.rpartition("-")[0]
        values: dict[str, Any] = dict.fromkeys(definition.elements[name].routing, "x")
        return name, values, instance.receive(definition, wait.state, heard.ref, values, **given)
    onward = chance.random() < chance.usual
    if wait.jobs:
        job = chance.choice(wait.jobs)
        gate = job.parameters.get("gate", "")
        usual = {f"{gate}_outcome": OUTCOMES.get(gate)} if onward else {}
        values = {
            name: value(name, choice, usual.get(name), chance, now)
            for name, choice in KNOWN.gates.get(gate, {}).items()
        }
        return job.name, values, instance.complete_job(definition, wait.state, job.ref, values, **given)
    task = chance.choice(wait.tasks)
    form, usual = KNOWN.forms[task.name], ANSWERS.get(task.name, {}) if onward else {}
    values = {
        name: value(name, form[name], usual.get(name), chance, now) for name in definition.user_tasks[task.name].routing
    }
    return task.name, values, instance.complete(definition, wait.state, task.ref, values, **given)


def value(name: str, choice: Choice, usual: Any, chance: Chance, now: datetime) -> Value:
    """The usual value where that is one of the choice, else any."""
    if choice is None:
        return now.date() if name in DATES else "x"
    return usual if usual in choice else chance.choice(sorted(choice, key=repr))
