"""A case is told by how it differs from another one."""

from pathlib import Path

import pytest

from engine import cli
from engine.carry import casefile, submitting

BASE = """case: base
place: 钟楼区
people: {街道: 陈立}
steps:
  - {on: 2026-01-05, task: first, answers: {a: "1", b: "2"}}
  - {on: 2026-01-06, task: second, answers: {c: "3"}}
  - {on: 2026-01-08, task: third}
expect: {status: running}
"""


def read(tmp_path: Path, text: str) -> casefile.Case:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    case = tmp_path / "other.yaml"
    case.write_text(f"case: other\nlike: base.yaml\n{text}\nexpect: {{status: running}}\n", encoding="utf-8")
    return casefile.read(case)


def test_a_step_is_exchanged_for_others_and_the_rest_stays(tmp_path: Path) -> None:
    found = read(tmp_path, "instead:\n  second: [{on: 2026-01-06, task: fourth}, {on: 2026-01-07, task: first}]")
    assert [(step.number, step.task) for step in found.steps] == [
        (1, "first"),
        (2, "fourth"),
        (3, "first"),
        (4, "third"),
    ]
    assert found.steps[2].answers == {"a": "1", "b": "2"}


def test_a_step_is_left_out_before_until(tmp_path: Path) -> None:
    found = read(tmp_path, "instead: {second: []}\nuntil: third\nsteps: [{on: 2026-01-09, task: third}]")
    assert [(step.number, step.task) for step in found.steps] == [(1, "first"), (2, "third")]


def test_a_file_is_looked_for_beside_the_case_that_states_it(tmp_path: Path) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    for folder in (near, far):
        folder.mkdir()
        (folder / "photo.png").write_text(folder.name)
    (far / "base.yaml").write_text(
        BASE.replace('c: "3"', "c: [=file photo.png], rows: [{scan: =file photo.png}]").replace(
            "task: third}", "task: third, proofs: [{file: photo.png}]}"
        ),
        encoding="utf-8",
    )
    case = near / "other.yaml"
    case.write_text("case: other\nlike: ../far/base.yaml\nwith: {first: {b: =file photo.png}}\nexpect: {}\n")
    first, second, third = casefile.read(case).steps

    def kept(answers: object) -> object:
        return submitting.with_files(answers, bytes.decode)

    assert kept(first.answers) == {"a": "1", "b": "near"}
    assert kept(second.answers) == {"c": ["far"], "rows": [{"scan": "far"}]}
    assert kept(third.rows["proofs"]) == [{"file": "far"}]
    case.write_text(
        "case: other\nlike: ../far/base.yaml\nexpect: {}\n"
        "steps: [{on: 2026-01-05, task: second, answers: {d: =file photo.png}}, {on: 2026-01-06, task: second}]"
    )
    stated, inherited = casefile.read(case).steps
    assert kept(stated.answers) == {"c": ["far"], "rows": [{"scan": "far"}], "d": "near"}
    assert kept(inherited.answers) == {"c": ["far"], "rows": [{"scan": "far"}]}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (step,) = read(tmp_path, "with: {first: {a: =file photo.png}}\nuntil: second").steps
    with pytest.raises(casefile.CaseError, match=r"photo\.png"):
        submitting.with_files(step.answers, bytes.decode)


@pytest.mark.parametrize("name", ["/etc/hostname", "../x.png", "evidence/../../x.png", r"..\x.png", r"C:\x.png"])
@pytest.mark.parametrize(
    "step",
    [
        "task: second, answers: {{c: '=file {name}'}}",
        "task: second, answers: {{rows: [{{scan: ['=file {name}']}}]}}",
        "visits: '{name}'",
        "proofs: [{{task: a, file: '{name}'}}]",
    ],
)
def test_a_file_outside_the_folder_of_the_case_is_refused_with_its_line(step: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(casefile.CaseError, match="不在案卷所在的文件夹里") as refused:
        read(tmp_path, f"steps:\n  - {{on: 2026-01-09, task: third}}\n  - {{on: 2026-01-09, {step.format(name=name)}}}")
    assert (refused.value.file, refused.value.line) == ("other.yaml", 5)


def test_a_file_in_a_folder_below_the_case_is_read(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "visits.csv").write_text("unit_no,on\n1-0101,2026-01-09\n")
    (step,) = read(tmp_path, "steps: [{on: 2026-01-09, visits: rows/visits.csv}]").steps
    assert step.rows["visits"] == [{"unit_no": "1-0101", "on": "2026-01-09"}]


@pytest.mark.parametrize(
    "stated, said",
    [
        ("outcome: {intake: }", "“outcome”的“intake”没有写结论"),
        ("outcome: {intake: ''}", "“outcome”的“intake”没有写结论"),
        ("outcome: {intake: [ACCEPT]}", "“outcome”的“intake”没有写结论"),
        ("refused: ", "“refused”没有写拒绝时提示中的话"),
        ("refused: ''", "“refused”没有写拒绝时提示中的话"),
    ],
)
def test_an_expectation_that_says_nothing_is_bad_input(
    stated: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(BASE.replace('answers: {c: "3"}', stated), encoding="utf-8")
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out")]) == cli.BAD_INPUT
    assert f"case.yaml 第 6 行：{said}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text, said",
    [
        ("instead: {fourth: []}", "不认识“fourth”"),
        ("instead: {second: third}", "“instead”的“second”应为步骤清单"),
        ("instead: {second: [third]}", "应写成“on: 日期”加要做的事"),
        ("instead: {second: [{on: 2026-01-09, task: fourth}]}", "日期 2026-01-08 早于上一步的 2026-01-09"),
    ],
)
def test_an_exchange_that_cannot_be_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(casefile.CaseError, match=said):
        read(tmp_path, text)
