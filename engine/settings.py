"""Read the ``DAORU_…`` variables.  Listed with their meaning in ``.env.example``."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError

_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")


@dataclass(frozen=True)
class Settings:
    """Where data lives and how it is kept."""

    home: Path
    database_url: str
    synchronous: str
    person_key: bytes
    web_key: bytes
    production: bool


def read() -> Settings:
    """The settings of this process; makes ``DAORU_HOME`` and the keys when they are missing."""
    home = Path(os.environ.get("DAORU_HOME") or "var").resolve()
    home.mkdir(parents=True, exist_ok=True)
    return Settings(
        home=home,
        database_url=os.environ.get("DAORU_DATABASE_URL") or f"sqlite:///{home / 'daoru.db'}",
        synchronous=_synchronous(),
        person_key=_kept_key(home, "person.key", "DAORU_PERSON_KEY"),
        web_key=_kept_key(home, "web.key", "DAORU_WEB_KEY"),
        production=os.environ.get("DAORU_ENV") == "production",
    )


def _kept_key(home: Path, name: str, variable: str) -> bytes:
    given = os.environ.get(variable)
    if given:
        return _key(given, variable)
    kept = home / name
    if not kept.exists():
        made = home / f"{name}.{os.getpid()}"
        made.write_text(secrets.token_hex(32), encoding="ascii")
        made.chmod(0o600)
        try:
            # link, not rename: whoever is first wins, and nobody's key is replaced
            os.link(made, kept)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return _key(kept.read_text(encoding="utf-8", errors="replace"), str(kept))


def _key(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if not key:
        raise EngineError(f"{where} 不是十六进制的密钥；请改回原来的密钥，换了密钥，已登记的人和登录就认不出来。")
    return key


def _synchronous() -> str:
    given = os.environ.get("DAORU_SYNCHRONOUS") or "FULL"
    if given not in _SYNCHRONOUS:
        raise EngineError(f"DAORU_SYNCHRONOUS 写的是“{given}”；请改为 {'、'.join(_SYNCHRONOUS)} 之一。")
    return given
