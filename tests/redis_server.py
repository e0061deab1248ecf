"""A Redis of our own for the tests, on a free port and without a file; none where Debian's package is missing."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import redis

MISSING = "没有 redis-server，也不能安装 Debian 软件包 redis-server"


def available() -> bool:
    """Whether there can be one."""
    return shutil.which("redis-server") is not None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of an empty server."""
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        try:
            yield _answering(f"redis://127.0.0.1:{port}/0")
        finally:
            running.terminate()


def _answering(address: str) -> str:
    asked = redis.Redis.from_url(address)
    for _ in range(200):
        with contextlib.suppress(redis.ConnectionError):
            asked.ping()
            asked.close()
            return address
        time.sleep(0.05)
    raise AssertionError("redis-server does not answer")
