"""How far the reference estate was carried, kept once in a run of the tests: who asks again gets a copy.

A copy is taken only where the database held the same, row by row, as when the journey was first carried; so a test
that did something before carries for itself.
"""

import contextlib
import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import sqlalchemy as sa

from engine.store import Store, tables
from engine.store.unit_of_work import Public
from tests import postgresql

#: Tokens follow from this key, so that a document has the same one in every copy.
PUBLIC = Public(key=b"the tokens of the tests, all alike")
_NAMES = "postgresql.names"
#: Shared by the workers; nothing is kept where it is not given, as in a trial.
_folder: Path | None = None


def keep_in(folder: Path | None) -> None:
    """Keep what is carried in ``folder`` from now on."""
    global _folder
    _folder = folder


def reach(opened: Store, point: str, carry: Callable[[], None]) -> None:
    """Bring the store to the ``point`` as ``carry`` does, by a copy where somebody came as far from the same."""
    if _folder is None or opened.public != PUBLIC:
        carry()
        return
    opened.close()
    key = hashlib.sha256(f"{opened.engine.url.host} {point} {_content(opened)}".encode()).hexdigest()[:20]
    kept = _folder / f"{opened.engine.dialect.name}-{key}"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists():
            _restore(opened, kept)
            return
        carry()
        _keep(opened, kept)


def drop_all(folder: Path) -> None:
    """Drop the databases that were kept on a server."""
    names = folder / _NAMES
    for line in names.read_text().splitlines() if names.exists() else ():
        server, _, name = line.rpartition(" ")
        # a server of our own has gone with all it had
        with contextlib.suppress(psycopg.Error), psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _content(opened: Store) -> str:
    """Every row of the database and the files beside it, as one hash."""
    rows = " UNION ALL ".join(
        f"SELECT '{name} ' || CAST({name} AS text) FROM {name}" for name in tables.metadata.tables
    )
    files = sorted(path.name for path in opened.files.root.rglob("*") if path.is_file())
    if opened.engine.dialect.name == "sqlite":
        with contextlib.closing(sqlite3.connect(str(opened.engine.url.database))) as database:
            told = list(database.iterdump())
    else:
        with opened.engine.connect() as connection:
            told = sorted(connection.execute(sa.text(rows)).scalars())
        opened.close()
    return hashlib.sha256("\n".join([*told, *files]).encode()).hexdigest()


def _keep(opened: Store, kept: Path) -> None:
    made = kept.with_suffix(".new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    if opened.files.root.exists():
        shutil.copytree(opened.files.root, made / "files")
    opened.close()
    if opened.engine.dialect.name == "sqlite":
        _copy(Path(str(opened.engine.url.database)), made / "daoru.db")
    else:
        server, name = _server(opened), f"daoru_kept_{kept.parent.parent.name.replace('-', '_')}_{kept.name[-20:]}"
        with (kept.parent / _NAMES).open("a") as names:
            names.write(f"{server} {name}\n")
        _copied(server, name, _database(opened))
        (made / "name").write_text(name)
    made.rename(kept)


def _restore(opened: Store, kept: Path) -> None:
    if (kept / "files").exists():
        shutil.copytree(kept / "files", opened.files.root, dirs_exist_ok=True)
    if opened.engine.dialect.name == "sqlite":
        _copy(kept / "daoru.db", Path(str(opened.engine.url.database)))
        return
    mine, original = _database(opened), (kept / "name").read_text()
    _copied(_server(opened), mine, original)


def _copy(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _database(opened: Store) -> str:
    return str(opened.engine.url.database)


def _server(opened: Store) -> str:
    url = opened.engine.url.set(drivername="postgresql", database="postgres")
    return url.render_as_string(hide_password=False)


def _copied(server: str, name: str, original: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(postgresql.copying(connection, name, original))
