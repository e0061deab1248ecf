"""The wheel carries what the checkout has, and nothing of the tests."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_diagrams_forms_questions_packs_and_templates(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("daoru-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names} == {"engine", f"{wheel.name.split('-py3')[0]}.dist-info"}
    for folder in ("workflows", "templates"):
        for path in (ROOT / folder).rglob("*.*"):
            assert f"engine/_resources/{path.relative_to(ROOT).as_posix()}" in names
    assert "engine/_resources/workflows/questions/01-model.md" in names
    assert "engine/carry/index.html.j2" in names
    assert any(name.startswith("engine/store/migrations/versions/0001") for name in names)
