"""What was purged, written beside the database: whoever restores an older backup lets it go again.

Each line is one act, without anything that was purged.  A line that a crash kept from being written comes with the
next one, as the lines are those of the tables.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from engine.errors import InvalidAnswers, Problem
from engine.store.data_requests import data_request
from engine.store.retention import purge
from engine.store.tables import estate
from engine.store.unit_of_work import UnitOfWork

FILE, REQUEST = "purges.jsonl", "request"
#: What tells one act from every other.
_NAMED = ("kind", "estate_id", "at")
_WRITTEN = ("kind", "estate_id", "due_on", "source", "reason", "at", "actor")
Entry = Mapping[str, Any]


def note(work: UnitOfWork) -> None:
    """Once the commit has ended well, write every act that is not written yet."""
    work.afterwards(lambda connection: add(work.files.root.parent / FILE, _entries(connection)))


def missing(work: UnitOfWork, entries: Iterable[Entry]) -> list[Entry]:
    """The acts that the store does not know though it has their estate, the oldest first."""
    again = sa.select(*(purge.c[name] for name in _NAMED)).where(purge.c.kind == REQUEST)
    known = {_name(one) for one in _entries(work.connection)} | {tuple(row) for row in work.connection.execute(again)}
    there = set(work.connection.execute(sa.select(estate.c.id)).scalars())
    found = {_name(one): one for one in entries if _name(one) not in known and one["estate_id"] in there}
    return sorted(found.values(), key=lambda one: str(one["at"]))


def keep(work: UnitOfWork, entry: Entry, rows: int) -> None:
    """In the commit, note an act that was done again as what it was."""
    work.insert(purge, [{name: entry[name] for name in _WRITTEN} | {"rows": rows}])


def read(file: Path) -> list[Entry]:
    """What a journal holds.  Raises InvalidAnswers for a file that is none."""
    try:
        found = [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
        whole = [one for one in found if isinstance(one["estate_id"], int) and one["kind"] and one["at"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = f"{file} 不是清除日志，或者读不出来；请核对是不是 {FILE}"
        raise InvalidAnswers([Problem("清除日志", said)], "没有重新清除。") from error
    return whole


def _entries(connection: sa.Connection) -> list[Entry]:
    table, of = purge.c, data_request.c
    columns = (table[name] for name in _WRITTEN)
    # what was done again is written as the request that it was
    own = sa.select(*columns).where(table.kind != REQUEST).order_by(table.id)
    purged = [dict(zip(_WRITTEN, row, strict=True)) for row in connection.execute(own)]
    asked = (of.estate_id, of.person_id, of.chosen, of.kind, of.due_on, of.decided_at, of.decided_by)
    deleted = sa.select(*asked).where(of.chosen != "", of.decided_at.is_not(None)).order_by(of.id)
    return purged + [
        {
            "kind": REQUEST, "estate_id": row.estate_id, "person_id": row.person_id, "chosen": row.chosen,
            "right": row.kind, "due_on": row.due_on, "source": "业主请求", "reason": "业主请求删除",
            "at": row.decided_at, "actor": row.decided_by,
        }
        for row in connection.execute(deleted)
    ]  # fmt: skip


def _name(entry: Entry) -> tuple[Any, ...]:
    return tuple(entry[name] for name in _NAMED)


def add(file: Path, entries: Iterable[Entry]) -> None:
    """Write the acts that a journal does not hold."""
    known = {_name(one) for one in read(file)} if file.is_file() else set()
    lines = b"".join(orjson.dumps(one) + b"\n" for one in entries if _name(one) not in known)
    if not lines:
        return
    with file.open("ab") as journal:
        journal.write(lines)
        journal.flush()
        os.fsync(journal.fileno())
