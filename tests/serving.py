"""``daoru serve`` as a person starts it: a parent with its two children, on a new database with one person a lane."""

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from engine import store
from engine.use_cases import accounts
from tests.district import CASE, COMMUNITY, PASSWORD

ROOT = Path(__file__).parents[1]
#: Whether it answers is asked before anybody has its certificate.
_ANY = ssl._create_unverified_context()


@dataclass(frozen=True)
class Served:
    """A running application."""

    address: str
    parent: int

    def children(self) -> list[int]:
        """The pages' process and the job loop's, in this order."""
        found = Path(f"/proc/{self.parent}/task/{self.parent}/children").read_text().split()
        return sorted(
            map(int, found), key=lambda child: b"engine.worker" in Path(f"/proc/{child}/cmdline").read_bytes()
        )

    def answers(self) -> bool:
        """Whether the sign-in page comes."""
        try:
            with urllib.request.urlopen(f"{self.address}/sign-in", timeout=1, context=_ANY):
                return True
        except (urllib.error.URLError, OSError):
            return False


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


@contextlib.contextmanager
def serve(home: Path, *more: str) -> Iterator[Served]:
    """Serve until the block ends; the parent must end in order, and leave no child.

    ``more`` stands on the command line; with a certificate the pages are served over TLS.
    """
    opened = store.open(f"sqlite:///{home / 'daoru.db'}", files=home / "files", synchronous="NORMAL")
    with opened.work("测试", datetime.now(UTC)) as work:
        for number, (lane, name) in enumerate(CASE.people.items()):
            accounts.add(work, f"user{number}", name, PASSWORD, COMMUNITY, [lane])
    opened.close()
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {**os.environ, "DAORU_HOME": str(home), "DAORU_SYNCHRONOUS": "NORMAL"}
    environment.pop("DAORU_DATABASE_URL", None)
    command = [sys.executable, "-m", "engine.cli", "serve", "--port", str(port), *more]
    with (home / "serve.log").open("wb") as log:
        parent = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    served = Served(f"{'https' if '--tls-cert' in more else 'http'}://127.0.0.1:{port}", parent.pid)
    try:
        wait_until(served.answers, 30)
        yield served
    finally:
        parent.terminate()
        assert parent.wait(15) == 0


@contextlib.contextmanager
def serve_here(app: Flask) -> Iterator[str]:
    """Serve the pages of a district of the tests in this process, where a test has its store and clock; the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    running = threading.Thread(target=server.serve_forever)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        running.join()
        server.server_close()


def wait_until(true: Callable[[], bool], seconds: float) -> float:
    """Wait until ``true()``; returns how long it took.  Fails after so many seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if true():
            return time.monotonic() - begun
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")
