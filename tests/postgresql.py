"""A PostgreSQL for the tests: the one offered, the one running on this machine, or one of our own.

``python -m tests.postgresql --probe`` tells by its exit code whether there can be one.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

_OFFERED = "DAORU_TEST_POSTGRESQL"
_LOCAL = ("postgresql://root@127.0.0.1:5432/postgres", "postgresql://postgres@127.0.0.1:5432/postgres")
#: A test's copy is thrown away: nobody waits until a commit is on the disk.
_FORGETFUL = "options=-csynchronous_commit%3Doff"
_MISSING = "没有可用的 PostgreSQL，也没有 Debian 软件包 postgresql"


def available() -> bool:
    """Whether PostgreSQL tests can run here."""
    return _running() is not None or _binaries() is not None


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The address of a server on which databases can be made; ``durable`` when its speed is to be measured."""
    running = _running()
    if running is not None:
        yield running
        return
    with _own(durable) as own:
        yield own


@contextlib.contextmanager
def database(address: str) -> Iterator[str]:
    """A new empty database on the server, as an SQLAlchemy address; dropped in the end."""
    name = _create(address)
    try:
        yield _address_of(address, name)
    finally:
        _drop(address, name)


class Copies:
    """Copies of a database that ``prepare`` filled, one for each test: the next is made while one is in use."""

    def __init__(self, server: str, prepare: Callable[[str], None]) -> None:
        self._server, self._pool = server, ThreadPoolExecutor(1)
        self._original = _create(server)
        prepare(_address_of(server, self._original))
        self._next = self._pool.submit(_create, server, self._original)

    @contextlib.contextmanager
    def one(self) -> Iterator[str]:
        """The address of one that nobody has used; dropped afterwards."""
        name = self._next.result()
        self._next = self._pool.submit(_create, self._server, self._original)
        address = _address_of(self._server, name)
        try:
            yield f"{address}{'&' if '?' in address else '?'}{_FORGETFUL}"
        finally:
            self._pool.submit(_drop, self._server, name)

    def close(self) -> None:
        """Drop what is left."""
        for name in (self._next.result(), self._original):
            self._pool.submit(_drop, self._server, name)
        self._pool.shutdown()


def _create(server: str, original: str = "template1") -> str:
    name = f"daoru_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    return name


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _address_of(server: str, name: str) -> str:
    base = server.rpartition("/")[0] if "?" not in server else server.partition("/postgres?")[0]
    query = f"?{server.partition('?')[2]}" if "?" in server else ""
    return f"{base}/{name}{query}".replace("postgresql://", "postgresql+psycopg://")


def _running() -> str | None:
    for address in filter(None, (os.environ.get(_OFFERED), *_LOCAL)):
        with contextlib.suppress(psycopg.Error), psycopg.connect(address, connect_timeout=2):
            return address
    return None


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def _own(durable: bool) -> Iterator[str]:
    binaries = _binaries()
    if binaries is None:
        raise RuntimeError(_MISSING)
    folder = Path(tempfile.mkdtemp(prefix="daoru-pg-"))
    # PostgreSQL refuses to run as root
    user = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    quiet: dict[str, Any] = {
        "check": True,
        "user": user,
        "cwd": folder,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync={'on' if durable else 'off'}"
    subprocess.run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust"], **quiet)
    subprocess.run([binaries / "pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start"], **quiet)
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(0 if available() else 1)
