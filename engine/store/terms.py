"""What estates and people are found by; written in the commit that enters them."""

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table
from sqlalchemy.dialects import postgresql

from engine import pinyin
from engine.store.tables import metadata

ESTATE, PERSON = "estate", "person"
#: Compared sign by sign on both databases, so that a beginning is a range of the index.
TERM = String(pinyin.LONGEST).with_variant(postgresql.VARCHAR(pinyin.LONGEST, collation="C"), "postgresql")
term = Table(
    "search_term",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("term", TERM, primary_key=True),
    Column("target", Integer, primary_key=True),
)
_LAST = "\U0010ffff"


def write(connection: sa.Connection, kind: str, target: int, name: str) -> None:
    """Let ``target`` be found by ``name``."""
    found = sorted(pinyin.terms(name, person=kind == PERSON))
    if found:
        connection.execute(sa.insert(term), [{"kind": kind, "term": each, "target": target} for each in found])


def found(kind: str, beginning: str) -> sa.Select[tuple[int]]:
    """The targets of a kind that are found by ``beginning``."""
    within = (term.c.term >= beginning) & (term.c.term < beginning + _LAST)
    return sa.select(term.c.target).where((term.c.kind == kind) & within)
