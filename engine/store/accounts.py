"""Who may sign in: accounts with their roles in the organisation's tree, sessions, drafts.  Moments are UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.errors import Conflict
from engine.store.tables import metadata, node
from engine.store.unit_of_work import UnitOfWork

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(60), nullable=False, unique=True),
    # what a person does is recorded under the name, so no two may share one
    Column("name", String(60), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("disabled_at", String(40)),
)
role_held = Table(
    "role_held",
    metadata,
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("role", String(40), nullable=False),
    UniqueConstraint("account_id", "node_id", "role"),
)
#: A session is known by the SHA-256 of its token; the token itself is only in the browser.
session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("begun_at", String(40), nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("ended_at", String(40)),
)
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(60), nullable=False),
    Column("at", String(40), nullable=False),
    Index("ix_sign_in_failure_login_at", "login", "at"),
)
#: What somebody has typed into the form of a task and not yet submitted, as the form would submit it.
draft = Table(
    "draft",
    metadata,
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("content", LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class Account:
    """A person who may sign in."""

    id: int
    login: str
    name: str
    password_hash: str
    disabled_at: str | None


@dataclass(frozen=True)
class Session:
    """A sign-in; over when ``ended_at`` is set, or when it grew too old."""

    account: Account
    begun_at: str
    seen_at: str
    ended_at: str | None


@dataclass(frozen=True)
class Draft:
    """``content`` by field; ``revision`` counts how often it was saved."""

    revision: int
    at: str
    content: dict[str, Any]


def node_below(work: UnitOfWork, parent: int | None, name: str) -> int:
    """The node of that name right below ``parent``, made at once when there is none; returns its id."""
    found = sa.select(node.c.id).where(node.c.parent_id.is_not_distinct_from(parent) & (node.c.name == name))
    known = work.connection.execute(found).scalar()
    if known is None:
        made = sa.insert(node).values(parent_id=parent, name=name).returning(node.c.id)
        known = work.at_once(made).scalar_one()
    return int(known)


def below(nodes: Iterable[int]) -> sa.Select[Any]:
    """The ids of these nodes and of everything below them."""
    tree = sa.select(node.c.id).where(node.c.id.in_(list(nodes))).cte("scope", recursive=True)
    tree = tree.union(sa.select(node.c.id).where(node.c.parent_id == tree.c.id))
    return sa.select(tree.c.id)


def paths(work: UnitOfWork) -> dict[int, str]:
    """Each node by its way from the top: ``钟楼区/永红街道/怡和社区``."""
    rows = {row.id: row for row in work.connection.execute(sa.select(node))}

    def path(key: int) -> str:
        row = rows[key]
        return f"{path(row.parent_id)}/{row.name}" if row.parent_id else str(row.name)

    return {key: path(key) for key in rows}


def add(work: UnitOfWork, login: str, name: str, password_hash: str, held: Iterable[tuple[int, str]]) -> None:
    """In the commit, add an account with its roles ``(node, role)``."""
    values = {"login": login, "name": name, "password_hash": password_hash, "made_at": work.at}
    roles = list(held)

    def write(connection: sa.Connection) -> None:
        key = connection.execute(sa.insert(account).values(**values).returning(account.c.id)).scalar_one()
        connection.execute(
            sa.insert(role_held), [{"account_id": key, "node_id": at, "role": role} for at, role in roles]
        )

    work.later(write)


def taken(work: UnitOfWork, **where: str) -> bool:
    """Whether an account has that login or name."""
    conditions = (account.c[column] == value for column, value in where.items())
    return work.connection.execute(sa.select(account.c.id).where(*conditions)).first() is not None


def by_login(work: UnitOfWork, login: str) -> Account | None:
    """The account of that login."""
    row = work.connection.execute(sa.select(*_ACCOUNT).where(account.c.login == login)).first()
    return Account(*row) if row else None


_ACCOUNT = (account.c.id, account.c.login, account.c.name, account.c.password_hash, account.c.disabled_at)


def roles(work: UnitOfWork, account_id: int) -> list[tuple[int, str]]:
    """The roles of an account, each with the node it holds at."""
    chosen = sa.select(role_held.c.node_id, role_held.c.role).where(role_held.c.account_id == account_id)
    return [(row.node_id, row.role) for row in work.connection.execute(chosen.order_by(role_held.c.node_id))]


def failures(work: UnitOfWork, login: str, since: str) -> int:
    """How often signing in as ``login`` failed since then."""
    table = sign_in_failure
    counted = sa.select(sa.func.count()).where((table.c.login == login) & (table.c.at > since))
    return int(work.connection.execute(counted).scalar_one())


def fail(work: UnitOfWork, login: str) -> None:
    """In the commit, note a sign-in that failed."""
    work.insert(sign_in_failure, [{"login": login[:60], "at": work.at}])


def begin(work: UnitOfWork, digest: str, account_id: int) -> None:
    """In the commit, begin a session."""
    work.insert(session, [{"digest": digest, "account_id": account_id, "begun_at": work.at, "seen_at": work.at}])


def session_of(work: UnitOfWork, digest: str) -> Session | None:
    """The session of that digest, over or not."""
    chosen = sa.select(*_ACCOUNT, session.c.begun_at, session.c.seen_at, session.c.ended_at)
    joined = chosen.join(session, session.c.account_id == account.c.id).where(session.c.digest == digest)
    row = work.connection.execute(joined).first()
    return Session(Account(*row[:5]), *row[5:]) if row else None


def see(work: UnitOfWork, digest: str) -> None:
    """In the commit, note that a session was used."""
    work.execute(sa.update(session).where(session.c.digest == digest).values(seen_at=work.at))


def end(work: UnitOfWork, digest: str) -> None:
    """In the commit, end a session for good."""
    unended = (session.c.digest == digest) & session.c.ended_at.is_(None)
    work.execute(sa.update(session).where(unended).values(ended_at=work.at))


def draft_of(work: UnitOfWork, task_id: int, account_id: int) -> Draft | None:
    """What an account has typed for a task."""
    mine = (draft.c.task_id == task_id) & (draft.c.account_id == account_id)
    row = work.connection.execute(sa.select(draft.c.revision, draft.c.at, draft.c.content).where(mine)).first()
    return Draft(row.revision, row.at, orjson.loads(row.content)) if row else None


def save_draft(work: UnitOfWork, task_id: int, account_id: int, revision: int, content: Any) -> None:
    """In the commit, save a draft over its ``revision``, 0 for none.  Raises Conflict when it was saved elsewhere."""
    values = {"revision": revision + 1, "at": work.at, "content": orjson.dumps(content)}
    if revision == 0:
        work.insert(draft, [{"task_id": task_id, "account_id": account_id, **values}])
        return
    mine = (draft.c.task_id == task_id) & (draft.c.account_id == account_id) & (draft.c.revision == revision)

    def write(connection: sa.Connection) -> None:
        if connection.execute(sa.update(draft).where(mine).values(**values)).rowcount != 1:
            raise Conflict

    work.later(write)
