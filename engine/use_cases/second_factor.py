"""The second factor 两步验证: a code from the phone, good once (RFC 6238), and codes for when the phone is gone.

The secret is derived from a key outside the database and a nonce in it, so that neither alone makes codes.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp

from engine.errors import InvalidAnswers, NotFound, Problem
from engine.store import Store, accounts, credentials
from engine.store.accounts import Account
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import Begun, Member, attempt, begin, digest, prove

ISSUER = "导入台"
#: A code is good for its own half minute and the one on either side, as clocks differ.
_STEP, _DRIFT = 30, (-1, 0, 1)
#: A sign-in that waits for its code longer begins anew.
_PATIENCE = 300
_CODES, _LETTERS = 10, "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Enrolment:
    """What the phone has to learn: the secret as letters, and as the address that a QR code carries."""

    secret: str
    address: str


def propose(work: UnitOfWork, member: Member) -> None:
    """Make a secret for the phone to learn; it counts from :func:`confirm` on."""
    if not _account(work, member).totp_on_at:
        credentials.set_second_factor(work, member.id, secrets.token_hex(16), None)


def proposed(known: Account, key: bytes) -> Enrolment | None:
    """The secret that a phone has yet to show that it knows, if there is one."""
    if known.totp_on_at or not known.totp_nonce:
        return None
    secret = _secret(key, known.id, known.totp_nonce)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=known.login, issuer_name=ISSUER))


def confirm(store: Store, key: bytes, member: Member, code: str, now: datetime) -> list[str]:
    """Ask for codes from now on, once the phone has shown that it knows the secret; returns the recovery codes.

    Raises InvalidAnswers.
    """
    tried = attempt(store, member.login, "code", now)
    with store.work(member.name, now) as work:
        known = _account(work, member)
        if known.totp_on_at or not known.totp_nonce or not _right(work, key, known, code):
            raise InvalidAnswers([Problem("code", "验证码不对；请等手机上出现下一个，再输一次。")], "没有启用。")
        credentials.clear(work, tried)
        credentials.set_second_factor(work, known.id, known.totp_nonce, work.at)
        return _new_codes(work, known.id)


def renew_codes(store: Store, member: Member, password: str, now: datetime) -> list[str]:
    """Recovery codes instead of those given before.  Raises InvalidAnswers for a wrong password."""
    prove(store, member, password, "password", now)
    with store.work(member.name, now) as work:
        known = _account(work, member)
        if not known.totp_on_at:
            raise NotFound(what="已启用的两步验证")
        return _new_codes(work, known.id)


def drop(store: Store, member: Member, password: str, now: datetime) -> None:
    """Ask for no more codes.  Raises InvalidAnswers for a wrong password."""
    prove(store, member, password, "password", now)
    with store.work(member.name, now) as work:
        forget(work, member.id)


def forget(work: UnitOfWork, account_id: int) -> None:
    """In the commit, take the second factor from an account."""
    credentials.set_second_factor(work, account_id, None, None)
    credentials.set_recovery_codes(work, account_id, ())


def finish(store: Store, key: bytes, token: str, code: str, now: datetime, device: str = "") -> Begun:
    """Finish a sign-in that waits for its code, or for a recovery code; the session gets a new token.

    Raises NotFound when no sign-in waits, InvalidAnswers for a wrong code or one that was used.
    """
    with store.work("", now) as work:
        known = waiting(work, token)
    if known is None:
        raise NotFound(what="等待验证码的登录（已超时）")
    tried = attempt(store, known.login, "code", now)
    with store.work(known.name, now) as work:
        if not (_right(work, key, known, code) or _recovered(work, known, code)):
            raise InvalidAnswers([Problem("code", "验证码不对，或已经用过；请等手机上出现下一个。")], "没有登录。")
        credentials.clear(work, tried)
        accounts.end(work, digest(token))
        return begin(work, known, device)


def waiting(work: UnitOfWork, token: str) -> Account | None:
    """Whose sign-in waits for a code."""
    found = accounts.session_of(work, digest(token))
    if found is None or not found.pending or found.ended_at or found.account.disabled_at:
        return None
    age = (work.now - datetime.fromisoformat(found.begun_at)).total_seconds()
    return found.account if age <= _PATIENCE else None


def _account(work: UnitOfWork, member: Member) -> Account:
    known = accounts.by_id(work, member.id)
    if known is None:
        raise NotFound(what="这个账号")
    return known


def _secret(key: bytes, account_id: int, nonce: str) -> str:
    derived = hmac.new(key, f"totp:{account_id}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.b32encode(derived[:20]).decode()


def _right(work: UnitOfWork, key: bytes, known: Account, code: str) -> bool:
    """Whether it is the code of a step near now that was not accepted before; it is used up then."""
    totp, now = pyotp.TOTP(_secret(key, known.id, known.totp_nonce or "")), int(work.now.timestamp()) // _STEP
    given = "".join(code.split())
    for step in (now + drift for drift in _DRIFT):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode()):
            return credentials.take_step(work, known.id, step)
    return False


def _recovered(work: UnitOfWork, known: Account, code: str) -> bool:
    return credentials.use_recovery_code(work, known.id, _code_digest(known.id, code))


def _new_codes(work: UnitOfWork, account_id: int) -> list[str]:
    made = ["".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(_CODES)]
    credentials.set_recovery_codes(work, account_id, [_code_digest(account_id, code) for code in made])
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in made]


def _code_digest(account_id: int, code: str) -> str:
    letters = "".join(sign for sign in code.lower() if sign in _LETTERS)
    return hashlib.sha256(f"{account_id}:{letters}".encode()).hexdigest()
