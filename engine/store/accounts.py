"""Who may sign in: accounts with their roles in the organisation's tree, sessions, drafts.  Moments are UTC."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.errors import Conflict
from engine.store import terms
from engine.store.tables import estate, metadata, node
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
    # a password that somebody else chose: good until then, for choosing one's own
    Column("one_time_until", String(40)),
    # the second factor: what its secret is derived from, since when it is asked, the last step that was accepted
    Column("totp_nonce", String(64)),
    Column("totp_on_at", String(40)),
    Column("totp_step", Integer),
    # whether the next task opens by itself when one was submitted
    Column("opens_next", Integer, nullable=False, server_default="0"),
)
role_held = Table(
    "role_held",
    metadata,
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("role", String(40), nullable=False),
    UniqueConstraint("account_id", "node_id", "role"),
)
#: A session is known by the SHA-256 of its token; the token itself is only in the browser.  A ``pending`` one waits for
#: the second factor and opens nothing; ``device`` says in words what browser began it.
session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("begun_at", String(40), nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("ended_at", String(40)),
    Column("pending", Integer, nullable=False, default=0, server_default="0"),
    Column("device", String(80), nullable=False, default="", server_default=""),
    Index("ix_session_account_id", "account_id"),
)
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(60), nullable=False),
    Column("at", String(40), nullable=False),
    Index("ix_sign_in_failure_login_at", "login", "at"),
)
#: What was typed into the form of a task and not yet submitted, as the form would submit it.  Each keeps his own; the
#: task's draft is the newest, so that it goes along when the task changes hands.
draft = Table(
    "draft",
    metadata,
    Column("task_id", ForeignKey("task.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("content", LargeBinary, nullable=False),
    # of two who save over the same revision, one is first
    Index("uq_draft_task_id_revision", "task_id", "revision", unique=True),
)


@dataclass(frozen=True)
class Account:
    """A person who may sign in."""

    id: int
    login: str
    name: str
    password_hash: str
    disabled_at: str | None
    one_time_until: str | None
    totp_nonce: str | None
    totp_on_at: str | None
    opens_next: int


_ACCOUNT = tuple(account.c[one.name] for one in fields(Account))


@dataclass(frozen=True)
class Session:
    """A sign-in; over when ``ended_at`` is set, or when it grew too old; ``pending`` until its second factor comes."""

    account: Account
    begun_at: str
    seen_at: str
    ended_at: str | None
    pending: int


@dataclass(frozen=True)
class Draft:
    """``content`` by field; ``revision`` counts how often the task's draft was saved."""

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


def below(nodes: Iterable[int], name: str = "scope") -> sa.Select[Any]:
    """The ids of these nodes and of everything below them; ``name`` tells apart two in one statement."""
    return _below(tuple(nodes), name)


@lru_cache(maxsize=4096)
def _below(nodes: tuple[int, ...], name: str) -> sa.Select[Any]:
    # every list asks it, and a statement takes longer to build than to run
    tree = sa.select(node.c.id).where(node.c.id.in_(nodes)).cte(name, recursive=True)
    tree = tree.union(sa.select(node.c.id).where(node.c.parent_id == tree.c.id))
    return sa.select(tree.c.id)


def paths(work: UnitOfWork) -> dict[int, str]:
    """Each node by its way from the top: ``钟楼区/永红街道/怡和社区``."""
    rows = {row.id: row for row in work.connection.execute(sa.select(node))}

    def path(key: int) -> str:
        row = rows[key]
        return f"{path(row.parent_id)}/{row.name}" if row.parent_id else str(row.name)

    return {key: path(key) for key in rows}


def anything(work: UnitOfWork) -> bool:
    """Whether anybody or any estate was ever entered."""
    known = (work.connection.execute(sa.select(table.c.id).limit(1)).first() for table in (node, estate))
    return any(row is not None for row in known)


def add(
    work: UnitOfWork,
    login: str,
    name: str,
    password_hash: str,
    held: Iterable[tuple[int, str]],
    one_time_until: str | None = None,
) -> None:
    """In the commit, add an account with its roles ``(node, role)``."""
    values: dict[str, Any] = {"login": login, "name": name, "password_hash": password_hash, "made_at": work.at}
    values["one_time_until"] = one_time_until
    roles = list(held)

    def write(connection: sa.Connection) -> None:
        key = connection.execute(sa.insert(account).values(**values).returning(account.c.id)).scalar_one()
        connection.execute(
            sa.insert(role_held), [{"account_id": key, "node_id": at, "role": role} for at, role in roles]
        )
        terms.write(connection, terms.PERSON, key, name)

    work.later(write)


def taken(work: UnitOfWork, **where: str) -> bool:
    """Whether an account has that login or name."""
    conditions = (account.c[column] == value for column, value in where.items())
    return work.connection.execute(sa.select(account.c.id).where(*conditions)).first() is not None


def by_login(work: UnitOfWork, login: str) -> Account | None:
    """The account of that login."""
    row = work.connection.execute(sa.select(*_ACCOUNT).where(account.c.login == login)).first()
    return Account(*row) if row else None


def by_id(work: UnitOfWork, account_id: int) -> Account | None:
    """The account of that id."""
    row = work.connection.execute(sa.select(*_ACCOUNT).where(account.c.id == account_id)).first()
    return Account(*row) if row else None


def id_named(work: UnitOfWork, name: str) -> int | None:
    """The id of the account of whoever acts under that name."""
    return work.connection.execute(sa.select(account.c.id).where(account.c.name == name)).scalar()


def set_opens_next(work: UnitOfWork, account_id: int, *, on: bool) -> None:
    """In the commit, note whether somebody's next task opens by itself when one was submitted."""
    work.execute(sa.update(account).where(account.c.id == account_id).values(opens_next=int(on)))


def roles(work: UnitOfWork, account_id: int) -> list[tuple[int, str]]:
    """The roles of an account, each with the node it holds at."""
    chosen = sa.select(role_held.c.node_id, role_held.c.role).where(role_held.c.account_id == account_id)
    return [(row.node_id, row.role) for row in work.connection.execute(chosen.order_by(role_held.c.node_id))]


def session_of(work: UnitOfWork, digest: str) -> Session | None:
    """The session of that digest, over or not."""
    of = session.c
    chosen = sa.select(*_ACCOUNT, of.begun_at, of.seen_at, of.ended_at, of.pending)
    joined = chosen.join(session, session.c.account_id == account.c.id).where(session.c.digest == digest)
    row = work.connection.execute(joined).first()
    width = len(_ACCOUNT)
    return Session(Account(*row[:width]), *row[width:]) if row else None


def see(work: UnitOfWork, digest: str) -> None:
    """In the commit, note that a session was used."""
    work.execute(sa.update(session).where(session.c.digest == digest).values(seen_at=work.at))


def end(work: UnitOfWork, digest: str) -> None:
    """In the commit, end a session for good."""
    unended = (session.c.digest == digest) & session.c.ended_at.is_(None)
    work.execute(sa.update(session).where(unended).values(ended_at=work.at))


def draft_of(work: UnitOfWork, task_id: int) -> Draft | None:
    """What was typed for a task, by whoever had it last."""
    chosen = sa.select(draft.c.revision, draft.c.at, draft.c.content).where(draft.c.task_id == task_id)
    row = work.connection.execute(chosen.order_by(draft.c.revision.desc()).limit(1)).first()
    return Draft(row.revision, row.at, orjson.loads(row.content)) if row else None


def save_draft(work: UnitOfWork, task_id: int, account_id: int, revision: int, content: Any) -> None:
    """In the commit, save a task's draft over its ``revision``, 0 for none.

    Raises Conflict when it was saved elsewhere meanwhile.
    """
    values = {"revision": revision + 1, "at": work.at, "content": orjson.dumps(content)}
    newest = sa.select(sa.func.max(draft.c.revision)).where(draft.c.task_id == task_id)
    mine = (draft.c.task_id == task_id) & (draft.c.account_id == account_id)

    def write(connection: sa.Connection) -> None:
        if (connection.execute(newest).scalar() or 0) != revision:
            raise Conflict
        if connection.execute(sa.update(draft).where(mine).values(**values)).rowcount == 0:
            connection.execute(sa.insert(draft).values(task_id=task_id, account_id=account_id, **values))

    work.later(write)


def drafted(work: UnitOfWork, tasks: Iterable[int]) -> bool:
    """Whether somebody has begun to fill in one of these tasks."""
    chosen = sa.select(draft.c.task_id).where(draft.c.task_id.in_(list(tasks)))
    return work.connection.execute(chosen).first() is not None
