"""The store that a command works on."""

from pathlib import Path

from engine import settings, store
from engine.errors import NotFound
from engine.store import Public, Store


def kept(out: Path | None) -> Store:
    """The store that an earlier run left in ``out``, or that of the settings."""
    kept = settings.read()
    public = Public(kept.public_url, kept.person_key)
    if out is None:
        return store.open(kept.database_url, files=kept.home / "files", synchronous=kept.synchronous, public=public)
    file = out / "data" / "daoru.db"
    if not file.is_file():
        raise NotFound(what=f"{out} 里的导入")
    return store.open(f"sqlite:///{file}", files=file.parent / "files", synchronous=kept.synchronous, public=public)


def embedded() -> settings.Settings:
    """The settings where the database is SQLite.  Raises NotFound."""
    kept = settings.read()
    if not kept.database_url.startswith("sqlite"):
        raise NotFound("这里用的是 PostgreSQL；请用 pg_dump 和 pg_restore 备份、恢复数据库，并复制 files 目录。")
    return kept
