"""Processes within processes: call activities and sub-processes two levels down, their deadlines, their events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.errors import Conflict
from engine.process import definitions, instance
from engine.process.instance import WaitState
from engine.process.waiting import WithoutPack
from tests.drawing import Flow, Node, boundary, call, draw, end, gate, message, row, start, task, timer
from tests.unit.process.oracle import Oracle, ours

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PACK = WithoutPack()
EVENTS = {"answer": "answered", "refusal": "refused", "silence": "silent"}

_TOP = draw(
    "top",
    (start("top_start"), call("outer_stage", "outer"), boundary("outer_due", "outer_stage", "P30D"), end("outer_late"),
     end("top_end")),
    (*row("top_start", "outer_stage", "top_end"), *row("outer_due", "outer_late")),
)  # fmt: skip
_DEEP = Node(
    "subProcess", "deep", "深处",
    nodes=(start("deep_start"), task("dig"), boundary("dig_due", "dig", "PT1H"), end("dig_late"), end("deep_end")),
    flows=(*row("deep_start", "dig", "deep_end"), *row("dig_due", "dig_late")),
)  # fmt: skip
_SHALLOW = Node(
    "subProcess", "shallow", "浅处",
    nodes=(start("shallow_start"), _DEEP, call("call_inner", "inner"), end("shallow_end")),
    flows=row("shallow_start", "deep", "call_inner", "shallow_end"),
)  # fmt: skip
_OUTER = draw(
    "outer",
    (start("outer_start"), _SHALLOW, boundary("shallow_due", "shallow", "P1D"), end("shallow_late"), end("outer_end")),
    (*row("outer_start", "shallow", "outer_end"), *row("shallow_due", "shallow_late")),
)
_INNER = draw(
    "inner",
    (
        start("inner_start"),
        Node("eventBasedGateway", "whichever"),
        Node("intermediateCatchEvent", "answered", "答复", inside=message("m_answer")),
        Node("intermediateCatchEvent", "refused", "拒绝", inside=message("m_refusal")),
        Node("intermediateCatchEvent", "silent", "未答复", inside=timer("P7D")),
        task("follow_up"),
        end("inner_end"), end("inner_refused"), end("inner_silent"),
    ),
    (*row("inner_start", "whichever", "answered", "follow_up", "inner_end"),
     *row("whichever", "refused", "inner_refused"), *row("whichever", "silent", "inner_silent")),
    {"m_answer": "answer", "m_refusal": "refusal"},
)  # fmt: skip
NESTED = {"top.bpmn": _TOP, "outer.bpmn": _OUTER, "inner.bpmn": _INNER}


@pytest.fixture(params=["warm", "decoded"], autouse=True)
def _temperature(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "decoded":
        monkeypatch.setattr(instance, "_WARM_LIMIT", 0)
        instance.forget_warm()


class Walk:
    """One instance, and the library's beside it: after each step both wait for the same, with the same values."""

    def __init__(self, files: dict[str, bytes], process: str) -> None:
        self.definition = definitions.load(files, process)
        self.now = NOW
        self.oracle = Oracle(self.definition, PACK, NOW)
        self.wait = instance.start(self.definition, deadlines=PACK, now=NOW)
        self._agree()

    def complete(self, name: str, **answers: Any) -> WaitState:
        """Complete the open task of that name."""
        ref = next(one.ref for one in self.wait.tasks if one.name == name)
        return self._stepped(name, answers, instance.complete, ref, answers)

    def judge(self, name: str, **result: Any) -> WaitState:
        """Finish the job of that name."""
        ref = next(one.ref for one in self.wait.jobs if one.name == name)
        return self._stepped(name, result, instance.complete_job, ref, result)

    def receive(self, message_name: str) -> WaitState:
        """Hand over a message."""
        awaited = next(one for one in self.wait.messages if one.name == message_name)
        return self._stepped(awaited.ref.rpartition("-")[0], {}, instance.receive, awaited.ref, {})

    def fire(self, name: str) -> WaitState:
        """Let time pass until a timer is due."""
        due = next(one for one in self.wait.timers if one.name == name)
        self.now = due.due
        self.oracle.step(name, {}, self.now)
        kept = {"deadlines": PACK, "now": self.now, "refs": {due.ref}}
        self.wait = instance.fire_due(self.definition, self.wait.state, **kept)
        return self._agree()

    def _stepped(self, name: str, values: dict[str, Any], move: Any, *given: Any) -> WaitState:
        self.oracle.step(name, values, self.now)
        self.wait = move(self.definition, self.wait.state, *given, deadlines=PACK, now=self.now)
        return self._agree()

    def _agree(self) -> WaitState:
        assert ours(self.definition, self.wait.state, PACK, self.now) == self.oracle.waiting()
        assert self.wait.finished == self.oracle.finished
        return self.wait


def test_a_task_two_levels_down_belongs_to_its_lane_and_its_stage() -> None:
    walk = Walk(NESTED, "top")
    [dig] = walk.wait.tasks
    assert (dig.name, dig.lane, dig.stage) == ("dig", "街道", "outer_stage")
    assert (walk.wait.stages, walk.wait.entered) == (("outer_stage",), ("outer_stage",))
    assert {one.name: one.attached_to for one in walk.wait.timers} == {
        "outer_due": "outer_stage", "shallow_due": "shallow", "dig_due": "dig"
    }  # fmt: skip


def test_the_deadline_of_a_stage_passes_and_the_stage_goes_on() -> None:
    walk = Walk(NESTED, "top")
    for name in ("dig_due", "shallow_due", "outer_due"):
        assert [one.name for one in walk.fire(name).tasks] == ["dig"]
    assert not walk.wait.timers
    assert walk.complete("dig").messages
    assert walk.receive("refusal").outcome_end == "top_end"


@pytest.mark.parametrize("event", EVENTS)
def test_the_first_event_behind_a_gateway_calls_off_the_others(event: str) -> None:
    walk = Walk(NESTED, "top")
    wait = walk.complete("dig")
    assert {one.name for one in wait.messages} == {"answer", "refusal"}
    assert next(one.due for one in wait.timers if one.name == "silent") == NOW + timedelta(days=7)
    late = wait.messages
    wait = walk.fire("silent") if event == "silence" else walk.receive(event)
    assert not wait.messages
    assert "silent" not in {one.name for one in wait.timers}
    for one in late:
        with pytest.raises(Conflict):
            instance.receive(walk.definition, wait.state, one.ref, {}, deadlines=PACK, now=walk.now)
    if event == "answer":
        wait = walk.complete("follow_up")
    assert (wait.finished, wait.left) == (True, ("outer_stage",))


_LATE = draw(
    "late",
    (
        start("late_start"), Node("exclusiveGateway", "again"), task("work"), boundary("work_due", "work", "PT1H"),
        task("explain"), end("explained"), gate("judge", "check"), Node("exclusiveGateway", "good_enough", "够好？"),
        end("late_end"),
    ),
    (
        *row("late_start", "again", "work", "judge", "good_enough"), *row("work_due", "explain", "explained"),
        Flow("good_enough", "late_end", 'check_outcome == "YES"', "是"),
        Flow("good_enough", "again", 'check_outcome == "NO"', "否"),
    ),
)  # fmt: skip
_ASKING = draw(
    "asking",
    (start("asking_start"), call("late_stage", "late"), Node("exclusiveGateway", "was_good", "好？"), end("good"),
     end("bad")),
    (*row("asking_start", "late_stage", "was_good"), Flow("was_good", "good", 'check_outcome == "YES"', "是"),
     Flow("was_good", "bad", 'check_outcome == "NO"', "否")),
)  # fmt: skip


def test_a_branch_that_ends_last_does_not_bring_back_what_was_decided_before() -> None:
    walk = Walk({"late.bpmn": _LATE, "asking.bpmn": _ASKING}, "asking")
    walk.complete("work")
    walk.judge("judge", check_outcome="NO")
    walk.fire("work_due")
    walk.complete("work")
    walk.judge("judge", check_outcome="YES")
    assert walk.complete("explain").outcome_end == "good"
