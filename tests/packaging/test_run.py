"""The one door ``./run``: what it needs, what it says, and that an interrupted set-up leaves nothing half-made."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment needs no package, so that a set-up takes a moment and no network."""
    made = tmp_path / "checkout"
    made.mkdir()
    shutil.copy2(ROOT / "run", made / "run")
    (made / "requirements.lock").write_text("")
    return made


@pytest.fixture(scope="module")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Path(tmp_path_factory.mktemp("prepared")) / "checkout"
    made.mkdir()
    shutil.copy2(ROOT / "run", made / "run")
    (made / "requirements.lock").write_text("")
    assert run(made, "setup").returncode == 0
    return made


@pytest.fixture
def prepared(_prepared: Path, tmp_path: Path) -> Path:
    """A checkout that was set up."""
    return Path(shutil.copytree(_prepared, tmp_path / "prepared", symlinks=True))


def run(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["./run", *arguments], cwd=checkout, env=environment(checkout, **variables), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def environment(checkout: Path, **variables: str) -> dict[str, str]:
    """What a fresh machine has: Python and the shell's own tools."""
    tools = checkout.parent / "bin"
    if not tools.exists():
        tools.mkdir()
        for name in ("dirname", "cat", "rm", "mv", "mkdir", "id", "cmp"):
            (tools / name).symlink_to(str(shutil.which(name)))
        (tools / "python3").symlink_to(os.path.realpath(sys.executable))
    return {"PATH": str(tools), "HOME": str(checkout.parent), "DAORU_APT": "no", "PIP_NO_INDEX": "1", **variables}


def stamp(checkout: Path) -> str:
    kept = checkout / ".venv" / "daoru.stamp"
    return kept.read_text() if kept.exists() else ""


def test_a_set_up_needs_python_alone_and_is_done_once(prepared: Path) -> None:
    assert {path.name for path in prepared.iterdir()} == {"run", "requirements.lock", ".venv"}
    before = stamp(prepared)
    assert before
    again = run(prepared, "setup")
    assert (again.returncode, again.stderr, stamp(prepared)) == (0, "", before)


def test_another_lock_makes_the_environment_anew(prepared: Path) -> None:
    before = stamp(prepared)
    (prepared / "requirements.lock").write_text("# another\n")
    made = run(prepared, "setup")
    assert made.returncode == 0
    assert "正在准备运行环境" in made.stderr
    assert stamp(prepared) not in {"", before}


def test_a_download_that_fails_leaves_the_environment_as_it_was(prepared: Path) -> None:
    before = stamp(prepared)
    (prepared / "requirements.lock").write_text(f"absent-package==1 --hash=sha256:{'0' * 64}\n")
    failed = run(prepared, "setup")
    assert failed.returncode == 2
    assert "原有环境没有改动" in failed.stderr
    assert stamp(prepared) == before
    assert not (prepared / ".venv.new").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_interrupted_set_up_leaves_nothing_half_made(checkout: Path, number: signal.Signals) -> None:
    # a program that reads the lock waits here for ever: pip is caught in the middle
    (checkout / "requirements.lock").unlink()
    os.mkfifo(checkout / "requirements.lock")
    begun = subprocess.Popen(
        ["./run", "setup"], cwd=checkout, env=environment(checkout), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with (checkout / "requirements.lock").open("w"):
        pass  # the stamp reads an empty lock; pip, next, finds nobody who writes
    while not (checkout / ".venv.new" / "bin" / "pip").exists():
        assert begun.poll() is None
        time.sleep(0.05)
    os.killpg(begun.pid, number)
    begun.wait()
    assert not (checkout / ".venv").exists()
    if number is not signal.SIGKILL:
        assert not (checkout / ".venv.new").exists()
    (checkout / "requirements.lock").unlink()
    (checkout / "requirements.lock").write_text("")
    assert run(checkout, "setup").returncode == 0
    assert stamp(checkout)
    assert not (checkout / ".venv.new").exists()


def test_without_leave_to_install_it_says_what_is_skipped_and_why(prepared: Path) -> None:
    said = run(prepared, "bench", DAORU_APT="no").stderr
    assert "跳过 PostgreSQL 测试：没有可用的服务器，也不能安装 Debian 软件包 postgresql" in said
    assert "跳过 Node 检查（bpmnlint、bpmn-moddle、Open XML SDK）：没有 Node 20，也无法安装" in said


def test_what_is_not_known_is_answered_with_how_to_use_it(checkout: Path) -> None:
    said = run(checkout, "dance")
    assert said.returncode == 2
    assert "用法" in said.stderr


def test_without_python_it_says_what_to_install(checkout: Path) -> None:
    environment(checkout)
    (checkout.parent / "bin" / "python3").unlink()
    said = run(checkout, "setup")
    assert said.returncode == 2
    assert "python3-venv" in said.stderr
    assert not (checkout / ".venv").exists()


def test_every_variable_that_is_read_is_listed_and_every_listed_one_is_read() -> None:
    named = re.compile(r"DAORU_[A-Z_]*[A-Z]")
    read = {"run"} | {
        str(path.relative_to(ROOT))
        for folder in ("engine", "web", "tests", "trials", "bench")
        for path in (ROOT / folder).rglob("*.py")
        if path != Path(__file__)
    }
    used = {name for file in read for name in named.findall((ROOT / file).read_text())}
    listed = re.findall(r"^#(DAORU_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(used)


def test_the_locks_name_no_registry_and_pin_every_package_by_its_hash() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / "tests" / "definitions" / "node" / "requirements.lock"):
        text = lock.read_text()
        assert "://" not in text
        assert not re.search(r"^\s*-(-index-url|-extra-index-url|-find-links|i|f)\b", text, re.MULTILINE)
        entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries if not entry.startswith("#"))
    assert "://" not in (ROOT / "tests" / "definitions" / "node" / "package-lock.json").read_text()
    assert re.search(r"^spiffworkflow==3\.2\.0 ", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert '"SpiffWorkflow==3.2.0"' in (ROOT / "pyproject.toml").read_text()
