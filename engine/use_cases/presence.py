"""Who else has a task's page open now 软锁: it warns and blocks nobody."""

from datetime import UTC, timedelta

from engine.store import hands
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk
from engine.use_cases.accounts import Member

#: So long after its last sign a page counts as closed; a page with a script gives a sign three times as often.
SHOWN = timedelta(seconds=60)


def since(work: UnitOfWork) -> str:
    """The moment from which on a sign means that a page is open."""
    return (work.now - SHOWN).astimezone(UTC).isoformat(timespec="seconds")


def look_in(work: UnitOfWork, member: Member, task_id: int) -> str:
    """Note that a member has an open task's page open; says who else has.  Raises NotFound."""
    found = desk.task(work, member, task_id)
    if found.status != "open":
        return ""
    still = since(work)
    hands.note_page(work, found.id, member.id, fills=desk.may_fill(work, member, found), since=still)
    others = [one for one in hands.who_has_open(work, found.id, still) if one[0] != member.name]
    return "；".join(f"{name} {'正在填写' if fills else '正在看'}" for name, fills in others)
