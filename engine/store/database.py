"""Open a database, on SQLite or PostgreSQL, and bring it to the newest schema."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError

from engine.errors import Conflict, DamagedState
from engine.store.files import Files
from engine.store.unit_of_work import Public, UnitOfWork

#: Any number that nobody else takes a lock on.
_MIGRATING = 7_201_946
_MIGRATIONS = Path(__file__).parent / "migrations"
#: How long, in seconds, a lock on a file is waited for.
_PATIENCE = 10
#: Every BEGIN and its end are ours: nothing is begun for us, and nothing is left to roll back.
_OURS: Any = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}


@dataclass(frozen=True)
class Store:
    """One database and one folder of files; ``public`` is how anybody may ask for its documents."""

    engine: sa.Engine
    files: Files
    public: Public
    _resting: list[sa.Connection] = field(default_factory=list, repr=False)

    @contextmanager
    def work(self, actor: str, now: datetime) -> Iterator[UnitOfWork]:
        """A unit of work: reads happen at once, writes together when the block ends without an error.

        Raises Conflict when somebody else changed what was read; nothing is kept then.
        """
        connection = self._connection()
        unit = UnitOfWork(connection, self.files, actor, now, self.public)
        try:
            yield unit
            unit.commit()
        except DBAPIError as error:
            if isinstance(error, IntegrityError) or _is_lock(error):
                raise Conflict from error
            raise
        finally:
            unit.roll_back()
            self._let_rest(connection)

    def _connection(self) -> sa.Connection:
        try:
            return self._resting.pop()
        except IndexError:
            return self.engine.connect()

    def _let_rest(self, connection: sa.Connection) -> None:
        # a server may hang up meanwhile, so that a connection to it is asked for anew; a file does not
        if connection.dialect.name == "sqlite":
            self._resting.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Let go of every connection."""
        while self._resting:
            self._resting.pop().close()
        self.engine.dispose()


def open(url: str, *, files: Path, synchronous: str = "FULL", public: Public | None = None) -> Store:
    """The store at ``url``, created or migrated when needed; nothing waits for the disk when ``synchronous`` is OFF.

    Without ``public`` its new documents can be asked for, under no address and by tokens that are never made again.

    Raises DamagedState when there is none to be read.
    """
    engine = _sqlite(url, synchronous) if url.startswith("sqlite") else _postgresql(url)
    try:
        migrate(engine, public.key if public else None)
    except DamagedState:
        engine.dispose()
        raise
    except (DatabaseError, CommandError) as error:
        engine.dispose()
        raise DamagedState("数据库打不开：可能已损坏，或由更新的版本写成，没有做任何改动。请从备份恢复。") from error
    return Store(engine, Files(files, durable=synchronous != "OFF"), public or Public())


def migrate(engine: sa.Engine, key: bytes | None = None) -> None:
    """Bring the schema to its newest version; nothing happens when it is there.

    ``key`` is the installation's, by which votes that still lie with their ballots are put apart.
    """
    config, head = _config(), _head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
        config.attributes.update(connection=connection, key=key)
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("BEGIN"))
            # whoever comes second waits, then finds nothing left to do
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
            _upgrade(connection, config)
            return
        # a table is changed by making it anew, and the rows that name its rows must not fall with the old one
        connection.execute(sa.text("PRAGMA foreign_keys=OFF"))
        connection.execute(sa.text("BEGIN IMMEDIATE"))
        try:
            _upgrade(connection, config)
        finally:
            connection.execute(sa.text("PRAGMA foreign_keys=ON"))


def _upgrade(connection: sa.Connection, config: Config) -> None:
    """Run what is missing in the transaction that was begun: all of it, or nothing."""
    try:
        command.upgrade(config, "head")
    except BaseException:
        connection.execute(sa.text("ROLLBACK"))
        raise
    connection.execute(sa.text("COMMIT"))


@cache
def _head() -> str | None:
    """The newest schema: the migrations that come with this program are read once."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _postgresql(url: str) -> sa.Engine:
    # no fewer than the server has threads: what overflows is hung up after its request, and to connect costs most
    return sa.create_engine(url, pool_pre_ping=True, pool_size=16, **_OURS)


def _sqlite(url: str, synchronous: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _PATIENCE}, **_OURS)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        # the driver's own transactions would begin where we do not expect it; every BEGIN is ours
        connection.isolation_level = None
        _write_ahead(connection)
        settled = (f"synchronous={synchronous}", "foreign_keys=ON", f"busy_timeout={_PATIENCE * 1000}")
        # what is taken away is written over, where that costs no page more
        for pragma in (*settled, "secure_delete=FAST"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Ask for a log written ahead, for as long as a lock is waited for.

    SQLite refuses at once, its busy timeout notwithstanding, while another connection changes a new file's mode.
    """
    until = monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.01)


def _is_lock(error: DBAPIError) -> bool:
    text = str(error.orig).lower()
    return "locked" in text or "deadlock" in text or "could not serialize" in text
