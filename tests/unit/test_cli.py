"""The commands that take JSON give what their documentation shows."""

import io
import json
import re
from pathlib import Path

import pytest

from engine import cli
from engine.rules import jurisdiction

DOCS = Path(__file__).parents[2] / "docs"


def run(arguments: list[str], text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    return cli.main(arguments)


@pytest.mark.parametrize(
    "page, arguments",
    [("tally", ["tally"]), ("deadlines", ["deadlines"]), ("roster-check", ["roster", "check"])],
)
def test_the_documented_example_is_what_comes_out(
    page: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = re.findall(r"```json\n(.*?)```", (DOCS / f"{page}.md").read_text(), re.DOTALL)
    assert len(shown) >= 4, "at least two questions with their answers"
    for asked, answered in zip(shown[::2], shown[1::2], strict=True):
        assert run(arguments, asked, monkeypatch) == 0
        assert json.loads(capsys.readouterr().out) == json.loads(answered)


@pytest.mark.parametrize(
    "arguments, text, field",
    [
        (["tally"], "[]", "输入"),
        (["tally"], "{", "输入"),
        (["tally"], "", "输入：是空的"),
        (["tally"], '{"units": NaN}', "输入：不是 JSON：第 1 行第 11 列"),
        (["tally"], '{"units": [], "units": []}', "units：同一个对象里写了两次"),
        (["tally"], '{"units": ' + "[" * 5000, "输入：不是 JSON"),
        (["tally"], '{"units": [], "items": [], "ballots": []}', "units"),
        (["deadlines"], '{"date": "yesterday", "days": 3}', "date"),
        (["deadlines"], '{"date": "2026-03-02", "period": "T-26"}', "period"),
        (["deadlines"], '{"date": "2026-03-02", "perod": "T-04"}', "perod"),
        (["roster", "check"], '{"units": [{"unit_no": "1", "area": "1.005"}]}', "units[0].area"),
        (["roster", "check"], '{"units": [{"unit_no": "1", "area": "12345678901"}]}', "11 位整数"),
    ],
)
def test_bad_input_is_refused_naming_the_field(
    arguments: list[str],
    text: str,
    field: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(arguments, text, monkeypatch) == 2
    said = capsys.readouterr()
    assert field in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "content, said",
    [
        ('{"date": "2026-03-02", "days": 1}'.encode("utf-16"), "不是 UTF-8 编码"),
        ('{"date": "三月二日"}'.encode("gbk"), "不是 UTF-8 编码"),
        (b'{"date": "2026-03-02", "days": 1', "第 1 行第 33 列读不懂"),
    ],
)
def test_what_is_no_json_is_refused_in_chinese(
    content: bytes, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert cli.main(["deadlines"]) == 2
    assert said in capsys.readouterr().err


def test_a_question_saved_with_a_byte_order_mark_is_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["deadlines"], '\ufeff{"date": "2026-03-02", "days": 1}', monkeypatch) == 0
    assert "2026-03-03" in capsys.readouterr().out


def test_a_mandate_is_of_texts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    window = {"opens_on": "2026-01-01", "closes_on": "2026-01-02"}
    mandate = {"agent": ["赵刚"], "valid_from": "2026-01-01", "valid_to": "2026-01-02"}
    asked = {
        "units": [{"unit_no": "101", "area": "5"}],
        "items": [{"no": 1, "item_class": 4}],
        "window": window,
        "ballots": [{"unit_no": "101", "marks": [1], "on": "2026-01-01", "cast_by": "PROXY", "mandate": mandate}],
    }
    assert run(["tally"], json.dumps(asked), monkeypatch) == 2
    assert "ballots[0].mandate.agent：应为文字" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, said",
    [
        ([], "缺少“命令”"),
        (["count"], "没有“count”；可以写"),
        (["carry", "x.yaml"], "缺少“--out”"),
        (["lint", "--fast"], "不认识“--fast”"),
        (["pack", "move", "--estate", "一"], "“--estate”后面应为整数，写的是“一”"),
        (["pack", "move", "--pa", "x", "--p", "y", "--=z"], "“--=z”不完整，可能是"),
    ],
)
def test_a_command_written_wrongly_is_told_in_chinese(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["carry"], ["pack"], ["pack", "move"], ["roster", "check"], ["questions"]])
def test_what_a_command_takes_is_told_in_chinese(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*command, "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：daoru")
    assert "显示这份说明" in told
    assert not re.findall(r"usage|positional|options|show this", told)


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("DAORU_PERSON_KEY", "not hex", "DAORU_PERSON_KEY 不是十六进制的密钥"),
        ("DAORU_SYNCHRONOUS", "SOMETIMES", "DAORU_SYNCHRONOUS 写的是“SOMETIMES”"),
        ("DAORU_HOME", __file__, "不能读写；请核对路径"),
    ],
)
def test_a_setting_that_cannot_be_is_told_by_name(
    name: str,
    value: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DAORU_HOME", str(tmp_path))
    monkeypatch.setenv(name, value)
    case = DOCS.parent / "tests" / "cases" / "reference.yaml"
    assert cli.main(["carry", str(case), "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_pack_shown_in_the_documentation_is_one() -> None:
    [shown] = re.findall(r"```toml\n(.*?)```", (DOCS / "jurisdiction-packs.md").read_text(), re.DOTALL)
    pack = jurisdiction.read(shown, file="docs/jurisdiction-packs.md")
    shipped = (DOCS.parent / "workflows" / "jurisdictions" / "changzhou-zhonglou.toml").read_text()
    assert pack.parameters == {
        "assembly_notice": jurisdiction.read(shipped, file="shipped").parameter("assembly_notice")
    }


def test_a_template_is_shown_as_the_facts_it_uses(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["template", "show", "templates/contracts/service_contract.docx"]) == 0
    assert "finalise_contract.fee_std" in capsys.readouterr().out
