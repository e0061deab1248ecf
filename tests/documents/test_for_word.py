"""Every paper is a sound Word file to Microsoft's Open XML SDK: what it finds wrong, Word mends or refuses."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.documents import catalogue, package, redline, specimens
from engine.use_cases.library import Library
from tests.documents import word

_NODE = Path(__file__).parents[1] / "definitions" / "node"
_WHEN = "2026-06-01T01:00:00Z"
_MANY = 20

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(
        not (shutil.which("node") and (_NODE / "node_modules" / "@ooxml-tools").is_dir()),
        reason="没有 Node 20 或 Open XML SDK 的校验器：先运行 ./run test，或安装 Node",
    ),
]


def faults(files: Mapping[str, bytes], folder: Path) -> dict[str, list[str]]:
    """What the SDK finds wrong with files, by name; those without a fault are left out."""
    for name, content in files.items():
        (folder / f"{name}.docx").write_bytes(content)
    command = ["node", "word.mjs", *(str(folder / f"{name}.docx") for name in files)]
    done = subprocess.run(command, cwd=_NODE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = json.loads(done.stdout)
    assert {*told} == {f"{name}.docx" for name in files}
    return {Path(name).stem: found for name, found in told.items() if found}


def test_what_each_template_prints_is_sound(library: Library, tmp_path: Path) -> None:
    papers, forms = {}, {task: form.fields for task, form in library.forms.items()}
    for kind in catalogue.KINDS:
        papers[kind] = library.template(kind).render(next(iter(library.samples_of(kind).values())))
    for kind in catalogue.REPORTS:
        template = library.template(kind)
        known = specimens.make(specimens.SHOWN[0], forms, template.names, template.groups)
        papers[kind] = template.render(known)
    assert not faults(papers, tmp_path)


def test_a_print_run_of_ballots_and_a_redline_are_sound(library: Library, tmp_path: Path) -> None:
    ballot = next(iter(library.samples_of("ballot").values()))
    old, new, *_ = map(library.template("service_contract").render, library.samples_of("service_contract").values())
    made = redline.make(package.read(old, ""), package.read(new, ""), "何静", _WHEN)
    run = library.template("ballot").render_many([ballot] * _MANY)
    assert not faults({"redline": made, "run": run}, tmp_path)


#: What is changed in a paper, by what is wrong with it then.
_SEEDED = {
    "nothing": ("<w:keepNext/><w:spacing", "<w:spacing"),
    "order": ('<w:jc w:val="right"/></w:pPr>', '<w:jc w:val="right"/><w:keepNext/></w:pPr>'),
    "element": ("<w:cantSplit/>", "<w:cantSplit/><w:pStyle/>"),
    "value": ('w:lineRule="exact"', 'w:lineRule="fixed"'),
}


def test_what_stands_where_it_may_not_is_found(library: Library, tmp_path: Path) -> None:
    paper = library.template("settlement").render(next(iter(library.samples_of("settlement").values())))
    broken = {wrong: word.replaced(paper, old, new) for wrong, (old, new) in _SEEDED.items()}
    assert paper not in broken.values()
    assert {*faults(broken, tmp_path)} == {"order", "element", "value"}
