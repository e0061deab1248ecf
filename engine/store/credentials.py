"""How an account proves who it is: attempts, sessions, passwords, the second factor and its recovery codes."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, String, Table

from engine.store.accounts import account, session, sign_in_failure
from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

#: A code that stands in once for the second factor, known by the SHA-256 of its letters.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("used_at", String(40)),
    Index("ix_recovery_code_account_id", "account_id"),
)


@dataclass(frozen=True)
class Sitting:
    """A session that goes on, as its owner sees it; ``mark`` begins its digest."""

    mark: str
    device: str
    begun_at: str
    seen_at: str


#: So many signs of a digest tell one session of an account from the next.
MARK = 16


def attempt(work: UnitOfWork, login: str, since: str, most: int) -> int | None:
    """Note at once that somebody is trying a secret of ``login``; nothing when ``most`` failed ``since`` then.

    It counts as a failure until :func:`clear` takes it back, so that guesses made side by side count as well.
    """
    table = sign_in_failure
    of = table.c.login == login[:60]
    work.alone(f"attempt:{login}")
    work.at_once(sa.delete(table).where(of & (table.c.at <= since)))
    known = work.at_once(sa.select(sa.func.count()).where(of)).scalar_one()
    if known >= most:
        return None
    return int(work.at_once(sa.insert(table).values(login=login[:60], at=work.at).returning(table.c.id)).scalar_one())


def clear(work: UnitOfWork, attempt_id: int) -> None:
    """In the commit, take back an attempt that succeeded."""
    work.execute(sa.delete(sign_in_failure).where(sign_in_failure.c.id == attempt_id))


def begin(work: UnitOfWork, digest: str, account_id: int, device: str, *, pending: bool) -> None:
    """In the commit, begin a session."""
    values = {"digest": digest, "account_id": account_id, "begun_at": work.at, "seen_at": work.at}
    work.insert(session, [{**values, "device": device[:80], "pending": int(pending)}])


def sittings(work: UnitOfWork, account_id: int, seen_since: str, begun_since: str) -> list[Sitting]:
    """The sessions of an account that go on, the latest used first."""
    goes_on = session.c.ended_at.is_(None) & (session.c.pending == 0)
    young = (session.c.seen_at >= seen_since) & (session.c.begun_at >= begun_since)
    chosen = sa.select(session.c.digest, session.c.device, session.c.begun_at, session.c.seen_at)
    chosen = chosen.where((session.c.account_id == account_id) & goes_on & young).order_by(session.c.seen_at.desc())
    return [Sitting(row.digest[:MARK], *row[1:]) for row in work.connection.execute(chosen.limit(50))]


def end_sittings(work: UnitOfWork, account_id: int, *, mark: str = "", but: str = "") -> None:
    """In the commit, end the sessions of an account: the one of ``mark``, or all ``but`` that of a digest."""
    unended = (session.c.account_id == account_id) & session.c.ended_at.is_(None) & (session.c.digest != but)
    if mark:
        unended &= sa.func.substr(session.c.digest, 1, MARK) == mark
    work.execute(sa.update(session).where(unended).values(ended_at=work.at))


def set_password(work: UnitOfWork, account_id: int, password_hash: str, one_time_until: str | None = None) -> None:
    """In the commit, give an account another password."""
    changed = sa.update(account).where(account.c.id == account_id)
    work.execute(changed.values(password_hash=password_hash, one_time_until=one_time_until))


def set_second_factor(work: UnitOfWork, account_id: int, nonce: str | None, on_at: str | None) -> None:
    """In the commit, set what the second factor of an account is derived from, and since when it is asked."""
    changed = sa.update(account).where(account.c.id == account_id)
    work.execute(changed.values(totp_nonce=nonce, totp_on_at=on_at))


def take_step(work: UnitOfWork, account_id: int, step: int) -> bool:
    """Accept a code's step at once; not when it, or a later one, was accepted before."""
    earlier = account.c.totp_step.is_(None) | (account.c.totp_step < step)
    taken = sa.update(account).where((account.c.id == account_id) & earlier).values(totp_step=step)
    return bool(work.at_once(taken).rowcount)


def set_recovery_codes(work: UnitOfWork, account_id: int, digests: Iterable[str]) -> None:
    """In the commit, give an account these recovery codes instead of those it had."""
    work.execute(sa.delete(recovery_code).where(recovery_code.c.account_id == account_id))
    work.insert(recovery_code, [{"digest": digest, "account_id": account_id} for digest in digests])


def use_recovery_code(work: UnitOfWork, account_id: int, digest: str) -> bool:
    """Use up a recovery code at once; not when there is no such code, or it was used."""
    of = (recovery_code.c.account_id == account_id) & (recovery_code.c.digest == digest)
    used = sa.update(recovery_code).where(of & recovery_code.c.used_at.is_(None)).values(used_at=work.at)
    return bool(work.at_once(used).rowcount)


def recovery_codes_left(work: UnitOfWork, account_id: int) -> int:
    """How many recovery codes of an account are unused."""
    left = (recovery_code.c.account_id == account_id) & recovery_code.c.used_at.is_(None)
    return int(work.connection.execute(sa.select(sa.func.count()).where(left)).scalar_one())
