"""Bad diagrams and answers out of turn: a sentence that says what to do, and not one row or file the other."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import cli, jobs
from engine.carry import casefile, run, submitting
from engine.errors import EngineError, InvalidDefinition, NotFound, NotPermitted
from engine.store import Store, tables
from engine.use_cases import library as libraries
from engine.use_cases import onboarding
from engine.use_cases.library import Library

CASES = Path(__file__).parents[1] / "cases"
CASE = casefile.read(CASES / "reference.yaml")
FIRST = CASE.steps[0]
FIRST_ACTOR = CASE.people["区住建"]
MORNING = run.morning(FIRST.on)

SCRIPTS = {
    "script_task": (b"<bpmn:serviceTask id=", b"<bpmn:scriptTask id=", b"</bpmn:serviceTask>", b"</bpmn:scriptTask>"),
    "attached_script": (
        b"<spiffworkflow:properties>",
        b"<spiffworkflow:preScript>open('x')</spiffworkflow:preScript><spiffworkflow:properties>",
    ),
    "python condition": (b'intake_outcome == "ACCEPT"', b"__import__(&quot;os&quot;).getpid() == 1"),
    "entity": (b'<?xml version="1.0" encoding="UTF-8"?>', b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
}  # fmt: skip


def everything(opened: Store) -> dict[str, Any]:
    """Every row and every file of a store."""
    with opened.engine.connect() as connection:
        rows: dict[str, Any] = {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).all()))
            for table in tables.metadata.sorted_tables
        }
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(opened)}
    return {**rows, "files": files}


def _files(opened: Store) -> list[Path]:
    root = opened.files.path("0" * 64).parents[1]
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def with_script(library: Library, kind: str) -> Library:
    text = library.diagrams["intake.bpmn"]
    parts = SCRIPTS[kind]
    for old, new in zip(parts[::2], parts[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return replace(library, diagrams={**library.diagrams, "intake.bpmn": text})


@pytest.fixture
def estate(opened: Store, library: Library) -> int:
    with opened.work(jobs.ACTOR, MORNING - timedelta(minutes=1)) as work:
        return onboarding.open_estate(work, library, "桂语苑", CASE.place, CASE.people)


@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_diagram_with_a_script_starts_nothing(kind: str, opened: Store, library: Library) -> None:
    before = everything(opened)
    with pytest.raises(InvalidDefinition) as refused, opened.work(jobs.ACTOR, MORNING) as work:
        onboarding.open_estate(work, with_script(library, kind), "桂语苑", CASE.place, CASE.people)
    assert refused.value.file == "intake.bpmn"
    assert "；请" in refused.value.reason
    assert everything(opened) == before


@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_diagram_with_a_script_stops_the_command_before_it_touches_anything(
    kind: str, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libraries, "shipped", lambda: with_script(library, kind))
    out = tmp_path / "out"
    out.mkdir()
    (out / "kept").write_text("an earlier result")
    command = ["carry", str(CASES / "reference.yaml"), "--out", str(out), "--again", "--quiet"]
    assert cli.main(command) == cli.BAD_INPUT
    assert "intake.bpmn" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["kept"]
    assert cli.main(["lint"]) != cli.EXPECTED


OUT_OF_TURN = {
    "a task not reached yet": ("set_up_team", "陈立", NotFound),
    "a task that is done": (FIRST.task, FIRST_ACTOR, NotFound),
    "a task that does not exist": ("sing_a_song", "陈立", NotFound),
    "another person's task": ("submit_application", "陈立", NotPermitted),
}


@pytest.mark.parametrize("what", OUT_OF_TURN)
def test_an_answer_out_of_turn_changes_nothing(what: str, opened: Store, library: Library, estate: int) -> None:
    answers = submitting.dated(FIRST.answers, FIRST.on)
    with opened.work(FIRST_ACTOR, MORNING) as work:
        onboarding.complete_task(work, library, estate, FIRST.task, answers)
    jobs.drain(opened, library, estate, jobs.requested)
    before = everything(opened)
    assert before["task"]
    task, actor, expected = OUT_OF_TURN[what]
    with pytest.raises(EngineError) as refused, opened.work(actor, MORNING) as work:
        onboarding.complete_task(work, library, estate, task, answers)
    assert isinstance(refused.value, expected)
    assert (task if expected is NotFound else "社区干部") in str(refused.value)
    assert "请" in str(refused.value)
    assert everything(opened) == before


def test_a_case_of_no_known_place_keeps_the_earlier_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, out = tmp_path / "nowhere.yaml", tmp_path / "out"
    case.write_text((CASES / "reference.yaml").read_text().replace("place: changzhou-zhonglou", "place: nowhere"))
    for beside in CASES.glob("reference-*.csv"):
        (tmp_path / beside.name).symlink_to(beside)
    out.mkdir()
    (out / "kept").write_text("an earlier result")
    assert cli.main(["carry", str(case), "--out", str(out), "--again", "--quiet"]) == cli.BAD_INPUT
    assert "nowhere" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["kept"]
