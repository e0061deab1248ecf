"""A dry run finds each kind of fault in diagrams that differ from clean ones by a single element, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.process import definitions, waits
from engine.process.definitions import document
from engine.process.diagram import Diagram
from engine.process.elements import Timer
from engine.process.explore import Explored, explore
from engine.process.waiting import duration
from engine.process.world import Ahead, Given, Refusal, World
from tests.drawing import Flow, Node, boundary, call, draw, end, row, start, task, timer
from tests.unit.process.broken import CLEAN, KNOWN, Edit, broken, property_of, write


class _Term:
    zone = ZoneInfo("Asia/Shanghai")

    def due(self, key: str, since: datetime) -> datetime:
        return since + timedelta(days=30)


_KINDS = frozenset({"A", "B", "C"})
WORLD = World(
    answers={
        "ask": [{"kind": kind, "chosen_on": Ahead(2)} for kind in sorted(_KINDS)],
        **{name: [{}] for name in ("mend", "left", "dig", "look")},
    },
    refusals={},
    options={"ask": {"kind": _KINDS, "chosen_on": None}},
    gates=KNOWN.gates,
    roles={"look": 'kind == "A"', "dig": 'kind != "A"'},
    deadlines=_Term(),
    now=datetime(2026, 3, 2, 1, tzinfo=UTC),
)


def dry_run(files: Mapping[str, bytes], world: World = WORLD, **limit: int) -> Explored:
    return explore(definitions.load(files, "clean"), world, **limit)


def found(explored: Explored) -> list[tuple[str, str, str]]:
    return [(fault.rule, fault.file, fault.element) for fault in explored.faults]


def test_clean_diagrams_are_walked_whole_and_nothing_is_found() -> None:
    explored = dry_run(CLEAN)
    assert explored.faults == ()
    assert explored.documents == {"letter"}
    assert explored.steps > explored.situations == 15


def test_a_dry_run_says_the_same_every_time() -> None:
    edit = write("flow_which_one", "conditionExpression", 'kind == "Z"')
    assert dry_run(broken(edit)) == dry_run(broken(edit))
    assert dry_run(CLEAN) == dry_run(CLEAN)


@pytest.mark.parametrize(
    "edit, fault",
    [
        (write("flow_which_one", "conditionExpression", 'kind == "Z"'), ("dead_end", "clean.bpmn", "which")),
        (write("flow_which_one", "conditionExpression", 'kind in ("A", "B")'), ("nobody", "leaf.bpmn", "look")),
        (property_of("ask", "routing", "kind"), ("no_date", "clean.bpmn", "wait_until")),
        (
            write("flow_is_good_again", "conditionExpression", 'check_outcome == "NEVER"'),
            ("flow_untaken", "clean.bpmn", "flow_is_good_again"),
        ),
    ],
    ids=["dead end", "nobody can do it", "a timer without its date", "a flow never taken"],
)
def test_a_planted_fault_is_found_and_nothing_else(edit: Edit, fault: tuple[str, str, str]) -> None:
    assert found(dry_run(broken(edit))) == [fault]


def test_every_flow_that_is_not_taken_is_named() -> None:
    edit = write("flow_is_good_mend", "conditionExpression", 'check_outcome != "NEVER"')
    untaken = [("flow_untaken", "clean.bpmn", f"flow_is_good_{target}") for target in ("again", "met")]
    assert found(dry_run(broken(edit))) == untaken


def test_a_document_that_no_way_asks_for_is_missing_from_the_run() -> None:
    assert dry_run(broken(property_of("right", "document", "other"))).documents == {"other"}


def test_a_message_names_the_values_with_which_nobody_is_there() -> None:
    (fault,) = dry_run(broken(write("flow_which_one", "conditionExpression", 'kind in ("A", "B")'))).faults
    assert "kind 为“B”" in fault.message
    assert "街道" in fault.message


@pytest.mark.parametrize("routing, expected", [("ends_on", []), ("", [("no_date", "term.bpmn", "wait_for_end")])])
def test_a_date_that_a_start_brings_is_there_from_the_first(routing: str, expected: list[tuple[str, str, str]]) -> None:
    nodes = (
        Node("startEvent", "term_start", "开始", properties={"routing": routing} if routing else {}),
        Node("intermediateCatchEvent", "wait_for_end", "到期", inside=timer("after.ends_on", "timeDate")),
        end("term_end"),
    )
    files = {"term.bpmn": draw("term", nodes, row("term_start", "wait_for_end", "term_end"))}
    world = changed(WORLD, answers={}, options={}, roles={})
    assert found(explore(definitions.load(files, "term"), world)) == expected


def test_a_choice_that_the_form_never_lets_be_made_is_found() -> None:
    offered = changed(WORLD, options={"ask": {"kind": _KINDS | {"D"}}})
    assert found(dry_run(CLEAN, offered)) == [("value_untaken", "clean.bpmn", "ask")]


def test_answers_that_a_check_refuses_are_not_given() -> None:
    def only_after_approval(data: Mapping[str, Any], number: int) -> bool:
        return WORLD.answers["ask"][number]["kind"] == "A"

    refused = changed(WORLD, refusals={"ask": Refusal((), only_after_approval)})
    assert ("value_untaken", "clean.bpmn", "ask") in found(dry_run(CLEAN, refused))
    assert ("flow_untaken", "clean.bpmn", "flow_which_one") in found(dry_run(CLEAN, refused))


def test_a_run_that_would_not_end_says_so() -> None:
    assert found(dry_run(CLEAN, limit=5))[0] == ("unfinished", "clean.bpmn", "clean")


# loops, and beginnings anew


def _loop(routing: str) -> dict[str, bytes]:
    nodes = (
        start("loop_start"), Node("exclusiveGateway", "loop_again"), task("try_it", routing),
        Node("exclusiveGateway", "loop_is_done", "好了？", {"default": "flow_loop_is_done_loop_again"}),
        end("loop_end"),
    )  # fmt: skip
    ways = (
        *row("loop_start", "loop_again", "try_it", "loop_is_done"), Flow("loop_is_done", "loop_again", name="否"),
        Flow("loop_is_done", "loop_end", "done == True", "是"),
    )  # fmt: skip
    return {"loop.bpmn": draw("loop", nodes, ways)}


@pytest.mark.parametrize(
    "routing, expected", [("done", []), ("tried", [("no_exit", "loop.bpmn", "try_it")])], ids=["exit", "none"]
)
def test_a_loop_without_exit_is_found(routing: str, expected: list[tuple[str, str, str]]) -> None:
    answers: list[Given] = [{routing: True}, {routing: False}]
    world = changed(WORLD, answers={"try_it": answers}, options={}, roles={})
    assert found(explore(definitions.load(_loop(routing), "loop"), world)) == expected


def _questions(names: str) -> dict[str, bytes]:
    """A task for each name, then a gateway that asks for two answers together, in every combination."""
    pairs = [(one, other, *values) for one, other in combinations(names, 2) for values in product("XYZ", repeat=2)]
    ways = [f"{one}{first}_{other}{second}" for one, other, first, second in pairs]
    nodes = [start("pairs_start"), *(task(f"ask_{name}", name) for name in names)]
    flows = [*row("pairs_start", *(f"ask_{name}" for name in names), "is_0")]
    for number, (way, (one, other, first, second)) in enumerate(zip(ways, pairs, strict=True)):
        onward = f"is_{number + 1}" if number + 1 < len(ways) else "pairs_end"
        nodes += [
            Node("exclusiveGateway", f"is_{number}", "一起？", {"default": f"flow_is_{number}_met_{number}"}),
            Node("intermediateThrowEvent", way, "一起"), Node("exclusiveGateway", f"met_{number}"),
        ]  # fmt: skip
        flows += [
            Flow(f"is_{number}", way, f'{one} == "{first}" and {other} == "{second}"', "是"),
            Flow(f"is_{number}", f"met_{number}", name="否"), *row(way, f"met_{number}", onward),
        ]  # fmt: skip
    return {"pairs.bpmn": draw("pairs", (*nodes, end("pairs_end")), tuple(flows))}


def test_any_two_values_come_together_without_walking_every_combination() -> None:
    names = "defgh"
    answers: dict[str, list[Given]] = {f"ask_{name}": [{name: value} for value in "XYZ"] for name in names}
    world = changed(WORLD, answers=answers, options={}, roles={})
    explored = explore(definitions.load(_questions(names), "pairs"), world)
    assert explored.faults == ()
    assert explored.steps < 3 ** len(names)


# deadlines


def _enclosed(allowed: str, waited: str) -> dict[str, Diagram]:
    outer = draw(
        "outer",
        (start("outer_start"), call("outer_call", "inner"), boundary("outer_due", "outer_call", allowed),
         end("outer_late"), end("outer_end")),
        (*row("outer_start", "outer_call", "outer_end"), *row("outer_due", "outer_late")),
    )  # fmt: skip
    inner = draw(
        "inner",
        (
            start("inner_start"), Node("exclusiveGateway", "inner_again"),
            Node("intermediateCatchEvent", "notice_runs", "公告期", inside=timer(waited)), task("judge_it", "verdict"),
            Node("exclusiveGateway", "is_right", "对？", {"default": "flow_is_right_mend_it"}),
            Node("intermediateCatchEvent", "mend_it", "整改期", inside=timer("P90D")), end("inner_end"),
        ),
        (*row("inner_start", "inner_again", "notice_runs", "judge_it", "is_right"), *row("mend_it", "inner_again"),
         Flow("is_right", "inner_end", "verdict == True", "是"), Flow("is_right", "mend_it", name="否")),
    )  # fmt: skip
    files = {"outer.bpmn": outer, "inner.bpmn": inner}
    return {
        diagram.process: diagram for diagram in (Diagram(file, document(text, file)) for file, text in files.items())
    }


def _days(written: Timer) -> tuple[int, int] | None:
    period = duration(written.text)
    return None if period is None else (period.days, period.days)


@pytest.mark.parametrize("allowed, expected", [("P15D", []), ("P14D", ["outer_due"])], ids=["day 15", "day 14"])
def test_a_notice_that_outlasts_the_deadline_around_it_is_found(allowed: str, expected: list[str]) -> None:
    faults = list(waits.conflicts(_enclosed(allowed, "P15D"), _days))
    assert [fault.element for fault in faults] == expected, "and a second turn of a loop is no conflict"
    assert all("notice_runs" in fault.message and "15 天" in fault.message for fault in faults)


def test_what_matters_is_dated_from_the_day_it_is_given() -> None:
    seen: list[date] = []

    class Watching(_Term):
        def due(self, key: str, since: datetime) -> datetime:
            seen.append(since.astimezone(self.zone).date())
            return super().due(key, since)

    dry_run(CLEAN, changed(WORLD, deadlines=Watching()))
    assert min(seen) >= date(2026, 3, 4), "the call begins after the date that was waited for"
