"""What the registers hold about one person, in figures and as they stand; and what may be taken away from them."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.store import paper_sheets
from engine.store import registers as r
from engine.store.disclosures import disclosure
from engine.store.identities import identity_number
from engine.store.paper_sheets import paper_sheet_page
from engine.store.unit_of_work import UnitOfWork

#: What stands in place of a note that was taken away.
GONE = "已删除"


@dataclass(frozen=True)
class Holdings:
    """What is held: ``units`` as number and area of 0.01 m², ``phones`` in any version of the roster."""

    names: tuple[str, ...]
    units: tuple[tuple[str, int], ...]
    phones: tuple[str, ...]
    last4: str
    vault: str
    visits: int
    promises: int
    ballots: int
    objections: int
    looks: int
    #: photos of how ballots were delivered; pages of forms that also tell of other doors
    delivery_photos: int
    shared_pages: int


def of(work: UnitOfWork, estate_id: int, version: int, person_id: int) -> Holdings:
    """What is held about a person of an estate; their units are those of a version of the roster."""
    mine = r.owner.join(r.unit, r.unit.c.id == r.owner.c.unit_id)
    everywhere = (r.unit.c.estate_id == estate_id) & (r.owner.c.person_id == person_id)
    rows = work.connection.execute(
        sa.select(r.unit.c.roster, r.unit.c.unit_no, r.unit.c.area, r.owner.c.name, r.owner.c.phone)
        .select_from(mine)
        .where(everywhere)
        .order_by(r.unit.c.id)
    ).all()
    units = tuple((row.unit_no, row.area) for row in rows if row.roster == version)
    doors = [unit_no for unit_no, _ in units]
    last4 = work.connection.execute(sa.select(r.person.c.id_last4).where(r.person.c.id == person_id)).scalar()
    sealed = (identity_number.c.person_id == person_id) & identity_number.c.sealed.is_not(None)
    vault = work.connection.execute(sa.select(identity_number.c.ground).where(sealed)).scalar()

    def count(table: sa.Table) -> int:
        return _count(work, (table.c.estate_id == estate_id) & table.c.unit_no.in_(doors))

    looked = (disclosure.c.estate_id == estate_id) & disclosure.c.subject.in_(doors)
    photographed = r.ballot.c.proof_file.is_not(None)
    return Holdings(
        tuple(dict.fromkeys(row.name for row in rows)),
        units,
        tuple(dict.fromkeys(row.phone for row in rows if row.phone)),
        last4 or "",
        vault or "",
        count(r.visit),
        count(r.promise),
        count(r.ballot),
        count(r.objection),
        _count(work, looked),
        _count(work, (r.ballot.c.estate_id == estate_id) & r.ballot.c.unit_no.in_(doors) & photographed),
        _count(work, paper_sheet_page.c.sheet_id.in_(paper_sheets.of_doors(work, estate_id, doors)[1])),
    )


def _count(work: UnitOfWork, which: sa.ColumnElement[bool]) -> int:
    return int(work.connection.execute(sa.select(sa.func.count()).where(which)).scalar_one())


def forget_phones(work: UnitOfWork, person_id: int) -> None:
    """In the commit, take a person's telephone numbers away, in every version of the roster."""
    work.execute(sa.update(r.owner).where(r.owner.c.person_id == person_id).values(phone=""))
