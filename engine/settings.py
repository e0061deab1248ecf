"""Read the ``DAORU_…`` variables.  Listed with their meaning in ``.env.example``."""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.vault import Vault

_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")


@dataclass(frozen=True)
class Settings:
    """Where data lives and how it is kept; ``secure`` when browsers reach the pages over HTTPS only."""

    home: Path
    database_url: str
    synchronous: str
    person_key: bytes
    web_key: bytes
    production: bool
    public_url: str = ""
    secure: bool = False
    #: where the keys of the vault lie, beside the person's key unless somebody put them elsewhere
    vault_file: Path | None = None

    @property
    def vault(self) -> Vault:
        """The vault of full identity numbers."""
        return Vault(self.vault_file or self.home / "vault.key")


@dataclass(frozen=True)
class Outgoing:
    """How messages leave the house; without an SMTP server they are files in ``outbox``.

    ``smtp`` is ``smtp://user:password@host:port`` or ``smtps://…``; ``webhook`` leads to WeCom, SMS or another house.
    """

    outbox: Path
    smtp: str = ""
    mail_from: str = "daoru@localhost"
    webhook: str = ""
    webhook_key: bytes = b""
    public_url: str = ""


def read_outgoing(home: Path) -> Outgoing:
    """How messages leave the house.  Raises EngineError for what cannot be."""
    smtp, webhook = os.environ.get("DAORU_SMTP_URL", ""), os.environ.get("DAORU_WEBHOOK_URL", "")
    if smtp and not smtp.startswith(("smtp://", "smtps://")):
        raise EngineError("DAORU_SMTP_URL 应写成 smtp://用户:密码@主机:端口 或 smtps://…；请改写。")
    if webhook and not webhook.startswith(("http://", "https://")):
        raise EngineError("DAORU_WEBHOOK_URL 应以 http:// 或 https:// 开头；请改写。")
    key = os.environ.get("DAORU_WEBHOOK_KEY", "")
    if webhook and not key:
        raise EngineError("写了 DAORU_WEBHOOK_URL，没有写 DAORU_WEBHOOK_KEY；没有密钥，对方分不清真假，请补上。")
    sender = os.environ.get("DAORU_MAIL_FROM") or "daoru@localhost"
    return Outgoing(home / "outbox", smtp, sender, webhook, key.encode(), _public_url())


def read() -> Settings:
    """The settings of this process; makes ``DAORU_HOME`` and the keys when they are missing."""
    home = Path(os.environ.get("DAORU_HOME") or "var").resolve()
    home.mkdir(parents=True, exist_ok=True)
    if os.environ.get("DAORU_CLOCK") and os.environ.get("DAORU_ENV") == "production":
        raise EngineError("DAORU_CLOCK 只供演练，正式环境不能拨钟；请去掉这个变量。")
    production = os.environ.get("DAORU_ENV") == "production"
    return Settings(
        home=home,
        database_url=os.environ.get("DAORU_DATABASE_URL") or f"sqlite:///{home / 'daoru.db'}",
        synchronous=_synchronous(),
        person_key=_kept_key(home, "person.key", "DAORU_PERSON_KEY"),
        web_key=_kept_key(home, "web.key", "DAORU_WEB_KEY"),
        production=production,
        public_url=_public_url(),
        vault_file=Path(given).resolve() if (given := os.environ.get("DAORU_VAULT_KEY_FILE")) else None,
        secure=production,
    )


def _public_url() -> str:
    """The address under which people reach this installation, without a slash at its end; empty when none is given."""
    given = os.environ.get("DAORU_PUBLIC_URL", "").rstrip("/")
    if given and not re.fullmatch(r"https?://[!-~]{1,200}", given):
        raise EngineError("DAORU_PUBLIC_URL 应以 http:// 或 https:// 开头，如 https://daoru.example.cn；请改写。")
    return given


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
