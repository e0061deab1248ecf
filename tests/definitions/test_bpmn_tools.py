"""The shipped diagrams are BPMN 2.0 for everybody else too: the OMG schema, bpmnlint, bpmn-moddle."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

HERE = Path(__file__).parent / "node"
DIAGRAMS = sorted((Path(__file__).parents[2] / "workflows").glob("*.bpmn"))


@pytest.fixture(scope="session")
def omg_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(XSD_PATH))


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=[path.stem for path in DIAGRAMS])
def test_a_diagram_keeps_to_the_schema_of_the_omg(diagram: Path, omg_schema: etree.XMLSchema) -> None:
    document = etree.parse(diagram)
    assert omg_schema.validate(document), omg_schema.error_log


@pytest.fixture(scope="session")
def checked() -> dict[str, list[str]]:
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "bpmnlint").is_dir():
        pytest.skip("没有 Node 20 或 bpmnlint：先运行 ./run test，或安装 Node")
    command = [node, "check.mjs", *(str(path.resolve()) for path in DIAGRAMS)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.node
@pytest.mark.parametrize("diagram", DIAGRAMS, ids=[path.stem for path in DIAGRAMS])
def test_a_diagram_passes_bpmnlint_and_survives_bpmn_moddle(diagram: Path, checked: dict[str, list[str]]) -> None:
    assert checked[diagram.name] == []
