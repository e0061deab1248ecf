"""Statements of the step path: compiled once for a database, then run on the driver's own cursor.

SQLAlchemy's way from a statement to the driver takes five times as long as SQLite takes to run it, and a step is
ten statements.  Core still writes the SQL, so both databases stay one source.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine.errors import Conflict

Values = Mapping[str, Any]
#: How the driver wants the values of a statement.
Given = Callable[[Values], Any]


class Statement:
    """A Core statement that takes its values by name; ``columns`` are those that an insert or update sets."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update, *columns: str) -> None:
        self._statement, self._columns = statement, list(columns) or None
        self._compiled: dict[str, tuple[str, Given]] = {}

    def run(self, connection: sa.Connection, values: Values) -> Any:
        """Run it; returns the driver's cursor."""
        text, given = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
        return _execute(connection, text, given(values))

    def run_all(self, connection: sa.Connection, rows: Sequence[Values]) -> None:
        """Run it once for each of ``rows``."""
        if len(rows) == 1:
            self.run(connection, rows[0])
        elif rows:
            text, given = self._compiled.get(connection.dialect.name) or self._compile(connection.dialect)
            _execute(connection, text, [given(values) for values in rows], many=True)

    def run_on_one(self, connection: sa.Connection, values: Values) -> None:
        """Run it on exactly one row.  Raises Conflict when there is none."""
        if self.run(connection, values).rowcount != 1:
            raise Conflict

    def _compile(self, dialect: sa.Dialect) -> tuple[str, Given]:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        given = _in_order(compiled.positiontup) if compiled.positional else _by_name
        self._compiled[dialect.name] = (str(compiled), given)
        return self._compiled[dialect.name]


def begin(connection: sa.Connection) -> None:
    """Begin a write transaction."""
    _execute(connection, "BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN", ())


def commit(connection: sa.Connection) -> None:
    """Keep what the transaction wrote."""
    _execute(connection, "COMMIT", ())


def roll_back(connection: sa.Connection) -> None:
    """Give up what the transaction wrote."""
    _execute(connection, "ROLLBACK", ())


@contextmanager
def transaction(connection: sa.Connection) -> Iterator[None]:
    """A short write transaction: all of it is kept, or nothing."""
    begin(connection)
    try:
        yield
        commit(connection)
    except BaseException:
        roll_back(connection)
        raise


def _by_name(values: Values) -> Any:
    return values


def _in_order(names: Sequence[str]) -> Given:
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names)


def _execute(connection: sa.Connection, text: str, given: Any, *, many: bool = False) -> Any:
    cursor: Any = connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
    try:
        cursor.executemany(text, given) if many else cursor.execute(text, given)
    except Exception as error:
        driver: Any = connection.dialect.loaded_dbapi
        raise DBAPIError.instance(text, None, error, driver.Error, dialect=connection.dialect) from error
    return cursor
