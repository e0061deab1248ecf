"""Photos and scans in the database: what is on its way, in parts, and what was kept, with the copies others see."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import Conflict
from engine.store import accounts, lookups
from engine.store.tables import estate, metadata, task
from engine.store.unit_of_work import UnitOfWork

#: One row from the first part on; ``key`` is the browser's own, so that a repeated request finds it.  ``sha256`` is the
#: original, ``screen`` and ``small`` the copies without a position; a PDF has none.
photo = Table(
    "photo",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("estate_id", ForeignKey("estate.id"), nullable=False),
    Column("task_id", ForeignKey("task.id"), nullable=False),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("key", String(80), nullable=False),
    Column("field", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("begun_at", String(40), nullable=False),
    Column("kept_at", String(40)),
    Column("kept_by", Text, nullable=False),
    Column("sha256", ForeignKey("file.sha256")),
    Column("screen", ForeignKey("file.sha256")),
    Column("small", ForeignKey("file.sha256")),
    Column("width", Integer),
    Column("height", Integer),
    Column("taken_at", String(40), nullable=False, default=""),
    Column("latitude", String(12), nullable=False, default=""),
    Column("longitude", String(12), nullable=False, default=""),
    Column("accuracy", Integer),
    Column("located_by", String(8), nullable=False, default=""),
    UniqueConstraint("account_id", "key"),
    Index("ix_photo_task_id", "task_id"),
    Index("ix_photo_estate_id", "estate_id"),
)


@dataclass(frozen=True)
class Photo:
    """A photo or scan; ``kept_at`` is the server's time, empty while parts are missing.

    ``taken_at`` is the device's time.  ``located_by`` is ``photo`` for a position that stood in the photo, ``device``
    for one that the browser told, empty for none.
    """

    id: int
    estate_id: int
    task_id: int
    account_id: int
    key: str
    field: str
    name: str
    size: int
    received: int
    begun_at: str
    kept_at: str | None
    kept_by: str
    sha256: str | None
    screen: str | None
    small: str | None
    width: int | None
    height: int | None
    taken_at: str
    latitude: str
    longitude: str
    accuracy: int | None
    located_by: str


def by_key(work: UnitOfWork, account_id: int, key: str) -> Photo | None:
    """What an account sends or sent under that key."""
    row = work.connection.execute(sa.select(photo).where((photo.c.account_id == account_id) & (photo.c.key == key)))
    found = row.first()
    return lookups.row(Photo, found) if found else None


def in_scope(work: UnitOfWork, nodes: Iterable[int], photo_id: int) -> Photo | None:
    """A kept photo, or nothing when its estate lies outside the scope."""
    chosen = sa.select(photo).join(estate, estate.c.id == photo.c.estate_id)
    chosen = chosen.where((photo.c.id == photo_id) & photo.c.sha256.is_not(None))
    found = work.connection.execute(chosen.where(estate.c.node_id.in_(accounts.below(nodes)))).first()
    return lookups.row(Photo, found) if found else None


def of_task(work: UnitOfWork, task_id: int) -> list[Photo]:
    """The kept photos of a task, oldest first."""
    chosen = sa.select(photo).where((photo.c.task_id == task_id) & photo.c.sha256.is_not(None))
    return [lookups.row(Photo, row) for row in work.connection.execute(chosen.order_by(photo.c.id))]


@dataclass(frozen=True)
class Attached:
    """A photo that the answers of a completed task name; ``pictured`` says that there is a small copy of it."""

    id: int
    name: str
    task: str
    completed_at: str
    pictured: bool


def attached(work: UnitOfWork, estate_id: int, moments: Iterable[str]) -> list[Attached]:
    """The photos and scans that were handed in with the tasks completed at these moments, in order."""
    pictured = photo.c.small.is_not(None)
    shown = (photo.c.id, photo.c.name, task.c.name, task.c.completed_at, pictured)
    joined = sa.select(*shown, photo.c.sha256, task.c.answers)
    joined = joined.join(task, task.c.id == photo.c.task_id).where(task.c.estate_id == estate_id)
    at = task.c.completed_at.in_(list(moments))
    found = work.connection.execute(joined.where(at & photo.c.sha256.is_not(None)).order_by(photo.c.id))
    return [
        Attached(row[0], row[1], row[2], row[3], bool(row[4]))
        for row in found
        if row[5].encode() in bytes(row[6] or b"")
    ]


def stale(work: UnitOfWork, before: str, most: int) -> list[Photo]:
    """What somebody began to send before that moment and never finished, oldest first, at most so many."""
    unfinished = photo.c.sha256.is_(None) & (photo.c.begun_at < before)
    chosen = sa.select(photo).where(unfinished).order_by(photo.c.begun_at, photo.c.id).limit(most)
    return [lookups.row(Photo, row) for row in work.connection.execute(chosen)]


def begin(work: UnitOfWork, values: dict[str, object]) -> None:
    """In the commit, enter a photo under its key unless it is there."""
    insert = sqlite.insert if work.connection.dialect.name == "sqlite" else postgresql.insert
    work.execute(insert(photo).values(**values).on_conflict_do_nothing())


def receive(work: UnitOfWork, sent: Photo, **values: object) -> None:
    """In the commit, note how far a photo has come.  Raises Conflict when another request came first."""
    same = (photo.c.id == sent.id) & (photo.c.received == sent.received) & photo.c.sha256.is_(None)
    moved = sa.update(photo).where(same).values(**values)

    def write(connection: sa.Connection) -> None:
        if connection.execute(moved).rowcount != 1:
            raise Conflict

    work.later(write)


def drop(work: UnitOfWork, sent: Photo) -> None:
    """In the commit, forget what was never kept."""
    work.execute(sa.delete(photo).where((photo.c.id == sent.id) & photo.c.sha256.is_(None)))
