"""``daoru explore``: the shipped diagrams hold in a dry run, and a fault planted in them is found."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine import cli, resources
from engine.process.explore import RULES
from engine.rules import jurisdiction
from engine.use_cases import exploring, library
from engine.use_cases.library import Library

WORKFLOWS = resources.root() / "workflows"
ROOT = Path(__file__).parents[2]


def some(*processes: str, **changes: tuple[str, str]) -> Library:
    """A library with a few of the shipped diagrams; ``changes`` replace one text of a diagram by another."""
    files: dict[str, bytes] = {}
    for name in processes:
        text = library.shipped().diagrams[f"{name}.bpmn"].decode()
        old, new = changes.get(name, ("", ""))
        assert text.count(old) == 1 or not old, f"{name}.bpmn says {old} {text.count(old)} times"
        files[f"{name}.bpmn"] = text.replace(old, new, 1).encode()
    return replace(library.shipped(), diagrams=files)


def found(report: exploring.Report) -> set[tuple[str, str, str]]:
    return {(fault.rule, fault.file, fault.element) for fault in report.faults}


def test_the_shipped_diagrams_hold_in_a_dry_run() -> None:
    report = exploring.explore(library.shipped())
    assert found(report) == set()
    assert report.situations > 1_000


@pytest.mark.parametrize(
    "processes, changes, fault",
    [
        (
            ("intake",),
            {"intake": ('name="document" value="application"', 'name="document" value="screening_sheet"')},
            ("document_missing", "intake.bpmn", "application"),
        ),
    ],
    ids=["a document"],
)
def test_a_fault_planted_in_a_shipped_diagram_is_found(
    processes: tuple[str, ...], changes: Mapping[str, tuple[str, str]], fault: tuple[str, str, str]
) -> None:
    assert found(exploring.explore(some(*processes))) == set()
    assert found(exploring.explore(some(*processes, **changes))) == {fault}


def test_a_deadline_that_leaves_no_room_for_the_notice_within_it_is_found_under_that_pack() -> None:
    shipped = library.shipped()
    assert exploring.deadlines(shipped) == []
    text = shipped.packs[0].text
    tight = re.sub(r"(\[prep_group_first_assembly\]\n(?:.*\n)*?value = )\d+", r"\g<1>20", text, count=1)
    packs = (*shipped.packs[1:], jurisdiction.read(tight, file="tight.toml"))
    (fault,) = exploring.deadlines(replace(shipped, packs=packs))
    assert (fault.rule, fault.file, fault.element) == (
        "deadline_unmeetable", "first_assembly.bpmn", "first_assembly_due",
    )  # fmt: skip
    assert "最迟 22 天" in fault.message, "twenty days that end on a Saturday last until the Monday"


def test_a_dry_run_of_one_version_says_the_same_every_time() -> None:
    report = exploring.explore(some("intake"))
    assert exploring.explore(some("intake")) == report


def test_every_role_is_a_lane_and_every_candidate_a_task() -> None:
    tasks = library.shipped().tasks
    assert set(exploring.ROLES) <= {task.lane for task in tasks.values()}
    assert set(exploring.CANDIDATES) <= set(tasks)


def test_the_documentation_names_every_kind_of_fault_and_every_role() -> None:
    page = (ROOT / "docs/explore.md").read_text()
    for rule in (*RULES, "deadline_unmeetable", "document_missing"):
        assert f"`{rule}`" in page
    for lane, condition in exploring.ROLES.items():
        assert lane in page
        assert f"`{condition}`" in page


def test_the_command_explores_the_diagrams_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy2(WORKFLOWS / "intake.bpmn", tmp_path)
    assert cli.main(["explore", "--workflows", str(tmp_path)]) == 0
    assert "0 处问题" in capsys.readouterr().out
    planted = (tmp_path / "intake.bpmn").read_text().replace('intake_outcome == "RETURN"', 'intake_outcome == "BACK"')
    (tmp_path / "intake.bpmn").write_text(planted)
    assert cli.main(["explore", "--workflows", str(tmp_path)]) == 1
    assert "intake.bpmn 的 " in capsys.readouterr().err


def test_a_folder_without_diagrams_is_refused_naming_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explore", "--workflows", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
