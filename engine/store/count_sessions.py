"""What happened at a count: opened by whom, box after box, paused, closed, signed.  Rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from engine.store import registers
from engine.store.unit_of_work import UnitOfWork

_TABLE = registers.count_act


@dataclass(frozen=True)
class Act:
    """Something that happened at a count; ``row`` holds what belongs to it."""

    session: int
    step: int
    kind: str
    row: Mapping[str, Any]
    at: str
    actor: str


def acts(work: UnitOfWork, estate_id: int, meeting: int) -> list[Act]:
    """What happened at the counts of a meeting, the earliest first."""
    t = _TABLE
    chosen = sa.select(t.c.session, t.c.step, t.c.kind, t.c.row, t.c.at, t.c.actor)
    chosen = chosen.where((t.c.estate_id == estate_id) & (t.c.meeting == meeting)).order_by(t.c.session, t.c.step)
    return [Act(*row[:3], orjson.loads(row[3]), *row[4:]) for row in work.connection.execute(chosen)]


def record(
    work: UnitOfWork, estate_id: int, meeting: int, session: int, step: int, kind: str, row: Mapping[str, Any]
) -> None:
    """In the commit, add what happened; Conflict there where somebody else was quicker."""
    of = {"estate_id": estate_id, "meeting": meeting, "session": session, "step": step, "kind": kind}
    work.insert(_TABLE, [{**of, "row": orjson.dumps(dict(row)), "at": work.at, "actor": work.actor}])
