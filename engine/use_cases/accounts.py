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
from engine.store import Store, accounts, credentials
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
    """Somebody signed in: ``held`` are the roles with the node each holds at.

    Whoever signed in with a password that somebody else chose ``must_choose`` one before anything else.
    """

    id: int
    login: str
    name: str
    held: tuple[tuple[int, str], ...]
    must_choose: bool = False

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role, wherever it is held."""
        return frozenset(role for _, role in self.held)

    def held_at(self, chain: Iterable[int]) -> frozenset[str]:
        """The roles held at one of these nodes: those of an estate's way to the top hold for the estate."""
        nodes = frozenset(chain)
        return frozenset(role for node, role in self.held if node in nodes)

    @cached_property
    def nodes(self) -> frozenset[int]:
        """Where roles are held: what lies below is in this person's scope."""
        return frozenset(node for node, _ in self.held)


def add(work: UnitOfWork, login: str, name: str, password: str, place: str, roles: Iterable[str]) -> None:
    """Add an account with ``roles`` at the node ``place``, a path like ``钟楼区/永红街道/怡和社区`` made as needed.

    Raises InvalidAnswers with every problem; nothing is changed then.
    """
    given, names = list(roles), [part.strip() for part in place.split("/")]
    found = [*account_problems(work, login, name.strip(), password), *_role_problems(given, names)]
    if found:
        raise InvalidAnswers(found, "账号没有建立。")
    node: int | None = None
    for part in names:
        node = accounts.node_below(work, node, part)
    assert node is not None
    accounts.add(work, login, name.strip(), _HASHER.hash(password), [(node, role) for role in dict.fromkeys(given)])


def account_problems(work: UnitOfWork, login: str, name: str, password: str) -> list[Problem]:
    found = []
    if not _LOGIN.fullmatch(login):
        found.append(Problem("login", "登录名应为 2–59 个小写字母、数字、点、横线或下划线，以字母或数字开头；请改写。"))
    elif accounts.taken(work, login=login):
        found.append(Problem("login", f"登录名“{login}”已有人使用；请换一个。"))
    if not name or len(name) > 60:
        found.append(Problem("name", "姓名应为 1–60 个字；请填写办事时署的姓名。"))
    elif accounts.taken(work, name=name):
        found.append(Problem("name", f"已有人叫“{name}”，记录里会分不清；请加上区别，如“{name}（怡和）”。"))
    return [*found, *password_problems(password, "password")]


def password_problems(password: str, where: str) -> list[Problem]:
    """What is wrong with a password that somebody chooses."""
    if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    return [Problem(where, f"密码应为 {SHORTEST_PASSWORD}–{LONGEST_PASSWORD} 个字符；请改写。")]


def _role_problems(roles: list[str], names: list[str]) -> list[Problem]:
    found = [
        Problem("role", f"没有“{role}”这个角色；可以写：{'、'.join(ROLES)}。") for role in roles if role not in ROLES
    ]
    if not roles:
        found.append(Problem("role", f"没有写角色；可以写：{'、'.join(ROLES)}。"))
    if not all(0 < len(name) <= 60 for name in names):
        found.append(Problem("place", "所在组织应从上到下写，用“/”隔开，如“钟楼区/永红街道/怡和社区”；请改写。"))
    return found


@dataclass(frozen=True)
class Begun:
    """A session that began: the browser keeps ``token``; ``pending`` until the second factor is given."""

    token: str
    pending: bool


def sign_in(store: Store, login: str, password: str, now: datetime, device: str = "") -> Begun:
    """Begin a session; ``device`` says in words what browser asks.

    Raises InvalidAnswers for a wrong login or password, and after too many of them; each failure is noted.
    """
    tried = attempt(store, login, "password", now)
    with store.work(login, now) as work:
        known = accounts.by_login(work, login)
    if not fits(known, password) or known is None:
        raise InvalidAnswers([Problem("password", "登录名或密码不对；请核对后重新输入。")], "没有登录。")
    if known.one_time_until and datetime.fromisoformat(known.one_time_until) < now:
        raise InvalidAnswers([Problem("password", "一次性密码已过期；请管理员重新发一个。")], "没有登录。")
    with store.work(login, now) as work:
        credentials.clear(work, tried)
        return begin(work, known, device, pending=known.totp_on_at is not None)


def begin(work: UnitOfWork, known: Account, device: str, *, pending: bool = False) -> Begun:
    """In the commit, begin a session of an account."""
    token = secrets.token_urlsafe(32)
    credentials.begin(work, digest(token), known.id, device, pending=pending)
    return Begun(token, pending)


def attempt(store: Store, login: str, where: str, now: datetime) -> int:
    """Note that a secret of ``login`` is tried, before it is looked at: guesses side by side are counted too.

    Raises InvalidAnswers, about the field ``where``, after too many that failed.
    """
    since = (now - WAIT).astimezone(UTC).isoformat(timespec="seconds")
    with store.work(login, now) as work:
        noted = credentials.attempt(work, login, since, FAILURES)
    if noted is None:
        raise InvalidAnswers([Problem(where, f"输错次数太多；请 {WAIT.seconds // 60} 分钟后再试。")], "没有登录。")
    return noted


def prove(store: Store, member: Member, password: str, where: str, now: datetime) -> None:
    """Make sure that whoever sits there knows the password.  Raises InvalidAnswers about the field ``where``."""
    tried = attempt(store, member.login, where, now)
    with store.work(member.name, now) as work:
        known = accounts.by_id(work, member.id)
    if not fits(known, password):
        raise InvalidAnswers([Problem(where, "密码不对；请输入现在的密码。")], "没有变更。")
    with store.work(member.name, now) as work:
        credentials.clear(work, tried)


def hashed(password: str) -> str:
    """A password as it is kept."""
    return _HASHER.hash(password)


def fits(known: Account | None, password: str) -> bool:
    """Whether the password is that of an account in use; takes as long where there is none."""
    try:
        _HASHER.verify(known.password_hash if known else _NOBODY, password[:LONGEST_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return known is not None and known.disabled_at is None


def signed_in(work: UnitOfWork, token: str, *, used: bool = True) -> Member | None:
    """Whoever holds the token of a session that goes on; that it was ``used`` is noted."""
    found = accounts.session_of(work, digest(token))
    if found is None or found.ended_at or found.pending or found.account.disabled_at:
        return None
    begun, seen = datetime.fromisoformat(found.begun_at), datetime.fromisoformat(found.seen_at)
    if work.now - seen > IDLE or work.now - begun > LONGEST:
        return None
    if used and work.now - seen > _SEEN_EVERY:
        accounts.see(work, digest(token))
    return member(work, found.account)


def lapsed(work: UnitOfWork, token: str) -> Member | None:
    """Whoever held a session that was not ended but grew too old: what they were typing may still be kept for them."""
    found = accounts.session_of(work, digest(token))
    if found is None or found.ended_at or found.pending or found.account.disabled_at:
        return None
    return member(work, found.account)


def sign_out(work: UnitOfWork, token: str) -> None:
    """End the session of that token for good."""
    accounts.end(work, digest(token))


def member(work: UnitOfWork, known: Account) -> Member:
    """An account with its roles."""
    return Member(
        known.id, known.login, known.name, tuple(accounts.roles(work, known.id)), known.one_time_until is not None
    )


def digest(token: str) -> str:
    """How a session is known in the database."""
    return hashlib.sha256(token.encode()).hexdigest()
