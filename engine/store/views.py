"""Views that people keep of a list, and what was taken out of lists as workbooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.accounts import account
from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

#: A filter and order of a page under a name; a shared one is seen by whoever holds a role at ``shared_at`` or below.
saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("page", String(20), nullable=False),
    Column("name", String(40), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared_at", ForeignKey("node.id")),
    Column("made_at", String(40), nullable=False),
    UniqueConstraint("account_id", "page", "name"),
    Index("ix_saved_view_shared_at", "shared_at"),
)
#: Who took which list out of the system, by which filter, and how many rows it had.
export = Table(
    "export",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("at", String(40), nullable=False),
    Column("what", String(20), nullable=False),
    Column("query", Text, nullable=False),
    Column("rows", Integer, nullable=False),
)
#: More views than this nobody finds again.
MOST = 50


@dataclass(frozen=True)
class View:
    """A saved view; ``by`` made it."""

    id: int
    account_id: int
    page: str
    name: str
    query: str
    shared_at: int | None
    by: str


def views(work: UnitOfWork, account_id: int, shared_at: Iterable[int], page: str) -> list[View]:
    """The views of a page that an account made or that are shared at one of these nodes, by name."""
    table = saved_view
    seen = (table.c.account_id == account_id) | table.c.shared_at.in_(list(shared_at))
    columns: list[Any] = [table.c[name] for name in list(View.__dataclass_fields__)[:-1]]
    chosen: sa.Select[Any] = (
        sa.select(*columns, account.c.name)
        .join(account, account.c.id == table.c.account_id)
        .where((table.c.page == page) & seen)
        .order_by(table.c.name, table.c.id)
        .limit(2 * MOST)
    )
    return [View(*row) for row in work.connection.execute(chosen)]


def counted(work: UnitOfWork, account_id: int) -> int:
    """How many views an account has made."""
    chosen = sa.select(sa.func.count()).where(saved_view.c.account_id == account_id)
    return int(work.connection.execute(chosen).scalar_one())


def save(work: UnitOfWork, account_id: int, page: str, name: str, query: str, shared_at: int | None) -> None:
    """In the commit, keep a view, in place of an earlier one of that name."""
    table, own = saved_view, {"account_id": account_id, "page": page, "name": name}
    work.execute(sa.delete(table).where(*(table.c[column] == value for column, value in own.items())))
    work.insert(table, [{**own, "query": query, "shared_at": shared_at, "made_at": work.at}])


def own(work: UnitOfWork, account_id: int, view_id: int) -> str | None:
    """The page of a view that the account made; None when it made no such view."""
    mine = (saved_view.c.id == view_id) & (saved_view.c.account_id == account_id)
    return work.connection.execute(sa.select(saved_view.c.page).where(mine)).scalar()


def drop(work: UnitOfWork, account_id: int, view_id: int) -> None:
    """In the commit, forget a view of the account's own."""
    work.execute(sa.delete(saved_view).where((saved_view.c.id == view_id) & (saved_view.c.account_id == account_id)))


def exported(work: UnitOfWork, account_id: int, what: str, query: str, rows: int) -> int:
    """Note that a list was taken out; the id of the note."""
    values = {"account_id": account_id, "at": work.at, "what": what, "query": query, "rows": rows}
    return int(work.at_once(sa.insert(export).values(**values).returning(export.c.id)).scalar_one())


def left(work: UnitOfWork, key: int, query: str, rows: int) -> None:
    """In the commit, note what left under a number that was reserved before it was made."""
    work.execute(sa.update(export).where(export.c.id == key).values(query=query, rows=rows))


@dataclass(frozen=True)
class Exported:
    """A list that was taken out: by whom and when, which and with what filter, how many rows."""

    at: str
    by: str
    what: str
    query: str
    rows: int


def export_of(work: UnitOfWork, key: int) -> Exported | None:
    """What was noted of a list that was taken out."""
    table = export
    chosen = sa.select(table.c.at, account.c.name, table.c.what, table.c.query, table.c.rows)
    chosen = chosen.join(account, account.c.id == table.c.account_id).where(table.c.id == key)
    row = work.connection.execute(chosen).first()
    return Exported(*row) if row else None
