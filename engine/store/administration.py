"""What administrators see and change: accounts with their roles, the organisation's tree, and the log of it all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store.accounts import account, below, role_held, session
from engine.store.desk import PAGE
from engine.store.tables import estate, metadata, node, person_in_lane, task
from engine.store.unit_of_work import UnitOfWork

#: One change by an administrator, at the node it concerns; ``what`` is a sentence.  Rows are never changed.
administration = Table(
    "administration",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("what", Text, nullable=False),
    Index("ix_administration_node_id", "node_id"),
)


@dataclass(frozen=True)
class Change:
    """A line of the log of administration."""

    at: str
    actor: str
    node_id: int
    subject: str
    what: str


@dataclass(frozen=True)
class AccountListed:
    """An account as a list shows it; ``held`` are all its roles, within the scope and outside."""

    id: int
    login: str
    name: str
    made_at: str
    disabled_at: str | None
    one_time_until: str | None
    totp_on_at: str | None
    held: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class LaneHeld:
    """A lane of an estate that somebody holds, with how many open tasks wait in it."""

    estate_id: int
    estate: str
    node_id: int | None
    lane: str
    open: int


def note(work: UnitOfWork, node_id: int, subject: str, what: str) -> None:
    """In the commit, note a change by an administrator."""
    values = {"at": work.at, "actor": work.actor, "node_id": node_id, "subject": subject, "what": what}
    work.insert(administration, [values])


def changes(work: UnitOfWork, nodes: Iterable[int], page: int) -> tuple[list[Change], int]:
    """A page of the changes in a scope, the latest first, and how many there are."""
    table, condition = administration, administration.c.node_id.in_(below(nodes))
    chosen = sa.select(table.c.at, table.c.actor, table.c.node_id, table.c.subject, table.c.what).where(condition)
    found = work.connection.execute(chosen.order_by(table.c.id.desc()).limit(PAGE).offset((page - 1) * PAGE))
    total = work.connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar_one()
    return [Change(*row) for row in found], int(total)


_LISTED = (
    account.c.id, account.c.login, account.c.name, account.c.made_at, account.c.disabled_at,
    account.c.one_time_until, account.c.totp_on_at,
)  # fmt: skip


def holding(nodes: Iterable[int]) -> sa.ColumnElement[bool]:
    """Accounts with a role in a scope."""
    return account.c.id.in_(sa.select(role_held.c.account_id).where(role_held.c.node_id.in_(below(nodes))))


def listed(work: UnitOfWork, nodes: Iterable[int], page: int, words: str) -> tuple[list[AccountListed], int]:
    """A page of the accounts with a role in a scope whose name or login contains ``words``, and how many there are."""
    condition = holding(nodes)
    if words:
        named = account.c.name.contains(words, autoescape=True)
        condition &= named | account.c.login.contains(words, autoescape=True)
    order = (account.c.disabled_at.is_not(None), account.c.name)
    chosen = sa.select(*_LISTED).where(condition).order_by(*order).limit(PAGE).offset((page - 1) * PAGE)
    total = work.connection.execute(sa.select(sa.func.count()).select_from(account).where(condition)).scalar_one()
    return _with_roles(work, work.connection.execute(chosen).all()), int(total)


def one(work: UnitOfWork, nodes: Iterable[int], account_id: int) -> AccountListed | None:
    """An account with a role in a scope."""
    chosen = sa.select(*_LISTED).where(holding(nodes) & (account.c.id == account_id))
    found = _with_roles(work, work.connection.execute(chosen).all())
    return found[0] if found else None


def named(work: UnitOfWork, nodes: Iterable[int], name: str) -> AccountListed | None:
    """The account of that name with a role in a scope."""
    chosen = sa.select(*_LISTED).where(holding(nodes) & (account.c.name == name))
    found = _with_roles(work, work.connection.execute(chosen).all())
    return found[0] if found else None


def _with_roles(work: UnitOfWork, found: Sequence[Any]) -> list[AccountListed]:
    chosen = sa.select(role_held).where(role_held.c.account_id.in_([row.id for row in found]))
    held: dict[int, list[tuple[int, str]]] = {}
    for row in work.connection.execute(chosen.order_by(role_held.c.node_id, role_held.c.role)):
        held.setdefault(row.account_id, []).append((row.node_id, row.role))
    return [AccountListed(*(*row, tuple(held.get(row.id, ())))) for row in found]


def give_role(work: UnitOfWork, account_id: int, node_id: int, role: str) -> None:
    """In the commit, give an account a role at a node.  Raises Conflict when it has it."""
    work.insert(role_held, [{"account_id": account_id, "node_id": node_id, "role": role}])


def take_role(work: UnitOfWork, account_id: int, node_id: int, role: str) -> None:
    """In the commit, take a role at a node from an account."""
    held = (role_held.c.account_id == account_id) & (role_held.c.node_id == node_id) & (role_held.c.role == role)
    work.execute(sa.delete(role_held).where(held))


def disable(work: UnitOfWork, account_id: int) -> None:
    """In the commit, let nobody sign in with an account any more; its sessions end."""
    work.execute(sa.update(account).where(account.c.id == account_id).values(disabled_at=work.at))
    unended = (session.c.account_id == account_id) & session.c.ended_at.is_(None)
    work.execute(sa.update(session).where(unended).values(ended_at=work.at))


def enable(work: UnitOfWork, account_id: int) -> None:
    """In the commit, let an account sign in again."""
    work.execute(sa.update(account).where(account.c.id == account_id).values(disabled_at=None))


_IN_HAND = ("running", "suspended", "operating")


def lanes(work: UnitOfWork, name: str, nodes: Iterable[int]) -> list[LaneHeld]:
    """Every lane that somebody holds of the estates in a scope that are not over, by estate."""
    return _lanes(work, (person_in_lane.c.name == name) & estate.c.node_id.in_(below(nodes)))


@dataclass(frozen=True)
class LaneSeen:
    """A lane of an estate, who holds it, and that account's roles."""

    estate: str
    node_id: int
    lane: str
    name: str
    held: tuple[tuple[int, str], ...]


def lanes_below(work: UnitOfWork, node_id: int) -> list[LaneSeen]:
    """Who holds which lane of the estates below a node that are not over, by estate."""
    joined = person_in_lane.join(estate, estate.c.id == person_in_lane.c.estate_id)
    joined = joined.join(account, account.c.name == person_in_lane.c.name)
    condition = estate.c.node_id.in_(below([node_id])) & estate.c.status.in_(_IN_HAND)
    columns = (estate.c.name, estate.c.node_id, person_in_lane.c.lane, person_in_lane.c.name, account.c.id)
    chosen = sa.select(*columns).select_from(joined).where(condition).order_by(estate.c.name, person_in_lane.c.lane)
    found = work.connection.execute(chosen).all()
    of_holders = role_held.c.account_id.in_(sa.select(account.c.id).select_from(joined).where(condition))
    held: dict[int, list[tuple[int, str]]] = {}
    for row in work.connection.execute(sa.select(role_held).where(of_holders)):
        held.setdefault(row.account_id, []).append((row.node_id, row.role))
    return [LaneSeen(*row[:4], tuple(held.get(row[4], ()))) for row in found]


def lanes_elsewhere(work: UnitOfWork, name: str, nodes: Iterable[int]) -> int:
    """How many lanes somebody holds of estates outside a scope that are not over."""
    outside = estate.c.node_id.is_(None) | estate.c.node_id.not_in(below(nodes))
    return len(_lanes(work, (person_in_lane.c.name == name) & outside))


def _lanes(work: UnitOfWork, condition: sa.ColumnElement[bool]) -> list[LaneHeld]:
    waits = (task.c.estate_id == estate.c.id) & (task.c.lane == person_in_lane.c.lane) & (task.c.status == "open")
    opened = sa.select(sa.func.count()).where(waits).scalar_subquery()
    columns = (estate.c.id, estate.c.name, estate.c.node_id, person_in_lane.c.lane)
    joined = person_in_lane.join(estate, estate.c.id == person_in_lane.c.estate_id)
    chosen = sa.select(*columns, opened).select_from(joined).where(condition & estate.c.status.in_(_IN_HAND))
    found = work.connection.execute(chosen.order_by(estate.c.name, estate.c.id, person_in_lane.c.lane))
    return [LaneHeld(*row) for row in found]


@dataclass(frozen=True)
class Place:
    """A node with how many accounts hold a role at it, and how many estates lie at it."""

    id: int
    parent_id: int | None
    name: str
    people: int
    estates: int


def places(work: UnitOfWork, nodes: Iterable[int]) -> list[Place]:
    """The nodes of a scope."""
    people = sa.select(sa.func.count(sa.distinct(role_held.c.account_id))).where(role_held.c.node_id == node.c.id)
    estates = sa.select(sa.func.count()).where(estate.c.node_id == node.c.id)
    counted = (people.scalar_subquery(), estates.scalar_subquery())
    chosen = sa.select(node.c.id, node.c.parent_id, node.c.name, *counted).where(node.c.id.in_(below(nodes)))
    return [Place(*row) for row in work.connection.execute(chosen.order_by(node.c.name))]


def rename(work: UnitOfWork, node_id: int, name: str) -> None:
    """In the commit, give a node another name."""
    work.execute(sa.update(node).where(node.c.id == node_id).values(name=name))


def move(work: UnitOfWork, node_id: int, parent_id: int) -> None:
    """In the commit, put a node with all that lies below it under another one."""
    work.execute(sa.update(node).where(node.c.id == node_id).values(parent_id=parent_id))


def child(work: UnitOfWork, parent_id: int | None, name: str) -> int | None:
    """The node of that name right below another one."""
    chosen = sa.select(node.c.id).where(node.c.parent_id.is_not_distinct_from(parent_id) & (node.c.name == name))
    return work.connection.execute(chosen).scalar()


def add_node(work: UnitOfWork, parent_id: int, name: str) -> int:
    """Add a node at once; returns its id."""
    made = sa.insert(node).values(parent_id=parent_id, name=name).returning(node.c.id)
    return int(work.at_once(made).scalar_one())
