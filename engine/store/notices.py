"""Notices in the database: which boards a task has posted on, and what proves it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.store import registers
from engine.store.unit_of_work import UnitOfWork


def boards(work: UnitOfWork, estate_id: int) -> Mapping[tuple[str, str], tuple[int, str]]:
    """The id of each posting and its day by task and number of its board; of a task that posted twice, the latest."""
    notice, posting = registers.notice, registers.posting
    chosen = (
        sa.select(notice.c.task, posting.c.board, posting.c.id, notice.c.posted_on)
        .join(posting, posting.c.notice_id == notice.c.id)
        .where((notice.c.estate_id == estate_id) & registers.counts(notice))
        .order_by(notice.c.id)
    )
    return {(row.task, str(row.board)): (row.id, row.posted_on) for row in work.connection.execute(chosen)}


@dataclass(frozen=True)
class Notice:
    """A notice that counts: what it is about, by which task it was posted, and when."""

    id: int
    task: str
    subject: str
    posted_on: str


@dataclass(frozen=True)
class Posting:
    """A notice on one board; ``place`` is empty where only the number of boards was stated."""

    id: int
    notice_id: int
    board: int
    place: str

    @property
    def name(self) -> str:
        """What the board is called."""
        return self.place or f"第 {self.board} 处"


@dataclass(frozen=True)
class Seen:
    """What was found at a board; ``sha256`` is the photo, empty for what people say, who say it in ``note``."""

    posting_id: int
    on: str
    what: str
    note: str
    at: str
    actor: str
    sha256: str = ""
    taken_at: str = ""
    doubt: str = ""
    small: str = ""


@dataclass(frozen=True)
class Arrival:
    """That a notice reached a unit, or with an empty ``unit_no`` the residents' committee."""

    unit_no: str
    on: str
    mode: str
    receiver: str
    proof: str


@dataclass(frozen=True)
class Voice:
    """An objection or a question of an owner about a notice, with its answer."""

    id: int
    kind: str
    unit_no: str
    name: str
    content: str
    received_on: str
    answer: str
    answered_on: str | None
    answered_by: str | None
    ruling: str = ""


def listed(work: UnitOfWork, estate_id: int) -> list[Notice]:
    """The notices of an estate that count, the earliest first."""
    table = registers.notice
    chosen = sa.select(*(table.c[name] for name in Notice.__dataclass_fields__))
    chosen = chosen.where((table.c.estate_id == estate_id) & registers.counts(table)).order_by(table.c.id)
    return [Notice(*row) for row in work.connection.execute(chosen)]


def posted(work: UnitOfWork, estate_id: int) -> list[tuple[str, str]]:
    """The subject and the day of every notice that was posted, of those too whose step was taken back since."""
    table = registers.notice
    chosen = sa.select(table.c.subject, table.c.posted_on).where(table.c.estate_id == estate_id).order_by(table.c.id)
    return [(row.subject, row.posted_on) for row in work.connection.execute(chosen)]


def postings(work: UnitOfWork, notice_ids: Collection[int]) -> list[Posting]:
    """The boards on which these notices hang, in order."""
    table = registers.posting
    chosen = sa.select(*(table.c[name] for name in Posting.__dataclass_fields__))
    chosen = chosen.where(table.c.notice_id.in_(notice_ids)).order_by(table.c.notice_id, table.c.board)
    return [Posting(*row) for row in work.connection.execute(chosen)]


def seen(work: UnitOfWork, notice_ids: Collection[int]) -> dict[int, list[Seen]]:
    """What was found at the boards of these notices, by posting, in the order of the days and of entering."""
    posting, proof, sighting = registers.posting, registers.proof, registers.sighting
    of = sa.select(posting.c.id).where(posting.c.notice_id.in_(notice_ids))
    photo = (proof.c.posting_id, proof.c.taken_on, proof.c.at, proof.c.actor)
    photos = sa.select(*photo, proof.c.sha256, proof.c.taken_at, proof.c.doubt, proof.c.small).where(
        proof.c.posting_id.in_(of)
    )
    told = (sighting.c.posting_id, sighting.c.on, sighting.c.what, sighting.c.note, sighting.c.at, sighting.c.actor)
    said = sa.select(*told).where(sighting.c.posting_id.in_(of)).order_by(sighting.c.id)
    found = [Seen(*row) for row in work.connection.execute(said)]
    found += [
        Seen(
            row.posting_id,
            row.taken_on,
            "PHOTO",
            "",
            row.at,
            row.actor,
            row.sha256,
            row.taken_at,
            row.doubt,
            row.small or "",
        )
        for row in work.connection.execute(photos)
    ]
    by: dict[int, list[Seen]] = {}
    for one in sorted(found, key=lambda each: (each.on, each.at)):
        by.setdefault(one.posting_id, []).append(one)
    return by


def photo(work: UnitOfWork, estate_id: int, posting_id: int, sha256: str) -> tuple[str | None, str | None] | None:
    """The copies of a photo of that estate: for the screen, and small; None where it proves no such posting."""
    proof, posting, notice = registers.proof, registers.posting, registers.notice
    chosen = sa.select(proof.c.screen, proof.c.small).join(posting, posting.c.id == proof.c.posting_id)
    chosen = chosen.join(notice, notice.c.id == posting.c.notice_id).where(notice.c.estate_id == estate_id)
    row = work.connection.execute(chosen.where((posting.c.id == posting_id) & (proof.c.sha256 == sha256))).first()
    return (row[0], row[1]) if row is not None else None


@dataclass(frozen=True)
class Used:
    """A photo that proves a notice: for which board and day it was entered, and its fingerprints."""

    name: str
    on: str
    sha256: str
    looks: str


def proofs(work: UnitOfWork, estate_id: int) -> list[Used]:
    """Every photo that proves a notice of the estate."""
    proof, posting, notice = registers.proof, registers.posting, registers.notice
    columns = (posting.c.place, posting.c.board, proof.c.taken_on, proof.c.sha256, proof.c.looks)
    chosen = sa.select(*columns).join(posting, posting.c.id == proof.c.posting_id)
    chosen = chosen.join(notice, notice.c.id == posting.c.notice_id).where(notice.c.estate_id == estate_id)
    return [
        Used(row.place or f"第 {row.board} 处", row.taken_on, row.sha256, row.looks)
        for row in work.connection.execute(chosen)
    ]


def kept_boards(work: UnitOfWork, estate_id: int, *, retired: bool = False) -> list[str]:
    """The names of the boards of an estate in the order in which they were entered; with ``retired`` all that were."""
    table = registers.board
    of = table.c.estate_id == estate_id
    chosen = sa.select(table.c.name).where(of if retired else of & table.c.retired_at.is_(None)).order_by(table.c.id)
    return list(work.connection.execute(chosen).scalars())


def places(work: UnitOfWork, estate_id: int) -> dict[str, str]:
    """Where the boards of an estate are, as ``latitude,longitude`` in degrees, by name, as far as it was noted."""
    table = registers.board
    of = (table.c.estate_id == estate_id) & (table.c.latitude != "")
    found = work.connection.execute(sa.select(table.c.name, table.c.latitude, table.c.longitude).where(of))
    return {row.name: f"{row.latitude},{row.longitude}" for row in found}


def put_board(work: UnitOfWork, estate_id: int, name: str, position: tuple[str, str]) -> None:
    """In the commit, note where a board is, in degrees of latitude and longitude; nothing where it is not kept."""
    table = registers.board
    of = (table.c.estate_id == estate_id) & (table.c.name == name)
    work.execute(sa.update(table).where(of).values(latitude=position[0], longitude=position[1]))


def arrivals(work: UnitOfWork, notice_id: int) -> list[Arrival]:
    """Whom a notice reached, by unit; the residents' committee first."""
    table = registers.arrival
    chosen = sa.select(*(table.c[name] for name in Arrival.__dataclass_fields__))
    return [
        Arrival(*row)
        for row in work.connection.execute(chosen.where(table.c.notice_id == notice_id).order_by(table.c.unit_no))
    ]


def voices(work: UnitOfWork, notice_id: int) -> list[Voice]:
    """What owners said about a notice, the earliest first."""
    table = registers.objection
    chosen = sa.select(*(table.c[name] for name in Voice.__dataclass_fields__))
    return [
        Voice(*row)
        for row in work.connection.execute(chosen.where(table.c.notice_id == notice_id).order_by(table.c.id))
    ]


def by_task(work: UnitOfWork, estate_id: int, task: str) -> list[Voice]:
    """What was entered by ``task``, of whatever notice, the earliest first."""
    table = registers.objection
    chosen = sa.select(*(table.c[name] for name in Voice.__dataclass_fields__))
    of = (table.c.estate_id == estate_id) & (table.c.task == task)
    return [Voice(*row) for row in work.connection.execute(chosen.where(of).order_by(table.c.id))]


def of_meeting(work: UnitOfWork, estate_id: int, meeting: int, subject: str) -> Notice | None:
    """The notice about ``subject`` of a vote that counts; the latest."""
    table = registers.notice
    chosen = sa.select(*(table.c[name] for name in Notice.__dataclass_fields__))
    of = (table.c.estate_id == estate_id) & (table.c.meeting == meeting) & (table.c.subject == subject)
    row = work.connection.execute(chosen.where(of & registers.counts(table)).order_by(table.c.id.desc())).first()
    return Notice(*row) if row else None


def ruled(work: UnitOfWork, estate_id: int, meeting: int, ruling: str) -> list[Voice]:
    """What was decided so about the roster of a vote."""
    table = registers.objection
    chosen = sa.select(*(table.c[name] for name in Voice.__dataclass_fields__))
    of = (table.c.estate_id == estate_id) & (table.c.meeting == meeting) & (table.c.ruling == ruling)
    return [Voice(*row) for row in work.connection.execute(chosen.where(of).order_by(table.c.id))]
