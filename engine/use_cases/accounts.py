"""Sign in, stay signed in, sign out; accounts and the roles they hold in the organisation's tree."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from engine.errors import InvalidAnswers, Problem
from engine.process.lint import LANES
from engine.store import Store, accounts
from engine.store.accounts import Account
from engine.store.unit_of_work import UnitOfWork

ADMINISTRATOR, AUTHOR = "管理员", "流程作者"
#: A role is a lane of the diagrams, or one of the two that hold no lane.
ROLES = (*LANES, ADMINISTRATOR, AUTHOR)
#: A sign-in ends after so long without a request, and after so long altogether (OWASP ASVS 5.0, 7.3.1 and 7.3.2).
IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
#: So many failures within so long, and the login waits (ASVS 6.3.1).
FAILURES, WAIT = 5, timedelta(minutes=15)
#: ASVS 6.2.1 and 6.2.9: long enough, and no longer than what costs nothing to hash.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
_SEEN_EVERY = timedelta(minutes=1)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Verified where there is no account, so that the answer takes as long.
_NOBODY = _HASHER.hash(secrets.token_hex())


@dataclass(frozen=True)
class Member:
    """Somebody signed in: ``held`` are the roles with the node each holds at."""

    id: int
    login: str
    name: str
    held: tuple[tuple[int, str], ...]

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role, wherever it is held."""
        return frozenset(role for _, role in self.held)

    @cached_property
    def nodes(self) -> frozenset[int]:
        """Where roles are held: what lies below is in this person's scope."""
        return frozenset(node for node, _ in self.held)


def add(work: UnitOfWork, login: str, name: str, password: str, place: str, roles: Iterable[str]) -> None:
    """Add an account with ``roles`` at the node ``place``, a path like ``钟楼区/永红街道/怡和社区`` made as needed.

    Raises InvalidAnswers with every problem; nothing is changed then.
    """
    given, names = list(roles), [part.strip() for part in place.split("/")]
    found = [*_account_problems(work, login, name.strip(), password), *_role_problems(given, names)]
    if found:
        raise InvalidAnswers(found, "账号没有建立。")
    node: int | None = None
    for part in names:
        node = accounts.node_below(work, node, part)
    assert node is not None
    accounts.add(work, login, name.strip(), _HASHER.hash(password), [(node, role) for role in dict.fromkeys(given)])


def _account_problems(work: UnitOfWork, login: str, name: str, password: str) -> list[Problem]:
    found = []
    if not _LOGIN.fullmatch(login):
        found.append(Problem("login", "登录名应为 2–59 个小写字母、数字、点、横线或下划线，以字母或数字开头；请改写。"))
    elif accounts.taken(work, login=login):
        found.append(Problem("login", f"登录名“{login}”已有人使用；请换一个。"))
    if not name or len(name) > 60:
        found.append(Problem("name", "姓名应为 1–60 个字；请填写办事时署的姓名。"))
    elif accounts.taken(work, name=name):
        found.append(Problem("name", f"已有人叫“{name}”，记录里会分不清；请加上区别，如“{name}（怡和）”。"))
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        found.append(Problem("password", f"密码应为 {SHORTEST_PASSWORD}–{LONGEST_PASSWORD} 个字符；请改写。"))
    return found


def _role_problems(roles: list[str], names: list[str]) -> list[Problem]:
    found = [
        Problem("role", f"没有“{role}”这个角色；可以写：{'、'.join(ROLES)}。") for role in roles if role not in ROLES
    ]
    if not roles:
        found.append(Problem("role", f"没有写角色；可以写：{'、'.join(ROLES)}。"))
    if not all(0 < len(name) <= 60 for name in names):
        found.append(Problem("place", "所在组织应从上到下写，用“/”隔开，如“钟楼区/永红街道/怡和社区”；请改写。"))
    return found


def sign_in(store: Store, login: str, password: str, now: datetime) -> str:
    """Begin a session; returns the token that the browser keeps.

    Raises InvalidAnswers for a wrong login or password, and after too many of them; each failure is noted.
    """
    with store.work(login, now) as work:
        since = (work.now - WAIT).astimezone(UTC).isoformat(timespec="seconds")
        if accounts.failures(work, login, since) >= FAILURES:
            raise InvalidAnswers(
                [Problem("password", f"输错次数太多；请 {WAIT.seconds // 60} 分钟后再试。")], "没有登录。"
            )
        known = accounts.by_login(work, login)
        if known is not None and _fits(known, password):
            token = secrets.token_urlsafe(32)
            accounts.begin(work, digest(token), known.id)
            return token
        _fits(None, password)
        accounts.fail(work, login)
    raise InvalidAnswers([Problem("password", "登录名或密码不对；请核对后重新输入。")], "没有登录。")


def _fits(known: Account | None, password: str) -> bool:
    try:
        _HASHER.verify(known.password_hash if known else _NOBODY, password[:LONGEST_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return known is not None and known.disabled_at is None


def signed_in(work: UnitOfWork, token: str) -> Member | None:
    """Whoever holds the token of a session that goes on; that it was used is noted."""
    found = accounts.session_of(work, digest(token))
    if found is None or found.ended_at or found.account.disabled_at:
        return None
    begun, seen = datetime.fromisoformat(found.begun_at), datetime.fromisoformat(found.seen_at)
    if work.now - seen > IDLE or work.now - begun > LONGEST:
        return None
    if work.now - seen > _SEEN_EVERY:
        accounts.see(work, digest(token))
    return member(work, found.account)


def lapsed(work: UnitOfWork, token: str) -> Member | None:
    """Whoever held a session that was not ended but grew too old: what they were typing may still be kept for them."""
    found = accounts.session_of(work, digest(token))
    return member(work, found.account) if found and not (found.ended_at or found.account.disabled_at) else None


def sign_out(work: UnitOfWork, token: str) -> None:
    """End the session of that token for good."""
    accounts.end(work, digest(token))


def member(work: UnitOfWork, known: Account) -> Member:
    """An account with its roles."""
    return Member(known.id, known.login, known.name, tuple(accounts.roles(work, known.id)))


def digest(token: str) -> str:
    """How a session is known in the database."""
    return hashlib.sha256(token.encode()).hexdigest()
