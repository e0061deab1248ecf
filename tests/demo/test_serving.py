"""``daoru serve --demo``, as ``./run`` starts it."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from engine import settings
from engine.demo import building
from tests.demo.test_district import TODAY, entries, told
from tests.serving import ROOT, Served, wait_until


def start(home: Path, **variables: str) -> tuple[subprocess.Popen[bytes], Served]:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {**os.environ, "DAORU_HOME": str(home), **variables}
    environment.pop("DAORU_DATABASE_URL", None)
    command = [sys.executable, "-m", "engine.cli", "serve", "--demo", "--port", str(port)]
    with (home / "serve.log").open("wb") as log:
        parent = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    return parent, Served(f"http://127.0.0.1:{port}", parent.pid)


def said(home: Path) -> str:
    return (home / "serve.log").read_text()


def test_a_second_start_serves_what_is_there_and_says_who_may_sign_in(tmp_path: Path) -> None:
    key = (tmp_path / "person.key", tmp_path / "web.key")
    for one in key:
        one.write_text("ab" * 32)
    kept = settings.Settings(
        tmp_path, f"sqlite:///{tmp_path / 'daoru.db'}", "NORMAL", b"\xab" * 32, b"\xab" * 32, production=False
    )
    building.prepare(kept, TODAY, lambda line: None, entries("船坞小区"))
    before = told(tmp_path)
    parent, served = start(tmp_path)
    wait_until(served.answers, 30)
    parent.send_signal(signal.SIGINT)
    assert parent.wait(15) == 0
    assert "zhujian" in said(tmp_path)
    assert "已停止" in said(tmp_path)
    assert told(tmp_path)[0][: len(before[0])] == before[0]


def test_a_build_that_is_killed_leaves_nothing_to_serve(tmp_path: Path) -> None:
    parent, _ = start(tmp_path)
    wait_until(lambda: any(tmp_path.glob("demo.new.*/files/*/*")), 60)
    pool = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(Path(f"/proc/{child}/cmdline").exists() for child in pool), 15)
    assert not (tmp_path / "daoru.db").exists()
    building.prepare(
        settings.Settings(tmp_path, f"sqlite:///{tmp_path / 'daoru.db'}", "NORMAL", b"k", b"w", production=False),
        TODAY,
        lambda line: None,
        entries("船坞小区"),
    )
    assert not list(tmp_path.glob("demo.new.*"))
    assert len(told(tmp_path)) == 1


def test_ctrl_c_while_the_demo_is_built_ends_in_order(tmp_path: Path) -> None:
    parent, _ = start(tmp_path)
    wait_until(lambda: any(tmp_path.glob("demo.new.*/files/*/*")), 60)
    parent.send_signal(signal.SIGINT)
    assert parent.wait(30) == 130
    assert "下次启动时从头准备" in said(tmp_path)
    assert "Traceback" not in said(tmp_path)
    assert not (tmp_path / "daoru.db").exists()


def test_production_is_refused_in_words(tmp_path: Path) -> None:
    parent, _ = start(tmp_path, DAORU_ENV="production")
    assert parent.wait(30) == 2
    assert "正式环境" in said(tmp_path)
