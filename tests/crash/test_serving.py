"""``daoru serve`` goes on when either child is killed, and ends in order."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from engine import serving
from tests.serving import serve, wait_until


@pytest.mark.parametrize("which", [0, 1], ids=["pages", "jobs"])
def test_a_killed_child_is_started_again(tmp_path: Path, which: int) -> None:
    with serve(tmp_path) as served:
        killed = served.children()[which]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: killed not in served.children() and len(served.children()) == 2, 30)
        wait_until(served.answers, 30)


def test_the_parent_ends_in_order_and_leaves_no_child(tmp_path: Path) -> None:
    with serve(tmp_path) as served:
        children = served.children()
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_the_start_is_told_where_a_proxy_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(tmp_path) as served:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setattr(urllib.request, "_opener", None)
        assert serving._answers(served.address)


def test_a_port_that_is_taken_is_refused_in_words(tmp_path: Path) -> None:
    with serve(tmp_path) as served:
        command = [sys.executable, "-m", "engine.cli", "serve", "--port", served.address.rsplit(":", 1)[1]]
        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert second.returncode == 2
    assert "用不了" in second.stderr
