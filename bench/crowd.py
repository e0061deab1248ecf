"""A database of many estates at rest, spread over the whole journey, each with its rows and history."""

from collections.abc import Sequence

import sqlalchemy as sa

from bench import ours
from bench.walk import Step
from engine.process.definitions import Definition
from engine.store import Store, tables

#: Carried by our engine; the others are copies of their rows.
_CARRIED = 100
_COPIED = (
    tables.estate,
    tables.instance,
    tables.task,
    tables.job,
    tables.timer,
    tables.awaited_message,
    tables.move,
    tables.event,
)


def settle(opened: Store, definition: Definition, steps: Sequence[Step], estates: int) -> None:
    """Fill an empty database with ``estates`` estates, a multiple of 100."""
    for number in range(_CARRIED):
        reached = steps[: number * len(steps) // _CARRIED]
        ours.carry(opened, definition, ours.begin(opened, definition), reached, warm=True)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        for further in range(_CARRIED, estates, _CARRIED):
            for table in _COPIED:
                connection.execute(_copy(table, further))
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("ANALYZE")


def _copy(table: sa.Table, further: int) -> sa.Insert:
    """Insert the carried estates' rows once more, under keys ``further`` on; a row's own key is given anew."""
    keys = {"estate_id", "instance_id"} | ({"id"} if table in (tables.estate, tables.instance) else set())
    names = [column.name for column in table.c if column.name != "id" or "id" in keys]
    values = [table.c[name] + further if name in keys else table.c[name] for name in names]
    # the carried estates and their instances have the same keys: each has one
    carried = next(table.c[name] for name in ("estate_id", "instance_id", "id") if name in table.c)
    return sa.insert(table).from_select(names, sa.select(*values).where(carried <= _CARRIED))
