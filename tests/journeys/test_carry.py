"""``daoru carry``: what it says when it stops, its exit codes, and what it leaves behind."""

from pathlib import Path

import orjson
import pytest

from engine import cli
from engine.carry import report

CASES = Path(__file__).parents[1] / "cases"
NEXT = "  - on: 2026-01-06\n    task: screen_eligibility\n"
#: Until owners are told what their data are for; nothing is registered before.
TOLD = f"""{NEXT}    outcome: {{intake: ACCEPT}}
  - on: 2026-01-09
    task: set_up_team
  - on: 2026-01-12
    task: prepare_data_notice
"""
HEAD = f"""case: short
title: 短案卷
like: {CASES / "reference.yaml"}
steps:
  - on: 2026-01-04
    task: set_annual_plan
  - on: 2026-01-05
    task: submit_application
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAORU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAORU_SYNCHRONOUS", "OFF")


def carry(tmp_path: Path, text: str, *options: str) -> int:
    case = tmp_path / "short.yaml"
    case.write_text(text, encoding="utf-8")
    return cli.main(["carry", str(case), "--out", str(tmp_path / "out"), "--quiet", *options])


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_journey_as_expected_ends_with_0(tmp_path: Path) -> None:
    assert (
        carry(tmp_path, HEAD + "expect: {status: running, documents: [annual_plan, application, target_breakdown]}\n")
        == 0
    )
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left == {"data", "papers", "timeline.json", "summary.json", "index.html"}


@pytest.mark.parametrize(
    "more, said",
    [
        (NEXT + "    outcome: {intake: REJECT}\n", "intake 的结论是 ACCEPT，案卷写的是 REJECT"),
        (NEXT, "intake 的结论是 ACCEPT，案卷写的是 （没有写）"),
        (NEXT + "    refused: 面积\n", "应被拒绝（“面积”），却通过了"),
        (
            NEXT + "    by: 周敏\n    refused: 面积\n",
            "应以“面积”被拒绝，实际是",
        ),
    ],
)  # fmt: skip
def test_another_course_ends_with_1_naming_file_line_and_expectation(
    more: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry(tmp_path, HEAD + more + "expect: {}\n") == 1
    error = capsys.readouterr().err
    assert "short.yaml 第 9 行" in error
    assert said in error
    # what came of it can be looked at
    assert orjson.loads((tmp_path / "out" / "summary.json").read_bytes())["documents"]


@pytest.mark.parametrize(
    "expect, said",
    [
        ("{status: operating}", "status 应为 operating，实际是 running"),
        ("{end: operating}", "end 应为 operating，实际是 "),
        ("{stages: {intake: 2026-01-06}}", "stages.intake 应为 2026-01-06，实际是 None"),
        (
            "{documents: [application, ballot]}",
            "documents 应为 ['application', 'ballot']，实际是 ['annual_plan', 'application', 'target_breakdown']",
        ),
    ],
)
def test_another_end_ends_with_1(expect: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carry(tmp_path, HEAD + f"expect: {expect}\n") == 1
    assert f"short.yaml 第 9 行：{said}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more, line, said",
    [
        ("  - on: 9999-12-31\n    task: screen_eligibility\n", 9, "“on”的年份 9999 不在 1900 到 2200 之间"),
        ("  - on: 2026-W02-2\n    task: screen_eligibility\n", 9, "“2026-W02-2”不是日期"),
        ("  - on: 2026-01-06\n    interrupt: false\n", 10, "“interrupt”只能写 true"),
        ("  - on: 2026-01-06\n    roster:\n      - {房号: [a], 面积: 1}\n", 11, "“roster”的“房号”应为文字"),
        ("  - on: 2026-01-06\n    ? [a, b]\n    : c\n", 10, "名称应为一个词"),
        ("  - on: 2026-01-06\n    task: !!python/name:os ''\n", 10, "不是 YAML 的写法"),
        (NEXT.replace("ibility", "ible"), 9, "没有名为“screen_eligible”的任务；可以写：screen_eligibility"),
        (NEXT + "    answers: {result: }\n", 9, "result：“初审结论”没有填写"),
        (NEXT + "    answers: {resolt: ACCEPT}\n", 9, "没有“resolt”这一项"),
        (NEXT + "    outcome: {intak: ACCEPT}\n", 9, "没有名为“intak”的关口"),
        ("  - on: 2026-01-04\n    task: screen_eligibility\n", 9, "早于上一步的 2026-01-05"),
        ("  - on: 2026-01-06\n    task: count_votes\n", 9, "这一天打开的任务是：screen_eligibility"),
        (NEXT + "    by: 周敏\n", 9, "您没有这个角色"),
        ("  - on: 2026-01-06\n    roster: nothing.csv\n", 10, "找不到这个文件"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_leaves_nothing(
    more: str, line: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry(tmp_path, HEAD + more + "expect: {}\n") == 2
    error = capsys.readouterr().err
    assert f"short.yaml 第 {line} 行" in error
    assert said in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "more, said",
    [
        ("    roster:\n      - {房号: 1-101, 建筑面积: '88.125'}\n", "超过两位小数"),
        ("    roster:\n      - {房号: a, 面积: 1}\n      - {房号: a, 面积: 1}\n", "重复"),
        ("    visits:\n      - {unit_no: 9-999, on: 2026-01-06}\n", "没有房号“9-999”"),
        (
            "    visits:\n      - {unit_no: a, on: 2026-01-06, follow_up: 2026-01-05}\n",
            "回访日期 2026-01-05 早于走访日期 2026-01-06",
        ),
    ],
)
def test_a_bad_row_ends_with_2_and_leaves_nothing(
    more: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = HEAD + TOLD + "  - on: 2026-01-12\n"
    assert carry(tmp_path, before + more + "expect: {}\n") == 2
    error = capsys.readouterr().err
    line = before.count("\n")
    assert f"short.yaml 第 {line} 行" in error
    assert said in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text, said",
    [
        ("place: nowhere\n", "没有名为“nowhere”的地区规则包"),
        ("people: {社区干部: }\n", "“people”的“社区干部”没有写姓名"),
        ("people: {村长: 某某}\n", "没有名为“村长”的角色"),
    ],
)
def test_a_place_or_a_lane_that_nobody_published_is_bad_input(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry(tmp_path, text + HEAD + "expect: {}\n") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_bad_input_leaves_an_earlier_run_and_other_files_alone(tmp_path: Path) -> None:
    assert carry(tmp_path, HEAD + "expect: {}\n") == 0
    (tmp_path / "out" / "mine.txt").write_text("not yours")
    before = (tmp_path / "out" / "summary.json").read_bytes()
    assert carry(tmp_path, HEAD + "  - on: 2026-01-06\n    task: nothing\nexpect: {}\n", "--again") == 2
    assert (tmp_path / "out" / "summary.json").read_bytes() == before
    assert carry(tmp_path, HEAD + "expect: {}\n", "--again") == 0
    assert (tmp_path / "out" / "mine.txt").read_text() == "not yours"


@pytest.mark.parametrize("option", ["--again", "--resume"])
def test_a_step_refused_midway_leaves_every_byte_of_an_earlier_run(option: str, tmp_path: Path) -> None:
    assert carry(tmp_path, HEAD + "expect: {}\n") == 0
    before = everything(tmp_path / "out")
    more = NEXT + "    outcome: {intake: ACCEPT}\n  - on: 2026-01-07\n    task: count_votes\n"
    assert carry(tmp_path, HEAD + more + "expect: {}\n", option) == 2
    assert everything(tmp_path / "out") == before
    assert carry(tmp_path, HEAD + "expect: {}\n", "--resume") == 0


def test_a_damaged_database_is_told_and_left_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carry(tmp_path, HEAD + "expect: {}\n") == 0
    (tmp_path / "out" / "data" / "daoru.db").write_bytes(b"no database")
    before = everything(tmp_path / "out")
    assert carry(tmp_path, HEAD + "expect: {}\n", "--resume") == 2
    assert "数据库打不开" in capsys.readouterr().err
    assert everything(tmp_path / "out") == before


def test_an_interrupted_run_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as pressed:
        pressed.setattr(report, "write", interrupt)
        assert carry(tmp_path, HEAD + "expect: {}\n") == 130
    assert "--resume" in capsys.readouterr().err
    assert carry(tmp_path, HEAD + "expect: {}\n", "--resume") == 0


def test_a_second_run_needs_again_or_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carry(tmp_path, HEAD + "expect: {}\n") == 0
    before = (tmp_path / "out" / "timeline.json").read_bytes()
    assert carry(tmp_path, HEAD + "expect: {}\n") == 2
    assert "--resume" in capsys.readouterr().err
    assert carry(tmp_path, HEAD + "expect: {}\n", "--resume") == 0
    assert (tmp_path / "out" / "timeline.json").read_bytes() == before


def test_resume_goes_on_with_the_steps_that_were_added(tmp_path: Path) -> None:
    assert carry(tmp_path, HEAD + "expect: {}\n") == 0
    more = NEXT + "    outcome: {intake: ACCEPT}\n"
    assert carry(tmp_path, HEAD + more + "expect: {}\n", "--resume") == 0
    kinds = [event["kind"] for event in orjson.loads((tmp_path / "out" / "timeline.json").read_bytes())]
    assert kinds.count("TaskCompleted") == 3
    assert kinds.count("EstateEntered") == 1


def test_resume_refuses_a_case_whose_done_steps_have_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry(tmp_path, HEAD + "expect: {}\n") == 0
    changed = HEAD + '    answers: {households: "150"}\nexpect: {}\n'
    assert carry(tmp_path, changed, "--resume") == 2
    assert "short.yaml 第 7 行：第 2 步已经办过" in capsys.readouterr().err
    assert carry(tmp_path, changed.replace("case: short", "case: other"), "--resume") == 2
    assert "另一个案卷" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("a file")
    assert carry(tmp_path, HEAD + "expect: {}\n") == 2
    assert "不能写入" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "a file"
