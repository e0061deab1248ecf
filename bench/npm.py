"""npm ``bpmn-engine`` on the shipped diagrams: recovered from its stored state, stepped and stored again, each step.

It has no call activity across files, no grammar of conditions and no ``pack.<key>``, so that the diagrams are put
into one file first: conditions become JavaScript, jobs become tasks that wait for a signal, timers one day.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from bench.walk import Step
from engine.process import expressions
from engine.process.definitions import Definition, document
from engine.process.elements import BPMN, NAMESPACES
from engine.process.instance import Timer

_ROOT = Path(__file__).resolve().parents[1]
_PEER = _ROOT / "bench" / "npm.mjs"
#: Where the checks of the diagrams have installed it already.
MODULES = _ROOT / "tests" / "definitions" / "node" / "node_modules"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PYTHON_TO_JS: Mapping[str, str] = {
    "==": "===", "!=": "!==", "and": "&&", "or": "||", "not": "!", "True": "true", "False": "false", "None": "null",
}  # fmt: skip
_WORD = re.compile(r'"[^"]*"|\'[^\']*\'|==|!=|[A-Za-z_]\w*')


def missing(package: str = "bpmn-engine") -> str:
    """Why a package cannot run here; empty when it can."""
    if not node():
        return "no Node"
    return "" if (MODULES / package).exists() else "not installed: tests/definitions/node/setup"


def rate(definition: Definition, steps: Sequence[Step]) -> float:
    """Steps a second."""
    with TemporaryDirectory() as folder:
        given = Path(folder) / "given.json"
        walked = [
            {"id": step.node, "timer": isinstance(step.waited, Timer), "values": _json(step.values)} for step in steps
        ]
        given.write_text(json.dumps({"source": one_file(definition), "steps": walked, "state": f"{folder}/state"}))
        command = [node(), str(_PEER), str(given), str(MODULES)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found = json.loads(done.stdout)
    if found["running"]:
        raise RuntimeError("bpmn-engine did not come to the end of the process")
    return len(steps) / float(found["seconds"])


def one_file(definition: Definition) -> str:
    """The diagrams of a definition as one that ``bpmn-engine`` runs."""
    whole = etree.Element(f"{{{BPMN}}}definitions", nsmap={"bpmn": BPMN, "xsi": _XSI}, id="all", targetNamespace="all")
    for name, content in sorted(definition.files.items()):
        for process in document(content, name).iterfind("bpmn:process", NAMESPACES):
            process.set("isExecutable", str(process.get("id") == definition.process_id).lower())
            # in one file a stage may not bear the id of the process that it calls
            process.set("id", f"{process.get('id')}_process")
            _adapt(process)
            whole.append(process)
    return etree.tostring(whole, encoding="unicode")


def _adapt(process: Any) -> None:
    for tag in ("laneSet", "extensionElements", "documentation"):
        for node in process.findall(f".//bpmn:{tag}", NAMESPACES):
            node.getparent().remove(node)
    for call in process.iterfind(".//bpmn:callActivity", NAMESPACES):
        call.set("calledElement", f"{call.get('calledElement')}_process")
    for tag in ("serviceTask", "businessRuleTask"):
        for node in process.findall(f".//bpmn:{tag}", NAMESPACES):
            node.tag = f"{{{BPMN}}}userTask"
    for condition in process.iterfind(".//bpmn:conditionExpression", NAMESPACES):
        condition.set("language", "javascript")
        condition.text = f"next(null, {_javascript(condition.text)});"
    for tag in ("timeDate", "timeDuration"):
        for timer in process.findall(f".//bpmn:{tag}", NAMESPACES):
            timer.tag, timer.text = f"{{{BPMN}}}timeDuration", "P1D"


def _javascript(condition: str) -> str:
    names = expressions.names(condition)

    def word(found: re.Match[str]) -> str:
        known = f"this.environment.services.routing('{found[0]}')"
        return known if found[0] in names else _PYTHON_TO_JS.get(found[0], found[0])

    text = re.sub(r"(\w+) not in \(([^)]*)\)", r"not [\2].includes(\1)", condition)
    return _WORD.sub(word, re.sub(r"(\w+) in \(([^)]*)\)", r"[\2].includes(\1)", text))


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


def node() -> str:
    """Where Node is, empty when it is not."""
    return os.environ.get("DAORU_NODE") or shutil.which("node") or ""
