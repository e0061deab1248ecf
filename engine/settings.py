"""Read the ``DAORU_…`` variables.  Listed with their meaning in ``.env.example``."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where data lives and how it is kept."""

    home: Path
    database_url: str
    synchronous: str
    person_key: bytes


def read() -> Settings:
    """The settings of this process; makes ``DAORU_HOME`` and the person key when they are missing."""
    home = Path(os.environ.get("DAORU_HOME") or "var").resolve()
    home.mkdir(parents=True, exist_ok=True)
    return Settings(
        home=home,
        database_url=os.environ.get("DAORU_DATABASE_URL") or f"sqlite:///{home / 'daoru.db'}",
        synchronous=os.environ.get("DAORU_SYNCHRONOUS") or "FULL",
        person_key=_person_key(home),
    )


def _person_key(home: Path) -> bytes:
    given = os.environ.get("DAORU_PERSON_KEY")
    if given:
        return bytes.fromhex(given)
    kept = home / "person.key"
    if not kept.exists():
        made = kept.with_suffix(f".{os.getpid()}")
        made.write_text(secrets.token_hex(32), encoding="ascii")
        made.chmod(0o600)
        try:
            # link, not rename: whoever is first wins, and nobody's key is replaced
            os.link(made, kept)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return bytes.fromhex(kept.read_text(encoding="ascii").strip())
