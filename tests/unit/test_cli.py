"""The commands that take JSON give what their documentation shows."""

import io
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from engine import cli
from engine.rules import jurisdiction, prereview
from engine.rules.prereview.facts import Facts
from engine.rules.prereview.file import File
from engine.rules.prereview.topics import TOPICS
from tests.contracts import DOCUMENTED, changed

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


def reviewed(request: object, tmp_path: Path) -> int:
    file = tmp_path / "contract.json"
    file.write_text(json.dumps(request, ensure_ascii=False))
    return cli.main(["review", str(file)])


def test_the_documented_reviews_are_what_comes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, *rest = re.findall(r"```json\n(.*?)```", (DOCS / "review.md").read_text(), re.DOTALL)
    assert len(rest) >= 4, "at least two changes with what is found then"
    for change, answered in [("{}", whole), *zip(rest[::2], rest[1::2], strict=True)]:
        assert reviewed(changed(DOCUMENTED, json.loads(change)), tmp_path) == 0
        assert json.loads(capsys.readouterr().out) == json.loads(answered)


def test_every_fact_and_rule_of_a_review_is_documented() -> None:
    page = (DOCS / "review.md").read_text()
    kinds, names = [File], {"place", "waivers"}
    while kinds:
        kind = kinds.pop()
        names |= {one.name for one in fields(kind)} - {"at"}
        for hint in get_type_hints(kind).values():
            kinds += [one for one in (hint, *get_args(hint)) if isinstance(one, type) and issubclass(one, Facts)]
    assert [name for name in sorted(names | set(TOPICS)) if f"`{name}`" not in page] == []
    for rule in prereview.RULES.values():
        assert f"| {rule.id} | {rule.severity} | {rule.title} | {rule.articles} | `{rule.step}` |" in page


@pytest.mark.parametrize(
    "change, field",
    [
        ({"place": "changzhou"}, "place：应为 changzhou-zhonglou、hangzhou 之一"),
        ({"on": "2019-01-01"}, "on：changzhou-zhonglou 在 2019-01-01 还没有施行的规则包"),
        ({"on": None}, "on：不是日期"),
        ({"contract.fee": "1.80"}, "contract.fee：不认识这一项"),
        ({"waivers": [{"rule": "RC-60"}]}, "waivers[0].rule：没有“RC-60”"),
        ({"waivers": [{"rule": "RC-33", "reason": "无碍", "by": "徐静", "on": "2026-12-20"}]}, "RC-33 没有审查意见"),
        ({"waivers": [{"rule": "RC-33", "reason": "无碍", "by": "徐静"}]}, "waivers[0].on：没有填写放行日期"),
    ],
)
def test_a_contract_is_refused_naming_the_field(
    change: dict[str, object], field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reviewed(changed(DOCUMENTED, change), tmp_path) == 2
    said = capsys.readouterr()
    assert field in said.err
    assert said.out == ""


def test_a_contract_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["review", str(tmp_path / "none.json")]) == 2
    assert "找不到文件" in capsys.readouterr().err


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
