"""What ballots say, apart from whose they are.

A choice lies under a key that is made of the ballot and the installation's key, which lies outside the database: nobody
with the tables alone, a backup or an archive can tell whose it is.  Rows have no number, no moment and no actor, so
that their order says nothing either.  Whoever has one owner's vote shown does it by an act that is noted.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.errors import DamagedState
from engine.store import registers
from engine.store.unit_of_work import UnitOfWork

_TABLE = registers.choice
#: What is counted, and what was only read: by one person, or before an arbiter changed it.
COUNTED, READ = "COUNTED", "READ"


@dataclass(frozen=True)
class Place:
    """Where a choice was made: on which ballot, and ``as`` what: counted at its ``no``-th return, or read."""

    ballot_id: int
    of: str

    @property
    def kind(self) -> str:
        """Whether the tally counts it."""
        return COUNTED if self.of.startswith("return:") else READ


def returned(ballot_id: int, no: int) -> Place:
    """What came back the ``no``-th time for a ballot."""
    return Place(ballot_id, f"return:{no}")


def entered(ballot_id: int, turn: int) -> Place:
    """What one person read off a ballot."""
    return Place(ballot_id, f"entry:{turn}")


def replaced(ballot_id: int, ruling: int) -> Place:
    """What counted before an arbiter's ruling, the first as 1."""
    return Place(ballot_id, f"before:{ruling}")


@dataclass(frozen=True)
class Choices:
    """What the ballots of a meeting say, by keys; only whoever has the installation's key finds the one of a ballot."""

    key: bytes
    marks: Mapping[str, str]

    def of(self, place: Place) -> str:
        """What was chosen there.  Raises DamagedState where it is not to be found."""
        return _found(self.marks.get(_key(self.key, place)))


def choices(work: UnitOfWork, estate_id: int, meeting: int) -> Choices:
    """What the ballots of a meeting say."""
    of = (_TABLE.c.estate_id == estate_id) & (_TABLE.c.meeting == meeting)
    found = work.connection.execute(sa.select(_TABLE.c.key, _TABLE.c.marks).where(of))
    return Choices(work.public.key, {row.key: row.marks for row in found})


def said(work: UnitOfWork, place: Place) -> str:
    """What was chosen there, without the other ballots of its meeting.  Raises DamagedState."""
    chosen = sa.select(_TABLE.c.marks).where(_TABLE.c.key == _key(work.public.key, place))
    return _found(work.connection.execute(chosen).scalar())


def _found(marks: str | None) -> str:
    if marks is None:
        raise DamagedState("有表决票的内容找不到：密钥换过，或数据已损坏。请管理员换回原来的 person.key。")
    return marks


def keep(work: UnitOfWork, estate_id: int, meeting: int, made: Mapping[Place, str]) -> None:
    """In the commit, keep what ballots of a meeting say; Conflict there where it is kept already."""
    common = {"estate_id": estate_id, "meeting": meeting}
    key = work.public.key
    work.insert(
        _TABLE,
        [{**common, "key": _key(key, place), "kind": place.kind, "marks": marks} for place, marks in made.items()],
    )


def change(work: UnitOfWork, place: Place, before: str, marks: str) -> None:
    """In the commit, change what is kept there, if it still is as ``before``; else Conflict."""
    of = (_TABLE.c.key == _key(work.public.key, place)) & (_TABLE.c.marks == before)
    work.exactly_one(sa.update(_TABLE).where(of).values(marks=marks))


def _key(key: bytes, place: Place) -> str:
    return hmac.digest(key, f"vote:{place.ballot_id}:{place.of}".encode(), "sha256").hex()
