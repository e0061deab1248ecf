"""Instances: what is open, what moves them, what they refuse."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.errors import Conflict, DamagedState, InvalidDefinition
from engine.process import definitions, instance
from engine.process.definitions import Definition
from engine.process.instance import WaitState
from engine.process.waiting import WithoutPack

DIAGRAMS = Path(__file__).parents[2] / "diagrams"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PACK = WithoutPack()


def load(name: str) -> Definition:
    return definitions.load({f"{name}.bpmn": (DIAGRAMS / f"{name}.bpmn").read_bytes()}, name)


@pytest.fixture(params=["warm", "decoded"], autouse=True)
def _temperature(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "decoded":
        monkeypatch.setattr(instance, "_WARM_LIMIT", 0)
        instance.forget_warm()


def try_again(definition: Definition, wait: WaitState, enough: bool) -> WaitState:
    ref = wait.tasks[0].ref
    return instance.complete(definition, wait.state, ref, {"enough": enough}, deadlines=PACK, now=NOW)


def test_an_instance_starts_at_its_first_task() -> None:
    wait = instance.start(load("mech_loop"), deadlines=PACK, now=NOW)
    assert [(task.name, task.title, task.lane) for task in wait.tasks] == [("try_again", "再试一次", "街道")]
    assert wait.tasks[0].opened_at == NOW


def test_a_loop_turns_a_thousand_times_and_does_not_grow() -> None:
    definition = load("mech_loop")
    wait = instance.start(definition, deadlines=PACK, now=NOW)
    sizes = []
    for _ in range(1_000):
        wait = try_again(definition, wait, False)
        sizes.append(len(wait.state))
    assert max(sizes[10:]) <= sizes[10] + 16
    wait = try_again(definition, wait, True)
    assert wait.finished
    assert wait.outcome_end == "mech_loop_end"


def test_a_task_completed_twice_is_a_conflict_and_changes_nothing() -> None:
    definition = load("mech_loop")
    wait = instance.start(definition, deadlines=PACK, now=NOW)
    later = try_again(definition, wait, False)
    with pytest.raises(Conflict):
        instance.complete(definition, later.state, wait.tasks[0].ref, {"enough": True}, deadlines=PACK, now=NOW)
    assert instance.inspect(definition, later.state, deadlines=PACK, now=NOW).tasks == later.tasks


def test_an_answer_that_the_diagram_does_not_declare_never_enters_it() -> None:
    definition = load("mech_loop")
    wait = instance.start(definition, deadlines=PACK, now=NOW)
    with pytest.raises(ValueError, match="routes nothing"):
        instance.complete(definition, wait.state, wait.tasks[0].ref, {"typename": "x"}, deadlines=PACK, now=NOW)


def test_branches_wait_for_each_other_and_their_values_meet() -> None:
    definition = load("mech_parallel")
    wait = instance.start(definition, deadlines=PACK, now=NOW)
    assert {task.name for task in wait.tasks} == {"left_hand", "right_hand"}
    refs = {task.name: task.ref for task in wait.tasks}
    wait = instance.complete(
        definition, wait.state, refs["right_hand"], {"right_on": date(2026, 3, 5)}, deadlines=PACK, now=NOW
    )
    assert [task.name for task in wait.tasks] == ["left_hand"]
    assert set(wait.before) - set(wait.waits) == {refs["right_hand"]}
    wait = instance.complete(definition, wait.state, refs["left_hand"], {"left_value": 7}, deadlines=PACK, now=NOW)
    assert not wait.tasks
    flows = {one.name: one.flow for one in wait.passed}
    assert flows == {
        "left_hand": "flow_mech_parallel_split_both_left_hand",
        "mech_parallel_join_both": "flow_left_hand_mech_parallel_join_both",
    }
    [timer] = wait.timers
    assert timer.due.astimezone(ZoneInfo("Asia/Shanghai")) == datetime(2026, 3, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert wait.data["left_value"] == 7
    assert wait.data["right_on"] == date(2026, 3, 5)


def test_a_deadline_passes_and_the_task_stays_open() -> None:
    definition = load("mech_parallel")
    wait = instance.start(definition, deadlines=PACK, now=NOW)
    [timer] = wait.timers
    assert (timer.attached_to, timer.interrupting, timer.due) == ("left_hand", False, NOW + timedelta(hours=1))
    wait = instance.fire_due(definition, wait.state, deadlines=PACK, now=NOW + timedelta(hours=2))
    assert {task.name for task in wait.tasks} == {"left_hand", "right_hand"}
    assert not wait.timers
    flows = {passed.name: passed.flow for passed in wait.passed}
    assert flows == {"left_hand_due": "", "left_hand_late": "flow_left_hand_due_left_hand_late"}


def test_a_timer_not_yet_due_does_not_fire_and_may_be_moved() -> None:
    definition = load("mech_parallel")
    wait = instance.start(definition, deadlines=PACK, now=NOW)
    still = instance.fire_due(definition, wait.state, deadlines=PACK, now=NOW + timedelta(minutes=59))
    assert still.timers == wait.timers
    refs = {wait.timers[0].ref}
    moved = instance.shift_timers(definition, wait.state, refs, timedelta(days=40), deadlines=PACK, now=NOW)
    assert moved.timers[0].due == wait.timers[0].due + timedelta(days=40)


def test_a_job_waits_for_its_worker() -> None:
    definition = load("mech_parallel")
    wait = instance.start(definition, deadlines=PACK, now=NOW)
    for name, values in (("right_hand", {"right_on": date(2026, 3, 1)}), ("left_hand", {})):
        ref = next(task.ref for task in wait.tasks if task.name == name)
        wait = instance.complete(definition, wait.state, ref, values, deadlines=PACK, now=NOW)
    wait = instance.fire_due(definition, wait.state, deadlines=PACK, now=NOW)
    [job] = wait.jobs
    assert (job.operation, job.parameters["gate"]) == ("decide", "check")
    done = instance.complete_job(definition, wait.state, job.ref, {"check_outcome": "YES"}, deadlines=PACK, now=NOW)
    assert done.finished
    with pytest.raises(Conflict):
        instance.complete_job(definition, done.state, job.ref, {}, deadlines=PACK, now=NOW)


@pytest.fixture
def _anywhere() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("_anywhere")
def test_the_zone_of_the_machine_changes_nothing() -> None:
    definition = load("mech_parallel")
    seen = set()
    for zone in ("UTC", "America/New_York", "Asia/Shanghai"):
        os.environ["TZ"] = zone
        time.tzset()
        wait = instance.start(definition, deadlines=PACK, now=NOW)
        ref = next(task.ref for task in wait.tasks if task.name == "right_hand")
        wait = instance.complete(definition, wait.state, ref, {"right_on": date(2026, 3, 5)}, deadlines=PACK, now=NOW)
        seen.add(tuple(timer.due for timer in wait.timers))
    assert len(seen) == 1


def test_a_state_that_is_not_ours_is_refused() -> None:
    with pytest.raises(DamagedState):
        instance.inspect(load("mech_loop"), b"[]", deadlines=PACK, now=NOW)


BROKEN = {
    "doctype": ('<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'),
    "call": ("enough == True", "open(&quot;x&quot;) == True"),
    "dunder": ("enough == True", "enough.__class__ == True"),
    "arithmetic": ("enough == True", "9 ** 9 ** 9 == True"),
    "typename": ('name="routing" value="enough"', 'name="routing" value="typename"'),
    "builtin": ('name="routing" value="enough"', 'name="routing" value="len"'),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_hostile_diagram_is_refused(fault: str) -> None:
    clean = (DIAGRAMS / "mech_loop.bpmn").read_text()
    old, new = BROKEN[fault]
    assert old in clean
    with pytest.raises(InvalidDefinition) as refused:
        definitions.load({"mech_loop.bpmn": clean.replace(old, new).encode()}, "mech_loop")
    assert "mech_loop.bpmn" in str(refused.value)


def test_a_running_instance_keeps_its_version() -> None:
    old = load("mech_loop")
    text = (DIAGRAMS / "mech_loop.bpmn").read_text().replace("再试一次", "重新来过")
    new = definitions.load({"mech_loop.bpmn": text.encode()}, "mech_loop")
    assert old.version != new.version
    wait = instance.start(old, deadlines=PACK, now=NOW)
    assert try_again(old, wait, False).tasks[0].title == "再试一次"
    assert instance.start(new, deadlines=PACK, now=NOW).tasks[0].title == "重新来过"
