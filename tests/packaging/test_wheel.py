"""The wheel carries what the checkout has, and of the tests only the cases that the demo district is built of."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("wheel"))
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [made] = folder.glob("daoru-*.whl")
    return made


def test_the_wheel_holds_diagrams_forms_packs_and_templates(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names} == {"engine", "web", f"{wheel.name.split('-py3')[0]}.dist-info"}
    for folder in ("workflows", "templates"):
        for path in (ROOT / folder).rglob("*.*"):
            assert f"engine/_resources/{path.relative_to(ROOT).as_posix()}" in names
    assert "engine/_resources/workflows/questions/01-model.md" in names
    assert "engine/carry/index.html.j2" in names
    # what the demo district is built of
    assert {"engine/demo/estates.tsv", "engine/_resources/tests/cases/reference.yaml"} <= names
    for path in (ROOT / "web").glob("[st]*/**/*.*"):
        assert path.relative_to(ROOT).as_posix() in names
    assert any(name.startswith("engine/store/migrations/versions/0001") for name in names)


def test_the_wheel_carries_an_estate_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    said("-m", "venv", "--without-pip", str(plain))
    # the locked dependencies are those that this run has; nothing is downloaded twice
    [packages] = plain.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    said("-m", "pip", "--python", str(plain), "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    python, daoru, out = plain / "bin" / "python", plain / "bin" / "daoru", tmp_path / "out"
    where = subprocess.run(
        [python, "-c", "import engine; print(engine.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(packages))
    environment = {"PATH": os.environ["PATH"], "DAORU_HOME": str(tmp_path / "home")}
    case = ROOT / "tests" / "cases" / "not-now.yaml"
    for arguments in (["carry", str(case), "--out", str(out), "--quiet"], ["lint"]):
        done = subprocess.run(
            [daoru, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert json.loads((out / "summary.json").read_text())["documents"]


def said(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
