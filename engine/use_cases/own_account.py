"""What everybody does with the account of their own: another password, sessions, the second factor, what opens next."""

from dataclasses import dataclass
from datetime import UTC, datetime

from engine.errors import InvalidAnswers, NotFound, Problem
from engine.store import Store, accounts, credentials
from engine.store.accounts import Account
from engine.store.credentials import Sitting
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.accounts import (
    IDLE,
    LONGEST,
    Member,
    digest,
    hashed,
    password_problems,
    prove,
)  # fmt: skip


@dataclass(frozen=True)
class Own:
    """An account as its owner sees it; ``here`` marks the session that asks."""

    account: Account
    sittings: list[Sitting]
    here: str
    codes_left: int


def page(work: UnitOfWork, member: Member, token: str) -> Own:
    """The account with its sessions.  Raises NotFound."""
    known = accounts.by_id(work, member.id)
    if known is None:
        raise NotFound(what="这个账号")
    seen, begun = ((work.now - length).astimezone(UTC).isoformat(timespec="seconds") for length in (IDLE, LONGEST))
    sittings = credentials.sittings(work, member.id, seen, begun)
    here = digest(token)[: credentials.MARK]
    return Own(known, sittings, here, credentials.recovery_codes_left(work, member.id))


def change_password(
    store: Store, member: Member, token: str, given: str, wanted: str, again: str, now: datetime
) -> None:
    """Another password, for whoever knows the present one; every other session of the account ends.

    Raises InvalidAnswers; nothing is changed then.
    """
    found = password_problems(wanted, "wanted")
    if wanted != again:
        found.append(Problem("again", "两次输入的新密码不一样；请重新输入。"))
    if wanted == given:
        found.append(Problem("wanted", "新密码和现在的一样；请换一个。"))
    if found:
        raise InvalidAnswers(found, "密码没有变更。")
    prove(store, member, given, "given", now)
    with store.work(member.name, now) as work:
        credentials.set_password(work, member.id, hashed(wanted))
        credentials.end_sittings(work, member.id, but=digest(token))


def end_sitting(work: UnitOfWork, member: Member, token: str, mark: str) -> None:
    """End one of the other sessions, or all of them for an empty ``mark``."""
    if mark and len(mark) != credentials.MARK:
        raise NotFound(what="这个登录")
    credentials.end_sittings(work, member.id, mark=mark, but=digest(token))


def open_next(work: UnitOfWork, member: Member, *, on: bool) -> None:
    """Have the next task open by itself when one was submitted, or not."""
    accounts.set_opens_next(work, member.id, on=on)
