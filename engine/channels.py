"""Ways out of the house: a folder of mails, an SMTP server, a webhook to WeCom, SMS or another house.

A channel says whether sending the same message again is harmless: then it is sent again after a crash, else never.
"""

import hashlib
import hmac
import os
import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

import orjson

from engine.settings import Outgoing

MAIL, WEBHOOK = "mail", "webhook"
_TIMEOUT = 10.0


class Refused(Exception):
    """Raised when a message certainly did not go out; ``for_good`` when trying again would not help."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Unsure(Exception):
    """Raised when nobody can know whether a message went out."""


@dataclass(frozen=True)
class Message:
    """A message to one person; ``key`` stays the same whenever it is sent."""

    key: str
    login: str
    name: str
    mail: str
    at: datetime
    subject: str
    lines: tuple[str, ...]
    address: str


class Channel(Protocol):
    """A way out of the house."""

    @property
    def repeats(self) -> bool:
        """Whether sending the same message again is harmless."""

    def send(self, message: Message) -> None:
        """Send.  Raises Refused or Unsure."""


def opened(outgoing: Outgoing) -> Mapping[str, Channel]:
    """The channels that are set up, by name."""
    mail: Channel = Smtp(outgoing.smtp, outgoing.mail_from) if outgoing.smtp else Outbox(outgoing)
    if not outgoing.webhook:
        return {MAIL: mail}
    return {MAIL: mail, WEBHOOK: Webhook(outgoing.webhook, outgoing.webhook_key)}


def letter(message: Message, sender: str) -> bytes:
    """The message as a mail that every server takes: lines end as SMTP says, and seven bits are enough."""
    made = EmailMessage(policy.SMTP.clone(cte_type="7bit"))
    made["Subject"], made["From"], made["To"] = " ".join(message.subject.split()), sender, message.mail
    made["Date"], made["Message-ID"] = format_datetime(message.at), f"<{message.key}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    below = [
        "",
        f"办理：{message.address}" if message.address else "请登录导入台办理。",
        "这封信由系统发出，不用回复。",
    ]
    made.set_content("\n".join([f"{message.name}：", "", *message.lines, *below]) + "\n")
    return made.as_bytes()


@dataclass(frozen=True)
class Outbox:
    """Mails as files; the same message is the same file."""

    outgoing: Outgoing
    repeats: bool = True

    def send(self, message: Message) -> None:
        """Write it, whole or not at all."""
        folder = self.outgoing.outbox
        kept = folder / f"{message.key}.eml"
        try:
            folder.mkdir(exist_ok=True)
            made = kept.with_suffix(f".{os.getpid()}")
            made.write_bytes(letter(message, self.outgoing.mail_from))
            made.replace(kept)
        except OSError as error:
            raise Refused(f"不能写入 {folder}：{error.strerror}") from error


@dataclass(frozen=True)
class Smtp:
    """Mails by SMTP; a server that has taken one cannot be asked whether it has."""

    url: str
    sender: str
    repeats: bool = False

    def send(self, message: Message) -> None:
        """Hand it to the server."""
        with self._connected() as server:
            try:
                _accepted(*server.mail(self.sender))
                _accepted(*server.rcpt(message.mail))
            except (smtplib.SMTPException, OSError) as error:
                raise Refused(f"邮件服务器没有接受：{error}") from error
            try:
                answer = server.data(letter(message, self.sender))
            except smtplib.SMTPDataError as error:
                answer = (error.smtp_code, _bytes(error.smtp_error))
            except (smtplib.SMTPException, OSError) as error:
                raise Unsure(f"信已交出，邮件服务器没有回答：{error}") from error
            _accepted(*answer)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.url)
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        try:
            server = kind(parts.hostname or "", parts.port or 0, timeout=_TIMEOUT)
            server.ehlo_or_helo_if_needed()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except (smtplib.SMTPException, OSError) as error:
            raise Refused(f"连不上邮件服务器：{error}") from error
        try:
            yield server
        finally:
            server.close()


def _accepted(code: int, said: bytes) -> None:
    if code >= 400:
        raise Refused(f"邮件服务器没有接受：{code} {said.decode(errors='replace')}", for_good=code >= 500)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A signed message goes where it was meant to go, or nowhere."""

    def redirect_request(self, *given: object) -> None:
        """Follow nothing."""


@dataclass(frozen=True)
class Webhook:
    """JSON by HTTP POST, signed; whoever takes it knows by ``Idempotency-Key`` what came before."""

    url: str
    key: bytes
    repeats: bool = True

    def send(self, message: Message) -> None:
        """Post it."""
        body = orjson.dumps(
            {
                "id": message.key,
                "to": {"login": message.login, "name": message.name},
                "at": message.at.astimezone(UTC).isoformat(timespec="seconds"),
                "subject": message.subject,
                "lines": message.lines,
                "address": message.address,
            }
        )
        at = str(int(message.at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
            "X-Daoru-Timestamp": at,
            "X-Daoru-Signature": f"sha256={sign(self.key, at, body)}",
        }
        asked = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310 - the setting's own
        try:
            with urllib.request.build_opener(_NoRedirects).open(asked, timeout=_TIMEOUT):
                return
        except urllib.error.HTTPError as error:
            error.close()
            raise Refused(f"对方回答 {error.code}", for_good=error.code in (400, 401, 403, 404, 410)) from error
        except OSError as error:
            raise Refused(f"连不上对方：{error}") from error


def sign(key: bytes, at: str, body: bytes) -> str:
    """The signature of a message: HMAC-SHA256 over moment, dot and body."""
    return hmac.new(key, at.encode() + b"." + body, hashlib.sha256).hexdigest()
