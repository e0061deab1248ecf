"""Who else has a task's page open now 软锁: it warns and blocks nobody."""

from datetime import UTC, timedelta

from engine.store import hands
from engine.store.desk import Listed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk
from engine.use_cases.accounts import Member

#: So long after its last sign a page counts as closed; a page with a script gives a sign three times as often.
SHOWN = timedelta(seconds=60)
#: A sign as young as this is not written anew: whoever leafs to and fro would make everybody else's writing wait.
_YOUNG = timedelta(seconds=10)


def since(work: UnitOfWork) -> str:
    """The moment from which on a sign means that a page is open."""
    return _before(work, SHOWN)


def look_in(work: UnitOfWork, member: Member, found: Listed) -> str:
    """Note that a member has an open task's page open; says who else has."""
    if found.status != "open":
        return ""
    still, fills = since(work), desk.may_fill(work, member, found)
    signs = hands.signs(work, found.id, still)
    mine = next((one for one in signs if one.account_id == member.id), None)
    if mine is None or mine.fills != fills or mine.at < _before(work, _YOUNG):
        hands.note_page(work, found.id, member.id, fills=fills, since=still)
    others = (one for one in signs if one is not mine)
    return "；".join(f"{one.name} {'正在填写' if one.fills else '正在看'}" for one in others)


def _before(work: UnitOfWork, long: timedelta) -> str:
    return (work.now - long).astimezone(UTC).isoformat(timespec="seconds")
