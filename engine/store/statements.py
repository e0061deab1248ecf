"""Statements of the step path: compiled once for a database, then run on the driver's own cursor.

SQLAlchemy's way from a statement to the driver takes five times as long as SQLite takes to run it, and a step is
ten statements.  Core still writes the SQL, so both databases stay one source.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine.errors import Conflict

Values = Mapping[str, Any]


class Statement:
    """A Core statement that takes its values by name; ``columns`` are those that an insert or update sets."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update, *columns: str) -> None:
        self._statement, self._columns = statement, list(columns) or None
        self._compiled: dict[str, tuple[str, Sequence[str] | None]] = {}

    def run(self, connection: sa.Connection, values: Values) -> Any:
        """Run it; returns the driver's cursor."""
        text, order = self._text(connection.dialect)
        return _execute(connection, text, _given(values, order))

    def run_all(self, connection: sa.Connection, rows: Sequence[Values]) -> None:
        """Run it once for each of ``rows``."""
        if len(rows) == 1:
            self.run(connection, rows[0])
        elif rows:
            text, order = self._text(connection.dialect)
            _execute(connection, text, [_given(values, order) for values in rows], many=True)

    def run_on_one(self, connection: sa.Connection, values: Values) -> None:
        """Run it on exactly one row.  Raises Conflict when there is none."""
        if self.run(connection, values).rowcount != 1:
            raise Conflict

    def _text(self, dialect: sa.Dialect) -> tuple[str, Sequence[str] | None]:
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
            found = self._compiled[dialect.name] = (str(compiled), getattr(compiled, "positiontup", None))
        return found


@contextmanager
def transaction(connection: sa.Connection) -> Iterator[None]:
    """A short write transaction: all of it is kept, or nothing."""
    _execute(connection, "BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN", ())
    try:
        yield
        _execute(connection, "COMMIT", ())
    except BaseException:
        _execute(connection, "ROLLBACK", ())
        raise


def _given(values: Values, order: Sequence[str] | None) -> Any:
    return values if order is None else [values[name] for name in order]


def _execute(connection: sa.Connection, text: str, given: Any, *, many: bool = False) -> Any:
    cursor = connection.connection.cursor()
    driver: Any = connection.dialect.loaded_dbapi
    try:
        cursor.executemany(text, given) if many else cursor.execute(text, given)
    except driver.Error as error:
        raise DBAPIError.instance(text, None, error, driver.Error, dialect=connection.dialect) from error
    return cursor
