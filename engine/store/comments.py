"""Comments on an estate or a task of it: never changed, taken back by whoever left them; and who is to be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.errors import Conflict
from engine.store.accounts import account, role_held
from engine.store.desk import PAGE
from engine.store.tables import metadata, task
from engine.store.unit_of_work import UnitOfWork

comment = Table(
    "comment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("task_id", ForeignKey("task.id")),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("withdrawn_at", String(40)),
    Index("ix_comment_estate_id", "estate_id"),
    Index("ix_comment_task_id", "task_id"),
)
#: Somebody whom a comment names, to be told of it.
mention = Table(
    "mention",
    metadata,
    Column("comment_id", ForeignKey("comment.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Index("ix_mention_account_id", "account_id"),
)


@dataclass(frozen=True)
class Comment:
    """A comment as it is read; ``task`` is the title of the task it was left on, if any."""

    id: int
    account_id: int
    who: str
    at: str
    text: str
    withdrawn_at: str | None
    task_id: int | None
    task: str | None


def _of(estate_id: int, task_id: int | None) -> sa.ColumnElement[bool]:
    found = comment.c.estate_id == estate_id
    return found & (comment.c.task_id == task_id) if task_id else found


def listed(work: UnitOfWork, estate_id: int, task_id: int | None, page: int, most: int = PAGE) -> list[Comment]:
    """A page of the comments on an estate and its tasks, or on one task; the latest first."""
    columns = (
        comment.c.id, comment.c.account_id, account.c.name, comment.c.at, comment.c.text, comment.c.withdrawn_at,
        comment.c.task_id, task.c.title,
    )  # fmt: skip
    chosen = sa.select(*columns).join(account, account.c.id == comment.c.account_id)
    chosen = chosen.outerjoin(task, task.c.id == comment.c.task_id).where(_of(estate_id, task_id))
    found = work.connection.execute(chosen.order_by(comment.c.id.desc()).limit(most).offset((page - 1) * most))
    return [Comment(*row) for row in found]


def counted(work: UnitOfWork, estate_id: int, task_id: int | None) -> int:
    """How many comments there are."""
    chosen = sa.select(sa.func.count()).select_from(comment).where(_of(estate_id, task_id))
    return int(work.connection.execute(chosen).scalar_one())


def one(work: UnitOfWork, estate_id: int, comment_id: int) -> sa.Row[Any] | None:
    """The comment of that id on that estate."""
    chosen = sa.select(comment).where((comment.c.id == comment_id) & (comment.c.estate_id == estate_id))
    return work.connection.execute(chosen).first()


def add(
    work: UnitOfWork, estate_id: int, task_id: int | None, account_id: int, text: str, mentioned: Iterable[int]
) -> int:
    """Add a comment with those whom it mentions; returns its id.  The transaction that ends this unit begins here."""
    values = {"estate_id": estate_id, "task_id": task_id, "account_id": account_id, "at": work.at, "text": text}
    made = work.at_once(sa.insert(comment).values(**values).returning(comment.c.id))
    key = int(made.scalar_one())
    work.insert(mention, [{"comment_id": key, "account_id": person} for person in mentioned])
    return key


def withdraw(work: UnitOfWork, comment_id: int) -> None:
    """In the commit, take a comment back.  Raises Conflict when it was taken back meanwhile."""
    standing = (comment.c.id == comment_id) & comment.c.withdrawn_at.is_(None)

    def write(connection: sa.Connection) -> None:
        if connection.execute(sa.update(comment).where(standing).values(withdrawn_at=work.at)).rowcount != 1:
            raise Conflict

    work.later(write)


def within_reach(work: UnitOfWork, nodes: Iterable[int]) -> dict[str, int]:
    """The accounts in use that hold a role at one of these nodes, by name."""
    chosen = sa.select(account.c.name, account.c.id).join(role_held, role_held.c.account_id == account.c.id)
    chosen = chosen.where(account.c.disabled_at.is_(None) & role_held.c.node_id.in_(list(nodes))).distinct()
    return {row.name: row.id for row in work.connection.execute(chosen.order_by(account.c.name))}
