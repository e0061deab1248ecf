"""``daoru serve``: one parent that keeps two children running, the pages and the job loop (decisions 26)."""

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing

from engine.errors import Conflict

HOST = "127.0.0.1"
_LOOK_EVERY = 0.1
#: A child that dies within so many seconds is started again after a pause of so many.
_PAUSE = 0.5
_TO_END = 10.0
#: The way to ourselves leads through no proxy.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def serve(port: int, say: Callable[[str], None]) -> None:
    """Serve the pages and do what is waiting until SIGINT or SIGTERM.  Raises Conflict when the port is taken."""
    _refuse_taken(port)
    address, ready = f"http://{HOST}:{port}", False

    def look() -> None:
        nonlocal ready
        if not ready and (ready := _answers(address)):
            say(f"导入台已启动：{address}（按 Ctrl-C 停止）")

    keep([["-m", "web", str(port), HOST], ["-m", "engine.worker"]], look)
    say("已停止。")


def keep(commands: Sequence[list[str]], look: Callable[[], None] = lambda: None) -> None:
    """Keep a child running for each command until SIGINT or SIGTERM; whatever ended one, it is started again."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    children = [_Child(command) for command in commands]
    try:
        while not ending.wait(_LOOK_EVERY):
            look()
            for child in children:
                if child.ended and not (child.short_lived and ending.wait(_PAUSE)):
                    child.start()
    finally:
        _end([child.process for child in children])


class _Child:
    """A process of ours that runs this command."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self.start()

    def start(self) -> None:
        """Start it, once more."""
        self._started = time.monotonic()
        # a session of its own: Ctrl-C at the terminal reaches the parent alone, which ends the children in order
        self.process = subprocess.Popen([sys.executable, *self._command], start_new_session=True)  # noqa: S603

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.poll() is not None

    @property
    def short_lived(self) -> bool:
        """Whether it was started a moment ago."""
        return time.monotonic() - self._started < _PAUSE


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    latest = time.monotonic() + _TO_END
    for child in children:
        try:
            child.wait(max(0.0, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(address: str) -> bool:
    try:
        with _OPENER.open(f"{address}/sign-in", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _refuse_taken(port: int) -> None:
    with closing(socket.socket()) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise Conflict(f"端口 {port} 用不了：可能已有一个导入台在运行；请先停下它，或用 --port 换一个。") from error
