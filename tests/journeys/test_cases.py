"""Every case under ``tests/cases`` goes the way it says."""

from pathlib import Path

import orjson
import pytest

from engine import cli
from engine.carry import casefile, run
from engine.use_cases.library import Library

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.yaml"))


def carried(case: Path, out: Path, library: Library) -> dict[str, object]:
    options = run.Options(again=True, synchronous="OFF", person_key=b"a key for tests")
    run.carry(casefile.read(case), out, library, options, lambda line: None)
    return orjson.loads((out / "summary.json").read_bytes())


@pytest.mark.usefixtures("beside_the_library")
@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_a_case_goes_the_way_it_says(case: Path, tmp_path: Path, library: Library) -> None:
    summary = carried(case, tmp_path / "out", library)
    assert summary["documents"] or case.stem == "refused"
    moments = [event["at"] for event in orjson.loads((tmp_path / "out" / "timeline.json").read_bytes())]
    assert moments == sorted(moments)


def test_the_reference_estate_comes_into_operation_with_all_its_papers(tmp_path: Path, library: Library) -> None:
    out = tmp_path / "out"
    summary = carried(CASES[0].parent / "reference.yaml", out, library)
    assert summary["status"] == "operating"
    assert sorted(stay["stage"] for stay in summary["stages"]) == sorted(library.definition("onboarding").stages)
    assert len({paper["kind"] for paper in summary["documents"]}) >= 23
    for paper in summary["documents"]:
        assert (out / paper["file"]).stat().st_size > 5_000
    events = orjson.loads((out / "timeline.json").read_bytes())
    assert [event["no"] for event in events] == list(range(1, len(events) + 1))
    vote = next(event for event in events if event.get("gate") == "vote")
    assert vote["figures"]["items"][0]["total_area"] == 15_702_50
    assert vote["rules"]


def test_nobody_in_the_timeline_is_named_by_identity_number(tmp_path: Path, library: Library) -> None:
    out = tmp_path / "out"
    carried(CASES[0].parent / "reference.yaml", out, library)
    roster = (CASES[0].parent / "reference-roster.csv").read_text()
    number = roster.splitlines()[1].split(",")[5]
    assert number.encode() not in (out / "timeline.json").read_bytes()
    assert number.encode() not in (out / "data" / "daoru.db").read_bytes()


def test_the_same_case_gives_the_same_papers(tmp_path: Path, library: Library) -> None:
    case = CASES[0].parent / "withdrawn.yaml"
    first = carried(case, tmp_path / "first", library)
    second = carried(case, tmp_path / "second", library)
    assert first == second


def test_another_outcome_stops_with_file_line_and_what_was_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = CASES[0].parent
    text = (folder / "not-now.yaml").read_text().replace("{diagnosis: NOT_NOW}", "{diagnosis: SUITABLE}")
    case = tmp_path / "other.yaml"
    case.write_text(text)
    for beside in [*folder.glob("reference*"), folder / "photos"]:
        (tmp_path / beside.name).symlink_to(beside)
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out"), "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "other.yaml 第 9 行" in said or "other.yaml 第 6 行" in said
    assert "NOT_NOW" in said
    assert "SUITABLE" in said


@pytest.mark.parametrize(
    "text, said",
    [
        ("case: x\nsteps: []\n", "place"),
        ("case: x\nplace: y\npeople: {}\nsteps:\n  - on: 2026-13-01\n    task: a\nexpect: {}\n", "第 5 行"),
        ("case: x\nplace: y\npeople: {}\nsteps:\n  - on: 2026-01-01\n    does: a\nexpect: {}\n", "不认识“does”"),
        ("case: &a x\nplace: *a\n", "别名"),
        ("case: " + "[" * 900 + "]" * 900, "嵌套超过 20 层"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "bad.yaml"
    case.write_text(text)
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_case_file_of_50_mb_is_refused_unread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "huge.yaml"
    with case.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out")]) == 2
    assert "50 MB" in capsys.readouterr().err
