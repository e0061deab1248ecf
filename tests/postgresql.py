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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

_OFFERED = "DAORU_TEST_POSTGRESQL"
_LOCAL = ("postgresql://root@127.0.0.1:5432/postgres", "postgresql://postgres@127.0.0.1:5432/postgres")
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
    name = f"daoru_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        base = address.rpartition("/")[0] if "?" not in address else address.partition("/postgres?")[0]
        query = f"?{address.partition('?')[2]}" if "?" in address else ""
        yield f"{base}/{name}{query}".replace("postgresql://", "postgresql+psycopg://")
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


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
