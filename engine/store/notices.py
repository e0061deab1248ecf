"""Notices in the database: which boards a task has posted on, and what proves it."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from engine.store import registers
from engine.store.unit_of_work import UnitOfWork


def boards(work: UnitOfWork, estate_id: int) -> Mapping[tuple[str, str], int]:
    """The id of each posting by task and number of its board; of a task that posted twice, the latest."""
    notice, posting = registers.notice, registers.posting
    chosen = (
        sa.select(notice.c.task, posting.c.board, posting.c.id)
        .join(posting, posting.c.notice_id == notice.c.id)
        .where((notice.c.estate_id == estate_id) & registers.counts(notice))
        .order_by(notice.c.id)
    )
    return {(row.task, str(row.board)): row.id for row in work.connection.execute(chosen)}


def photos(work: UnitOfWork, postings: Collection[int]) -> Mapping[tuple[int, str], str]:
    """The day of each photo that proves one of ``postings``, by posting and SHA-256."""
    chosen = sa.select(registers.proof).where(registers.proof.c.posting_id.in_(postings))
    return {(row.posting_id, row.sha256): row.taken_on for row in work.connection.execute(chosen)}
