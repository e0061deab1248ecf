"""A PostgreSQL for the tests: the one offered, one of our own, or the one running on this machine.

One of our own comes before the one that runs here: a server that must not forget writes all it has to the disk
whenever a database is dropped, which takes longer than most tests.

``python -m tests.postgresql --probe`` tells by its exit code whether there can be one.
"""

import contextlib
import fcntl
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
#: Where the workers of a run read what server they share, and which folder is that of one of our own.
_ADDRESS, _OWN = "postgresql.address", "postgresql.own"
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


def shared(folder: Path) -> str:
    """The address of the server of all workers, which ``folder`` tells; who asks first starts it.

    Raises
    ------
    RuntimeError
        There can be none here.
    """
    with (folder / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / _ADDRESS
        if not told.exists():
            told.write_text(_offered() or _started(folder) or _running() or "")
        address = told.read_text()
    if not address:
        raise RuntimeError(_MISSING)
    return address


def stop(folder: Path) -> None:
    """End the server that :func:`shared` started, if it did."""
    data = folder / _OWN
    if data.exists():
        _end(Path(data.read_text()))


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
        connection.execute(copying(connection, name, original))
    return name


def copying(connection: psycopg.Connection[Any], name: str, original: str) -> bytes:
    """The statement that makes ``name`` as ``original`` is, file by file: its log is of no use to a test."""
    by_file = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
    return f'CREATE DATABASE "{name}" TEMPLATE "{original}"{by_file}'.encode()


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _address_of(server: str, name: str) -> str:
    base = server.rpartition("/")[0] if "?" not in server else server.partition("/postgres?")[0]
    query = f"?{server.partition('?')[2]}" if "?" in server else ""
    return f"{base}/{name}{query}".replace("postgresql://", "postgresql+psycopg://")


def _offered() -> str | None:
    return next(filter(_answers, filter(None, [os.environ.get(_OFFERED)])), None)


def _running() -> str | None:
    return _offered() or next(filter(_answers, _LOCAL), None)


def _answers(address: str) -> bool:
    with contextlib.suppress(psycopg.Error), psycopg.connect(address, connect_timeout=2):
        return True
    return False


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def _own(durable: bool) -> Iterator[str]:
    if _binaries() is None:
        raise RuntimeError(_MISSING)
    folder = _begin(durable)
    try:
        yield _socket(folder)
    finally:
        _end(folder)


def _started(told: Path) -> str | None:
    if _binaries() is None:
        return None
    folder = _begin(durable=False)
    (told / _OWN).write_text(str(folder))
    return _socket(folder)


def _socket(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={folder}"


def _begin(durable: bool) -> Path:
    """A server in a folder of its own, which no path of a test's is short enough to hold a socket in."""
    folder = Path(tempfile.mkdtemp(prefix="daoru-pg-"))
    if user := _user():
        shutil.chown(folder, user)
    forgetful = "" if durable else " -c fsync=off -c full_page_writes=off"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}{forgetful}"
    _say(folder, "initdb", "-U", "postgres", "-A", "trust", "-N")
    _say(folder, "pg_ctl", "-o", options, "-w", "-l", str(folder / "log"), "start")
    return folder


def _end(folder: Path) -> None:
    _say(folder, "pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _say(folder: Path, program: str, *told: str) -> None:
    binaries = _binaries()
    assert binaries is not None
    command = [str(binaries / program), "-D", str(folder / "data"), *told]
    with (folder / "told").open("ab") as heard:
        subprocess.run(command, check=True, user=_user(), cwd=folder, stdout=heard, stderr=heard)


def _user() -> str | None:
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None


if __name__ == "__main__":
    sys.exit(0 if available() else 1)
