"""What holds an estate's data though their time is over, what was purged, and how purging is done."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, String, Table, Text

from engine.rules.ballot_life import State
from engine.store import data_requests, identities, paper_sheets, roster_imports, rosters
from engine.store import registers as r
from engine.store.canvass_checks import call_back
from engine.store.holdings import GONE
from engine.store.identities import identity_number
from engine.store.paper_sheets import PACKET, paper_sheet, paper_sheet_page
from engine.store.roster_imports import roster_import
from engine.store.tables import _estate, estate, file, metadata
from engine.store.unit_of_work import UnitOfWork

_PAGE = paper_sheet_page
#: Somebody said that nothing of an estate may go: a suit, an inquiry; until it is lifted.
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("reason", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Column("lifted_at", String(40)),
    Column("lifted_by", Text),
    Column("lifted_why", Text),
    Index("ix_legal_hold_estate_id", "estate_id"),
)
#: What was purged: how many rows of a kind that had to go from ``due_on`` on.  Rows are never changed.
purge = Table(
    "purge",
    metadata,
    Column("id", Integer, primary_key=True),
    _estate(),
    Column("kind", String(20), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_purge_estate_id", "estate_id"),
)


def holds(work: UnitOfWork, estate_id: int) -> list[sa.Row[Any]]:
    """The holds of an estate, also those that were lifted, the latest first."""
    chosen = sa.select(legal_hold).where(legal_hold.c.estate_id == estate_id)
    return list(work.connection.execute(chosen.order_by(legal_hold.c.id.desc())))


def hold(work: UnitOfWork, estate_id: int, reason: str) -> None:
    """In the commit, let nothing of an estate go."""
    work.insert(legal_hold, [{"estate_id": estate_id, "reason": reason, "at": work.at, "actor": work.actor}])


def lift(work: UnitOfWork, estate_id: int, key: int, why: str) -> None:
    """In the commit, lift a hold; Conflict there when it is lifted."""
    table = legal_hold
    stands = (table.c.estate_id == estate_id) & (table.c.id == key) & table.c.lifted_at.is_(None)
    lifted = {"lifted_at": work.at, "lifted_by": work.actor, "lifted_why": why}
    work.exactly_one(sa.update(table).where(stands).values(**lifted))


def purges(work: UnitOfWork, estate_id: int) -> list[sa.Row[Any]]:
    """What was purged of an estate, the latest first."""
    chosen = sa.select(purge).where(purge.c.estate_id == estate_id).order_by(purge.c.id.desc())
    return list(work.connection.execute(chosen))


def note(work: UnitOfWork, estate_id: int, **values: Any) -> None:
    """In the commit, note what was purged."""
    work.insert(purge, [{"estate_id": estate_id, **values, "at": work.at, "actor": work.actor}])


def open_disputes(work: UnitOfWork, estate_id: int) -> dict[str, int]:
    """What is still in dispute, by what it is."""
    objection, ballot = r.objection.c, r.ballot.c
    unanswered = (objection.estate_id == estate_id) & objection.answered_on.is_(None) & (objection.closed_on == "")
    disputed = (ballot.estate_id == estate_id) & ballot.state.in_((State.DISPUTED, State.OBJECTED))
    return {
        "业主的异议、询问没有答复": _count(work, unanswered),
        "表决票待裁": _count(work, disputed),
        "个人信息请求没有办结": data_requests.undecided(work, estate_id),
    }


def _count(work: UnitOfWork, which: sa.ColumnElement[bool]) -> int:
    return int(work.connection.execute(sa.select(sa.func.count()).where(which)).scalar_one())


def estates(work: UnitOfWork) -> list[int]:
    """Every estate."""
    return list(work.connection.execute(sa.select(estate.c.id).order_by(estate.c.id)).scalars())


# what there is of each kind, and letting it go


def there(work: UnitOfWork, estate_id: int, kind: str, before: date) -> int:
    """How many rows there are of a kind; of lists only those that were sent before that day."""
    return sum(_count(work, which) for which in _WHICH[kind](work, estate_id, before))


def oldest_list(work: UnitOfWork, estate_id: int) -> str | None:
    """When the list that waits for its import was sent, None when none does."""
    table = roster_import.c
    waiting = (table.estate_id == estate_id) & table.status.in_(roster_imports.OPEN)
    return work.connection.execute(sa.select(sa.func.min(table.begun_at)).where(waiting)).scalar()


def _identities(work: UnitOfWork, estate_id: int, before: date) -> list[sa.ColumnElement[bool]]:
    table = identity_number.c
    # what an electronic signature rests on has a time of its own, at least so long
    return [(table.estate_id == estate_id) & table.sealed.is_not(None) & (table.ground != "E_SIGN")]


def _canvass(work: UnitOfWork, estate_id: int, before: date) -> list[sa.ColumnElement[bool]]:
    visit, call = r.visit.c, call_back.c
    packets = sa.select(paper_sheet.c.id).where((paper_sheet.c.estate_id == estate_id) & (paper_sheet.c.kind == PACKET))
    says = ((visit.note != "") & (visit.note != GONE)) | (visit.concerns != "") | visit.latitude.is_not(None)
    return [
        (visit.estate_id == estate_id) & says,
        r.visit_history.c.estate_id == estate_id,
        r.visit_photo.c.estate_id == estate_id,
        (call.estate_id == estate_id) & (call.note != "") & (call.note != GONE),
        _PAGE.c.sheet_id.in_(packets),
    ]


def _at(work: UnitOfWork, estate_id: int, doors: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """As :func:`_canvass`, at some doors only."""
    keys = sa.select(r.visit.c.key).where((r.visit.c.estate_id == estate_id) & r.visit.c.unit_no.in_(doors))
    at = (
        r.visit.c.unit_no.in_(doors),
        r.visit_history.c.key.in_(keys),
        r.visit_photo.c.unit_no.in_(doors),
        call_back.c.unit_no.in_(doors),
        # a page that tells of other doors too goes with all of them when their time is over
        _PAGE.c.sheet_id.in_(paper_sheets.of_doors(work, estate_id, doors)[0]),
    )
    return [what & where for what, where in zip(_canvass(work, estate_id, date.max), at, strict=True)]


def said_at(work: UnitOfWork, estate_id: int, doors: Collection[str]) -> int:
    """How many rows say something of the people behind some doors that a canvass brought in."""
    return sum(_count(work, which) for which in _at(work, estate_id, doors))


def forget_at(work: UnitOfWork, estate_id: int, doors: Collection[str]) -> None:
    """In the commit, take that away; that somebody called, and what was answered, stays."""
    _forget_canvass(work, estate_id, _at(work, estate_id, doors))


def _contacts(work: UnitOfWork, estate_id: int, before: date) -> list[sa.ColumnElement[bool]]:
    newest = rosters.newest(work, estate_id)
    older = sa.select(r.unit.c.id).where((r.unit.c.estate_id == estate_id) & (r.unit.c.roster != newest))
    return [r.owner.c.unit_id.in_(older) & (r.owner.c.phone != "")]


def _lists(work: UnitOfWork, estate_id: int, before: date) -> list[sa.ColumnElement[bool]]:
    table = roster_import.c
    old = table.status.in_(roster_imports.OPEN) & (table.begun_at < before.isoformat())
    return [(table.estate_id == estate_id) & old]


_Which = Callable[[UnitOfWork, int, date], list[sa.ColumnElement[bool]]]
_WHICH: Mapping[str, _Which] = {
    "identity": _identities, "canvass": _canvass, "contact": _contacts, "waiting_list": _lists,
}  # fmt: skip


def let_go(work: UnitOfWork, estate_id: int, kind: str, before: date, why: str) -> None:
    """In the commit, take the data of a kind away; files that nothing names any more go after it."""
    which = _WHICH[kind](work, estate_id, before)
    if kind == "identity":
        keys = work.connection.execute(sa.select(identity_number.c.id).where(*which)).scalars().all()
        identities.purge(work, keys, why)
    elif kind == "contact":
        work.execute(sa.update(r.owner).where(*which).values(phone=""))
    elif kind == "waiting_list":
        gone = {"status": roster_imports.LEFT, "content": None, "mended": None, "found": None}
        work.execute(sa.update(roster_import).where(*which).values(**gone))
    else:
        _forget_canvass(work, estate_id, which)


def _forget_canvass(work: UnitOfWork, estate_id: int, which: list[sa.ColumnElement[bool]]) -> None:
    visits, history, photos, calls, pages = which
    table = r.visit_photo
    shown = sa.select(table.c.sha256, table.c.screen, table.c.small).where(photos)
    typed = sa.select(_PAGE.c.sha256, _PAGE.c.screen).where(pages)
    digests = {digest for chosen in (shown, typed) for row in work.connection.execute(chosen) for digest in row}
    said = {"note": sa.case((r.visit.c.note == "", ""), else_=GONE), "concerns": ""}
    # what was said before a correction is found by its visit, so it goes first
    work.execute(sa.delete(r.visit_history).where(history))
    work.execute(sa.update(r.visit).where(visits).values(**said, latitude=None, longitude=None))
    work.execute(sa.delete(table).where(photos))
    work.execute(sa.delete(_PAGE).where(pages))
    work.execute(sa.update(call_back).where(calls).values(note=GONE))
    work.later(lambda connection: _drop_unnamed(work, connection, digests))


def _drop_unnamed(work: UnitOfWork, connection: sa.Connection, digests: Iterable[str]) -> None:
    """Forget those of the files that no row names any more, and unlink them once that is committed."""
    free = [digest for digest in sorted(digests) if not named(connection, digest)]
    connection.execute(sa.delete(file).where(file.c.sha256.in_(free)))
    work.afterwards(lambda after: _unlink(work, after, free))


def named(connection: sa.Connection, digest: str) -> bool:
    """Whether a row names a file."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if not any(key.column is file.c.sha256 for key in column.foreign_keys):
                continue
            named = sa.select(sa.literal(1)).select_from(table).where(column == digest).limit(1)
            if connection.execute(named).first():
                return True
    return False


def _unlink(work: UnitOfWork, connection: sa.Connection, digests: Iterable[str]) -> None:
    """Take files away that no row names: one that was kept anew meanwhile stays."""
    for digest in digests:
        if connection.execute(sa.select(file.c.sha256).where(file.c.sha256 == digest)).first() is None:
            work.files.path(digest).unlink(missing_ok=True)
