"""Notices in the database: which boards a task has posted on."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.store import registers
from engine.store.unit_of_work import UnitOfWork


def boards(work: UnitOfWork, estate_id: int) -> Mapping[tuple[str, str], int]:
    """The id of each posting by task and number of its board; of a task that posted twice, the latest."""
    notice, posting = registers.notice, registers.posting
    chosen = (
        sa.select(notice.c.task, posting.c.board, posting.c.id)
        .join(posting, posting.c.notice_id == notice.c.id)
        .where(notice.c.estate_id == estate_id)
        .order_by(notice.c.id)
    )
    return {(row.task, str(row.board)): row.id for row in work.connection.execute(chosen)}
