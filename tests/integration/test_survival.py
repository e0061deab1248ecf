"""What a stored instance survives: long loops, many stages, hostile names, newer diagrams, another host."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import jobs, store
from engine.carry import casefile, run, submitting
from engine.forms import Field
from engine.process import definitions, instance
from engine.process.definitions import Definition
from engine.process.instance import Value
from engine.process.waiting import WithoutPack
from engine.store import Store
from engine.use_cases import onboarding
from engine.use_cases.library import Library
from tests.drawing import call, draw, end, row, start, task

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PACK = WithoutPack()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    made = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="OFF")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    # every step begins with the bytes in the database, as after a restart
    monkeypatch.setattr(instance, "_WARM_LIMIT", 0)


def begin(opened: Store, definition: Definition) -> int:
    with opened.work("周敏", NOW) as work:
        estate = work.enter_estate("桂语苑", "test", ("v1", ""), {})
        wait = instance.start(definition, deadlines=PACK, now=NOW)
        work.start(estate, definition, wait, lambda expression: "programme")
    return estate


def complete(opened: Store, definition: Definition, estate: int, name: str, **answers: Value) -> None:
    with opened.work("周敏", NOW) as work:
        one = work.task(estate, name)
        rest = work.instance(one.instance_id)
        wait = instance.complete(definition, rest.state, one.ref, answers, deadlines=PACK, now=NOW)
        work.record(rest, wait, lambda expression: "programme", completed=one.ref, answers=answers)


def test_a_stored_instance_turns_in_a_loop_a_thousand_times(opened: Store) -> None:
    text = (ROOT / "tests" / "diagrams" / "mech_loop.bpmn").read_bytes()
    definition = definitions.load({"mech_loop.bpmn": text}, "mech_loop")
    estate = begin(opened, definition)
    for _ in range(1_000):
        complete(opened, definition, estate, "try_again", enough=False)
    complete(opened, definition, estate, "try_again", enough=True)
    with opened.work("周敏", NOW) as work:
        assert len(work.answered(estate)) == 1_001
        assert work.open_tasks(estate) == []
        assert work.instances(estate)[0].finished


def test_a_stored_instance_goes_through_200_stages_of_10_tasks(sqlite: Store) -> None:
    stages = [f"stage_{number}" for number in range(200)]
    files = {"long.bpmn": _in_a_row("long", [(call, name, f"{name}_process") for name in stages])}
    for name in stages:
        process = f"{name}_process"
        files[f"{process}.bpmn"] = _in_a_row(process, [(task, f"{name}_task_{number}") for number in range(10)])
    definition = definitions.load(files, "long")
    assert definition.stages == tuple(stages)
    estate = begin(sqlite, definition)
    sizes = []
    for name in stages:
        for number in range(10):
            with sqlite.work("周敏", NOW) as work:
                assert [one.stage for one in work.open_tasks(estate)] == [name]
                sizes.append(len(work.instances(estate)[0].state))
            complete(sqlite, definition, estate, f"{name}_task_{number}")
    with sqlite.work("周敏", NOW) as work:
        assert work.instances(estate)[0].finished
        assert [event["stage"] for event in work.log(estate) if event["kind"] == "StageLeft"] == stages
    # what is over is not carried along: the last stage weighs what the first did, and a few predicted tasks less
    assert max(sizes) <= sizes[0] + 64


def _in_a_row(process: str, steps: list[tuple]) -> bytes:  # type: ignore[type-arg]
    names = [f"{process}_start", *(name for _, name, *_ in steps), f"{process}_end"]
    nodes = (start(names[0]), *(made(name, *rest) for made, name, *rest in steps), end(names[-1]))
    return draw(process, nodes, row(*names))


def test_a_field_called_typename_is_only_an_answer(opened: Store, library: Library) -> None:
    form = library.form("submit_application")
    rows = Field("items", "清单", "table", False, columns=(Field("typename", "类型", "text", False),))
    hostile = replace(form, fields=(*form.fields, Field("typename", "类型", "text", False), rows))
    changed = replace(library, forms={**library.forms, form.name: hostile})
    said = "SpiffWorkflow.bpmn.workflow.BpmnWorkflow"
    given = {"submit_application": {"typename": said, "items": [{"typename": "BpmnWorkflow"}]}}
    estate = _carried(opened, changed, 3, given)
    with opened.work("陈立", NOW) as work:
        kept = {one.name: one.answers for one in work.answered(estate)}
        assert (kept["submit_application"]["typename"], kept["submit_application"]["items"]) == (
            said, [{"typename": "BpmnWorkflow"}]
        )  # fmt: skip
        assert [one.name for one in work.open_tasks(estate)] == ["set_up_team"]


def test_a_running_estate_stays_on_its_diagrams_when_newer_ones_arrive(opened: Store, library: Library) -> None:
    first = _carried(opened, library, 2)
    renamed = {
        name: text.replace(b"screen_eligibility", b"screen_again").replace(
            "组建导入工作组".encode(), "新的工作组".encode()
        )
        for name, text in library.diagrams.items()
    }
    newer = replace(
        library, diagrams=renamed, forms={**library.forms, "screen_again": library.form("screen_eligibility")}
    )
    assert newer.definition("onboarding").version != library.definition("onboarding").version
    second = _carried(opened, newer, 2)
    definitions._cache.clear()
    with opened.work("陈立", NOW) as work:
        assert [one.name for one in work.open_tasks(first)] == ["screen_eligibility"]
        assert [one.name for one in work.open_tasks(second)] == ["screen_again"]
    step = _steps()[2]
    moment = run.morning(step.on)
    with opened.work("陈立", moment) as work:
        onboarding.complete_task(work, newer, first, step.task, submitting.dated(step.answers, step.on))
    jobs.drain(opened, newer, first, lambda job: moment)
    with opened.work("陈立", NOW) as work:
        assert [one.title for one in work.open_tasks(first)] == [
            library.definition("onboarding").user_tasks["set_up_team"].title
        ]


def _renamed(text: bytes) -> bytes:
    later = text.replace(b"screen_eligibility", b"screen_again")
    return later.replace("组建导入工作组".encode(), "新的工作组".encode())


def _steps() -> tuple[casefile.Step, ...]:
    return casefile.read(CASES / "reference.yaml").steps


def _carried(opened: Store, library: Library, steps: int, more: dict[str, dict[str, object]] | None = None) -> int:
    """An estate after the first steps of the reference case."""
    case = casefile.read(CASES / "reference.yaml")
    moment = run.morning(case.steps[0].on) - timedelta(minutes=1)
    with opened.work(jobs.ACTOR, moment) as work:
        estate = onboarding.open_estate(work, library, "桂语苑", case.place, case.people)
    for step in case.steps[:steps]:
        moment = run.morning(step.on)
        with opened.work(jobs.ACTOR, moment) as work:
            lane = next(one.lane for one in work.open_tasks(estate) if one.name == step.task)
        answers = {**submitting.dated(step.answers, step.on), **(more or {}).get(step.task, {})}
        with opened.work(case.people[lane], moment) as work:
            onboarding.complete_task(work, library, estate, step.task, answers)
        jobs.drain(opened, library, estate, lambda job, moment=moment: moment)  # type: ignore[misc]
    return estate


BEGUN_IN, GONE_ON_IN = "America/Los_Angeles", "Pacific/Kiritimati"


def test_a_journey_begun_on_one_host_goes_on_under_another_zone(tmp_path: Path) -> None:
    whole, half = CASES / "suspended.yaml", _first_half(tmp_path)
    undisturbed = tmp_path / "undisturbed"
    _carry(whole, undisturbed, "UTC")
    moved = tmp_path / "moved"
    _carry(half, moved, BEGUN_IN)
    _carry(whole, moved, GONE_ON_IN, "--resume")
    for name in ("timeline.json", "summary.json"):
        assert json.loads((moved / name).read_text()) == json.loads((undisturbed / name).read_text())


def _first_half(folder: Path) -> Path:
    """The suspended case up to the suspension."""
    text, cut, _ = (CASES / "suspended.yaml").read_text().partition("  - on: 2026-05-27\n    task: resume_estate")
    assert cut
    assert "reference.yaml" in text
    text = text.replace("reference.yaml", str(CASES / "reference.yaml"))
    for name in ("evidence", "suspended-ballots.csv"):
        (folder / name).symlink_to(CASES / name)
    half = folder / "half.yaml"
    half.write_text(f"{text}expect:\n  status: suspended\n")
    return half


def _carry(case: Path, out: Path, zone: str, *more: str) -> None:
    command = [sys.executable, "-m", "engine.cli", "carry", str(case), "--out", str(out), "--quiet", *more]
    environment = {**os.environ, "TZ": zone, "DAORU_HOME": str(out.parent), "DAORU_PERSON_KEY": "7" * 64}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
