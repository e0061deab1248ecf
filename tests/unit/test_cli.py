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
        (["tally"], '{"units": [], "items": [], "ballots": []}', "units"),
        (["deadlines"], '{"date": "yesterday", "days": 3}', "date"),
        (["deadlines"], '{"date": "2026-03-02", "period": "T-26"}', "period"),
        (["deadlines"], '{"date": "2026-03-02", "perod": "T-04"}', "perod"),
        (["roster", "check"], '{"units": [{"unit_no": "1", "area": "1.005"}]}', "units[0].area"),
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
