"""The messages that carry what people are told out of the house: planned, taken by a sender, sent or given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.errors import Conflict
from engine.store.accounts import account
from engine.store.administration import holding
from engine.store.alerts import (
    IN_USE,
    SETTING,
    TOLD,
    UNPLANNED,
    UNREAD,
    Setting,
    Told,
    alert,
    alert_setting,
    at,
    setting,
    told_of,
)
from engine.store.desk import PAGE
from engine.store.tables import metadata
from engine.store.unit_of_work import UnitOfWork

#: A message to one person by one channel; it takes up what is told until a sender takes it.
dispatch = Table(
    "dispatch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("key", String(40), nullable=False, unique=True),
    Column("status", String(8), nullable=False),
    Column("due", String(40), nullable=False),
    Column("leased_until", String(40)),
    Column("attempts", Integer, nullable=False),
    Column("failure", Text),
    Column("ended_at", String(40)),
    Index("ix_dispatch_status_due", "status", "due"),
    Index("ix_dispatch_account_id", "account_id"),
)
dispatched = Table(
    "dispatched",
    metadata,
    Column("alert_id", ForeignKey("alert.id"), primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("dispatch_id", ForeignKey("dispatch.id"), nullable=False),
    Index("ix_dispatched_dispatch_id", "dispatch_id"),
)


@dataclass(frozen=True)
class Unplanned:
    """Something told of which nobody has seen to that it leaves the house."""

    id: int
    account_id: int
    at: str
    setting: Setting


@dataclass(frozen=True)
class Dispatch:
    """A message to be sent; ``attempts`` is its fence."""

    id: int
    account_id: int
    channel: str
    key: str
    status: str
    attempts: int


@dataclass(frozen=True)
class Unsent:
    """A message that did not leave: to whom by which channel, with how many alerts, why not, and how often tried.

    It is ``waiting`` for its next attempt at ``due``, ``failed`` for certain, or ``unsure`` when nobody can know.
    """

    id: int
    name: str
    mail: str
    channel: str
    status: str
    due: str
    attempts: int
    failure: str
    alerts: int


def unplanned(work: UnitOfWork, most: int) -> list[Unplanned]:
    """What was told and has not been planned, the oldest first."""
    joined = alert.outerjoin(alert_setting, alert_setting.c.account_id == alert.c.account_id)
    chosen = sa.select(alert.c.id, alert.c.account_id, alert.c.at, *SETTING).select_from(joined)
    found = work.connection.execute(chosen.where(UNPLANNED).order_by(alert.c.id).limit(most))
    return [Unplanned(row[0], row[1], row[2], setting(row[3:])) for row in found]


def plan(work: UnitOfWork, told: Unplanned, channels: Iterable[tuple[str, datetime, str]]) -> None:
    """In the commit, put something told into messages ``(channel, not before, key if new)``.

    Raises Conflict in the commit when somebody else did it, or a sender has just taken the message.
    """
    given = list(channels)

    def write(connection: sa.Connection) -> None:
        mine = sa.update(alert).where((alert.c.id == told.id) & UNPLANNED).values(planned=1)
        if connection.execute(mine).rowcount != 1:
            raise Conflict
        for channel, due, key in given:
            values = {"alert_id": told.id, "channel": channel}
            where = {"dispatch_id": _open_dispatch(connection, told.account_id, channel, at(due), key)}
            connection.execute(sa.insert(dispatched).values(**values, **where))

    work.later(write)


def due(work: UnitOfWork, most: int) -> list[Dispatch]:
    """Messages whose time has come, and those whose sender has died."""
    waits = (dispatch.c.status == "waiting") & (dispatch.c.due <= work.at)
    left = (dispatch.c.status == "sending") & (dispatch.c.leased_until < work.at)
    names = (field for field in Dispatch.__dataclass_fields__)
    chosen = sa.select(*(dispatch.c[name] for name in names)).where(waits | left)
    return [Dispatch(*row) for row in work.connection.execute(chosen.order_by(dispatch.c.id).limit(most))]


def take(work: UnitOfWork, taken: Dispatch, lease: timedelta) -> Dispatch:
    """Take a message under a lease, in the commit that ends this unit.  Raises Conflict when another sender has it."""
    until = at(work.now + lease)
    values = {"status": "sending", "attempts": taken.attempts + 1, "leased_until": until}
    if work.at_once(_fenced(taken).values(**values)).rowcount != 1:
        raise Conflict
    return Dispatch(**{**vars(taken), "status": "sending", "attempts": taken.attempts + 1})


def end(work: UnitOfWork, taken: Dispatch, status: str, failure: str = "", again: datetime | None = None) -> None:
    """In the commit, say what became of a message; ``again`` when it is tried once more.

    Raises Conflict when it is another sender's by now.
    """
    values: dict[str, Any] = {"status": status, "failure": failure or None, "leased_until": None}
    values |= {"due": at(again)} if again else {"ended_at": work.at}
    statement = _fenced(taken).values(**values)

    def write(connection: sa.Connection) -> None:
        if connection.execute(statement).rowcount != 1:
            raise Conflict

    work.later(write)


def contents(work: UnitOfWork, dispatch_id: int, since: str) -> list[Told]:
    """What a message tells that is still news: not read, not older than ``since``, to somebody in use."""
    joined = told_of().join(dispatched, dispatched.c.alert_id == alert.c.id)
    joined = joined.join(account, account.c.id == alert.c.account_id)
    chosen = (
        sa.select(*TOLD)
        .select_from(joined)
        .where((dispatched.c.dispatch_id == dispatch_id) & UNREAD & (alert.c.at >= since) & IN_USE)
    )
    return [Told(*row) for row in work.connection.execute(chosen.order_by(alert.c.at, alert.c.id))]


#: What certainly did not go out; of what is unsure a second message might be one too many.
_RETRIED = (dispatch.c.status == "failed") | ((dispatch.c.status == "waiting") & dispatch.c.failure.is_not(None))


def unsent(work: UnitOfWork, nodes: Iterable[int], page: int) -> tuple[list[Unsent], int]:
    """A page of the messages to people of a scope that did not leave, the latest first, and how many there are."""
    carried = sa.select(sa.func.count()).where(dispatched.c.dispatch_id == dispatch.c.id).scalar_subquery()
    joined = dispatch.join(account, account.c.id == dispatch.c.account_id)
    joined = joined.outerjoin(alert_setting, alert_setting.c.account_id == account.c.id)
    condition = (_RETRIED | (dispatch.c.status == "unsure")) & holding(nodes)
    columns: tuple[Any, ...] = (
        dispatch.c.id, account.c.name, sa.func.coalesce(alert_setting.c.mail, ""), dispatch.c.channel,
        dispatch.c.status, dispatch.c.due, dispatch.c.attempts, sa.func.coalesce(dispatch.c.failure, ""), carried,
    )  # fmt: skip
    chosen = sa.select(*columns).select_from(joined).where(condition).order_by(dispatch.c.id.desc())
    total = work.connection.execute(sa.select(sa.func.count()).select_from(joined).where(condition)).scalar_one()
    found = work.connection.execute(chosen.limit(PAGE).offset((page - 1) * PAGE))
    return [Unsent(*row) for row in found], int(total)


def retry(work: UnitOfWork, nodes: Iterable[int], dispatch_id: int | None) -> int:
    """At once, let one message of a scope, or all of them, be tried now if it certainly did not leave; of how many.

    Its key stays, and so does the count of its attempts: it is the same message.
    """
    wanted = _RETRIED & holding(nodes)
    if dispatch_id is not None:
        wanted &= dispatch.c.id == dispatch_id
    chosen = sa.select(dispatch.c.id).join(account, account.c.id == dispatch.c.account_id).where(wanted)
    found = list(work.connection.execute(chosen).scalars())
    tried = sa.update(dispatch).where(dispatch.c.id.in_(found) & _RETRIED)
    return int(work.at_once(tried.values(status="waiting", due=work.at, ended_at=None)).rowcount)


def addressee(work: UnitOfWork, account_id: int) -> tuple[str, str, str]:
    """Login, name and mail address of an account."""
    joined = account.outerjoin(alert_setting, alert_setting.c.account_id == account.c.id)
    chosen = sa.select(account.c.login, account.c.name, sa.func.coalesce(alert_setting.c.mail, ""))
    row = work.connection.execute(chosen.select_from(joined).where(account.c.id == account_id)).one()
    return row[0], row[1], row[2]


def _open_dispatch(connection: sa.Connection, account_id: int, channel: str, due: str, key: str) -> int:
    """The message of that person that no sender has taken yet, a new one when there is none."""
    mine = (dispatch.c.account_id == account_id) & (dispatch.c.channel == channel)
    untaken = mine & (dispatch.c.status == "waiting") & (dispatch.c.attempts == 0)
    sooner = sa.case((dispatch.c.due < due, dispatch.c.due), else_=due)
    # written to, so that a sender who takes it at this moment comes before or after, not between
    kept = sa.update(dispatch).where(untaken).values(due=sooner).returning(dispatch.c.id)
    found = connection.execute(kept).scalars().all()
    if found:
        return int(found[0])
    values = {"account_id": account_id, "channel": channel, "key": key, "status": "waiting", "due": due}
    made = sa.insert(dispatch).values(**values, attempts=0).returning(dispatch.c.id)
    return int(connection.execute(made).scalar_one())


def _fenced(taken: Dispatch) -> sa.Update:
    same = (dispatch.c.id == taken.id) & (dispatch.c.attempts == taken.attempts)
    return sa.update(dispatch).where(same & (dispatch.c.status == taken.status))
