"""A copy of a running SQLite store, and a store out of such a copy; each copy is checked before it counts.

The database is copied first, in one go, then its files: a file is written before the row that names it, so that every
file of the copied rows is there.  Keys are not copied: whoever finds the copy must not be able to tell persons by it.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import Conflict, DamagedState, NotFound
from engine.store.files import Files

DATABASE, FILES = "daoru.db", "files"
_CHUNK = 1024 * 1024
#: A copy may be older than the vault.
_HAS_VAULT = "SELECT 1 FROM sqlite_master WHERE name = 'identity_number'"
_SEALED = "SELECT key_mark, count(*) FROM identity_number WHERE sealed IS NOT NULL GROUP BY key_mark ORDER BY key_mark"


@dataclass(frozen=True)
class Copied:
    """What a checked copy holds."""

    estates: int
    events: int
    files: int
    #: the keys of the vault that its numbers are sealed with, by mark, with how many numbers each
    sealed: Mapping[str, int] = field(default_factory=dict)


def back_up(home: Path, folder: Path) -> Copied:
    """Copy the store of ``home`` to a new ``folder``, while it is in use.

    Raises NotFound when there is none, Conflict when the folder is in use, DamagedState when the copy does not hold.
    """
    return _copy(home, folder, "备份")


def restore(folder: Path, home: Path) -> Copied:
    """Make the store of ``home`` out of a copy; raises as :func:`back_up`.  A store that is there is never replaced."""
    return _copy(folder, home, "恢复")


def _copy(source: Path, target: Path, what: str) -> Copied:
    if not (source / DATABASE).is_file():
        raise NotFound(what=f"{source} 里的数据库")
    if (target / DATABASE).exists() or (target / FILES).exists():
        raise Conflict(f"{target} 里已有数据，没有{what}；请换一个空目录，或先移走原有的。")
    target.mkdir(parents=True, exist_ok=True)
    # named at the end: what was broken off is no copy
    unfinished = target / f"{DATABASE}.{os.getpid()}"
    with closing(sqlite3.connect(source / DATABASE)) as read, closing(sqlite3.connect(unfinished)) as written:
        read.backup(written)
    copied = _check(unfinished, Files(source / FILES), Files(target / FILES))
    unfinished.rename(target / DATABASE)
    return copied


def _check(database: Path, source: Files, target: Files) -> Copied:
    """Copy the files that the database names, and hold everything against what it says."""
    with closing(sqlite3.connect(database)) as read:
        sound = [row[0] for row in read.execute("PRAGMA integrity_check")] == ["ok"]
        if not sound or read.execute("PRAGMA foreign_key_check").fetchone():
            raise DamagedState("数据库的副本不完整，没有算数；请核对磁盘后重做。")
        names = [row[0] for row in read.execute("SELECT sha256 FROM file")]
        estates, events = (read.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("estate", "event"))  # noqa: S608 - two names of ours
        sealed = dict(read.execute(_SEALED)) if read.execute(_HAS_VAULT).fetchone() else {}
    for name in names:
        _bring(source.path(name), target.path(name), name)
    return Copied(estates, events, len(names), sealed)


def _bring(source: Path, target: Path, digest: str) -> None:
    if not source.is_file():
        raise DamagedState(f"缺少文件 {digest[:12]}，副本没有算数；请核对原有的文件目录。")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    found = hashlib.sha256()
    with target.open("rb") as read:
        while chunk := read.read(_CHUNK):
            found.update(chunk)
    if found.hexdigest() != digest:
        raise DamagedState(f"文件 {digest[:12]} 的内容与登记的不同，副本没有算数；请从较早的备份核对。")
